"""What Intervals.icu answered last, kept so that a page never has to ask while it is drawn.

Everything here can be read again: a Full Logout erases it whole, and nothing is decided by it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, select

from intervals_companion.store import schema, sqlite

ATHLETE = "athlete"
"""`name` of the answer that is the signed-in athlete's own record."""

ACTIVITIES = "activities"
"""`name` of the word that some days' activities were read, also where there were none."""

FIRST_FETCH = "first fetch"
"""`name` of the word that days and activities were asked for, also where that was refused. `signed_in`: when the
sign-in that asked was made (ms).
"""

Record = Mapping[str, Any]
"""A JSON object as the service wrote it."""


class Answer(NamedTuple):
    record: Record
    read: int
    """ms"""


def save(connection: Connection, athlete: int, name: str, record: Record, read: int) -> None:
    row = {"athlete": athlete, "name": name, "record": json.dumps(record), "read": read}
    sqlite.upsert(connection, schema.answers, [row])


def answer(connection: Connection, athlete: int, name: str) -> Answer | None:
    table = schema.answers
    query = select(table.c.record, table.c.read).where(table.c.athlete == athlete, table.c.name == name)
    row = connection.execute(query).one_or_none()
    return None if row is None else Answer(json.loads(row.record), row.read)


def replace_days(
    connection: Connection, athlete: int, first: date, last: date, records: Mapping[date, Record], read: int
) -> None:
    """Makes `records` all that is known of these days (both included)."""
    table = schema.theirs_days
    connection.execute(delete(table).where(table.c.athlete == athlete, table.c.day.between(first, last)))
    rows = [
        {"athlete": athlete, "day": day, "record": json.dumps(record), "read": read} for day, record in records.items()
    ]
    sqlite.upsert(connection, table, rows)


def days(connection: Connection, athlete: int, first: date, last: date) -> dict[date, Record]:
    table = schema.theirs_days
    query = select(table.c.day, table.c.record).where(table.c.athlete == athlete, table.c.day.between(first, last))
    return {day: json.loads(record) for day, record in connection.execute(query.order_by(table.c.day))}


def day_read(connection: Connection, athlete: int, day: date) -> int | None:
    """When that day was read (ms)."""
    table = schema.theirs_days
    return connection.execute(select(table.c.read).where(table.c.athlete == athlete, table.c.day == day)).scalar()


def replace_activities(
    connection: Connection,
    athlete: int,
    first: date,
    last: date,
    records: Mapping[str, tuple[date, Record]],
    read: int,
) -> None:
    """Makes `records` (id -> local day and record) all that is known of the activities of these days."""
    table = schema.theirs_activities
    connection.execute(delete(table).where(table.c.athlete == athlete, table.c.day.between(first, last)))
    rows = [
        {"athlete": athlete, "activity": name, "day": day, "record": json.dumps(record), "read": read}
        for name, (day, record) in records.items()
    ]
    sqlite.upsert(connection, table, rows)


def activities(connection: Connection, athlete: int, first: date, last: date) -> dict[str, Record]:
    """By activity id, newest first."""
    table = schema.theirs_activities
    query = (
        select(table.c.activity, table.c.record)
        .where(table.c.athlete == athlete, table.c.day.between(first, last))
        .order_by(table.c.day.desc(), table.c.activity.desc())
    )
    return {name: json.loads(record) for name, record in connection.execute(query)}


def activity(connection: Connection, athlete: int, name: str) -> Record | None:
    table = schema.theirs_activities
    query = select(table.c.record).where(table.c.athlete == athlete, table.c.activity == name)
    record = connection.execute(query).scalar()
    return None if record is None else json.loads(record)


def first_activity(connection: Connection, athlete: int) -> date | None:
    """The day of the oldest."""
    table = schema.theirs_activities
    return connection.execute(select(func.min(table.c.day)).where(table.c.athlete == athlete)).scalar()
