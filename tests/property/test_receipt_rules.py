"""Whatever goes wrong on the wire: what this side holds a receipt or a base for is stored at Intervals.icu, and every
planned item has one fate.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intervals_companion.app.sync import history
from intervals_companion.app.sync.run import Synced
from intervals_companion.domain import catalogue
from intervals_companion.domain.activity import WORKOUT_FIELD
from intervals_companion.store import ledger, runs
from intervals_companion.store.ledger import Receipt
from intervals_sandbox.faults import KINDS
from support import exports
from support.app_fixture import QUANTITY, TODAY, AppFixture, app_fixture, run, steps, weight
from support.depth import examples

DAYS = [TODAY - timedelta(days=n) for n in (4, 3, 2)]
SETTINGS = {"icu_weight": 74.25, "icu_resting_hr": 48}
"""What the athlete's settings hold: Intervals.icu shows it on days without a value of their own."""

PLACES = {
    "days are sent": ("PUT", "/api/v1/athlete/0/wellness"),
    "files are sent": ("POST", "/api/v1/athlete/0/activities"),
    "days are read": ("GET", "/api/v1/athlete/0/wellness"),
    "activities are read": ("GET", "/api/v1/athlete/0/activities"),
    "anything is asked": ("*", "/api/"),
}


def resting(day: date, beats: int) -> str:
    return exports.record(f"{QUANTITY}RestingHeartRate", beats, "count/min", f"{day} 08:00:00 +0100", source="Watch")


@contextmanager
def athlete() -> Iterator[AppFixture]:
    """Three days and two runs in Health. Weight and resting heart rate are those of the settings on the first day, the
    other days differ in one or both; each day has a record at Intervals.icu already, with neither of them.
    """
    with TemporaryDirectory() as folder, app_fixture(Path(folder)) as home:
        home.sign_in()
        home.sandbox.you.facts.update(SETTINGS)
        for day in DAYS:
            home.type_in(day, mood=2)
        home.import_(
            *(weight(day, kilograms) for day, kilograms in zip(DAYS, (74.25, 74.25, 73.5), strict=True)),
            *(resting(day, beats) for day, beats in zip(DAYS, (48, 51, 48), strict=True)),
            steps(DAYS[1], 7000),
            *run(DAYS[0]),
            *run(DAYS[2]),
        )
        yield home


def break_wire(home: AppFixture, *faults: tuple[str, str, int]) -> None:
    """faults: place, kind, and how many requests meet it."""
    orders = []
    for place, kind, times in faults:
        method, path = PLACES[place]
        orders.append({"method": method, "path_prefix": path, "times": times, "kind": kind})
    home.sandbox.faults.order(orders)


def receipts(home: AppFixture, number: int | None) -> list[Receipt]:
    with home.context.reading() as here:
        assert number is not None
        return runs.receipts(here.connection, here.athlete, number, 0, 1000)


def stored(home: AppFixture, day: date, field: str) -> Any:
    """What Intervals.icu keeps of that day itself."""
    return home.sandbox.you.wellness.get(day, {}).get(field)


def believed_but_not_stored(home: AppFixture, result: Synced) -> list[str]:
    athlete = home.context.account().athlete
    with home.context.store.read() as connection:
        bases = ledger.bases(connection, athlete, DAYS[0], TODAY)
        links = ledger.links(connection, athlete)
    activities = {name: one.values.get("external_id") for name, one in home.sandbox.state.activities.items()}
    wrong = [
        f"base {day} {field}"
        for (day, field), base in bases.items()
        if not catalogue.metric(field).same(stored(home, day, field), base.value)
    ]
    wrong += [f"link {workout}" for workout, link in links.items() if activities.get(link.activity) != workout]
    for one in receipts(home, result.outcome.run) if result.outcome.run else ():
        if one.field == WORKOUT_FIELD:
            there = activities.get(str(one.value)) == one.item
        else:
            found = stored(home, date.fromisoformat(one.item), one.field)
            there = found is not None and catalogue.metric(one.field).same(found, float(str(one.value)))
        if not there:
            wrong.append(f"receipt {one.item} {one.field}")
    return wrong


def adds_up(home: AppFixture, result: Synced) -> bool:
    """Each planned item is sent, linked, held, failed or left, and the run that is remembered says the same."""
    outcome = result.outcome
    fates = [*((one.item, one.field) for one in outcome.sent), *((one.item, one.field) for one in outcome.held)]
    fates += [*((one.item, one.field) for one in outcome.failed), *outcome.left]
    fates += [(one.workout, WORKOUT_FIELD) for one in outcome.linked]
    (run,) = home.context.read(history.latest, 1)
    told = history.account(run)
    counted = told.values + told.workouts + told.linked + sum(told.held.values()) + told.failed + told.left
    return sorted(fates) == sorted(outcome.planned) and told.planned == counted == len(fates)


def everything_arrived(home: AppFixture) -> bool:
    values = [stored(home, day, field) for day in DAYS for field in ("weight", "restingHR")]
    return values == [74.25, 48, 74.25, 51, 73.5, 48] and len(home.at_the_service()) == 2


def live_through(*rounds: list[tuple[str, str, int]]) -> None:
    with athlete() as home:
        for faults in rounds:
            break_wire(home, *faults)
            result = home.sync()
            break_wire(home)
            assert believed_but_not_stored(home, result) == []
            assert adds_up(home, result)
            home.clock.wait(3600)
        quiet = home.sync()
        assert believed_but_not_stored(home, quiet) == []
        assert (quiet.outcome.failed, quiet.outcome.held, quiet.outcome.error) == ([], [], None)
        assert everything_arrived(home)


@pytest.mark.parametrize("place", ["days are sent", "files are sent"])
@pytest.mark.parametrize("kind", KINDS)
def test_after_a_write_that_failed_a_receipt_still_means_that_it_is_stored(kind: str, place: str) -> None:
    live_through([(place, kind, 4)])


@settings(max_examples=examples(30))
@given(
    st.lists(
        st.lists(
            st.tuples(st.sampled_from(sorted(PLACES)), st.sampled_from(sorted(KINDS)), st.integers(1, 6)), max_size=3
        ),
        min_size=1,
        max_size=2,
    )
)
def test_however_often_and_wherever_the_wire_breaks_a_receipt_means_that_it_is_stored(
    rounds: list[list[tuple[str, str, int]]],
) -> None:
    live_through(*rounds)
