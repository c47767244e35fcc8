"""How the athlete wants to read: numbers, zone, units, as the stored athlete record of Intervals.icu says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from attrs import frozen
from babel import Locale, UnknownLocaleError

from intervals_companion.app.scope import ReadScope
from intervals_companion.store import intervals_cache

UTC = ZoneInfo("UTC")
DEFAULT_LOCALE = "en_GB"
"""Day before month, 24 hours: also for a record that says `en` and no country."""

_IMPERIAL = frozenset({"IMPERIAL", "FEET"})


@frozen
class Preferences:
    locale: str = DEFAULT_LOCALE
    """A locale that Babel knows, such as `de_CH`."""
    zone: ZoneInfo = UTC
    """The home zone: in which "today" is today."""
    imperial: bool = False
    """Miles, feet and inches."""
    pounds: bool = False
    fahrenheit: bool = False
    form_as_percent: bool = False


def preferences(here: ReadScope) -> Preferences:
    """What the stored record says; metric and en_GB without one."""
    answer = intervals_cache.answer(here.connection, here.athlete, intervals_cache.ATHLETE)
    return from_record({} if answer is None else answer.record, here.zone)


def from_record(record: Mapping[str, Any], home: ZoneInfo = UTC) -> Preferences:
    """From an athlete record as the service writes it. What nobody can use counts as absent."""
    return Preferences(
        locale=known_locale(record.get("locale")),
        zone=home,
        imperial=str(record.get("measurement_preference")).upper() in _IMPERIAL,
        pounds=record.get("weight_pref_lb") is True,
        fahrenheit=record.get("fahrenheit") is True,
        form_as_percent=record.get("icu_form_as_percent") is True,
    )


def known_locale(name: object) -> str:
    """The locale of that name with `_` between its parts, or the default where there is none."""
    if not isinstance(name, str) or name.casefold() == "en":
        return DEFAULT_LOCALE
    try:
        return str(Locale.parse(name.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        return DEFAULT_LOCALE
