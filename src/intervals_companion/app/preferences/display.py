"""How the athlete wants to read: numbers, zone, units, as the stored athlete record of Intervals.icu says."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from attrs import frozen

from intervals_companion.app.scope import ReadScope
from intervals_companion.domain.locales import locale_of
from intervals_companion.intervals.athlete_record import DisplaySettings, display_settings
from intervals_companion.store import intervals_cache

UTC = ZoneInfo("UTC")
DEFAULT_LOCALE = "en_GB"
"""Day before month, 24 hours: also for a record that says `en` and no country."""


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
    return from_settings(DisplaySettings() if answer is None else display_settings(answer.record), here.zone)


def from_settings(wanted: DisplaySettings, home: ZoneInfo) -> Preferences:
    return Preferences(
        locale=known_locale(wanted.locale),
        zone=home,
        imperial=wanted.imperial,
        pounds=wanted.pounds,
        fahrenheit=wanted.fahrenheit,
        form_as_percent=wanted.form_as_percent,
    )


def known_locale(name: str | None) -> str:
    """The locale of that name with `_` between its parts, or the default where there is none."""
    if name is None or name.casefold() == "en":
        return DEFAULT_LOCALE
    return str(locale_of(name) or DEFAULT_LOCALE)
