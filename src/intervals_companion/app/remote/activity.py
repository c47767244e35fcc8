"""One activity, as Intervals.icu tells of it: read when somebody looks, kept for a day."""

from __future__ import annotations

from attrs import frozen

from intervals_companion.app.context import AppContext
from intervals_companion.app.remote.activity_ref import ActivityRef
from intervals_companion.app.remote.visibility import NotShared, hide, save, visible_or_forget
from intervals_companion.app.scope import ReadScope
from intervals_companion.domain.remote_activity import RemoteActivity
from intervals_companion.domain.workout_view import WorkoutView
from intervals_companion.intervals import activity_record, people
from intervals_companion.social import feed, views
from intervals_companion.store import friends_cache, view_codec

STREAMS = "time,watts,heartrate,cadence,velocity_smooth,altitude,distance,latlng"


@frozen
class FetchedActivity:
    """An activity that was read on its own."""

    remote: RemoteActivity
    view: WorkoutView


def known(here: ReadScope, ref: ActivityRef) -> FetchedActivity | None:
    """What is kept of it; None where it was not read in the last day, or nobody can read what is kept."""
    kept = friends_cache.saved(here.connection, here.athlete, friends_cache.DETAIL, ref.activity)
    if kept is None or is_old(here, kept.read):
        return None
    try:
        return FetchedActivity(
            activity_record.read_one(kept.body.get("record")), view_codec.view_of(kept.body.get("view"))
        )
    except ValueError:  # another version kept it
        return None


def fetch(context: AppContext, ref: ActivityRef) -> FetchedActivity:
    """What is kept, or read with two requests. Raises NotShared, NotSignedIn, SignInError, PermissionMissing,
    ServiceError.
    """
    if (found := context.read(known, ref)) is not None:
        return found
    if ref.hidden is not None:
        return FetchedActivity(ref.remote, views.make(ref.remote, []))
    with visible_or_forget(context, ref.friend) as client:
        record = client.ask(people.activity(ref.activity, ref.owner))
        remote = activity_record.read_one(record)
        if not ref.own and remote.hidden is not None:
            hide(context, ref, record)
            raise NotShared
        streams = client.ask(people.streams(ref.activity, ref.owner, STREAMS))
    made = FetchedActivity(remote, views.make(remote, streams))
    body = {"record": record, "view": view_codec.view_json(made.view)}
    save(context, friends_cache.DETAIL, ref.activity, ref.other, body)
    return made


def is_old(here: ReadScope, read: int) -> bool:
    """Whether what was read then (ms) may not be kept any more."""
    return here.now - read >= feed.BORROWED
