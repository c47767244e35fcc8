"""The feed: what the athletes one follows or coaches did, read when somebody looks, and shown from what is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from typing import Any

from attrs import evolve, field, frozen
from sqlalchemy import Connection

from intervals_companion.app.account import api_key
from intervals_companion.app.account.sign_in import SignedIn
from intervals_companion.app.context import AppContext
from intervals_companion.app.doctor import checkup, examine
from intervals_companion.app.locks import feed_lock
from intervals_companion.app.remote.client import is_open, open_api_key_client
from intervals_companion.app.scope import ReadScope
from intervals_companion.doctor import key as key_doctor
from intervals_companion.doctor.checks import Check, State
from intervals_companion.doctor.key import Key
from intervals_companion.domain.days import MS_PER_DAY
from intervals_companion.domain.errors import Busy, CompanionError, NothingToShow
from intervals_companion.domain.social import Chat, FeedStatus, FollowedAthlete, Week
from intervals_companion.domain.workout_view import Thumbnail
from intervals_companion.intervals import comments
from intervals_companion.intervals.client import IntervalsClient, Requests
from intervals_companion.social import feed
from intervals_companion.social.feed import Line
from intervals_companion.social.reading import Progress, Reader, read_kept
from intervals_companion.store import accounts, friends_cache, outbox, view_codec
from intervals_companion.store.friends_cache import Borrowed
from intervals_companion.store.view_codec import UnreadableView

__all__ = ["Choice", "Page"]

MOST = 30
"""Lines of one page; a day is never parted."""
FARTHEST = 365
"""Days back to which the feed goes."""


@frozen
class Choice:
    """Whose activities, and which."""

    athlete: str | None = None
    sport: str | None = None
    coached: bool = False

    def takes(self, line: Line) -> bool:
        return (
            (self.athlete is None or line.other == self.athlete)
            and (self.sport is None or line.type == self.sport)
            and (line.coached or not self.coached)
        )


EVERYTHING = Choice()


@frozen
class Page:
    """A stretch of the feed."""

    lines: list[Line]
    """Newest first."""
    older: date | None
    """Where it goes on: the day of the next page's newest line; None at its end."""
    others: list[FollowedAthlete] = field(factory=list)
    """Everybody, by name."""
    sports: Mapping[str, int] = field(factory=dict)
    """Intervals.icu type -> how often in the newest days."""
    look: FeedStatus | None = None
    thumbnails: Mapping[str, Thumbnail | None] = field(factory=dict)
    """Activity -> its small drawing, where that was read; None where there is nothing to draw."""
    talk: Mapping[str, int] = field(factory=dict)
    """Activity -> how many comments, where that is known."""
    odd: int = 0
    """Activities of these days that are left out, because nobody can read what Intervals.icu says of them."""


def page(
    here: ReadScope, choice: Choice = EVERYTHING, until: date | None = None, *, most: int = MOST
) -> Page:  # fmt: skip
    """From `until` backwards, from what is kept. Asks nobody."""
    today = here.today
    known = friends_cache.followed_athletes(here.connection, here.athlete)
    since = friends_cache.known_since(here.connection, here.athlete)
    look = friends_cache.status(here.connection, here.athlete)
    kept = _Kept(
        here.connection, here.athlete, known, friends_cache.chats(here.connection, here.athlete),
        friends_cache.opened(here.connection, here.athlete), look.caught_up if look else 0,
    )  # fmt: skip
    # While a list is being read, days that are known of some athletes only are shown all the same.
    under_way = look is None or look.done < look.total
    first = friends_cache.first_day(here.connection, here.athlete) if under_way else since
    found: list[Line] = []
    shown, older, odd = found, None, 0
    for begin, end in _stretches(first, today, until):
        lines, unread = kept.lines(begin, end)
        found += [line for line in lines if choice.takes(line)]
        odd += sum(choice.athlete in (None, other) for other in unread)
        shown, older = _cut(found, most)
        if older is not None:
            break
    names = [line.id for line in shown]
    shapes = friends_cache.saved_of(here.connection, here.athlete, friends_cache.SHAPE, names)
    talk = friends_cache.saved_of(here.connection, here.athlete, friends_cache.COMMENTS, names)
    lately, _ = kept.lines(feed.first_day(today), date.max)
    return Page(
        lines=shown,
        older=older or _before(here, since),
        others=known,
        sports=Counter(line.type for line in lately if line.type is not None),
        look=look,
        thumbnails=dict(_thumbnails(shapes)),
        talk={name: count(one.body) for name, one in talk.items()},
        odd=odd,
    )


def _thumbnails(kept: Mapping[str, Borrowed]) -> Iterator[tuple[str, Thumbnail | None]]:
    """Those that can be read: the others are read again when their row is seen."""
    for name, one in kept.items():
        with suppress(UnreadableView):
            yield name, view_codec.thumbnail_of(one.body)


def _stretches(first: date | None, today: date, until: date | None) -> Iterator[tuple[date, date]]:
    """The days from `until`, or from the newest, back to `first`: some at a time, for the first are mostly enough."""
    end = until or date.max
    while first is not None and end >= first:
        begin = max(first, min(end, today) - timedelta(days=feed.WINDOW - 1))
        yield begin, end
        end = begin - timedelta(days=1)


@frozen
class _Kept:
    """What is kept of everybody, while a connection is open."""

    connection: Connection
    athlete: int
    others: Sequence[FollowedAthlete]
    chats: Mapping[str, Chat]
    opened: frozenset[str]
    caught_up: int

    def lines(self, first: date, last: date) -> tuple[list[Line], list[str]]:
        """And of each record that cannot be read, whose it is."""
        did, odd = read_kept(friends_cache.activities(self.connection, self.athlete, first, last))
        return feed.lines(did, self.others, self.chats, self.opened, self.caught_up), odd


def _cut(lines: list[Line], most: int) -> tuple[list[Line], date | None]:
    if len(lines) <= most:
        return lines, None
    last = lines[most - 1].day
    shown = [line for line in lines if line.day >= last]
    return shown, lines[len(shown)].day if len(shown) < len(lines) else None


def _before(here: ReadScope, since: date | None) -> date | None:
    """The day before everything that is known, unless that is too long ago."""
    if since is None:
        return None
    day = since - timedelta(days=1)
    return day if day > here.today - timedelta(days=FARTHEST) else None


def count(kept: Sequence[Mapping[str, Any]]) -> int:
    """Comments that were not removed."""
    return sum(not one["deleted"] for one in kept)


def everybody(here: ReadScope) -> list[FollowedAthlete]:
    """By name, those who share nothing too."""
    return friends_cache.followed_athletes(here.connection, here.athlete)


def weeks(here: ReadScope) -> list[tuple[FollowedAthlete, list[Week]]]:
    """The weeks of everybody who shares, newest first: those who did most last week come first."""
    found = [(one, feed.by_week(one.weeks)) for one in everybody(here) if one.shared and one.weeks]
    return sorted(found, key=lambda pair: sum(week.load for week in pair[1][:2]), reverse=True)


def line(here: ReadScope, name: str) -> Line:
    """One activity of another athlete. Raises NothingToShow."""
    stored = friends_cache.activity(here.connection, here.athlete, name)
    known = friends_cache.followed_athletes(here.connection, here.athlete)
    did, _ = read_kept([] if stored is None else [stored])
    if not did:
        raise NothingToShow("There is no such activity here.", "Choose one under Friends: it is read anew there.")
    look = friends_cache.status(here.connection, here.athlete)
    chats = friends_cache.chats(here.connection, here.athlete)
    opened = friends_cache.opened(here.connection, here.athlete)
    return feed.lines(did, known, chats, opened, look.caught_up if look else 0)[0]


# --- whether it can be read ------------------------------------------------------------------------------------------


def closed(here: ReadScope) -> Check | None:
    """What the doctor says where no key is at hand, or it is refused; None where friends can be read."""
    check = checkup.stored(here).check(key_doctor.KEY)
    warned = check is not None and check.state is State.WARNING
    if is_open(here):
        return check if warned and examine.last(here.connection, here.athlete)[1].key is Key.REFUSED else None
    if not api_key.may_read(here):
        return next(key_doctor.examine(Key.UNWANTED))
    return check if warned else next(key_doctor.examine(Key.NONE))


def is_due(here: ReadScope) -> bool:
    """Whether Intervals.icu is asked when somebody looks now."""
    return feed.is_due(friends_cache.status(here.connection, here.athlete), here.now)


# --- reading ---------------------------------------------------------------------------------------------------------


def _nothing(_done: int, _of: int) -> None: ...


@frozen
class ReadNow:
    problems: list[CompanionError]
    """What went wrong with single athletes."""
    requests: Requests


def read(context: AppContext, progress: Progress = _nothing) -> ReadNow:
    """Reads what is new, and writes down how far it is.

    Raises Busy while somebody else reads, NotSignedIn, KeyMissing, SignInExpired, RateLimited, ServiceError: what was
    read in the last day is kept.
    """
    delete_old(context)
    with feed_lock(context), _told(context), open_api_key_client(context) as (owner, client):
        reader = _reader(context, owner, client, progress)
        return ReadNow(reader.refresh(), client.requests)


_SENT_LASTS = 30 * MS_PER_DAY
"""ms for which a comment that was sent here is known by its nonce."""


def delete_old(context: AppContext) -> None:
    """Nothing that was read of others is kept for more than a day, whether anybody looks or not."""
    athlete, now = context.account().athlete, context.now()
    with context.store.write() as connection:
        friends_cache.delete_old(connection, athlete, now - feed.BORROWED)
        outbox.delete_old(connection, athlete, now - _SENT_LASTS)


def read_back(context: AppContext, until: date) -> list[CompanionError]:
    """Reads the window of days that ends with `until`, as far as it is not known; gives what went wrong with single
    athletes.

    Raises Busy, NotSignedIn, KeyMissing, SignInExpired, RateLimited, ServiceError.
    """
    first = until - timedelta(days=feed.WINDOW - 1)
    with feed_lock(context), _told(context), open_api_key_client(context) as (owner, client):
        return _reader(context, owner, client, _nothing).go_back(first)


def read_since(context: AppContext, first: date) -> list[CompanionError]:
    """Reads back until everything from `first` on is known; gives what went wrong with single athletes.

    Raises Busy, NotSignedIn, KeyMissing, SignInExpired, RateLimited, ServiceError.
    """
    athlete = context.account().athlete
    with context.store.read() as connection:
        since = friends_cache.known_since(connection, athlete)
    if since is not None and since > first:
        with feed_lock(context), _told(context), open_api_key_client(context) as (owner, client):
            return _reader(context, owner, client, _nothing).go_back(first)
    return []


def _reader(context: AppContext, owner: SignedIn, client: IntervalsClient, progress: Progress) -> Reader:
    athlete = owner.account.athlete

    def note(done: int, total: int) -> None:
        with context.store.write() as connection:
            if accounts.saved(connection, athlete):  # nobody logged out meanwhile
                friends_cache.put_progress(connection, athlete, done, total, context.now() - feed.NEWCOMER)
        progress(done, total)

    return Reader(
        store=context.store, client=client, athlete=athlete, own=owner.account.intervals_id or "",
        today=context.read(lambda here: here.today), now=context.now, reads_chats=owner.grant.covers(comments.READ),
        progress=note,
    )  # fmt: skip


@contextmanager
def _told(context: AppContext) -> Iterator[None]:
    """What ends a reading early stands on the page until the next one."""
    athlete = context.account().athlete
    try:
        yield
    except CompanionError as problem:
        with context.store.write() as connection:
            known = friends_cache.status(connection, athlete)
            if known is not None:
                stopped = evolve(known, done=known.total, trouble=(problem.cause, problem.cure))
                friends_cache.put_status(connection, athlete, stopped)
        raise


def is_being_read(context: AppContext) -> bool:
    try:
        with feed_lock(context, patience=0):
            return False
    except Busy:
        return True


# --- what a person has seen ------------------------------------------------------------------------------------------


def catch_up(context: AppContext) -> None:
    """Nothing that is there now is marked as new any more."""
    athlete = context.account().athlete
    with context.store.write() as connection:
        known = friends_cache.status(connection, athlete)
        if known is not None:
            friends_cache.put_status(connection, athlete, evolve(known, caught_up=context.now()))


def invalidate(context: AppContext) -> None:
    """The next look asks Intervals.icu, however short ago the last one was."""
    athlete = context.account().athlete
    with context.store.write() as connection:
        known = friends_cache.status(connection, athlete)
        if known is not None:
            friends_cache.put_status(connection, athlete, evolve(known, asked=0))
