"""What was written into Health, or was about to be: identifier and version, what it says, instead of what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, and_, select

from intervals_companion.domain.activity import WORKOUT_FIELD
from intervals_companion.store import row_checks, schema, sqlite


class HealthWrite(NamedTuple):
    """An object of ours. item: an ISO day or an activity id; value, instead: as text."""

    identifier: str
    version: int
    item: str
    field: str
    value: str
    instead: str | None
    """What Health itself said when it was written; None where it said nothing."""


def put(connection: Connection, athlete: int, run: int, writes: Iterable[HealthWrite]) -> None:
    """Before saving: a save that was cut short is repeated under the same version, which doubles nothing."""
    rows = [{"athlete": athlete, **write._asdict(), "run": run} for write in writes]
    sqlite.upsert(connection, schema.health_writes, rows)


def everything(connection: Connection, athlete: int) -> dict[str, HealthWrite]:
    """By sync identifier."""
    table = schema.health_writes
    rows = row_checks.proven(connection, table, select(table).where(table.c.athlete == athlete))
    return {
        row.identifier: HealthWrite(row.identifier, row.version, row.item, row.field, row.value, row.instead)
        for row in rows
    }


def saved_workouts(connection: Connection, athlete: int) -> dict[str, str]:
    """Activity id -> what was saved in Health of it. What was noted and has no receipt may never have been saved."""
    table, proof = schema.health_writes, schema.receipts
    proven = and_(
        proof.c.athlete == table.c.athlete,
        proof.c.run == table.c.run,
        proof.c.item == table.c.item,
        proof.c.field == table.c.field,
    )
    query = select(table).join(proof, proven).where(table.c.athlete == athlete, table.c.field == WORKOUT_FIELD)
    return {row.item: row.value for row in row_checks.proven(connection, table, query)}
