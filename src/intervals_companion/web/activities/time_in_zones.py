"""Time in zones: a bar each, in one hue of the stream, with its range and its time in words."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from math import floor
from typing import NamedTuple

from markupsafe import Markup

from intervals_companion.domain.remote_activity import RemoteActivity
from intervals_companion.domain.workout_view import WorkoutView, ZoneTime
from intervals_companion.web.formatting import Formatter, Measure

_DEEPEST = 7
"""As many depths of a hue as `activities.css` has."""


class Zone(NamedTuple):
    name: str
    range: str
    """"" where nobody told it."""
    bar: Markup
    time: str


class Zones(NamedTuple):
    stream: str
    title: str
    note: str
    """The threshold that the zones hang on."""
    rows: list[Zone]


def zones(view: WorkoutView, remote: RemoteActivity | None, sport: str | None, words: Formatter) -> list[Zones]:
    """A table for each stream that has them; `remote` tells the threshold."""
    found = []
    for stream, of_stream in groupby(view.zones, key=lambda zone: zone.stream):
        given = list(of_stream)
        most = max(zone.seconds for zone in given) or 1
        title, threshold = _TITLES[stream]
        if stream == "speed" and not words.is_pace(sport):
            title = "Time in speed zones"
        limit = None if remote is None else remote.zone_settings(stream).threshold
        note = f"{threshold} {_said(stream, limit, sport, words)}" if limit else ""
        rows = [
            Zone(
                zone.name,
                _range(zone, sport, words, first=place == 0),
                _bar(stream, place, zone.seconds / most),
                words.duration(zone.seconds).text,
            )
            for place, zone in enumerate(given)
        ]
        found.append(Zones(stream, title, note, rows))
    return found


_TITLES: Mapping[str, tuple[str, str]] = {
    "power": ("Time in power zones", "FTP"),
    "heart_rate": ("Time in heart rate zones", "threshold"),
    "speed": ("Time in pace zones", "threshold"),
}


def _said(stream: str, value: float, sport: str | None, words: Formatter) -> Measure:
    if stream == "speed":
        return words.pace(value, sport)
    return Measure(words.number(value), "W" if stream == "power" else "bpm")


def _range(zone: ZoneTime, sport: str | None, words: Formatter, *, first: bool) -> str:
    """`≤ 154 W`, `155 to 210`, `> 336`; the unit once. A pace counts down: `≥ 5:23 /km`, `5:23 to 4:10`, `< 4:10`."""
    stream, low, high = zone.stream, zone.low, zone.high
    paced = stream == "speed" and words.is_pace(sport)
    if low is None or high is None:
        limit = high if low is None else low
        if limit is None:
            return ""
        sign, measure = _SIGNS[low is None, paced], _said(stream, limit, sport, words)
        return f"{sign} {measure if first else measure.text}"
    if stream != "speed":
        low = floor(low) + 1  # a zone includes its upper limit, which is a whole number on screen
    return f"{_said(stream, low, sport, words).text} to {_said(stream, high, sport, words).text}"


_SIGNS = {(True, False): "≤", (False, False): ">", (True, True): "≥", (False, True): "<"}
"""By whether it is the lowest zone, and whether a pace is said: the higher the speed, the lower the pace."""


def _bar(stream: str, place: int, share: float) -> Markup:
    """The table says the time: it is silent."""
    return Markup(
        '<svg class="zone-bar zone-{} depth-{}" width="100%" height="14" aria-hidden="true">'
        '<rect width="{:.1f}%" height="14"/></svg>'
    ).format(stream, min(place + 1, _DEEPEST), share * 100)
