"""Every run, as a person looks it up later: when, what came of it, and each item with its receipt or its reason."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, Table, delete, func, or_, select

from intervals_companion.domain.activity import WORKOUT_FIELD
from intervals_companion.store import row_checks, schema, sqlite
from intervals_companion.store.ledger import RUNNING, HeldItem, Receipt, held_item


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
    return [_run(row) for row in row_checks.proven(connection, schema.runs, query)]


def find(connection: Connection, athlete: int, number: int) -> Run | None:
    found = row_checks.proven(connection, schema.runs, _runs(athlete).where(schema.runs.c.run == number))
    return _run(found[0]) if found else None


def _runs(athlete: int) -> Select[Any]:
    return select(schema.runs).where(schema.runs.c.athlete == athlete)


def _run(row: Any) -> Run:
    told = row.account and row.state != RUNNING
    return Run(row.run, row.started, row.finished, row.state, json.loads(row.account) if told else {})


def planned(connection: Connection, athlete: int, run: int) -> Mapping[str, Any]:
    """What a run that has not finished had planned; empty where nobody knows."""
    return still_open(connection, athlete).get(run, {})


def still_open(connection: Connection, athlete: int) -> dict[int, Mapping[str, Any]]:
    """Runs that were begun and not finished, oldest first: number -> what they had planned, as far as it is known."""
    query = _runs(athlete).where(schema.runs.c.state == RUNNING).order_by(schema.runs.c.run)
    rows = row_checks.proven(connection, schema.runs, query)
    return {row.run: json.loads(row.account) if row.account else {} for row in rows}


def put_failures(connection: Connection, athlete: int, run: int, failures: Iterable[Failure]) -> None:
    sqlite.upsert(
        connection, schema.failures, [{"athlete": athlete, "run": run, **failure._asdict()} for failure in failures]
    )


def forget_failure(connection: Connection, athlete: int, run: int, item: str, field: str) -> int:
    """Where it turned out to be none; how many there were, 0 or 1."""
    table = schema.failures
    where = table.c.athlete == athlete, table.c.run == run, table.c.item == item, table.c.field == field
    return connection.execute(delete(table).where(*where)).rowcount


def failures(connection: Connection, athlete: int, run: int) -> list[Failure]:
    table = schema.failures
    query = select(table).where(table.c.athlete == athlete, table.c.run == run)
    rows = row_checks.proven(connection, table, query.order_by(table.c.item.desc(), table.c.field))
    return [Failure(row.item, row.field, row.cause, row.cure) for row in rows]


def receipts(connection: Connection, athlete: int, run: int, start: int, most: int) -> list[Receipt]:
    """A page of what that run sent, newest first."""
    table = schema.receipts
    query = (
        select(table).where(table.c.athlete == athlete, table.c.run == run).order_by(table.c.item.desc(), table.c.field)
    )
    rows = row_checks.proven(connection, table, query.offset(start).limit(most))
    return [Receipt(row.item, row.field, row.value, row.was, row.receipt) for row in rows]


def every_receipt(connection: Connection, athlete: int, run: int) -> list[Receipt]:
    return receipts(connection, athlete, run, 0, count_receipts(connection, athlete, run))


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
    found = Counter((one.reason, one.field) for one in _held(connection, athlete, run, first, last))
    return [HeldCount(reason, field, number) for (reason, field), number in found.items()]


def held(
    connection: Connection, athlete: int, run: int, first: date, last: date, reason: str, start: int, most: int
) -> list[HeldItem]:
    """A page of what that run held for one reason, newest first."""
    found = [one for one in _held(connection, athlete, run, first, last) if one.reason == reason]
    found.sort(key=lambda one: one.field)
    found.sort(key=lambda one: one.item, reverse=True)
    return found[start : start + most]


def _held(connection: Connection, athlete: int, run: int, first: date, last: date) -> list[HeldItem]:
    """From what is held now and what was held then, each over the runs that held it."""
    now, before = schema.held, schema.held_before
    queries = {
        now: _items(now, first, last).where(now.c.athlete == athlete, now.c.since <= run),
        before: _items(before, first, last).where(
            before.c.athlete == athlete, before.c.since <= run, before.c.until > run
        ),
    }
    return [held_item(row) for table, query in queries.items() for row in row_checks.proven(connection, table, query)]


def _items(table: Table, first: date, last: date) -> Select[Any]:
    """A workout's id is no day."""
    within = table.c.item.between(first.isoformat(), last.isoformat())
    return select(table).where(or_(table.c.field == WORKOUT_FIELD, within))
