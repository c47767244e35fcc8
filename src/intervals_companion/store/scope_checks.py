"""What the last answer of Intervals.icu said about each box of the sign-in, and about the sign-in itself."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, delete, select

from intervals_companion.domain.scope_check import ScopeCheck
from intervals_companion.store import schema, sqlite

SIGN_IN = "sign-in"
"""In place of a box: whether the sign-in itself was taken."""


def save(connection: Connection, athlete: int, said: Mapping[str, bool], seen: int) -> None:
    """said: `AREA:LEVEL` or SIGN_IN -> whether it was allowed."""
    rows = [{"athlete": athlete, "box": box, "allowed": allowed, "seen": seen} for box, allowed in said.items()]
    sqlite.upsert(connection, schema.proofs, rows)


def known(connection: Connection, athlete: int) -> dict[str, ScopeCheck]:
    table = schema.proofs
    query = select(table.c.box, table.c.allowed, table.c.seen).where(table.c.athlete == athlete)
    return {box: ScopeCheck(allowed, seen) for box, allowed, seen in connection.execute(query)}


def delete_all(connection: Connection, athlete: int) -> None:
    """A new sign-in has to prove itself anew."""
    connection.execute(delete(schema.proofs).where(schema.proofs.c.athlete == athlete))
