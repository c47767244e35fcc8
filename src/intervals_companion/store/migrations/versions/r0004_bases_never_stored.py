"""Takes back what was believed of values that Intervals.icu never stored.

Until now a weight or a resting heart rate that Intervals.icu fills in from the athlete's settings (`tempWeight`,
`tempRestingHR`) counted as read back after a write that failed. The base says *sent*, the day shows no value of its
own, and every later sync holds the field as cleared by the athlete.

An athlete who really clears a value leaves the same base, and the settings fill the day in again. What tells them
apart is whether anything ever saw the value stored. A base is taken back when the day last showed no value of its own
and

1. the base and the look that showed this are of the same run: what it believed is what it saw; or
2. no later run found both sides agreed, and the run that wrote the receipt is known to have failed with that day: other
   values of the day failed, or were held, in that run (a day is written whole or not at all), or the service ended the
   run while days were sent.

One case of 2 is not certain: a write without an answer that was carried out, and the value cleared before the next
sync looked. It is sent again all the same. That replaces nothing, because the day has no value of its own, and the
athlete who clears it again is believed; to leave it would lose the value for ever and say that the athlete had cleared
it. Where a later run found both sides agreed the value was stored, so it was the athlete who cleared it, and nothing is
touched; nor where nothing that is left says that a write failed. The service's time of the last change of a day would
tell more, but it is of another clock than the times of the runs.

The receipt becomes a failure of its run, whose numbers follow. The next sync sends the value again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_FLAGS = {"weight": "tempWeight", "restingHR": "tempRestingHR"}
_TAKEN = "Intervals.icu took the day%"
"""How a failure begins whose write was carried out: it says nothing of the day's other values."""
_SERVICE = 6
"""`exit_code` of an error that came from Intervals.icu."""
_CAUSE = "Intervals.icu filled this value in from the settings; the day itself did not store it."
_CURE = "The next sync sends it again."


class _Believed(NamedTuple):
    """A base of origin *sent*."""

    athlete: int
    day: str
    field: str
    run: int


def upgrade() -> None:
    connection = op.get_bind()
    for believed in list(_not_stored(connection)):
        if _of_one_run(connection, believed) or _failed_and_never_agreed(connection, believed):
            _take_back(connection, believed)


def _rows(connection: sa.Connection, query: str, about: _Believed, **more: Any) -> list[Any]:
    return list(connection.execute(sa.text(query), {**about._asdict(), **more}))


def _not_stored(connection: sa.Connection) -> Iterator[_Believed]:
    """Those whose day showed no value of its own when it was read last."""
    query = sa.text(
        "SELECT b.athlete, b.day, b.field, b.run, d.record, h.since FROM bases b "
        "LEFT JOIN theirs_days d ON d.athlete = b.athlete AND d.day = b.day "
        "LEFT JOIN held h ON h.athlete = b.athlete AND h.item = b.day AND h.field = b.field AND h.reason = 'cleared' "
        "WHERE b.origin = 'sent' AND b.field IN ('weight', 'restingHR')"
    )
    for athlete, day, field, run, text, held_since in connection.execute(query):
        record = json.loads(text) if text else None
        lost = held_since is not None if record is None else record.get(_FLAGS[field]) or record.get(field) is None
        if lost:
            yield _Believed(athlete, str(day), field, run)


def _of_one_run(connection: sa.Connection, one: _Believed) -> bool:
    held = (
        "SELECT 1 FROM held WHERE athlete = :athlete AND item = :day AND field = :field AND reason = 'cleared' "
        "AND since = :run"
    )
    seen = (
        "SELECT 1 FROM theirs_days d JOIN runs r ON r.athlete = d.athlete AND r.run = :run "
        "WHERE d.athlete = :athlete AND d.day = :day AND d.read BETWEEN r.started AND r.finished"
    )
    return bool(_rows(connection, held, one) or _rows(connection, seen, one))


def _failed_and_never_agreed(connection: sa.Connection, one: _Believed) -> bool:
    receipt = (
        "SELECT 1 FROM receipts WHERE athlete = :athlete AND run = :run AND item = :day AND field = :field "
        "AND receipt = 'read back' AND was IS NULL"
    )
    if not _rows(connection, receipt, one) or _agreed_later(connection, one):
        return False
    return _day_failed(connection, one) or _sending_failed(connection, one)


def _day_failed(connection: sa.Connection, one: _Believed) -> bool:
    failed = "SELECT 1 FROM failures WHERE athlete = :athlete AND run = :run AND item = :day AND cause NOT LIKE :taken"
    refused = (
        "SELECT 1 FROM {} WHERE athlete = :athlete AND item = :day AND since = :run "
        "AND reason IN ('no_permission', 'locked')"
    )
    return bool(
        _rows(connection, failed, one, taken=_TAKEN)
        or _rows(connection, refused.format("held"), one)
        or _rows(connection, refused.format("held_before"), one)
    )


def _sending_failed(connection: sa.Connection, one: _Believed) -> bool:
    """Whether the service ended the run before it came to the workouts, which go after the days."""
    error = _account(connection, one).get("error") or {}
    workouts = "SELECT 1 FROM {} WHERE athlete = :athlete AND run = :run AND field = 'workout' AND length(item) > 10"
    return error.get("exit_code") == _SERVICE and not (
        _rows(connection, workouts.format("receipts"), one) or _rows(connection, workouts.format("failures"), one)
    )


def _agreed_later(connection: sa.Connection, one: _Believed) -> bool:
    """Whether a run saw the value as stored: it looked at that day, came to its end, and did not hold the value."""
    query = "SELECT run, account FROM runs WHERE athlete = :athlete AND run > :run AND account IS NOT NULL"
    holding = (
        "SELECT since FROM {} WHERE athlete = :athlete AND item = :day AND field = :field AND reason = 'cleared' "
        "AND since > :run"
    )
    holds = [*_rows(connection, holding.format("held"), one), *_rows(connection, holding.format("held_before"), one)]
    since = min((run for (run,) in holds), default=None)
    return any(
        (since is None or run < since) and _looked_at(json.loads(account), one.day)
        for run, account in _rows(connection, query, one)
    )


def _looked_at(account: Mapping[str, Any], day: str) -> bool:
    """Whether that run compared the day. One that ended before it could has counted nothing."""
    counted = ("values", "workouts", "written", "linked", "agreed", "failed", "left")
    within = account.get("first", "") <= day <= account.get("last", "")
    return within and bool(account.get("held") or any(account.get(name) for name in counted))


def _account(connection: sa.Connection, one: _Believed) -> dict[str, Any]:
    ((text,),) = _rows(connection, "SELECT account FROM runs WHERE athlete = :athlete AND run = :run", one) or [(None,)]
    found: dict[str, Any] = json.loads(text) if text else {}
    return found


def _take_back(connection: sa.Connection, one: _Believed) -> None:
    _change(connection, "DELETE FROM bases WHERE athlete = :athlete AND day = :day AND field = :field", one)
    taken = _change(
        connection,
        "DELETE FROM receipts WHERE athlete = :athlete AND run = :run AND item = :day AND field = :field",
        one,
    )
    if not taken:
        return
    _change(
        connection,
        "INSERT INTO failures (athlete, run, item, field, cause, cure) "
        "VALUES (:athlete, :run, :day, :field, :cause, :cure)",
        one, cause=_CAUSE, cure=_CURE,
    )  # fmt: skip
    account = _account(connection, one)
    if not account:
        return
    days = "SELECT count(DISTINCT item) FROM receipts WHERE athlete = :athlete AND run = :run AND receipt = 'read back'"
    ((account["days"],),) = _rows(connection, days, one)
    account["values"] = account.get("values", 0) - 1
    account["failed"] = account.get("failed", 0) + 1
    text = json.dumps(account)
    _change(connection, "UPDATE runs SET account = :account WHERE athlete = :athlete AND run = :run", one, account=text)


def _change(connection: sa.Connection, statement: str, about: _Believed, **more: Any) -> int:
    return connection.execute(sa.text(statement), {**about._asdict(), **more}).rowcount
