"""Comments on their way: written down before they are sent, so that none is sent twice."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, String, cast, delete, literal, select, update

from intervals_companion.store import schema, sqlite

TAKEN, SENDING, SENT, UNKNOWN, NOT_SENT = "taken", "sending", "sent", "unknown", "not_sent"
"""taken: nothing has been sent yet. sending: it may have been. unknown: it was, and nobody answered."""


class Outgoing(NamedTuple):
    """A comment and what is known of it."""

    nonce: str
    activity: str
    other: str
    """Whose activity it is."""
    text: str
    """Empty once it is known what became of it."""
    after: int
    """The id of the last comment before it."""
    state: str
    comment: int | None
    """Its id, where it was sent."""
    made: int
    """When it was taken, then when sending began (ms)."""


def put(connection: Connection, athlete: int, one: Outgoing) -> None:
    sqlite.upsert(connection, schema.outbox, [{"athlete": athlete, **one._asdict()}])


def find(connection: Connection, athlete: int, nonce: str) -> Outgoing | None:
    table = schema.outbox
    row = connection.execute(select(table).where(table.c.athlete == athlete, table.c.nonce == nonce)).one_or_none()
    return None if row is None else Outgoing(*row[1:])


def of_activity(connection: Connection, athlete: int, activity: str) -> list[Outgoing]:
    """Oldest first."""
    table = schema.outbox
    rows = connection.execute(
        select(table).where(table.c.athlete == athlete, table.c.activity == activity).order_by(table.c.made)
    )
    return [Outgoing(*row[1:]) for row in rows]


def begin(connection: Connection, athlete: int, taken: Outgoing, after: int, now: int) -> Outgoing | None:
    """From now on it is being sent. None where that is somebody else's turn: it was dropped or taken over meanwhile, or
    the same words are on their way already.
    """
    if find(connection, athlete, taken.nonce) != taken:
        return None
    beside = [one for one in of_activity(connection, athlete, taken.activity) if one.nonce != taken.nonce]
    if any(one.state in (SENDING, UNKNOWN) and one.text == taken.text for one in beside):
        settle(connection, athlete, taken.nonce, NOT_SENT)
        return None
    ready = taken._replace(after=after, state=SENDING, made=now)
    put(connection, athlete, ready)
    return ready


def settle(connection: Connection, athlete: int, nonce: str, state: str, comment: int | None = None) -> None:
    """Notes what became of it. The text is kept only while that is not known. Nothing undoes that it was sent."""
    table = schema.outbox
    known = {} if state == UNKNOWN else {"text": ""}
    connection.execute(
        update(table)
        .where(table.c.athlete == athlete, table.c.nonce == nonce, table.c.state != SENT)
        .values(state=state, comment=comment, **known)
    )


def give_up(connection: Connection, athlete: int, nonce: str) -> None:
    """One of which nothing was sent yet: the same nonce may be used again."""
    table = schema.outbox
    connection.execute(
        update(table)
        .where(table.c.athlete == athlete, table.c.nonce == nonce, table.c.state == TAKEN)
        .values(state=NOT_SENT, text="")
    )


def release_nonce(connection: Connection, athlete: int, nonce: str) -> None:
    """Keeps one that was sent under another nonce, so that this one is free."""
    table = schema.outbox
    connection.execute(
        update(table)
        .where(table.c.athlete == athlete, table.c.nonce == nonce, table.c.state == SENT)
        .values(nonce=literal(f"{nonce}-") + cast(table.c.comment, String))
    )


def delete_old(connection: Connection, athlete: int, before: int) -> None:
    table = schema.outbox
    connection.execute(delete(table).where(table.c.athlete == athlete, table.c.made < before))
