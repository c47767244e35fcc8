"""Serving one data folder: which addresses are allowed, and how long the jobs live."""

from __future__ import annotations

import ipaddress
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import uvicorn
from attrs import frozen

from intervals_companion.app.crash_site import where
from intervals_companion.app.ingest.imports import collect_less_often
from intervals_companion.domain.errors import UsageError
from intervals_companion.web.app import create_app
from intervals_companion.web.context import WebContext

log = logging.getLogger("intervals_companion.web")

PORT = 8787
_LAST_WORDS = 3
"""Seconds an open page gets to finish when the server ends."""


@frozen
class Listen:
    """Where the server listens."""

    host: str = "127.0.0.1"
    port: int = PORT
    certificate: Path | None = None
    key: Path | None = None
    insecure_lan: bool = False
    proxy: str | None = None
    """The address of a proxy whose X-Forwarded-* headers are believed; nobody else's are."""

    @property
    def default_url(self) -> str:
        return f"{'https' if self.certificate else 'http'}://localhost:{self.port}"


def check(place: Listen) -> None:
    """Health data leaves this machine only encrypted, or when a person says so. Raises UsageError."""
    if (place.certificate is None) != (place.key is None):
        raise UsageError(
            "A certificate needs its key, and a key its certificate.", "Give both: --certificate and --key."
        )
    if not _is_loopback(place.host) and place.certificate is None and not place.insecure_lan:
        raise UsageError(
            f"Listening on {place.host} without TLS would show your health data to everybody in the network.",
            "Give --certificate and --key, put a TLS proxy in front (docs/remote.md), or say --insecure-lan.",
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@contextmanager
def listening(place: Listen) -> Iterator[socket.socket]:
    """A bound socket. Raises UsageError when the port is in use or the address is not this machine's."""
    check(place)
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((place.host, place.port))
        except (OSError, OverflowError) as problem:  # the second: ports end at 65535
            why = problem.strerror if isinstance(problem, OSError) else "there is no such port"
            raise UsageError(
                f"{place.host}, port {place.port} cannot be used ({why}).", "Choose another: --port 8790."
            ) from problem
        yield listener


def _without_values(record: logging.LogRecord) -> bool:
    """What a mistake of ours had at hand is not for the log; where it happened, the pages have logged already."""
    if record.exc_info and record.exc_info[0] is not None:
        record.msg, record.args = f"{record.getMessage().strip()}: {record.exc_info[0].__name__}", ()
        record.exc_info = record.exc_text = None
    return True


def _tell_without_values(broken: threading.ExceptHookArgs) -> None:
    """A mistake of ours in a thread of its own: its kind and place."""
    if broken.exc_value is not None:
        log.error("broken thread: %s", where(broken.exc_value))


def server(web: WebContext, place: Listen) -> uvicorn.Server:
    """Ready to run on a bound socket."""
    logging.getLogger("uvicorn.error").addFilter(_without_values)
    config = uvicorn.Config(
        create_app(web),
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=place.proxy is not None,
        forwarded_allow_ips=place.proxy,
        ssl_certfile=place.certificate,
        ssl_keyfile=place.key,
        timeout_graceful_shutdown=_LAST_WORDS,
    )
    return uvicorn.Server(config)


def serve(web: WebContext, place: Listen, listener: socket.socket) -> None:
    """Serves until the process is interrupted. Jobs run by themselves meanwhile."""
    collect_less_often()
    log.setLevel(logging.INFO)
    threading.excepthook = _tell_without_values
    with background_jobs(web), suppress(KeyboardInterrupt):
        server(web, place).run(sockets=[listener])


@contextmanager
def background_jobs(web: WebContext) -> Iterator[None]:
    """Syncs run by themselves while the pages are served, and end with them."""
    timetable = threading.Thread(target=web.jobs.run_forever, name="jobs", daemon=True)
    timetable.start()
    try:
        yield
    finally:
        web.jobs.stop()
        timetable.join()
