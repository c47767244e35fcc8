"""The client beside other athletes: what goes by the sign-in, what by the key, and who goes first. No test waits."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from attrs import define, field
from hypothesis import given
from hypothesis import strategies as st

from intervals_companion.domain.errors import (
    CompanionError,
    KeyMissing,
    PermissionMissing,
    RateLimited,
    SignInExpired,
)
from intervals_companion.intervals import comments, people
from intervals_companion.intervals.client import IntervalsClient, Keys
from intervals_companion.intervals.credentials import ApiKey, Credential
from intervals_companion.intervals.limits import BURST, RATE, TokenBucket
from intervals_companion.intervals.wire import Call, DataOwner, Request, Response
from support.intervals_calls import API_KEY, BEARER, DAY, NEXT

OWN, OTHERS = DataOwner.OWN, DataOwner.OTHERS
NEW_KEY = ApiKey("9newkey0000000000000000ab")
ANSWERS = {
    "athletes": [],
    "athlete-summary": [],
    "chats": [],
    "profile": {"athlete": {"id": "i9"}},
    "activities": [],
    "messages": [],
    "streams": [],
    "i5": {"id": "i5", "start_date_local": "2026-10-05T08:00:00"},
    "seen": {},
    "7": {},
}
THEIRS: dict[str, Callable[[], Call[object]]] = {
    "followed": people.followed,
    "chats": comments.chats,
    "weeks": lambda: people.weeks(DAY, NEXT),
    "profile": lambda: people.profile("i9"),
    "activities of": lambda: people.activities_of("i9", DAY, NEXT),
    "activity": lambda: people.activity("i5", OTHERS),
    "streams": lambda: people.streams("i5", OTHERS, "watts"),
    "comments": lambda: comments.comments("i5", OTHERS),
    "send": lambda: comments.send("i5", OTHERS, "Well done"),
    "edit": lambda: comments.edit(3, 7, OTHERS, "Well done"),
    "delete": lambda: comments.delete(3, 7, OTHERS),
    "seen": lambda: comments.seen(3, 7, OTHERS),
}
OWNS: dict[str, Callable[[], Call[object]]] = {
    "activity": lambda: people.activity("i5", OWN),
    "streams": lambda: people.streams("i5", OWN, "watts"),
    "comments": lambda: comments.comments("i5", OWN),
    "send": lambda: comments.send("i5", OWN, "Well done"),
    "edit": lambda: comments.edit(3, 7, OWN, "Well done"),
    "delete": lambda: comments.delete(3, 7, OWN),
    "seen": lambda: comments.seen(3, 7, OWN),
}
EVERY_THEIRS = pytest.mark.parametrize("call", THEIRS.values(), ids=list(THEIRS))
EVERY_OWN = pytest.mark.parametrize("call", OWNS.values(), ids=list(OWNS))


@define
class Service:
    """Answers rightly, but where it refuses a credential; keeps what each request went by."""

    refuses: dict[str, int] = field(factory=dict)
    """authorization -> status"""
    sent: list[Request] = field(factory=list)
    _lock: threading.Lock = field(init=False, factory=threading.Lock)

    def __call__(self, request: Request) -> Response:
        with self._lock:
            self.sent.append(request)
        status = self.refuses.get(request.headers["authorization"])
        if status is not None:
            return Response(status, {})
        last = request.url.partition("?")[0].rpartition("/")[2]
        body = {"id": 8} if request.method == "POST" else ANSWERS[last]
        return Response(200, {}, json.dumps(body).encode())

    @property
    def by(self) -> list[str]:
        return [request.headers["authorization"] for request in self.sent]


def client(service: Callable[[Request], Response], credential: Credential = BEARER) -> IntervalsClient:
    rate_limiter = TokenBucket(lambda: 0.0, lambda _seconds: None)
    return IntervalsClient(
        "https://intervals.icu", credential, service, rate_limiter=rate_limiter, sleep=lambda _: None
    )


@define
class Drawer:
    """Where the key lies; `fresh` lies there after the athlete record was read again."""

    key: ApiKey | None = API_KEY
    fresh: ApiKey | None = None
    read: int = 0
    asked: list[ApiKey] = field(factory=list)

    def keys(self) -> Keys:
        return Keys(self.now, self.is_new)

    def now(self) -> ApiKey:
        if self.key is None:
            raise KeyMissing("No key.", "Make one.")
        return self.key

    def is_new(self, refused: ApiKey) -> bool:
        self.asked.append(refused)
        if self.fresh is None:
            return False
        self.key = self.fresh
        return self.key != refused


def beside(service: Callable[[Request], Response], drawer: Drawer) -> IntervalsClient:
    made = client(service)
    made.keys = drawer.keys()
    return made


# --- whose data decides ----------------------------------------------------------------------------------------------


@EVERY_OWN
def test_own_data_goes_by_the_sign_in_though_a_key_is_there(call: Callable[[], Call[object]]) -> None:
    service = Service()
    beside(service, Drawer()).ask(call())
    assert service.by == [BEARER.header]


@EVERY_THEIRS
def test_other_athletes_data_goes_by_the_key(call: Callable[[], Call[object]]) -> None:
    service = Service()
    beside(service, Drawer()).ask(call())
    assert service.by == [API_KEY.header]


@pytest.mark.parametrize("call", [*THEIRS.values(), *OWNS.values()])
def test_where_a_key_signed_in_everything_goes_by_it(call: Callable[[], Call[object]]) -> None:
    service = Service()
    made = client(service, API_KEY)
    made.keys = Drawer(NEW_KEY).keys()
    made.ask(call())
    assert service.by == [API_KEY.header]


@EVERY_THEIRS
@pytest.mark.parametrize("keys", [None, Drawer(None).keys()], ids=["no way to keys", "no key"])
def test_without_a_key_nothing_is_sent(call: Callable[[], Call[object]], keys: Keys | None) -> None:
    service = Service()
    made = client(service)
    made.keys = keys
    with pytest.raises(KeyMissing):
        made.ask(call())
    assert service.sent == []
    assert (made.requests.read, made.requests.write) == (0, 0)


@pytest.mark.parametrize(("status", "error"), [(401, SignInExpired), (403, PermissionMissing)])
@EVERY_OWN
def test_a_refusal_of_the_sign_in_is_never_tried_by_the_key(
    call: Callable[[], Call[object]], status: int, error: type[CompanionError]
) -> None:
    service = Service({BEARER.header: status})
    with pytest.raises(error):
        beside(service, Drawer()).ask(call())
    assert service.by == [BEARER.header]


@pytest.mark.parametrize(("status", "error"), [(401, SignInExpired), (403, PermissionMissing)])
@EVERY_THEIRS
def test_a_refusal_of_the_key_is_never_tried_by_the_sign_in(
    call: Callable[[], Call[object]], status: int, error: type[CompanionError]
) -> None:
    service = Service({API_KEY.header: status})
    with pytest.raises(error):
        beside(service, Drawer()).ask(call())
    assert service.by == [API_KEY.header]


@EVERY_THEIRS
def test_what_another_athlete_refuses_says_nothing_of_the_boxes(call: Callable[[], Call[object]]) -> None:
    made, told = client(Service({API_KEY.header: 403}), API_KEY), []
    made.on_refused = lambda: told.append("refused")
    with pytest.raises(PermissionMissing):
        made.ask(call())
    assert (made.scopes, told) == ({}, [])


# --- a key that was generated anew -----------------------------------------------------------------------------------


@EVERY_THEIRS
def test_a_key_in_place_of_a_refused_one_is_used(call: Callable[[], Call[object]]) -> None:
    """A 401 was not executed, so a write goes again too."""
    service, drawer = Service({API_KEY.header: 401}), Drawer(fresh=NEW_KEY)
    beside(service, drawer).ask(call())
    assert service.by == [API_KEY.header, NEW_KEY.header]
    assert drawer.asked == [API_KEY]


def test_a_new_key_that_is_refused_too_is_told_in_the_words_of_a_key() -> None:
    service, drawer = Service({API_KEY.header: 401, NEW_KEY.header: 401}), Drawer(fresh=NEW_KEY)
    with pytest.raises(SignInExpired, match="API key"):
        beside(service, drawer).ask(people.followed())
    assert service.by == [API_KEY.header, NEW_KEY.header]


def test_a_refused_key_does_not_end_the_sign_in() -> None:
    made = beside(Service({API_KEY.header: 401}), Drawer())
    with pytest.raises(SignInExpired):
        made.ask(people.followed())
    assert made.alive is None
    made.ask(comments.comments("i5", OWN))
    assert made.alive is True


# --- counting --------------------------------------------------------------------------------------------------------


def left(quarter: int, day: int) -> dict[str, str]:
    return {"x-ratelimit-limit": "5000,50000", "x-ratelimit-remaining": f"{quarter},{day}"}


def test_a_key_that_is_used_up_does_not_stop_the_sign_in() -> None:
    sent: list[str] = []

    def service(request: Request) -> Response:
        sent.append(request.headers["authorization"])
        return Response(200, left(0, 100) if sent[-1] == API_KEY.header else left(900, 9000), b"[]")

    made = beside(service, Drawer())
    made.ask(people.followed())
    with pytest.raises(RateLimited):
        made.ask(people.followed())
    made.ask(comments.comments("i5", OWN))
    assert sent == [API_KEY.header, BEARER.header]
    assert made.quota is not None
    assert made.quota.remaining_15min == 900


def test_a_sign_in_that_is_used_up_does_not_stop_the_key() -> None:
    def service(request: Request) -> Response:
        return Response(200, left(0, 0) if request.headers["authorization"] == BEARER.header else {}, b"[]")

    made = beside(service, Drawer())
    made.ask(comments.comments("i5", OWN))
    assert made.ask(people.followed()) == []
    with pytest.raises(RateLimited):
        made.ask(comments.comments("i5", OWN))


def test_requests_of_both_are_counted_together_tries_included() -> None:
    made = beside(Service({API_KEY.header: 401}), Drawer(fresh=NEW_KEY))
    made.ask(comments.send("i5", OTHERS, "Well done"))
    made.ask(comments.comments("i5", OWN))
    assert (made.requests.read, made.requests.write) == (1, 2)


def test_no_request_of_several_threads_is_lost_in_the_count() -> None:
    made = beside(Service(), Drawer())
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: made.ask(people.followed()), range(200)))
    assert made.requests.read == 200


# --- the pace --------------------------------------------------------------------------------------------------------


@define
class Time:
    now: float = 0.0

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_a_sync_that_comes_while_the_feed_waits_goes_first() -> None:
    time, went = Time(), []
    rate_limiter = TokenBucket(time.clock, lambda seconds: wait(seconds))
    arrived: list[bool] = []

    def wait(seconds: float) -> None:
        if not arrived:  # the sync comes while the feed waits, and takes two places
            arrived.append(True)
            for _ in range(2):
                rate_limiter.take()
                went.append("sync")
        time.sleep(seconds)

    for _ in range(BURST):
        rate_limiter.take()
    rate_limiter.take(low_priority=True)
    went.append("feed")
    assert went == ["sync", "sync", "feed"]


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 2)), min_size=1, max_size=60), st.floats(0, 2e9))
def test_both_together_keep_the_pace(takes: list[tuple[bool, float]], start: float) -> None:
    time = Time(start)
    rate_limiter, gone = TokenBucket(time.clock, time.sleep), []
    for low_priority, pause in takes:
        time.now += pause
        rate_limiter.take(low_priority=low_priority)
        gone.append(time.now)
    for first in range(len(gone)):
        for last in range(first, len(gone)):
            assert last - first + 1 <= BURST + RATE * (gone[last] - gone[first] + 1e-3)


@pytest.mark.parametrize("grain", [1e-6, 0.001, 1 / 64, 0.1, 1.0])
def test_a_coarse_clock_makes_nobody_wait_for_ever(grain: float) -> None:
    time, naps = Time(1.7e9), []

    def sleep(seconds: float) -> None:
        naps.append(seconds)
        time.sleep(seconds)

    rate_limiter = TokenBucket(lambda: time.now // grain * grain, sleep)
    for _ in range(30):
        rate_limiter.take(low_priority=True)
    assert len(naps) < 30 * 20


def test_with_four_waiting_at_once_the_pace_is_kept() -> None:
    """Real threads, with a clock that moves when anybody waits."""
    time, lock = Time(), threading.Lock()

    def sleep(seconds: float) -> None:
        with lock:
            time.now += seconds

    rate_limiter, gone = TokenBucket(time.clock, sleep), []

    def take(_: int) -> None:
        rate_limiter.take(low_priority=True)
        gone.append(time.now)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(take, range(80)))
    assert len(gone) == 80
    assert time.now >= (80 - BURST) / RATE - 1e-3
