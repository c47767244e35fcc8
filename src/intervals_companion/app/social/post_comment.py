"""Writing a comment exactly once, whatever happens on the way.

Each form carries a nonce that is kept before anything is sent, and the same nonce never posts twice. After an uncertain
outcome the comments since the last one that was known are read, and matched by author and text.
"""

from __future__ import annotations

from contextlib import suppress
from enum import StrEnum
from hashlib import sha256

from attrs import frozen

from intervals_companion.app.context import AppContext
from intervals_companion.app.remote.activity_ref import ActivityRef, activity_ref
from intervals_companion.app.remote.client import open_api_key_client
from intervals_companion.app.social import comments
from intervals_companion.app.social.comments import settle, settle_if_arrived
from intervals_companion.domain.errors import (
    Busy,
    CompanionError,
    KeyMissing,
    NothingToShow,
    PermissionMissing,
    StorageError,
    UsageError,
)
from intervals_companion.intervals import comments as calls
from intervals_companion.intervals.client import IntervalsClient
from intervals_companion.social.comments import clean
from intervals_companion.store import outbox
from intervals_companion.store.outbox import NOT_SENT, SENDING, SENT, TAKEN, UNKNOWN, Outgoing


class SendResult(StrEnum):
    """What became of a comment."""

    SENT = "sent"
    HAD_ARRIVED = "had_arrived"
    """An earlier try had: it was not sent again."""
    BEING_SENT = "being_sent"
    UNKNOWN = "unknown"
    """Intervals.icu did not answer, and does not show it yet."""


@frozen
class Sent:
    what: SendResult
    comment: int | None = None
    """Its id."""


_NOT_YOURS = (
    "Intervals.icu takes no comment of yours on this activity.",
    "Its athlete decides who may comment.",
)
_STRANGE = ("The form is not from this page.", "Reload the page and send it again.")
_PAUSES = (0.0, 2.0, 4.0)
"""Seconds before each look for a comment whose fate is not known."""
_NONCE = 64


def new_nonce(context: AppContext) -> str:
    return context.token_bytes(16).hex()


def nonce_of(name: str, text: str) -> str:
    """Of a command, which has no form: the same command again is the same nonce until it is released.

    Raises UsageError.
    """
    return f"command-{sha256(f'{name} {clean(text)}'.encode()).hexdigest()[:32]}"


def release_nonce(context: AppContext, nonce: str) -> None:
    """Somebody knows that it was sent: from now on the same command is another comment."""
    athlete = context.account().athlete
    with context.store.write() as connection:
        outbox.release_nonce(connection, athlete, nonce)


def send(context: AppContext, name: str, text: str, nonce: str, *, resend_if_absent: bool = False) -> Sent:
    """Writes a comment on an activity. `insists`: whoever asks again sends it again, where it has not arrived and
    nobody is at work on it any more; else that stays unknown for a while.

    Raises UsageError for an empty or too long text, NothingToShow for an unknown or hidden activity, NotSignedIn,
    KeyMissing, PermissionMissing, RateLimited, ServiceRefused: then nothing was sent, and the same nonce may be used
    again.
    """
    ref, said = context.read(activity_ref, name), clean(text)
    if not nonce or len(nonce) > _NONCE:
        raise UsageError(*_STRANGE)
    if ref.hidden is not None:
        raise NothingToShow("This activity cannot be commented on from here.", "Open it where it was recorded.")
    taken = _take(context, ref, said, nonce, resend_if_absent)
    if isinstance(taken, Sent):
        return taken
    try:
        with open_api_key_client(context) as (_, client):
            ready = _prepare(context, client, ref, taken)
            sent = ready if isinstance(ready, Sent) else _post(context, client, ref, ready)
            with suppress(StorageError, Busy):  # what was read before is not true any more; it is read again by itself
                comments.changed(context, ref)
            return sent
    except CompanionError:
        athlete = context.account().athlete
        with context.store.write() as connection:
            outbox.give_up(connection, athlete, nonce)
        raise


def _take(context: AppContext, ref: ActivityRef, said: str, nonce: str, resend_if_absent: bool) -> Outgoing | Sent:
    """The right to send this nonce, written down; or what is known of it already."""
    athlete, now = context.account().athlete, context.now()
    with context.store.write() as connection:
        known = outbox.find(connection, athlete, nonce)
        if known is not None and known.activity != ref.activity:
            raise UsageError(*_STRANGE)
        is_young = known is not None and now - known.made < comments.TOO_LONG
        if known is None or known.state == NOT_SENT or (known.state == TAKEN and not is_young):
            new = Outgoing(nonce, ref.activity, ref.other, said, 0, TAKEN, None, now)
            outbox.put(connection, athlete, new)
            return new
    if known.state == SENT:
        return Sent(SendResult.SENT, known.comment)
    if known.state in (TAKEN, SENDING) and is_young:
        return Sent(SendResult.BEING_SENT)
    with open_api_key_client(context) as (_, client):
        found = settle_if_arrived(context, ref, known, comments.everything(client, ref))
    if found is not None:
        return Sent(SendResult.HAD_ARRIVED, found.id)
    if not resend_if_absent:
        return Sent(SendResult.UNKNOWN)
    settle(context, known, NOT_SENT)
    return _take(context, ref, said, nonce, resend_if_absent=False)


def _prepare(context: AppContext, client: IntervalsClient, ref: ActivityRef, one: Outgoing) -> Outgoing | Sent:
    """Nothing has been sent yet: what is there already, and whether an earlier try of the same words has arrived, or
    may be at work still.
    """
    athlete = context.account().athlete
    earlier = [each for each in context.read(comments.thread, ref).waiting if each.text == one.text]
    found = comments.everything(client, ref)
    for each in earlier:
        arrived = settle_if_arrived(context, ref, each, found)
        if arrived is not None:
            settle(context, one, SENT, arrived.id)  # so that this nonce, too, sends nothing any more
            return Sent(SendResult.HAD_ARRIVED, arrived.id)
        if comments.is_over(each, context.now()):
            settle(context, each, NOT_SENT)
    comments.note(context, ref, found)
    last = max((comment.id for comment in found), default=0)
    with context.store.write() as connection:
        ready = outbox.begin(connection, athlete, one, last, context.now())
    if ready is None:
        context.read(activity_ref, ref.activity)  # it may be that nothing of its athlete may be kept any more
        return Sent(SendResult.BEING_SENT)
    return ready


def _post(context: AppContext, client: IntervalsClient, ref: ActivityRef, one: Outgoing) -> Sent:
    """Raises only where the service did not take it."""
    try:
        number = client.ask(calls.send(ref.activity, ref.owner, one.text))
    except CompanionError as problem:
        if problem.effect_unknown:
            return _look_for(context, client, ref, one)
        settle(context, one, NOT_SENT)
        if isinstance(problem, PermissionMissing) and not isinstance(problem, KeyMissing) and not ref.own:
            raise PermissionMissing(*_NOT_YOURS) from problem
        raise
    _note(context, one, SENT, number)
    return Sent(SendResult.SENT, number)


def _note(context: AppContext, one: Outgoing, state: str, comment: int | None = None) -> None:
    """After it was sent nothing may say that it was not. Where this cannot be written down the row goes on saying
    `sending`, and what became of it is found out when the comments are read.
    """
    with suppress(StorageError, Busy):
        settle(context, one, state, comment)


def _look_for(context: AppContext, client: IntervalsClient, ref: ActivityRef, one: Outgoing) -> Sent:
    """Whether a comment has arrived although nobody said so."""
    for pause in _PAUSES:
        context.sleep(pause)
        try:
            found = client.ask(calls.comments(ref.activity, ref.owner, since=one.after or None))
        except CompanionError:  # then nothing is known yet: it is looked for when the page is opened
            break
        with suppress(StorageError, Busy):
            arrived = settle_if_arrived(context, ref, one, found)
            if arrived is not None:
                return Sent(SendResult.SENT, arrived.id)
    _note(context, one, UNKNOWN)
    return Sent(SendResult.UNKNOWN)
