"""Writes the zip that "Export All Health Data" makes, and says what went into it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo
from zoneinfo import ZoneInfo

from attrs import frozen

from intervals_sandbox.world.apple_export import food, heart, movement
from intervals_sandbox.world.apple_export.days import plan
from intervals_sandbox.world.apple_export.document import Document
from intervals_sandbox.world.apple_export.routes import gpx, routes
from intervals_sandbox.world.apple_export.workouts import parts
from intervals_sandbox.world.life import DAYS, ZONE, life

_FOLDER = "apple_health_export"
_EXPORTED = time(9, 14, 7)
"""On the athlete's clock."""
_CDA = '<?xml version="1.0"?>\n<ClinicalDocument xmlns="urn:hl7-org:v3"/>\n'


@frozen
class ExportTruth:
    """What was written, and the facts it was written from. Nothing here is read back from the file."""

    records: Mapping[str, int]
    """Top-level Records by full identifier."""
    sums: Mapping[str, float]
    """Of their values in the unit as written, by full identifier of a quantity; every source counted."""
    workouts: int
    routes: int
    """Route files."""
    sleep: Mapping[date, int]
    """Seconds asleep in the main night, by the day of waking up; nights without the watch are missing."""
    weights: Mapping[date, float]
    """kg."""
    resting_heart_rate: Mapping[date, int]
    """Beats a minute, the latest written of the day; full days only."""
    steps: Mapping[date, float]
    """Each moment counted once, the watch before the phone; full days only."""
    energy_eaten: Mapping[date, int]
    """kcal, of days with meals; full days only."""


def write_export(
    path: Path,
    seed: int,
    today: date,
    *,
    days: int = DAYS,
    progress: Callable[[int, int], None] | None = None,
) -> ExportTruth:
    """Writes the export.zip that the athlete's iPhone makes on the morning of `today`, over the last `days` days.

    The same arguments give the same bytes, and a day reads the same in every export that holds it. Workouts reach back
    120 days at most. `progress` hears how many pieces of how many are written.
    """
    exported = datetime.combine(today, _EXPORTED, ZoneInfo(ZONE))
    planned = plan(life(seed, today), seed, days)
    document = Document(planned, exported)
    ways = [route for day in planned for session in day.sessions for route in routes(session, parts(session))]
    total = document.pieces + len(ways)
    tell = progress or _quiet
    with ZipFile(path, "w") as archive:
        with archive.open(_member("export.xml", exported), "w") as out:
            for done, piece in enumerate(document, 1):
                out.write(piece.encode())
                tell(done, total)
        archive.writestr(_member("export_cda.xml", exported), _CDA)
        for done, route in enumerate(ways, document.pieces + 1):
            member = _member(f"workout-routes/{route.file_name}", exported)
            archive.writestr(member, "".join(gpx(seed, route, exported)))
            tell(done, total)
    full = planned[:-1]
    return ExportTruth(
        records=dict(document.records),
        sums=document.sums,
        workouts=sum(len(day.sessions) for day in planned),
        routes=len(ways),
        sleep={day.date: day.night.asleep for day in planned if day.night.stages},
        weights={day.date: day.weight for day in planned if day.weight is not None},
        resting_heart_rate={day.date: heart.resting_rate(day) for day in full},
        steps={day.date: movement.steps_taken(day) for day in full},
        energy_eaten={day.date: energy for day in full if (energy := food.energy_eaten(day))},
    )


def _member(name: str, exported: datetime) -> ZipInfo:
    wall = exported
    info = ZipInfo(f"{_FOLDER}/{name}", (wall.year, wall.month, wall.day, wall.hour, wall.minute, wall.second))
    info.compress_type = ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info


def _quiet(done: int, total: int) -> None:
    """Nobody listens."""
