"""Every run, as a person looks it up later: when, what came of it, and each item with its receipt or its reason."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, Connection, Select, Table, func, or_, select, union_all

from intervals_companion.domain.activity import WORKOUT_FIELD
from intervals_companion.store import schema, sqlite
from intervals_companion.store.ledger import RUNNING, HeldItem, Receipt


class Run(NamedTuple):
    run: int
    started: int
    """ms"""
    finished: int | None
    """ms; None while it runs, and for one that was cut off."""
    state: str
    """running | done | stopped"""
    account: Mapping[str, Any]
    """What came of it, in numbers (`sync/run_summary.py`); empty while it runs."""


class Failure(NamedTuple):
    """Something that was to be done and was not. item: an ISO day or a workout id."""

    item: str
    field: str
    cause: str
    cure: str


def latest(connection: Connection, athlete: int, most: int) -> list[Run]:
    """Newest first."""
    query = _runs(athlete).order_by(schema.runs.c.run.desc()).limit(most)
    return [_run(row) for row in connection.execute(query)]


def find(connection: Connection, athlete: int, number: int) -> Run | None:
    row = connection.execute(_runs(athlete).where(schema.runs.c.run == number)).one_or_none()
    return None if row is None else _run(row)


def _runs(athlete: int) -> Select[Any]:
    table = schema.runs
    return select(table.c.run, table.c.started, table.c.finished, table.c.state, table.c.account).where(
        table.c.athlete == athlete
    )


def _run(row: Any) -> Run:
    told = row.account and row.state != RUNNING
    return Run(row.run, row.started, row.finished, row.state, json.loads(row.account) if told else {})


def still_open(connection: Connection, athlete: int) -> dict[int, Mapping[str, Any]]:
    """Runs that were begun and not finished, oldest first: number -> what they had planned, as far as it is known."""
    rows = connection.execute(_runs(athlete).where(schema.runs.c.state == RUNNING).order_by(schema.runs.c.run))
    return {row.run: json.loads(row.account) if row.account else {} for row in rows}


def put_failures(connection: Connection, athlete: int, run: int, failures: Iterable[Failure]) -> None:
    sqlite.upsert(
        connection, schema.failures, [{"athlete": athlete, "run": run, **failure._asdict()} for failure in failures]
    )


def failures(connection: Connection, athlete: int, run: int) -> list[Failure]:
    table = schema.failures
    query = select(table.c.item, table.c.field, table.c.cause, table.c.cure).where(
        table.c.athlete == athlete, table.c.run == run
    )
    return [Failure(*row) for row in connection.execute(query.order_by(table.c.item.desc(), table.c.field))]


def receipts(connection: Connection, athlete: int, run: int, start: int, most: int) -> list[Receipt]:
    """A page of what that run sent, newest first."""
    table = schema.receipts
    query = (
        select(table.c.item, table.c.field, table.c.value, table.c.was, table.c.receipt)
        .where(table.c.athlete == athlete, table.c.run == run)
        .order_by(table.c.item.desc(), table.c.field)
    )
    return [Receipt(*row) for row in connection.execute(query.offset(start).limit(most))]


def count_receipts(connection: Connection, athlete: int, run: int) -> int:
    table = schema.receipts
    query = select(func.count()).where(table.c.athlete == athlete, table.c.run == run)
    return int(connection.execute(query).scalar_one())


class HeldCount(NamedTuple):
    reason: str
    field: str
    number: int


def held_counts(connection: Connection, athlete: int, run: int, first: date, last: date) -> list[HeldCount]:
    """What that run held, which looked at the days from first to last and at every workout: how often what."""
    found = _held(athlete, run, first, last).subquery()
    query = select(found.c.reason, found.c.field, func.count()).group_by(found.c.reason, found.c.field)
    return [HeldCount(*row) for row in connection.execute(query)]


def held(
    connection: Connection, athlete: int, run: int, first: date, last: date, reason: str, start: int, most: int
) -> list[HeldItem]:
    """A page of what that run held for one reason, newest first."""
    found = _held(athlete, run, first, last).subquery()
    query = select(found).where(found.c.reason == reason).order_by(found.c.item.desc(), found.c.field)
    return [HeldItem(*row) for row in connection.execute(query.offset(start).limit(most))]


def _held(athlete: int, run: int, first: date, last: date) -> CompoundSelect[Any]:
    """From what is held now and what was held then, each over the runs that held it."""
    now, before = schema.held, schema.held_before
    return union_all(
        _items(now, first, last).where(now.c.athlete == athlete, now.c.since <= run),
        _items(before, first, last).where(before.c.athlete == athlete, before.c.since <= run, before.c.until > run),
    )


def _items(table: Table, first: date, last: date) -> Select[Any]:
    """The columns of a HeldItem; a workout's id is no day."""
    within = table.c.item.between(first.isoformat(), last.isoformat())
    columns = (table.c.item, table.c.field, table.c.reason, table.c.ours, table.c.theirs)
    return select(*columns).where(or_(table.c.field == WORKOUT_FIELD, within))
