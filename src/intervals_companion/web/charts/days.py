"""Charts of days as inline SVG: fitness and form, and one metric.

Across they are stretched to the place they get, so lines keep their width (`non-scaling-stroke`) and dots are strokes
of no length; words stand in drawings of their own beside them, which are not stretched. The table below each chart says
the same in words, and `days.js` reads it where a finger points.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from attrs import frozen
from markupsafe import Markup, escape

from intervals_companion.app.dashboard import FormDay
from intervals_companion.app.wellness.metrics import Day, Provenance
from intervals_companion.web.charts.svg import points, stretches, svg
from intervals_companion.web.formatting import Formatter

ACROSS = 1000.0
"""Width of a plot in its own units."""
MOST_TICKS = 3


@frozen
class Chart:
    """The parts of a chart; the template puts them together."""

    plot: Markup
    left: Markup
    right: Markup
    below: Markup
    places: Sequence[float | None]
    """For each day, oldest first, the pixels from the top to its mark."""


class Scale(NamedTuple):
    """From values to pixels from the top."""

    low: float
    high: float
    top: float
    bottom: float

    def at(self, value: float) -> float:
        return self.bottom - (value - self.low) / (self.high - self.low) * (self.bottom - self.top)


def scale(values: Sequence[float], top: float, bottom: float) -> Scale:
    low, high = min(values), max(values)
    room = (high - low) * 0.05 or abs(high) * 0.05 or 1.0
    return Scale(low - room, high + room, top, bottom)


def monotonic(low: float, high: float) -> list[float]:
    """At most three round numbers between low and high."""
    step = 10.0 ** math.floor(math.log10((high - low) / MOST_TICKS))
    for factor in (1, 2, 2.5, 5, 10):
        first, last = math.ceil(low / (step * factor)), math.floor(high / (step * factor))
        if last - first < MOST_TICKS:
            return [place * step * factor for place in range(first, last + 1)]
    return []


def across(place: int, days: int) -> float:
    return (place + 0.5) / days * ACROSS


def fitness(days: Sequence[FormDay], words: Formatter) -> Chart:
    """Fitness and fatigue on one scale, form as bars on a zero line of its own."""
    height, floor, middle, reach = 190, 128, 158, 26
    count = len(days)
    both = [value for day in days for value in (day.fitness, day.fatigue)]
    lines = scale(both, 6, floor)
    forms = [_form(day, words) for day in days]
    largest = max(map(abs, forms)) or 1.0
    grid = monotonic(lines.low, lines.high)

    def curve(name: str, values: Sequence[float]) -> str:
        path = points((across(place, count), lines.at(value)) for place, value in enumerate(values))
        return f'<polyline class="c-{name}" points="{path}"/>'

    width = ACROSS / count * 0.72
    bars = [
        f'<rect class="{"d-accent" if place == count - 1 else "d-band7"}" x="{across(place, count) - width / 2:.1f}" '
        f'y="{min(middle, middle - form / largest * reach):.1f}" width="{width:.1f}" '
        f'height="{max(abs(form) / largest * reach, 0.6):.1f}"/>'
        for place, form in enumerate(forms)
    ]
    drawn = [
        *(f'<path class="c-grid" d="M0 {lines.at(value):.1f}H1000"/>' for value in grid),
        *bars,
        f'<path class="c-zero" d="M0 {middle}H1000"/>',
        curve("fatigue", [day.fatigue for day in days]),
        curve("fitness", [day.fitness for day in days]),
    ]
    last = days[-1]
    ends = _apart([lines.at(last.fitness), lines.at(last.fatigue)])
    left = [*(_axis(words.number(value), lines.at(value)) for value in grid), _axis("0", middle)]
    right = [
        _axis(words.number(last.fitness), ends[0], "c-say-fitness"),
        _axis(words.number(last.fatigue), ends[1], "c-say-fatigue"),
        _axis(form_words(last, words), middle - forms[-1] / largest * reach / 2, "c-say"),
    ]
    label = (
        f"Fitness, fatigue and form on {count} days. Today fitness is {words.number(last.fitness)}, "
        f"fatigue {words.number(last.fatigue)}, form {form_words(last, words)}."
    )
    return Chart(
        plot=_plot(label, drawn, height),
        left=_beside("c-left", left, height),
        right=_beside("c-right", right, height),
        below=_dates([day.day for day in days], words),
        places=[lines.at(day.fitness) for day in days],
    )


def _form(day: FormDay, words: Formatter) -> float:
    return day.percent if words.preferences.form_as_percent else day.form


def form_words(day: FormDay, words: Formatter) -> str:
    """Absolute, or as percent of fitness where the athlete set it so."""
    return words.percent(day.percent) if words.preferences.form_as_percent else words.number(day.form)


def _apart(places: Sequence[float], least: float = 14) -> list[float]:
    """Two labels, moved so that neither covers the other."""
    one, other = places
    missing = least - abs(one - other)
    if missing <= 0:
        return [one, other]
    up = missing / 2 * (1 if one > other else -1)
    return [one + up, other - up]


def metric(
    series: Sequence[Day], field: str, words: Formatter, label: str, chosen: int | None = None, *, days: bool = True
) -> Chart:
    """Dots are days, the ink line the 7-day mean, the shade the 60-day mean and one standard deviation.

    `chosen`: the place of the day that was asked for. Not `days`: each dot stands for some, and none for today.
    """
    height = 210
    count = len(series)
    known = [day.value for day in series if day.value is not None]
    spread = [edge for day in series if day.usual for edge in (day.usual.low, day.usual.high)]
    down = scale([*known, *spread], 10, height - 4)
    grid = _shown_ticks(field, down, words)

    def place(at: int, value: float) -> tuple[float, float]:
        return across(at, count), down.at(value)

    drawn = [f'<path class="c-grid" d="M0 {down.at(value):.1f}H1000"/>' for value, _ in grid]
    drawn += [f'<polygon class="c-shade" points="{points(shade)}"/>' for shade in _shades(series, place_of=place)]
    size = "c-dots" if count <= 120 else "c-dots c-small"
    dots = "".join(
        "M{:.1f} {:.1f}h0".format(*place(at, day.value)) for at, day in enumerate(series) if day.value is not None
    )
    drawn.append(f'<path class="{size}" d="{dots}"/>')
    means = [day.week.mean if day.week else None for day in series]
    drawn += [
        f'<polyline class="c-mean" points="{points(place(at, value) for at, value in run)}"/>'
        for run in stretches(means)
        if len(run) > 1
    ]
    if days and series[-1].value is not None:
        x, y = place(count - 1, series[-1].value)
        drawn += [f'<path class="{name}" d="M{x:.1f} {y:.1f}h0"/>' for name in ("c-today-edge", "c-today")]
    if chosen is not None:
        drawn.append('<g class="c-asked">' + "".join(_asked(chosen, series[chosen].value, place, height)) + "</g>")
    return Chart(
        plot=_plot(label, drawn, height),
        left=Markup(""),
        right=_beside("c-right", [_axis(text, down.at(value)) for value, text in grid], height),
        below=_dates([day.day for day in series], words),
        places=[None if day.value is None else down.at(day.value) for day in series],
    )


def _asked(
    at: int, value: float | None, place_of: Callable[[int, float], tuple[float, float]], height: int
) -> Iterator[str]:
    """The day that was asked for: where the finger of a script would be."""
    x = place_of(at, value or 0.0)[0]
    yield f'<path class="c-ruled" d="M{x:.1f} 0V{height}"/>'
    if value is not None:
        y = place_of(at, value)[1]
        yield from (f'<path class="{name}" d="M{x:.1f} {y:.1f}h0"/>' for name in ("c-today-edge", "c-today"))


def _shown_ticks(field: str, down: Scale, words: Formatter) -> list[tuple[float, str]]:
    """Round numbers as the athlete reads them, and where they stand in the metric's own unit."""
    per_step = words.per_step(field)
    low, high = words.shown(field, down.low), words.shown(field, down.high)
    found = [tick * per_step for tick in monotonic(low / per_step, high / per_step)]
    return [(words.stored(field, tick), words.tick(field, tick)) for tick in found]


def _shades(
    days: Sequence[Day], place_of: Callable[[int, float], tuple[float, float]]
) -> Iterator[list[tuple[float, float]]]:
    """The outline of each run of days that have a normal range."""
    upper: list[tuple[float, float]] = []
    lower: list[tuple[float, float]] = []
    for at, usual in [*enumerate(day.usual for day in days), (len(days), None)]:
        if usual is not None:
            upper.append(place_of(at, usual.high))
            lower.append(place_of(at, usual.low))
        elif upper:
            yield [*upper, *reversed(lower)]
            upper, lower = [], []


def _plot(label: str, drawn: Sequence[str], height: int) -> Markup:
    return svg(
        "c-plot", label, drawn, viewBox=f"0 0 {ACROSS:g} {height}", preserveAspectRatio="none", height=height,
        width="100%",
    )  # fmt: skip


def _beside(classes: str, texts: Sequence[str], height: int) -> Markup:
    return Markup('<svg class="{}" height="{}" aria-hidden="true">{}</svg>').format(
        classes,
        height,
        Markup("").join(Markup(text) for text in texts),  # noqa: S704 - escaped where it was made
    )


def _axis(text: str, y: float, classes: str = "") -> str:
    named = f' class="{classes}"' if classes else ""
    return f'<text{named} y="{y + 4:.1f}">{escape(text)}</text>'


def _dates(days: Sequence[date], words: Formatter) -> Markup:
    """Four or five dates below the plot, the last one `today` where it is."""
    count = len(days)
    named: dict[int, str] = {}
    for part in range(4):
        place = round(part * (count - 1) / 4)
        named[place] = words.axis_day(days[place])
    named[count - 1] = "today" if days[-1] == words.today else words.axis_day(days[-1])
    texts = []
    for number, (place, text) in enumerate(named.items()):
        end = place == count - 1 and count > 1
        where = 100.0 if end else across(place, count) / ACROSS * 100
        anchor = "d-end" if end else "d-middle" if place else ""
        odd = " c-odd" if number % 2 and not end else ""  # left out where there is no room
        texts.append(f'<text x="{where:.2f}%" y="11" class="{anchor}{odd}">{escape(text)}</text>')
    return Markup('<svg class="c-below" width="100%" height="16" aria-hidden="true"><g>{}</g></svg>').format(
        Markup("").join(Markup(text) for text in texts)  # noqa: S704 - escaped where it was made
    )


SAMPLES_HEIGHT = 84


def samples(why: Provenance, value: float, words: Formatter, label: str) -> Markup:
    """The samples of one day or night over its hours: dots count, rings do not, the broken line is the value."""
    first = min([sample.start for sample in why.samples] + ([why.night[0]] if why.night else []))
    last = max([sample.end for sample in why.samples] + ([why.night[1]] if why.night else []))
    room = max(last - first, 60_000) * 0.02
    start, length = first - room, last - first + 2 * room
    down = scale([*(sample.value for sample in why.samples), value], 22, SAMPLES_HEIGHT - 24)

    def x(at: float) -> float:
        return (at - start) / length * 100

    drawn = []
    if why.night:
        asleep, awake = why.night
        drawn.append(
            f'<rect class="d-inset" x="{x(asleep):.2f}%" width="{x(awake) - x(asleep):.2f}%" '
            f'height="{SAMPLES_HEIGHT - 18}"/>'
        )
    drawn.append(
        f'<line class="s-mean" x1="0" x2="100%" y1="{down.at(value):.1f}" y2="{down.at(value):.1f}"/>'
    )  # fmt: skip
    drawn += [
        f'<circle class="{"s-refused" if sample.refused else "d-ink"}" cx="{x((sample.start + sample.end) / 2):.2f}%" '
        f'cy="{down.at(sample.value):.1f}" r="{3.5 if sample.refused else 4}"/>'
        for sample in why.samples
    ]
    for part in (0.1, 0.37, 0.63, 0.9):
        text = words.time(round(start + length * part))
        drawn.append(f'<text class="d-middle" x="{part * 100:g}%" y="{SAMPLES_HEIGHT - 4}">{escape(text)}</text>')
    return svg("samples", label, drawn, width="100%", height=SAMPLES_HEIGHT)
