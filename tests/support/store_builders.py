"""Stores, samples and deliveries for tests, in short words. Instants are written as UTC text: `2026-03-01 06:30`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Column, Connection, Table, event, select

from intervals_companion.domain.samples import (
    QUANTITY_PREFIX,
    UNKNOWN_INSTANT,
    Batch,
    Row,
    Source,
    source_key,
)
from intervals_companion.store import additions, codec, completion, imports, row_checks, schema
from intervals_companion.store.blocks import Renewed
from intervals_companion.store.database import FILE_NAME, Store
from intervals_companion.store.staging import Staging
from intervals_companion.store.versions import EXPORT

ATHLETE = 1

WEIGHT, STEPS, HEART_RATE = (QUANTITY_PREFIX + name for name in ("BodyMass", "StepCount", "HeartRate"))
STAIRS = QUANTITY_PREFIX + "FlightsClimbed"
"""A type that no row of the catalogue is made of."""


def source(name: str, product: str = "") -> Source:
    return Source(source_key(name), name, product)


WATCH, PHONE, SCALE = source("Ann’s Watch", "Watch"), source("Ann’s iPhone", "iPhone"), source("Scale")


def at(text: str) -> int:
    """ms of a UTC wall clock."""
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def row(
    start: str, end: str | None = None, value: float = 1.0, unit: str = "count", *, created: int = UNKNOWN_INSTANT,
    label: str = "", metadata: str = "", detail: bytes = b"",
) -> Row:  # fmt: skip
    return Row(at(start), at(end or start), value, unit, label, created, metadata, detail)


def weight(start: str, kilograms: float) -> Row:
    return row(start, value=kilograms, unit="kg")


def asleep(start: str, end: str, stage: str = "AsleepUnspecified") -> Row:
    return row(start, end, 0.0, "", label=f"HKCategoryValueSleepAnalysis{stage}")


# --- stores ----------------------------------------------------------------------------------------------------------


@cache
def _empty() -> bytes:
    with TemporaryDirectory() as folder:
        Store(Path(folder)).close()
        return (Path(folder) / FILE_NAME).read_bytes()


def empty_store(folder: Path) -> Store:
    """A store that holds nothing: a copy, because running the migrations each time would take most of the time."""
    (folder / FILE_NAME).write_bytes(_empty())
    return Store(folder)


def set_pragma(store: Store, pragma: str) -> None:
    """For every connection from now on: `busy_timeout=0`, `max_page_count=30` ..."""

    @event.listens_for(store.engine, "connect")
    def _set(connection: Any, _: Any) -> None:
        connection.execute(f"PRAGMA {pragma}")

    store.engine.dispose()


class WatchedStore(Store):
    """The same data folder; `after_read` is called after every look at it, as if another process came in between."""

    def __init__(self, store: Store, after_read: Callable[[], object]) -> None:
        self.folder, self.engine, self._thread = store.folder, store.engine, threading.local()
        self._after_read = after_read

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with super().read() as connection:
            yield connection
        self._after_read()


BEFORE_LAYERS = (
    "ALTER TABLE blocks DROP COLUMN import_id",
    "ALTER TABLE blocks DROP COLUMN spoken",
    "DROP TABLE block_versions",
    "DROP TABLE imports",
    "DROP TABLE windows",
    "DROP TABLE retired",
    "CREATE TABLE deletions (athlete INTEGER NOT NULL, type VARCHAR(120) NOT NULL, day INTEGER NOT NULL, "
    "source TEXT NOT NULL, sample BLOB NOT NULL, arrived BIGINT NOT NULL, row BLOB NOT NULL, "
    "PRIMARY KEY (athlete, type, day, source, sample))",
    "UPDATE alembic_version SET version_num = '0005'",
)
"""What makes a store one of before there were layers."""


# --- what is in it ---------------------------------------------------------------------------------------------------


def deliver(store: Store, *batches: Batch, athlete: int = ATHLETE, channel: str = "export", now: int = 1) -> Renewed:
    """Adds batches, as a bridge does; what they changed all together."""
    total = Renewed()
    for _, added in additions.add(store, athlete, channel, batches, now):
        total.add(added)
    return total


def export(
    store: Store, batches: Iterable[Batch], written: int, *, complete: bool = True, athlete: int = ATHLETE,
    waits: Collection[str] = (), layer: str = EXPORT,
) -> int:  # fmt: skip
    """Takes what one Apple Health export holds, made at `written` (ms); its number."""
    with store.write() as connection:
        number = imports.begin(connection, athlete, "export", "export.xml", written)
    staging = Staging(store, athlete, number, "export")
    for batch in batches:
        staging.add(batch, written)
    completion.proposal(store, athlete, staging, written, complete, layer)
    completion.accept(store, athlete, staging, written, complete, {}, written, waits=waits, layer=layer)
    return number


def block_hashes(store: Store, athlete: int = ATHLETE) -> dict[tuple[str, str, int], bytes]:
    """What the archive holds, by type, source key and UTC day."""
    table = schema.blocks
    query = select(table.c.type, table.c.source, table.c.day, table.c.hash).where(table.c.athlete == athlete)
    with store.read() as connection:
        return {(kind, key, day): digest for kind, key, day, digest in connection.execute(query)}


def archived(store: Store, athlete: int = ATHLETE) -> dict[tuple[str, str], list[Row]]:
    """Every row of the archive by type and source key, in the order it is stored."""
    table = schema.blocks
    query = select(table.c.type, table.c.source, table.c.rows).where(table.c.athlete == athlete).order_by(table.c.day)
    found: dict[tuple[str, str], list[Row]] = {}
    with store.read() as connection:
        for kind, key, packed in connection.execute(query):
            found.setdefault((kind, key), []).extend(codec.decode(codec.decompress(packed)))
    return found


def dump(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, without the checksums."""
    with store.read() as connection:
        return {
            table.name: sorted((tuple(found) for found in connection.execute(select(*_content(table)))), key=repr)
            for table in schema.metadata.sorted_tables
        }


def _content(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if column.name != row_checks.NAME]
