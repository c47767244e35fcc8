"""Apple Health in: an export file into the archive."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from attrs import define, field

from intervals_companion.app.context import AppContext
from intervals_companion.app.preferences import home_zone
from intervals_companion.domain.days import HomeZone
from intervals_companion.domain.errors import CompanionError, DamagedInput
from intervals_companion.domain.samples import CORRELATION_PREFIX, ROUTE, WORKOUT, Batch
from intervals_companion.domain.summaries import Summary
from intervals_companion.health.apple_export import AppleExport
from intervals_companion.health.port import HealthReader, Problem, Reading
from intervals_companion.journal import days as journal_days
from intervals_companion.store import archive, summaries
from intervals_companion.sync.task import Stopped

__all__ = ["Imported", "Reading", "import_export"]

_ONE_DAY = "Look in the Health app for an app that writes far too much, and remove its data there."

Progress = Callable[[Reading], None]


@define
class Imported:
    """What an import did, also when it was cut short."""

    reading: Reading
    new: int = 0
    """Records that the archive did not hold."""
    new_workouts: int = 0
    new_routes: int = 0
    new_summaries: int = 0
    """Summaries that say something new."""
    zone: HomeZone | None = None
    zone_before: str | None = None
    """The home zone until now, where this import brought another one."""
    error: CompanionError | None = None
    """Why the data ended early; what was read before is kept."""
    changed: int = field(default=0)
    """Blocks of the archive that were written: none when everything was known."""

    @property
    def known(self) -> int:
        return self.reading.records - self.reading.ignored - self.new


def account(imported: Imported) -> dict[str, Any]:
    """An import in numbers, as JSON."""
    reading = imported.reading
    return {
        "records": reading.records,
        "types": len(reading.types),
        "new": imported.new,
        "known": imported.known,
        "ignored": reading.ignored,
        "workouts": reading.workouts,
        "routes": reading.routes,
        "problems": len(reading.problems) + reading.more_problems,
        "zone": imported.zone.zone if imported.zone else None,
    }


def collect_less_often() -> None:
    """For a process that reads deliveries: they make millions of small values and hardly a cycle, and looking for
    cycles costs an eighth to a quarter of the time.
    """
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


def import_export(
    context: AppContext, path: Path, progress: Progress | None = None, should_stop: Callable[[], bool] = lambda: False
) -> Imported:
    """Reads an export into the archive. Raises UsageError and NotAnExport; damage on the way is in the result, and so
    is Stopped, where `should_stop` says so between two batches.
    """
    result = import_from(context, AppleExport(path), progress, should_stop)
    journal_days.mend(context.store, context.account().athlete)
    return result


def import_from(
    context: AppContext,
    reader: HealthReader,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    said: Sequence[Summary] = (),
) -> Imported:
    """Reads what a channel hands out into the archive. `said`: the summaries that came with it."""
    account = context.account()
    result = Imported(reader.reading)
    batches = _watched(reader, progress, should_stop)
    try:
        for kind, added in archive.add(context.store, account.athlete, reader.channel, batches):
            result.changed += added.blocks_written
            _tell_left_out(result.reading, kind, added.left_out)
            if _is_record(kind):
                result.new += added.new
            elif kind == WORKOUT:
                result.new_workouts += added.new
            elif kind == ROUTE:
                result.new_routes += added.new
    except DamagedInput as damage:
        if not result.reading.records and not result.reading.workouts:
            raise
        result.error = damage
    except Stopped as stopped:
        result.error = stopped
    reading = result.reading
    if reading.damaged and result.error is None:
        result.error = DamagedInput(
            f"The file is not well-formed. Elements skipped: {reading.damaged:,}. The rest was kept.",
            "Export again on the iPhone and import the new file: nothing is doubled.",
        )
    found_some = reading.records or reading.workouts or said
    if found_some:
        result.zone, result.zone_before = home_zone.changed(context, account, reading.zones)
    else:
        with context.reading() as here:
            result.zone = here.home_zone
    with context.store.write() as connection:
        written = reading.exported if reading.exported is not None else context.now()
        result.new_summaries = summaries.put(connection, account.athlete, reader.channel, said, context.now())
        archive.remember_delivery(connection, account.athlete, reader.channel, written, reading.complete)
    return result


def _tell_left_out(reading: Reading, kind: str, count: int) -> None:
    if count:
        reading.ignored += count if _is_record(kind) else 0
        reading.note(
            Problem(kind, f"{count:,} x more in one day than any device measures; the latest were left out.", _ONE_DAY)
        )


def _watched(reader: HealthReader, progress: Progress | None, should_stop: Callable[[], bool]) -> Iterator[Batch]:
    for batch in reader.batches():
        if should_stop():
            raise Stopped
        yield batch
        if progress is not None:
            progress(reader.reading)


def _is_record(kind: str) -> bool:
    """Workouts, routes and correlations are counted apart, or not at all."""
    return kind not in (WORKOUT, ROUTE) and not kind.startswith(CORRELATION_PREFIX)
