"""A day's values, on either side."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from attrs import field, frozen

Value = float | int | str
"""A number in the metric's unit, or an enum word (menstrualPhase)."""


@frozen
class Derived:
    """A value of a day as a formula makes it, before rounding."""

    value: Value
    sources: tuple[str, ...]
    """The source keys whose samples took part, in the order of their weight."""
    formula: str
    """Name and version, such as `sdnn-in-sleep/1`."""


@frozen
class DayValue:
    """What Health says a field is on a day: ours, with provenance."""

    day: date
    field: str
    value: Value
    """Rounded to the metric's precision."""
    unit: str
    sources: tuple[str, ...]
    formula: str


@frozen
class WellnessRecord:
    """What Intervals.icu says about a day: theirs. Fields without a value are absent."""

    day: date
    values: Mapping[str, Value] = field(factory=dict)
    locked: bool = False
    """Later updates through the API are ignored for this day, without an error."""
    temporary: frozenset[str] = frozenset()
    """Fields carried in from the athlete's settings (`tempWeight`, `tempRestingHR`): not measured, absent for sync."""

    def stored(self, field: str) -> Value | None:
        """The value that the day itself holds; None for one that the settings only lend it."""
        return None if field in self.temporary else self.values.get(field)


class Origin(StrEnum):
    """How both sides came to agree on a value."""

    SENT = "sent"
    FOUND = "found"
    TO_HEALTH = "to_health"


@frozen
class Base:
    """What both sides last agreed on, for one field of one day."""

    value: Value
    origin: Origin
