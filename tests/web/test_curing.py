"""A missing permission, from the banner to its cure, through the whole web app."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from intervals_companion.app.doctor import checkup
from intervals_companion.app.sync import first_sync
from intervals_companion.doctor.checks import State
from support import exports
from support.app_fixture import QUANTITY, TODAY, AppFixture, run, steps
from support.browsers import HERE, Browser, browser
from support.prepared import prepared

MONDAY = TODAY - timedelta(days=3)
ALL = ["ACTIVITY:READ", "ACTIVITY:WRITE", "WELLNESS:READ", "WELLNESS:WRITE", "CALENDAR:READ", "CHATS:WRITE",
       "CHATS:READ", "SETTINGS:READ"]  # fmt: skip
WITHOUT_WELLNESS_UPDATE = [scope for scope in ALL if scope != "WELLNESS:WRITE"]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[AppFixture]:
    with prepared(tmp_path, with_a_day) as made:
        yield made


def with_a_day(home: AppFixture) -> None:
    home.import_(steps(MONDAY, 8000), *run(MONDAY))


@pytest.fixture
def mine(home: AppFixture) -> Iterator[Browser]:
    with browser(home) as made:
        yield made.let_in()


def test_wellness_update_off_is_in_the_banner_of_every_page_until_it_is_cured(home: AppFixture, mine: Browser) -> None:
    mine.sign_in(home, WITHOUT_WELLNESS_UPDATE)
    first_sync.confirm(home.context, None)
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


def test_cured_by_settings_and_logout_without_the_button(home: AppFixture, mine: Browser) -> None:
    mine.sign_in(home, WITHOUT_WELLNESS_UPDATE)
    cure = mine.get("/permissions/wellness-data-update").text
    assert 'href="/settings"' in cure
    assert mine.get("/settings/leave/logout").status_code == 200
    assert mine.post("/settings/leave/logout").status_code == 200
    assert mine.get("/permissions").status_code == 303
    mine.sign_in(home)
    assert home.context.read(checkup.blocked_count) == 0


def test_no_key_generated_and_found_after_logging_out_and_in(home: AppFixture, mine: Browser) -> None:
    home.sandbox.you.api_key = None
    mine.sign_in(home)
    assert "No API key was generated in this account." in mine.get("/permissions").text
    with home.person() as person:
        person.generate_key()
    sent = mine.post("/sign-in/again")
    with home.person() as person:
        landing = person.allow(sent.headers["location"])
    mine.get(landing.removeprefix(HERE))
    found = home.context.read(checkup.stored).check("api-key")
    assert found is not None
    assert found.state is State.OK


def daylight(minutes: int) -> str:
    """Of a day, in a field that has to be created at Intervals.icu first."""
    hour = f"{MONDAY} 10:00:00 +0100"
    return exports.record(f"{QUANTITY}TimeInDaylight", minutes, "min", hour, source="Watch")


def test_missing_custom_fields_are_created_by_one_press_wherever_they_hold_something(
    home: AppFixture, mine: Browser
) -> None:
    home.import_(daylight(90))
    mine.sign_in(home)
    home.sync()
    first_sync.confirm(home.context, None)
    for path in ("/sync/runs/1", "/sync/runs/1/held/no_custom_field", "/metrics/Daylight"):
        assert 'href="/permissions/custom-fields"' in mine.get(path).text
        assert "nothing to repair" not in mine.get(path).text
    cure = mine.get("/permissions/custom-fields").text
    assert "Sign in and create the fields" in cure

    sent = mine.post("/sign-in/again", {"create_fields": "1", "next": "/permissions/custom-fields"})
    with home.person() as person:
        landing = person.allow(sent.headers["location"])
    assert mine.get(landing.removeprefix(HERE)).headers["location"] == "/permissions/custom-fields"
    assert "custom fields exist at Intervals.icu" in mine.get("/permissions/custom-fields").text
    mine.web.jobs.tick()
    assert home.theirs(MONDAY).values["Daylight"] == 90


def test_a_sign_in_that_may_creates_the_fields_without_another_one(home: AppFixture, mine: Browser) -> None:
    home.import_(daylight(90))
    mine.sign_in(home)
    home.sign_in(create_fields=True)
    checkup.examine(home.context)
    assert "Create the fields</button>" in mine.get("/permissions/custom-fields").text
    assert mine.post("/permissions/custom-fields").headers["location"] == "/permissions/custom-fields"
    assert "custom fields exist at Intervals.icu" in mine.get("/permissions/custom-fields").text


def test_fields_left_uncreated_at_the_sign_in_do_not_stop_it(home: AppFixture, mine: Browser) -> None:
    mine.sign_in(home)
    sent = mine.post("/sign-in/again", {"create_fields": "1", "next": "/permissions/custom-fields"})
    with home.person() as person:
        landing = person.allow(sent.headers["location"], ALL)
    assert mine.get(landing.removeprefix(HERE)).headers["location"] == "/permissions/custom-fields"
    assert "Sign in and create the fields" in mine.get("/permissions/custom-fields").text
