"""Importing what a channel out of Health hands out: what was new, what was known, and what an early end leaves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from intervals_companion.app.context import AppContext
from intervals_companion.app.ingest.imports import import_from
from intervals_companion.app.settings import Settings
from intervals_companion.domain.errors import DamagedInput
from intervals_companion.domain.samples import Batch
from intervals_companion.health.port import Reading
from intervals_companion.store.database import Store
from support.store_builders import (
    ATHLETE,
    PHONE,
    SCALE,
    STAIRS,
    STEPS,
    WATCH,
    WEIGHT,
    at,
    dump,
    empty_store,
    row,
    weight,
)

MORNING = row("2026-03-01 06:00", "2026-03-01 06:10", 500.0, created=at("2026-03-01 06:11"))
NOON = row("2026-03-01 12:00", "2026-03-01 12:10", 700.0, created=at("2026-03-01 12:11"))
NEXT_DAY = row("2026-03-02 08:00", "2026-03-02 08:10", 300.0, created=at("2026-03-02 08:11"))

OLD_EXPORT = (
    Batch(STEPS, WATCH, [MORNING, NOON]),
    Batch(STEPS, PHONE, [MORNING]),
    Batch(WEIGHT, SCALE, [weight("2026-03-01 06:30", 71.2)]),
)
NEW_EXPORT = (*OLD_EXPORT, Batch(STEPS, WATCH, [NEXT_DAY]), Batch(STAIRS, PHONE, [NOON]))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(empty_store(tmp_path)) as opened:
        yield opened


class Deliveries:
    """A channel out of Health that hands out what it is given, and may end early."""

    channel = "export"

    def __init__(self, *batches: Batch, ends: DamagedInput | None = None) -> None:
        self._batches = batches
        self._ends = ends
        self.reading = Reading(exported=at("2026-03-02 09:00"))

    def batches(self) -> Iterator[Batch]:
        for batch in self._batches:
            self.reading.types[batch.type] += len(batch.rows)
            yield batch
        if self._ends is not None:
            raise self._ends
        self.reading.complete = True


def context(store: Store) -> AppContext:
    return AppContext(
        Settings(store.folder), store, "Europe/Berlin", clock=lambda: datetime(2026, 3, 2, 10, tzinfo=UTC)
    )


def test_an_import_says_what_was_new_and_what_was_known(store: Store) -> None:
    first = import_from(context(store), Deliveries(*OLD_EXPORT))
    again = import_from(context(store), Deliveries(*NEW_EXPORT))
    assert (first.new, first.known, first.error) == (4, 0, None)
    assert (again.new, again.known) == (2, 4)


def test_importing_the_same_file_again_writes_nothing(store: Store) -> None:
    import_from(context(store), Deliveries(*NEW_EXPORT))
    with store.engine.connect() as bystander:
        version = bystander.exec_driver_sql("PRAGMA data_version").scalar()
        again = import_from(context(store), Deliveries(*NEW_EXPORT))
        assert bystander.exec_driver_sql("PRAGMA data_version").scalar() == version
    assert (again.new, again.changed) == (0, 0)


def test_a_truncated_file_keeps_what_was_read_and_says_why_it_ended(store: Store) -> None:
    cut = DamagedInput("The file ends in the middle of the data.", "Export again.")
    result = import_from(context(store), Deliveries(*OLD_EXPORT, ends=cut))
    assert result.error is cut
    assert result.new == 4
    assert dump(store)["deliveries"] == [(ATHLETE, "export", at("2026-03-02 09:00"), False)]
    whole = import_from(context(store), Deliveries(*NEW_EXPORT))
    assert whole.new == 2
    assert dump(store)["deliveries"] == [(ATHLETE, "export", at("2026-03-02 09:00"), True)]


def test_a_file_without_anything_in_it_is_refused_and_leaves_nothing(store: Store) -> None:
    with pytest.raises(DamagedInput):
        import_from(context(store), Deliveries(ends=DamagedInput("Nothing there.", "Export again.")))
    assert {name for name, rows in dump(store).items() if rows} == {"athletes", "meta"}
