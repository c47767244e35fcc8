"""Rows that are not blocks, and still no bit of them may be wrong: day values and the ledger carry a checksum.

`sqlite.upsert` writes it, `proven` compares it: for every row whose content is shown or decided on. Counting needs
none. The athlete's number is left out, because a restored backup may have another one.
"""

from __future__ import annotations

import marshal
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Float,
    Integer,
    LargeBinary,
    Row,
    Select,
    Table,
    select,
    type_coerce,
)
from sqlalchemy.exc import OperationalError
from sqlalchemy.types import NullType

from intervals_companion.domain.errors import DamagedRow

NAME = "checksum"

_WORDS: Mapping[str, str] = {
    "day_values": "the value of a day",
    "bases": "what was agreed on for a day",
    "pending_values": "what was about to be sent for a day",
    "links": "which activity a workout is",
    "pending_uploads": "a file that was about to be sent",
    "tombstones": "what was deleted",
    "runs": "the account of a sync",
    "receipts": "what a sync sent",
    "held": "what a sync left out",
    "held_before": "what an earlier sync left out",
    "failures": "what a sync could not send",
    "health_writes": "what was written into Health",
}
"""The tables whose rows have a checksum, and what a row is to a person."""
_MADE_ANEW = "Import your newest export again: the days are made anew from it."
_RESTORED = (
    "Restore a backup. Without one, move the data folder away and import your newest export again; what is at "
    "Intervals.icu stays there."
)


def of(values: tuple[Any, ...]) -> int:
    """The checksum of a row's values as SQLite holds them, in the order of its table: CRC-32, 0 to 2**32 - 1.

    Over `marshal` in its second version: a third of the time that text takes, and the same bytes under every Python;
    a test holds that.
    """
    return zlib.crc32(marshal.dumps(values, 2))


def added(table: Table, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The row with its checksum, over the values as the table will hold them. A table without one: the row."""
    if NAME not in table.c:
        return row
    values = tuple([None if (value := row.get(name)) is None else as_(value) for name, as_ in _columns(table)])
    return {**row, NAME: of(values)}


@cache
def _columns(table: Table) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    return tuple(
        (column.name, next((as_ for kind, as_ in _AS if isinstance(column.type, kind)), str))
        for column in table.columns
        if column.name not in ("athlete", NAME)
    )


_AS: tuple[tuple[type[Any], Callable[[Any], Any]], ...] = (
    (Float, float),
    (Integer, int),
    (LargeBinary, bytes),
    (Date, date.isoformat),
)
"""What a column makes of a value that is put into it; text of anything else."""


def proven(connection: Connection, table: Table, query: Select[Any]) -> list[Any]:
    """The rows of a query that begins `select(table)`, as SQLite holds them: a day is an ISO text.

    Raises DamagedRow.
    """
    with _readable(table):
        found = connection.execute(_as_held(table, query)).all()
    for row in found:
        if not is_sound(row):
            raise _damaged(table, row)
    return list(found)


def prove(connection: Connection, table: Table, athlete: int) -> None:
    """Looks through all rows of an athlete. Raises DamagedRow."""
    query = _as_held(table, select(table).where(table.c.athlete == athlete))
    with _readable(table), closing(connection.execute(query.execution_options(yield_per=_AT_ONCE))) as found:
        for row in found:
            if not is_sound(row):
                raise _damaged(table, row)


_AT_ONCE = 5_000
"""Rows in memory, where nobody needs them all."""


def _as_held(table: Table, query: Select[Any]) -> Select[Any]:
    return query.with_only_columns(*_raw(table), maintain_column_froms=True)


@cache
def _raw(table: Table) -> list[ColumnElement[Any]]:
    """The columns without what SQLAlchemy makes of their values, which takes longer than to compare them."""
    return [type_coerce(column, NullType).label(column.name) for column in table.columns]


@contextmanager
def _readable(table: Table) -> Iterator[None]:
    """A text that is no UTF-8 any more is damage like any other."""
    try:
        yield
    except OperationalError as problem:
        if "decode" in str(problem.orig):
            raise _damaged(table) from problem
        raise


def is_sound(row: Any) -> bool:
    """Whether a whole row, athlete first and checksum last, is as it was written."""
    return bool(of(row[1:-1]) == row[-1])


def _damaged(table: Table, row: Row[Any] | None = None) -> DamagedRow:
    names = [column.name for column in table.primary_key if column.name != "athlete"]
    which = "" if row is None else f" ({', '.join(str(row._mapping[name]) for name in names)})"
    return DamagedRow(
        f"The data file is damaged: {_WORDS[table.name]}{which} is not as it was stored.",
        _MADE_ANEW if table.name == "day_values" else _RESTORED,
    )
