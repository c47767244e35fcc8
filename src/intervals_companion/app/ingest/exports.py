"""An Apple Health export into the archive: read aside, judged as a whole, and only then what counts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path

from attrs import define, field, frozen

from intervals_companion.app.context import AppContext
from intervals_companion.app.ingest import imports
from intervals_companion.app.ingest.imports import Imported, Progress
from intervals_companion.domain.catalogue import short_type
from intervals_companion.domain.days import MS_PER_DAY
from intervals_companion.domain.errors import CompanionError, DamagedInput
from intervals_companion.domain.samples import ROUTE, WORKOUT
from intervals_companion.health.apple_export import AppleExport
from intervals_companion.health.port import Problem
from intervals_companion.journal import changes as journal_changes
from intervals_companion.journal import days as journal_days
from intervals_companion.store import completion, doubts
from intervals_companion.store import imports as store_imports
from intervals_companion.store.completion import Proposal
from intervals_companion.store.doubts import Layer
from intervals_companion.store.staging import Staging, is_dated
from intervals_companion.sync.task import Stopped

SLACK = MS_PER_DAY
"""By how much the date of a file may be off (ms)."""


class Answer(StrEnum):
    """What a person says of a file before it is read."""

    ASK = "ask"
    RIGHT = "right"
    """It is right, however much it retires."""
    SECOND_PHONE = "second phone"
    """It is of another phone of the same person: it retires nothing."""
    PARTIAL = "partial"
    """It holds a part only: it adds."""


class SuspiciousImport(CompanionError):
    """A file that would retire so much that it may be the wrong one: what is in doubt waits for an answer."""


@frozen
class Preview:
    """What an export would do."""

    new: Mapping[str, int]
    """Samples that would count and do not, by type."""
    retired: Mapping[str, int]
    """Samples that count and would no more, by type."""
    days: tuple[date, ...]
    """The days whose samples would change."""
    in_doubt: tuple[str, ...]
    """Types that would wait for an answer."""
    problems: tuple[Problem, ...]


def import_export(
    context: AppContext, path: Path, progress: Progress | None = None,
    should_stop: Callable[[], bool] = lambda: False, answer: Answer = Answer.ASK,
) -> Imported:  # fmt: skip
    """Reads an export into the archive. Raises UsageError and NotAnExport; damage on the way is in the result, and so
    is Stopped, where `should_stop` says so between two batches, and SuspiciousImport, where a part waits.
    """
    account = context.account()
    read = _read(context, account.athlete, path, progress, should_stop)
    result, staging, written = read.result, read.staging, read.written
    complete = read.complete and answer is not Answer.PARTIAL
    second = answer is Answer.SECOND_PHONE
    layer = _layer(context, account.athlete, staging, second)
    found = completion.proposal(context.store, account.athlete, staging, written, complete, layer.name)
    waits: set[str] = set()
    if complete and answer is Answer.ASK:
        waits = _in_doubt(context, account.athlete, read, found, layer)
    if found.retires:
        result.copied = context.store.copy_aside("retiring")
    done = completion.accept(
        context.store, account.athlete, staging, written, complete, read.about, context.now(),
        waits=waits, layer=layer.name,
    )  # fmt: skip
    result.retired = done.gone
    result.changed += done.written
    _count_new(result, found, waits)
    if waits:
        result.error = result.error or _suspicious(staging.import_id, read, waits)
        result.waits = tuple(sorted(short_type(kind) for kind in waits))
    result.import_id = staging.import_id
    imports.finish(context, account, "export", result, ())
    journal_days.mend(context.store, account.athlete)
    return result


def preview(context: AppContext, path: Path, progress: Progress | None = None) -> Preview:
    """What `import_export` would do with a file. Nothing of it is kept. Raises as that does, and DamagedInput."""
    account = context.account()
    read = _read(context, account.athlete, path, progress, lambda: False)
    layer = _layer(context, account.athlete, read.staging, second=False)
    found = completion.proposal(
        context.store, account.athlete, read.staging, read.written, read.complete, layer.name
    )  # fmt: skip
    waits = _in_doubt(context, account.athlete, read, found, layer) if read.complete else set()
    with context.store.write() as connection:
        store_imports.discard(connection, account.athlete, read.staging.import_id)
    stretches = {stretch for one in found.by_type.values() for stretch in one.stretches}
    with context.reading() as here:
        days = journal_changes.days_of(stretches, here.zone, here.today)
    return Preview(
        {short_type(kind): one.new for kind, one in sorted(found.by_type.items()) if one.new},
        {short_type(kind): one.gone for kind, one in sorted(found.by_type.items()) if one.gone},
        days, tuple(sorted(short_type(kind) for kind in waits)),
        tuple(read.result.reading.problems),
    )  # fmt: skip


# --- reading ---------------------------------------------------------------------------------------------------------


@define
class _Read:
    result: Imported
    staging: Staging
    written: int
    """When Health was as the file says (ms); when it was read where the file does not say."""
    complete: bool
    about: Mapping[str, str] = field(factory=dict)
    of_another: bool = False
    """Whether it may be of another phone or person."""


def _read(
    context: AppContext, athlete: int, path: Path, progress: Progress | None, should_stop: Callable[[], bool]
) -> _Read:
    reader = AppleExport(path)
    reading = reader.reading
    now = context.now()
    with context.store.write() as connection:
        number = store_imports.begin(connection, athlete, reader.channel, path.name, now)
    staging = Staging(context.store, athlete, number, reader.channel)
    result = Imported(reading, reader.channel)
    try:
        for batch in imports.watched(reader, result.impossible, now, progress, should_stop):
            left_out = staging.add(batch, now if reading.exported is None else reading.exported)
            imports.tell_left_out(reading, batch.type, left_out)
    except DamagedInput as damage:
        if not reading.records and not reading.workouts:
            raise
        result.error = damage
    except Stopped as stopped:
        result.error = stopped
    whole = result.error is None and reading.complete and not reading.damaged
    dated = is_dated(reading.exported, staging.newest, now, SLACK)
    if whole and not dated:
        reading.note(_undated(reading.exported is not None))
    written = reading.exported if reading.exported is not None and dated else now
    return _Read(result, staging, written, whole and dated, reading.about)


def _undated(has_date: bool) -> Problem:
    what = "The date of the file cannot be right" if has_date else "The file does not say when it was made"
    return Problem(
        "ExportDate", f"{what}: what it holds was added, and nothing that it lacks was taken for deleted.",
        "Check the date of the iPhone, and export again.",
    )  # fmt: skip


# --- judging ---------------------------------------------------------------------------------------------------------


def _layer(context: AppContext, athlete: int, staging: Staging, second: bool) -> Layer:
    with context.store.read() as connection:
        return doubts.layer_of(connection, athlete, staging.devices, second)


def _in_doubt(context: AppContext, athlete: int, read: _Read, found: Proposal, layer: Layer) -> set[str]:
    """The types that wait: all of them where the file may be of another phone or person."""
    with context.store.read() as connection:
        read.of_another = not layer.is_sure or doubts.is_of_another(
            connection, athlete, layer.name, read.staging.devices, read.about
        )
        if read.of_another:
            return {kind for kind, _ in read.staging.series}
    return {one.type for one in found.doubts}


def _suspicious(import_id: int, read: _Read, waits: Collection[str]) -> SuspiciousImport:
    everything = len(waits) == len({kind for kind, _ in read.staging.series})
    what = (
        "This file may be of another phone or person"
        if read.of_another
        else "This file lacks much of what Health had before"
    )
    names = ", ".join(sorted(short_type(kind) for kind in waits)[:5])
    return SuspiciousImport(
        f"{what}: {'all of it' if everything else names} waits for your answer. Nothing was deleted.",
        "Answer under Settings, Health data here: it is right, it is another phone of yours, or it is the wrong file.",
        terminal_cure=f"companion archive confirm {import_id} if it is right, companion archive second-phone "
        f"{import_id} if it is another phone of yours, companion archive remove {import_id} if it is the wrong file.",
    )


def _count_new(result: Imported, found: Proposal, waits: Collection[str]) -> None:
    for kind, change in found.by_type.items():
        if kind in waits:
            continue
        if kind == WORKOUT:
            result.new_workouts += change.new
        elif kind == ROUTE:
            result.new_routes += change.new
        elif imports.is_record(kind):
            result.new += change.new
