"""The intervals of an activity as a table, each with the part of the charts it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from intervals_companion.domain.remote_activity import RemoteInterval
from intervals_companion.domain.workout_view import WorkoutView
from intervals_companion.web.charts.streams import MOST_ROWS, columns_of
from intervals_companion.web.formatting import Formatter

_ALIKE = 2
"""Seconds by which efforts of one length differ."""
_WHERE = frozenset({"distance", "pace"})
"""Columns that say little of an effort whose power is known."""


class Interval(NamedTuple):
    name: str
    start: float
    """Seconds from the start of the activity."""
    end: float
    cells: list[str]


class Intervals(NamedTuple):
    heads: list[str]
    rows: list[Interval]
    note: str
    """What they have in common: `4 × 8:00, 4:00 easy`."""


def intervals(view: WorkoutView, sport: str | None, words: Formatter) -> Intervals | None:
    """The efforts; None where the activity has none."""
    pieces = view.intervals
    efforts = [piece for piece in pieces if piece.work]
    if not efforts:
        return None
    columns = columns_of(efforts, sport, words)
    if not words.is_pace(sport) and any(column.key == "power" for column in columns):
        columns = [column for column in columns if column.key not in _WHERE]
    rows = [
        Interval(
            piece.label or str(number),
            piece.start,
            piece.end,
            [column.say(piece) or "–" for column in columns],
        )
        for number, piece in enumerate(efforts[:MOST_ROWS], 1)
    ]
    first, last = pieces.index(efforts[0]), pieces.index(efforts[-1])
    rests = [piece for piece in pieces[first:last] if not piece.work]
    effort, rest = _length(efforts, words), _length(rests, words)
    told = [f"{len(efforts)} × {effort}"] if effort else []
    told += [f"{rest} easy"] if rest else []
    told += [f"the first {MOST_ROWS} of {words.number(len(efforts))}"] if len(efforts) > MOST_ROWS else []
    return Intervals([column.head for column in columns], rows, ", ".join(told))


def _length(pieces: Sequence[RemoteInterval], words: Formatter) -> str:
    """How long each is, where two or more are alike."""
    lengths = sorted(piece.timer for piece in pieces)
    alike = len(lengths) > 1 and lengths[-1] - lengths[0] <= _ALIKE
    return words.duration(lengths[len(lengths) // 2]).text if alike else ""
