"""Reading a phone: everything once, then only what is new; nothing concluded from what cannot be seen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from attrs import define, field

from intervals_companion.app.context import AppContext
from intervals_companion.app.ingest.phone import PhoneRead, SimulatedData, check_destination, read_phone
from intervals_companion.app.settings import Settings
from intervals_companion.domain.samples import ROUTE, SLEEP, WORKOUT, Batch
from intervals_companion.health.port import Changes, HealthLocked
from intervals_companion.health.requested_types import to_read, to_share
from intervals_companion.health.simulated import SimulatedPhone
from intervals_companion.store import accounts, anchors
from intervals_companion.store.database import Store
from support.phones import NOW, ORIGIN, new_phone, own_weight, weigh
from support.store_builders import (
    ATHLETE,
    HEART_RATE,
    SCALE,
    STEPS,
    WATCH,
    WEIGHT,
    archived,
    asleep,
    deliver,
    empty_store,
    row,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(empty_store(tmp_path)) as opened:
        yield opened


@pytest.fixture
def phone() -> SimulatedPhone:
    """A phone whose owner tapped Turn On All and Allow."""
    phone = new_phone()
    phone.ask(to_share(), to_read())
    phone.answer(to_share(), to_read())
    return phone


@pytest.fixture
def context(store: Store, phone: SimulatedPhone) -> AppContext:
    context = AppContext(Settings(home=store.folder), store, machine_zone="Europe/Berlin", clock=phone.now)
    with store.write() as connection:
        accounts.current(store, connection)
    return context


def read(context: AppContext, phone: SimulatedPhone) -> PhoneRead:
    return read_phone(context, phone, lambda _stage, _done, _of: None)


def values(context: AppContext, kind: str = WEIGHT) -> list[float]:
    return [row.value for (found, _), rows in archived(context.store).items() if found == kind for row in rows]


def vanished(context: AppContext) -> list[str]:
    with context.store.read() as connection:
        return [one.type for one in anchors.recently_vanished(connection, ATHLETE)]


def test_everything_the_phone_holds_is_read_once(context: AppContext, phone: SimulatedPhone) -> None:
    weigh(phone, "2026-03-01 06:00", 71.0)
    phone.finish_a_run()
    phone.record_a_night()
    first = read(context, phone)
    assert first.new > 500
    assert {kind for kind, _ in archived(context.store)} >= {WEIGHT, WORKOUT, ROUTE, SLEEP, HEART_RATE}
    assert read(context, phone) == PhoneRead()


def test_the_sheet_comes_first_and_reading_goes_on_without_an_answer(store: Store) -> None:
    phone = new_phone()
    context = AppContext(Settings(home=store.folder), store, clock=phone.now)
    weigh(phone, "2026-03-01 06:00", 71.0)
    assert read(context, phone) == PhoneRead(asked=True)
    assert phone.sheet is not None


def test_late_samples_and_corrections_arrive(context: AppContext, phone: SimulatedPhone) -> None:
    native = weigh(phone, "2026-03-01 06:00", 71.0)
    read(context, phone)
    weigh(phone, "2026-02-01 06:00", 70.0)
    phone.remove(WEIGHT, native)
    weigh(phone, "2026-03-01 06:00", 71.5)
    assert read(context, phone) == PhoneRead(new=2, deleted=1)
    assert sorted(values(context)) == [70.0, 71.5]


def test_what_we_wrote_ourselves_is_not_read(context: AppContext, phone: SimulatedPhone) -> None:
    phone.save(own_weight(72.0, 1))
    assert read(context, phone).new == 0
    assert archived(context.store) == {}


def test_a_locked_phone_is_try_later_and_the_anchor_stays(context: AppContext, phone: SimulatedPhone) -> None:
    weigh(phone, "2026-03-01 06:00", 71.0)
    read(context, phone)
    weigh(phone, "2026-03-02 06:00", 72.0)
    phone.lock()
    with pytest.raises(HealthLocked, match="locked"):
        read(context, phone)
    phone.lock(locked=False)
    assert read(context, phone) == PhoneRead(new=1)


@define
class LocksBetweenPages:
    """A phone whose owner presses the side button after the first page of one type."""

    phone: SimulatedPhone
    asked: list[str] = field(factory=list)

    def __getattr__(self, name: str) -> object:
        return getattr(self.phone, name)

    def changes(self, kind: str, anchor: str | None, limit: int) -> Changes:
        if kind == WEIGHT:
            self.asked.append(kind)
            if len(self.asked) == 2:
                self.phone.lock()
            limit = 2
        return self.phone.changes(kind, anchor, limit)


def test_what_was_read_before_the_lock_stands_and_the_rest_follows(context: AppContext, phone: SimulatedPhone) -> None:
    for day in range(1, 6):
        weigh(phone, f"2026-03-0{day} 06:00", 70.0 + day)
    with pytest.raises(HealthLocked):
        read(context, LocksBetweenPages(phone))  # type: ignore[arg-type]
    assert values(context) == [71.0, 72.0]
    phone.lock(locked=False)
    assert read(context, phone).new == 3


@define
class Listening:
    """A phone that remembers what it was asked for, in order."""

    phone: SimulatedPhone
    asked: list[str] = field(factory=list)

    def __getattr__(self, name: str) -> object:
        return getattr(self.phone, name)

    def changes(self, kind: str, anchor: str | None, limit: int) -> Changes:
        self.asked.append(kind)
        return self.phone.changes(kind, anchor, limit)


def test_a_workout_is_read_after_everything_that_was_measured_during_it(
    context: AppContext, phone: SimulatedPhone
) -> None:
    listening = Listening(phone)
    read(context, listening)  # type: ignore[arg-type]
    assert listening.asked[-2:] == [ROUTE, WORKOUT]


def test_what_was_refused_at_first_arrives_whole_once_it_is_allowed(context: AppContext, phone: SimulatedPhone) -> None:
    weigh(phone, "2025-01-01 06:00", 71.0)
    phone.set_toggles(to_share(), to_read() - {WEIGHT})
    assert read(context, phone).new == 0
    phone.turn_all(on=True)
    assert read(context, phone).new == 1


def test_what_was_recorded_while_reading_was_off_arrives_when_it_is_on_again(
    context: AppContext, phone: SimulatedPhone
) -> None:
    weigh(phone, "2026-02-01 06:00", 71.0)
    read(context, phone)
    phone.set_toggles(to_share(), to_read() - {WEIGHT})
    weigh(phone, "2026-02-20 06:00", 72.0)
    weigh(phone, "2026-03-09 06:00", 73.0)
    assert read(context, phone).new == 0
    phone.turn_all(on=True)
    assert read(context, phone).new == 2
    assert values(context) == [71.0, 72.0, 73.0]


def test_what_was_recorded_while_reading_was_off_arrives_however_long_ago_that_was(
    context: AppContext, phone: SimulatedPhone
) -> None:
    weigh(phone, "2025-12-31 06:00", 71.0)
    read(context, phone)
    phone.set_toggles(to_share(), to_read() - {WEIGHT})
    weigh(phone, "2026-01-15 06:00", 72.0)
    read(context, phone)
    read(context, phone)
    phone.turn_all(on=True)
    assert read(context, phone) == PhoneRead(new=1)
    assert values(context) == [71.0, 72.0]


def test_what_was_deleted_while_reading_was_off_is_gone_when_it_is_on_again(
    context: AppContext, phone: SimulatedPhone
) -> None:
    weigh(phone, "2026-03-08 06:00", 71.0)
    mistaken = weigh(phone, "2026-03-09 06:00", 17.0)
    read(context, phone)
    phone.turn_all(on=False)
    phone.remove(WEIGHT, mistaken)
    assert read(context, phone) == PhoneRead()
    phone.turn_all(on=True)
    assert read(context, phone) == PhoneRead(deleted=1)
    assert values(context) == [71.0]


def test_what_we_wrote_while_reading_was_off_hides_nothing(context: AppContext, phone: SimulatedPhone) -> None:
    phone.set_toggles(to_share(), to_read() - {WEIGHT})
    weigh(phone, "2026-01-15 06:00", 72.0)
    phone.save(own_weight(73.0, 1))
    assert read(context, phone) == PhoneRead()
    phone.turn_all(on=True)
    assert read(context, phone) == PhoneRead(new=1)


def test_a_type_whose_samples_the_phone_no_longer_shows_has_vanished(
    context: AppContext, phone: SimulatedPhone
) -> None:
    phone.record(Batch(SLEEP, WATCH, [asleep("2026-03-08 22:00", "2026-03-09 05:00")]))
    weigh(phone, "2026-03-08 06:00", 71.0)
    read(context, phone)
    assert vanished(context) == []
    phone.set_toggles(to_share(), to_read() - {SLEEP})
    read(context, phone)
    assert vanished(context) == [SLEEP]
    phone.turn_all(on=True)
    read(context, phone)
    assert vanished(context) == []


def test_samples_that_were_deleted_in_health_have_not_vanished(context: AppContext, phone: SimulatedPhone) -> None:
    native = weigh(phone, "2026-03-08 06:00", 71.0)
    read(context, phone)
    phone.remove(WEIGHT, native)
    assert read(context, phone).deleted == 1
    assert (values(context), vanished(context)) == ([], [])


def test_a_day_on_the_phone_is_a_night_and_a_day_of_samples(context: AppContext, phone: SimulatedPhone) -> None:
    read(context, phone)
    phone.let_a_day_pass()
    phone.step_on_the_scale()
    assert (phone.now() - NOW).days == 1
    read(context, phone)
    kinds = {kind for kind, _ in archived(context.store)}
    assert {SLEEP, STEPS, WEIGHT, HEART_RATE, "HKQuantityTypeIdentifierHeartRateVariabilitySDNN"} <= kinds


# --- where simulated samples may go ----------------------------------------------------------------------------------


def bound(context: AppContext, origin: str) -> accounts.Account:
    with context.store.write() as connection:
        return accounts.bind(
            context.store, connection, origin=origin, intervals_id="i1", name=None, zone="Europe/Berlin"
        )


def with_phone(context: AppContext, phone: SimulatedPhone | None) -> AppContext:
    return AppContext(context.settings, context.store, clock=context.clock, phone=phone)


def test_simulated_samples_go_to_the_sandbox_that_this_process_started(
    context: AppContext, phone: SimulatedPhone
) -> None:
    weigh(phone, "2026-03-08 06:00", 71.0)
    read(context, phone)
    check_destination(with_phone(context, phone), bound(context, ORIGIN))


@pytest.mark.parametrize("origin", ["https://intervals.icu", "http://localhost:9999"])
def test_simulated_samples_go_nowhere_else(context: AppContext, phone: SimulatedPhone, origin: str) -> None:
    weigh(phone, "2026-03-08 06:00", 71.0)
    read(context, phone)
    with pytest.raises(SimulatedData, match="simulated iPhone") as refused:
        check_destination(with_phone(context, phone), bound(context, origin))
    assert "COMPANION_HOME" in refused.value.cure


def test_a_folder_of_the_demo_opened_without_its_phone_sends_nothing(
    context: AppContext, phone: SimulatedPhone
) -> None:
    weigh(phone, "2026-03-08 06:00", 71.0)
    read(context, phone)
    with pytest.raises(SimulatedData):
        check_destination(with_phone(context, None), bound(context, ORIGIN))


def test_samples_of_a_real_phone_go_where_the_person_signed_in(context: AppContext) -> None:
    deliver(context.store, Batch(WEIGHT, SCALE, [row("2026-03-08 06:00", value=71.0, unit="kg")]))
    check_destination(context, bound(context, "https://intervals.icu"))
