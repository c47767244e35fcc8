"""Writing a comment exactly once, whatever happens on the way.

A nonce is kept before anything is sent, and the same nonce never posts twice: it is taken (`take`), what is there
already is read (`prepare`), and it is sent (`post`). After an uncertain outcome the comments since the last one that
was known are read, and matched by author and text.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress

from attrs import frozen
from sqlalchemy import Connection

from intervals_companion.domain.errors import Busy, CompanionError, StorageError, UsageError
from intervals_companion.domain.social import Comment
from intervals_companion.intervals import comments as calls
from intervals_companion.intervals.client import IntervalsClient
from intervals_companion.intervals.wire import DataOwner
from intervals_companion.social.comments import SendResult, Sent, arrived
from intervals_companion.store import outbox
from intervals_companion.store.database import Store
from intervals_companion.store.outbox import NOT_SENT, SENDING, SENT, TAKEN, UNKNOWN, Outgoing

NOT_FROM_THIS_PAGE = ("The form is not from this page.", "Reload the page and send it again.")
_PAUSES = (0.0, 2.0, 4.0)
"""Seconds before each look for a comment owner fate is not known."""
_MOST_ANSWERS = 20
_TOO_LONG = 120_000
"""ms after which the process that was sending is taken for dead."""
_LOST = 600_000
"""ms after which a comment that has not arrived will not."""

OpenClient = Callable[[], AbstractContextManager[tuple[object, IntervalsClient]]]
"""Who is signed in, and the client that reads comments."""


@frozen
class Sender:
    """One athlete, and the activity they comment on."""

    store: Store
    athlete: int
    own: str
    """Their id at Intervals.icu."""
    activity: str
    owner: DataOwner
    other: str
    """The id of the athlete owner activity it is, one's own too."""
    now: Callable[[], int]
    """ms since the epoch."""
    sleep: Callable[[float], None]
    """Seconds."""


def take(sender: Sender, open_client: OpenClient, said: str, nonce: str, *, resend_if_absent: bool) -> Outgoing | Sent:
    """The right to send this nonce, written down; or what is known of it already.

    Raises UsageError for a nonce of another activity, and as `everything` and `open_client` do.
    """
    athlete, now = sender.athlete, sender.now()
    with sender.store.write() as connection:
        known = outbox.find(connection, athlete, nonce)
        if known is not None and known.activity != sender.activity:
            raise UsageError(*NOT_FROM_THIS_PAGE)
        is_young = known is not None and now - known.made < _TOO_LONG
        if known is None or known.state == NOT_SENT or (known.state == TAKEN and not is_young):
            new = Outgoing(nonce, sender.activity, sender.other, said, 0, TAKEN, None, now)
            outbox.put(connection, athlete, new)
            return new
    if known.state == SENT:
        return Sent(SendResult.SENT, known.comment)
    if known.state in (TAKEN, SENDING) and is_young:
        return Sent(SendResult.BEING_SENT)
    with open_client() as (_, client):
        found = _settle_if_arrived(sender, known, everything(client, sender.activity, sender.owner))
    if found is not None:
        return Sent(SendResult.HAD_ARRIVED, found.id)
    if not resend_if_absent:
        return Sent(SendResult.UNKNOWN)
    _settle(sender, known, NOT_SENT)
    return take(sender, open_client, said, nonce, resend_if_absent=False)


def prepare(
    sender: Sender, client: IntervalsClient, one: Outgoing, keep: Callable[[list[Comment]], object]
) -> Outgoing | Sent:
    """Nothing has been sent yet: what is there already, and whether an earlier try of the same words has arrived, or
    may be at work still.

    `keep` is handed the comments that were read. Raises PermissionMissing, KeyMissing, SignInError, ServiceError.
    """
    with sender.store.read() as connection:
        before = waiting(connection, sender.athlete, sender.activity)
    earlier = [each for each in before if each.text == one.text]
    found = everything(client, sender.activity, sender.owner)
    for each in earlier:
        there = _settle_if_arrived(sender, each, found)
        if there is not None:
            _settle(sender, one, SENT, there.id)  # so that this nonce, too, sends nothing any more
            return Sent(SendResult.HAD_ARRIVED, there.id)
        if is_over(each, sender.now()):
            _settle(sender, each, NOT_SENT)
    keep(found)
    last = max((comment.id for comment in found), default=0)
    with sender.store.write() as connection:
        ready = outbox.begin(connection, sender.athlete, one, last, sender.now())
    return Sent(SendResult.BEING_SENT) if ready is None else ready


def post(sender: Sender, client: IntervalsClient, one: Outgoing) -> Sent:
    """Raises only where the service did not take it: KeyMissing, PermissionMissing, RateLimited, ServiceRefused."""
    try:
        number = client.ask(calls.send(sender.activity, sender.owner, one.text))
    except CompanionError as problem:
        if problem.effect_unknown:
            return _look_for(sender, client, one)
        _settle(sender, one, NOT_SENT)
        raise
    _note(sender, one, SENT, number)
    return Sent(SendResult.SENT, number)


def give_up(sender: Sender, nonce: str) -> None:
    """Where nothing was sent yet the same nonce may be used again."""
    with sender.store.write() as connection:
        outbox.give_up(connection, sender.athlete, nonce)


def waiting(connection: Connection, athlete: int, activity: str) -> tuple[Outgoing, ...]:
    """Comments of which nobody knows yet whether they arrived, oldest first."""
    sent = outbox.of_activity(connection, athlete, activity)
    return tuple(one for one in sent if one.state in (SENDING, UNKNOWN))


def everything(client: IntervalsClient, activity: str, owner: DataOwner) -> list[Comment]:
    """All comments, with one request a hundred. Raises PermissionMissing, KeyMissing, SignInError, ServiceError."""
    found = client.ask(calls.comments(activity, owner))
    answer = found
    for _ in range(_MOST_ANSWERS):
        if len(answer) < calls.MOST:
            break
        answer = client.ask(calls.comments(activity, owner, since=found[-1].id))
        found = [*found, *answer]
    return found


def settle_waiting(sender: Sender, found: list[Comment]) -> None:
    """Notes what the comments that were read say of those on their way."""
    with sender.store.read() as connection:
        known = waiting(connection, sender.athlete, sender.activity)
    now = sender.now()
    for one in known:
        if is_over(one, now) and _settle_if_arrived(sender, one, found) is None and now - one.made >= _LOST:
            _settle(sender, one, NOT_SENT)


def is_over(one: Outgoing, now: int) -> bool:
    """Whether nobody is at work on it any more."""
    return one.state == UNKNOWN or now - one.made >= _TOO_LONG


def _settle_if_arrived(sender: Sender, one: Outgoing, found: list[Comment]) -> Comment | None:
    with sender.store.read() as connection:
        sent = outbox.of_activity(connection, sender.athlete, sender.activity)
    taken = {other.comment for other in sent if other.comment is not None}
    known = arrived(found, sender.own, one.text, one.after, taken)
    if known is not None:
        _settle(sender, one, SENT, known.id)
    return known


def _settle(sender: Sender, one: Outgoing, state: str, comment: int | None = None) -> None:
    with sender.store.write() as connection:
        outbox.settle(connection, sender.athlete, one.nonce, state, comment)


def _note(sender: Sender, one: Outgoing, state: str, comment: int | None = None) -> None:
    """After it was sent nothing may say that it was not. Where this cannot be written down the row goes on saying
    `sending`, and what became of it is found out when the comments are read.
    """
    with suppress(StorageError, Busy):
        _settle(sender, one, state, comment)


def _look_for(sender: Sender, client: IntervalsClient, one: Outgoing) -> Sent:
    """Whether a comment has arrived although nobody said so."""
    for pause in _PAUSES:
        sender.sleep(pause)
        try:
            found = client.ask(calls.comments(sender.activity, sender.owner, since=one.after or None))
        except CompanionError:  # then nothing is known yet: it is looked for when the page is opened
            break
        with suppress(StorageError, Busy):
            there = _settle_if_arrived(sender, one, found)
            if there is not None:
                return Sent(SendResult.SENT, there.id)
    _note(sender, one, UNKNOWN)
    return Sent(SendResult.UNKNOWN)
