"""A missing permission, from the banner to its cure, through the whole web app."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from browsers import HERE, Browser, browser
from house import TODAY, House, house, run, steps
from intervals_companion.app import checkup, first_sync
from intervals_companion.app.checkup import State

MONDAY = TODAY - timedelta(days=3)
ALL = ["ACTIVITY:READ", "ACTIVITY:WRITE", "WELLNESS:READ", "WELLNESS:WRITE", "CALENDAR:READ", "CHATS:WRITE",
       "CHATS:READ", "SETTINGS:READ"]  # fmt: skip
WITHOUT_WELLNESS_UPDATE = [box for box in ALL if box != "WELLNESS:WRITE"]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as made:
        made.import_(steps(MONDAY, 8000), *run(MONDAY))
        yield made


@pytest.fixture
def mine(home: House) -> Iterator[Browser]:
    with browser(home) as made:
        yield made.let_in()


def test_wellness_update_off_is_in_the_banner_of_every_page_until_it_is_cured(home: House, mine: Browser) -> None:
    mine.sign_in(home, WITHOUT_WELLNESS_UPDATE)
    first_sync.confirm(home.companion, None)
    for path in ("/today", "/metrics", "/activities", "/sync", "/settings", "/permissions"):
        page = mine.get(path)
        assert page.status_code == 200
        assert 'class="banner"' in page.text
    home.sync()
    assert "steps" not in home.theirs(MONDAY).values

    sent = mine.post("/sign-in/again")  # the button of the cure's page
    with home.person() as person:
        landing = person.allow(sent.headers["location"])
    mine.get(landing.removeprefix(HERE))
    assert 'class="banner"' not in mine.get("/permissions").text
    mine.web.jobs.tick()
    assert home.theirs(MONDAY).values["steps"] == 8000


def test_cured_by_settings_and_logout_without_the_button(home: House, mine: Browser) -> None:
    mine.sign_in(home, WITHOUT_WELLNESS_UPDATE)
    cure = mine.get("/permissions/wellness-data-update").text
    assert 'href="/settings"' in cure
    assert mine.get("/settings/leave/logout").status_code == 200
    assert mine.post("/settings/leave/logout").status_code == 200
    assert mine.get("/permissions").status_code == 303
    mine.sign_in(home)
    assert checkup.blocked_count(home.companion) == 0


def test_no_key_generated_and_found_after_logging_out_and_in(home: House, mine: Browser) -> None:
    home.sandbox.you.api_key = None
    mine.sign_in(home)
    assert "No API key was generated in this account." in mine.get("/permissions").text
    with home.person() as person:
        person.generate_key()
    sent = mine.post("/sign-in/again")
    with home.person() as person:
        landing = person.allow(sent.headers["location"])
    mine.get(landing.removeprefix(HERE))
    found = checkup.stored(home.companion).check("api-key")
    assert found is not None
    assert found.state is State.OK
