"""What a backup holds is looked through before anything of it is taken: whoever has the password can make one.

The file is a SQLite file, and so may hold programs (triggers, views), any value in any column, and rows of anybody.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnClause,
    Connection,
    Date,
    Float,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    column,
    select,
)  # fmt: skip
from sqlalchemy import table as plain_table
from sqlalchemy.exc import DBAPIError

from intervals_companion.domain.days import is_zone
from intervals_companion.domain.errors import DamagedInput, DiskFull
from intervals_companion.domain.summaries import How
from intervals_companion.domain.wellness import Origin
from intervals_companion.store import codec, row_checks, schema, sqlite
from intervals_companion.store.imports import ImportState
from intervals_companion.store.versions import State

MOST_TABLES = 500
"""With their indices; a store has some ninety."""
LONGEST_WORD = 4000
"""Characters of a short text: a name, a type, an id."""
LONGEST_TEXT = 2**20
"""Characters of a long text: the account of a run has some thousand."""
LARGEST_BYTES = 64 * 2**20
"""Of a value of bytes: a block, or the file of a workout that was being uploaded."""
MOST_BLOCK_ROWS, MOST_BLOCK_BYTES = 2 * codec.MOST_ROWS, 2 * codec.MOST_BYTES
"""Of a block: blocks of earlier versions had no limit, and none was ever seen near to these."""

_FIRST, _LAST = -62_135_596_800_000, 253_402_300_799_999
"""Instants (ms) that have a date: the years 1 to 9999."""
_DAYS = 4_000_000
_OTHER_TABLES = "its tables are not as they are written"

_Check = Callable[[Any], bool]


def check_schema(path: Path) -> None:
    """Only tables and their indices, no programs. Before the file is opened as a store. Raises DamagedInput."""
    found = sqlite.schema_of(path, MOST_TABLES + 1)
    if found is None or len(found) > MOST_TABLES:
        raise DamagedInput(*_foreign("its tables cannot be read"))
    for kind, name, sql in found:
        if kind not in ("table", "index") or (sql or "").lstrip().upper().startswith("CREATE VIRTUAL"):
            raise DamagedInput(*_foreign(f"it holds the {kind} {name[:60]!r}, which no backup has"))


def check_before_migrating(path: Path) -> None:
    """Every value of an older backup: of its column's type and size, in columns that this program knows. Migrations
    read all of it. A backup of this version is not migrated: `check_rows` is enough. Raises DamagedInput, DiskFull.
    """
    engine = sqlite.connect(path)
    try:
        with engine.connect() as connection:
            sqlite.limit_values(connection, LARGEST_BYTES)
            if connection.execute(select(schema.revision.c.version_num)).scalar() != schema.REVISION:
                for table in schema.metadata.sorted_tables:
                    _check_values(connection, table)
    except DBAPIError as problem:
        if isinstance(said := sqlite.as_storage_error(problem), DiskFull):  # opening the file writes its first page
            raise said from problem
        raise DamagedInput(*_foreign(_OTHER_TABLES)) from problem
    finally:
        engine.dispose()


def _check_values(connection: Connection, table: Table) -> None:
    there = connection.exec_driver_sql(f'PRAGMA table_xinfo("{table.name}")').mappings().all()
    if any(one["name"] not in table.columns or one["hidden"] for one in there):
        raise DamagedInput(*_foreign(_OTHER_TABLES))  # hidden: worked out by the file itself
    columns = [table.columns[one["name"]] for one in there]
    checks = _checks(columns)
    for row in _rows(connection, columns) if columns else ():  # none: a table of a later version
        _check_row(checks, row)


def check_rows(connection: Connection, athlete: int, tables: Iterable[Table]) -> None:
    """Every row: of that athlete, each value of its column's type and size, with its checksum, blocks as they are
    written, and receipts of runs that are there. Raises DamagedInput.
    """
    try:
        sqlite.limit_values(connection, LARGEST_BYTES)
        for table in tables:
            _check_table(connection, athlete, table)
        for table in (schema.receipts, schema.failures):
            of_a_run = table.c.run.in_(select(schema.runs.c.run))
            if connection.execute(select(table.c.run).where(~of_a_run).limit(1)).first():
                raise DamagedInput(*_foreign(f"{table.name} of a run that it does not hold"))
    except DBAPIError as problem:  # a column that is not there, a text that is none
        raise DamagedInput(*_foreign(_OTHER_TABLES)) from problem


def _check_table(connection: Connection, athlete: int, table: Table) -> None:
    columns = list(table.columns)
    names = [one.name for one in columns]
    place, has_checksum = names.index("athlete"), row_checks.NAME in names
    checks = _checks(columns)
    for row in _rows(connection, columns):
        if row[place] != athlete:
            raise DamagedInput(*_foreign(f"a row of {table.name} belongs to somebody else"))
        _check_row(checks, row)
        if has_checksum and not row_checks.is_sound(row):
            raise DamagedInput(*_foreign(f"a row of {table.name} does not fit its checksum"))
        if table in _WITH_ROWS:
            _check_samples(table, dict(zip(names, row, strict=True)))


def _rows(connection: Connection, columns: Sequence[Column[Any]]) -> Iterable[Sequence[Any]]:
    """The rows of a table as stored, whatever their type, and one at a time, however large they are."""
    as_stored: list[ColumnClause[Any]] = [column(one.name) for one in columns]
    query = select(*as_stored).select_from(plain_table(columns[0].table.name))
    return connection.execute(query, execution_options={"yield_per": 1})


def _checks(columns: Iterable[Column[Any]]) -> list[tuple[Column[Any], _Check]]:
    return [(one, _check(one)) for one in columns]


def _check_row(checks: Iterable[tuple[Column[Any], _Check]], row: Sequence[Any]) -> None:
    for (of, is_right), value in zip(checks, row, strict=True):
        if not is_right(value):
            raise DamagedInput(*_foreign(f"a value of {of.table.name}.{of.name} cannot be"))


_WITH_ROWS = frozenset({schema.blocks, schema.block_versions, schema.retired})


def _check_samples(table: Table, row: Mapping[str, Any]) -> None:
    """Blocks, and what deliveries said in other words: whole, as many as it says, and dated as anything can be."""
    if table is schema.block_versions and row["rows"] is None:
        return  # it says the same as the block, or that there is nothing
    rows = None
    with suppress(zlib.error, struct.error, ValueError, TypeError, LookupError, ArithmeticError):
        raw = codec.decompress(row["rows"])
        is_small = len(raw) <= MOST_BLOCK_BYTES and codec.rows_in(raw) <= MOST_BLOCK_ROWS
        if is_small and row.get("hash", codec.digest(raw)) == codec.digest(raw):
            rows = codec.decode(raw)
    if (
        not rows
        or len(rows) != row["count"]
        or row.get("codec", codec.VERSION) != codec.VERSION
        or any(not (_is_instant(one.start) and one.start <= one.end <= _LAST and isfinite(one.value)) for one in rows)
    ):
        raise DamagedInput(*_foreign("a block of samples is not as it was written"))


# --- values ----------------------------------------------------------------------------------------------------------


def _check(of: Column[Any]) -> _Check:
    special = _SPECIAL.get((of.table.name, of.name))
    is_right = special or next(check for kind, check in _BY_TYPE if isinstance(of.type, kind))
    return (lambda value: value is None or is_right(value)) if of.nullable else is_right


def _is_int(value: object) -> bool:
    return type(value) is int


def _is_instant(value: Any) -> bool:
    return type(value) is int and _FIRST <= value <= _LAST


def _is_date(value: object) -> bool:
    if not isinstance(value, str) or len(value) != 10 or not value.isascii():
        return False
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_number(value: object) -> bool:
    return type(value) in (int, float) and isfinite(value)  # type: ignore[arg-type]


def _is_text(longest: int) -> _Check:
    return lambda value: isinstance(value, str) and len(value) <= longest


def _is_json(value: object) -> bool:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        return False
    try:
        json.loads(value)
    except (ValueError, RecursionError):
        return False
    return True


_BY_TYPE: tuple[tuple[Any, _Check], ...] = (
    (BigInteger, _is_instant),
    (Boolean, lambda value: value in (0, 1)),
    (Integer, _is_int),
    (Date, _is_date),
    (Float, _is_number),
    (Text, _is_text(LONGEST_TEXT)),
    (String, _is_text(LONGEST_WORD)),
    (LargeBinary, lambda value: isinstance(value, bytes) and len(value) <= LARGEST_BYTES),
)
"""The first that fits: a Text is a String, a BigInteger an Integer."""

_SPECIAL: Mapping[tuple[str, str], _Check] = {
    ("blocks", "day"): lambda value: _is_int(value) and abs(value) < _DAYS,
    ("block_versions", "day"): lambda value: _is_int(value) and abs(value) < _DAYS,
    ("retired", "day"): lambda value: _is_int(value) and abs(value) < _DAYS,
    ("native_ids", "day"): lambda value: _is_int(value) and abs(value) < _DAYS,
    ("summaries", "how"): lambda value: value in set(How),
    ("bases", "origin"): lambda value: value in set(Origin),
    ("runs", "state"): lambda value: value in ("running", "done", "stopped"),
    ("runs", "account"): _is_json,
    ("choices", "value"): _is_json,
    ("imports", "about"): _is_json,
    ("imports", "state"): lambda value: value in set(ImportState),
    ("windows", "state"): lambda value: value in set(State),
    ("day_values", "sources"): _is_json,
    ("home_zones", "zone"): lambda value: isinstance(value, str) and is_zone(value),
    ("sent_zones", "zone"): lambda value: isinstance(value, str) and is_zone(value),
}


def _foreign(why: str) -> tuple[str, str]:
    return (
        f"This backup is not as Intervals Companion writes it: {why}.",
        "Nothing was changed. Restore a backup that you made yourself.",
    )
