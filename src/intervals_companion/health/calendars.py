"""Days of other calendars than the Gregorian one, as phones write them that are set to such a calendar.

A phone writes year, month and day of its own calendar into the format that was asked for: 2569-03-10 in Thailand, and
0008-03-10 in the Japanese calendar. Which calendar it is, only the year can tell. Health began in 2014 (iOS 8): a year
is told by what lies between then and 2050.

- Buddhist: 543 years ahead, months and days as in the Gregorian one (Thailand, since 1941).
- Japanese: Reiwa 1 began on 2019-05-01, Heisei 31 ended the day before.
- Persian (solar Hijri): leap years as in its cycle of 33 years, which fits the equinox for the years 1343 to 1472.
- Islamic (lunar Hijri): months begin when the moon is seen, or by tables that differ by a day: never converted.
"""

from __future__ import annotations

from datetime import date, timedelta

from intervals_companion.health.bridge import Reason, Unusable

GREGORIAN = range(1900, 2200)
_BUDDHIST_AHEAD = 543
_BUDDHIST = range(GREGORIAN.start + _BUDDHIST_AHEAD, GREGORIAN.stop + _BUDDHIST_AHEAD)
_REIWA, _HEISEI = range(1, 21), range(26, 32)
"""Of Reiwa the years to 2038, of Heisei those since Health began."""
_BEFORE_REIWA, _BEFORE_HEISEI = 2018, 1988
_REIWA_BEGINS = date(2019, 5, 1)
_PERSIAN = range(1393, 1430)
_ISLAMIC, _OTHERS, _HEBREW = range(1435, 1476), range(1, GREGORIAN.start), range(5770, 5815)
"""Of calendars that are not converted; among the others is that of Taiwan (103 to 140)."""
_PERSIAN_CYCLE, _PERSIAN_LEAPS = 33, frozenset({1, 5, 9, 13, 17, 22, 26, 30})
_PERSIAN_EPOCH_YEAR, _PERSIAN_EPOCH = 1393, date(2014, 3, 21)
"""The first day of a year to count from."""

OTHER_CALENDAR = Reason(
    "with a date of another calendar whose day cannot be told for sure, such as the Islamic one",
    "On the iPhone choose Gregorian in Settings > General > Language & Region > Calendar, and send it again.",
)


def gregorian(year: int, month: int, day: int) -> date:
    """The day that a phone means. Raises Unusable for one that cannot be told, ValueError for what is no day."""
    if year in GREGORIAN:
        return date(year, month, day)
    if year in _BUDDHIST:
        return date(year - _BUDDHIST_AHEAD, month, day)
    if year in _REIWA and (found := date(year + _BEFORE_REIWA, month, day)) >= _REIWA_BEGINS:
        return found
    if year in _HEISEI and (found := date(year + _BEFORE_HEISEI, month, day)) < _REIWA_BEGINS:
        return found
    if year in _PERSIAN:
        return _of_persian(year, month, day)
    if year in _OTHERS or year in _HEBREW:
        raise Unusable(OTHER_CALENDAR)
    raise ValueError("not a year of any calendar in use")


def of_export(year: int, month: int, day: int) -> date:
    """The same of an export, whose dates may lie anywhere: apps write the years 1 and 4001 for never."""
    if year in GREGORIAN:  # nearly always
        return date(year, month, day)
    try:
        return gregorian(year, month, day)
    except Unusable:
        if year in _ISLAMIC:
            raise
    except ValueError:
        pass
    return date(year, month, day)


def _of_persian(year: int, month: int, day: int) -> date:
    """Six months of 31 days, five of 30, and the last of 29 or 30."""
    longest = 31 if month <= 6 else 30 if month < 12 or _is_leap(year) else 29
    if not (1 <= month <= 12 and 1 <= day <= longest):
        raise ValueError("not a day of the Persian calendar")
    before = sum(366 if _is_leap(one) else 365 for one in range(_PERSIAN_EPOCH_YEAR, year))
    months = 31 * min(month - 1, 6) + 30 * max(0, month - 7)
    return _PERSIAN_EPOCH + timedelta(days=before + months + day - 1)


def _is_leap(year: int) -> bool:
    return year % _PERSIAN_CYCLE in _PERSIAN_LEAPS
