"""/metrics: every metric with its line; /metrics/<field>: one with its days, and why a number is what it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from attrs import frozen
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from intervals_companion.app.wellness import metrics as service
from intervals_companion.app.wellness import ranges
from intervals_companion.app.wellness.metrics import Line, MetricDetails, Provenance
from intervals_companion.app.wellness.ranges import Range
from intervals_companion.domain.catalogue import Metric, Rule
from intervals_companion.domain.days import parse_day
from intervals_companion.domain.errors import NothingToShow, UsageError
from intervals_companion.web.charts import days
from intervals_companion.web.charts.svg import sparkline
from intervals_companion.web.dashboard import chosen_range
from intervals_companion.web.formatting import Formatter, Measure
from intervals_companion.web.pages import formatter, page, render, scope
from intervals_companion.web.sync.next_steps import WAYS_ON

MOST_SAMPLES = 60
"""Samples listed one by one; of more, only their number and their drawing are shown."""

_WEEK = 7
_BY_NIGHT = frozenset({Rule.SLEEP_MEAN, Rule.SLEEP_WEIGHTED_MEAN, Rule.NIGHT, Rule.ASLEEP})


@frozen
class MetricRow:
    field: str
    name: str
    source: str
    measure: Measure | None
    when: str
    """The day of the value, where it is not today's."""
    spark: Markup


def every(request: Request) -> Response:
    here = scope(request)
    words = formatter(here)
    names = service.source_names(here)
    found = service.lines(here)
    seen = any(line.value is not None for lines in found.values() for line in lines)
    groups = {group: [_row(line, names, words) for line in lines] for group, lines in found.items() if seen}
    return render(request, "wellness/metrics.html", tab="metrics", groups=groups)


def _row(line: Line, names: Mapping[str, str], words: Formatter) -> MetricRow:
    metric = line.metric
    measure = None if line.value is None else words.measure(metric.field, line.value)
    when = "" if line.day is None or line.day == words.today else words.day(line.day)
    name = metric.name
    known = [value for value in line.days if value is not None]
    label = f"{name}, 60 days"
    if known:
        low, high = (words.measure(metric.field, value) for value in (min(known), max(known)))
        label += f": from {low.text} to {high}."
    return MetricRow(metric.field, name, _source(line, names), measure, when, sparkline(line.days, label, line.usual))


def _source(line: Line, names: Mapping[str, str]) -> str:
    told = [names.get(key, key) for key in line.sources[:1]]
    if line.metric.custom and told:
        told.append("custom field")
    return ", ".join(told) or "No data seen in 60 days"


# --- one metric ------------------------------------------------------------------------------------------------------


class Fact(NamedTuple):
    """One line of the why."""

    name: str
    text: str
    link: str = ""
    link_words: str = ""


def one(request: Request) -> Response:
    here = scope(request)
    words = formatter(here)
    field, day = request.path_params["field"], _wanted_day(request)
    chosen = "range" in request.query_params
    range_ = chosen_range(request) if chosen else ranges.range_of(day, words.today)
    found = service.metric_details(here, field, range_, day)
    metric, why, newest = found.metric, found.why, found.newest
    place = _place(found)
    drawn = any(each.value is not None for each in found.days)
    return render(
        request,
        "wellness/metric.html",
        tab="metrics",
        back=("/metrics", "Metrics"),
        metric=metric,
        name=metric.name,
        state=None if newest is None else _state(newest),
        value=None if newest is None else words.measure(field, newest.value),
        when=_when(newest, words),
        mean=found.week and words.measure(field, found.week.mean),
        normal=found.usual and (words.measure(field, found.usual.low).text, words.measure(field, found.usual.high)),
        ranges=Range,
        range_=range_,
        chart=days.metric(found.days, field, words, _sentence(found, words), place, days=found.step == 1)
        if drawn
        else None,
        days=found.days,
        step=found.step,
        dots=_dots(metric, found.step),
        mean_words="7-day mean" if found.step == 1 else "60-day mean",
        span=_span(found.step, words),
        unit=words.unit(field),
        day=day,
        reading=_reading(found, words),
        why=why,
        facts=[] if why is None else _facts(metric, why, service.source_names(here), words),
        samples=None if why is None else _samples(metric, why, words),
        most=MOST_SAMPLES,
    )


def _place(found: MetricDetails) -> int | None:
    """Which of the days the one that was asked for is."""
    if found.asked is None:
        return None
    back = (found.days[-1].day - found.asked).days // found.step
    return len(found.days) - 1 - back if 0 <= back < len(found.days) else None


def _reading(found: MetricDetails, words: Formatter) -> str:
    """What stands above the plot: the day that was asked for, else the newest."""
    if found.asked is None and found.newest is None:
        return ""
    day = found.asked or (found.newest.day if found.newest else words.today)
    return f"{words.day(day)}: {words.measure(found.metric.field, found.why.value) if found.why else _none(found)}"


def _none(found: MetricDetails) -> str:
    count = len(found.impossible)
    return f"no value; {_cannot_be(count)}" if count else "no value"


def _cannot_be(count: int) -> str:
    return f"{count} {'sample' if count == 1 else 'samples'} that cannot be {'is' if count == 1 else 'are'} left out"


def _span(step: int, words: Formatter) -> Callable[[date], str]:
    """A day in words, or the days up to it that a dot stands for."""
    return words.day if step == 1 else lambda last: words.days(last - timedelta(days=step - 1), last)


def _dots(metric: Metric, step: int) -> str:
    if step > 1:
        return "weeks" if step == _WEEK else f"{step} days"
    return "nights" if metric.rule in _BY_NIGHT else "days"


def _wanted_day(request: Request) -> date | None:
    text = request.query_params.get("day")
    try:
        return parse_day(text) if text else None
    except UsageError as problem:
        raise NothingToShow(problem.cause, problem.cure) from problem


def _when(why: Provenance | None, words: Formatter) -> str:
    if why is None:
        return ""
    return "today" if why.day == words.today else words.day(why.day)


def _sentence(found: MetricDetails, words: Formatter) -> str:
    field = found.metric.field
    known = [day.value for day in found.days if day.value is not None]
    low, high = words.measure(field, min(known)), words.measure(field, max(known))
    spans = "days" if found.step == 1 else f"spans of {found.step} days"
    said = f"{found.metric.name} on {len(known)} of {len(found.days)} {spans}, from {low.text} to {high}."
    return said + (f" 7-day mean {words.measure(field, found.week.mean)}." if found.week else "")


def _state(why: Provenance) -> tuple[str, str]:
    """Glyph and word of the day's value."""
    if why.held_reason == "no_permission":
        return "held_permission", "held: no permission"
    if why.held_reason == "conflict":
        return "decide", "decide"
    if why.held_reason:
        return "held", "held"
    if why.agreed is not None:
        return "linked", "linked"
    return ("only_here", "only here") if why.theirs is None else ("linked", "at Intervals.icu too")


_ORIGINS = {"sent": "Sent from here", "found": "Found there, the same", "to_health": "Written to Health"}


def _facts(metric: Metric, why: Provenance, names: Mapping[str, str], words: Formatter) -> list[Fact]:
    assert metric.rule is not None  # rows without a formula are not shown
    facts = [Fact("Rule", metric.rule.value[:1].upper() + metric.rule.value[1:])]
    if why.stale:
        facts.append(Fact("Samples", "New samples arrived. The next sync counts them."))
    elif why.summary:
        facts.append(Fact("Samples", "None: the phone sent its summary of the day."))
    if why.night:
        asleep, awake = (words.time(at) for at in why.night)
        facts.append(Fact("Night", f"asleep {asleep} to {awake}"))
    if why.impossible:
        facts.append(Fact("Left out", f"{_cannot_be(len(why.impossible))}: see the table"))
    facts.append(Fact("Source", ", ".join(names.get(key, key) for key in why.sources) or "not known"))
    facts.append(Fact("Formula", "{}, version {}".format(*why.formula.rsplit("/", 1))))
    field = f"{metric.field}, a custom field" if metric.custom else metric.field
    facts.append(Fact("Goes to", f"{field}. {metric.note}" if metric.note else field))
    if why.theirs is not None:
        facts.append(Fact("Intervals.icu", f"{words.measure(metric.field, why.theirs)} when it was last read"))
    if why.held:
        facts.append(Fact("Held", why.held, *WAYS_ON.get(why.held_reason, ())))
    elif why.agreed:
        origin, run = why.agreed
        facts.append(Fact("Run", f"{_ORIGINS[origin]}, run {run}.", f"/sync/runs/{run}", "See the run"))
    return facts


@frozen
class Samples:
    used: int
    total: int
    chart: Markup | None
    rows: Sequence[tuple[str, str, str, str]]
    """Time, value, source, and why it did not count."""


def _samples(metric: Metric, why: Provenance, words: Formatter) -> Samples | None:
    told = [*why.impossible, *why.samples]
    if not told:
        return None
    used = [sample for sample in why.samples if not sample.refused]
    rows = [
        (
            words.time(sample.start),
            str(words.measure(metric.field, sample.value)),
            sample.source,
            sample.refused,
        )
        for sample in told[:MOST_SAMPLES]
    ]
    total = len(told)
    label = f"{len(used)} of {total} samples count."
    drawn = None
    if metric.rule not in (Rule.SUM, Rule.TIME_TOGETHER) and total > 1 and isinstance(why.value, int | float):
        drawn = days.samples(why, float(why.value), words, label)
    return Samples(len(used), total, drawn, rows)


routes: list[BaseRoute] = [page("/metrics", every), page("/metrics/{field}", one)]
