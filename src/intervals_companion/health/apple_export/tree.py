"""A Workout or a Correlation with all its children, collected before it is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from intervals_companion.domain.activity import RoutePoint
from intervals_companion.formats.gpx import fix
from intervals_companion.health.apple_export.timestamps import instant

MOST_PARTS = 100_000
"""A day with a point a second stays below; a file that never closes an element does not fill the memory."""


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
        self._parts = 0

    @property
    def overgrown(self) -> bool:
        return self._parts > MOST_PARTS

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._parts += 1
        parent = self._open[-1]
        child = Element(name, attributes)
        self._open.append(child)
        if self.overgrown:
            return
        if name == "Location":
            parent.points.append(_location(attributes))
        else:
            parent.children.append(child)

    def end(self) -> None:
        self._open.pop()


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
