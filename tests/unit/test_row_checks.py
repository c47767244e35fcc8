"""Rows of day values and of the ledger: a flipped bit is told, whichever column it is in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Date, Float, Integer, LargeBinary, Table, select, text

from intervals_companion.domain.errors import DamagedRow
from intervals_companion.domain.wellness import Derived
from intervals_companion.store import day_cache, row_checks, schema, sqlite
from intervals_companion.store.database import Store
from intervals_companion.store.day_cache import Cached
from support.store_builders import BEFORE_LAYERS, empty_store

ATHLETE = 1
DAY = date(2026, 3, 10)
CHECKED = [table for table in schema.metadata.sorted_tables if row_checks.NAME in table.c]
ROW: dict[type, Any] = {Date: DAY, Float: 71.5, Integer: 7, LargeBinary: b"sixteen bytes...", object: "Größe"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(empty_store(tmp_path)) as opened:
        yield opened


def fill(store: Store, table: Table) -> None:
    kinds = {column.name: next(kind for kind in ROW if isinstance(column.type, kind)) for column in table.columns}
    row = {name: ROW[kind] for name, kind in kinds.items() if name != row_checks.NAME}
    with store.write() as connection:
        sqlite.upsert(connection, table, [row | {"athlete": ATHLETE}])


def prove(store: Store, table: Table) -> None:
    with store.read() as connection:
        row_checks.prove(connection, table, ATHLETE)
        row_checks.proven(connection, table, select(table))


def damage(store: Store, table: Table, column: str, value: str) -> None:
    with store.write() as connection:
        connection.execute(text(f'UPDATE {table.name} SET "{column}" = {value}'))


def test_the_ledger_and_the_days_are_what_is_checked() -> None:
    assert {table.name for table in CHECKED} == set(row_checks._WORDS)


@pytest.mark.parametrize("table", CHECKED, ids=lambda table: table.name)
def test_any_change_of_any_column_is_told(store: Store, table: Table) -> None:
    for column in table.columns[1:]:
        with store.write() as connection:
            connection.execute(table.delete())
        fill(store, table)
        prove(store, table)
        kind = column.type
        flipped = (
            "71.50000000000001" if isinstance(kind, Float)
            else f'"{column.name}" + 1' if isinstance(kind, Integer)
            else "'2026-03-11'" if isinstance(kind, Date)
            else "x'00'" if isinstance(kind, LargeBinary)
            else "'Grüße'"
        )  # fmt: skip
        for value in (flipped, "'\x01'", "CAST(x'ff41' AS TEXT)", *(["NULL"] if column.nullable else [])):
            damage(store, table, column.name, value)
            with pytest.raises(DamagedRow) as told:
                prove(store, table)
            assert row_checks._WORDS[table.name] in told.value.cause


def test_a_restored_row_may_have_another_number_for_the_athlete(store: Store) -> None:
    fill(store, schema.bases)
    with store.write() as connection:
        connection.execute(text("UPDATE bases SET athlete = 9"))
        assert row_checks.proven(connection, schema.bases, select(schema.bases))


def test_a_checksum_is_the_same_under_every_python() -> None:
    assert row_checks.of((739685, "weight", 71.5, None, "Größe", b"\x00\xff", 2**40, -1)) == 3997051302


def test_a_number_that_came_as_a_whole_one_is_no_damage(store: Store) -> None:
    one = Cached(DAY, "Steps", Derived(8000, ("Watch",), "sum/1"), "count", b"sixteen bytes...")
    with store.write() as connection:
        day_cache.put(connection, ATHLETE, [one])
    with store.read() as connection:
        assert day_cache.between(connection, ATHLETE, DAY, DAY) == [one]


@pytest.mark.parametrize("table", CHECKED, ids=lambda table: table.name)
def test_rows_of_before_get_their_checksum_when_the_store_is_upgraded(store: Store, table: Table) -> None:
    fill(store, table)
    with store.write() as connection:
        for statement in BEFORE_LAYERS:
            connection.execute(text(statement))
        for each in CHECKED:
            connection.execute(text(f"ALTER TABLE {each.name} DROP COLUMN {row_checks.NAME}"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0004'"))
    store.close()
    with closing(Store(store.folder)) as upgraded:
        prove(upgraded, table)
