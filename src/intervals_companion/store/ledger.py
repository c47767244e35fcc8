"""The ledger: what both sides agreed on, what was done in which run, what is held, and what is about to be done.

Its rows are plain values; what they mean for the next step is decided in `sync`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from attrs import frozen
from sqlalchemy import Connection, Table, delete, func, literal, select, union_all

from intervals_companion.domain.activity import WORKOUT_FIELD
from intervals_companion.domain.choices import Choice, without_kept
from intervals_companion.domain.wellness import Base, Origin, Value
from intervals_companion.store import row_checks, schema, sqlite

Field = tuple[date, str]


def _columns(value: Value) -> dict[str, Any]:
    return {"number": None, "word": value} if isinstance(value, str) else {"number": float(value), "word": None}


def _value(number: float | None, word: str | None) -> Value:
    if word is not None:
        return word
    assert number is not None
    return number


RUNNING = "running"
"""`state` of a run that was begun and not finished."""

# --- runs ------------------------------------------------------------------------------------------------------------


def begin_run(connection: Connection, athlete: int, now: int) -> int:
    """The number of a new run. One that was cut short keeps its state, until somebody finishes it."""
    last = connection.execute(select(func.max(schema.runs.c.run)).where(schema.runs.c.athlete == athlete)).scalar()
    run = int(last or 0) + 1
    sqlite.upsert(connection, schema.runs, [{"athlete": athlete, "run": run, "started": now, "state": RUNNING}])
    return run


def put_account(connection: Connection, athlete: int, run: int, account: Mapping[str, Any]) -> None:
    """account: what came of it so far, in numbers. It is read once the run is finished."""
    _change_run(connection, athlete, run, account=json.dumps(account))


def finish_run(
    connection: Connection, athlete: int, run: int, now: int | None, state: str, account: Mapping[str, Any]
) -> None:
    """state: `done`, or `stopped` when something ended it early. now: ms; None where nobody knows when it ended."""
    _change_run(connection, athlete, run, finished=now, state=state, account=json.dumps(account))


def _change_run(connection: Connection, athlete: int, run: int, **values: Any) -> None:
    table = schema.runs
    query = select(table).where(table.c.athlete == athlete, table.c.run == run)
    found = row_checks.proven(connection, table, query)
    sqlite.upsert(connection, table, [{**row._mapping, **values} for row in found])


# --- the base --------------------------------------------------------------------------------------------------------


def bases(connection: Connection, athlete: int, first: date, last: date) -> dict[Field, Base]:
    table = schema.bases
    query = select(table).where(table.c.athlete == athlete, table.c.day.between(first, last))
    return {
        (date.fromisoformat(day), name): Base(_value(number, word), Origin(origin))
        for _, day, name, number, word, origin, _, _ in row_checks.proven(connection, table, query)
    }


def first_sent(connection: Connection, athlete: int) -> date | None:
    """The first day of which a value that we sent is agreed on."""
    table = schema.bases
    query = select(func.min(table.c.day)).where(table.c.athlete == athlete, table.c.origin == Origin.SENT)
    return connection.execute(query).scalar()


def agreed_outside(connection: Connection, athlete: int, first: date, last: date) -> bool:
    """Whether anything was ever agreed on outside these days."""
    table = schema.bases
    outside = select(table.c.day).where(table.c.athlete == athlete, ~table.c.day.between(first, last)).limit(1)
    return connection.execute(outside).first() is not None


def put_bases(connection: Connection, athlete: int, run: int, agreed: Mapping[Field, Base]) -> None:
    rows = [
        {"athlete": athlete, "day": day, "field": name, **_columns(base.value), "origin": base.origin, "run": run}
        for (day, name), base in agreed.items()
    ]
    sqlite.upsert(connection, schema.bases, rows)


def forget_bases(connection: Connection, athlete: int, fields: Iterable[Field]) -> None:
    """Both sides are empty: nothing is agreed on any more."""
    table = schema.bases
    for day, name in fields:
        connection.execute(delete(table).where(table.c.athlete == athlete, table.c.day == day, table.c.field == name))


# --- about to be sent ------------------------------------------------------------------------------------------------


def put_pending_values(connection: Connection, athlete: int, run: int, values: Mapping[Field, Value]) -> None:
    """Written before sending: after a cut, a value found there is known to be ours."""
    rows = [
        {"athlete": athlete, "day": day, "field": name, **_columns(value), "run": run}
        for (day, name), value in values.items()
    ]
    sqlite.upsert(connection, schema.pending_values, rows)


def pending_values(connection: Connection, athlete: int) -> dict[Field, Value]:
    table = schema.pending_values
    query = select(table).where(table.c.athlete == athlete)
    rows = row_checks.proven(connection, table, query)
    return {(date.fromisoformat(row.day), row.field): _value(row.number, row.word) for row in rows}


def clear_pending_values(connection: Connection, athlete: int, fields: Iterable[Field]) -> None:
    table = schema.pending_values
    for day, name in fields:
        connection.execute(delete(table).where(table.c.athlete == athlete, table.c.day == day, table.c.field == name))


def sent_by(connection: Connection, athlete: int) -> dict[tuple[str, str], int]:
    """Which run wrote down what was about to be sent: (ISO day or workout id, field) -> run."""
    values, uploads = schema.pending_values, schema.pending_uploads
    found = row_checks.proven(connection, values, select(values).where(values.c.athlete == athlete))
    files = row_checks.proven(connection, uploads, select(uploads).where(uploads.c.athlete == athlete))
    return {(row.day, row.field): row.run for row in found} | {(row.workout, WORKOUT_FIELD): row.run for row in files}


@frozen
class PendingUpload:
    """A file that was, or was about to be, sent: repeated byte for byte until its fate is known."""

    workout: str
    sha256: bytes
    content: bytes
    """Hash of what the file was made of."""
    blocks: bytes
    """Hash over the blocks that held it."""
    file: bytes
    name: str


def put_pending_upload(connection: Connection, athlete: int, run: int, upload: PendingUpload) -> None:
    row = {
        "athlete": athlete, "workout": upload.workout, "sha256": upload.sha256, "content": upload.content,
        "blocks": upload.blocks, "file": upload.file, "name": upload.name, "run": run,
    }  # fmt: skip
    sqlite.upsert(connection, schema.pending_uploads, [row])


def pending_uploads(connection: Connection, athlete: int) -> dict[str, PendingUpload]:
    table = schema.pending_uploads
    rows = row_checks.proven(connection, table, select(table).where(table.c.athlete == athlete))
    return {
        row.workout: PendingUpload(row.workout, row.sha256, row.content, row.blocks, row.file, row.name) for row in rows
    }


def clear_pending_upload(connection: Connection, athlete: int, workout: str) -> None:
    table = schema.pending_uploads
    connection.execute(delete(table).where(table.c.athlete == athlete, table.c.workout == workout))


# --- links and tombstones --------------------------------------------------------------------------------------------


@frozen
class StoredLink:
    activity: str
    how: str
    content: bytes | None = None
    """Hash of what the uploaded file was made of; None for links we only found."""
    blocks: bytes | None = None
    """Hash over the blocks that held it then: while it stays, so does `content`."""


def links(connection: Connection, athlete: int) -> dict[str, StoredLink]:
    """Workout id -> link."""
    table = schema.links
    rows = row_checks.proven(connection, table, select(table).where(table.c.athlete == athlete))
    return {row.workout: StoredLink(row.activity, row.how, row.content, row.blocks) for row in rows}


def put_link(connection: Connection, athlete: int, run: int, workout: str, link: StoredLink) -> None:
    row = {
        "athlete": athlete, "workout": workout, "activity": link.activity, "how": link.how,
        "content": link.content, "blocks": link.blocks, "run": run,
    }  # fmt: skip
    sqlite.upsert(connection, schema.links, [row])


def tombstones(connection: Connection, athlete: int) -> frozenset[str]:
    table = schema.tombstones
    rows = row_checks.proven(connection, table, select(table).where(table.c.athlete == athlete))
    return frozenset(row.workout for row in rows)


def delete_link(connection: Connection, athlete: int, run: int, workout: str) -> None:
    """Deleted at Intervals.icu: never to come back by us."""
    row = {"athlete": athlete, "workout": workout, "side": "intervals", "run": run}
    sqlite.upsert(connection, schema.tombstones, [row])


# --- what the person took over, or left to Intervals.icu -------------------------------------------------------------


def taken_over(connection: Connection, athlete: int) -> frozenset[Choice]:
    return _chosen(connection, athlete, schema.taken_over)


def take_over(connection: Connection, athlete: int, chosen: Iterable[Choice]) -> None:
    chosen = list(chosen)
    _take_back(connection, athlete, schema.kept_theirs, chosen)
    _choose(connection, athlete, schema.taken_over, chosen)


def keep_theirs(connection: Connection, athlete: int, chosen: Iterable[Choice]) -> None:
    chosen = list(chosen)
    before = taken_over(connection, athlete)
    _take_back(connection, athlete, schema.taken_over, before - without_kept(before, chosen))
    _choose(connection, athlete, schema.kept_theirs, chosen)


def _chosen(connection: Connection, athlete: int, table: Table) -> frozenset[Choice]:
    query = select(table.c.field, table.c.day).where(table.c.athlete == athlete)
    return frozenset((name, date.fromisoformat(day) if day else None) for name, day in connection.execute(query))


def taken_over_and_kept(connection: Connection, athlete: int) -> tuple[frozenset[Choice], frozenset[Choice]]:
    """In one look: where the person chose Health's value, and where they chose to keep theirs."""
    tables = schema.taken_over, schema.kept_theirs
    query = union_all(
        *(
            select(literal(n), table.c.field, table.c.day).where(table.c.athlete == athlete)
            for n, table in enumerate(tables)
        )
    )
    found: tuple[set[Choice], set[Choice]] = set(), set()
    for number, name, day in connection.execute(query):
        found[number].add((name, date.fromisoformat(day) if day else None))
    return frozenset(found[0]), frozenset(found[1])


def _choose(connection: Connection, athlete: int, table: Table, chosen: Iterable[Choice]) -> None:
    rows = [{"athlete": athlete, "field": name, "day": day.isoformat() if day else ""} for name, day in chosen]
    sqlite.upsert(connection, table, rows)


def _take_back(connection: Connection, athlete: int, table: Table, chosen: Iterable[Choice]) -> None:
    """The later word counts: what is put into one table leaves the other."""
    for name, day in chosen:
        at = day.isoformat() if day else ""
        connection.execute(delete(table).where(table.c.athlete == athlete, table.c.field == name, table.c.day == at))


# --- the zone of what was sent ---------------------------------------------------------------------------------------


def sent_zone(connection: Connection, athlete: int) -> str | None:
    """In which zone the days were days that were sent last; None before anything was."""
    table = schema.sent_zones
    return connection.execute(select(table.c.zone).where(table.c.athlete == athlete)).scalar()


def put_sent_zone(connection: Connection, athlete: int, zone: str) -> None:
    sqlite.upsert(connection, schema.sent_zones, [{"athlete": athlete, "zone": zone}])


# --- what a person sees ----------------------------------------------------------------------------------------------


class Receipt(NamedTuple):
    """The proof that something happened. item: an ISO day or a workout id."""

    item: str
    field: str
    value: str | None
    was: str | None
    receipt: str


def put_receipts(connection: Connection, athlete: int, run: int, receipts: Sequence[Receipt]) -> None:
    rows = [{"athlete": athlete, "run": run, **receipt._asdict()} for receipt in receipts]
    sqlite.upsert(connection, schema.receipts, rows)


class HeldItem(NamedTuple):
    """Something deliberately not done. item: an ISO day or a workout id."""

    item: str
    field: str
    reason: str
    ours: str | None
    theirs: str | None


def held_item(row: Any) -> HeldItem:
    """Of a whole row of what is held, or was."""
    return HeldItem(row.item, row.field, row.reason, row.ours, row.theirs)


def held(connection: Connection, athlete: int) -> list[HeldItem]:
    table = schema.held
    rows = row_checks.proven(connection, table, select(table).where(table.c.athlete == athlete))
    return [held_item(row) for row in rows]


def replace_held(
    connection: Connection, athlete: int, run: int, items: Sequence[HeldItem], first: date, last: date
) -> None:
    """Makes `items` what is held within a range of days and among all workouts; what stays held keeps its first run.

    What is not held any more goes to `held_before`, so that an earlier run can still be told whole.
    """
    keys = {(item.item, item.field, item.reason) for item in items}
    low, high = first.isoformat(), last.isoformat()
    since: dict[tuple[str, ...], int] = {}
    gone: list[dict[str, Any]] = []
    query = select(schema.held).where(schema.held.c.athlete == athlete)
    for row in row_checks.proven(connection, schema.held, query):
        key = row.item, row.field, row.reason
        since[key] = row.since
        within = row.field == WORKOUT_FIELD or low <= row.item <= high
        if within and key not in keys:
            gone.append({**row._mapping, "until": run})
    sqlite.upsert(connection, schema.held_before, gone)
    for one in gone:
        _delete_held(connection, athlete, one)
    rows = [{"athlete": athlete, **item._asdict(), "since": since.get(item[:3], run)} for item in items]
    sqlite.upsert(connection, schema.held, rows)


def _delete_held(connection: Connection, athlete: int, one: Mapping[str, Any]) -> None:
    table = schema.held
    connection.execute(
        delete(table).where(
            table.c.athlete == athlete,
            table.c.item == one["item"],
            table.c.field == one["field"],
            table.c.reason == one["reason"],
        )
    )
