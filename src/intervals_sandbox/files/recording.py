"""A recorded activity: what every file format holds in common, with its streams in columns."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from datetime import datetime
from math import isnan, nan

from attrs import field, frozen

GAP = nan
"""A sample without a value."""

Column = Sequence[float]
"""One number per sample, GAP where there is none."""


class UnreadableFile(Exception):
    """The bytes are no activity file this service can read; the text says why."""


@frozen
class Lap:
    start: float
    """Seconds since the start of the recording."""
    end: float
    work: bool | None = None
    """True for an effort, False for a rest, None where the file does not say."""
    label: str | None = None


@frozen
class Recording:
    start: datetime
    """UTC."""
    type: str
    """Activity type of the service, such as Run or Ride."""
    elapsed: float
    moving: float
    """Seconds."""
    columns: Mapping[str, Column] = field(factory=dict, repr=False)
    """Stream name -> column. All have the length of `time`, which counts seconds since the start; a position is the
    pair `lat` and `lng` in degrees."""
    rr: Sequence[Sequence[int]] = field(default=(), repr=False)
    """Beat intervals in ms per sample; empty where none were recorded."""
    distance: float | None = None
    ascent: float | None = None
    """Metres."""
    calories: int | None = None
    average_heartrate: float | None = None
    max_heartrate: float | None = None
    """As the file's summary says; used where no heart rate was recorded."""
    indoor: bool = False
    device: str | None = None
    pool_length: float | None = None
    laps: Sequence[Lap] = ()
    sport_index: int = 0
    """Position among the sports of a multisport file."""

    @property
    def samples(self) -> int:
        return len(self.columns.get("time", ()))

    def present(self, name: str) -> list[float]:
        """The values of a column without its gaps."""
        return [value for value in self.columns.get(name, ()) if not isnan(value)]


def columns(values: Mapping[str, Sequence[float | None]]) -> dict[str, Column]:
    """Packed columns; one without a single value is left out."""
    packed = {name: array("d", [GAP if value is None else value for value in cells]) for name, cells in values.items()}
    return {name: column for name, column in packed.items() if not all(isnan(value) for value in column)}
