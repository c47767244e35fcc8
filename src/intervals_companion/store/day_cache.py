"""The day cache: what a day's values are, and what they were made from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from attrs import frozen
from sqlalchemy import Connection, delete, func, or_, select

from intervals_companion.domain.wellness import Derived
from intervals_companion.store import row_checks, schema, sqlite


@frozen
class Cached:
    """A field of a day. `derived` is None where the samples there do not make a value: that is remembered too."""

    day: date
    field: str
    derived: Derived | None
    unit: str
    input: bytes
    """Hash over the touched blocks, the zone and the formula: the same input gives the same value."""


def between(connection: Connection, athlete: int, first: date, last: date) -> list[Cached]:
    table = schema.day_values
    query = select(table).where(table.c.athlete == athlete, table.c.day.between(first, last))
    return [_cached(row) for row in row_checks.proven(connection, table, query.order_by(table.c.day, table.c.field))]


def _cached(row: Any) -> Cached:
    value = row.word if row.word is not None else row.number
    derived = None if value is None else Derived(value, _sources(row.sources), row.formula)
    return Cached(date.fromisoformat(row.day), row.field, derived, row.unit, row.input)


@lru_cache(maxsize=1000)
def _sources(text: str) -> tuple[str, ...]:
    """Thousands of days were made of the same few sources."""
    return tuple(json.loads(text))


def put(connection: Connection, athlete: int, values: Sequence[Cached]) -> None:
    rows = []
    for cached in values:
        made = cached.derived
        value = None if made is None else made.value
        rows.append(
            {
                "athlete": athlete, "day": cached.day, "field": cached.field,
                "number": None if isinstance(value, str) else value, "word": value if isinstance(value, str) else None,
                "unit": cached.unit, "sources": json.dumps(made.sources if made else ()),
                "formula": made.formula if made else "", "input": cached.input,
            }
        )  # fmt: skip
    sqlite.upsert(connection, schema.day_values, rows)


def delete_fields(connection: Connection, athlete: int, fields: Iterable[tuple[date, str]]) -> None:
    """Removes fields of days that are made of nothing any more."""
    table = schema.day_values
    for day, name in fields:
        connection.execute(delete(table).where(table.c.athlete == athlete, table.c.day == day, table.c.field == name))


def prove(connection: Connection, athlete: int) -> None:
    """Looks through all values. Raises DamagedRow."""
    row_checks.prove(connection, schema.day_values, athlete)


def forget(connection: Connection, athlete: int) -> None:
    """Of all days."""
    connection.execute(delete(schema.day_values).where(schema.day_values.c.athlete == athlete))


def first_day(connection: Connection, athlete: int) -> date | None:
    """The first day on which some field has a value."""
    table = schema.day_values
    has_value = or_(table.c.number.is_not(None), table.c.word.is_not(None))
    return connection.execute(select(func.min(table.c.day)).where(table.c.athlete == athlete, has_value)).scalar()


def numbers(
    connection: Connection, athlete: int, first: date, last: date, fields: Iterable[str]
) -> dict[str, dict[date, float]]:
    """The numbers of some fields by day, in the order of the days."""
    table = schema.day_values
    wanted = list(fields)
    query = (
        select(table)
        .where(
            table.c.athlete == athlete,
            table.c.day.between(first, last),
            table.c.field.in_(wanted),
            table.c.number.is_not(None),
        )
        .order_by(table.c.day)
    )
    found: dict[str, dict[date, float]] = {field: {} for field in wanted}
    for _, day, field, number, *_ in row_checks.proven(connection, table, query):
        found[field][date.fromisoformat(day)] = number
    return found


def latest_of(connection: Connection, athlete: int, field: str, until: date) -> Cached | None:
    """The newest day up to `until` (included) on which that field has a value."""
    table = schema.day_values
    query = select(table).where(
        table.c.athlete == athlete,
        table.c.field == field,
        table.c.day <= until,
        or_(table.c.number.is_not(None), table.c.word.is_not(None)),
    )
    newest = row_checks.proven(connection, table, query.order_by(table.c.day.desc()).limit(1))
    return _cached(newest[0]) if newest else None


def latest(connection: Connection, athlete: int, since: date) -> dict[str, Cached]:
    """For every field the newest day from `since` on that has a value."""
    table = schema.day_values
    has_value = or_(table.c.number.is_not(None), table.c.word.is_not(None))
    newest = (
        select(table.c.field, func.max(table.c.day).label("day"))
        .where(table.c.athlete == athlete, table.c.day >= since, has_value)
        .group_by(table.c.field)
        .subquery()
    )
    query = select(table).join(newest, (table.c.field == newest.c.field) & (table.c.day == newest.c.day))
    rows = row_checks.proven(connection, table, query.where(table.c.athlete == athlete))
    return {row.field: _cached(row) for row in rows}
