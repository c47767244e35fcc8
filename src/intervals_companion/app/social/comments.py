"""Comments on an activity: reading them, changing one's own, and what was seen.

Writing one: `app/social/post_comment.py`.
"""

from __future__ import annotations

from attrs import asdict, evolve, frozen

from intervals_companion.app.context import AppContext
from intervals_companion.app.remote.activity_ref import ActivityRef, activity_ref
from intervals_companion.app.remote.client import open_api_key_client
from intervals_companion.app.remote.visibility import may_save, save, visible_or_forget
from intervals_companion.app.scope import ReadScope
from intervals_companion.domain.errors import NothingToShow, UsageError
from intervals_companion.domain.social import Chat, Comment
from intervals_companion.intervals import activity_record, people
from intervals_companion.intervals import comments as calls
from intervals_companion.intervals.client import IntervalsClient
from intervals_companion.social import posting
from intervals_companion.social.comments import clean
from intervals_companion.social.posting import Sender
from intervals_companion.store import friends_cache
from intervals_companion.store.outbox import Outgoing

__all__ = ["Outgoing", "Thread"]

LOOKED_AT = 60_000
"""ms for which comments that were read count as fresh to somebody who opens the page."""


@frozen
class Thread:
    ref: ActivityRef
    me: str
    """One's own athlete id."""
    comments: tuple[Comment, ...] = ()
    """Oldest first, removed ones too."""
    read: int | None = None
    """ms; None where nothing is kept."""
    waiting: tuple[Outgoing, ...] = ()
    """Comments of which nobody knows yet whether they arrived."""

    @property
    def count(self) -> int:
        """Those that were not removed."""
        return sum(not one.deleted for one in self.comments)

    @property
    def last(self) -> int:
        """The id of the newest."""
        return max((one.id for one in self.comments), default=0)

    @property
    def unseen(self) -> bool:
        return any(not one.seen and one.author != self.me for one in self.comments)

    def unanswered(self, now: int) -> list[Outgoing]:
        """Those of `waiting` that nobody is at work on any more at `now` (ms)."""
        return [one for one in self.waiting if posting.is_over(one, now)]


def thread(here: ReadScope, ref: ActivityRef) -> Thread:
    """What is kept. Asks nobody."""
    kept = friends_cache.saved(here.connection, here.athlete, friends_cache.COMMENTS, ref.activity)
    waiting = posting.waiting(here.connection, here.athlete, ref.activity)
    if kept is None:
        return Thread(ref, here.account.intervals_id or "", waiting=waiting)
    found = tuple(Comment(**{**one, "part": one["part"] and tuple(one["part"])}) for one in kept.body)
    return Thread(ref, here.account.intervals_id or "", found, kept.read, waiting)


def is_talked_about(here: ReadScope, ref: ActivityRef) -> bool:
    """Whether it has a chat, as far as is known: without one nobody has to ask."""
    return ref.remote.chat is not None or _chat(here, ref) is not None


def _chat(here: ReadScope, ref: ActivityRef) -> Chat | None:
    return friends_cache.chats(here.connection, here.athlete).get(ref.activity)


def read_if_old(context: AppContext, ref: ActivityRef, lasts: int) -> Thread:
    """What is kept, or read where that is older than `lasts` ms.

    Raises NotShared, NotSignedIn, SignInError, PermissionMissing, KeyMissing, ServiceError.
    """
    known = context.read(thread, ref)
    is_fresh = known.read is not None and context.now() - known.read < lasts
    return known if is_fresh else read(context, ref)


def read(context: AppContext, ref: ActivityRef) -> Thread:
    """All comments, with one request a hundred. Raises NotShared, NotSignedIn, SignInError, PermissionMissing,
    KeyMissing, ServiceError.
    """
    with visible_or_forget(context, ref.friend) as client:
        found = posting.everything(client, ref.activity, ref.owner)
    return note(context, ref, found)


def note(context: AppContext, ref: ActivityRef, found: list[Comment]) -> Thread:
    """Keeps what was read, and what it says of comments that were on their way."""
    save(context, friends_cache.COMMENTS, ref.activity, ref.other, [asdict(one) for one in found])
    posting.settle_waiting(sender(context, ref), found)
    return context.read(thread, ref)


def sender(context: AppContext, ref: ActivityRef) -> Sender:
    """Whoever is signed in now, for a comment on this activity."""
    account = context.account()
    return Sender(
        context.store, account.athlete, account.intervals_id or "",
        ref.activity, ref.owner, ref.other, context.now, context.sleep,
    )  # fmt: skip


# --- one's own -------------------------------------------------------------------------------------------------------


def edit(context: AppContext, name: str, comment: int, text: str) -> None:
    """Changes an own comment.

    Raises UsageError for somebody else's or an empty text, NotSignedIn, SignInError, PermissionMissing, KeyMissing,
    ServiceError.
    """
    ref = context.read(activity_ref, name)
    said = clean(text)
    context.read(_check_own, ref, comment)
    with open_api_key_client(context) as (_, client):
        client.ask(calls.edit(_chat_id(context, client, ref), comment, ref.owner, said))
    changed(context, ref)


def delete(context: AppContext, name: str, comment: int) -> None:
    """Removes an own comment.

    Raises UsageError for somebody else's, NotSignedIn, SignInError, PermissionMissing, KeyMissing, ServiceError.
    """
    ref = context.read(activity_ref, name)
    context.read(_check_own, ref, comment)
    with open_api_key_client(context) as (_, client):
        client.ask(calls.delete(_chat_id(context, client, ref), comment, ref.owner))
    changed(context, ref)


def _check_own(here: ReadScope, ref: ActivityRef, comment: int) -> None:
    known = thread(here, ref)
    found = next((one for one in known.comments if one.id == comment and not one.deleted), None)
    if found is None:
        raise NothingToShow("There is no such comment any more.", "Reload the page: it may have been removed.")
    if found.author != known.me:
        raise UsageError("Only its author can change a comment.", "Answer it with one of your own.")


def _chat_id(context: AppContext, client: IntervalsClient, ref: ActivityRef) -> int:
    """The chat of an activity that has one."""
    known = context.read(_chat, ref)
    if known is not None:
        return known.id
    told = ref.remote.chat
    if told is None:
        told = activity_record.read_one(client.ask(people.activity(ref.activity, ref.owner))).chat
    if told is None:
        raise NothingToShow("This activity has no comments.", "Write the first one.")
    note_chat(context, ref, told)
    return told


def note_chat(context: AppContext, ref: ActivityRef, chat: int) -> None:
    account = context.account()
    with context.store.write() as connection:
        if may_save(connection, account, ref.other):
            told = Chat(chat, ref.activity, 0)
            friends_cache.put_chat(connection, account.athlete, told, "" if ref.own else ref.other)


def changed(context: AppContext, ref: ActivityRef) -> None:
    """What is kept is not true any more."""
    athlete = context.account().athlete
    with context.store.write() as connection:
        friends_cache.invalidate(connection, athlete, friends_cache.COMMENTS, ref.activity)


def mark_seen(context: AppContext, name: str) -> None:
    """The activity was opened, and its comments were on the screen: those that were new are marked as seen at
    Intervals.icu.

    Raises NotSignedIn, SignInError, PermissionMissing, KeyMissing, ServiceError.
    """
    ref = context.read(activity_ref, name)
    account = context.account()
    with context.store.write() as connection:
        if may_save(connection, account, ref.other):
            friends_cache.put_opened(connection, account.athlete, ref.activity, ref.other, context.now())
    known = context.read(thread, ref)
    if not known.unseen:
        return
    with open_api_key_client(context) as (owner, client):
        if ref.own and not owner.grant.covers(calls.WRITE):
            return
        chat = _chat_id(context, client, ref)
        client.ask(calls.seen(chat, known.last, ref.owner))
    note_chat(context, ref, chat)
    seen = [asdict(evolve(one, seen=True)) for one in known.comments]
    save(context, friends_cache.COMMENTS, ref.activity, ref.other, seen)
