"""Numbers, units, dates and times in words: English, written as the athlete's locale and units ask for.

Numbers, the order of day and month, and 12 or 24 hours follow the locale; names of days and months stay English,
because the pages are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from attrs import frozen
from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import NumberPattern, parse_pattern

from intervals_companion.app.preferences.display import Preferences
from intervals_companion.domain import catalogue
from intervals_companion.domain.days import local_time
from intervals_companion.domain.units import convert
from intervals_companion.domain.wellness import Value

THIN = "\u202f"
"""Narrow no-break space, between a number and its unit."""
MINUS = "\u2212"
_ENGLISH = Locale("en")


class Measure(NamedTuple):
    """A number as a person reads it, and its unit ("" where it has none)."""

    text: str
    unit: str

    def __str__(self) -> str:
        return f"{self.text}{THIN}{self.unit}" if self.unit else self.text


@lru_cache(maxsize=64)
def _pattern(text: str) -> NumberPattern:
    return parse_pattern(text)


@lru_cache(maxsize=64)
def _locale(name: str) -> Locale:
    return Locale.parse(name)


@lru_cache(maxsize=4096)
def _written(day: date, pattern: str) -> str:
    """A page of a year says 365 days."""
    return format_date(day, pattern, locale=_ENGLISH)


class _Habits(NamedTuple):
    """What a locale does differently."""

    month_first: bool
    twelve_hours: bool


@lru_cache(maxsize=64)
def _habits(name: str) -> _Habits:
    locale = _locale(name)
    day_and_month = str(locale.datetime_skeletons["MMMd"].pattern)
    clock = re.sub("'[^']*'", "", str(locale.time_formats["short"].pattern))
    return _Habits(day_and_month.index("M") < day_and_month.index("d"), "h" in clock or "K" in clock)


_DAY = {False: "EEE d MMM", True: "EEE, MMM d"}
_SHORT_DAY = {False: "d MMM", True: "MMM d"}
_LONG_DAY = {False: "EEEE d MMMM", True: "EEEE, MMMM d"}
_YEAR = {False: " y", True: ", y"}
_TIME = {False: "HH:mm", True: f"h:mm{THIN}a"}

_UNITS: Mapping[str, str] = {"count": "", "count/min": "bpm", "mL/min·kg": "ml/kg/min", "degC": "°C", "degF": "°F"}
_RATES = {"respiration": "/min"}
_AS_HOURS = frozenset({"sleepSecs", "DeepSleep", "LightSleep", "REMSleep"})
"""Spans that are usually longer than an hour; others stay minutes."""
_GRADES: Mapping[str, tuple[str, ...]] = {"sleepQuality": ("great", "good", "average", "poor")}
"""What 1, 2, 3 and so on mean at Intervals.icu."""
_SWIMS = frozenset({"Swim", "OpenWaterSwim"})
_ROWS = frozenset({"Rowing", "VirtualRow"})
_ON_FOOT = frozenset({"Run", "TrailRun", "VirtualRun", "Walk", "Hike", "Snowshoe", "Wheelchair"})


SLOWEST_PACE = 0.01
"""m/s: whoever is slower stands still; a pace would be a time without end."""


@frozen
class Formatter:
    """What one page says, to one athlete, at one moment."""

    preferences: Preferences
    now: int
    """ms"""

    @property
    def today(self) -> date:
        return local_time(self.now, self.preferences.zone).date()

    @property
    def hour(self) -> int:
        return local_time(self.now, self.preferences.zone).hour

    # --- days and times

    def day(self, day: date) -> str:
        """`Thu 19 Nov`; the year too where it is another one."""
        return self._date(day, _DAY)

    def short_day(self, day: date) -> str:
        """`19 Nov`: axes."""
        return self._date(day, _SHORT_DAY)

    def day_of_month(self, day: date) -> str:
        """`Sun 22`: below a heading that names the month."""
        return _written(day, "EEE d")

    def axis_day(self, day: date) -> str:
        """`19 Nov`; of another year `Nov 2025`."""
        return self.short_day(day) if day.year == self.today.year else _written(day, "MMM y")

    def long_day(self, day: date) -> str:
        """`Monday 23 November`."""
        return self._date(day, _LONG_DAY)

    def month(self, day: date) -> str:
        """`November 2026`."""
        return _written(day, "MMMM y")

    def days(self, first: date, last: date) -> str:
        """`16 to 22 November`, `30 November to 6 December`."""
        if (first.year, first.month) != (last.year, last.month):
            pattern = "MMMM d" if self._habits.month_first else "d MMMM"
            ends = (_written(day, pattern) for day in (first, last))
            return " to ".join(ends) + self._other_year(last)
        name = _written(last, "MMMM")
        return (
            f"{name} {first.day} to {last.day}" if self._habits.month_first else f"{first.day} to {last.day} {name}"
        ) + self._other_year(last)

    def _date(self, day: date, patterns: Mapping[bool, str]) -> str:
        first = self._habits.month_first
        year = _YEAR[first] if day.year != self.today.year else ""
        return _written(day, patterns[first] + year)

    def _other_year(self, day: date) -> str:
        return f" {day.year}" if day.year != self.today.year else ""

    def time(self, at_ms: int) -> str:
        """`07:02`, or `7:02 AM` where the locale counts to twelve."""
        return self.clock(local_time(at_ms, self.preferences.zone))

    def clock(self, moment: datetime) -> str:
        """The same of a wall clock, wherever it hangs."""
        return format_datetime(moment, _TIME[self._habits.twelve_hours], locale=_ENGLISH)

    def moment(self, at_ms: int) -> str:
        """`07:02` today, else `Thu 19 Nov, 07:02`."""
        day = local_time(at_ms, self.preferences.zone).date()
        return self.time(at_ms) if day == self.today else f"{self.day(day)}, {self.time(at_ms)}"

    def ago(self, at_ms: int) -> str:
        """`12 minutes ago`."""
        seconds = (self.now - at_ms) / 1000
        if seconds < 60:
            return "just now"
        return format_timedelta(timedelta(seconds=-seconds), add_direction=True, threshold=1.0, locale=_ENGLISH)

    @property
    def _habits(self) -> _Habits:
        return _habits(self.preferences.locale)

    def iso(self, at_ms: int) -> str:
        """For `<time datetime>`."""
        return local_time(at_ms, self.preferences.zone).isoformat(timespec="seconds")

    # --- numbers

    def number(self, value: float, decimals: int = 0) -> str:
        """`1,204`; a true minus sign; never minus zero."""
        return self._number(value, "#,##0" + ("." + "0" * decimals if decimals else ""))

    def counted(self, number: int, one: str, many: str = "") -> str:
        """`1 sample`, `1,204 samples`. `many`: where it is not the one with an s."""
        return f"{self.number(number)} {one if number == 1 else many or one + 's'}"

    def signed(self, value: float, decimals: int = 0) -> str:
        """`+3`, `−15`, `0`."""
        text = self.number(value, decimals)
        return text if text.startswith(MINUS) or not any(digit in "123456789" for digit in text) else f"+{text}"

    def percent(self, value: float) -> str:
        """`−15 %` of a number out of a hundred."""
        return f"{self.number(value)}{THIN}%"

    def _number(self, value: float, pattern: str) -> str:
        text: str = _pattern(pattern).apply(value, _locale(self.preferences.locale)).replace("-", MINUS)
        return text if any(digit in "123456789" for digit in text) else text.removeprefix(MINUS)

    def measure(self, field: str, value: Value) -> Measure:
        """A day's value in the athlete's units, rounded as the catalogue says."""
        if isinstance(value, str):
            return Measure(value.replace("_", " ").capitalize(), "")
        said = self._say(field, self.shown(field, value))
        grades = _GRADES.get(field, ())
        place = round(value) - 1
        return said._replace(unit=f"of {len(grades)}, {grades[place]}") if 0 <= place < len(grades) else said

    def difference(self, field: str, value: float) -> Measure:
        """How much one value is more than another; less than an hour in minutes, `15 min`."""
        more = self.shown(field, value) - self.shown(field, 0.0)
        if self._shown_in(field) == "s" and abs(more) < 3600:
            return Measure(self.number(more / 60), "min")
        return self._say(field, more)

    def shown(self, field: str, value: float) -> float:
        """A value of the catalogue's unit in the unit that is shown; hours in seconds."""
        return convert(value, catalogue.metric(field).unit, self._shown_in(field))

    def stored(self, field: str, value: float) -> float:
        """The other way."""
        return convert(value, self._shown_in(field), catalogue.metric(field).unit)

    def tick(self, field: str, value: float) -> str:
        """A round number of `shown`, beside a chart."""
        return self.hours(value).text if self._shown_in(field) == "s" else self._number(value, "#,##0.##")

    def per_step(self, field: str) -> float:
        """What a round number of this field is a multiple of: half an hour where hours are shown, else one."""
        return 1800.0 if self._shown_in(field) == "s" else 1.0

    def _shown_in(self, field: str) -> str:
        metric = catalogue.metric(field)
        return "s" if field in _AS_HOURS else self._unit(metric.unit)

    def _say(self, field: str, value: float) -> Measure:
        metric, unit = catalogue.metric(field), self._shown_in(field)
        if unit == "s":
            return self.hours(value)
        # Tenths of a pound or an inch are as fine as what was measured; so is the first decimal of hundredths.
        decimals = 1 if unit != metric.unit else metric.decimals
        pattern = "#,##0" + ("" if decimals == 0 else ".0" + "#" * (decimals - 1))
        return Measure(self._number(value, pattern), _RATES.get(field, _UNITS.get(unit, unit)))

    def unit(self, field: str) -> str:
        """The unit of a field's values, for column heads."""
        return f"of {len(_GRADES[field])}" if field in _GRADES else self.measure(field, 0).unit

    def _unit(self, unit: str) -> str:
        wanted = self.preferences
        chosen = {
            "kg": "lb" if wanted.pounds else unit,
            "degC": "degF" if wanted.fahrenheit else unit,
            "km": "mi" if wanted.imperial else unit,
            "cm": "in" if wanted.imperial else unit,
        }
        return chosen.get(unit, unit)

    # --- training

    def distance(self, metres: float, sport: str | None = None) -> Measure:
        """`62.4 km`, `38.8 mi`; a swim's `2,400 m`."""
        if sport in _SWIMS:
            return Measure(self.number(metres), "m")
        unit = self._unit("km")
        return Measure(self.number(convert(metres, "m", unit), 1), unit)

    def height(self, metres: float) -> Measure:
        """`640 m`, `2,100 ft`."""
        unit = "ft" if self.preferences.imperial else "m"
        return Measure(self.number(convert(metres, "m", unit)), unit)

    def mass(self, kilograms: float) -> Measure:
        """`4,200 kg`, `9,259 lb`: what was lifted."""
        unit = self._unit("kg")
        return Measure(self.number(convert(kilograms, "kg", unit)), unit)

    def duration(self, seconds: float) -> Measure:
        """`54:12`, `2:04:10`."""
        minutes, rest = divmod(round(seconds), 60)
        hours, minutes = divmod(minutes, 60)
        return Measure(f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}", "")

    def hours(self, seconds: float) -> Measure:
        """`7:24 h`."""
        hours, minutes = divmod(abs(round(seconds / 60)), 60)
        return Measure(f"{MINUS if round(seconds / 60) < 0 else ''}{hours}:{minutes:02d}", "h")

    def speed(self, metres_per_second: float) -> Measure:
        unit = "mi/hr" if self.preferences.imperial else "km/hr"
        return Measure(self.number(convert(metres_per_second, "m/s", unit), 1), self._speed_word)

    @property
    def _speed_word(self) -> str:
        return "mph" if self.preferences.imperial else "km/h"

    def pace(self, metres_per_second: float, sport: str | None = None) -> Measure:
        """How fast, as the sport says it: `5:19 /km`, `2:01 /100 m`, `2:12 /500 m`, `30.2 km/h`."""
        if not self.is_pace(sport):
            return self.speed(metres_per_second)
        length, unit = self._pace_of(sport)
        if metres_per_second < SLOWEST_PACE:
            return Measure("–", unit)
        return Measure(self.duration(length / metres_per_second).text, unit)

    def is_pace(self, sport: str | None) -> bool:
        """Whether this sport counts time over a distance, not distance over time."""
        return sport in _SWIMS | _ROWS | _ON_FOOT

    def _pace_of(self, sport: str | None) -> tuple[float, str]:
        if sport in _SWIMS:
            return 100.0, "/100 m"
        if sport in _ROWS:
            return 500.0, "/500 m"
        return (convert(1, "mi", "m"), "/mi") if self.preferences.imperial else (1000.0, "/km")

    def pace_length(self, sport: str | None) -> float:
        """Metres of a pace."""
        return self._pace_of(sport)[0]

    def split_name(self, metres: float, sport: str | None) -> str:
        """`5 km`: how long the first split is, in whole units."""
        if sport in _SWIMS:
            return f"{self.number(metres)}{THIN}m"
        unit = self._unit("km")
        return f"{self.number(max(1.0, convert(metres, 'm', unit)))}{THIN}{unit}"

    def temperature(self, celsius: float) -> Measure:
        unit = self._unit("degC")
        return Measure(self.number(convert(celsius, "degC", unit)), _UNITS[unit])

    def split(self) -> float:
        """Metres of a split: a kilometre, or a mile."""
        return convert(1, self._unit("km"), "m")
