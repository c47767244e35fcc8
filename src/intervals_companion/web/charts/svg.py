"""The four drawings of the product, and two small ones, as inline SVG.

Colours are classes of `charts.css`: the pages allow no style attribute. Widths are shares of the place they get, so
that a drawing fits every screen; heights are pixels, so that nothing moves when it arrives.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from attrs import frozen
from markupsafe import Markup, escape

from intervals_companion.derive.normal import Normal
from intervals_companion.web.charts.icons import icon, logo, sport_icon
from intervals_companion.web.formatting import Formatter

__all__ = [
    "Normal",
    "Part",
    "glyph",
    "icon",
    "line",
    "logo",
    "presence",
    "project",
    "route",
    "ruler",
    "ruler_key",
    "sparkline",
    "sport_icon",
]  # fmt: skip


def svg(classes: str, label: str, inside: Iterable[str], **attributes: str | float) -> Markup:
    """A drawing with its sentence. `inside` is markup made here, never a person's text."""
    given = Markup("").join(
        Markup(' {}="{}"').format(name.replace("_", "-"), _number(value)) for name, value in attributes.items()
    )
    return Markup('<svg class="{}" role="img" aria-label="{}"{}>{}</svg>').format(
        classes,
        label,
        given,
        Markup("").join(Markup(part) for part in inside),  # noqa: S704 - made of numbers and class names
    )


def _number(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")


def points(pairs: Iterable[tuple[float, float]]) -> str:
    """As `points` and the path commands write them."""
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in pairs)


# --- the line --------------------------------------------------------------------------------------------------------

Kind = Literal["sent", "held_permission", "held", "failed", "todo"]


@frozen
class Part:
    kind: Kind
    count: int


_SAID: Mapping[Kind, str] = {"sent": "sent", "held_permission": "held", "held": "held", "failed": "failed", "todo": ""}
_AGREED = Part("sent", 0)
_LEAST = 17.0
"""Percent of the width that a part has at least: a label of about 56 px on a phone."""
_HATCHES = (
    '<defs><pattern id="hatch-warn" width="7" height="7" patternUnits="userSpaceOnUse">'
    '<rect class="d-warn-soft" width="7" height="7"/><path class="d-line-warn" d="M-1 2 2-1M0 7 7 0M5 8 8 5"/>'
    "</pattern>"
    '<pattern id="hatch-held" width="7" height="7" patternUnits="userSpaceOnUse">'
    '<path class="d-line-text3" d="M-1 2 2-1M0 7 7 0M5 8 8 5"/></pattern></defs>'
)


def line(
    parts: Sequence[Part], left: str, right: str, label: str, *, words: Formatter | None = None, signed_in: bool = True
) -> Markup:
    """What travelled from Apple Health to Intervals.icu. `left` and `right` stand below the two names.

    Without parts nothing has come from Health yet: its dot is empty and the way dotted; so is the other dot while
    nobody is signed in. With parts that are all empty
    there was nothing to send: both sides agree. What is held on purpose was not meant to arrive.
    """
    present = [part for part in parts if part.count]
    arrived = all(part.kind in ("sent", "held") for part in present)
    if parts and not present:
        present = [_AGREED]
    drawn = [_HATCHES, *_bar(present, words)] if present else ['<path class="d-dots" d="M24 28H4000"/>']
    ends = (
        _end("0", 9, "d-ink" if parts else "d-ring"),
        _end("100%", -9, "d-accent" if arrived and signed_in else "d-ring"),
    )
    texts = (
        f'<text class="d-name" y="52">Apple Health</text><text class="d-small" y="66">{escape(left)}</text>'
        f'<text class="d-name d-end" x="100%" y="52">Intervals.icu</text>'
        f'<text class="d-small d-end" x="100%" y="66">{escape(right)}</text>'
    )
    return svg("the-line", label, [*drawn, *ends, texts], width="100%", height=70)


def _end(x: str, dx: int, kind: str) -> str:
    hollow = kind == "d-ring"
    return (
        f'<svg x="{x}" overflow="visible"><circle class="d-bg" cx="{dx}" cy="28" r="9"/>'
        f'<circle class="{kind}" cx="{dx}" cy="28" r="{7.5 if hollow else 9}"/></svg>'
    )


def _bar(parts: Sequence[Part], words: Formatter | None) -> Iterator[str]:
    shares = _shares([part.count for part in parts])
    start = 0.0
    for place, (part, share) in enumerate(zip(parts, shares, strict=True)):
        end = start + share
        yield f'<rect class="d-{part.kind}" x="{start:.2f}%" y="24" width="{share:.2f}%" height="8"/>'
        if place:
            yield f'<rect class="d-bg" x="{start:.2f}%" y="24" width="2" height="8"/>'
        if part.count and (said := _SAID[part.kind]):
            count = words.number(part.count) if words else f"{part.count:,}"
            where = f'x="{start:.2f}%"' if place == 0 else f'class="d-end" x="{end:.2f}%" dx="-2"'
            yield f'<g class="d-say-{part.kind}"><text {where} y="14">{escape(count)} {said}</text></g>'
        start = end


def _shares(counts: Sequence[int]) -> list[float]:
    """Percent of each, none below the least."""
    free = 100 - _LEAST * len(counts)
    return [_LEAST + free * count / (sum(counts) or 1) for count in counts] if len(counts) > 1 else [100.0]


# --- the link glyph --------------------------------------------------------------------------------------------------

_FULL_LEFT, _FULL_RIGHT = '<circle class="f" cx="5" cy="6" r="4"/>', '<circle class="f" cx="29" cy="6" r="4"/>'
_RING_LEFT, _RING_RIGHT = '<circle cx="5" cy="6" r="3.2"/>', '<circle cx="29" cy="6" r="3.2"/>'
_GATE = _FULL_LEFT + '<path d="M9 6h6"/><path class="gate" d="M17 1v10"/>' + _RING_RIGHT

_GLYPHS: Mapping[str, tuple[str, str]] = {
    "linked": ("quiet", _FULL_LEFT + '<path d="M9 6h16"/>' + _FULL_RIGHT),
    "sending": ("accent", _FULL_LEFT + '<path d="M9 6h3M15 6h6M18 2.5 22 6l-4 3.5"/>' + _RING_RIGHT),
    "held": ("quiet", _GATE),
    "held_permission": ("warn", _GATE),
    "decide": ("warn", _FULL_LEFT + '<path d="M9 6h4M21 6h4M15 10.5l4.5-9"/>' + _FULL_RIGHT),
    "failed": ("bad", _FULL_LEFT + '<path d="M9 6h3M14 2.8l6 6.4M20 2.8l-6 6.4"/>' + _RING_RIGHT),
    "only_here": ("quiet", _FULL_LEFT + _RING_RIGHT),
    "only_there": ("quiet", _RING_LEFT + _FULL_RIGHT),
    "off": ("quiet", _FULL_LEFT + '<path class="dots" d="M12 6h18"/>'),
}


def glyph(state: str) -> Markup:
    """The state of one thing; a word always stands beside it, so it is silent. Raises KeyError."""
    colour, inside = _GLYPHS[state]
    return Markup(
        '<svg class="glyph glyph-{}" width="34" height="12" viewBox="0 0 34 12" aria-hidden="true">{}</svg>'
    ).format(
        colour,
        Markup(inside),  # noqa: S704 - our own drawing
    )


# --- the ruler -------------------------------------------------------------------------------------------------------


_REACH = 2.5
"""Standard deviations from the middle of the axis to its end."""
_INSET = 4.0
"""Percent kept free at either end, so that a dot beyond the axis stays whole."""


def ruler(
    today: float | None, week: Normal | None, usual: Normal | None, label: str, *, counting: bool = False
) -> Markup:
    """Today against one's own normal. It fills its row, so that the blocks of a list join.

    `usual`: 60 days, None while there are fewer than 14 of them: then there is nothing to hold against.
    `counting`: the day is not over, the dot is hollow.
    """
    if usual is None:
        return svg("ruler", label, (), width="100%", height="100%")

    def at(value: float) -> float:
        spread = usual.deviation or 1.0
        share = 50 + (value - usual.mean) / spread * 50 / _REACH
        return min(100 - _INSET, max(_INSET, share))

    drawn = [f'<rect class="d-band60" x="{50 - 50 / _REACH:g}%" width="{100 / _REACH:g}%" height="100%"/>']
    if week is not None:
        low, high = at(week.mean - week.deviation), at(week.mean + week.deviation)
        drawn.append(
            f'<svg y="50%" overflow="visible"><rect class="d-band7" x="{low:.2f}%" y="-2" '
            f'width="{max(high - low, 1.5):.2f}%" height="4" rx="1"/></svg>'
        )
    if today is not None:
        x = at(today)
        drawn.append(f'<circle class="d-bg" cx="{x:.2f}%" cy="50%" r="6.5"/>')
        drawn.append(f'<circle class="{"d-hollow" if counting else "d-accent"}" cx="{x:.2f}%" cy="50%" r="4.5"/>')
    return svg("ruler", label, drawn, width="100%", height="100%")


def ruler_key() -> Markup:
    """What the marks of a ruler mean."""
    marks = (
        ('<rect class="d-band60" width="18" height="12" rx="2"/>', "60 days"),
        ('<rect class="d-band7" y="4" width="18" height="4" rx="1"/>', "7 days"),
        ('<circle class="d-accent" cx="9" cy="6" r="4.5"/>', "today"),
    )
    key = Markup('<span class="key"><svg width="18" height="12" aria-hidden="true">{}</svg> {}</span>')
    return Markup(" ").join(key.format(Markup(mark), said) for mark, said in marks)  # noqa: S704 - our own drawing


# --- strips ----------------------------------------------------------------------------------------------------------


def presence(days: Sequence[bool], label: str) -> Markup:
    """On which days data was seen: one tick a day, tall where it was."""
    pitch, tick = 4.4, 3.0
    drawn = [
        f'<rect x="{_number(place * pitch)}" y="{0 if seen else 11}" width="{tick:g}" height="{14 if seen else 3}"/>'
        for place, seen in enumerate(days)
    ]
    width = max(len(days) * pitch - (pitch - tick), 1)
    return svg("presence", label, drawn, width=width, height=14, viewBox=f"0 0 {_number(width)} 14")


_SPARK = (104.0, 28.0)


def sparkline(values: Sequence[float | None], label: str, usual: Normal | None = None) -> Markup:
    """One value a day, oldest first; a gap where there is none. The last day has the dot."""
    width, height = _SPARK
    known = [value for value in values if value is not None]
    if not known:
        return svg("sparkline", label, (), width=width, height=height)
    band = [] if usual is None else [usual.mean - usual.deviation, usual.mean + usual.deviation]
    low, high = min(known + band), max(known + band)
    span = (high - low) or 1.0

    def y(value: float) -> float:
        return height - 4 - (value - low) / span * (height - 8)

    step = (width - 10) / max(len(values) - 1, 1)
    drawn: list[str] = []
    if band:
        top, bottom = y(band[1]), y(band[0])
        drawn.append(
            f'<rect class="d-band60" y="{_number(top)}" width="{width:g}" height="{_number(bottom - top)}" rx="2"/>'
        )
    drawn += [
        f'<path class="d-spark" d="M{points((2 + place * step, y(value)) for place, value in stretch)}h0"/>'
        for stretch in stretches(values)
    ]
    if (last := values[-1]) is not None:
        at = points([(2 + (len(values) - 1) * step, y(last))]).split(",")
        drawn.append(f'<circle class="d-bg" cx="{at[0]}" cy="{at[1]}" r="5"/>')
        drawn.append(f'<circle class="d-accent" cx="{at[0]}" cy="{at[1]}" r="3.5"/>')
    return svg("sparkline", label, drawn, width=width, height=height, viewBox=f"0 0 {width:g} {height:g}")


def stretches(values: Sequence[float | None]) -> Iterator[list[tuple[int, float]]]:
    """The runs without a gap, as (place, value)."""
    run: list[tuple[int, float]] = []
    for place, value in enumerate(values):
        if value is not None:
            run.append((place, value))
        elif run:
            yield run
            run = []
    if run:
        yield run


# --- the route -------------------------------------------------------------------------------------------------------

ROUTE_WIDTH, ROUTE_HEIGHT, _MARGIN = 358.0, 210.0, 12.0
_METRES_PER_DEGREE = 111_320.0
Place = tuple[float, float]
"""Degrees: latitude, longitude."""


class Projection(NamedTuple):
    """From places to the drawing: a flat map around the middle of the route, which is enough for what one trains."""

    west: float
    north: float
    shrink: float
    """By which a degree of longitude is shorter than one of latitude."""
    scale: float
    """Pixels a metre."""
    left: float
    top: float

    def at(self, place: Place) -> tuple[float, float]:
        east = (place[1] - self.west) * self.shrink * _METRES_PER_DEGREE
        south = (self.north - place[0]) * _METRES_PER_DEGREE
        return self.left + east * self.scale, self.top + south * self.scale


def project(places: Sequence[Place]) -> Projection:
    """The largest drawing of these places that fits."""
    north, south = max(place[0] for place in places), min(place[0] for place in places)
    west, east = min(place[1] for place in places), max(place[1] for place in places)
    shrink = math.cos(math.radians((north + south) / 2))
    across = max((east - west) * shrink * _METRES_PER_DEGREE, 1.0)
    down = max((north - south) * _METRES_PER_DEGREE, 1.0)
    room = ROUTE_HEIGHT - 2 * _MARGIN - 24  # the scale bar stands below
    scale = min((ROUTE_WIDTH - 2 * _MARGIN) / across, room / down)
    return Projection(
        west, north, shrink, scale, (ROUTE_WIDTH - across * scale) / 2, _MARGIN + (room - down * scale) / 2
    )


def route(places: Sequence[Place], label: str, words: Formatter) -> Markup:
    """Shape only: the way, a ring where it began, a scale bar; and what the charts move: a part of it, and a dot."""
    projection = project(places)
    way = [projection.at(place) for place in places]
    (x, y), (bar, length) = way[0], _scale_bar(projection, words)
    right, base = ROUTE_WIDTH - 8, ROUTE_HEIGHT - 8
    drawn = [
        f'<polyline class="d-route" points="{points(way)}"/><polyline class="d-part" points=""/>',
        f'<circle class="d-start" cx="{_number(x)}" cy="{_number(y)}" r="4"/>',
        '<circle class="d-accent cursor" r="5" visibility="hidden"/>',
        f'<path class="d-scale" d="M{_number(right - bar)} {base - 4}v8m0-4H{right}m0-4v8"/>'
        f'<text class="d-small d-middle" x="{_number(right - bar / 2)}" y="{base - 8}">{escape(length)}</text>',
    ]
    return svg(
        "route", label, drawn, width="100%", height=ROUTE_HEIGHT, viewBox=f"0 0 {ROUTE_WIDTH:g} {ROUTE_HEIGHT:g}"
    )


def _scale_bar(projection: Projection, words: Formatter) -> tuple[float, str]:
    """Pixels and words of the longest round length that takes at most a quarter of the width."""
    unit = words.split()
    most = ROUTE_WIDTH / 4 / projection.scale / unit
    step = 10.0 ** math.floor(math.log10(most))
    length = next(step * factor for factor in (5, 2, 1) if step * factor <= most * (1 + 1e-9))
    if length * unit >= 1000 or words.preferences.imperial:
        decimals = max(0, -math.floor(math.log10(length)))
        text = f"{words.number(length, decimals)} {words.distance(0).unit}"
    else:
        text = f"{words.number(length * unit)} m"
    return length * unit * projection.scale, text
