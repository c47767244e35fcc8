"""The feed as a pure matter: what has to be read, how lists of many athletes become one, and weeks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Any

from attrs import evolve, frozen

from intervals_companion.domain.days import MS_PER_DAY, instant, monday
from intervals_companion.domain.social import Chat, Week
from intervals_companion.store.friends_cache import FeedStatus, FollowedAthlete, FriendActivity

WINDOW = 14
"""Days that are read at once."""
LASTS = 15 * 60_000
"""ms for which lists count as fresh."""
BORROWED = MS_PER_DAY
"""ms after which nothing read of another athlete is kept."""

NEWCOMER = MS_PER_DAY
"""ms before the first look ever, from which on activities are marked as new."""


class Hidden(StrEnum):
    """Why an activity shows no more than that it was."""

    STRAVA = "strava"
    NOT_SHARED = "not_shared"


@frozen
class Line:
    """One activity of another athlete. Metres, seconds; None where nothing says it."""

    id: str
    other: str
    who: str
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
    record: Mapping[str, Any]


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
        _line(one, names[one.other], chats.get(one.record["id"]), one.record["id"] not in opened, caught_up)
        for one in did
        if one.other in names
    ]
    return sorted(found, key=lambda line: (line.day, line.start, line.id), reverse=True)


def _line(one: FriendActivity, other: FollowedAthlete, chat: Chat | None, unopened: bool, caught_up: int) -> Line:
    record = one.record
    start = datetime.fromisoformat(record["start_date_local"]).replace(tzinfo=None)
    hidden = hidden_of(record)
    return Line(
        id=record["id"],
        other=other.id,
        who=other.name,
        coached=other.coached,
        type=record.get("type"),
        title=title_of(record, hidden),
        start=start,
        day=one.day,
        moving=number(record.get("moving_time")) or number(record.get("elapsed_time")),
        distance=number(record.get("distance")),
        load=number(record.get("icu_training_load")),
        hidden=hidden,
        talked=record.get("icu_chat_id") is not None or chat is not None,
        new=0 if chat is None else chat.new,
        unread=unopened and (started(record) or 0) >= caught_up,
        record=record,
    )


_TITLES = {Hidden.STRAVA: "Hidden by Strava", Hidden.NOT_SHARED: "Not shared with you"}


def title_of(record: Mapping[str, Any], hidden: Hidden | None) -> str:
    return _TITLES[hidden] if hidden else record.get("name") or record.get("type") or "Activity"


def hidden_of(record: Mapping[str, Any]) -> Hidden | None:
    """A stub says when it was and nothing else: by Strava's rules, or because its athlete keeps it to themselves."""
    if record.get("source") == "STRAVA":
        return Hidden.STRAVA
    told = record.get("type") is not None or record.get("elapsed_time") is not None
    return None if told else Hidden.NOT_SHARED


def started(record: Mapping[str, Any]) -> int | None:
    """ms; None where only a wall clock is told."""
    text = record.get("start_date")
    try:
        return instant(datetime.fromisoformat(text)) if text else None
    except ValueError:
        return None


def number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


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
