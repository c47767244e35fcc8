"""Apple Health in: an export file into the archive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from attrs import define, field

from intervals_companion.app.companion import Companion
from intervals_companion.domain.errors import CompanionError, DamagedInput
from intervals_companion.domain.samples import CORRELATION_PREFIX, ROUTE, WORKOUT, Batch
from intervals_companion.health.apple_export import AppleExport
from intervals_companion.health.port import HealthReader, Reading
from intervals_companion.store import archive
from intervals_companion.store.accounts import HomeZone

__all__ = ["Imported", "Reading", "import_export"]

Progress = Callable[[Reading], None]


@define
class Imported:
    """What an import did, also when it was cut short."""

    reading: Reading
    new: int = 0
    """Records that the archive did not hold."""
    zone: HomeZone | None = None
    error: CompanionError | None = None
    """Why the data ended early; what was read before is kept."""
    changed: int = field(default=0)
    """Blocks of the archive that were written: none when everything was known."""

    @property
    def known(self) -> int:
        return self.reading.records - self.reading.ignored - self.new


def import_export(companion: Companion, path: Path, progress: Progress | None = None) -> Imported:
    """Reads an export into the archive. Raises UsageError and NotAnExport; damage on the way is in the result."""
    return import_from(companion, AppleExport(path), progress)


def import_from(companion: Companion, reader: HealthReader, progress: Progress | None = None) -> Imported:
    account = companion.account()
    result = Imported(reader.reading)
    try:
        for kind, added in archive.add(companion.store, account.athlete, reader.road, _watched(reader, progress)):
            result.changed += added.blocks_written
            if _is_record(kind):
                result.new += added.new
    except DamagedInput as damage:
        if not result.reading.records and not result.reading.workouts:
            raise
        result.error = damage
    reading = result.reading
    if reading.damaged and result.error is None:
        result.error = DamagedInput(
            f"{reading.damaged:,} elements of the file are not well-formed and were skipped; the rest was kept.",
            "Export again on the iPhone and import the new file: nothing is doubled.",
        )
    found_some = reading.records or reading.workouts
    result.zone = companion.home_zone(account, reading.zones if found_some else None)
    with companion.store.write() as connection:
        written = reading.exported if reading.exported is not None else companion.now()
        archive.remember_delivery(connection, account.athlete, reader.road, written, reading.complete)
    return result


def _watched(reader: HealthReader, progress: Progress | None) -> Iterator[Batch]:
    for batch in reader.batches():
        yield batch
        if progress is not None:
            progress(reader.reading)


def _is_record(kind: str) -> bool:
    """Workouts, routes and correlations are counted apart, or not at all."""
    return kind not in (WORKOUT, ROUTE) and not kind.startswith(CORRELATION_PREFIX)
