"""A page names no command of the terminal: it has buttons. Only that of a link that expired names the one way in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from attrs import evolve

from intervals_companion.app.doctor import checkup
from intervals_companion.app.preferences import home_zone
from intervals_companion.app.sync import first_sync
from intervals_companion.cli.main import COMMANDS
from intervals_companion.domain.errors import NotSignedIn, SuspiciousPlan
from intervals_companion.store import secrets
from support.app_fixture import TODAY, AppFixture, app_fixture, run, steps
from support.browsers import Browser, browser

COMMAND = re.compile(rf"\bcompanion ({'|'.join(re.escape(name) for name in COMMANDS)})\b")
NO_WELLNESS = ["ACTIVITY:READ", "ACTIVITY:WRITE", "CALENDAR:READ", "CHATS:WRITE", "SETTINGS:READ"]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[AppFixture]:
    with app_fixture(tmp_path) as made:
        made.import_(steps(TODAY, 8000), steps(TODAY, 500, at="23:30:00"), *run(TODAY))
        yield made


@pytest.fixture
def stranger(home: AppFixture) -> Iterator[Browser]:
    with browser(home) as made:
        yield made


@pytest.fixture
def owner(home: AppFixture) -> Iterator[Browser]:
    with browser(home) as made:
        made.let_in().sign_in(home, NO_WELLNESS)
        yield made


def commands(page: str) -> list[str]:
    text = unescape(re.sub(r"<[^>]+>", " ", page))
    return [found[0] for found in COMMAND.finditer(" ".join(text.split()))]


def said(browser: Browser, path: str) -> list[str]:
    answer = browser.client.get(path, follow_redirects=True)
    assert answer.text
    return commands(answer.text)


def test_who_was_not_let_in_is_told_without_a_command(stranger: Browser) -> None:
    assert said(stranger, "/sign-in") == []
    assert commands(stranger.post("/sign-in", csrf="").text) == []


def test_only_a_link_that_expired_names_the_command_that_makes_a_new_one(stranger: Browser) -> None:
    assert said(stranger, "/link/none") == ["companion link"]
    refused = stranger.post("/link/none", csrf="")
    assert "used already" in refused.text
    assert commands(refused.text) == []


@pytest.mark.parametrize(
    "path",
    ["/no-such-page", "/sync/runs/99", "/activities/none", "/phone", "/help/remote", "/help/permissions", "/settings",
     "/settings/zone", "/signed-in", "/feed", "/today"],
)  # fmt: skip
def test_pages_and_refusals_name_none(owner: Browser, path: str) -> None:
    assert said(owner, path) == []


def test_the_doctor_names_none_whatever_is_off(home: AppFixture, owner: Browser) -> None:
    checkup.examine(home.context)
    checks = home.context.read(checkup.stored).checks
    assert [check for check in checks if check.cure]
    assert said(owner, "/permissions") == []
    for check in checks:
        assert said(owner, f"/permissions/{check.id}") == []


def test_nor_does_it_where_the_sign_in_is_one_at_another_service(home: AppFixture) -> None:
    home.sign_in()
    elsewhere = evolve(home.context.settings, intervals_url="https://elsewhere.example")
    home.context = evolve(home.context, settings=elsewhere)
    with browser(home) as visitor:
        page = visitor.let_in().get("/permissions/sign-in").text
    assert "sign in at the second" in page
    assert commands(page) == []


def test_what_a_sync_held_names_none(home: AppFixture, owner: Browser) -> None:
    first_sync.confirm(home.context, TODAY)
    assert "no_permission" in {one.reason for one in home.sync().outcome.held}
    for path in ("/sync", "/sync/runs/1", "/sync/runs/1/held/no_permission", "/metrics"):
        assert said(owner, path) == []


def test_a_plan_that_replaces_much_is_agreed_to_by_a_button(home: AppFixture) -> None:
    home.sign_in()
    home.sync()
    optioned = evolve(home.context, settings=home.context.settings.with_options(home_zone="Asia/Tokyo"))
    home_zone.save(optioned, optioned.account())
    stopped = home.sync()
    assert isinstance(stopped.outcome.error, SuspiciousPlan)
    assert "companion sync --confirm" in stopped.outcome.error.terminal_cure
    with browser(home) as visitor:
        page = visitor.let_in().get(f"/sync/runs/{stopped.outcome.run}").text
    assert "send it all the same" in page
    assert commands(page) == []


def test_a_damaged_key_is_told_without_a_command(home: AppFixture) -> None:
    home.sign_in()
    (home.context.store.folder / secrets.KEY_FILE).write_bytes(b"short")
    with browser(home) as visitor:
        visitor.let_in()
        visitor.post("/permissions/check")
        page = visitor.get("/permissions/sign-in").text
        assert "Delete it and sign in again" in page
        assert commands(page) == []


def test_the_terminal_still_names_its_commands() -> None:
    assert NotSignedIn().terminal_cure == "Sign in with: companion login."
    assert COMMAND.search(NotSignedIn().cure) is None
