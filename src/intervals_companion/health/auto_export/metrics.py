"""Metrics: `{"name", "units", "data": [...]}`, chosen by name.

What adds up over the day comes as sums over periods that grow until they are over: summaries. What is measured comes as
samples where the app hands them out, and as means where it groups.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

from intervals_companion.domain.samples import LONGEST_NAME
from intervals_companion.domain.summaries import How
from intervals_companion.health.auto_export import periods, sleep
from intervals_companion.health.auto_export.periods import Grouping
from intervals_companion.health.bridge import (
    Items,
    Json,
    Read,
    Reason,
    Span,
    Unusable,
    measured,
    number,
    objects,
    point,
    text,
    unit,
)
from intervals_companion.health.bridge_names import Kind, is_sleep, kind
from intervals_companion.health.spacing import Sum
from intervals_companion.health.stamps import Stamp, stamp

APP = "Health Auto Export"
"""The source of items that name none."""

MOST_SOURCES = 8
"""Of one item: a phone, a watch, a ring, a scale and some apps are joined. The others are cut."""
_LONGEST_SOURCES = (MOST_SOURCES + 1) * (LONGEST_NAME + 1)
"""Characters of the names that one item joins, and of one more, by which the cut is seen."""
MORE_SOURCES = Reason(
    f"of more than {MOST_SOURCES} sources joined", f"Nothing to do: the first {MOST_SOURCES} name it here."
)

NOT_KNOWN = Reason("of a metric that is not known here", "Nothing to do: it is not used for now.")

_QUANTITY = ("qty", "Avg", "avg")
_PAIRS = {"systolic": "BloodPressureSystolic", "diastolic": "BloodPressureDiastolic"}


def sources(item: Json) -> tuple[str, ...]:
    """The names in an item's `source`, which may be empty or several joined."""
    return _names(_source(item))[:MOST_SOURCES] or (APP,)


def _source(item: Json) -> str:
    return text(item.get("source"))[:_LONGEST_SOURCES]


@lru_cache(maxsize=1024)
def _names(source: str) -> tuple[str, ...]:
    return tuple(name for name in source.split("|") if name.strip())


def midnight_sums(metric: Json, home: ZoneInfo) -> Iterable[Sum]:
    """The largest of each day of a metric that adds up, where all of it begins at midnight, else nothing."""
    what = kind(text(metric.get("name")))
    if what is None or what.how is not How.SUM:
        return ()
    largest: dict[date, Sum] = {}
    for item in objects(metric.get("data")):
        with suppress(Unusable):
            begin = stamp(_date(item), home)
            if not begin.at_midnight:
                return ()
            value, written = _value(what.type, item, _QUANTITY, text(metric.get("units")) or what.unit)
            own = _own_span(item, home)
            one = Sum(what.type, begin.day, value, written, None if own is None else periods.is_day(own))
            largest[begin.day] = max(largest.get(begin.day, one), one, key=lambda sum_: sum_.value)
    return largest.values()


def read_metric(metric: Json, said: Grouping, home: ZoneInfo, into: Read, *, longer: bool = False) -> None:
    """`longer`: whether what begins at midnight is of weeks or months, where `said` does not tell."""
    name, items = text(metric.get("name")), objects(metric.get("data"))
    if cut := sum(len(_names(_source(item))) > MOST_SOURCES for item in items):
        into.tell(name, MORE_SOURCES, cut)
    if is_sleep(name):
        sleep.read_sleep(items, home, into, sources)
    elif name == "blood_pressure":
        for key, of in _PAIRS.items():
            pair = kind(of)
            assert pair is not None
            _read(name, pair, (key,), text(metric.get("units")), items, said, home, into, longer)
    elif (found := kind(name)) is not None:
        _read(name, found, _QUANTITY, text(metric.get("units")), items, said, home, into, longer)
    elif count := len(items):
        into.leave_out(name or "items", NOT_KNOWN, count)


def _read(
    name: str, what: Kind, values: tuple[str, ...], units: str, items: Items,
    said: Grouping, home: ZoneInfo, into: Read, longer: bool,
) -> None:  # fmt: skip
    adds_up = what.how is How.SUM
    chosen = periods.guessed(_stamps(items, home), said, adds_up=adds_up)
    if longer and chosen is Grouping.DAYS:
        into.leave_out(name, periods.SEEMS_LONGER, len(items))
        return
    if what.daily and chosen is not Grouping.LONGER:
        chosen = Grouping.DAYS
    first = len(into.summaries)
    for item in items:
        try:
            begin = stamp(_date(item), home)
            value, written = _value(what.type, item, values, units or what.unit)
            own = _own_span(item, home)
            if adds_up or chosen is not Grouping.NONE or _is_mean(item):
                _aggregated(what, item, begin, own, chosen, value, written, home, into)
            else:
                into.sample(what.type, sources(item)[0], point(own or (begin.instant, begin.instant), value, written))
        except Unusable as problem:
            into.leave_out(name, problem.reason)
    if adds_up and chosen is Grouping.NONE:  # what the app did not group are amounts, each for itself
        into.summaries.add_up(first)


def _stamps(items: Items, home: ZoneInfo) -> Iterator[Stamp]:
    """When the items begin, as far as it can be read."""
    for item in items:
        with suppress(Unusable):
            yield stamp(_date(item), home)


def _date(item: Json) -> object:
    return _first(item, ("date", "start", "startDate"))


def _first(item: Json, keys: tuple[str, ...]) -> object:
    """What stands under the first of the keys that has something."""
    for key in keys:
        if (found := item.get(key)) is not None:
            return found
    return None


def _value(kind: str, item: Json, keys: tuple[str, ...], units: str) -> tuple[float, str]:
    written = unit(units)
    return measured(kind, number(_first(item, keys)), written), written


def _own_span(item: Json, home: ZoneInfo) -> Span | None:
    """What newer builds write beside the date."""
    if item.get("start") is None or item.get("end") is None:
        return None
    return periods.span(item, "start", "end", home)


def _is_mean(item: Json) -> bool:
    """Heart rate comes with its lowest and highest, whatever the grouping, so that all of it is of one kind. And no
    sample has two sources.
    """
    return "Avg" in item or "avg" in item or len(sources(item)) > 1


def _aggregated(
    what: Kind, item: Json, begin: Stamp, own: Span | None, chosen: Grouping,
    value: float, written: str, home: ZoneInfo, into: Read,
) -> None:  # fmt: skip
    """A sum or a mean. Only a stretch whose edges no clock shows is a sample after all."""
    if chosen is Grouping.NONE and own is not None and own[1] > own[0]:
        if not periods.on_the_clock(own) and not _is_mean(item):
            into.sample(what.type, sources(item)[0], point(own, value, written))
            return
        stretch = own
    else:
        stretch = periods.period(begin, chosen, home)
    into.summary(what.type, sources(item), stretch, value, written, what.how)
