"""Receipts for what an earlier run sent and could not see arrive: it was cut off, stopped, or got no answer.

Whoever finds it arrived gives the receipt to the run that sent it, and that run's account follows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from intervals_companion.domain.activity import WORKOUT_FIELD
from intervals_companion.domain.wellness import Base, Origin, Value
from intervals_companion.store import ledger, runs
from intervals_companion.store.ledger import Field, PendingUpload, Receipt, StoredLink
from intervals_companion.sync import run_summary
from intervals_companion.sync.run_summary import RunSummary
from intervals_companion.sync.task import Item, text


def settle(
    connection: Connection,
    athlete: int,
    sent_by: Mapping[Item, int],
    values: Mapping[Field, Value],
    uploads: Iterable[tuple[PendingUpload, str]],
) -> None:
    """`sent_by`: the run that wrote down each; values: what is stored at Intervals.icu by now; uploads: the files whose
    activity is listed by now, and which it is. To be called before the runs that were cut off are closed.
    """
    found: defaultdict[int, list[Receipt]] = defaultdict(list)
    for (day, name), value in values.items():
        run = sent_by[day.isoformat(), name]
        ledger.put_bases(connection, athlete, run, {(day, name): Base(value, Origin.SENT)})
        found[run].append(Receipt(day.isoformat(), name, text(value), None, "read back"))
    for upload, activity in uploads:
        run = sent_by[upload.workout, WORKOUT_FIELD]
        link = StoredLink(activity, "uploaded", upload.content, upload.blocks)
        ledger.put_link(connection, athlete, run, upload.workout, link)
        found[run].append(Receipt(upload.workout, WORKOUT_FIELD, activity, None, "listed"))
    for run, receipts in found.items():
        _give(connection, athlete, run, receipts)


def _give(connection: Connection, athlete: int, number: int, receipts: list[Receipt]) -> None:
    ledger.put_receipts(connection, athlete, number, receipts)
    no_failures = sum(runs.forget_failure(connection, athlete, number, one.item, one.field) for one in receipts)
    run = runs.find(connection, athlete, number)
    if run is not None and run.state != ledger.RUNNING and run.account:
        known = RunSummary.from_json(run.account)
        account = run_summary.arrived_late(known, runs.every_receipt(connection, athlete, number), no_failures)
        ledger.put_account(connection, athlete, number, account.as_json())
