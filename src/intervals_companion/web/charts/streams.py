"""The streams of one workout in words, tables and what the charts draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any, NamedTuple, Protocol

from attrs import frozen
from markupsafe import Markup

from intervals_companion.domain.units import convert
from intervals_companion.domain.workout_view import WorkoutView
from intervals_companion.web.charts.svg import Place, project, route
from intervals_companion.web.formatting import Formatter

_STRIDES = frozenset({"Run", "TrailRun", "VirtualRun", "Walk", "Hike", "Snowshoe"})
"""Where cadence counts the strides of one leg; people count steps."""
_STROKES = frozenset({"Swim", "OpenWaterSwim", "Rowing", "VirtualRow", "Canoeing", "Kayaking", "StandUpPaddling"})
"""Where it counts strokes."""


class _Kind(NamedTuple):
    name: str
    height: int
    filled: bool = False
    dots: bool = False


_PANELS: Mapping[str, _Kind] = {
    "power": _Kind("Power", 92, filled=True),
    "heart_rate": _Kind("Heart rate", 60),
    "speed": _Kind("Speed", 60),
    "cadence": _Kind("Cadence", 36, dots=True),
    "altitude": _Kind("Altitude", 36, filled=True),
}
"""Top to bottom."""


@frozen
class Panel:
    stream: str
    name: str
    unit: str
    height: int
    label: str
    """The chart in a sentence."""


def panels(view: WorkoutView, sport: str | None, words: Formatter) -> list[Panel]:
    """One for each stream that is there."""
    found = []
    for stream, kind in _PANELS.items():
        known = [value for value in view.bins.means.get(stream, ()) if value is not None]
        if len(known) < 2:
            continue
        name = "Pace" if stream == "speed" and words.is_pace(sport) else kind.name
        low, high = (_said(stream, value, sport, words) for value in (min(known), max(known)))
        mean = _said(stream, sum(known) / len(known), sport, words)
        unit = unit_of(stream, sport, words)
        label = f"{name} over time, from {low} to {high} {unit}, {mean} on average."
        found.append(Panel(stream, name, unit, kind.height, label))
    return found


def _said(stream: str, value: float, sport: str | None, words: Formatter) -> str:
    if stream == "speed":
        return words.pace(value, sport).text
    return words.number(shown(stream, value, sport, words))


def shown(stream: str, value: float, sport: str | None, words: Formatter) -> float:
    """In the unit of `unit_of`, but for a pace."""
    if stream == "cadence":
        return value * 2 if sport in _STRIDES else value
    if stream == "altitude" and words.preferences.imperial:
        return convert(value, "m", "ft")
    if stream == "speed" and not words.is_pace(sport):
        return convert(value, "m/s", "mi/hr" if words.preferences.imperial else "km/hr")
    return value


def unit_of(stream: str, sport: str | None, words: Formatter) -> str:
    if stream == "speed":
        return words.pace(1.0, sport).unit
    units = {
        "power": "W",
        "heart_rate": "bpm",
        "cadence": "spm" if sport in _STRIDES else "strokes/min" if sport in _STROKES else "rpm",
        "altitude": words.height(0).unit,
    }
    return units[stream]


def plot_seconds(view: WorkoutView) -> int:
    """How long the axis is."""
    seconds = view.bins.seconds
    return seconds[-1] + view.bins.width if seconds else 0


def data(view: WorkoutView, sport: str | None, words: Formatter) -> dict[str, Any]:
    """For the charts: where bins begin, how wide they are, and a panel each with what is read and what is drawn.

    `pace`: metres for which a speed is said as minutes; else null. `route`: the place of each bin in the drawing.
    """
    bins = view.bins
    drawn = []
    for panel in panels(view, sport, words):
        stream, kind = panel.stream, _PANELS[panel.stream]
        extremes = bins.extremes.get(stream)
        drawn.append(
            {
                "stream": stream,
                "read": [_plain(stream, value, sport, words) for value in bins.means[stream]],
                "line": extremes and _line(stream, extremes, sport, words),
                "filled": kind.filled,
                "dots": kind.dots,
                "decimals": 1 if stream == "speed" else 0,
                "pace": words.pace_length(sport) if stream == "speed" and words.is_pace(sport) else None,
            }
        )
    places = _places(view)
    projection = project([place for place in places if place]) if any(places) else None
    way = [_drawn_at(projection.at(place)) if place and projection else None for place in places]
    return {"seconds": bins.seconds, "width": bins.width, "panels": drawn, "route": way}


def _line(
    stream: str, extremes: Sequence[tuple[float, float] | None], sport: str | None, words: Formatter
) -> list[float | None]:
    """Both ends of each bin."""
    return [_plain(stream, end, sport, words) for pair in extremes for end in (pair or (None, None))]


def _plain(stream: str, value: float | None, sport: str | None, words: Formatter) -> float | None:
    return None if value is None else round(shown(stream, value, sport, words), 2)


def _drawn_at(point: tuple[float, float]) -> tuple[float, float]:
    return round(point[0], 1), round(point[1], 1)


def _places(view: WorkoutView) -> list[Place | None]:
    means = view.bins.means
    pairs = zip(means.get("latitude", ()), means.get("longitude", ()), strict=True)
    return [None if latitude is None or longitude is None else (latitude, longitude) for latitude, longitude in pairs]


def route_of(view: WorkoutView, title: str, words: Formatter) -> Markup | None:
    places = [place for place in _places(view) if place is not None]
    if len(places) < 2:
        return None
    metres = view.whole.distance
    long = f", {words.distance(metres)} long" if metres else ""
    return route(places, f"The way of {title}{long}, as a shape without a map.", words)


# --- tables ----------------------------------------------------------------------------------------------------------


class Table(NamedTuple):
    """Heads with units, then rows; the first cell names the row."""

    what: str
    """What a row is, in a word or two."""
    heads: list[str]
    rows: list[list[str]]
    more: int = 0
    """How many rows there are beyond."""


class Piece(Protocol):
    """A lap, a split or an interval."""

    @property
    def timer(self) -> float: ...

    @property
    def distance(self) -> float | None: ...

    @property
    def power(self) -> float | None: ...

    @property
    def heart_rate(self) -> float | None: ...

    @property
    def cadence(self) -> float | None: ...


def splits(view: WorkoutView, sport: str | None, words: Formatter) -> Table | None:
    pieces = view.splits.imperial if words.preferences.imperial else view.splits.metric
    if not pieces or any(lap.lengths for lap in view.laps):  # a pool's sets and rests say more
        return None
    first = pieces[0]
    what = "10 min" if first.metres is None else str(words.split_name(first.metres, sport))
    return table(pieces, sport, words, what)


MOST_ROWS = 500
"""Laps or intervals that a page lists: it says how many more there are."""


def table(pieces: Sequence[Piece], sport: str | None, words: Formatter, what: str) -> Table | None:
    """Laps or splits: time, distance, pace, power, heart rate, cadence, as far as any is known."""
    if not pieces:
        return None
    columns = columns_of(pieces, sport, words)
    numbers = count(1)
    rows = [
        ["rest" if _is_rest(piece) else str(next(numbers)), *(column.say(piece) or "–" for column in columns)]
        for piece in pieces[:MOST_ROWS]
    ]
    return Table(what, [column.head for column in columns], rows, len(pieces) - len(rows))


def _is_rest(piece: Piece) -> bool:
    """A lap on the way nowhere: the time between two sets of a swim."""
    return piece.distance == 0


class Column(NamedTuple):
    head: str
    key: str
    """`pace`, or an attribute of a piece."""
    words: Formatter
    sport: str | None

    def say(self, piece: Piece) -> str | None:
        if self.key == "pace":
            metres, seconds = piece.distance, piece.timer
            return self.words.pace(metres / seconds, self.sport).text if metres and seconds else None
        value: float | None = getattr(piece, self.key)
        if value is None or (self.key == "distance" and _is_rest(piece)):
            return None
        if self.key == "timer":
            return self.words.duration(value).text
        if self.key == "distance":
            return self.words.distance(value, self.sport).text
        return self.words.number(shown(self.key, value, self.sport, self.words))


def columns_of(pieces: Sequence[Piece], sport: str | None, words: Formatter) -> list[Column]:
    """Those in which any piece says something."""
    heads = {
        "time": "timer",
        words.distance(0, sport).unit: "distance",
        words.pace(1.0, sport).unit: "pace",
        "W": "power",
        "bpm": "heart_rate",
        unit_of("cadence", sport, words): "cadence",
    }
    columns = [Column(head, key, words, sport) for head, key in heads.items()]
    return [column for column in columns if any(column.say(piece) for piece in pieces)]
