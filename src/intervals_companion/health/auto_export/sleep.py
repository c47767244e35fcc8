"""Sleep, in the app's two forms: one row for each stage, or one row for the night with hours for each stage."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from intervals_companion.domain.days import bounds
from intervals_companion.domain.samples import SLEEP
from intervals_companion.domain.summaries import How, joined
from intervals_companion.health.auto_export import periods
from intervals_companion.health.bridge import (
    NO_VALUE,
    Json,
    Read,
    Reason,
    Span,
    Unusable,
    number,
    point,
    text,
)
from intervals_companion.health.bridge_names import stage, stage_value
from intervals_companion.health.stamps import stamp

_NAME = "sleep_analysis"
_NO_STAGE = Reason("with a stage that is not known here", "Nothing to do: the other stages are used.")
_NO_HOURS = Reason("with hours no night has", "Send the night again.")
_HOURS = {
    "core": "AsleepCore",
    "deep": "AsleepDeep",
    "rem": "AsleepREM",
    "awake": "Awake",
    "inBed": "InBed",
}
_STAGES, _BESIDE = ("core", "deep", "rem"), ("awake", "inBed")
_NEVER_ENDED = Reason("with a time in bed or awake that was never ended", "Nothing to do: the sleep is used.")
MOST_NIGHTS = 4_000
"""Of a delivery: ten years."""
_TOO_MANY = Reason(f"beyond night {MOST_NIGHTS:,} of one delivery", "Choose a shorter period in the automation.")
_LONGEST = 48.0
_LEAST = 1 / 3600


class _Night(NamedTuple):
    period: Span
    sources: tuple[str, ...]
    hours: dict[str, float]
    """By stage."""

    @property
    def asleep(self) -> float:
        return sum(hours for stage, hours in self.hours.items() if stage.startswith("Asleep"))


def read_sleep(items: Iterable[Json], home: ZoneInfo, into: Read, sources: Callable[[Json], tuple[str, ...]]) -> None:
    """Of several about one period and source the longest counts."""
    nights: dict[tuple[Span, str], _Night] = {}
    shared: dict[tuple[str, ...], tuple[str, ...]] = {}
    for item in items:
        try:
            if "value" in item or "startDate" in item:
                _stage(item, home, into, sources(item)[0])
            else:
                night = _night(item, home, sources(_with_source(item)), into)
                key = night.period, joined(night.sources)
                if len(nights) >= MOST_NIGHTS and key not in nights:
                    raise Unusable(_TOO_MANY)
                night = night._replace(sources=shared.setdefault(night.sources, night.sources))
                nights[key] = max(nights.get(key, night), night, key=lambda one: one.asleep)
        except Unusable as problem:
            into.leave_out(_NAME, problem.reason)
    for night in nights.values():
        try:
            for word, hours in night.hours.items():
                into.summary(SLEEP, night.sources, night.period, hours, "hr", How.SUM, word)
        except Unusable as problem:
            into.leave_out(_NAME, problem.reason)


def _with_source(item: Json) -> Json:
    """Builds before 6.6.2 name the source of the sleep apart from that of the time in bed."""
    return item if item.get("source") else {"source": item.get("sleepSource") or item.get("inBedSource")}


def _stage(item: Json, home: ZoneInfo, into: Read, source: str) -> None:
    word = stage(text(item.get("value")))
    if word is None:
        raise Unusable(_NO_STAGE)
    into.sample(SLEEP, source, point(periods.span(item, "startDate", "endDate", home), 0.0, "", stage_value(word)))


def _night(item: Json, home: ZoneInfo, sources: tuple[str, ...], into: Read) -> _Night:
    """Its period is from falling asleep to waking up, so that a nap replaces no night; where the app does not say when
    that was, the whole day of waking up.

    A time in bed that was never ended, up to the year 4001, takes nothing of the sleep with it.

    `asleep` is sleep without a stage, and before there were stages all of it; `totalSleep` is all of it.
    """
    hours = {key: _hours(item[key]) for key in (*_STAGES, "asleep", "totalSleep") if item.get(key) is not None}
    for key in _BESIDE:
        try:
            hours[key] = _hours(item[key]) if item.get(key) is not None else 0.0
        except Unusable:
            into.tell(_NAME, _NEVER_ENDED)
    staged = sum(hours.get(key, 0.0) for key in _STAGES)
    rest = hours["totalSleep"] - staged if hours.get("totalSleep") else hours.get("asleep", 0.0)
    if staged + rest < _LEAST and not hours.get("inBed"):
        raise Unusable(NO_VALUE)
    found = {stage: hours.get(key, 0.0) for key, stage in _HOURS.items()}
    found["AsleepUnspecified"] = rest if rest >= _LEAST else 0.0
    return _Night(_slept(item, home) or bounds(_woke(item, home), home), sources, found)


def _slept(item: Json, home: ZoneInfo) -> Span | None:
    """From falling asleep to waking up, where both are told."""
    with suppress(Unusable):
        found = periods.span(item, "sleepStart", "sleepEnd", home)
        return found if 0 < found[1] - found[0] <= _LONGEST * 3_600_000 else None
    return None


def _woke(item: Json, home: ZoneInfo) -> date:
    """The first of these days that can be read. Raises Unusable."""
    for key in ("sleepEnd", "inBedEnd"):
        with suppress(Unusable):
            return stamp(item.get(key), home).day
    return stamp(item.get("date"), home).day


def _hours(value: object) -> float:
    found = number(value)
    if not 0 <= found <= _LONGEST:
        raise Unusable(_NO_HOURS)
    return found
