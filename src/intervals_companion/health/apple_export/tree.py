"""A Workout or a Correlation with all its children, collected before it is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from intervals_companion.domain.activity import RoutePoint
from intervals_companion.formats.gpx import fix
from intervals_companion.health.apple_export.timestamps import instant

MOST_PARTS = 20_000
"""Elements inside one, its laps and pauses not counted. A file that never closes one does not fill the memory."""
MOST_POINTS = 100_000
"""Of inline routes: a day with a point a second stays below."""
MOST_EVENTS = 20_000
"""Laps, pauses and segments of a workout: a day in a pool of 25 m has some 4,000 lengths."""
MOST_CHARACTERS = 2**22
"""Of all names and values inside one element; real ones have some ten thousand, the most laps two million."""


class Element:
    """An XML element. The points of an inline route are kept as points, because there are thousands."""

    __slots__ = ("attributes", "children", "name", "points")

    def __init__(self, name: str, attributes: Mapping[str, str]) -> None:
        self.name = name
        self.attributes = attributes
        self.children: list[Element] = []
        self.points: list[RoutePoint | None] = []

    def named(self, name: str) -> Iterator[Element]:
        """The direct children of that name."""
        return (child for child in self.children if child.name == name)

    def metadata(self) -> dict[str, str]:
        """The direct metadata. Apple writes a workout's twice, first and last: a dict keeps it once."""
        return dict(self.entries())

    def entries(self) -> list[tuple[str, str]]:
        return [
            (entry.attributes.get("key", ""), entry.attributes.get("value", ""))
            for entry in self.named("MetadataEntry")
        ]


class Tree:
    """Grows by the start and end of elements."""

    def __init__(self, name: str, attributes: Mapping[str, str], line: int) -> None:
        self.root = Element(name, attributes)
        self.line = line
        self._open = [self.root]
        self._parts = self._points = self._events = self._characters = 0

    @property
    def overgrown(self) -> str:
        """What there is too much of, in words; "" where it may be read."""
        if self._parts > MOST_PARTS:
            return f"more than {MOST_PARTS:,} parts"
        if self._points > MOST_POINTS:
            return f"more than {MOST_POINTS:,} points"
        return f"more than {MOST_CHARACTERS:,} characters" if self._characters > MOST_CHARACTERS else ""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        parent = self._open[-1]
        child = Element(name, attributes)
        self._open.append(child)
        if self.overgrown:
            return
        if name == "Location":
            self._points += 1
            parent.points.append(_location(attributes))
        elif name == "WorkoutEvent":
            self._events += 1
            if self._events <= MOST_EVENTS + 1:  # who reads the workout sees that there were too many
                self._characters += characters(attributes)
                parent.children.append(child)
        else:
            self._parts += 1
            self._characters += characters(attributes)
            parent.children.append(child)

    def end(self) -> None:
        self._open.pop()


def characters(attributes: Mapping[str, str]) -> int:
    """Of an element's attributes, names and values."""
    return sum(map(len, attributes)) + sum(map(len, attributes.values()))


def _location(attributes: Mapping[str, str]) -> RoutePoint | None:
    """A point of an inline route (export version 8), None where it has no place or time."""
    get = attributes.get
    try:
        return fix(
            instant(attributes["date"]), attributes["latitude"], attributes["longitude"], get("altitude"),
            get("speed"), get("course"), get("horizontalAccuracy"), get("verticalAccuracy"),
        )  # fmt: skip
    except (KeyError, ValueError):
        return None
