"""What is borrowed from other athletes: who they are, what they did, and what was read of one activity or athlete.

Nothing here is ours: it is dropped when it is old, when it is not shared any more, and at every logout.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from attrs import asdict, evolve
from sqlalchemy import Connection, Table, and_, delete, func, select, update

from intervals_companion.domain.social import Chat, FeedStatus, Followed, FollowedAthlete, Week
from intervals_companion.store import schema, sqlite

Record = Mapping[str, Any]
"""An activity as Intervals.icu wrote it: unchecked, to be read by `intervals/activity_record.py`."""

_OF_OTHERS: tuple[Table, ...] = (
    schema.others, schema.others_activities, schema.borrowed, schema.chats, schema.opened, schema.outbox,
)  # fmt: skip


def status(connection: Connection, athlete: int) -> FeedStatus | None:
    table = schema.looks
    row = connection.execute(select(table).where(table.c.athlete == athlete)).one_or_none()
    if row is None:
        return None
    trouble = None if row.trouble is None else tuple(json.loads(row.trouble))
    return FeedStatus(row.asked, row.caught_up, row.done, row.total, trouble)


def put_status(connection: Connection, athlete: int, status: FeedStatus) -> None:
    row = {
        **asdict(status),
        "athlete": athlete,
        "trouble": None if status.trouble is None else json.dumps(status.trouble),
    }
    sqlite.upsert(connection, schema.looks, [row])


def put_progress(connection: Connection, athlete: int, done: int, total: int, caught_up: int) -> None:
    """How far a reading is. `caught_up` counts where nobody has ever looked before."""
    known = status(connection, athlete) or FeedStatus(0, caught_up)
    put_status(connection, athlete, evolve(known, done=done, total=total, trouble=None))


# --- who -------------------------------------------------------------------------------------------------------------


def followed_athletes(connection: Connection, athlete: int) -> list[FollowedAthlete]:
    """By name."""
    table = schema.others
    rows = connection.execute(select(table).where(table.c.athlete == athlete).order_by(table.c.name, table.c.other))
    return [
        FollowedAthlete(
            row.other, row.name, row.coached, row.shared, weeks_of(row.other, row.weeks),
            None if row.read_weeks is None else weeks_of(row.other, row.read_weeks), row.since, row.read,
        )
        for row in rows
    ]  # fmt: skip


def put_followed_athletes(
    connection: Connection, athlete: int, followed: Iterable[Followed], weeks: Sequence[Week]
) -> None:
    """Makes these all there are. Of everybody else nothing stays."""
    known = {one.id: one for one in followed_athletes(connection, athlete)}
    present = {one.id: one for one in followed}
    for gone in known.keys() - present.keys():
        delete_athlete(connection, athlete, gone)
    rows = [
        {
            "athlete": athlete, "other": one.id, "name": one.name, "coached": one.coached,
            "shared": one.id not in known or known[one.id].shared,
            "weeks": weeks_written(week for week in weeks if week.athlete == one.id),
        }
        for one in present.values()
    ]  # fmt: skip
    sqlite.upsert(connection, schema.others, rows)


def is_known(connection: Connection, athlete: int, other: str) -> bool:
    table = schema.others
    query = select(table.c.other).where(table.c.athlete == athlete, table.c.other == other)
    return connection.execute(query).scalar() is not None


def delete_athlete(connection: Connection, athlete: int, other: str) -> None:
    """Everything of one other athlete."""
    for table in _OF_OTHERS:
        connection.execute(delete(table).where(table.c.athlete == athlete, table.c.other == other))


_WEEK = ("first", "count", "seconds", "metres", "load", "fitness", "fatigue", "form")


def weeks_written(weeks: Iterable[Week]) -> str:
    return json.dumps([[getattr(week, name) for name in _WEEK] for week in weeks], default=str)


def weeks_of(other: str, text: str) -> tuple[Week, ...]:
    return tuple(Week(other, date.fromisoformat(first), *rest) for first, *rest in json.loads(text))


# --- what they did ---------------------------------------------------------------------------------------------------


def put_activities(
    connection: Connection, athlete: int, other: FollowedAthlete, first: date, last: date,
    records: Mapping[str, tuple[date, Record]],
) -> None:  # fmt: skip
    """Makes `records` (id -> local day and record) all that is known of what they did in these days: nothing, where
    they were dropped while it was read.
    """
    if not is_known(connection, athlete, other.id):
        return
    table = schema.others_activities
    theirs = (table.c.athlete == athlete, table.c.other == other.id)
    connection.execute(delete(table).where(*theirs, table.c.day.between(first, last)))
    rows = [
        {"athlete": athlete, "activity": name, "other": other.id, "day": day, "record": json.dumps(record)}
        for name, (day, record) in records.items()
    ]
    sqlite.upsert(connection, table, rows)
    since = first if other.since is None else min(first, other.since)
    _note(connection, athlete, other, since=since, shared=True)


def put_read(connection: Connection, athlete: int, other: FollowedAthlete, read: int) -> None:
    """Their newest activities are known as these weeks sum them up."""
    _note(connection, athlete, other, read=read, read_weeks=weeks_written(other.weeks))


def _note(connection: Connection, athlete: int, other: FollowedAthlete, **columns: object) -> None:
    table = schema.others
    query = update(table).where(table.c.athlete == athlete, table.c.other == other.id)
    connection.execute(query.values(**columns))


def put_hidden(connection: Connection, athlete: int, name: str, record: Record) -> None:
    """One activity of theirs shows no more than this from now on: what was read of it goes."""
    did, bodies = schema.others_activities, schema.borrowed
    theirs = (did.c.athlete == athlete, did.c.activity == name)
    connection.execute(update(did).where(*theirs).values(record=json.dumps(record)))
    connection.execute(delete(bodies).where(bodies.c.athlete == athlete, bodies.c.item == name))


def put_not_shared(connection: Connection, athlete: int, other: FollowedAthlete, first: date, read: int) -> None:
    """They are still there, and nothing of theirs may be read: what was read goes."""
    if not is_known(connection, athlete, other.id):
        return
    delete_athlete(connection, athlete, other.id)
    row = {
        "athlete": athlete, "other": other.id, "name": other.name, "coached": other.coached, "shared": False,
        "weeks": weeks_written(other.weeks), "read_weeks": weeks_written(other.weeks), "since": first, "read": read,
    }  # fmt: skip
    sqlite.upsert(connection, schema.others, [row])


def known_since(connection: Connection, athlete: int) -> date | None:
    """From which day on the activities of everybody who shares them are known; None where nobody's are."""
    table = schema.others
    sharing = (table.c.athlete == athlete, table.c.shared)
    return connection.execute(select(func.max(table.c.since)).where(*sharing)).scalar()


class FriendRecord(NamedTuple):
    other: str
    record: Record


def activities(connection: Connection, athlete: int, first: date, last: date) -> list[FriendRecord]:
    """Of everybody, in these days."""
    table = schema.others_activities
    rows = connection.execute(
        select(table.c.other, table.c.record)
        .where(table.c.athlete == athlete, table.c.day.between(first, last))
    )  # fmt: skip
    return [FriendRecord(row.other, json.loads(row.record)) for row in rows]


def first_day(connection: Connection, athlete: int) -> date | None:
    """Of all activities that are kept."""
    table = schema.others_activities
    return connection.execute(select(func.min(table.c.day)).where(table.c.athlete == athlete)).scalar()


def owners(connection: Connection, athlete: int) -> dict[str, str]:
    """Activity -> whose it is."""
    table = schema.others_activities
    rows = connection.execute(select(table.c.activity, table.c.other).where(table.c.athlete == athlete))
    return {row.activity: row.other for row in rows}


def activity(connection: Connection, athlete: int, name: str) -> FriendRecord | None:
    table = schema.others_activities
    row = connection.execute(
        select(table.c.other, table.c.record).where(table.c.athlete == athlete, table.c.activity == name)
    ).one_or_none()
    return None if row is None else FriendRecord(row.other, json.loads(row.record))


# --- what was read of one thing --------------------------------------------------------------------------------------

DETAIL, SHAPE, COMMENTS, PROFILE = "detail", "shape", "comments", "profile"


class Borrowed(NamedTuple):
    body: Any
    other: str
    read: int


def save(connection: Connection, athlete: int, kind: str, item: str, other: str, body: object, read: int) -> None:
    packed = zlib.compress(json.dumps(body, separators=(",", ":")).encode(), 6)
    row = {"athlete": athlete, "kind": kind, "item": item, "other": other, "body": packed, "read": read}
    sqlite.upsert(connection, schema.borrowed, [row])


def saved(connection: Connection, athlete: int, kind: str, item: str) -> Borrowed | None:
    return saved_of(connection, athlete, kind, [item]).get(item)


def saved_of(connection: Connection, athlete: int, kind: str, items: Collection[str]) -> dict[str, Borrowed]:
    table = schema.borrowed
    rows = connection.execute(
        select(table).where(table.c.athlete == athlete, table.c.kind == kind, table.c.item.in_(items))
    )
    return {row.item: Borrowed(json.loads(zlib.decompress(row.body)), row.other, row.read) for row in rows}


def invalidate(connection: Connection, athlete: int, kind: str, item: str) -> None:
    """It has changed there: it is read again when somebody looks."""
    table = schema.borrowed
    connection.execute(
        delete(table).where(table.c.athlete == athlete, table.c.kind == kind, table.c.item == item)
    )  # fmt: skip


def delete_old(connection: Connection, athlete: int, before: int) -> None:
    """What was read before that instant (ms)."""
    bodies, known, did = schema.borrowed, schema.others, schema.others_activities
    connection.execute(delete(bodies).where(bodies.c.athlete == athlete, bodies.c.read < before))
    old = and_(known.c.athlete == athlete, known.c.read < before)
    names = select(known.c.other).where(old)
    connection.execute(delete(did).where(did.c.athlete == athlete, did.c.other.in_(names)))
    connection.execute(update(known).where(old).values(since=None, read=None, read_weeks=None))
    opened = schema.opened
    connection.execute(delete(opened).where(opened.c.athlete == athlete, opened.c.at < before - _REMEMBERED))


_REMEMBERED = 60 * 86_400_000
"""ms for which it is known that an activity was opened."""

# --- chats, and what was opened --------------------------------------------------------------------------------------


def put_chats(connection: Connection, athlete: int, chats: Iterable[tuple[Chat, str]]) -> None:
    """Makes these the chats with something new, each with whose activity it is about ("" for one's own); of the rest it
    stays known which chat it is.
    """
    table = schema.chats
    connection.execute(update(table).where(table.c.athlete == athlete).values(new=0))
    for chat, other in chats:
        put_chat(connection, athlete, chat, other)


def put_chat(connection: Connection, athlete: int, chat: Chat, other: str) -> None:
    row = {"athlete": athlete, "activity": chat.activity, "other": other, "chat": chat.id, "new": chat.new}
    sqlite.upsert(connection, schema.chats, [row])


def chats(connection: Connection, athlete: int) -> dict[str, Chat]:
    """By activity."""
    table = schema.chats
    rows = connection.execute(select(table).where(table.c.athlete == athlete))
    return {row.activity: Chat(row.chat, row.activity, row.new) for row in rows}


def put_opened(connection: Connection, athlete: int, activity: str, other: str, at: int) -> None:
    row = {"athlete": athlete, "activity": activity, "other": other, "at": at}
    sqlite.upsert(connection, schema.opened, [row])


def opened(connection: Connection, athlete: int) -> frozenset[str]:
    table = schema.opened
    return frozenset(connection.execute(select(table.c.activity).where(table.c.athlete == athlete)).scalars())
