"""Days between Health and Intervals.icu, as an athlete lives them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from house import TODAY, House, steps, weight
from intervals_companion.app import syncing
from intervals_companion.app.syncing import Synced
from intervals_companion.domain.errors import SuspiciousPlan
from intervals_companion.sync import engine
from intervals_companion.sync.sending import send_values

MONDAY = TODAY - timedelta(days=3)
TUESDAY = MONDAY + timedelta(days=1)


def reasons(result: Synced) -> dict[tuple[str, str], str]:
    return {(one.item, one.field): one.reason for one in result.outcome.held}


def test_what_the_scale_says_arrives_and_stays_the_same(home: House) -> None:
    home.import_(weight(MONDAY, 74.25), steps(MONDAY, 8000))
    first = home.sync()
    assert first.outcome.values_sent == 2
    assert home.theirs(MONDAY).values["weight"] == 74.25
    home.forget_requests()
    second = home.sync()
    assert home.writes() == []
    assert second.requests.write == 0


def test_a_typed_value_is_kept_until_the_person_takes_over(home: House) -> None:
    home.type_in(MONDAY, weight=75.0)
    home.import_(weight(MONDAY, 74.25))
    assert reasons(home.sync()) == {(MONDAY.isoformat(), "weight"): "already_there"}
    assert home.theirs(MONDAY).values["weight"] == 75.0
    syncing.take_over(home.companion, ["weight"])
    assert home.sync().outcome.values_sent == 1
    assert home.theirs(MONDAY).values["weight"] == 74.25


def test_what_health_corrects_is_corrected_there(home: House) -> None:
    home.import_(steps(MONDAY, 8000))
    home.sync()
    home.import_(steps(MONDAY, 8000), steps(MONDAY, 500, at="18:00:00"))
    assert home.sync().outcome.values_sent == 1
    assert home.theirs(MONDAY).values["steps"] == 8500


def test_what_the_person_edits_there_is_kept(home: House) -> None:
    home.import_(steps(MONDAY, 8000))
    home.sync()
    home.type_in(MONDAY, steps=9000)
    assert reasons(home.sync()) == {(MONDAY.isoformat(), "steps"): "edited"}
    assert home.theirs(MONDAY).values["steps"] == 9000


def test_when_both_sides_changed_nothing_is_sent(home: House) -> None:
    home.import_(steps(MONDAY, 8000))
    home.sync()
    home.type_in(MONDAY, steps=9000)
    home.import_(steps(MONDAY, 500, at="18:00:00"))
    assert reasons(home.sync()) == {(MONDAY.isoformat(), "steps"): "conflict"}
    assert home.theirs(MONDAY).values["steps"] == 9000


def test_what_the_person_clears_there_stays_cleared(home: House) -> None:
    home.import_(steps(MONDAY, 8000))
    home.sync()
    home.type_in(MONDAY, steps=-1)
    assert reasons(home.sync()) == {(MONDAY.isoformat(), "steps"): "cleared"}
    assert "steps" not in home.theirs(MONDAY).values


def test_a_locked_day_is_left_alone(home: House) -> None:
    home.type_in(MONDAY, locked=True)
    home.import_(steps(MONDAY, 8000), steps(TUESDAY, 7000))
    result = home.sync()
    assert reasons(result) == {(MONDAY.isoformat(), "steps"): "locked"}
    assert home.theirs(TUESDAY).values["steps"] == 7000


def test_a_day_locked_between_looking_and_sending_is_seen_by_reading_back(home: House) -> None:
    home.import_(steps(MONDAY, 8000))
    plain = home.sandbox.you.wellness

    def lock_first(*arguments: Any, **named: Any) -> None:
        plain.setdefault(MONDAY, {})["locked"] = True
        send_values(*arguments, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "send_values", lock_first)
        result = home.sync()
    assert result.outcome.sent == []
    assert reasons(result) == {(MONDAY.isoformat(), "steps"): "locked"}


def test_a_custom_field_that_is_not_defined_is_named_and_the_day_goes(home: House) -> None:
    metres = f'<Record type="HKQuantityTypeIdentifierDistanceWalkingRunning" unit="km" value="5" sourceName="Watch" ' \
             f'startDate="{MONDAY} 10:00:00 +0100" endDate="{MONDAY} 10:50:00 +0100"/>'  # fmt: skip
    home.import_(steps(MONDAY, 8000), metres)
    result = home.sync()
    assert reasons(result) == {(MONDAY.isoformat(), "Distance"): "no_custom_field"}
    assert home.theirs(MONDAY).values["steps"] == 8000


def test_a_custom_field_deleted_meanwhile_costs_only_its_own_values(home: House) -> None:
    energy = f'<Record type="HKQuantityTypeIdentifierActiveEnergyBurned" unit="kcal" value="512" sourceName="Watch" ' \
             f'startDate="{MONDAY} 10:00:00 +0100" endDate="{MONDAY} 10:50:00 +0100"/>'  # fmt: skip
    home.import_(steps(MONDAY, 8000), steps(TUESDAY, 7000), energy)

    def delete_first(*arguments: Any, **named: Any) -> None:
        home.sandbox.you.custom_items.clear()
        send_values(*arguments, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "send_values", delete_first)
        result = home.sync()
    assert reasons(result) == {(MONDAY.isoformat(), "ActiveEnergy"): "no_custom_field"}
    assert home.theirs(MONDAY).values["steps"] == 8000
    assert home.theirs(TUESDAY).values["steps"] == 7000


def test_a_dry_run_says_everything_and_does_nothing(home: House) -> None:
    home.import_(steps(MONDAY, 8000))
    home.forget_requests()
    result = home.sync(dry_run=True)
    assert [(one.item, one.field, one.value) for one in result.outcome.sent] == [(MONDAY.isoformat(), "steps", 8000)]
    assert result.outcome.run is None
    assert home.writes() == []
    assert home.sync().outcome.values_sent == 1


def test_days_outside_the_asked_range_stay_here(home: House) -> None:
    home.import_(steps(MONDAY, 8000), steps(TUESDAY, 7000))
    home.sync(since=TUESDAY)
    assert "steps" not in home.theirs(MONDAY).values
    assert home.theirs(TUESDAY).values["steps"] == 7000


def test_a_day_that_has_not_come_is_not_sent(home: House) -> None:
    tomorrow = TODAY + timedelta(days=1)
    home.import_(steps(tomorrow, 8000))
    assert home.sync().outcome.sent == []


def test_a_plan_that_replaces_nearly_everything_stops_and_asks(home: House) -> None:
    days = [TODAY - timedelta(days=n) for n in range(70)]
    home.import_(*(steps(day, 5000) for day in days))
    home.sync()
    home.import_(*(steps(day, 100, at="20:00:00") for day in days))
    home.forget_requests()
    stopped = home.sync()
    assert isinstance(stopped.outcome.error, SuspiciousPlan)
    assert home.writes() == []
    assert home.sync(confirmed=True).outcome.values_sent == 70


def test_what_both_sides_had_is_never_changed_unasked(home: House) -> None:
    home.type_in(MONDAY, steps=8000)
    home.import_(steps(MONDAY, 8000))
    assert home.sync().outcome.sent == []
    home.import_(steps(MONDAY, 500, at="18:00:00"))
    assert reasons(home.sync()) == {(MONDAY.isoformat(), "steps"): "not_ours"}
    assert home.theirs(MONDAY).values["steps"] == 8000
