"""A page is read once, in one moment: how much it asks the store, and that many pages at once get in nobody's way."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

import httpx2
import pytest
from sqlalchemy import event

from intervals_companion.app import sessions
from intervals_companion.store.sqlite import BUSY_SECONDS
from support.live_server import LiveServer
from support.seeded_server import PAGES

AT_ONCE = 40

STATEMENTS = {
    "today": 25, "metrics": 12, "a metric": 19, "activities": 26, "an activity": 31, "friends": 24,
    "a friend activity": 25, "an athlete": 22, "permissions": 22, "restoring": 16,
}  # fmt: skip
"""At most, by page; the others take `USUAL`."""
USUAL = 15


@pytest.fixture(scope="module")
def visitor(used_home: LiveServer) -> Iterator[httpx2.Client]:
    cookies = {"companion": sessions.create_session(used_home.context, "a test")}
    limits = httpx2.Limits(max_connections=AT_ONCE)
    with httpx2.Client(base_url=used_home.base, cookies=cookies, limits=limits, timeout=30) as client:
        yield client


@contextmanager
def asked(home: LiveServer) -> Iterator[list[str]]:
    """Every statement the store is asked meanwhile by pages; jobs have threads of their own."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if threading.current_thread().name.startswith("AnyIO worker"):
            found.append(statement)

    event.listen(home.context.store.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(home.context.store.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_the_store_once_and_not_much(used_home: LiveServer, visitor: httpx2.Client, name: str) -> None:
    path = PAGES[name](used_home)
    for _ in range(2):  # what is worked out once is saved behind the first answer
        assert visitor.get(path).status_code == 200
    with asked(used_home) as found:
        assert visitor.get(path).status_code == 200
    begun = [one for one in found if one.startswith("BEGIN")]
    statements = [one for one in found if not one.startswith(("BEGIN", "PRAGMA"))]
    assert len(begun) <= 1
    assert len(statements) <= STATEMENTS.get(name, USUAL), "\n".join(statements)


def test_forty_requests_released_together_are_all_answered(used_home: LiveServer, visitor: httpx2.Client) -> None:
    together = Barrier(AT_ONCE)

    def look(_: int) -> int:
        together.wait(timeout=30)
        return visitor.get("/today").status_code

    began, spent = time.monotonic(), time.process_time()
    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = list(threads.map(look, range(AT_ONCE)))
    assert answers == [200] * AT_ONCE
    # Of both sides, in this process: on an idle machine that is the time it takes. Nobody waits for anything else.
    assert time.process_time() - spent < 3
    assert time.monotonic() - began < BUSY_SECONDS
