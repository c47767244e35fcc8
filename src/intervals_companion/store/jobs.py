"""Work under way, as rows that any process can read: what it was asked, how far it is, what came of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from attrs import frozen
from sqlalchemy import Connection, Select, delete, select, update

from intervals_companion.store import schema, sqlite

SYNC, PLAN, IMPORT = "sync", "plan", "import"
WAITING, RUNNING, DONE, FAILED, STOPPED = "waiting", "running", "done", "failed", "stopped"
UNFINISHED = (WAITING, RUNNING)
MOST_KEPT = 200
"""Older jobs are forgotten; what they did stays in the ledger."""


@frozen
class Job:
    id: str
    kind: str
    """SYNC | PLAN | IMPORT"""
    state: str
    """waiting | running | done | failed | stopped"""
    stage: str
    """The name of a `domain/stages.py` Stage; earlier versions wrote words."""
    done: int
    total: int
    account: Mapping[str, Any]
    """`asked`, `steps` (stage, done, total, began in ms) and, at the end, `result` and `error`."""
    made: int
    """ms"""
    changed: int
    """ms"""
    cancel: bool = False

    @property
    def unfinished(self) -> bool:
        return self.state in UNFINISHED

    @property
    def result(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.account.get("result") or {}
        return found

    @property
    def error(self) -> Mapping[str, Any] | None:
        found: Mapping[str, Any] | None = self.account.get("error")
        return found


def put(connection: Connection, athlete: int, job: Job) -> None:
    """Adds or replaces a job; whether it is to be cancelled is for `ask_to_stop` alone to say."""
    row = {
        "athlete": athlete, "job": job.id, "kind": job.kind, "state": job.state, "stage": job.stage, "done": job.done,
        "total": job.total, "account": json.dumps(job.account), "made": job.made, "changed": job.changed,
    }  # fmt: skip
    table = schema.jobs
    known = connection.execute(
        update(table).where(table.c.athlete == athlete, table.c.job == job.id).values(**row)
    ).rowcount
    if not known:
        sqlite.upsert(connection, table, [{**row, "cancel": job.cancel}])
        _forget_old(connection, athlete)


def _forget_old(connection: Connection, athlete: int) -> None:
    table = schema.jobs
    oldest = _jobs(athlete).with_only_columns(table.c.job).offset(MOST_KEPT)
    old = list(connection.execute(oldest).scalars())
    connection.execute(delete(table).where(table.c.athlete == athlete, table.c.job.in_(old)))


def find(connection: Connection, athlete: int, name: str) -> Job | None:
    row = connection.execute(_jobs(athlete).where(schema.jobs.c.job == name)).one_or_none()
    return None if row is None else _job(row)


def unfinished(connection: Connection, athlete: int) -> list[Job]:
    """Newest first."""
    query = _jobs(athlete).where(schema.jobs.c.state.in_(UNFINISHED))
    return [_job(row) for row in connection.execute(query)]


def latest(connection: Connection, athlete: int, kind: str) -> Job | None:
    row = connection.execute(_jobs(athlete).where(schema.jobs.c.kind == kind).limit(1)).one_or_none()
    return None if row is None else _job(row)


def ask_to_stop(connection: Connection, athlete: int, name: str) -> None:
    table = schema.jobs
    connection.execute(
        update(table)
        .where(table.c.athlete == athlete, table.c.job == name, table.c.state.in_(UNFINISHED))
        .values(cancel=True)
    )


def ask_all_to_stop(connection: Connection, athlete: int, *kinds: str) -> None:
    table = schema.jobs
    connection.execute(
        update(table)
        .where(table.c.athlete == athlete, table.c.kind.in_(kinds), table.c.state.in_(UNFINISHED))
        .values(cancel=True)
    )


def _jobs(athlete: int) -> Select[Any]:
    table = schema.jobs
    return select(table).where(table.c.athlete == athlete).order_by(table.c.made.desc(), table.c.job.desc())


def _job(row: Any) -> Job:
    return Job(
        row.job, row.kind, row.state, row.stage, row.done, row.total, json.loads(row.account), row.made, row.changed,
        row.cancel,
    )  # fmt: skip
