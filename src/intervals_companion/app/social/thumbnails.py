"""What stands at the right of a row of the feed: a small drawing, and how many comments there are."""

from __future__ import annotations

from contextlib import suppress

from attrs import frozen

from intervals_companion.app.context import AppContext
from intervals_companion.app.remote.activity import is_old
from intervals_companion.app.remote.activity_ref import ActivityRef, activity_ref
from intervals_companion.app.remote.visibility import save, visible_or_forget
from intervals_companion.app.social import comments as social_comments
from intervals_companion.domain.workout_view import Thumbnail
from intervals_companion.intervals import people
from intervals_companion.social import feed, views
from intervals_companion.store import friends_cache, view_codec
from intervals_companion.store.view_codec import UnreadableView


@frozen
class RowExtras:
    """What stands at the right of a row."""

    thumbnail: Thumbnail | None
    """None where there is nothing to draw."""
    comments: int | None
    """None where it has no chat."""


def row_extras(context: AppContext, name: str) -> RowExtras:
    """With at most one request for the drawing and one for the comments.

    Raises NothingToShow, NotShared, NotSignedIn, SignInError, PermissionMissing, KeyMissing, ServiceError.
    """
    ref = context.read(activity_ref, name)
    return RowExtras(_thumbnail(context, ref), _comments(context, ref))


def _thumbnail(context: AppContext, ref: ActivityRef) -> Thumbnail | None:
    athlete = context.account().athlete
    with context.store.read() as connection:
        kept = friends_cache.saved(connection, athlete, friends_cache.SHAPE, ref.activity)
    if kept is not None and not context.read(is_old, kept.read):
        with suppress(UnreadableView):  # another version kept it: it is made anew
            return view_codec.thumbnail_of(kept.body)
    types = views.thumbnail_types(ref.remote)
    if not types:
        return None
    with visible_or_forget(context, ref.friend) as client:
        streams = client.ask(people.streams(ref.activity, ref.owner, types))
    made = views.thumbnail(ref.remote, streams)
    save(context, friends_cache.SHAPE, ref.activity, ref.other, view_codec.thumbnail_json(made))
    return made


def _comments(context: AppContext, ref: ActivityRef) -> int | None:
    if ref.hidden or not context.read(social_comments.is_talked_about, ref):
        return None
    return social_comments.read_if_old(context, ref, feed.LASTS).count
