"""A workout or an activity in words: its line in a list, and its figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from attrs import frozen
from markupsafe import Markup

from intervals_companion.app.activities.detail import Detail
from intervals_companion.app.activities.listing import Entry, State
from intervals_companion.domain.remote_activity import Figures, Hidden
from intervals_companion.web.charts.streams import shown, unit_of
from intervals_companion.web.charts.svg import icon, sport_icon
from intervals_companion.web.formatting import Formatter, Measure
from intervals_companion.web.sync.next_steps import WAYS_ON, WayOn

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
class ActivityRow:
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


def row(entry: Entry, words: Formatter) -> ActivityRow:
    return ActivityRow(
        entry=entry,
        icon=icon("hidden") if entry.hidden else sport_icon(entry.type),
        title=entry.title,
        sub=", ".join(_sub(entry, words)),
        state=STATES[entry.state],
        cure=WAYS_ON.get(entry.reason),
    )


def _sub(entry: Entry, words: Formatter) -> Iterator[str]:
    yield words.day_of_month(entry.day)
    if entry.hidden is Hidden.STRAVA:
        yield "counted in load"
    if entry.distance:
        yield str(words.distance(entry.distance, entry.type))
    if entry.moving:
        yield words.duration(entry.moving).text
    if entry.load:
        yield f"load {words.number(entry.load)}"
    elif entry.heart_rate:
        yield f"{words.number(entry.heart_rate)} bpm"


# --- figures ---------------------------------------------------------------------------------------------------------

_RIDE = (
    "distance", "moving", "load", "weighted", "heart_rate", "climbed", "intensity", "work", "power", "speed", "cadence",
    "max_heart_rate", "energy", "rpe", "feel",
)  # fmt: skip
_FOOT = (
    "distance", "moving", "load", "speed", "heart_rate", "climbed", "cadence", "power", "intensity", "max_heart_rate",
    "energy", "rpe", "feel",
)  # fmt: skip
_WATER = (
    "distance", "moving", "load", "speed", "heart_rate", "cadence", "power", "lengths", "intensity", "max_heart_rate",
    "energy", "rpe", "feel",
)  # fmt: skip
_STRENGTH = ("moving", "heart_rate", "load", "lifted", "max_heart_rate", "energy", "rpe", "feel")
_OTHER = tuple(dict.fromkeys((*_FOOT, *_RIDE, "lifted")))

_BY_SPORT: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("Ride", "VirtualRide", "GravelRide", "MountainBikeRide", "EBikeRide", "TrackRide"), _RIDE),
    **dict.fromkeys(("Run", "TrailRun", "VirtualRun", "Walk", "Hike"), _FOOT),
    **dict.fromkeys(("Swim", "OpenWaterSwim", "Rowing", "VirtualRow"), _WATER),
    "WeightTraining": _STRENGTH,
}
"""What a sport tells, in its order; other sports tell all they have."""

_FEELINGS = ("strong", "good", "normal", "poor", "weak")
"""What 1 to 5 mean at Intervals.icu."""


def figures(found: Detail, words: Formatter) -> list[Figure]:
    """The summary, as the sport tells it: what Intervals.icu says first, else what Health says."""
    values, sport = _values(found), found.entry.type
    says = _says(sport, words)
    told = [(key, value) for key in _BY_SPORT.get(sport or "", _OTHER) if (value := values[key])]
    return [Figure(says[key][0], *says[key][1](value)) for key, value in told]


def _values(found: Detail) -> Mapping[str, float | None]:
    entry, whole = found.entry, found.view.whole
    figures = Figures() if found.remote is None else found.remote.figures
    return {
        "distance": entry.distance,
        "moving": entry.moving,
        "load": entry.load,
        "speed": entry.distance / entry.moving if entry.distance and entry.moving else None,
        "weighted": figures.weighted_power,
        "power": figures.power or whole.power,
        "heart_rate": entry.heart_rate or whole.heart_rate,
        "max_heart_rate": figures.max_heart_rate or whole.max_heart_rate,
        "cadence": figures.cadence or whole.cadence,
        "climbed": entry.ascent,
        "intensity": figures.intensity,
        "work": figures.work / 1000 if figures.work else None,
        "energy": whole.energy,
        "lengths": figures.lengths or whole.lengths,
        "lifted": figures.lifted,
        "rpe": figures.exertion,
        "feel": figures.feel,
    }


def _says(sport: str | None, words: Formatter) -> Mapping[str, tuple[str, Callable[[float], Measure]]]:
    """Name and wording of each."""

    def plain(unit: str) -> Callable[[float], Measure]:
        return lambda value: Measure(words.number(value), unit)

    return {
        "distance": ("Distance", lambda metres: words.distance(metres, sport)),
        "moving": ("Moving", words.duration),
        "load": ("Load", plain("")),
        "speed": ("Avg pace" if words.is_pace(sport) else "Avg speed", lambda value: words.pace(value, sport)),
        "weighted": ("Norm. power", plain("W")),
        "power": ("Avg power", plain("W")),
        "heart_rate": ("Avg HR", plain("bpm")),
        "max_heart_rate": ("Max HR", plain("bpm")),
        "cadence": (
            "Cadence",
            lambda value: Measure(
                words.number(shown("cadence", value, sport, words)), unit_of("cadence", sport, words)
            ),
        ),
        "climbed": ("Climbed", words.height),
        "intensity": ("Intensity", plain("%")),
        "work": ("Work", plain("kJ")),
        "energy": ("Active energy", plain("kcal")),
        "lengths": ("Lengths", plain("")),
        "lifted": ("Lifted", words.mass),
        "rpe": ("RPE", plain("of 10")),
        "feel": ("Feel", lambda value: Measure(words.number(value), _feeling(value))),
    }


def _feeling(value: float) -> str:
    place = round(value) - 1
    word = f", {_FEELINGS[place]}" if 0 <= place < len(_FEELINGS) else ""
    return f"of {len(_FEELINGS)}{word}"
