"""Webhooks of Intervals.icu: taken with the secret only, as a hint and never as data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from httpx2 import Response

from intervals_companion.app.doctor import checkup
from intervals_companion.app.social import feed
from intervals_companion.web import webhooks
from intervals_companion.web.limits.attempts import HOOKS
from support.app_fixture import AppFixture, app_fixture
from support.prepared import prepared, sign_in
from support.web_client import Visit, visit

SECRET = "hook-secret"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[AppFixture]:
    with prepared(tmp_path, sign_in) as made:
        made.context = evolve(made.context, settings=evolve(made.context.settings, webhook_secret=SECRET))
        yield made


@pytest.fixture
def web(home: AppFixture) -> Iterator[Visit]:
    with visit(home, *webhooks.routes) as made:
        yield made


def call(web: Visit, home: AppFixture, kind: str, secret: str = SECRET, **more: Any) -> Response:
    event = {"athlete_id": home.sandbox.you.id, "type": kind, "timestamp": "2026-03-10T12:00:00Z", **more}
    return send(web, {"secret": secret, "events": [event]})


def send(web: Visit, value: object) -> Response:
    """As the service does: no cookie, no origin."""
    web.client.cookies.clear()
    return web.client.post("/hooks/intervals", content=json.dumps(value).encode())


def test_without_a_secret_nobody_listens(tmp_path: Path) -> None:
    with app_fixture(tmp_path) as home:
        home.sign_in()
        with visit(home, *webhooks.routes) as web:
            assert call(web, home, "WELLNESS_UPDATED").status_code == 404
            assert call(web, home, "WELLNESS_UPDATED", secret="").status_code == 404


def test_calls_with_another_secret_are_few(home: AppFixture, web: Visit) -> None:
    statuses = [call(web, home, "WELLNESS_UPDATED", secret="wrong").status_code for _ in range(30)]
    assert statuses == [403] * HOOKS.of_address + [429] * (30 - HOOKS.of_address)
    home.clock.wait(61)
    assert call(web, home, "WELLNESS_UPDATED").status_code == 200


def test_a_word_in_a_chat_makes_the_next_look_at_the_feed_ask(home: AppFixture, web: Visit) -> None:
    checkup.examine(home.context)
    feed.read(home.context)
    assert not home.context.read(feed.is_due)
    home.forget_requests()
    assert call(web, home, "CHAT_UPDATE").status_code == 200
    assert home.context.read(feed.is_due)
    assert home.sandbox.log.as_json() == []


def test_a_changed_scope_is_found_out_again_with_our_own_sign_in(home: AppFixture, web: Visit) -> None:
    checkup.examine(home.context)
    with home.person() as person:
        person.revoke()
    assert home.context.read(checkup.blocked_count) == 0
    assert call(web, home, "APP_SCOPE_CHANGED", scope="", deauthorized=True).status_code == 200
    assert home.context.read(checkup.blocked_count) == 1


def test_what_a_call_says_is_never_believed(home: AppFixture, web: Visit) -> None:
    checkup.examine(home.context)
    call(web, home, "APP_SCOPE_CHANGED", scope="", deauthorized=True)
    assert home.context.read(checkup.blocked_count) == 0


@pytest.mark.parametrize("kind", ["WELLNESS_UPDATED", "ACTIVITY_UPLOADED", "ACTIVITY_DELETED"])
def test_a_changed_day_or_activity_lets_a_sync_come(home: AppFixture, web: Visit, kind: str) -> None:
    asked: list[str] = []
    web.web.jobs.after_push = lambda: asked.append("sync")  # type: ignore[method-assign]
    assert call(web, home, kind).status_code == 200
    assert asked == ["sync"]


@pytest.mark.parametrize("value", ["WELLNESS_UPDATED", "TEST", "CALENDAR_UPDATED"])
def test_other_athletes_and_other_events_count_for_nothing(home: AppFixture, web: Visit, value: str) -> None:
    asked: list[str] = []
    web.web.jobs.after_push = lambda: asked.append("sync")  # type: ignore[method-assign]
    event = {"athlete_id": "i999" if value == "WELLNESS_UPDATED" else home.sandbox.you.id, "type": value}
    assert send(web, {"secret": SECRET, "events": [event]}).status_code == 200
    assert asked == []


@pytest.mark.parametrize("secret", ["", "hook", "hook-secret-", "höök", SECRET.upper()])
def test_another_secret_is_refused(home: AppFixture, web: Visit, secret: str) -> None:
    assert call(web, home, "APP_SCOPE_CHANGED", secret=secret).status_code == 403


@pytest.mark.parametrize("value", [[], 3, None, "x", {"secret": 5, "events": []}])
def test_what_is_no_call_is_refused(home: AppFixture, web: Visit, value: object) -> None:
    assert send(web, value).status_code in (400, 403)


@pytest.mark.parametrize("events", [None, 5, ["x"], [{}], [{"athlete_id": None, "type": "APP_SCOPE_CHANGED"}]])
def test_odd_events_are_passed_over(home: AppFixture, web: Visit, events: object) -> None:
    assert send(web, {"secret": SECRET, "events": events}).status_code == 200


def test_a_call_that_is_too_large_is_refused(home: AppFixture, web: Visit) -> None:
    web.client.cookies.clear()
    assert web.client.post("/hooks/intervals", content=b" " * (webhooks.MOST_BYTES + 1)).status_code == 413
