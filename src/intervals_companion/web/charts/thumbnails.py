"""What a row of the feed draws beside an activity: its way, or how hard it was from start to end."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from intervals_companion.domain.workout_view import BarsThumbnail, RouteThumbnail, Thumbnail
from intervals_companion.web.charts.svg import points, svg

WIDTH, HEIGHT = 100.0, 56.0
_MARGIN = 3.0
_GAP = 1.0
_LEAST = 1.0
"""Pixels of a bar of nothing."""
_SAID = {"power": "Power", "heart_rate": "Heart rate", "speed": "Speed"}


def drawn(thumbnail: Thumbnail | None) -> Markup:
    """With its sentence; "" where there is none."""
    if thumbnail is None:
        return Markup("")
    marks = _route(thumbnail) if isinstance(thumbnail, RouteThumbnail) else _bars(thumbnail)
    return svg("shape", _label(thumbnail), marks, width=WIDTH, height=HEIGHT, viewBox=f"0 0 {WIDTH:g} {HEIGHT:g}")


def _label(thumbnail: Thumbnail) -> str:
    if isinstance(thumbnail, RouteThumbnail):
        return "The shape of the way."
    hard = sum(thumbnail.strong)
    told = f", hard for {hard} of {len(thumbnail.bars)} parts" if hard else ""
    return f"{_SAID[thumbnail.stream]} from start to end{told}."


def _route(thumbnail: RouteThumbnail) -> Iterator[str]:
    """As large as fits, in the middle."""
    line = thumbnail.points
    wide, high = max(x for x, _ in line) or 1e-9, max(y for _, y in line) or 1e-9
    scale = min((WIDTH - 2 * _MARGIN) / wide, (HEIGHT - 2 * _MARGIN) / high)
    left, top = (WIDTH - wide * scale) / 2, (HEIGHT - high * scale) / 2
    yield f'<polyline class="d-way" points="{points((left + x * scale, top + y * scale) for x, y in line)}"/>'


def _bars(thumbnail: BarsThumbnail) -> Iterator[str]:
    pitch = WIDTH / len(thumbnail.bars)
    for place, (share, strong) in enumerate(zip(thumbnail.bars, thumbnail.strong, strict=True)):
        tall = max(_LEAST, share * HEIGHT)
        colour = thumbnail.stream if strong else "band7"
        yield (
            f'<rect class="d-{colour}" x="{place * pitch:.1f}" '
            f'y="{HEIGHT - tall:.1f}" width="{pitch - _GAP:.1f}" height="{tall:.1f}"/>'
        )
