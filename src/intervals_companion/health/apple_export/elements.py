"""What expat sees, as rows in buffers: the handler of `XmlReader`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from intervals_companion.domain.activity import route_belongs
from intervals_companion.domain.errors import DamagedInput
from intervals_companion.domain.samples import (
    CORRELATION_PREFIX,
    LONGEST_NAME,
    ROUTE,
    WORKOUT,
    Batch,
    Row,
    pack_metadata,
    source_key,
)
from intervals_companion.formats.details import route_row, workout_row
from intervals_companion.health.apple_export import ios8, records
from intervals_companion.health.apple_export.nested_records import Nested, NestedRecords
from intervals_companion.health.apple_export.records import LONGEST_TYPE, NO_TYPE, Unusable, is_record, record_row
from intervals_companion.health.apple_export.row_buffers import RowBuffers
from intervals_companion.health.apple_export.timestamps import instant
from intervals_companion.health.apple_export.tree import MOST_CHARACTERS, Element, Tree
from intervals_companion.health.apple_export.workouts import read_workout
from intervals_companion.health.apple_export.xml_reader import ROOT, TOP_LEVEL, XmlReader
from intervals_companion.health.port import Problem, Reading

DEEPEST = 100
"""Real exports nest four deep."""
MOST_UNCLOSED = 10_000
"""Elements without an end: the parser keeps each of them to the end of the file."""
MOST_ENTRIES = 20_000
"""Metadata entries or heart beats of one record: the longest HRV reading has some hundred."""
MOST_ROUTES = 50_000
"""Route files that are named: three a day for forty years."""
MOST_DAMAGED = 100_000
"""Each costs a new parser: a file of nothing else ends after some seconds, and not after an hour."""

_ZONE = "HKTimeZone"
LONGEST_ENTRY = 10_000
"""Characters of an entry of metadata; apps keep whole recipes in one."""
MOST_ZONES = 1_000
"""Names of zones that are counted; the world has some 600."""
_CURE = "The rest is imported. If many are reported, export again on the iPhone and import that file."


ELSEWHEN = (
    "The points of this route lie outside the time of its workout; they are kept and not used.",
    "The workout is imported without this map. Export again if the map matters.",
)
"""What and cure of a route that its workout cannot use."""


class RouteOwner(NamedTuple):
    """The workout that names a route file: its source and time (ms), and when the route was written (ms)."""

    name: str
    device: str | None
    created: int
    time: tuple[int, int]


class Elements:
    """Feed `xml`; rows leave by `flush` on the way and by `rest` at the end.

    `routes` are the files that workouts name, `latest` is the start of the last record (ms).
    """

    def __init__(self, reading: Reading, file_name: str) -> None:
        self.open: list[str] = [ROOT]
        self.xml = XmlReader(self, self._skipped)
        self.routes: dict[str, RouteOwner] = {}
        self.latest: int | None = None
        self._reading = reading
        self._file_name = file_name
        self._buffers = RowBuffers()
        self._nested_records = NestedRecords()
        self._record: dict[str, str] | None = None
        self._entries: list[tuple[str, str]] = []
        self._beats: list[tuple[str, str]] = []
        self._characters = 0
        self._tree: Tree | None = None
        self._unclosed = 0
        self._cut_entries = 0

    # --- what the parser calls --------------------------------------------------------------------------------------

    def start(self, name: str, attributes: dict[str, str]) -> None:
        path = self.open
        path.append(name)
        depth = len(path)
        if depth == 2:
            if name == "Record":  # nearly always
                self._record = attributes
            elif name in ("Workout", "Correlation"):
                self._tree = Tree(name, attributes, self.xml.line)
            elif name == "ExportDate":
                self._reading.exported = _instant_or_none(attributes.get("value", ""))
            elif name == "Me":
                self._reading.about = {key[:LONGEST_NAME]: value[:LONGEST_NAME] for key, value in attributes.items()}
        elif depth == 3 and name in TOP_LEVEL and self._is_misplaced(name):
            self._leave_unclosed()
            self.start(name, attributes)
        elif depth > DEEPEST:
            raise DamagedInput("The file nests deeper than any Apple Health export.", "Export again on the iPhone.")
        elif self._tree is not None:
            self._tree.start(name, attributes)
        elif name == "MetadataEntry":
            key, value = attributes.get("key", ""), attributes.get("value", "")
            if len(key) + len(value) > LONGEST_ENTRY:
                self._cut_entries += 1
            self._keep(self._entries, key[:LONGEST_ENTRY], value[:LONGEST_ENTRY])
        elif name == "InstantaneousBeatsPerMinute":
            self._keep(self._beats, attributes.get("bpm", ""), attributes.get("time", ""))

    def _keep(self, pairs: list[tuple[str, str]], first: str, second: str) -> None:
        """Beyond the limits nothing is kept; `_end_record` then finds one too many."""
        self._characters += len(first) + len(second)
        if len(pairs) <= MOST_ENTRIES and self._characters <= MOST_CHARACTERS:
            pairs.append((first, second))

    def _is_misplaced(self, name: str) -> bool:
        """A top-level element inside another, but for the records of correlations: the outer one was never closed."""
        return self.open[1] in TOP_LEVEL and (name, self.open[1]) != ("Record", "Correlation")

    def _leave_unclosed(self) -> None:
        self._unclosed += 1
        if self._unclosed > MOST_UNCLOSED:
            raise DamagedInput("The elements of the file have no ends.", "Export again on the iPhone.")
        self._skipped(self.xml.line, f"The {self.open[1]} before this line has no end.")
        self.abandon()

    def end(self, name: str) -> None:
        path = self.open
        path.pop()
        if len(path) == 1:
            if name == "Record":
                self._end_record()
            elif self._tree is not None:
                tree, self._tree = self._tree, None
                self._end_tree(tree)
            self._forget_children()
        elif self._tree is not None:
            self._tree.end()
        elif not path and name != ROOT:
            path.append(ROOT)  # what was left as unclosed had its end after all

    def abandon(self) -> None:
        """A record stays, its attributes were whole; a workout or correlation without its end is given up."""
        self._end_record()
        self._forget_children()
        self._tree = None
        del self.open[1:]

    # --- what the reader calls --------------------------------------------------------------------------------------

    @property
    def held(self) -> int:
        """Rows that wait to be handed out."""
        return self._buffers.held

    def flush(self) -> Iterator[Batch]:
        for batch in self._buffers.flush():
            if is_record(batch.type):
                self._reading.count(batch.type, len(batch.rows))
            yield batch

    def rest(self) -> Iterator[Batch]:
        """The last rows, and the nested records whose twin never came."""
        self.abandon()
        self._settle_nested()
        yield from self.flush()
        for count, words in (
            (len(self._buffers.cut), f"names of sources have more than {LONGEST_NAME} characters and were cut"),
            (self._cut_entries, f"entries of metadata have more than {LONGEST_ENTRY:,} characters and were cut"),
        ):
            if count:
                self._note(self.xml.line, f"{count:,} {words}.")

    # --- records ----------------------------------------------------------------------------------------------------

    def _end_record(self) -> None:
        attributes, self._record = self._record, None
        if attributes is None:
            return
        kind, source = attributes.get("type") or NO_TYPE, attributes.get("sourceName")
        if source is None:
            source = self._of_ios8(attributes)
        try:
            if self._entries or self._beats:
                self._check_size()
                row = record_row(kind, attributes, records.metadata(self._entries), self._packed_beats())
                self._vote(self._entries)
            else:
                row = record_row(kind, attributes)
            buffer = self._buffers.buffer(kind, source, attributes.get("device"))
        except Unusable as problem:
            self._reading.count(kind[:LONGEST_TYPE])
            self._reading.ignored += 1
            self._note(self.xml.line, f"A record of type {kind[:LONGEST_TYPE]} was left out: {problem}.")
            return
        buffer.rows.append(row)
        self.latest = row.start
        if buffer.may_be_nested:
            self._nested_records.at_top(kind, buffer.key, row)

    def _of_ios8(self, attributes: dict[str, str]) -> str:
        for key, value in ios8.metadata_of(attributes):
            self._keep(self._entries, key, value)
        return ios8.source_of(attributes)

    def _check_size(self) -> None:
        if self._characters > MOST_CHARACTERS:
            raise Unusable(f"its metadata have more than {MOST_CHARACTERS:,} characters")
        if len(self._entries) > MOST_ENTRIES or len(self._beats) > MOST_ENTRIES:
            raise Unusable(f"it has more than {MOST_ENTRIES:,} parts")

    def _packed_beats(self) -> bytes:
        if not self._beats:
            return b""
        try:
            return records.beats(self._beats)
        except Unusable as problem:
            self._note(self.xml.line, f"A record was kept without its heart beats: {problem}.")
            return b""

    def _forget_children(self) -> None:
        if self._characters or self._entries or self._beats:
            self._entries, self._beats, self._characters = [], [], 0

    def _vote(self, entries: Iterable[tuple[str, str]]) -> None:
        zones = self._reading.zones
        for key, value in entries:
            if key == _ZONE and len(value) <= LONGEST_TYPE and (value in zones or len(zones) < MOST_ZONES):
                zones[value] += 1

    # --- workouts and correlations ----------------------------------------------------------------------------------

    def _end_tree(self, tree: Tree) -> None:
        root = tree.root
        try:
            if tree.overgrown:
                raise Unusable(f"it has {tree.overgrown}")
            if root.name == "Workout":
                self._workout(root, tree.line)
            else:
                self._correlation(root, tree.line)
        except Unusable as problem:
            self._note(tree.line, f"This {root.name} was left out: {problem}.")

    def _workout(self, element: Element, line: int) -> None:
        name, device = ios8.source_of(element.attributes), element.attributes.get("device")
        buffer = self._buffers.buffer(WORKOUT, name, device)
        found = read_workout(element, buffer.key)
        buffer.rows.append(workout_row(found.workout, found.created))
        self._reading.workouts += 1
        self._vote(found.workout.metadata.items())
        time = (found.workout.start, found.workout.end)
        for route in found.inline:
            if not route_belongs((route.points[0].time, route.points[-1].time), time):
                self._reading.note(Problem(f"{self._file_name}, line {line}", *ELSEWHEN))
            self._buffers.buffer(ROUTE, name, device).rows.append(route_row(route.points, route.created))
        for file in found.files:
            if len(file.path) > LONGEST_NAME or len(self.routes) >= MOST_ROUTES:
                raise Unusable(f"its route is named in too many characters, or is the {MOST_ROUTES:,}th")
            self.routes.setdefault(file.path, RouteOwner(name, device, file.created, time))
        for what in found.left_out:
            self._note(line, f"A workout was read, but {what}.")

    def _correlation(self, element: Element, line: int) -> None:
        """The correlation is a row of its own, labelled with its food; its members count where they have no twin."""
        for member in element.named("Record"):
            try:
                self._nested(member)
            except Unusable as problem:
                self._note(line, f"A record inside a correlation was left out: {problem}.")
        start, end, created = records.dates(element.attributes)
        kind = element.attributes.get("type", "")
        if not kind.startswith(CORRELATION_PREFIX) or len(kind) > LONGEST_TYPE:
            raise Unusable("its type is not one of a Correlation")
        metadata = element.metadata()
        row = Row(start, end, 0.0, "", metadata.get("HKFoodType", ""), created, pack_metadata(metadata.items()), b"")
        name, device = ios8.source_of(element.attributes), element.attributes.get("device")
        self._buffers.buffer(kind, name, device).rows.append(row)

    def _nested(self, member: Element) -> None:
        kind = member.attributes.get("type") or NO_TYPE
        row = record_row(kind, member.attributes, pack_metadata(member.entries()))
        name = ios8.source_of(member.attributes)
        if len(name) > LONGEST_NAME:
            raise Unusable(f"the name of its source has more than {LONGEST_NAME:,} characters")
        self._nested_records.inside(Nested(kind, name, member.attributes.get("device"), source_key(name), row))
        if self._nested_records.too_many:
            self._settle_nested()

    def _settle_nested(self) -> None:
        for nested in self._nested_records.alone():
            try:
                self._buffers.buffer(nested.kind, nested.name, nested.device).rows.append(nested.row)
            except Unusable as problem:
                self._note(self.xml.line, f"A record inside a correlation was left out: {problem}.")

    # --- words ------------------------------------------------------------------------------------------------------

    def _skipped(self, line: int, what: str) -> None:
        self._reading.damaged += 1
        self._note(line, what)
        if self._reading.damaged > MOST_DAMAGED:
            raise DamagedInput(
                f"The file is damaged in more than {MOST_DAMAGED:,} places.", "Export again on the iPhone."
            )

    def _note(self, line: int, what: str) -> None:
        self._reading.note(Problem(f"{self._file_name}, line {line}", what, _CURE))


def _instant_or_none(text: str) -> int | None:
    try:
        return instant(text)
    except ValueError:
        return None
