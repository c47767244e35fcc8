"""What an athlete says of their sources, and what it does to their days: in the app and on the command line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from intervals_companion.app.ingest import sources
from intervals_companion.app.wellness import days
from intervals_companion.journal import days as journal_days
from support.app_fixture import QUANTITY, TODAY, AppFixture, app_fixture
from support.browsers import Browser, browser
from support.exports import record

DAY = TODAY - timedelta(days=1)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[AppFixture]:
    """Two bands without a product saw the same ten minutes; one counted more."""
    with app_fixture(tmp_path) as made:
        made.import_(walked("Band A", 800), walked("Band B", 1000), walked("Old Band", 50, "08:00", "08:10"))
        yield made


@pytest.fixture
def phone(home: AppFixture) -> Iterator[Browser]:
    with browser(home) as made:
        yield made.let_in()


def walked(source: str, count: int, start: str = "10:00", end: str = "10:10") -> str:
    return record(
        f"{QUANTITY}StepCount", count, "count", f"{DAY} {start}:00 +0100", f"{DAY} {end}:00 +0100", source=source
    )


def steps_of(home: AppFixture) -> tuple[object, tuple[str, ...]]:
    days.make(home.context, lambda *_: None)
    with home.context.reading() as here:
        made = journal_days.values(here.connection, here.athlete, DAY, DAY)
    (one,) = [value for value in made if value.field == "steps"]
    return one.value, one.sources


def test_whoever_counted_more_counts_until_the_athlete_says_their_order(home: AppFixture) -> None:
    assert steps_of(home) == (1050, ("Band B", "Old Band"))
    assert sources.preview(home.context, sources.in_order(["Band A"])) == (DAY,)
    assert steps_of(home) == (1050, ("Band B", "Old Band"))
    sources.choose(home.context, sources.in_order(["Band A"]))
    assert steps_of(home) == (850, ("Band A", "Old Band"))
    sources.choose(home.context, sources.in_order([]))
    assert steps_of(home) == (1050, ("Band B", "Old Band"))


def test_a_band_that_is_a_watch_counts_before_one_that_is_not(home: AppFixture) -> None:
    sources.choose(home.context, sources.of_kind("Band A", sources.Kind.WATCH))
    assert steps_of(home) == (850, ("Band A", "Old Band"))


def test_a_band_under_two_names_is_one_source(home: AppFixture) -> None:
    sources.choose(home.context, sources.joined("Old Band", "Band B"))
    assert steps_of(home) == (1050, ("Band B",))
    assert [one.same_as for one in home.context.read(sources.listed) if one.key == "Old Band"] == ["Band B"]
    sources.choose(home.context, sources.joined("Old Band", None))
    assert steps_of(home) == (1050, ("Band B", "Old Band"))


def test_what_the_athlete_said_changes_a_day_that_was_sent(home: AppFixture) -> None:
    home.sign_in()
    home.sync(since=DAY)
    assert home.theirs(DAY).values["steps"] == 1050
    sources.choose(home.context, sources.in_order(["Band A"]))
    home.sync(since=DAY)
    assert home.theirs(DAY).values["steps"] == 850


def test_a_source_moves_up_at_a_tap(home: AppFixture, phone: Browser) -> None:
    assert phone.post("/settings/sources/move", {"source": "Band A", "way": "up"}).status_code == 303
    assert [one.place for one in home.context.read(sources.listed)] == [1, 2, 3]
    assert phone.post("/settings/sources/move", {"source": "nobody", "way": "up"}).status_code == 400


def test_a_page_shows_the_days_before_anything_is_said(home: AppFixture, phone: Browser) -> None:
    page = phone.get(f"/settings/sources/one?source={quote('Band A')}&kind=watch")
    assert "1 day would change" in page.text
    assert steps_of(home) == (1050, ("Band B", "Old Band"))
    phone.post("/settings/sources/one", {"source": "Band A", "kind": "watch"})
    assert steps_of(home) == (850, ("Band A", "Old Band"))
    phone.post("/settings/sources/one", {"source": "Band A", "kind": ""})
    phone.post("/settings/sources/one", {"source": "Old Band", "same": "Band B"})
    assert steps_of(home) == (1050, ("Band B",))
    assert phone.get("/settings/sources/one?source=nobody").status_code == 404
