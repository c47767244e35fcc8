"""The first sync waits for a tap: until then nothing is sent, and no sync runs by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from attrs import frozen

from intervals_companion.app.account import sign_in
from intervals_companion.app.context import AppContext
from intervals_companion.app.scope import ReadScope
from intervals_companion.app.sync.run import Synced
from intervals_companion.domain.activity import WORKOUT_FIELD
from intervals_companion.domain.days import local_day
from intervals_companion.store import archive, choices, queries

NAME = "first_sync"
USUAL_DAYS = 90


@frozen
class Confirmed:
    since: date | None
    """The first day that is sent; None: all that Health knows."""
    at: int
    """ms"""


def confirmed(here: ReadScope) -> Confirmed | None:
    """What the person tapped, or None while they have not."""
    found = here.choices.get(NAME)
    if found is None:
        return None
    return Confirmed(date.fromisoformat(found["since"]) if found["since"] else None, found["at"])


def confirm(context: AppContext, since: date | None) -> None:
    """Remembers that the person agreed to send what is there from that day on."""
    athlete = context.account().athlete
    with context.store.write() as connection:
        value = {"since": since.isoformat() if since else None, "at": context.now()}
        choices.put(connection, athlete, NAME, value)


@frozen
class AlreadyHere:
    """What has arrived from either side."""

    activities: int
    since: date | None
    """The first day it told of."""
    from_health: bool
    """Whether anything has come from Apple Health yet."""
    signed_in: bool
    """Whether a sign-in at Intervals.icu can be used."""


def has_health_data(here: ReadScope) -> bool:
    """Whether anything has come from Apple Health yet."""
    return archive.last_delivery(here.connection, here.athlete) is not None


def already_here(here: ReadScope) -> AlreadyHere:
    counted = queries.counts(here.connection, here.athlete)
    since = queries.first_theirs(here.connection, here.athlete)
    return AlreadyHere(counted.activities, since, has_health_data(here), sign_in.anybody(here) is not None)


def plan(where: ZoneInfo, synced: Synced) -> Mapping[str, Any]:
    """A dry run as a job keeps it. JSON: days, counts, and each field with how many values on which days."""
    outcome, warning = synced.outcome, synced.outcome.warning
    values = [one for one in outcome.sent if one.field != WORKOUT_FIELD]
    fields = Counter(one.field for one in values)
    return {
        "first": synced.first.isoformat(),
        "last": synced.last.isoformat(),
        "values": len(values),
        "days": len({one.item for one in values}),
        "fields": [
            {
                "field": name,
                "count": count,
                "first": min(one.item for one in values if one.field == name),
                "last": max(one.item for one in values if one.field == name),
            }
            for name, count in fields.most_common()
        ],
        "workouts": [_workout_day(one.item, where) for one in outcome.sent if one.field == WORKOUT_FIELD],
        "linked": len(outcome.linked),
        "agreed": outcome.agreed,
        "warning": warning and {"cause": warning.cause, "cure": warning.cure},
        "held": dict(Counter(one.reason.value for one in outcome.held)),
    }


def _workout_day(workout: str, where: ZoneInfo) -> str:
    """The local day of a workout's id, which says when it began."""
    return local_day(int(workout.split("-")[1]) * 1000, where).isoformat()
