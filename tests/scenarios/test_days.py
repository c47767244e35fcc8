"""Days between Health and Intervals.icu, as an athlete lives them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from attrs import evolve

from intervals_companion.app.preferences import home_zone
from intervals_companion.app.sync.run import Synced
from intervals_companion.domain.errors import SuspiciousPlan, UsageError
from intervals_companion.sync import engine
from intervals_companion.sync.sending import send_values
from support.app_fixture import TODAY, AppFixture, steps, weight

MONDAY = TODAY - timedelta(days=3)
TUESDAY = MONDAY + timedelta(days=1)


def reasons(result: Synced) -> dict[tuple[str, str], str]:
    return {(one.item, one.field): one.reason for one in result.outcome.held}


def test_what_the_scale_says_arrives_and_stays_the_same(home: AppFixture) -> None:
    home.import_(weight(MONDAY, 74.25), steps(MONDAY, 8000))
    first = home.sync()
    assert first.outcome.values_sent == 2
    assert home.theirs(MONDAY).values["weight"] == 74.25
    home.forget_requests()
    second = home.sync()
    assert home.writes() == []
    assert second.requests.write == 0


def test_a_typed_value_is_kept_until_the_person_takes_over(home: AppFixture) -> None:
    home.type_in(MONDAY, weight=75.0)
    home.import_(weight(MONDAY, 74.25))
    assert reasons(home.sync()) == {(MONDAY.isoformat(), "weight"): "already_there"}
    assert home.theirs(MONDAY).values["weight"] == 75.0
    assert home.sync(take_over=["weight"]).outcome.values_sent == 1
    assert home.theirs(MONDAY).values["weight"] == 74.25


def test_a_dry_run_shows_what_a_take_over_would_send_and_remembers_nothing(home: AppFixture) -> None:
    home.type_in(MONDAY, weight=75.0)
    home.import_(weight(MONDAY, 74.25))
    assert home.sync(dry_run=True, take_over=["weight"]).outcome.values_sent == 1
    assert home.sync().outcome.values_sent == 0
    assert home.theirs(MONDAY).values["weight"] == 75.0


def test_a_take_over_is_remembered_with_the_run_that_it_was_given_to(home: AppFixture) -> None:
    home.type_in(MONDAY, weight=75.0)
    home.type_in(TUESDAY, weight=76.0)
    home.import_(weight(MONDAY, 74.25), weight(TUESDAY, 74.5))
    assert home.sync(until=MONDAY, take_over=["weight"]).outcome.values_sent == 1
    assert home.sync().outcome.values_sent == 1
    assert home.theirs(TUESDAY).values["weight"] == 74.5


def test_a_take_over_of_a_run_that_cannot_begin_is_not_remembered(home: AppFixture) -> None:
    home.type_in(MONDAY, weight=75.0)
    home.import_(weight(MONDAY, 74.25))
    with home.person() as person:
        person.revoke()
    assert home.sync(take_over=["weight"]).outcome.error is not None
    home.sign_in()
    assert home.sync().outcome.values_sent == 0


def test_a_take_over_can_be_taken_back(home: AppFixture) -> None:
    home.import_(weight(MONDAY, 74.25))
    home.sync(take_over=["weight"])
    home.type_in(TUESDAY, weight=75.0)
    home.import_(weight(TUESDAY, 74.5))
    assert home.sync(keep=["weight"]).outcome.values_sent == 0
    assert home.theirs(TUESDAY).values["weight"] == 75.0


def test_a_first_day_before_all_days_is_the_first_day_there_can_be(home: AppFixture) -> None:
    home.import_(steps(MONDAY, 8000))
    result = home.sync(since=date(1, 1, 1))
    assert result.first == date(2000, 1, 1)
    assert result.outcome.values_sent == 1


def test_a_last_day_before_all_days_is_said_to_be_none(home: AppFixture) -> None:
    home.import_(steps(MONDAY, 8000))
    with pytest.raises(UsageError, match="no days"):
        home.sync(since=date(1, 1, 1), until=date(1, 1, 2))


def test_what_health_corrects_is_corrected_there(home: AppFixture) -> None:
    home.import_(steps(MONDAY, 8000))
    home.sync()
    home.import_(steps(MONDAY, 8000), steps(MONDAY, 500, at="18:00:00"))
    assert home.sync().outcome.values_sent == 1
    assert home.theirs(MONDAY).values["steps"] == 8500


def test_what_the_person_edits_there_is_kept(home: AppFixture) -> None:
    home.import_(steps(MONDAY, 8000))
    home.sync()
    home.type_in(MONDAY, steps=9000)
    assert reasons(home.sync()) == {(MONDAY.isoformat(), "steps"): "edited"}
    assert home.theirs(MONDAY).values["steps"] == 9000


def test_when_both_sides_changed_nothing_is_sent(home: AppFixture) -> None:
    home.import_(steps(MONDAY, 8000))
    home.sync()
    home.type_in(MONDAY, steps=9000)
    home.import_(steps(MONDAY, 500, at="18:00:00"))
    assert reasons(home.sync()) == {(MONDAY.isoformat(), "steps"): "conflict"}
    assert home.theirs(MONDAY).values["steps"] == 9000


def test_what_the_person_clears_there_stays_cleared(home: AppFixture) -> None:
    home.import_(steps(MONDAY, 8000))
    home.sync()
    home.type_in(MONDAY, steps=-1)
    assert reasons(home.sync()) == {(MONDAY.isoformat(), "steps"): "cleared"}
    assert "steps" not in home.theirs(MONDAY).values


def test_a_locked_day_is_left_alone(home: AppFixture) -> None:
    home.type_in(MONDAY, locked=True)
    home.import_(steps(MONDAY, 8000), steps(TUESDAY, 7000))
    result = home.sync()
    assert reasons(result) == {(MONDAY.isoformat(), "steps"): "locked"}
    assert home.theirs(TUESDAY).values["steps"] == 7000


def test_a_day_locked_between_looking_and_sending_is_seen_by_reading_back(home: AppFixture) -> None:
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


def test_a_custom_field_that_is_not_defined_is_named_and_the_day_goes(home: AppFixture) -> None:
    metres = f'<Record type="HKQuantityTypeIdentifierDistanceWalkingRunning" unit="km" value="5" sourceName="Watch" ' \
             f'startDate="{MONDAY} 10:00:00 +0100" endDate="{MONDAY} 10:50:00 +0100"/>'  # fmt: skip
    home.import_(steps(MONDAY, 8000), metres)
    result = home.sync()
    assert reasons(result) == {(MONDAY.isoformat(), "Distance"): "no_custom_field"}
    assert home.theirs(MONDAY).values["steps"] == 8000


def test_a_custom_field_deleted_meanwhile_costs_only_its_own_values(home: AppFixture) -> None:
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


def test_a_dry_run_says_everything_and_does_nothing(home: AppFixture) -> None:
    home.import_(steps(MONDAY, 8000))
    home.forget_requests()
    result = home.sync(dry_run=True)
    assert [(one.item, one.field, one.value) for one in result.outcome.sent] == [(MONDAY.isoformat(), "steps", 8000)]
    assert result.outcome.run is None
    assert home.writes() == []
    assert home.sync().outcome.values_sent == 1


def test_days_outside_the_asked_range_stay_here(home: AppFixture) -> None:
    home.import_(steps(MONDAY, 8000), steps(TUESDAY, 7000))
    home.sync(since=TUESDAY)
    assert "steps" not in home.theirs(MONDAY).values
    assert home.theirs(TUESDAY).values["steps"] == 7000


def test_a_day_that_has_not_come_is_not_sent(home: AppFixture) -> None:
    tomorrow = TODAY + timedelta(days=1)
    home.import_(steps(tomorrow, 8000))
    assert home.sync().outcome.sent == []


def test_a_plan_that_replaces_nearly_everything_stops_and_asks(home: AppFixture) -> None:
    days = [TODAY - timedelta(days=n) for n in range(70)]
    home.import_(*(steps(day, 5000) for day in days))
    home.sync()
    home.import_(*(steps(day, 100, at="20:00:00") for day in days))
    home.forget_requests()
    stopped = home.sync()
    assert isinstance(stopped.outcome.error, SuspiciousPlan)
    look = home.sync(dry_run=True)
    assert isinstance(look.outcome.warning, SuspiciousPlan)
    assert (look.outcome.error, look.outcome.values_sent) == (None, 70)
    assert home.writes() == []
    assert home.sync(confirmed=True).outcome.values_sent == 70


def in_zone(home: AppFixture, name: str) -> None:
    """As `import --home-zone` and the page of the zone leave it."""
    optioned = evolve(home.context, settings=home.context.settings.with_options(home_zone=name))
    home_zone.save(optioned, optioned.account())


def test_another_home_zone_changes_nothing_that_was_sent_before_the_person_agrees(home: AppFixture) -> None:
    home.import_(steps(MONDAY, 8000), steps(MONDAY, 500, at="23:30:00"), steps(TUESDAY, 7000))
    home.sync()
    in_zone(home, "Asia/Tokyo")
    home.forget_requests()
    stopped = home.sync()
    assert isinstance(stopped.outcome.error, SuspiciousPlan)
    assert "Days are days in Asia/Tokyo now" in stopped.outcome.error.cause
    assert "2 values" in stopped.outcome.error.cause
    assert "companion sync --dry-run" in stopped.outcome.error.terminal_cure
    look = home.sync(dry_run=True)
    assert (look.outcome.values_sent, look.outcome.error) == (2, None)
    assert look.outcome.warning is not None
    assert home.writes() == []
    assert home.sync(confirmed=True).outcome.values_sent == 2
    home.import_(steps(TUESDAY, 100, at="12:00:00"))
    assert home.sync().outcome.values_sent == 1, "agreed once is agreed"


def test_another_home_zone_that_changes_no_value_stops_nothing(home: AppFixture) -> None:
    home.import_(steps(MONDAY, 8000))
    home.sync()
    in_zone(home, "Europe/Rome")
    assert home.sync().outcome.error is None


def test_a_zone_agreed_to_for_some_days_is_asked_about_again_for_the_others(home: AppFixture) -> None:
    home.import_(steps(MONDAY, 8000), steps(MONDAY, 500, at="23:30:00"), steps(TUESDAY, 7000))
    home.sync()
    in_zone(home, "Asia/Tokyo")
    assert home.sync(since=TUESDAY, confirmed=True).outcome.values_sent == 1
    assert isinstance(home.sync().outcome.error, SuspiciousPlan)


def test_a_zone_set_back_stops_nothing(home: AppFixture) -> None:
    home.import_(steps(MONDAY, 8000), steps(MONDAY, 500, at="23:30:00"))
    home.sync()
    before = home.context.read(lambda here: here.home_zone).zone
    in_zone(home, "Asia/Tokyo")
    in_zone(home, before)
    assert home.sync().outcome.error is None


def test_what_both_sides_had_is_never_changed_unasked(home: AppFixture) -> None:
    home.type_in(MONDAY, steps=8000)
    home.import_(steps(MONDAY, 8000))
    assert home.sync().outcome.sent == []
    home.import_(steps(MONDAY, 500, at="18:00:00"))
    assert reasons(home.sync()) == {(MONDAY.isoformat(), "steps"): "not_ours"}
    assert home.theirs(MONDAY).values["steps"] == 8000
