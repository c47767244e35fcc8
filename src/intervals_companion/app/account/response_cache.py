"""Keeps what Intervals.icu answers, so that no page has to ask while it is drawn."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection

from intervals_companion.app.context import AppContext
from intervals_companion.app.scope import ReadScope
from intervals_companion.intervals import activity_record, protocol
from intervals_companion.intervals.wire import Call, Response
from intervals_companion.store import intervals_cache

ATHLETE_LASTS = 24 * 3_600_000
"""ms after which the athlete's own record is read again."""
_SECRET = frozenset({"icu_api_key"})
"""Of the athlete record: never kept as plain text."""

Listener = Callable[[Call[object], Response], None]


def listener(context: AppContext, athlete: int, is_current: Callable[[Connection], bool]) -> Listener:
    """What to hang into a client of this athlete's own sign-in: days, activities and the athlete record are kept, as
    long as the sign-in `is_current`: after a logout nothing is.
    """

    def save(call: Call[object], response: Response) -> None:
        kept = _KEPT.get(call.name)
        query = dict(call.query)
        if kept is None or not kept.query <= query.keys():
            return
        record = json.loads(response.body)
        with context.store.write() as connection:
            if is_current(connection):
                kept.store(connection, athlete, query, record, context.now())

    return save


def athlete_is_old(here: ReadScope) -> bool:
    """Whether the athlete record was never read, or not today."""
    known = intervals_cache.answer(here.connection, here.athlete, intervals_cache.ATHLETE)
    return known is None or here.now - known.read >= ATHLETE_LASTS


def _athlete(connection: Connection, athlete: int, _query: Mapping[str, str], record: Any, now: int) -> None:
    shown = {key: value for key, value in record.items() if key not in _SECRET}
    intervals_cache.save(connection, athlete, intervals_cache.ATHLETE, shown, now)


def _days(connection: Connection, athlete: int, query: Mapping[str, str], records: Any, now: int) -> None:
    first, last = date.fromisoformat(query["oldest"]), date.fromisoformat(query["newest"])
    by_day = {date.fromisoformat(record["id"]): record for record in records}
    intervals_cache.replace_days(connection, athlete, first, last, by_day, now)


def _activities(connection: Connection, athlete: int, query: Mapping[str, str], records: Any, now: int) -> None:
    first, last = date.fromisoformat(query["oldest"]), date.fromisoformat(query["newest"])
    by_id = activity_record.rows(records, unplaced=last)
    intervals_cache.replace_activities(connection, athlete, first, last, by_id, now)
    intervals_cache.save(connection, athlete, intervals_cache.ACTIVITIES, {}, now)


class _Kept(NamedTuple):
    store: Callable[[Connection, int, Mapping[str, str], Any, int], None]
    query: frozenset[str] = frozenset()
    """What the call has to say: only a whole range of days replaces what is known of it."""


_SOME_DAY = date(2000, 1, 1)
_RANGE = frozenset({"oldest", "newest"})
_KEPT: Mapping[str, _Kept] = {
    protocol.athlete().name: _Kept(_athlete),
    protocol.wellness(_SOME_DAY, _SOME_DAY).name: _Kept(_days, _RANGE),
    protocol.activities(_SOME_DAY, _SOME_DAY).name: _Kept(_activities, _RANGE),
}
