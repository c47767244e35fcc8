"""What every Health store promises: an export and a phone when they are read, a phone in all else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from intervals_companion.domain import own_samples
from intervals_companion.domain.samples import ROUTE, SLEEP, WORKOUT, Batch, Row, unpack_metadata
from intervals_companion.formats.details import row_workout
from intervals_companion.health.apple_export import AppleExport
from intervals_companion.health.port import HealthLocked, NewObject, NotOwned, Share, ShareRefused
from intervals_companion.health.requested_types import to_read, to_share
from intervals_companion.health.simulated import InvalidArgument, SimulatedPhone
from support import exports
from support.app_fixture import NOW as MOMENT
from support.app_fixture import run, steps, weight
from support.phones import SHARED, TYPES, allowed, everything, new_phone, own_weight, shown, weigh
from support.sample_merge import merge
from support.store_builders import HEART_RATE, PHONE, SCALE, STEPS, WATCH, WEIGHT, asleep, row
from support.store_builders import weight as weighed

Rows = dict[tuple[str, str], list[Row]]
Read = Callable[..., Rows]
DAY = MOMENT.date()

# --- reading: every store --------------------------------------------------------------------------------------------


@pytest.fixture(params=["export", "simulated"])
def read(request: pytest.FixtureRequest, tmp_path: Path) -> Read:
    """Everything such a store shows of what a phone recorded, by type and source key, each sample once."""

    def from_export(*elements: str) -> Rows:
        path = tmp_path / "export.zip"
        exports.zip_export(path, exports.export_xml(*elements), routes={})
        found: Rows = {}
        for batch in AppleExport(path).batches():
            found.setdefault((batch.type, batch.source.key), []).extend(batch.rows)
        return {key: merge(rows) for key, rows in found.items()}

    def from_phone(*elements: str) -> Rows:
        path = tmp_path / "export.zip"
        exports.zip_export(path, exports.export_xml(*elements), routes={})
        phone = allowed(new_phone())
        phone.fill(AppleExport(path))
        found: Rows = {}
        for kind in TYPES:
            for one in everything(phone, kind)[0]:
                found.setdefault((kind, one.source.key), []).append(one.row)
        return {key: merge(rows) for key, rows in found.items()}

    return from_export if request.param == "export" else from_phone


def test_a_sample_comes_with_its_type_source_instants_value_and_unit(read: Read) -> None:
    ((key, rows),) = read(weight(DAY, 74.25, at="07:00:00", source="Scale")).items()
    assert key == (WEIGHT, "Scale")
    assert [(one.start, one.end, one.value, one.unit) for one in rows] == [
        (weighed(f"{DAY} 06:00", 0).start, weighed(f"{DAY} 06:00", 0).end, 74.25, "kg")
    ]


def test_several_sources_of_one_type_stay_apart(read: Read) -> None:
    found = read(steps(DAY, 500, source="Watch"), steps(DAY, 400, source="iPhone"))
    assert {key: [one.value for one in rows] for key, rows in found.items()} == {
        (STEPS, "Watch"): [500.0],
        (STEPS, "iPhone"): [400.0],
    }


def test_a_workout_is_a_row_of_its_own_type_with_its_totals(read: Read) -> None:
    found = read(*run(DAY))
    (workout,) = [row_workout(one, "Watch") for one in found[WORKOUT, "Watch"]]
    assert (workout.activity, workout.elapsed) == ("Running", 2400.0)
    assert workout.statistics["HKQuantityTypeIdentifierDistanceWalkingRunning"].sum == 8.0


# --- reading: live stores --------------------------------------------------------------------------------------------


@pytest.fixture(params=["simulated"])
def phone(request: pytest.FixtureRequest) -> SimulatedPhone:
    """A phone on which nobody was asked for anything yet."""
    return new_phone()


def test_an_anchor_tells_only_what_is_new(phone: SimulatedPhone) -> None:
    allowed(phone)
    weigh(phone, "2026-03-01 06:00", 71.0)
    first = phone.changes(WEIGHT, None, 10)
    weigh(phone, "2026-02-01 06:00", 72.0)  # late: long past, and new all the same
    second = phone.changes(WEIGHT, first.anchor, 10)
    assert [[one.row.value for one in changes.found] for changes in (first, second)] == [[71.0], [72.0]]


def test_the_same_anchor_gives_the_same_answer(phone: SimulatedPhone) -> None:
    allowed(phone)
    weigh(phone, "2026-03-01 06:00", 71.0)
    assert phone.changes(WEIGHT, None, 10) == phone.changes(WEIGHT, None, 10)


def test_many_changes_come_in_pages(phone: SimulatedPhone) -> None:
    allowed(phone)
    for n in range(7):
        weigh(phone, f"2026-03-0{n + 1} 06:00", 71.0 + n)
    assert phone.changes(WEIGHT, None, 3).more
    assert not phone.changes(WEIGHT, None, 7).more
    assert [one.value for one in shown(phone, WEIGHT)] == [71.0 + n for n in range(7)]


def test_a_deletion_is_told_by_its_native_id(phone: SimulatedPhone) -> None:
    allowed(phone)
    native = weigh(phone, "2026-03-01 06:00", 71.0)
    anchor = phone.changes(WEIGHT, None, 10).anchor
    phone.remove(WEIGHT, native)
    changes = phone.changes(WEIGHT, anchor, 10)
    assert (list(changes.found), list(changes.deleted)) == ([], [native])


def test_what_came_and_went_between_two_looks_is_told_as_deleted_only(phone: SimulatedPhone) -> None:
    allowed(phone)
    native = weigh(phone, "2026-03-01 06:00", 71.0)
    phone.remove(WEIGHT, native)
    assert everything(phone, WEIGHT) == ([], [native])


def test_a_correction_is_another_object(phone: SimulatedPhone) -> None:
    allowed(phone)
    native = weigh(phone, "2026-03-01 06:00", 71.0)
    anchor = phone.changes(WEIGHT, None, 10).anchor
    phone.remove(WEIGHT, native)
    other = weigh(phone, "2026-03-01 06:00", 71.5)
    changes = phone.changes(WEIGHT, anchor, 10)
    assert ([one.id for one in changes.found], list(changes.deleted)) == ([other], [native])


def test_a_stretch_of_time_can_be_asked_for_once_more(phone: SimulatedPhone) -> None:
    allowed(phone)
    for n in range(1, 6):
        weigh(phone, f"2026-03-0{n} 06:00", 70.0 + n)
    start, end = weighed("2026-03-02 06:00", 0).start, weighed("2026-03-04 06:00", 0).start
    assert [one.row.value for one in phone.between(WEIGHT, start, end)] == [72.0, 73.0]


def test_a_locked_phone_cannot_be_read_and_never_says_that_it_holds_nothing(phone: SimulatedPhone) -> None:
    allowed(phone)
    phone.lock()
    with pytest.raises(HealthLocked):
        phone.changes(WEIGHT, None, 10)
    with pytest.raises(HealthLocked):
        phone.between(WEIGHT, 0, 1)


def test_a_phone_that_was_unlocked_goes_on_where_it_was(phone: SimulatedPhone) -> None:
    allowed(phone)
    anchor = phone.changes(WEIGHT, None, 10).anchor
    phone.lock()
    weigh(phone, "2026-03-01 06:00", 71.0)
    phone.lock(locked=False)
    assert [one.row.value for one in phone.changes(WEIGHT, anchor, 10).found] == [71.0]


# --- permissions -----------------------------------------------------------------------------------------------------


def test_nobody_was_asked_at_first(phone: SimulatedPhone) -> None:
    assert phone.share_status(WEIGHT) is Share.NOT_DETERMINED
    assert phone.should_ask(SHARED, TYPES)


def test_what_was_answered_is_known_for_writing_only(phone: SimulatedPhone) -> None:
    allowed(phone, share={WEIGHT}, read=())
    assert (phone.share_status(WEIGHT), phone.share_status(WORKOUT)) == (Share.AUTHORIZED, Share.DENIED)
    assert phone.share_status(SLEEP) is Share.NOT_DETERMINED  # allowed or refused to read: nobody is told


def test_a_refusal_to_read_looks_exactly_like_no_data(phone: SimulatedPhone) -> None:
    allowed(phone, read=())
    empty = new_phone()
    allowed(empty)
    phone.record(Batch(SLEEP, WATCH, [asleep("2026-03-01 22:00", "2026-03-02 05:00")]))
    assert list(phone.changes(SLEEP, None, 10).found) == list(empty.changes(SLEEP, None, 10).found) == []
    assert phone.between(SLEEP, 0, 2**62) == empty.between(SLEEP, 0, 2**62) == []


def test_a_refusal_to_read_tells_no_deletion_either(phone: SimulatedPhone) -> None:
    allowed(phone, read=())
    phone.remove(WEIGHT, weigh(phone, "2026-03-01 06:00", 71.0))
    assert everything(phone, WEIGHT) == ([], [])


def test_with_write_and_without_read_an_app_sees_what_it_wrote_itself(phone: SimulatedPhone) -> None:
    allowed(phone, read=())
    weigh(phone, "2026-03-01 06:00", 71.0)
    phone.save(own_weight(72.0, 1))
    found, _ = everything(phone, WEIGHT)
    assert [(one.row.value, one.is_own) for one in found] == [(72.0, True)]


def test_the_sheet_comes_once_for_each_new_set_of_types(phone: SimulatedPhone) -> None:
    phone.ask({WEIGHT}, {WEIGHT, SLEEP})
    assert phone.sheet is not None
    phone.answer({WEIGHT}, {WEIGHT})
    assert not phone.should_ask({WEIGHT}, {WEIGHT, SLEEP})
    phone.ask({WEIGHT}, {WEIGHT, SLEEP})
    assert phone.sheet is None
    phone.ask({WEIGHT}, {SLEEP, STEPS})
    assert phone.sheet is not None
    assert (phone.sheet.share, phone.sheet.read) == (frozenset(), {STEPS})


def test_asking_says_nothing_about_the_answer(phone: SimulatedPhone) -> None:
    phone.ask(SHARED, TYPES)
    phone.answer((), ())
    assert not phone.should_ask(SHARED, TYPES)


def test_turn_on_all_turns_on_every_type_that_was_asked_for(phone: SimulatedPhone) -> None:
    allowed(phone, share=(), read=())
    phone.turn_all(on=True)
    assert all(phone.toggles.share.values())
    assert phone.toggles.read.keys() == TYPES
    phone.turn_all(on=False)
    assert not any([*phone.toggles.share.values(), *phone.toggles.read.values()])


def test_one_type_can_be_turned_off_alone(phone: SimulatedPhone) -> None:
    allowed(phone)
    weigh(phone, "2026-03-01 06:00", 71.0)
    phone.record(Batch(STEPS, PHONE, [row("2026-03-01 06:00")]))
    phone.set_toggles(SHARED, TYPES - {WEIGHT})
    assert (shown(phone, WEIGHT), len(shown(phone, STEPS))) == ([], 1)


def test_asking_to_write_what_no_app_may_write_ends_the_app(phone: SimulatedPhone) -> None:
    with pytest.raises(InvalidArgument):
        phone.ask({"HKQuantityTypeIdentifierAppleSleepingWristTemperature"}, set())


def test_asking_for_a_correlation_ends_the_app(phone: SimulatedPhone) -> None:
    with pytest.raises(InvalidArgument):
        phone.ask(set(), {"HKCorrelationTypeIdentifierBloodPressure"})


def test_what_the_app_asks_for_is_never_disallowed(phone: SimulatedPhone) -> None:
    phone.ask(to_share(), to_read())
    assert phone.sheet is not None
    assert phone.sheet.share == {WEIGHT, WORKOUT}
    assert {HEART_RATE, SLEEP, WORKOUT, ROUTE, "HKQuantityTypeIdentifierRunningPower"} <= phone.sheet.read


# --- writing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", [False, True], ids=["not asked", "denied"])
def test_writing_without_permission_is_refused_by_name(phone: SimulatedPhone, asked: bool) -> None:
    if asked:
        allowed(phone, share=())
    with pytest.raises(ShareRefused, match="Write is off for BodyMass"):
        phone.save(own_weight(72.0, 1))


def test_writing_works_while_locked(phone: SimulatedPhone) -> None:
    allowed(phone)
    phone.lock()
    phone.save(own_weight(72.0, 1))
    phone.lock(locked=False)
    assert [one.value for one in shown(phone, WEIGHT)] == [72.0]


def test_what_we_wrote_is_known_again_by_bundle_and_by_identifier(phone: SimulatedPhone) -> None:
    allowed(phone)
    phone.save(own_weight(72.0, 7))
    ((found,), _) = everything(phone, WEIGHT)
    assert (found.bundle, found.is_own) == (own_samples.BUNDLE, True)
    assert unpack_metadata(found.row.metadata) == {
        own_samples.SYNC_IDENTIFIER: "intervals:weight:2026-03-01", own_samples.SYNC_VERSION: "7",
    }  # fmt: skip


def test_a_higher_version_replaces_and_the_old_one_is_deleted(phone: SimulatedPhone) -> None:
    allowed(phone)
    phone.save(own_weight(72.0, 1))
    (old,) = phone.changes(WEIGHT, None, 10).found
    phone.save(own_weight(73.0, 2))
    found, deleted = everything(phone, WEIGHT)
    assert ([one.row.value for one in found], deleted) == ([73.0], [old.id])


@pytest.mark.parametrize("version", [1, 2])
def test_the_same_or_a_lower_version_changes_nothing(phone: SimulatedPhone, version: int) -> None:
    allowed(phone)
    phone.save(own_weight(72.0, 2))
    phone.save(own_weight(73.0, version))
    assert [one.value for one in shown(phone, WEIGHT)] == [72.0]


def test_another_type_with_the_same_identifier_is_another_object(phone: SimulatedPhone) -> None:
    allowed(phone)
    phone.save(own_weight(72.0, 2))
    phone.save(NewObject(WORKOUT, row("2026-03-01 06:00", label="Running"), "intervals:weight:2026-03-01", 1))
    assert (len(shown(phone, WEIGHT)), len(shown(phone, WORKOUT))) == (1, 1)


def test_only_own_objects_can_be_deleted_all_or_none(phone: SimulatedPhone) -> None:
    allowed(phone)
    theirs = weigh(phone, "2026-03-01 06:00", 71.0, SCALE)
    phone.save(own_weight(72.0, 1))
    mine = next(one.id for one in everything(phone, WEIGHT)[0] if one.is_own)
    with pytest.raises(NotOwned):
        phone.delete(WEIGHT, [mine, theirs])
    assert len(shown(phone, WEIGHT)) == 2
    phone.delete(WEIGHT, [mine])
    assert [one.value for one in shown(phone, WEIGHT)] == [71.0]
