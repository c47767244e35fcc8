"""Reads an export to its end and keeps everything, for tests that look at what came out."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path

from attrs import frozen

from intervals_companion.domain.activity import RoutePoint, Workout
from intervals_companion.domain.errors import DamagedInput
from intervals_companion.domain.samples import ROUTE, WORKOUT, Batch, Row, Source
from intervals_companion.formats.details import Beat, row_route, row_workout
from intervals_companion.health.apple_export import AppleExport
from intervals_companion.health.port import Reading


@frozen
class Read:
    reading: Reading
    batches: list[Batch]
    damage: DamagedInput | None

    def rows(self, kind: str) -> list[Row]:
        return [row for batch in self.batches if batch.type == kind for row in batch.rows]

    def row(self, kind: str) -> Row:
        (row,) = self.rows(kind)
        return row

    def source(self, kind: str) -> Source:
        (source,) = {batch.source for batch in self.batches if batch.type == kind}
        return source

    def workouts(self) -> list[Workout]:
        found = [batch for batch in self.batches if batch.type == WORKOUT]
        return [row_workout(row, batch.source.key) for batch in found for row in batch.rows]

    def workout(self) -> Workout:
        (workout,) = self.workouts()
        return workout

    def routes(self) -> list[list[RoutePoint]]:
        return [row_route(row) for row in self.rows(ROUTE)]

    def said(self) -> str:
        """Everything that was told about the input."""
        return "\n".join(f"{problem.where}: {problem.what}" for problem in self.reading.problems)


def unpack_beats(detail: bytes) -> list[Beat]:
    """As `formats.details.pack_beats` packs them, read by the format's own words."""
    return [Beat(hundredths / 100, bpm) for hundredths, bpm in struct.iter_unpack("<LH", detail)]


def read(path: Path) -> Read:
    export = AppleExport(path)
    batches: list[Batch] = []
    try:
        for batch in export.batches():
            batches.append(batch)  # noqa: PERF402 - what came before the damage must stay
    except DamagedInput as damage:
        return Read(export.reading, batches, damage)
    return Read(export.reading, batches, None)


def read_xml(folder: Path, xml: str | bytes, routes: Mapping[str, str | bytes] | None = None) -> Read:
    """Writes an unzipped export and reads it."""
    write(folder / "export.xml", xml)
    for name, text in (routes or {}).items():
        (folder / "workout-routes").mkdir(exist_ok=True)
        write(folder / "workout-routes" / name, text)
    return read(folder)


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path
