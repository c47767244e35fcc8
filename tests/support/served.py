"""The real web server on a port of this machine, and clients of it that do not behave."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from attrs import define

from intervals_companion.app import sessions
from intervals_companion.app.ingest import devices
from intervals_companion.app.jobs.schedule import Jobs
from intervals_companion.store import jobs as rows
from intervals_companion.store.jobs import RUNNING, SYNC, Job
from intervals_companion.web.context import WebContext
from intervals_companion.web.server import Listen, listening, server
from support.app_fixture import AppFixture


@define
class Served:
    home: AppFixture
    port: int
    cookie: str
    """Of a browser that was let in."""

    def connect(self, seconds: float = 10.0) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=seconds)

    def head(self, method: str, path: str, **headers: object) -> bytes:
        """The head of a request, without a cookie."""
        named = {"host": f"localhost:{self.port}"} | {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in named.items())]
        return "\r\n".join([*lines, "", ""]).encode()

    def get(self, path: str) -> bytes:
        """A whole answer, as the browser that was let in."""
        return self.ask(self.head("GET", path, cookie=f"companion={self.cookie}", connection="close"))

    def ask(self, request: bytes) -> bytes:
        with self.connect(30.0) as client:
            client.sendall(request)
            return read_to_end(client)

    def device(self) -> str:
        """The token of a phone."""
        return devices.add_device(self.home.context, devices.AUTO_EXPORT, "Ann’s iPhone").token

    def job(self) -> str:
        """One that never ends, to be watched."""
        athlete = self.home.context.account().athlete
        with self.home.context.store.write() as connection:
            rows.put(connection, athlete, Job("a" * 16, SYNC, RUNNING, "", 0, 0, {"asked": {}, "steps": []}, 1, 1))
        return "a" * 16


def read_to_end(client: socket.socket) -> bytes:
    """All that comes until the other side closes. Raises TimeoutError where it does not."""
    found = b""
    try:
        while piece := client.recv(65536):
            found += piece
    except ConnectionResetError:
        pass  # cut off, which is an end too
    return found


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Waits for it. Raises AssertionError where it does not come."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.01)


@contextmanager
def served(home: AppFixture) -> Iterator[Served]:
    """Jobs begin only where a test begins them."""
    cookie = sessions.create_session(home.context, "Safari on iPhone")
    with listening(Listen(port=0)) as listener:
        port = listener.getsockname()[1]
        web = WebContext(home.context, f"http://localhost:{port}", Jobs(home.context))
        app = server(web, Listen(port=port))
        thread = threading.Thread(target=app.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            until(lambda: app.started)
            yield Served(home, port, cookie)
        finally:
            app.should_exit = True
            thread.join()
