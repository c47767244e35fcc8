"""What a row of the feed draws beside an activity: its way, or how hard it was from start to end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import Markup

from intervals_companion.web.charts.svg import points, svg

WIDTH, HEIGHT = 100.0, 56.0
_MARGIN = 3.0
_GAP = 1.0
_LEAST = 1.0
"""Pixels of a bar of nothing."""
_SAID = {"power": "Power", "heart_rate": "Heart rate", "speed": "Speed"}

Shape = Mapping[str, Any]
"""See `social/views.py`."""


def shape(drawn: Shape | None) -> Markup:
    """With its sentence; "" where there is none."""
    if drawn is None:
        return Markup("")
    kind = _route(drawn) if drawn["kind"] == "route" else _bars(drawn)
    return svg("shape", _label(drawn), kind, width=WIDTH, height=HEIGHT, viewBox=f"0 0 {WIDTH:g} {HEIGHT:g}")


def _label(drawn: Shape) -> str:
    if drawn["kind"] == "route":
        return "The shape of the way."
    hard = sum(drawn["strong"])
    told = f", hard for {hard} of {len(drawn['bars'])} parts" if hard else ""
    return f"{_SAID[drawn['stream']]} from start to end{told}."


def _route(drawn: Shape) -> Iterator[str]:
    """As large as fits, in the middle."""
    line = [(x, y) for x, y in drawn["points"]]
    wide, high = max(x for x, _ in line) or 1e-9, max(y for _, y in line) or 1e-9
    scale = min((WIDTH - 2 * _MARGIN) / wide, (HEIGHT - 2 * _MARGIN) / high)
    left, top = (WIDTH - wide * scale) / 2, (HEIGHT - high * scale) / 2
    yield f'<polyline class="d-way" points="{points((left + x * scale, top + y * scale) for x, y in line)}"/>'


def _bars(drawn: Shape) -> Iterator[str]:
    pitch = WIDTH / len(drawn["bars"])
    for place, (share, strong) in enumerate(zip(drawn["bars"], drawn["strong"], strict=True)):
        tall = max(_LEAST, share * HEIGHT)
        colour = drawn["stream"] if strong else "band7"
        yield (
            f'<rect class="d-{colour}" x="{place * pitch:.1f}" '
            f'y="{HEIGHT - tall:.1f}" width="{pitch - _GAP:.1f}" height="{tall:.1f}"/>'
        )
