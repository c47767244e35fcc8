"""/metrics: every metric with its line; /metrics/<field>: one with its days, and why a number is what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from attrs import frozen
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from intervals_companion.app import metric_pages as service
from intervals_companion.app import preferences
from intervals_companion.app.metric_pages import Line, Whole, Why
from intervals_companion.app.today import Range
from intervals_companion.domain.catalogue import Metric, Rule
from intervals_companion.domain.days import parse_day
from intervals_companion.domain.errors import NothingToShow, UsageError
from intervals_companion.web import charts
from intervals_companion.web.drawing import sparkline
from intervals_companion.web.pages import house, page, render
from intervals_companion.web.today import chosen_range
from intervals_companion.web.words import Measure, Words

MOST_SAMPLES = 60
"""Samples listed one by one; of more, only their number and their drawing is told."""

_BY_NIGHT = frozenset({Rule.SLEEP_MEAN, Rule.SLEEP_WEIGHTED_MEAN, Rule.NIGHT, Rule.ASLEEP})


@frozen
class Row:
    field: str
    name: str
    source: str
    measure: Measure | None
    when: str
    """The day of the value, where it is not today's."""
    spark: Markup


def every(request: Request) -> Response:
    companion = house(request).companion
    words = Words(preferences.preferences(companion), companion.now())
    names = service.source_names(companion)
    groups = {
        group: [_row(line, names, words) for line in lines] for group, lines in service.lines(companion).items()
    }  # fmt: skip
    return render(request, "metrics.html", tab="metrics", groups=groups)


def _row(line: Line, names: Mapping[str, str], words: Words) -> Row:
    metric = line.metric
    measure = None if line.value is None else words.measure(metric.field, line.value)
    when = "" if line.day is None or line.day == words.today else words.day(line.day)
    name = words.name(metric.field)
    known = [value for value in line.days if value is not None]
    label = f"{name}, 60 days"
    if known:
        low, high = (words.measure(metric.field, value) for value in (min(known), max(known)))
        label += f": from {low.text} to {high}."
    return Row(metric.field, name, _source(line, names), measure, when, sparkline(line.days, label, line.usual))


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
    companion = house(request).companion
    words = Words(preferences.preferences(companion), companion.now())
    reach = chosen_range(request)
    field = request.path_params["field"]
    found = service.whole(companion, field, reach, _wanted_day(request))
    metric = found.metric
    drawn = any(day.value is not None for day in found.days)
    last = found.days[-1]
    normal = last.usual or next((day.usual for day in reversed(found.days) if day.usual), None)
    why = found.why
    return render(
        request,
        "metric.html",
        tab="metrics",
        back=("/metrics", "Metrics"),
        metric=metric,
        name=words.name(field),
        state=None if why is None else _state(why),
        value=None if why is None else words.measure(field, why.value),
        when=_when(why, words),
        mean=last.week and words.measure(field, last.week.mean),
        normal=normal and (words.measure(field, normal.low).text, words.measure(field, normal.high)),
        ranges=Range,
        reach=reach,
        chart=charts.metric(found.days, field, words, _sentence(found, words)) if drawn else None,
        days=found.days,
        dots="nights" if metric.rule in _BY_NIGHT else "days",
        unit=words.unit(field),
        why=why,
        facts=[] if why is None else _facts(metric, why, service.source_names(companion), words),
        samples=None if why is None else _samples(metric, why, words),
        most=MOST_SAMPLES,
    )


def _wanted_day(request: Request) -> date | None:
    text = request.query_params.get("day")
    try:
        return parse_day(text) if text else None
    except UsageError as problem:
        raise NothingToShow(problem.cause, problem.cure) from problem


def _when(why: Why | None, words: Words) -> str:
    if why is None:
        return ""
    return "today" if why.day == words.today else words.day(why.day)


def _sentence(found: Whole, words: Words) -> str:
    field = found.metric.field
    known = [day.value for day in found.days if day.value is not None]
    low, high = words.measure(field, min(known)), words.measure(field, max(known))
    said = f"{found.metric.name} on {len(known)} of {len(found.days)} days, from {low.text} to {high}."
    week = found.days[-1].week
    return said + (f" 7-day mean {words.measure(field, week.mean)}." if week else "")


def _state(why: Why) -> tuple[str, str]:
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


def _facts(metric: Metric, why: Why, names: Mapping[str, str], words: Words) -> list[Fact]:
    assert metric.rule is not None  # rows without a formula are not shown
    facts = [Fact("Rule", metric.rule.value[:1].upper() + metric.rule.value[1:])]
    if why.stale:
        facts.append(Fact("Samples", "New samples arrived. The next sync counts them."))
    elif why.summary:
        facts.append(Fact("Samples", "None: the phone sent its summary of the day."))
    if why.night:
        asleep, awake = (words.time(at) for at in why.night)
        facts.append(Fact("Night", f"asleep {asleep} to {awake}"))
    facts.append(Fact("Source", ", ".join(names.get(key, key) for key in why.sources) or "not known"))
    facts.append(Fact("Formula", "{}, version {}".format(*why.formula.rsplit("/", 1))))
    facts.append(Fact("Goes to", f"{metric.field}{', a custom field' if metric.custom else ''}. {metric.note}".strip()))
    if why.theirs is not None:
        facts.append(Fact("Intervals.icu", f"{words.measure(metric.field, why.theirs)} when it was last read"))
    if why.held:
        facts.append(Fact("Held", why.held, *_CURES.get(why.held_reason, ())))
    elif why.agreed:
        origin, run = why.agreed
        facts.append(Fact("Run", f"{_ORIGINS[origin]}, run {run}.", f"/sync/runs/{run}", "See the run"))
    return facts


_CURES: Mapping[str, tuple[str, str]] = {
    "no_permission": ("/permissions", "Find out why"),
    "already_there": ("/sync/waiting", "Take over or keep"),
    "conflict": ("/sync/waiting", "Choose"),
}


@frozen
class Samples:
    used: int
    total: int
    chart: Markup | None
    rows: Sequence[tuple[str, str, str, str]]
    """Time, value, source, and why it did not count."""


def _samples(metric: Metric, why: Why, words: Words) -> Samples | None:
    if not why.samples:
        return None
    used = [sample for sample in why.samples if not sample.refused]
    rows = [
        (
            words.time(sample.start),
            str(words.measure(metric.field, sample.value)),
            sample.source,
            sample.refused,
        )
        for sample in why.samples[:MOST_SAMPLES]
    ]
    total = len(why.samples)
    label = f"{len(used)} of {total} samples count."
    drawn = None
    if metric.rule not in (Rule.SUM, Rule.TIME_TOGETHER) and total > 1 and isinstance(why.value, int | float):
        drawn = charts.samples(why, float(why.value), words, label)
    return Samples(len(used), total, drawn, rows)


routes: list[BaseRoute] = [page("/metrics", every), page("/metrics/{field}", one)]
