"""What the doctor says of the data that comes from Health."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from intervals_companion.doctor import cures, health
from intervals_companion.doctor.checks import Check, Section, State
from intervals_companion.doctor.cures import Face
from intervals_companion.doctor.health import NO_DATA, Arrivals, Live, Seen
from intervals_companion.doctor.health_types import NAMES
from intervals_companion.domain import catalogue
from intervals_companion.domain.catalogue import short_type
from intervals_companion.domain.days import MS_PER_DAY
from intervals_companion.domain.samples import SLEEP, WORKOUT

TODAY = 20_000
"""A UTC day; its noon is now."""
SPO2 = "HKQuantityTypeIdentifierOxygenSaturation"
WEIGHT = "HKQuantityTypeIdentifierBodyMass"
WRITE_OFF = "health-BodyMass-write"
ALL_ON = frozenset(metric.field for metric in catalogue.metrics())


def noon(day: int) -> int:
    return day * MS_PER_DAY + MS_PER_DAY // 2


def seen(days: Iterable[int], *channels: str) -> Seen:
    listed = sorted(days)
    return Seen(dict.fromkeys(listed, 3), noon(listed[-1]), frozenset(channels or ("export",)))


def arrivals(types: dict[str, Seen], deliveries: dict[str, list[int]] | None = None, **more: Any) -> Arrivals:
    """Delivered today by export unless said otherwise; deliveries as UTC days."""
    delivered = {"export": [TODAY]} if deliveries is None else deliveries
    written = {channel: [noon(day) for day in days] for channel, days in delivered.items()}
    return Arrivals(seen=types, deliveries=written, now=noon(TODAY), **{"fields_on": ALL_ON, **more})


def check(found: Arrivals, name: str) -> Check:
    return next(one for one in health.examine(found, health.rows(found)) if one.id == name)


def of(found: Arrivals, identifier: str) -> Check:
    return check(found, f"health-{short_type(identifier)}")


def daily(last: int, count: int = 60) -> range:
    return range(last - count + 1, last + 1)


# --- a type ----------------------------------------------------------------------------------------------------------


def test_a_type_that_comes_is_well() -> None:
    assert of(arrivals({SPO2: seen(daily(TODAY))}), SPO2).state is State.OK


def test_a_type_that_came_every_night_and_stopped_is_named_with_its_rhythm() -> None:
    found = of(arrivals({SPO2: seen(daily(TODAY - 11))}), SPO2)
    assert found.state is State.WARNING
    assert found.cause == "Stopped 11 days ago. It used to come every night."
    assert found.blocks == "Blood oxygen cannot be made"


@pytest.mark.parametrize(("silent", "state"), [(3, State.OK), (4, State.WARNING)])
def test_three_days_of_silence_are_nothing_unusual(silent: int, state: State) -> None:
    assert of(arrivals({SPO2: seen(daily(TODAY - silent))}), SPO2).state is state


@pytest.mark.parametrize(("silent", "state"), [(21, State.OK), (22, State.WARNING)])
def test_what_comes_weekly_may_be_silent_for_three_of_its_gaps(silent: int, state: State) -> None:
    weekly = range(TODAY - silent - 56, TODAY - silent + 1, 7)
    found = of(arrivals({WEIGHT: seen(weekly)}), WEIGHT)
    assert found.state is state
    if state is State.WARNING:
        assert found.cause == "Stopped 22 days ago. It used to come about every 7 days."


@pytest.mark.parametrize(("times", "state"), [(6, State.OK), (7, State.WARNING)])
def test_a_type_is_expected_when_it_was_seen_on_seven_days(times: int, state: State) -> None:
    last = TODAY - 30
    assert of(arrivals({WEIGHT: seen(daily(last, times))}), WEIGHT).state is state


def test_days_more_than_sixty_before_its_last_sample_do_not_make_a_type_expected() -> None:
    last = TODAY - 30
    assert health.expected(seen([*daily(last - 54, 6), last]))
    assert not health.expected(seen([*daily(last - 55, 6), last]))


def test_silence_is_measured_to_the_delivery_never_to_today() -> None:
    old = arrivals({SPO2: seen(daily(TODAY - 25))}, {"export": [TODAY - 24]})
    assert of(old, SPO2).state is State.OK


def test_a_younger_delivery_by_another_way_says_nothing_about_a_type_it_does_not_bring() -> None:
    types = {SPO2: seen(daily(TODAY - 25), "export"), WEIGHT: seen(daily(TODAY), "shortcuts")}
    assert of(arrivals(types, {"export": [TODAY - 24], "shortcuts": [TODAY]}), SPO2).state is State.OK


def test_a_younger_delivery_by_a_way_that_brings_its_source_shows_that_a_type_stopped() -> None:
    types = {SPO2: seen(daily(TODAY - 11), "export", "simulated")}
    found = of(arrivals(types, {"export": [TODAY - 11], "simulated": [TODAY]}), SPO2)
    assert found.cause.startswith("Stopped 11 days ago.")
    assert "Intervals Companion" in words(found)


def test_a_type_never_seen_is_worth_a_look_and_never_called_denied() -> None:
    found = of(arrivals({WEIGHT: seen(daily(TODAY))}), SPO2)
    assert (found.state, found.cause) == (State.UNKNOWN, NO_DATA)
    assert found.dismissible


def test_nothing_the_doctor_says_of_reading_is_denied() -> None:
    types = {kind: seen(daily(TODAY - 20)) for kind in list(catalogue.health_types())[::2]}
    found = arrivals(types, vanished={WEIGHT}, live={WEIGHT: Live(True), SPO2: Live(False)})
    said = " ".join(one.cause + one.blocks + words(one) for one in health.examine(found, health.rows(found)))
    assert "denied" not in said.lower()


def test_a_type_whose_fields_are_all_off_is_not_asked_for() -> None:
    found = arrivals({WEIGHT: seen(daily(TODAY - 20))}, fields_on=ALL_ON - {"weight"})
    assert WEIGHT not in [row.identifier for row in health.rows(found)]


def test_a_type_health_no_longer_shows_is_named() -> None:
    found = of(arrivals({SPO2: seen(daily(TODAY))}, vanished={SPO2}), SPO2)
    assert (found.state, found.cause) == (State.WARNING, "Health no longer shows it; reading may be off.")


def test_a_permission_sheet_that_waits_is_one_finding() -> None:
    waiting = arrivals({WEIGHT: seen(daily(TODAY))}, live={SPO2: Live(asked=False), WEIGHT: Live(asked=False)})
    told = [one for one in health.examine(waiting, health.rows(waiting)) if one.state is State.WARNING]
    assert [one.cause.partition(".")[0] for one in told] == ["Not asked yet for 2 types"]


def test_a_type_never_asked_for_is_told_from_one_without_data() -> None:
    found = arrivals({WEIGHT: seen(daily(TODAY))}, live={SPO2: Live(asked=False), WEIGHT: Live(asked=True)})
    assert {row.identifier: row.asked for row in health.rows(found) if row.asked is not None} == {
        SPO2: False, WEIGHT: True,
    }  # fmt: skip


def test_a_refused_write_is_known_and_said() -> None:
    refused = arrivals({WEIGHT: seen(daily(TODAY))}, live={WEIGHT: Live(True, may_write=False)}, writes={WEIGHT})
    found = check(refused, WRITE_OFF)
    assert (found.state, found.cause) == (
        State.WARNING, "Write is off. Weight from Intervals.icu is not added to Health.",
    )  # fmt: skip
    assert of(refused, WEIGHT).state is State.OK
    (row,) = [row for row in health.rows(refused) if row.identifier == WEIGHT]
    assert row.may_write is False


@pytest.mark.parametrize("others", [{}, {SPO2: seen(daily(TODAY))}])
def test_a_refused_write_is_said_of_a_type_never_seen(others: dict[str, Seen]) -> None:
    refused = arrivals(others, live={WEIGHT: Live(True, may_write=False)}, writes={WEIGHT})
    assert check(refused, WRITE_OFF).state is State.WARNING


def test_a_refused_write_and_a_reading_that_may_be_off_are_two_findings() -> None:
    live = {WEIGHT: Live(True, may_write=False)}
    vanished = arrivals({WEIGHT: seen(daily(TODAY))}, live=live, writes={WEIGHT}, vanished={WEIGHT})
    assert of(vanished, WEIGHT).cause == "Health no longer shows it; reading may be off."
    assert check(vanished, WRITE_OFF).state is State.WARNING
    stopped = arrivals({WEIGHT: seen(daily(TODAY - 9))}, live=live, writes={WEIGHT})
    assert of(stopped, WEIGHT).cause.startswith("Stopped")
    assert check(stopped, WRITE_OFF).state is State.WARNING


def test_a_write_nobody_wants_is_no_finding() -> None:
    found = arrivals({WORKOUT: seen(daily(TODAY))}, live={WORKOUT: Live(True, may_write=False)}, writes=())
    assert [one for one in health.examine(found, health.rows(found)) if one.id.endswith("-write")] == []
    assert health.rows(found)[0].may_write is None


def test_a_row_counts_what_was_seen_up_to_the_newest_delivery() -> None:
    found = arrivals({SPO2: seen(daily(TODAY - 4, 20))}, {"export": [TODAY - 1]})
    row = next(row for row in health.rows(found) if row.identifier == SPO2)
    assert (row.week, row.month) == (4 * 3, 20 * 3)
    assert row.presence == (False,) * 7 + (True,) * 20 + (False,) * 3


def test_types_that_were_seen_stand_first() -> None:
    rows = health.rows(arrivals({SPO2: seen(daily(TODAY)), SLEEP: seen(daily(TODAY))}))
    assert {row.identifier for row in rows[:2]} == {SPO2, SLEEP}


def test_every_type_of_the_catalogue_has_the_name_that_ios_gives_it() -> None:
    assert [kind for kind in catalogue.health_types() if kind not in NAMES] == []


# --- a way -----------------------------------------------------------------------------------------------------------


def test_a_silent_way_is_one_finding_not_thirty() -> None:
    kinds = list(catalogue.health_types())[:20]
    types = {kind: seen(daily(TODAY - 12), "health-auto-export") for kind in kinds}
    deliveries = {"health-auto-export": list(daily(TODAY - 12, 30))}
    found = arrivals(types, deliveries)
    warned = [one for one in health.examine(found, health.rows(found)) if one.state is State.WARNING]
    assert [one.id for one in warned] == ["way-health-auto-export"]
    assert warned[0].cause == "Health Auto Export: nothing has come for 12 days."
    assert "Health Auto Export" in words(warned[0])


@pytest.mark.parametrize(("last", "state"), [(3, State.OK), (4, State.WARNING)])
def test_a_daily_way_is_silent_after_three_days(last: int, state: State) -> None:
    deliveries = {"shortcuts": list(daily(TODAY - last, 10))}
    assert check(arrivals({SLEEP: seen([TODAY - last])}, deliveries), "way-shortcuts").state is state


@pytest.mark.parametrize(("last", "state"), [(30, State.OK), (31, State.WARNING)])
def test_an_export_is_old_after_a_month(last: int, state: State) -> None:
    assert check(arrivals({SLEEP: seen([TODAY - last])}, {"export": [TODAY - last]}), "way-export").state is state


def test_an_old_export_is_no_finding_where_a_younger_way_brings_data() -> None:
    found = arrivals({SLEEP: seen([TODAY])}, {"export": [TODAY - 90], "shortcuts": [TODAY]})
    assert "way-export" not in [one.id for one in health.examine(found, health.rows(found))]


def test_without_any_data_there_is_one_finding_that_says_how_to_get_some() -> None:
    found = arrivals({}, {})
    (only,) = health.examine(found, health.rows(found))
    assert only.state is State.WARNING
    assert "Export All Health Data" in words(only)


@pytest.mark.parametrize(
    ("channel", "says"),
    [
        ("export", "Export All Health Data"),
        ("health-auto-export", "Health Metrics"),
        ("shortcuts", "Shortcuts"),
        ("healthkit", "Intervals Companion"),
        ("simulated", "Turn On All"),
    ],
)
def test_each_way_has_a_cure_of_its_own(channel: str, says: str) -> None:
    types = {SPO2: seen(daily(TODAY - 11), channel)}
    assert says in words(of(arrivals(types, {channel: [*daily(TODAY, 5)]}), SPO2))


def test_an_export_needs_no_permission() -> None:
    assert "Turn On All" not in words(of(arrivals({SPO2: seen(daily(TODAY - 11))}), SPO2))


def words(found: Check) -> str:
    return " ".join(step.plain for step in cures.told(found.cure, Face.WEB))


# --- rules -----------------------------------------------------------------------------------------------------------

DAYS = st.sets(st.integers(TODAY - 200, TODAY), min_size=1)
STATES = st.dictionaries(st.sampled_from(sorted(catalogue.health_types())), DAYS, max_size=6)


@given(STATES, st.integers(0, 100), st.integers(0, 400))
def test_nothing_health_says_ever_blocks(types: dict[str, set[int]], delivered: int, later: int) -> None:
    found = arrivals({kind: seen(days) for kind, days in types.items()}, {"export": [TODAY - delivered]})
    found = evolve(found, now=noon(TODAY + later))
    for one in health.examine(found, health.rows(found)):
        assert one.state is not State.BLOCKED
        assert one.section is Section.HEALTH
        assert one.state is State.OK or (one.cure and one.dismissible)


@given(DAYS, st.integers(0, 400))
def test_waiting_alone_never_makes_a_type_stop(days: set[int], later: int) -> None:
    now = arrivals({SPO2: seen(days)}, {"export": [TODAY]})
    assert of(evolve(now, now=noon(TODAY + later)), SPO2) == of(now, SPO2)
