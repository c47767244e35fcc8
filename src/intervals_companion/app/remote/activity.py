"""One activity, or one athlete, as Intervals.icu tells of it: read when somebody looks, kept for a day."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

from attrs import field, frozen

from intervals_companion.app.context import AppContext
from intervals_companion.app.remote.activity_ref import ActivityRef, activity_ref
from intervals_companion.app.remote.visibility import NotShared, hide, save, visible_or_forget
from intervals_companion.app.scope import ReadScope
from intervals_companion.app.social import comments as social_comments
from intervals_companion.domain.days import monday
from intervals_companion.domain.errors import NothingToShow
from intervals_companion.domain.remote_activity import RemoteActivity
from intervals_companion.domain.social import FollowedAthlete, Week
from intervals_companion.domain.workout_view import Thumbnail, WorkoutView
from intervals_companion.intervals import activity_record, people
from intervals_companion.social import feed, views
from intervals_companion.store import friends_cache, view_codec
from intervals_companion.store.view_codec import UnreadableView

STREAMS = "time,watts,heartrate,cadence,velocity_smooth,altitude,distance,latlng"


@frozen
class FetchedActivity:
    """An activity that was read on its own."""

    remote: RemoteActivity
    view: WorkoutView


def known(here: ReadScope, about: ActivityRef) -> FetchedActivity | None:
    """What is kept of it; None where it was not read in the last day, or nobody can read what is kept."""
    kept = friends_cache.saved(here.connection, here.athlete, friends_cache.DETAIL, about.activity)
    if kept is None or _is_old(here, kept.read):
        return None
    try:
        return FetchedActivity(
            activity_record.read_one(kept.body.get("record")), view_codec.view_of(kept.body.get("view"))
        )
    except ValueError:  # another version kept it
        return None


def fetch(context: AppContext, about: ActivityRef) -> FetchedActivity:
    """What is kept, or read with two requests. Raises NotShared, NotSignedIn, SignInError, PermissionMissing,
    ServiceError.
    """
    if (found := context.read(known, about)) is not None:
        return found
    if about.hidden is not None:
        return FetchedActivity(about.remote, views.make(about.remote, []))
    with visible_or_forget(context, about.friend) as client:
        record = client.ask(people.activity(about.activity, about.whose))
        remote = activity_record.read_one(record)
        if not about.own and remote.hidden is not None:
            hide(context, about, record)
            raise NotShared
        streams = client.ask(people.streams(about.activity, about.whose, STREAMS))
    made = FetchedActivity(remote, views.make(remote, streams))
    body = {"record": record, "view": view_codec.view_json(made.view)}
    save(context, friends_cache.DETAIL, about.activity, about.other, body)
    return made


def _is_old(here: ReadScope, read: int) -> bool:
    return here.now - read >= feed.BORROWED


# --- beside a row of the feed ----------------------------------------------------------------------------------------


@frozen
class RowExtras:
    """What stands at the right of a row."""

    thumbnail: Thumbnail | None
    """None where there is nothing to draw."""
    comments: int | None
    """None where it has no chat."""


def row_extras(context: AppContext, name: str) -> RowExtras:
    """With at most one request for the drawing and one for the comments. Raises as `fetch` does."""
    about = context.read(activity_ref, name)
    return RowExtras(_thumbnail(context, about), _comments(context, about))


def _thumbnail(context: AppContext, about: ActivityRef) -> Thumbnail | None:
    athlete = context.account().athlete
    with context.store.read() as connection:
        kept = friends_cache.saved(connection, athlete, friends_cache.SHAPE, about.activity)
    if kept is not None and not context.read(_is_old, kept.read):
        with suppress(UnreadableView):  # another version kept it: it is made anew
            return view_codec.thumbnail_of(kept.body)
    types = views.thumbnail_types(about.remote)
    if not types:
        return None
    with visible_or_forget(context, about.friend) as client:
        streams = client.ask(people.streams(about.activity, about.whose, types))
    made = views.thumbnail(about.remote, streams)
    save(context, friends_cache.SHAPE, about.activity, about.other, view_codec.thumbnail_json(made))
    return made


def _comments(context: AppContext, about: ActivityRef) -> int | None:
    if about.hidden or not context.read(social_comments.is_talked_about, about):
        return None
    return social_comments.read_if_old(context, about, feed.LASTS).count


# --- an athlete ------------------------------------------------------------------------------------------------------

WEEKS = 12


@frozen
class Person:
    """Another athlete: what they show of themselves, and their last weeks."""

    other: FollowedAthlete
    profile: dict[str, Any] = field(factory=dict)
    """As Intervals.icu tells it; empty until it is read."""
    weeks: list[Week] = field(factory=list)
    """Newest first."""
    read: bool = False


def person(here: ReadScope, name: str) -> Person:
    """What is kept of an athlete. Raises NothingToShow."""
    other = next(
        (one for one in friends_cache.followed_athletes(here.connection, here.athlete) if one.id == name), None
    )
    kept = friends_cache.saved(here.connection, here.athlete, friends_cache.PROFILE, name)
    if other is None:
        raise NothingToShow("You do not follow such an athlete.", "Choose one under Friends.")
    if kept is None or _is_old(here, kept.read):
        return Person(other, weeks=feed.by_week(other.weeks))
    return Person(
        other, kept.body["profile"], feed.by_week(friends_cache.weeks_of(name, kept.body["weeks"])), read=True
    )


def fetch_person(context: AppContext, name: str) -> Person:
    """The same, read with two requests where it is not known. Raises as `fetch` does."""
    found = context.read(person, name)
    if found.read:
        return found
    today = context.read(lambda here: here.today)
    start = monday(today) - timedelta(weeks=WEEKS - 1)
    with visible_or_forget(context, name) as client:
        profile = client.ask(people.profile(name))
        weeks = [week for week in client.ask(people.weeks(start, today)) if week.athlete == name]
    body = {"profile": _shown(profile), "weeks": friends_cache.weeks_written(weeks)}
    save(context, friends_cache.PROFILE, name, name, body)
    return context.read(person, name)


_SHOWN = ("city", "state", "country", "timezone", "bio", "website", "sex")


def _shown(profile: people.Record) -> dict[str, Any]:
    return {key: profile[key] for key in _SHOWN if profile.get(key)}
