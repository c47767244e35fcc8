"""Which stretch of time an item speaks of. The app writes where it begins; how long it is, its settings decide."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from zoneinfo import ZoneInfo

from intervals_companion.domain.days import bounds
from intervals_companion.health.bridge import Json, Reason, Span, Unusable
from intervals_companion.health.stamps import Stamp, stamp

MINUTE, HOUR = 60_000, 3_600_000
_MOMENT = 1000

TOO_COARSE = Reason(
    "grouped by more than a day", "In the automation, set the time grouping to Days, Hours or Default and send again."
)
ENDS_BEFORE = Reason("that end before they start", "Send dates as yyyy-MM-dd HH:mm:ss Z.")


SEEMS_LONGER = Reason(
    "that seem to be of whole weeks or months", "In the automation, set the time grouping to Days and send again."
)


class Grouping(Enum):
    """The setting `automation-aggregation`, whose spelling varies from build to build."""

    NONE = "none"
    """Not said, or left to the app."""
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    LONGER = "longer"


_WORDS = {
    "minute": Grouping.MINUTES,
    "hour": Grouping.HOURS,
    "day": Grouping.DAYS,
    "daily": Grouping.DAYS,
    "hourly": Grouping.HOURS,
    **dict.fromkeys(("week", "weekly", "month", "monthly", "year", "yearly"), Grouping.LONGER),
}


def grouping(header: str) -> Grouping:
    word = "".join(header.casefold().split())
    return _WORDS.get(word) or _WORDS.get(word.removesuffix("s"), Grouping.NONE)


def guessed(stamps: Iterable[Stamp], said: Grouping, *, adds_up: bool) -> Grouping:
    """The grouping of one metric's items where the app did not say: from the clocks they carry.

    Items that all begin at midnight are days. Full hours mean hours only for what adds up: a single weight may well
    have been typed at seven sharp.
    """
    if said is not Grouping.NONE:
        return said
    guess = Grouping.NONE
    for one in stamps:
        if one.at_midnight and guess is not Grouping.HOURS:
            guess = Grouping.DAYS
        elif adds_up and (one.clock or 0) % 3600 == 0:
            guess = Grouping.HOURS
        else:
            return Grouping.NONE
    return guess


def period(begin: Stamp, chosen: Grouping, home: ZoneInfo) -> Span:
    """The stretch of a summary. Days are those of the phone's calendar, laid out in the home zone: a phone that travels
    sends the same day again, not another one. Raises Unusable.
    """
    if chosen is Grouping.LONGER:
        raise Unusable(TOO_COARSE)
    if chosen is Grouping.DAYS or begin.clock is None:
        return bounds(begin.day, home)
    if chosen is Grouping.HOURS:
        return begin.instant, begin.instant + HOUR
    on_the_minute = begin.instant % MINUTE == 0
    return begin.instant, begin.instant + (MINUTE if chosen is Grouping.MINUTES or on_the_minute else _MOMENT)


def span(item: Json, starts: str, ends: str, home: ZoneInfo) -> Span:
    """The stretch an item writes out itself. Raises Unusable."""
    start, end = stamp(item.get(starts), home).instant, stamp(item.get(ends), home).instant
    if end < start:
        raise Unusable(ENDS_BEFORE)
    return start, end


def is_day(found: Span) -> bool:
    """Whether a stretch is no longer than a day, which may have 25 hours."""
    return found[1] - found[0] <= 25 * HOUR


def on_the_clock(found: Iterable[int]) -> bool:
    """Whether these instants are all full minutes, as the edges of groups are and those of samples nearly never."""
    return all(one % MINUTE == 0 for one in found)
