"""What a page or command is about: an activity at Intervals.icu, and whose it is. That decides what it is asked by."""

from __future__ import annotations

from attrs import frozen
from sqlalchemy import Connection

from intervals_companion.app.scope import ReadScope
from intervals_companion.domain.errors import NothingToShow
from intervals_companion.domain.remote_activity import Hidden, RemoteActivity
from intervals_companion.intervals import activity_record
from intervals_companion.intervals.wire import DataOwner
from intervals_companion.store import friends_cache, intervals_cache, ledger, queries


@frozen
class ActivityRef:
    """An activity that Intervals.icu has."""

    activity: str
    owner: DataOwner
    other: str
    """The athlete's id at Intervals.icu, one's own too."""
    athlete_name: str
    """Their name."""
    remote: RemoteActivity
    """As the list tells it."""

    @property
    def own(self) -> bool:
        return self.owner is DataOwner.OWN

    @property
    def friend(self) -> str | None:
        """The athlete's id; None for oneself."""
        return None if self.own else self.other

    @property
    def hidden(self) -> Hidden | None:
        return self.remote.hidden


def activity_ref(here: ReadScope, name: str) -> ActivityRef:
    """As `find`. Raises NothingToShow."""
    found = find(here, name)
    if found is None:
        raise NothingToShow(
            "There is no such activity here.",
            "Choose one under Activities or Friends: what is there was read from Intervals.icu.",
        )
    return found


def find(here: ReadScope, name: str) -> ActivityRef | None:
    """By the id of an activity, or of a workout that is linked to one; None where Intervals.icu has not told of it."""
    activity = _activity_of(here.connection, here.athlete, name)
    own = intervals_cache.activity(here.connection, here.athlete, activity)
    did = None if own is not None else friends_cache.activity(here.connection, here.athlete, activity)
    names = {one.id: one.name for one in friends_cache.followed_athletes(here.connection, here.athlete)}
    if own is not None:
        return _ref(DataOwner.OWN, here.account.intervals_id or "", here.account.name or "", own)
    return None if did is None else _ref(DataOwner.OTHERS, did.other, names[did.other], did.record)


def _ref(owner: DataOwner, other: str, athlete_name: str, record: activity_record.Record) -> ActivityRef | None:
    remote = activity_record.read(record)
    return ActivityRef(remote.id, owner, other, athlete_name, remote) if isinstance(remote, RemoteActivity) else None


def _activity_of(connection: Connection, athlete: int, name: str) -> str:
    workout = queries.workout_of(connection, athlete, name) or name
    link = ledger.links(connection, athlete).get(workout)
    return name if link is None else link.activity
