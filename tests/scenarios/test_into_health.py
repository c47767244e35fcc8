"""What Intervals.icu has goes into Health, as an athlete with a phone lives it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from intervals_companion.app.ingest.phone import SimulatedData
from intervals_companion.app.preferences import choices
from intervals_companion.app.sync import history
from intervals_companion.app.sync.run import Synced
from intervals_companion.domain.activity import Workout
from intervals_companion.domain.samples import WORKOUT
from intervals_companion.formats.details import row_workout
from intervals_companion.health.port import HealthObject, NewObject
from intervals_companion.health.requested_types import to_read, to_share
from intervals_companion.health.simulated import SimulatedPhone
from intervals_companion.journal import days as journal_days
from support.app_fixture import ORIGIN, TODAY, AppFixture, app_fixture
from support.phones import BERLIN, everything, weigh
from support.prepared import prepared, sign_in
from support.store_builders import WEIGHT
from support.workout_files import garmin_run

MONDAY = TODAY - timedelta(days=3)
SCALE_TIME = f"{MONDAY} 06:00"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[AppFixture]:
    """Signed in, with a phone on which all is allowed."""
    with prepared(tmp_path, sign_in) as made:
        phone = SimulatedPhone(made.clock, ORIGIN, BERLIN)
        phone.ask(to_share(), to_read())
        phone.answer(to_share(), to_read())
        made.context = evolve(made.context, phone=phone)
        yield made


def phone_of(home: AppFixture) -> SimulatedPhone:
    phone = home.context.phone
    assert isinstance(phone, SimulatedPhone)
    return phone


def own_objects(home: AppFixture, kind: str = WEIGHT) -> list[HealthObject]:
    return [one for one in everything(phone_of(home), kind)[0] if one.is_own]


def own_weights(home: AppFixture) -> list[float]:
    return [one.row.value for one in own_objects(home)]


def reasons(result: Synced) -> dict[tuple[str, str], str]:
    return {(one.item, one.field): one.reason for one in result.outcome.held}


def since(home: AppFixture, day: date = MONDAY, **options: Any) -> Synced:
    return home.sync(since=day, **options)


def test_a_weight_typed_at_intervals_goes_into_health_once(home: AppFixture) -> None:
    home.type_in(MONDAY, weight=74.5)
    first = since(home)
    assert [(one.item, one.field, one.value) for one in first.outcome.written] == [(str(MONDAY), "weight", 74.5)]
    assert own_weights(home) == [74.5]
    home.forget_requests()
    second = since(home)
    assert (second.outcome.written, second.outcome.sent, home.writes()) == ([], [], [])
    assert own_weights(home) == [74.5]


def test_what_was_written_has_its_receipt_in_the_run(home: AppFixture) -> None:
    home.type_in(MONDAY, weight=74.5)
    result = since(home)
    assert [one.receipt for one in result.outcome.written] == ["saved in Health"]


def test_what_was_written_never_comes_back_as_a_day_of_health(home: AppFixture) -> None:
    home.type_in(MONDAY, weight=74.5)
    since(home)
    since(home)
    with home.context.reading() as here:
        assert journal_days.values(here.connection, here.athlete, MONDAY, TODAY) == []


def test_a_weight_edited_there_replaces_ours_and_is_kept_there(home: AppFixture) -> None:
    weigh(phone_of(home), SCALE_TIME, 75.0)
    since(home)
    home.type_in(MONDAY, weight=74.0)
    since(home)
    assert (own_weights(home), home.theirs(MONDAY).values["weight"]) == ([74.0], 74.0)
    quiet = since(home)
    assert (quiet.outcome.sent, quiet.outcome.written, reasons(quiet)) == ([], [], {})


def test_edited_again_the_same_object_gets_a_higher_version(home: AppFixture) -> None:
    weigh(phone_of(home), SCALE_TIME, 75.0)
    since(home)
    for kilograms in (74.0, 73.0, 74.0):
        home.type_in(MONDAY, weight=kilograms)
        since(home)
        assert own_weights(home) == [kilograms]
    assert reasons(since(home)) == {}


def test_a_new_weighing_after_ours_is_not_sent_over_what_was_typed(home: AppFixture) -> None:
    weigh(phone_of(home), SCALE_TIME, 75.0)
    since(home)
    home.type_in(MONDAY, weight=74.0)
    since(home)
    weigh(phone_of(home), f"{MONDAY} 18:00", 76.0)
    result = since(home)
    assert reasons(result) == {(str(MONDAY), "weight"): "not_ours"}
    assert home.theirs(MONDAY).values["weight"] == 74.0


def test_where_writing_is_off_it_is_held_and_follows_when_it_is_on(home: AppFixture) -> None:
    home.type_in(MONDAY, weight=74.5)
    phone_of(home).set_toggles((), to_read())
    assert reasons(since(home)) == {(str(MONDAY), "weight"): "write_is_off"}
    assert own_weights(home) == []
    phone_of(home).turn_all(on=True)
    assert reasons(since(home)) == {}
    assert own_weights(home) == [74.5]


def test_a_switch_turned_off_between_the_plan_and_the_write_is_held_too(home: AppFixture) -> None:
    class Slow(SimulatedPhone):
        def save(self, new: NewObject) -> None:
            self.set_toggles((), to_read())
            super().save(new)

    phone_of(home).__class__ = Slow
    home.type_in(MONDAY, weight=74.5)
    assert reasons(since(home)) == {(str(MONDAY), "weight"): "write_is_off"}


def test_a_dry_run_says_what_would_be_written_and_writes_nothing(home: AppFixture) -> None:
    home.type_in(MONDAY, weight=74.5)
    result = since(home, dry_run=True)
    assert [(one.item, one.value, one.receipt) for one in result.outcome.written] == [
        (str(MONDAY), 74.5, "would be written")
    ]
    assert own_weights(home) == []


class Killed(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("after", [False, True], ids=["before it was saved", "after it was saved"])
def test_cut_short_at_the_write_the_next_sync_ends_the_same(home: AppFixture, after: bool) -> None:
    class Mortal(SimulatedPhone):
        def save(self, new: NewObject) -> None:
            if after:
                super().save(new)
            raise Killed

    home.type_in(MONDAY, weight=74.5)
    phone_of(home).__class__ = Mortal
    with pytest.raises(Killed):
        since(home)
    phone_of(home).__class__ = SimulatedPhone
    since(home)
    assert own_weights(home) == [74.5]
    assert since(home).outcome.written == []


def test_after_loss_of_the_data_folder_a_newer_word_still_replaces_the_old_object(
    home: AppFixture, tmp_path: Path
) -> None:
    home.type_in(MONDAY, weight=74.5)
    since(home)
    home.clock.wait(60)
    (tmp_path / "another").mkdir()
    with app_fixture(tmp_path / "another") as fresh:
        fresh.clock.now = home.clock.now
        fresh.sign_in()
        fresh.context = evolve(fresh.context, phone=phone_of(home))
        fresh.type_in(MONDAY, weight=73.0)
        since(fresh)
    assert own_weights(home) == [73.0]


# --- activities ------------------------------------------------------------------------------------------------------


def workouts(home: AppFixture) -> list[Workout]:
    return [row_workout(one.row, one.source.key) for one in own_objects(home, WORKOUT)]


def test_an_activity_recorded_elsewhere_stays_there_until_the_person_switches_it_on(home: AppFixture) -> None:
    garmin_run(home, MONDAY)
    assert since(home).outcome.written == []
    assert workouts(home) == []


def test_switched_on_it_becomes_a_plain_workout_once(home: AppFixture) -> None:
    garmin_run(home, MONDAY)
    choices.switch(home.context, "activities_to_health", True)
    since(home)
    (workout,) = workouts(home)
    assert (workout.activity, round(workout.elapsed / 60)) == ("Running", 40)
    assert since(home).outcome.written == []
    assert len(workouts(home)) == 1


def test_what_became_a_workout_is_never_uploaded(home: AppFixture) -> None:
    garmin_run(home, MONDAY)
    choices.switch(home.context, "activities_to_health", True)
    since(home)
    home.forget_requests()
    since(home)
    assert (home.writes(), len(home.at_the_service())) == ([], 1)


def test_a_run_that_health_has_is_linked_and_not_doubled(home: AppFixture) -> None:
    choices.switch(home.context, "activities_to_health", True)
    phone_of(home).finish_a_run()
    assert since(home).outcome.workouts_sent == 1
    assert since(home).outcome.written == []
    assert workouts(home) == []


def test_where_writing_workouts_is_off_it_is_held(home: AppFixture) -> None:
    garmin_run(home, MONDAY)
    choices.switch(home.context, "activities_to_health", True)
    phone_of(home).set_toggles({WEIGHT}, to_read())
    assert list(reasons(since(home)).values()) == ["write_is_off"]
    run = home.context.read(history.latest, 1)[0].run
    (item,), _ = home.context.read(history.held_items, run, "write_is_off")
    assert (item.name, item.day, item.sport) == ("Afternoon Run", MONDAY, "Run")


@pytest.mark.parametrize("after", [False, True], ids=["before it was saved", "after it was saved"])
def test_cut_short_at_an_activity_the_next_sync_makes_it_a_workout_once(home: AppFixture, after: bool) -> None:
    class Mortal(SimulatedPhone):
        def save(self, new: NewObject) -> None:
            if after:
                super().save(new)
            raise Killed

    garmin_run(home, MONDAY)
    choices.switch(home.context, "activities_to_health", True)
    phone_of(home).__class__ = Mortal
    with pytest.raises(Killed):
        since(home)
    phone_of(home).__class__ = SimulatedPhone
    assert len(since(home).outcome.written) == 1
    assert len(workouts(home)) == 1
    assert since(home).outcome.written == []


def test_an_activity_that_was_refused_at_the_last_moment_follows_when_writing_is_on(home: AppFixture) -> None:
    class Slow(SimulatedPhone):
        def save(self, new: NewObject) -> None:
            self.set_toggles({WEIGHT}, to_read())
            super().save(new)

    garmin_run(home, MONDAY)
    choices.switch(home.context, "activities_to_health", True)
    phone_of(home).__class__ = Slow
    assert list(reasons(since(home)).values()) == ["write_is_off"]
    phone_of(home).__class__ = SimulatedPhone
    phone_of(home).turn_all(on=True)
    assert len(since(home).outcome.written) == 1
    assert len(workouts(home)) == 1


# --- the simulated phone's samples stay with the sandbox -------------------------------------------------------------


def test_a_folder_with_simulated_samples_syncs_with_no_other_service(home: AppFixture) -> None:
    weigh(phone_of(home), SCALE_TIME, 75.0)
    since(home)
    home.forget_requests()
    for phone in (None, SimulatedPhone(home.clock, "http://localhost:9999", BERLIN)):
        home.context = evolve(home.context, phone=phone)
        with pytest.raises(SimulatedData):
            since(home)
    assert home.writes() == []


@pytest.mark.parametrize("typed", [5e8, 0.01])
def test_a_weight_that_nobody_has_is_not_written_to_health_and_that_is_said(home: AppFixture, typed: float) -> None:
    home.type_in(MONDAY, weight=typed)
    assert reasons(home.sync(since=MONDAY)) == {(MONDAY.isoformat(), "weight"): "cannot_be"}
    assert own_weights(home) == []


def test_what_a_phone_tells_that_cannot_be_is_told_by_the_sync(home: AppFixture) -> None:
    weigh(phone_of(home), SCALE_TIME, 5e8)
    told = home.sync().impossible
    assert [(one.what, count) for one, count in told.items()] == [("Weight with a value that cannot be", 1)]
    assert home.theirs(MONDAY).values.get("weight") != 5e8
