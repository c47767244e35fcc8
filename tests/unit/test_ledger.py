"""The ledger: what was agreed, done, held and about to be done comes back as it went in, also in a later process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from intervals_companion.domain.activity import WORKOUT_FIELD
from intervals_companion.domain.choices import Choice
from intervals_companion.domain.wellness import Base, Origin, Value
from intervals_companion.store import ledger
from intervals_companion.store.database import Store
from intervals_companion.store.ledger import HeldItem, PendingUpload, Receipt, StoredLink
from intervals_companion.sync.policy import Policy, Wishes
from support.store_builders import ATHLETE, dump, empty_store

FIRST, MIDDLE, LAST = date(2026, 3, 1), date(2026, 3, 15), date(2026, 3, 31)
OTHER_ATHLETE = 2


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(empty_store(tmp_path)) as opened:
        yield opened


def reopened(store: Store) -> Store:
    """The same data folder as a later process finds it."""
    store.close()
    return Store(store.folder)


# --- the base --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [0, 58, 10**9, 71.25, 0.1, -3.5, 1e-12, "PERIOD", "", "0", "äöü"])
@pytest.mark.parametrize("origin", list(Origin))
def test_a_base_comes_back_as_it_was(store: Store, value: Value, origin: Origin) -> None:
    agreed = {(FIRST, "weight"): Base(value, origin)}
    with store.write() as connection:
        ledger.put_bases(connection, ATHLETE, 1, agreed)
    with closing(reopened(store)) as later, later.read() as connection:
        found = ledger.bases(connection, ATHLETE, FIRST, LAST)
    assert found == agreed
    assert isinstance(found[FIRST, "weight"].value, str) == isinstance(value, str)


def test_a_later_base_replaces_an_earlier_one_and_no_other(store: Store) -> None:
    with store.write() as connection:
        before = {(FIRST, "weight"): Base(71.2, Origin.SENT), (FIRST, "steps"): Base(900, Origin.FOUND)}
        ledger.put_bases(connection, ATHLETE, 1, before)
        ledger.put_bases(connection, ATHLETE, 2, {(FIRST, "weight"): Base("a word", Origin.FOUND)})
        found = ledger.bases(connection, ATHLETE, FIRST, LAST)
    assert found == {(FIRST, "weight"): Base("a word", Origin.FOUND), (FIRST, "steps"): Base(900, Origin.FOUND)}


def test_only_the_days_asked_for_are_read_both_ends_included(store: Store) -> None:
    with store.write() as connection:
        ledger.put_bases(
            connection, ATHLETE, 1, {(day, "steps"): Base(1, Origin.SENT) for day in (FIRST, MIDDLE, LAST)}
        )
        assert {day for day, _ in ledger.bases(connection, ATHLETE, FIRST, MIDDLE)} == {FIRST, MIDDLE}
        assert {day for day, _ in ledger.bases(connection, ATHLETE, MIDDLE, LAST)} == {MIDDLE, LAST}


def test_nothing_of_one_athlete_is_another_s(store: Store) -> None:
    upload = PendingUpload("ic1-1-2", b"s" * 32, b"c" * 16, b"b" * 16, b"FIT", "Run")
    with store.write() as connection:
        ledger.put_bases(connection, ATHLETE, 1, {(FIRST, "steps"): Base(1, Origin.SENT)})
        ledger.put_pending_values(connection, ATHLETE, 1, {(FIRST, "steps"): 1})
        ledger.put_pending_upload(connection, ATHLETE, 1, upload)
        ledger.put_link(connection, ATHLETE, 1, "ic1-1-2", StoredLink("i77", "uploaded"))
        ledger.delete_link(connection, ATHLETE, 1, "ic1-3-4")
        ledger.take_over(connection, ATHLETE, [("weight", None)])
        ledger.replace_held(connection, ATHLETE, 1, [HELD], FIRST, LAST)
        assert ledger.bases(connection, OTHER_ATHLETE, FIRST, LAST) == {}
        assert ledger.pending_values(connection, OTHER_ATHLETE) == {}
        assert ledger.pending_uploads(connection, OTHER_ATHLETE) == {}
        assert ledger.links(connection, OTHER_ATHLETE) == {}
        assert ledger.tombstones(connection, OTHER_ATHLETE) == frozenset()
        assert ledger.taken_over(connection, OTHER_ATHLETE) == frozenset()
        assert ledger.held(connection, OTHER_ATHLETE) == []
        ledger.replace_held(connection, OTHER_ATHLETE, 1, [], FIRST, LAST)
        assert ledger.held(connection, ATHLETE) == [HELD]


# --- about to be sent ------------------------------------------------------------------------------------------------


def test_values_about_to_be_sent_survive_a_new_process(store: Store) -> None:
    about: dict[ledger.Field, Value] = {
        (FIRST, "weight"): 71.2,
        (FIRST, "steps"): 9000,
        (LAST, "menstrualPhase"): "PERIOD",
    }
    with store.write() as connection:
        ledger.put_pending_values(connection, ATHLETE, 1, about)
    with closing(reopened(store)) as later, later.read() as connection:
        assert ledger.pending_values(connection, ATHLETE) == about


def test_only_the_values_whose_fate_is_known_are_cleared(store: Store) -> None:
    with store.write() as connection:
        ledger.put_pending_values(
            connection, ATHLETE, 1, {(FIRST, "weight"): 71.2, (FIRST, "steps"): 9000, (LAST, "steps"): 1}
        )
        ledger.clear_pending_values(connection, ATHLETE, [(FIRST, "steps"), (MIDDLE, "steps")])
        assert ledger.pending_values(connection, ATHLETE) == {(FIRST, "weight"): 71.2, (LAST, "steps"): 1}


def test_a_file_about_to_be_sent_survives_a_new_process_byte_for_byte(store: Store) -> None:
    upload = PendingUpload(
        "ic1-1750000000-3600", bytes(range(32)), b"c" * 16, b"b" * 16, bytes(range(256)) * 400, "Ride ✓"
    )
    with store.write() as connection:
        ledger.put_pending_upload(connection, ATHLETE, 1, upload)
    with closing(reopened(store)) as later:
        with later.read() as connection:
            assert ledger.pending_uploads(connection, ATHLETE) == {upload.workout: upload}
        with later.write() as connection:
            ledger.clear_pending_upload(connection, ATHLETE, upload.workout)
            assert ledger.pending_uploads(connection, ATHLETE) == {}


# --- links, tombstones, what was taken over --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "link", [StoredLink("i77", "matched"), StoredLink("i77", "uploaded", b"\x00" * 16, b"\xff" * 16)]
)
def test_a_link_comes_back_as_it_was(store: Store, link: StoredLink) -> None:
    with store.write() as connection:
        ledger.put_link(connection, ATHLETE, 1, "ic1-1-2", link)
        assert ledger.links(connection, ATHLETE) == {"ic1-1-2": link}


def test_a_tombstone_stays(store: Store) -> None:
    with store.write() as connection:
        ledger.delete_link(connection, ATHLETE, 1, "ic1-1-2")
        ledger.delete_link(connection, ATHLETE, 2, "ic1-1-2")
    with closing(reopened(store)) as later, later.read() as connection:
        assert ledger.tombstones(connection, ATHLETE) == {"ic1-1-2"}


def test_what_the_person_took_over_is_kept_for_a_day_or_for_all(store: Store) -> None:
    chosen = [("weight", FIRST), ("weight", None), ("all", None)]
    with store.write() as connection:
        ledger.take_over(connection, ATHLETE, chosen)
        ledger.take_over(connection, ATHLETE, chosen[:1])
        assert ledger.taken_over(connection, ATHLETE) == set(chosen)


def test_keeping_a_field_takes_every_take_over_of_it_back(store: Store) -> None:
    with store.write() as connection:
        ledger.take_over(connection, ATHLETE, [("weight", FIRST), ("weight", None), ("steps", LAST)])
        ledger.keep_theirs(connection, ATHLETE, [("weight", None)])
        assert ledger.taken_over(connection, ATHLETE) == {("steps", LAST)}
        ledger.keep_theirs(connection, ATHLETE, [("all", None)])
        assert ledger.taken_over(connection, ATHLETE) == frozenset()


def test_taking_everything_over_leaves_what_was_kept_by_name(store: Store) -> None:
    with store.write() as connection:
        ledger.keep_theirs(connection, ATHLETE, [("weight", FIRST)])
        ledger.take_over(connection, ATHLETE, [("all", None)])
        assert ledger.taken_over_and_kept(connection, ATHLETE)[1] == {("weight", FIRST)}


def test_a_policy_foresees_what_the_ledger_would_hold(store: Store) -> None:
    before: list[Choice] = [("weight", FIRST), ("weight", None), ("steps", LAST), ("all", MIDDLE)]
    wishes = Wishes(frozenset({("steps", None), ("weight", FIRST)}), frozenset({("weight", None), ("all", MIDDLE)}))
    with store.write() as connection:
        ledger.take_over(connection, ATHLETE, before)
        ledger.keep_theirs(connection, ATHLETE, [("steps", None)])
        policy = Policy(
            taken_over=ledger.taken_over(connection, ATHLETE), kept=ledger.taken_over_and_kept(connection, ATHLETE)[1]
        )
        ledger.take_over(connection, ATHLETE, wishes.take_over)
        ledger.keep_theirs(connection, ATHLETE, wishes.keep)
        foreseen = policy.after(wishes)
        assert foreseen.taken_over == ledger.taken_over(connection, ATHLETE)
        assert foreseen.kept == ledger.taken_over_and_kept(connection, ATHLETE)[1]


# --- held ------------------------------------------------------------------------------------------------------------

HELD = HeldItem("2026-03-15", "weight", "conflict", "71.2", "70.9")


def since(store: Store) -> dict[tuple[str, str, str], int]:
    return {(item, name, reason): run for _, item, name, reason, _, _, run in dump(store)["held"]}


def hold(store: Store, run: int, *items: HeldItem, first: date = FIRST, last: date = LAST) -> None:
    with store.write() as connection:
        ledger.replace_held(connection, ATHLETE, run, items, first, last)


def held(store: Store) -> set[HeldItem]:
    with store.read() as connection:
        return set(ledger.held(connection, ATHLETE))


def test_what_stays_held_keeps_the_run_that_held_it_first(store: Store) -> None:
    new = HeldItem("2026-03-16", "weight", "conflict", "71.3", "70.9")
    hold(store, 1, HELD)
    hold(store, 2, HELD, new)
    assert since(store) == {HELD[:3]: 1, new[:3]: 2}


def test_held_values_are_those_of_the_latest_look(store: Store) -> None:
    hold(store, 1, HELD)
    hold(store, 2, HELD._replace(ours="72.0"))
    assert held(store) == {HELD._replace(ours="72.0")}
    assert since(store) == {HELD[:3]: 1}


def test_another_reason_is_another_item(store: Store) -> None:
    hold(store, 1, HELD)
    hold(store, 2, HELD._replace(reason="locked"))
    assert since(store) == {("2026-03-15", "weight", "locked"): 2}


def test_what_is_not_held_any_more_is_forgotten_and_begins_anew(store: Store) -> None:
    hold(store, 1, HELD)
    hold(store, 2)
    assert held(store) == set()
    hold(store, 3, HELD)
    assert since(store) == {HELD[:3]: 3}


def test_days_outside_the_run_stay_held(store: Store) -> None:
    edges = [HELD._replace(item=day) for day in ("2026-02-28", "2026-03-01", "2026-03-31", "2026-04-01")]
    hold(store, 1, *edges, first=date(2026, 1, 1), last=date(2026, 12, 31))
    hold(store, 2)
    assert {item.item for item in held(store)} == {"2026-02-28", "2026-04-01"}


def test_workouts_are_judged_by_every_run(store: Store) -> None:
    """A run looks at all workouts, whatever days it was asked for."""
    workout = HeldItem("ic1-1600000000-60", WORKOUT_FIELD, "duplicate", None, None)
    hold(store, 1, workout, HELD)
    hold(store, 2, first=LAST, last=LAST)
    assert held(store) == {HELD}


# --- runs ------------------------------------------------------------------------------------------------------------


def test_runs_are_counted_for_each_athlete(store: Store) -> None:
    with store.write() as connection:
        assert [ledger.begin_run(connection, ATHLETE, 5) for _ in range(3)] == [1, 2, 3]
        assert ledger.begin_run(connection, OTHER_ATHLETE, 5) == 1


def test_a_run_that_was_cut_short_keeps_its_state(store: Store) -> None:
    with store.write() as connection:
        ledger.finish_run(connection, ATHLETE, ledger.begin_run(connection, ATHLETE, 1000), 2000, "done", {"values": 3})
        ledger.begin_run(connection, ATHLETE, 3000)
    with closing(reopened(store)) as later:
        assert dump(later)["runs"] == [
            (ATHLETE, 1, 1000, 2000, "done", '{"values": 3}'),
            (ATHLETE, 2, 3000, None, "running", None),
        ]


def test_a_receipt_is_kept_with_its_run(store: Store) -> None:
    receipts = [
        Receipt("2026-03-01", "weight", "71.2", None, "read back"),
        Receipt("ic1-1-2", WORKOUT_FIELD, "i77", None, "listed"),
    ]
    with store.write() as connection:
        ledger.put_receipts(connection, ATHLETE, 7, receipts)
    assert dump(store)["receipts"] == [(ATHLETE, 7, *receipt) for receipt in receipts]
