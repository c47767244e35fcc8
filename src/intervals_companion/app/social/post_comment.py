"""Writing a comment exactly once, by the protocol of `social/posting.py`: each form and command carries a nonce."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from hashlib import sha256

from intervals_companion.app.context import AppContext
from intervals_companion.app.remote.activity_ref import ActivityRef, activity_ref
from intervals_companion.app.remote.client import open_api_key_client
from intervals_companion.app.social import comments
from intervals_companion.domain.errors import (
    Busy,
    CompanionError,
    KeyMissing,
    NothingToShow,
    PermissionMissing,
    StorageError,
    UsageError,
)
from intervals_companion.intervals.client import IntervalsClient
from intervals_companion.social import posting
from intervals_companion.social.comments import SendResult, Sent, clean
from intervals_companion.store import outbox
from intervals_companion.store.outbox import Outgoing

_NOT_YOURS = (
    "Intervals.icu takes no comment of yours on this activity.",
    "Its athlete decides who may comment.",
)
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
    """Writes a comment on an activity. `resend_if_absent`: whoever asks again sends it again, where it has not arrived
    and nobody is at work on it any more; else that stays unknown for a while.

    Raises UsageError for an empty or too long text, NothingToShow for an unknown or hidden activity, NotSignedIn,
    KeyMissing, PermissionMissing, RateLimited, ServiceRefused: then nothing was sent, and the same nonce may be used
    again.
    """
    ref, said = context.read(activity_ref, name), clean(text)
    if not nonce or len(nonce) > _NONCE:
        raise UsageError(*posting.NOT_FROM_THIS_PAGE)
    if ref.hidden is not None:
        raise NothingToShow("This activity cannot be commented on from here.", "Open it where it was recorded.")
    sender, open_client = comments.sender(context, ref), partial(open_api_key_client, context)
    taken = posting.take(sender, open_client, said, nonce, resend_if_absent=resend_if_absent)
    if isinstance(taken, Sent):
        return taken
    try:
        with open_client() as (_, client):
            sent = _send_taken(context, client, ref, taken)
            with suppress(StorageError, Busy):  # what was read before is not true any more; it is read again by itself
                comments.changed(context, ref)
            return sent
    except CompanionError:
        posting.give_up(comments.sender(context, ref), nonce)
        raise


def _send_taken(context: AppContext, client: IntervalsClient, ref: ActivityRef, one: Outgoing) -> Sent:
    """As whoever is signed in now: another athlete than the one who took the nonce sends nothing."""
    sender = comments.sender(context, ref)
    ready = posting.prepare(sender, client, one, partial(comments.note, context, ref))
    if isinstance(ready, Sent):
        if ready.what is SendResult.BEING_SENT:
            context.read(activity_ref, ref.activity)  # it may be that nothing of its athlete may be kept any more
        return ready
    try:
        return posting.post(sender, client, ready)
    except KeyMissing:
        raise
    except PermissionMissing as problem:
        if ref.own:
            raise
        raise PermissionMissing(*_NOT_YOURS) from problem
