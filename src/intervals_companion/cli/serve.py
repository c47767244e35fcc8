"""companion serve: the web app on this machine. companion link: a way in for one more browser."""

from __future__ import annotations

import logging
from pathlib import Path

from intervals_companion.app import sessions
from intervals_companion.app.context import AppContext
from intervals_companion.app.jobs.schedule import Jobs
from intervals_companion.app.shutdown import Shutdown, interruptible
from intervals_companion.cli import output
from intervals_companion.cli.context import open_context, read_settings
from intervals_companion.web.context import WebContext, public_address


def serve(
    *,
    port: int = 8787,
    host: str = "127.0.0.1",
    public_url: str | None = None,
    certificate: Path | None = None,
    key: Path | None = None,
    insecure_lan: bool = False,
    proxy: str | None = None,
    log: bool = False,
) -> int:
    """Serve the web app until Ctrl-C. On the first start it prints a link that lets one browser in.

    Parameters
    ----------
    port
        Where to listen.
    host
        The address to listen on. Another one than this machine's own needs TLS, or --insecure-lan.
    public_url
        The address people reach it by, for every link and redirect. Also COMPANION_PUBLIC_URL.
    certificate
        TLS certificate chain, PEM.
    key
        Its key, PEM.
    insecure_lan
        Listen on another address without TLS: everybody in that network can read along.
    proxy
        Address of a proxy whose X-Forwarded headers are believed.
    log
        Print a line for every request: method, path, status, time.
    """
    from intervals_companion.web.server import Listen, listening, serve

    place = Listen(host, port, certificate, key, insecure_lan, proxy)
    settings = read_settings()
    address = public_address(public_url or settings.public_url or place.default_url)
    if log:
        logging.basicConfig(format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    with listening(place) as listener, open_context(settings) as context:
        say_where(context, address)
        shutdown = Shutdown()
        context = interruptible(context, shutdown)
        serve(WebContext(context, address, Jobs(context)), place, listener, shutdown)
    return 0


def say_where(context: AppContext, address: str) -> None:
    """Where the app is, and the link that lets the first browser in."""
    console = output.out()
    console.print(f"Intervals Companion: {address}", markup=False)
    if not context.read(sessions.browsers):
        console.print("Let your browser in with this link. It works once, for 15 minutes:", markup=False)
        console.print(f"  {sessions.new_link(context, address)}", markup=False, soft_wrap=True)
    console.print("Ctrl-C ends it.", markup=False)


def link(*, public_url: str | None = None) -> int:
    """Print a link that lets one more browser in: it works once, for 15 minutes.

    Parameters
    ----------
    public_url
        The address the companion is served at. Also COMPANION_PUBLIC_URL.
    """
    settings = read_settings()
    with open_context(settings) as context:
        address = public_address(public_url or settings.public_url or "http://localhost:8787")
        output.out().print(sessions.new_link(context, address), markup=False, soft_wrap=True)
    return 0
