"""A workout or an activity in words: its line in a list, and its figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from attrs import frozen
from markupsafe import Markup

from intervals_companion.app.activities import Entry, State
from intervals_companion.app.activity import Detail
from intervals_companion.web.drawing import icon, sport_icon
from intervals_companion.web.ways_on import WAYS_ON, WayOn
from intervals_companion.web.words import Measure, Words

STATES = {
    State.LINKED: "linked",
    State.SENDING: "sending",
    State.HELD: "held",
    State.BLOCKED: "held",
    State.DECIDE: "decide",
    State.FAILED: "failed",
    State.ONLY_HERE: "only here",
    State.ONLY_THERE: "only there",
    State.OFF: "off",
}


@frozen
class Row:
    """One line of a list."""

    entry: Entry
    icon: Markup
    title: str
    sub: str
    state: str
    cure: WayOn | None


class Figure(NamedTuple):
    name: str
    text: str
    unit: str


def row(entry: Entry, words: Words) -> Row:
    return Row(
        entry=entry,
        icon=icon("hidden") if entry.hidden else sport_icon(entry.type),
        title=entry.title,
        sub=", ".join(_sub(entry, words)),
        state=STATES[entry.state],
        cure=WAYS_ON.get(entry.reason),
    )


def _sub(entry: Entry, words: Words) -> Iterator[str]:
    yield words.day_of_month(entry.day)
    if entry.hidden:
        yield "counted in load"
    if entry.distance:
        yield str(words.distance(entry.distance, entry.type))
    if entry.moving:
        yield words.duration(entry.moving).text
    if entry.load:
        yield f"load {words.number(entry.load)}"
    elif entry.heart_rate:
        yield f"{words.number(entry.heart_rate)} bpm"


def figures(found: Detail, words: Words) -> list[Figure]:
    """The summary: what Intervals.icu says first, else what Health says."""
    entry, record, whole = found.entry, found.record, found.view["whole"]
    sport = entry.type
    told: list[Figure] = []

    def tell(name: str, value: float | None, say: Callable[[float], Measure]) -> None:
        if value:
            told.append(Figure(name, *say(value)))

    def plain(unit: str) -> Callable[[float], Measure]:
        return lambda value: Measure(words.number(value), unit)

    tell("Distance", entry.distance, lambda metres: words.distance(metres, sport))
    tell("Moving", entry.moving, words.duration)
    tell("Load", entry.load, plain(""))
    speed = entry.distance / entry.moving if entry.distance and entry.moving else None
    tell("Avg pace" if words.is_pace(sport) else "Avg speed", speed, lambda value: words.pace(value, sport))
    tell("Norm. power", _number(record, "icu_weighted_avg_watts"), plain("W"))
    tell("Avg power", _number(record, "icu_average_watts") or whole.get("power"), plain("W"))
    tell("Avg HR", entry.heart_rate or whole.get("heart_rate"), plain("bpm"))
    tell("Max HR", whole.get("max_heart_rate"), plain("bpm"))
    tell("Climbed", entry.ascent, words.height)
    tell("Intensity", _number(record, "icu_intensity"), plain("%"))
    joules = _number(record, "icu_joules")
    tell("Work", joules / 1000 if joules else None, plain("kJ"))
    tell("Active energy", whole.get("energy"), plain("kcal"))
    return told


def _number(record: Mapping[str, object], key: str) -> float | None:
    value = record.get(key)
    return float(value) if isinstance(value, int | float) else None
