"""One axis with the three values of a conflict: Apple Health, Intervals.icu, and what both last agreed on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from attrs import frozen
from markupsafe import Markup, escape

from intervals_companion.domain import catalogue
from intervals_companion.web.charts.svg import svg
from intervals_companion.web.formatting import Formatter

_WIDTH, _EDGE, _AXIS = 358.0, 16.0, 62.0
_TOO_CLOSE = 80.0
_ROW = 16.0
_MOST_TICKS = 9


class Range(Protocol):
    @property
    def low(self) -> float: ...

    @property
    def high(self) -> float: ...


@frozen
class Mark:
    value: float
    name: str
    kind: str
    """A class of charts.css: d-ink, d-accent, d-ring."""
    said: str
    """Class of its label."""


def scale(field: str, ours: float, theirs: float, base: float | None, usual: Range | None, words: Formatter) -> Markup:
    """The values on their axis, over what is normal for the athlete."""
    marks = [Mark(theirs, "Intervals.icu", "d-accent", "s-theirs")]
    if base is not None:
        marks.append(Mark(base, "last agreed", "d-ring", "s-base"))
    marks = sorted([*marks, Mark(ours, "Apple Health", "d-ink", "s-ours")], key=lambda mark: mark.value)
    wide = [mark.value for mark in marks] + ([usual.low, usual.high] if usual else [])
    monotonic = _ticks(min(wide), max(wide), catalogue.metric(field).precision)
    low, high = monotonic[0], monotonic[-1]

    def x(value: float) -> float:
        return _EDGE + (value - low) / (high - low) * (_WIDTH - 2 * _EDGE)

    drawn = []
    if usual is not None:
        left, right = x(usual.low), x(usual.high)
        drawn.append(
            f'<rect class="d-band60" x="{left:.1f}" y="{_AXIS - 8:g}" width="{right - left:.1f}" height="16"/>'
        )
    drawn.append(f'<path class="s-axis" d="M0 {_AXIS:g}H{_WIDTH:g}"/>')
    every = 1 if len(monotonic) <= 5 else 2
    for place, tick in enumerate(monotonic):
        drawn.append(f'<path class="s-axis" d="M{x(tick):.1f} {_AXIS - 3:g}v6"/>')
        if place % every == 0:
            label = escape(words.measure(field, tick).text)
            drawn.append(f'<text class="d-middle" x="{x(tick):.1f}" y="{_AXIS + 22:g}">{label}</text>')
    drawn += [
        _mark(mark, x(mark.value), row) for mark, row in zip(marks, _rows([x(one.value) for one in marks]), strict=True)
    ]
    said = ", ".join(f"{mark.name} {words.measure(field, mark.value)}" for mark in marks)
    return svg("scale", said, drawn, viewBox=f"0 0 {_WIDTH:g} {_AXIS + 28:g}")


def _mark(mark: Mark, x: float, row: int) -> str:
    top = 14 + row * _ROW
    anchor, at = ("middle", x) if 44 < x < _WIDTH - 44 else ("start", 0.0) if x <= 44 else ("end", _WIDTH)
    radius = 7 if mark.kind == "d-ring" else 8
    return (
        f'<path class="{mark.said} s-stem" d="M{x:.1f} {top + 5:g}V{_AXIS:g}"/>'
        f'<circle class="d-bg" cx="{x:.1f}" cy="{_AXIS:g}" r="{radius + 2}"/>'
        f'<circle class="{mark.kind}" cx="{x:.1f}" cy="{_AXIS:g}" r="{radius}"/>'
        f'<text class="{mark.said} s-name" x="{at:.1f}" y="{top:g}" text-anchor="{anchor}">{escape(mark.name)}</text>'
    )


def _rows(places: Sequence[float]) -> list[int]:
    """Labels stack, at most three high, where they would touch: 0 is the top row."""
    rows: list[int] = []
    for place in places:
        taken = {row for other, row in zip(places, rows, strict=False) if place - other < _TOO_CLOSE}
        rows.append(min(row for row in (1, 0, 2) if row not in taken))
    return rows


def _ticks(low: float, high: float, precision: float) -> list[float]:
    """Round numbers around both ends, at most nine, never finer than the metric is measured."""
    span = max(high - low, 2 * precision)
    middle = (low + high) / 2
    low, high = middle - span * 0.75, middle + span * 0.75
    step = next(
        size
        for power in range(math.floor(math.log10(precision)), 9)
        for size in (10.0**power, 2 * 10.0**power, 5 * 10.0**power)
        if size >= precision * 0.999 and (math.ceil(high / size) - math.floor(low / size)) < _MOST_TICKS
    )
    first, last = math.floor(low / step), math.ceil(high / step)
    return [number * step for number in range(first, last + 1)]
