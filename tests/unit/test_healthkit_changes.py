"""A live store's news in the archive: samples, deletions, native ids and anchors, all in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from intervals_companion.domain import own_samples
from intervals_companion.domain.days import MS_PER_DAY
from intervals_companion.domain.samples import Batch, pack_metadata
from intervals_companion.store import anchors, archive, healthkit_changes
from intervals_companion.store.anchors import Vanished
from intervals_companion.store.database import Store
from intervals_companion.store.healthkit_changes import Taken
from intervals_companion.store.native_ids import Arrival
from support.store_builders import ATHLETE, SCALE, WEIGHT, archived, at, deliver, empty_store, weight

CHANNEL = "healthkit"
NOW = at("2026-03-10 12:00")
BEFORE = weight("2026-03-08 06:30", 70.9)
"""From before the phone showed anything."""
MORNING, LATER = weight("2026-03-09 06:30", 71.2), weight("2026-03-09 08:00", 71.9)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(empty_store(tmp_path)) as opened:
        yield opened


def take(store: Store, *arrivals: Arrival, gone: tuple[str, ...] = (), anchor: str | None = "1") -> Taken:
    return healthkit_changes.take(store, ATHLETE, CHANNEL, WEIGHT, arrivals, gone, anchor, NOW)


def dirty(store: Store) -> list[date]:
    with store.read() as connection:
        return archive.dirty_days(connection, ATHLETE)


def anchor(store: Store) -> str | None:
    with store.read() as connection:
        return anchors.anchor(connection, ATHLETE, CHANNEL, WEIGHT)


def vanished(store: Store) -> list[Vanished]:
    with store.read() as connection:
        return anchors.recently_vanished(connection, ATHLETE)


def asked_again(store: Store, shown: int, at: int = NOW) -> None:
    with store.write() as connection:
        anchors.put_asked(connection, ATHLETE, CHANNEL, WEIGHT, at, shown)


def test_a_deleted_sample_counts_no_more_and_its_day_is_made_anew(store: Store) -> None:
    take(store, Arrival("a", SCALE, MORNING), Arrival("b", SCALE, LATER))
    with store.write() as connection:
        archive.clear_dirty(connection, ATHLETE, archive.dirty_days(connection, ATHLETE))
    assert take(store, gone=("a",)) == Taken(new=0, deleted=1)
    assert archived(store) == {(WEIGHT, SCALE.key): [LATER]}
    assert date(2026, 3, 9) in dirty(store)


def test_a_day_whose_only_sample_was_deleted_holds_nothing(store: Store) -> None:
    take(store, Arrival("a", SCALE, MORNING))
    take(store, gone=("a",))
    assert archived(store) == {}


def test_an_old_export_does_not_bring_back_what_was_deleted(store: Store) -> None:
    take(store, Arrival("a", SCALE, MORNING))
    take(store, gone=("a",))
    healthkit_changes.read_to_the_end(store, ATHLETE, CHANNEL, WEIGHT, NOW)
    assert deliver(store, Batch(WEIGHT, SCALE, [BEFORE, MORNING, LATER])).new == 1
    assert archived(store) == {(WEIGHT, SCALE.key): [BEFORE]}


def test_the_same_weighing_recorded_again_counts_again(store: Store) -> None:
    take(store, Arrival("a", SCALE, MORNING))
    take(store, gone=("a",))
    take(store, Arrival("b", SCALE, MORNING))
    assert archived(store) == {(WEIGHT, SCALE.key): [MORNING]}


def test_an_object_that_was_replaced_by_an_equal_one_goes_on_counting(store: Store) -> None:
    take(store, Arrival("a", SCALE, MORNING))
    assert take(store, Arrival("b", SCALE, MORNING), gone=("a",)).deleted == 0
    assert archived(store) == {(WEIGHT, SCALE.key): [MORNING]}


def test_a_deletion_that_comes_before_its_sample_wins(store: Store) -> None:
    take(store, gone=("a",))
    take(store, Arrival("a", SCALE, MORNING))
    assert archived(store) == {}


def test_one_athletes_deletion_leaves_anothers_sample(store: Store) -> None:
    take(store, Arrival("a", SCALE, MORNING))
    healthkit_changes.take(store, 2, CHANNEL, WEIGHT, [Arrival("a", SCALE, MORNING)], (), "1", NOW)
    take(store, gone=("a",))
    assert archived(store, 2) == {(WEIGHT, SCALE.key): [MORNING]}


def test_the_anchor_is_kept_with_what_was_found(store: Store) -> None:
    assert anchor(store) is None
    take(store, Arrival("a", SCALE, MORNING), anchor="7")
    assert anchor(store) == "7"


def test_no_anchor_does_not_forget_the_one_that_is_known(store: Store) -> None:
    take(store, Arrival("a", SCALE, MORNING), anchor="7")
    take(store, anchor=None)
    assert anchor(store) == "7"


def test_a_delivery_that_fails_leaves_no_sample_and_no_anchor(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(anchors, "put", fail)
    with pytest.raises(RuntimeError):
        take(store, Arrival("a", SCALE, MORNING))
    monkeypatch.undo()
    assert (archived(store), anchor(store)) == ({}, None)


def test_what_we_wrote_is_skipped_on_every_channel(store: Store) -> None:
    mine = MORNING._replace(metadata=pack_metadata([(own_samples.SYNC_IDENTIFIER, "intervals:weight:2026-03-09")]))
    theirs = LATER._replace(metadata=pack_metadata([(own_samples.SYNC_IDENTIFIER, "scale:17")]))
    deliver(store, Batch(WEIGHT, SCALE, [mine, theirs]))
    assert archived(store) == {(WEIGHT, SCALE.key): [theirs]}


# --- recently vanished ------------------------------------------------------------------------------------------------


def test_samples_that_the_store_no_longer_shows_have_vanished(store: Store) -> None:
    take(store, Arrival("a", SCALE, MORNING), Arrival("b", SCALE, LATER))
    asked_again(store, shown=0)
    assert vanished(store) == [Vanished(CHANNEL, WEIGHT, 2, NOW)]


def test_what_is_still_shown_has_not_vanished(store: Store) -> None:
    take(store, Arrival("a", SCALE, MORNING), Arrival("b", SCALE, LATER))
    asked_again(store, shown=1)
    assert vanished(store) == []


def test_what_was_deleted_has_not_vanished(store: Store) -> None:
    take(store, Arrival("a", SCALE, MORNING))
    take(store, gone=("a",))
    asked_again(store, shown=0)
    assert vanished(store) == []


def test_what_is_older_than_the_days_asked_for_has_not_vanished(store: Store) -> None:
    take(store, Arrival("a", SCALE, MORNING))
    asked_again(store, shown=0, at=NOW + 7 * MS_PER_DAY)
    assert vanished(store) == []
