"""The feed as a pure matter: what has to be read, how lists of many athletes become one, and weeks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby

from attrs import evolve, frozen

from intervals_companion.domain.days import MS_PER_DAY, monday
from intervals_companion.domain.remote_activity import Hidden, RemoteActivity
from intervals_companion.domain.social import Chat, FeedStatus, FollowedAthlete, FriendActivity, Week

WINDOW = 14
"""Days that are read at once."""
LASTS = 15 * 60_000
"""ms for which lists count as fresh."""
BORROWED = MS_PER_DAY
"""ms after which nothing read of another athlete is kept."""

NEWCOMER = MS_PER_DAY
"""ms before the first look ever, from which on activities are marked as new."""


@frozen
class Line:
    """One activity of another athlete. Metres, seconds; None where nothing says it."""

    id: str
    other: str
    athlete_name: str
    """Their name."""
    coached: bool
    type: str | None
    title: str
    start: datetime
    """Their wall clock."""
    day: date
    moving: float | None
    distance: float | None
    load: float | None
    hidden: Hidden | None
    talked: bool
    """Whether it has a chat, as far as the list tells."""
    new: int
    """Comments that were not seen."""
    unread: bool
    """Neither opened here nor older than what one was caught up with."""


# --- what has to be read ---------------------------------------------------------------------------------------------


def is_due(look: FeedStatus | None, now: int) -> bool:
    """Whether Intervals.icu is to be asked again."""
    return look is None or look.asked < now - LASTS


def first_day(today: date, window: int = 0) -> date:
    """Of the newest window of days, or of the `window`th before it."""
    return today - timedelta(days=WINDOW * (window + 1) - 1)


def is_to_read(other: FollowedAthlete, first: date) -> bool:
    """Whether the list of activities from `first` on is unknown, or has changed since it was read."""
    if other.read is None or other.since is None or other.since > first or other.read_weeks is None:
        return True
    before = {week.first: _sums(week) for week in other.read_weeks}
    return any(_sums(week) != before.get(week.first, _NOTHING) for week in other.weeks)


_NOTHING = (0, 0.0, 0.0, 0.0)


def _sums(week: Week) -> tuple[int, float, float, float]:
    """What changes when an activity does. Fitness changes by itself, every day."""
    return week.count, week.seconds, week.metres, week.load


# --- one list of many ------------------------------------------------------------------------------------------------


def lines(
    did: Iterable[FriendActivity],
    others: Sequence[FollowedAthlete],
    chats: Mapping[str, Chat],
    opened: frozenset[str],
    caught_up: int,
) -> list[Line]:
    """Newest first across all athletes."""
    names = {other.id: other for other in others}
    found = [
        _line(one.activity, names[one.other], chats.get(one.activity.id), one.activity.id not in opened, caught_up)
        for one in did
        if one.other in names
    ]
    return sorted(found, key=lambda line: (line.day, line.start, line.id), reverse=True)


def _line(one: RemoteActivity, other: FollowedAthlete, chat: Chat | None, unopened: bool, caught_up: int) -> Line:
    return Line(
        id=one.id,
        other=other.id,
        athlete_name=other.name,
        coached=other.coached,
        type=one.type,
        title=one.title,
        start=one.start_local,
        day=one.day,
        moving=one.duration,
        distance=one.distance,
        load=one.load,
        hidden=one.hidden,
        talked=one.chat is not None or chat is not None,
        new=0 if chat is None else chat.new,
        unread=unopened and (one.start or 0) >= caught_up,
    )


# --- weeks -----------------------------------------------------------------------------------------------------------


def by_week(weeks: Iterable[Week]) -> list[Week]:
    """One a calendar week, newest first, also where the service tells days. Fitness is that of the last row."""
    rows = sorted(weeks, key=lambda week: week.first)
    return [_together(first, list(found)) for first, found in groupby(rows, key=lambda week: monday(week.first))][::-1]


def _together(first: date, rows: Sequence[Week]) -> Week:
    return evolve(
        rows[-1],
        first=first,
        count=sum(row.count for row in rows),
        seconds=sum(row.seconds for row in rows),
        metres=sum(row.metres for row in rows),
        load=sum(row.load for row in rows),
    )
