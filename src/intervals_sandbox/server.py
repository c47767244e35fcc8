"""Serves a sandbox on the loopback address: for a command until Ctrl-C, for a program in a background thread."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from threading import Thread
from typing import Any, TextIO

import uvicorn
from attrs import frozen
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from intervals_sandbox.app import create_app
from intervals_sandbox.errors import SandboxError
from intervals_sandbox.faults import HANG_UP
from intervals_sandbox.sandbox import Sandbox
from intervals_sandbox.times import Clock

PORT = 8788
_HOST = "127.0.0.1"
_BACKLOG = 2048


@frozen
class Running:
    """A sandbox that answers."""

    base: str
    """Such as http://localhost:8788; programs may also say 127.0.0.1, OAuth redirects may not."""
    info: dict[str, object]
    """What `--json` prints."""
    sandbox: Sandbox

    @property
    def clock(self) -> Clock:
        """The present moment as the sandbox sees it, for a client that is to live at the same time."""
        return self.sandbox.clock


class _Protocol(H11Protocol):
    """HTTP as uvicorn speaks it, and a way for the app to close the connection without an answer."""

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: Any,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        inner = self.app

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            scope["extensions"] = {**scope.get("extensions", {}), HANG_UP: self.transport.close}
            await inner(scope, receive, send)

        self.app = app


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((_HOST, port))
    except (OSError, OverflowError) as problem:  # the second: ports end at 65535
        listener.close()
        why = problem.strerror if isinstance(problem, OSError) else "there is no such port"
        raise SandboxError(
            f"Cannot listen on port {port}: {why}. Stop what uses it, or choose another with --port."
        ) from problem
    listener.listen(_BACKLOG)
    return listener


def _server(app: Starlette) -> uvicorn.Server:
    config = uvicorn.Config(
        app,
        http=_Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)


def _base(listener: socket.socket) -> str:
    return f"http://localhost:{listener.getsockname()[1]}"


@contextmanager
def running(port: int = 0, *, seed: int = 1, today: date | None = None, **options: Any) -> Iterator[Running]:
    """A sandbox that is served from a background thread as long as the block lasts. Port 0 is any free one.

    `options` are those of `create_app`. Raises SandboxError if the port is taken.
    """
    app = create_app(seed=seed, today=today, **options)
    listener = _listen(port)
    base, server = _base(listener), _server(app)
    thread = Thread(target=server.run, kwargs={"sockets": [listener]}, name="intervals-sandbox", daemon=True)
    thread.start()
    try:
        yield Running(base, app.state.sandbox.info(base), app.state.sandbox)
    finally:
        server.should_exit = True
        thread.join()


def serve(
    port: int = PORT,
    *,
    seed: int = 1,
    today: date | None = None,
    as_json: bool = False,
    out: TextIO | None = None,
    **options: Any,
) -> None:
    """Serves until Ctrl-C. Tells first where it is and how to use it, or one line of JSON. Raises SandboxError."""
    app = create_app(seed=seed, today=today, **options)
    listener = _listen(port)
    sandbox: Sandbox = app.state.sandbox
    info = sandbox.info(_base(listener))
    with suppress(KeyboardInterrupt):
        print(json.dumps(info) if as_json else _welcome(sandbox, info), file=out or sys.stdout, flush=True)
        _server(app).run(sockets=[listener])


def _welcome(sandbox: Sandbox, info: dict[str, object]) -> str:
    you = sandbox.you
    key = f"API key {you.api_key}" if you.api_key else "no API key yet"
    return "\n".join(
        (
            "Intervals.icu sandbox: a stand-in on this computer. All people and data are invented.",
            f"  Pages     {info['base']}",
            f"  API       {info['base']}/api/v1",
            f"  You are   {you.name}, athlete {you.id}, {key}",
            f"  Your app  client_id {info['client_id']}, client_secret {info['client_secret']}",
            "            redirects to any port and path of http://localhost",
            "Stop it with Ctrl-C.",
        )
    )
