"""Serving one data folder: which addresses are allowed, and how long the jobs live."""

from __future__ import annotations

import ipaddress
import logging
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import uvicorn
from attrs import frozen

from intervals_companion.app.crash_site import where
from intervals_companion.app.ingest.imports import collect_less_often
from intervals_companion.app.shutdown import Shutdown
from intervals_companion.domain.errors import UsageError
from intervals_companion.web.app import create_app
from intervals_companion.web.context import WebContext
from intervals_companion.web.limits.connections import LimitedConnection
from intervals_companion.web.limits.log import limit

log = logging.getLogger("intervals_companion.web")

PORT = 8787
_LAST_WORDS = 3
"""Seconds an open page gets to finish when the server ends."""
_JOBS_SECONDS = 3.0
"""That jobs get beside it to come to their next step, and to write down how they ended."""
_END_SECONDS = 7.0
"""After which the process ends whatever is under way: what is half done then is undone, as after a power cut."""
_SWITCH_SECONDS = 0.001
"""That a thread keeps the interpreter from others: a page lets go of it with each question to the store, and waits for
a push that computes to get it back. A fifth of Python's own.
"""
_BACKLOG = 128
"""Connections that wait to be taken; as many lines asyncio writes a second when file descriptors are out."""


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


class _Server(uvicorn.Server):
    """Tells when its end begins, before it waits for what is under way."""

    def __init__(self, config: uvicorn.Config, at_the_end: Callable[[], None]) -> None:
        super().__init__(config)
        self._at_the_end = at_the_end

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._at_the_end()
        await super().shutdown(sockets)


def server(web: WebContext, place: Listen, at_the_end: Callable[[], None] = lambda: None) -> uvicorn.Server:
    """Ready to run on a bound socket. `at_the_end` is called when it begins to end, and waits for nothing."""
    logging.getLogger("uvicorn.error").addFilter(_without_values)
    limit()
    config = uvicorn.Config(
        create_app(web),
        http=LimitedConnection,
        ws="none",
        lifespan="off",
        backlog=_BACKLOG,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=place.proxy is not None,
        forwarded_allow_ips=place.proxy,
        ssl_certfile=place.certificate,
        ssl_keyfile=place.key,
        timeout_graceful_shutdown=_LAST_WORDS,
    )
    return _Server(config, at_the_end)


def serve(web: WebContext, place: Listen, listener: socket.socket, shutdown: Shutdown) -> None:
    """Serves until the process is interrupted; ends within ten seconds then. Jobs run by themselves meanwhile.

    `shutdown`: what the context of `web` waits by (`app.shutdown.interruptible`).
    """
    collect_less_often()
    sys.setswitchinterval(_SWITCH_SECONDS)
    log.setLevel(logging.INFO)
    threading.excepthook = _tell_without_values

    def at_the_end() -> None:
        _end_the_process_in(_END_SECONDS)
        shutdown.begin()
        web.jobs.stop()

    with background_jobs(web), suppress(KeyboardInterrupt):
        server(web, place, at_the_end).run(sockets=[listener])


def _end_the_process_in(seconds: float) -> None:
    """Where a thread of ours is caught in something that cannot be interrupted, the process does not wait for it."""
    last = threading.Timer(seconds, lambda: os._exit(0))
    last.daemon = True
    last.start()


@contextmanager
def background_jobs(web: WebContext) -> Iterator[None]:
    """Syncs run by themselves while the pages are served, and end with them."""
    timetable = threading.Thread(target=web.jobs.run_forever, name="jobs", daemon=True)
    timetable.start()
    try:
        yield
    finally:
        web.jobs.stop()
        web.jobs.wait(_JOBS_SECONDS)
        timetable.join(_JOBS_SECONDS)
