"""The doctor's last examination, and the findings a person does not want to hear about."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, delete, select

from intervals_companion.store import schema, sqlite


class Examination(NamedTuple):
    examined: int
    """ms"""
    found: str
    """JSON"""


def save(connection: Connection, athlete: int, examination: Examination) -> None:
    sqlite.upsert(connection, schema.examinations, [{"athlete": athlete, **examination._asdict()}])


def last(connection: Connection, athlete: int) -> Examination | None:
    table = schema.examinations
    query = select(table.c.examined, table.c.found).where(table.c.athlete == athlete)
    row = connection.execute(query).one_or_none()
    return None if row is None else Examination(*row)


def delete_all(connection: Connection, athlete: int) -> None:
    connection.execute(delete(schema.examinations).where(schema.examinations.c.athlete == athlete))


def dismiss(connection: Connection, athlete: int, check: str) -> None:
    sqlite.upsert(connection, schema.dismissed, [{"athlete": athlete, "check": check}])


def undismiss(connection: Connection, athlete: int, check: str) -> None:
    table = schema.dismissed
    connection.execute(delete(table).where(table.c.athlete == athlete, table.c.check == check))


def dismissed(connection: Connection, athlete: int) -> frozenset[str]:
    table = schema.dismissed
    return frozenset(connection.execute(select(table.c.check).where(table.c.athlete == athlete)).scalars())
