"""Reading what other athletes did: who there are, their weeks, the chats, and the lists of those who changed.

Requests: three, and one for each athlete whose list is unknown or has changed. Several go out side by side, in the one
pace that everything of this address keeps; whatever else asks goes first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import date, timedelta

from attrs import field, frozen
from sqlalchemy import Connection

from intervals_companion.domain.days import monday
from intervals_companion.domain.errors import (
    CompanionError,
    KeyMissing,
    NotFound,
    NotSignedIn,
    PermissionMissing,
    RateLimited,
    ServiceError,
    ServiceRefused,
    ServiceUnreachable,
    SignInExpired,
)
from intervals_companion.domain.remote_activity import OddRecord, RemoteActivity
from intervals_companion.domain.social import Chat, FeedStatus, FollowedAthlete, FriendActivity
from intervals_companion.intervals import activity_record, comments, people
from intervals_companion.intervals.client import IntervalsClient
from intervals_companion.social import feed
from intervals_companion.store import accounts, friends_cache, intervals_cache
from intervals_companion.store.database import Store
from intervals_companion.store.friends_cache import FriendRecord

SIDE_BY_SIDE = 4
"""Requests on their way at once."""

_END = date(9999, 12, 30)
"""Up to now, and whatever is dated later."""
_Wanted = tuple[FollowedAthlete, date, date]

Progress = Callable[[int, int], None]
"""Athletes whose list is known, of how many."""


@frozen
class Reader:
    """One athlete's look at the others."""

    store: Store
    client: IntervalsClient
    athlete: int
    own: str
    """Their id at Intervals.icu."""
    today: date
    now: Callable[[], int]
    reads_chats: bool
    """Whether the sign-in may."""
    progress: Progress = field(default=lambda _done, _of: None)

    def refresh(self) -> list[CompanionError]:
        """The newest window. What went wrong with single athletes is given back; the rest is read all the same.

        Raises KeyMissing, SignInExpired, RateLimited, ServiceError: what stands in the way of everybody.
        """
        first = feed.first_day(self.today)
        followed = [one for one in self.client.ask(people.followed()) if one.id != self.own]
        weeks = self.client.ask(people.weeks(monday(first), self.today))
        now = self.now()
        with self.store.write() as connection:
            self._check_signed_in(connection)
            friends_cache.put_followed_athletes(connection, self.athlete, followed, weeks)
            known = friends_cache.followed_athletes(connection, self.athlete)
        to_read = sorted((one for one in known if feed.is_to_read(one, first)), key=_latest, reverse=True)
        problems = self._read_lists([(one, first, _END) for one in to_read], len(known))
        chats = self._chats(problems)
        with self.store.write() as connection:
            self._check_signed_in(connection)
            if chats is not None:
                self._put_chats(connection, chats)
            before = friends_cache.status(connection, self.athlete)
            caught_up = now - feed.NEWCOMER if before is None else before.caught_up
            trouble = next(((one.cause, one.cure) for one in problems), None)
            friends_cache.put_status(
                connection, self.athlete, FeedStatus(now, caught_up, len(known), len(known), trouble)
            )
        return problems

    def go_back(self, first: date) -> list[CompanionError]:
        """Everybody's list from `first` on, as far as it is not known yet.

        Raises KeyMissing, SignInExpired, RateLimited, ServiceError.
        """
        with self.store.read() as connection:
            known = friends_cache.followed_athletes(connection, self.athlete)
        to_read = [
            (one, first, one.since - timedelta(days=1) if one.since else _END)
            for one in known
            if one.shared and (one.since is None or one.since > first)
        ]
        return self._read_lists(to_read, len(known))

    def _check_signed_in(self, connection: Connection) -> None:
        """After a logout nothing stays of what was being read. Raises NotSignedIn."""
        if not accounts.saved(connection, self.athlete):
            raise NotSignedIn

    def _chats(self, problems: list[CompanionError]) -> list[Chat] | None:
        """Where the sign-in may not read chats the key does not either: nothing is known to be new. None where the
        service does not say: then what was known stands, and why is one of the `problems`.
        """
        if not self.reads_chats:
            return []
        try:
            return self.client.ask(comments.chats())
        except (RateLimited, SignInExpired, ServiceUnreachable):
            raise
        except (PermissionMissing, ServiceError) as problem:
            problems.append(problem)
            return None

    def _put_chats(self, connection: Connection, chats: Iterable[Chat]) -> None:
        """Those of activities that are known here; what was said in them is read again."""
        theirs = friends_cache.owners(connection, self.athlete)
        for chat in (known := [chat for chat in chats if chat.activity in theirs or self._is_own(connection, chat)]):
            if chat.new:
                friends_cache.invalidate(connection, self.athlete, friends_cache.COMMENTS, chat.activity)
        friends_cache.put_chats(connection, self.athlete, [(chat, theirs.get(chat.activity, "")) for chat in known])

    def _is_own(self, connection: Connection, chat: Chat) -> bool:
        return intervals_cache.activity(connection, self.athlete, chat.activity) is not None

    def _read_lists(self, wanted: Sequence[_Wanted], total: int) -> list[CompanionError]:
        """What went wrong with single athletes. Raises where it goes wrong with several: then the service is down."""
        done = total - len(wanted)
        problems: list[CompanionError] = []
        self.progress(done, total)
        with ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="feed") as pool:
            try:
                for one in as_completed([pool.submit(self._read_list, one) for one in wanted]):
                    problem = one.result()
                    problems += [problem] if problem is not None else []
                    if sum(not isinstance(one, ServiceRefused) for one in problems) > 1:
                        raise problems[-1]
                    done += 1
                    self.progress(done, total)
            finally:
                pool.shutdown(cancel_futures=True)
        return problems

    def _read_list(self, wanted: _Wanted) -> CompanionError | None:
        """What went wrong with this one. Raises KeyMissing, SignInExpired, RateLimited, ServiceUnreachable, which
        concern everybody.
        """
        other, first, last = wanted
        try:
            newest = min(last, self.today + timedelta(days=1))
            records = activity_record.rows(self.client.ask(people.activities_of(other.id, first, newest)), newest)
        except KeyMissing:
            raise
        except (PermissionMissing, NotFound):
            with self.store.write() as connection:
                friends_cache.put_not_shared(connection, self.athlete, other, first, self.now())
            return None
        except (RateLimited, ServiceUnreachable):
            raise
        except ServiceError as problem:  # a list that cannot be told, or not be read, is no reason to read no other
            return problem
        with self.store.write() as connection:
            friends_cache.put_activities(connection, self.athlete, other, first, last, records)
            if last == _END:
                friends_cache.put_read(connection, self.athlete, other, self.now())
        return None


def read_kept(records: Iterable[FriendRecord]) -> tuple[list[FriendActivity], list[str]]:
    """Stored records as values; and of each that cannot be read, whose it is."""
    found = [(one.other, activity_record.read(one.record)) for one in records]
    known = [FriendActivity(other, one) for other, one in found if isinstance(one, RemoteActivity)]
    return known, [other for other, one in found if isinstance(one, OddRecord)]


def _latest(other: FollowedAthlete) -> tuple[date, float]:
    """Who did something lately comes first."""
    active = [week for week in other.weeks if week.count]
    return max(((week.first, week.load) for week in active), default=(date.min, 0.0))
