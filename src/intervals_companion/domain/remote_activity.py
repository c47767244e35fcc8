"""An activity as Intervals.icu tells it: a row of a list, or one read on its own with its intervals.

Every value was checked where it was read (`intervals/activity_record.py`); None: not told, or no such value.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import overload

from attrs import frozen


class Hidden(StrEnum):
    """Why an activity shows no more than that it was."""

    STRAVA = "strava"
    NOT_SHARED = "not_shared"


_TITLES = {Hidden.STRAVA: "Hidden by Strava", Hidden.NOT_SHARED: "Not shared with you"}


@frozen
class RemoteInterval:
    """One interval of an activity. Seconds from its start, metres, W, beats and cycles a minute, m/s."""

    start: float
    end: float
    label: str | None
    work: bool
    """Else recovery."""
    timer: float
    """Seconds moving."""
    distance: float | None = None
    power: float | None = None
    heart_rate: float | None = None
    cadence: float | None = None
    speed: float | None = None
    samples: tuple[int, int] | None = None
    """First and last sample of the streams."""


@frozen
class ZoneSettings:
    """The zones of one stream as the settings were on that day, and the time in each. W, beats a minute, m/s."""

    stream: str
    """power | heart_rate | speed"""
    threshold: float | None = None
    limits: tuple[float, ...] = ()
    """Upper ends, lowest first; () where they are not told."""
    times: tuple[tuple[str, float], ...] = ()
    """Name and seconds of each zone, lowest first."""


@frozen
class Figures:
    """What an activity tells beside its length and load."""

    max_heart_rate: float | None = None  # beats a minute
    power: float | None = None  # W, average
    weighted_power: float | None = None  # W
    work: float | None = None  # J
    cadence: float | None = None  # cycles a minute, average
    speed: float | None = None  # m/s, average
    max_speed: float | None = None  # m/s
    corrected_distance: float | None = None  # m; `icu_distance`, the one to trust where both are told
    intensity: float | None = None  # %
    lengths: float | None = None  # of a pool
    lifted: float | None = None  # kg
    exertion: float | None = None  # 1 to 10
    feel: float | None = None  # 1 strong to 5 weak
    temperature: float | None = None  # °C, average


@frozen
class RemoteActivity:
    id: str
    start_local: datetime
    """The athlete's wall clock, without a zone."""
    start: int | None = None
    """ms since the epoch."""
    type: str | None = None
    """Intervals.icu type."""
    name: str | None = None
    elapsed: int | None = None  # s
    moving: int | None = None  # s
    source: str | None = None
    """What it came from, in the service's words: STRAVA, UPLOAD, GARMIN_CONNECT ..."""
    external_id: str | None = None
    note: str | None = None
    """Why it is a stub, in the service's words."""
    distance: float | None = None  # m, as its file says
    ascent: float | None = None  # m
    heart_rate: float | None = None  # beats a minute, average
    load: float | None = None
    """Training load."""
    chat: int | None = None
    """The chat of its comments."""
    trainer: bool = False
    device: str | None = None
    app: str | None = None
    """The app that sent it."""
    streams: frozenset[str] | None = None
    """Names of the streams it has, as Intervals.icu names them; None where it may have any."""
    figures: Figures = Figures()
    zones: tuple[ZoneSettings, ...] = ()
    """As the athlete puts them first."""
    intervals: tuple[RemoteInterval, ...] = ()

    @property
    def day(self) -> date:
        """Of the athlete's wall clock."""
        return self.start_local.date()

    @property
    def duration(self) -> float | None:
        """Seconds moving, else from start to end."""
        seconds = self.moving or self.elapsed
        return None if seconds is None else float(seconds)

    @property
    def is_virtual(self) -> bool:
        return (self.type or "").startswith("Virtual")

    @property
    def hidden(self) -> Hidden | None:
        """Whether it is a stub: by Strava's rules (`source` STRAVA; in a rarer older form neither a source nor anything
        else is known), or because its athlete keeps it to themselves.
        """
        if self.source == "STRAVA":
            return Hidden.STRAVA
        if any(told is not None for told in (self.type, self.name, self.elapsed, self.moving)):
            return None
        legacy = self.source is None and (self.note is None or "STRAVA" in self.note.upper())
        return Hidden.STRAVA if legacy else Hidden.NOT_SHARED

    @property
    def title(self) -> str:
        return _TITLES[self.hidden] if self.hidden else self.name or self.type or "Activity"

    def zone_settings(self, stream: str) -> ZoneSettings:
        return next((one for one in self.zones if one.stream == stream), ZoneSettings(stream))


@frozen
class OddRecord:
    """A record of an activity that cannot be read: without an id that is a text, or without a local start."""

    id: str | None = None
    external_id: str | None = None


@frozen
class ActivityList(Sequence[RemoteActivity]):
    """A list of activities in the order of the answer, and the records that were set aside."""

    activities: tuple[RemoteActivity, ...]
    odd: tuple[OddRecord, ...] = ()

    @overload
    def __getitem__(self, index: int) -> RemoteActivity: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[RemoteActivity, ...]: ...

    def __getitem__(self, index: int | slice) -> RemoteActivity | tuple[RemoteActivity, ...]:
        return self.activities[index]

    def __len__(self) -> int:
        return len(self.activities)
