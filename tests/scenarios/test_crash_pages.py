"""A mistake of ours, or an address nobody can mean: security headers are sent, and nothing personal is shown."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from starlette.types import Message

from intervals_companion.app import sessions
from intervals_companion.app.scope import ReadScope
from intervals_companion.app.sessions import Visitor
from intervals_companion.store import sqlite
from intervals_companion.web import dashboard
from support.app_fixture import AppFixture, app_fixture
from support.browsers import HERE, Browser, browser

SECRET = "72.5 kg of Mika"
WALLS = ("content-security-policy", "x-frame-options", "x-content-type-options", "cache-control", "referrer-policy")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[AppFixture]:
    with app_fixture(tmp_path) as made:
        yield made


@pytest.fixture
def owner(home: AppFixture) -> Iterator[Browser]:
    with browser(home) as made:
        made.let_in().sign_in(home)
        yield made


@pytest.fixture
def mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page with a mistake in it."""

    def render(*_: Any, **__: Any) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(dashboard, "render", render)


@pytest.mark.usefixtures("mistake")
def test_a_mistake_of_ours_stays_inside_the_walls(owner: Browser) -> None:
    answer = owner.get("/today")
    usual = owner.get("/sign-in").headers
    assert answer.status_code == 500
    assert "a mistake of ours" in answer.text
    assert {name: answer.headers[name] for name in WALLS} == {name: usual[name] for name in WALLS}


@pytest.mark.usefixtures("mistake")
def test_its_log_says_kind_and_place_and_nothing_that_was_at_hand(
    owner: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    owner.get("/today")
    assert "broken: GET RuntimeError at test_crash_pages.py:" in caplog.text
    assert "GET /today 500" in caplog.text
    assert SECRET not in caplog.text


def test_a_page_of_a_mistake_asks_for_no_session_where_that_is_what_is_broken(
    owner: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = sessions.current_visitor

    def visitor(here: ReadScope, cookie: str | None) -> Visitor | None:
        if cookie is not None:
            raise RuntimeError(SECRET)
        return plain(here, cookie)

    monkeypatch.setattr(sessions, "current_visitor", visitor)
    answer = owner.get("/today")
    assert answer.status_code == 500
    assert "<h1>" in answer.text
    assert "a mistake of ours" in answer.text
    assert [name for name in WALLS if name not in answer.headers] == []


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_store_that_is_asked_too_much_says_so_after_one_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    for name, value in {"KEPT_CONNECTIONS": 2, "MOST_CONNECTIONS": 2, "BUSY_SECONDS": 0.5}.items():
        monkeypatch.setattr(sqlite, name, value)
    with app_fixture(tmp_path) as home, browser(home) as owner:
        owner.let_in()
        engine = home.context.store.engine
        with engine.connect(), engine.connect():
            began = time.monotonic()
            answer = owner.client.request(method, "/sync", headers={"origin": HERE})
            assert time.monotonic() - began < 1.4
        assert answer.status_code == 409
        assert "<h1>" in answer.text
        assert owner.get("/sync").status_code == 200


def test_a_store_that_cannot_be_read_has_its_words_and_the_walls(home: AppFixture, owner: Browser) -> None:
    home.context.store.close()
    for file in home.context.store.folder.glob("companion.sqlite*"):
        file.write_bytes(b"nothing" * 1000)
    answer = owner.get("/today")
    assert answer.status_code == 507
    assert "Move it away and import your newest export again" in answer.text
    assert [name for name in WALLS if name not in answer.headers] == []


def test_a_browser_that_leaves_half_way_is_no_mistake(owner: Browser, caplog: pytest.LogCaptureFixture) -> None:
    sent: list[Message] = []
    heads = {"host": "localhost:8787", "origin": HERE, "content-length": "5000"}
    heads |= {"content-type": "application/x-www-form-urlencoded"}
    scope = {
        "type": "http", "http_version": "1.1", "scheme": "http", "method": "POST", "path": "/permissions/check",
        "raw_path": b"/permissions/check", "root_path": "", "query_string": b"", "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8787), "headers": [(name.encode(), text.encode()) for name, text in heads.items()],
    }  # fmt: skip

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    anyio.run(owner.client.app, scope, receive, send)
    assert sent[0]["status"] == 400
    assert "broken" not in caplog.text


@pytest.mark.parametrize(
    "path",
    [
        "/sync/runs/99999999999999999999",
        f"/sync/runs/{'9' * 5000}",
        "/sync/runs/99999999999999999999/sent",
        "/sync/runs/99999999999999999999/held/locked",
        "/activities?until=0001-01-01",
        "/activities?until=0001-01-02",
        "/activities?until=9999-12-31",
        "/activities?show=only-here&until=0001-01-01",
        "/activities?show=only-there&until=9999-12-31",
        "/metrics/steps?day=0001-01-01",
        "/metrics/steps?day=9999-12-31",
        "/sync/waiting/9999-12-31/weight",
    ],
)
def test_an_address_out_of_all_bounds_is_refused_in_words(owner: Browser, path: str) -> None:
    answer = owner.get(path)
    assert answer.status_code in (400, 404)
    assert "<h1>" in answer.text
