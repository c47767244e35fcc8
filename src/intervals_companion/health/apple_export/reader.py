"""The export as a `HealthReader`: one pass over the XML, then the route files that its workouts name."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

from intervals_companion.domain import days
from intervals_companion.domain.activity import usable_points
from intervals_companion.domain.errors import DamagedInput
from intervals_companion.domain.samples import ROUTE, Batch
from intervals_companion.formats.details import route_row
from intervals_companion.formats.gpx import cost, read_route
from intervals_companion.health.apple_export.elements import ELSEWHEN, Elements
from intervals_companion.health.apple_export.opening import open_export
from intervals_companion.health.apple_export.row_buffers import RowBuffers
from intervals_companion.health.apple_export.zipped import AGAIN
from intervals_companion.health.port import Problem, Reading

MOST_HELD = 20_000
"""Rows held before they are handed out: long runs for the archive, small enough for the processor's cache."""
MOST_UNFLUSHED = 8 * 2**20
"""Bytes read before rows are handed out: a row can be as large as its element, and four times as large in memory.
Rows of the usual 350 bytes are handed out before."""
MOST_ROUTE_BYTES = 4 * 2**20
"""Of packed route points, held before they are handed out."""
_ODD_POINTS = "have no place or time, or were taken at another time than its workout; they were left out."
_REST_USED = "Nothing to do: the rest of the map is used."

_MISSING = "The workout is imported without its map. Export again if the map matters."


class AppleExport:
    """An `export.zip`, an unzipped folder or a bare export.xml. Implements `HealthReader`; draw `batches` once.

    Raises UsageError when nothing is at the path, NotAnExport when it is something else, DamagedInput when it cannot
    be read at all.
    """

    channel = "export"

    def __init__(self, path: Path) -> None:
        self._export = open_export(path)
        self.reading = Reading(bytes_total=self._export.size + self._export.routes_size)
        for problem in self._export.skipped:
            self.reading.note(problem)

    def batches(self) -> Iterator[Batch]:
        """Rows in long runs. Raises DamagedInput at the end when the data ends early; what was handed out stands."""
        elements = Elements(self.reading, self._export.name)
        damage = yield from self._samples(elements)
        yield from self._routes(elements)
        damage = damage or self._export.damage
        if damage is not None:
            raise damage
        self.reading.bytes_done = self.reading.bytes_total
        self.reading.complete = True

    def _samples(self, elements: Elements) -> Generator[Batch, None, DamagedInput | None]:
        damage: DamagedInput | None = None
        unflushed = 0
        try:
            for chunk in self._export.chunks():
                elements.xml.feed(chunk)
                self.reading.bytes_done += len(chunk)
                unflushed += len(chunk)
                if unflushed > MOST_UNFLUSHED or elements.held >= MOST_HELD:
                    unflushed = 0
                    yield from elements.flush()
            if not elements.xml.close():
                damage = DamagedInput("The file ends in the middle of the data.", AGAIN)
        except DamagedInput as caught:
            damage = caught
        place = self._place(elements)
        yield from elements.rest()
        return None if damage is None else DamagedInput(f"{damage.cause} {place}", damage.cure)

    def _place(self, elements: Elements) -> str:
        """Where the reading of the XML stopped, and what is safe."""
        words = f"{self._export.name} was read to line {elements.xml.line}, byte {self.reading.bytes_done}"
        if elements.latest is not None:
            words += f"; the last record read is of {days.utc_time(elements.latest):%Y-%m-%d}"
        return f"{words}. Everything up to there was kept."

    def _routes(self, elements: Elements) -> Iterator[Batch]:
        """Route files are joined to the workout that names them; a missing or broken one stops nothing."""
        buffers = RowBuffers()
        held, left = 0, self._export.routes_limit
        for path, owner in elements.routes.items():
            try:
                data = self._export.route(path)
                if data is None:
                    self.reading.routes_missing += 1
                    raise DamagedInput("A workout names this route file, but the export does not hold it.", _MISSING)
                self.reading.bytes_done += len(data)
                left -= cost(data)
                if left < 0:
                    raise DamagedInput("The routes of this export are larger together than any real ones.", _MISSING)
                points = read_route(data)
            except DamagedInput as problem:
                self.reading.note(Problem(path, problem.cause, problem.cure))
                continue
            usable = usable_points(points, owner.time)
            if not usable:
                self.reading.note(Problem(path, *ELSEWHEN))
            elif wrong := data.count(b"<trkpt") - len(usable):
                self.reading.note(Problem(path, f"{wrong} points of this route {_ODD_POINTS}", _REST_USED))
            row = route_row(usable or points, owner.created)
            buffers.buffer(ROUTE, owner.name, owner.device).rows.append(row)
            self.reading.routes += 1
            held += len(row.detail)
            if held > MOST_ROUTE_BYTES:
                held = 0
                yield from buffers.flush()
        yield from buffers.flush()
