"""`companion serve` in a process of its own, and a browser that is let in."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
from attrs import define

from intervals_companion.app import sessions
from intervals_companion.app.context import opened
from intervals_companion.app.ingest import devices
from intervals_companion.app.settings import Settings
from intervals_companion.app.sync import first_sync
from support.served import until
from support.terminal import Terminal


@define
class Serving:
    process: subprocess.Popen[str]
    base: str
    cookie: str
    token: str
    """Of a phone."""

    @property
    def port(self) -> int:
        return int(self.base.rpartition(":")[2])

    def browser(self) -> httpx2.Client:
        headers = {"cookie": f"companion={self.cookie}", "origin": self.base}
        return httpx2.Client(base_url=self.base, headers=headers, timeout=20)

    def post(self, path: str, **fields: Any) -> str:
        """Where the page leads that follows."""
        with self.browser() as browser:
            found = re.search(r"name=csrf value=([\w-]+)", browser.get("/sign-in").text)
            assert found is not None
            answer = browser.post(path, data={"csrf": found[1]}, **fields)
            assert answer.status_code == 303, answer.text
            return str(answer.headers["location"])

    def ended(self, how: signal.Signals) -> float:
        """Seconds from the signal to the end of the process."""
        began = time.monotonic()
        self.process.send_signal(how)
        out, err = self.process.communicate(timeout=30)
        assert "Traceback" not in err, err
        assert self.process.returncode == 0, out + err
        return time.monotonic() - began


@contextmanager
def serving(terminal: Terminal) -> Iterator[Serving]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with opened(Settings(home=terminal.home, intervals_url=terminal.sandbox.base)) as context:
        first_sync.confirm(context, None)
        cookie = sessions.create_session(context, "Safari on iPhone")
        token = devices.add_device(context, devices.AUTO_EXPORT, "Ann’s iPhone").token
    process = terminal.start("serve", "--port", str(port))
    try:
        assert process.stdout is not None
        while "Ctrl-C" not in process.stdout.readline():
            assert process.poll() is None
        until(lambda: takes_connections(port))
        yield Serving(process, f"http://localhost:{port}", cookie, token)
    finally:
        process.kill()
        process.communicate()


def takes_connections(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
