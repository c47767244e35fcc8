"""Pages are answered while bodies drip, sign-ins wait for a silent service, and a large push is stored."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta

import httpx2
import pytest

from intervals_sandbox.server import Running
from support.pushes import body, item, metric
from support.serving import Serving, serving
from support.terminal import MONDAY, Terminal

PAGES = ("/today", "/metrics", "/activities", "/sync", "/settings")
AT_ONCE = 40
ROUNDS = 2
MOST_SECONDS = 5.0
MOST_TIMES = 3.0
"""As long as the same pages take without that load."""


def slowest(here: Serving) -> float:
    """Of so many pages asked for at once (s)."""
    start = threading.Barrier(AT_ONCE)
    with ExitStack() as held, ThreadPoolExecutor(AT_ONCE) as threads:
        browsers = [held.enter_context(here.browser()) for _ in range(AT_ONCE)]

        def ask(number: int) -> float:
            start.wait()
            began = time.monotonic()
            answer = browsers[number].get(PAGES[number % len(PAGES)])
            assert answer.status_code == 200
            return time.monotonic() - began

        return max(threads.map(ask, range(AT_ONCE)))


def large_push(rows: int) -> bytes:
    """So many heart rates, one every minute."""
    return body(metric("heart_rate", "count/min", *(
        item(f"{MONDAY - timedelta(days=n // 1440)} {n % 1440 // 60:02d}:{n % 60:02d}:00 +0100", 50 + n % 90, "Watch")
        for n in range(rows)
    )))  # fmt: skip


@pytest.mark.parametrize("rows", [60_000, pytest.param(600_000, marks=pytest.mark.soak)], ids=["4 MB", "42 MB"])
def test_pages_are_answered_while_much_else_waits(used_terminal: Terminal, quiet_sandbox: Running, rows: int) -> None:
    content = large_push(rows)
    with serving(used_terminal) as here, ExitStack() as held:
        slowest(here)
        alone = max(slowest(here) for _ in range(ROUNDS))
        quiet_sandbox.sandbox.latency = 60
        head = f"HTTP/1.1\r\nhost: localhost:{here.port}\r\n"
        drips = [
            f"POST /push/health-auto-export {head}authorization: Bearer {here.token}\r\n",
            f"POST /hooks/intervals {head}",
        ]
        form = f"{head}origin: {here.base}\r\ncontent-type: application/x-www-form-urlencoded\r\n"
        sign_in = f"POST /sign-in/key {form}content-length: 25\r\n\r\nkey=abcdefghijklmnopqrstu"
        for request in [f"{one}content-length: 1000000\r\n\r\n{{" for one in drips * 10] + [sign_in] * 45:
            client = held.enter_context(socket.create_connection(("127.0.0.1", here.port), timeout=10))
            client.sendall(request.encode())
        push = held.enter_context(ThreadPoolExecutor(1)).submit(pushed(here, content))
        time.sleep(0.3)
        loaded: list[float] = []
        while not push.done() and len(loaded) < ROUNDS:
            loaded.append(slowest(here))
        assert push.result() == 200
        assert loaded
        assert max(loaded) < MOST_SECONDS
        assert max(loaded) < MOST_TIMES * alone


def pushed(here: Serving, content: bytes) -> Callable[[], int]:
    def push() -> int:
        with httpx2.Client(timeout=60) as phone:
            headers = {"authorization": f"Bearer {here.token}"}
            return phone.post(f"{here.base}/push/health-auto-export", content=content, headers=headers).status_code

    return push
