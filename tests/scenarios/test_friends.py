"""What other athletes did: how little is asked for it, by what, and what stands in its way."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from attrs import define, evolve, field

from intervals_companion.app.account import api_key, sign_in
from intervals_companion.app.context import opened
from intervals_companion.app.doctor import examine
from intervals_companion.app.remote import activity
from intervals_companion.app.remote.activity_ref import activity_ref
from intervals_companion.app.settings import Settings
from intervals_companion.app.social import athlete, feed, thumbnails
from intervals_companion.app.sync import run
from intervals_companion.domain.errors import (
    KeyMissing,
    RateLimited,
    ServiceError,
    SignInExpired,
)
from intervals_companion.intervals import people
from intervals_companion.intervals.credentials import ApiKey
from intervals_companion.intervals.limits import TokenBucket
from intervals_companion.intervals.wire import Request, Response
from intervals_sandbox.person import Person
from intervals_sandbox.server import running
from intervals_sandbox.world.seed import FOLLOWED
from support.app_fixture import TODAY, AppFixture, app_fixture, between, steps
from support.friends_fixture import (
    among_friends,
    asked,
    at_sandbox,
    everything,
    faults,
    lines,
    look,
    plain,
    refuse,
    rows_of,
    went_by,
)

ATHLETES, WEEKS, CHATS = (
    "GET /api/v1/athletes", "GET /api/v1/athlete/0/athlete-summary", "GET /api/v1/athlete/0/chats",
)  # fmt: skip
LIST = "GET /api/v1/athlete/ID/activities"
DETAIL, STREAMS = "GET /api/v1/activity/ID", "GET /api/v1/activity/ID/streams"
MINUTE, HOUR = 60.0, 3600.0


@pytest.fixture
def home(tmp_path: Path) -> Iterator[AppFixture]:
    """Eight training partners; nothing of theirs was read yet."""
    with among_friends(tmp_path) as made:
        yield made


@pytest.fixture
def read(home: AppFixture) -> AppFixture:
    """Their newest two weeks were read a quarter of an hour ago."""
    look(home)
    home.clock.wait(16 * MINUTE)
    home.forget_requests()
    return home


# --- how little is asked ---------------------------------------------------------------------------------------------


@pytest.fixture
def crowd(tmp_path: Path) -> Iterator[AppFixture]:
    with among_friends(tmp_path, followed=40) as made:
        yield made


@pytest.mark.slow
@pytest.mark.soak
def test_forty_athletes_are_read_with_forty_five_requests_at_most_then_three_and_one_more_for_each_that_changed(
    crowd: AppFixture,
) -> None:
    look(crowd)
    cold = asked(crowd)
    assert cold == {ATHLETES: 1, WEEKS: 1, CHATS: 1, LIST: 40}
    assert cold.total() <= 45

    crowd.clock.wait(16 * MINUTE)
    crowd.forget_requests()
    assert crowd.context.read(feed.is_due)
    look(crowd)
    assert asked(crowd) == {ATHLETES: 1, WEEKS: 1, CHATS: 1}

    changed = plain(crowd)
    at_sandbox(crowd, changed.id).values["distance"] += 500.0
    crowd.clock.wait(16 * MINUTE)
    crowd.forget_requests()
    look(crowd)
    assert asked(crowd) == {ATHLETES: 1, WEEKS: 1, CHATS: 1, LIST: 1}
    assert next(line for line in lines(crowd) if line.id == changed.id).distance == (changed.distance or 0) + 500.0


@pytest.mark.slow
def test_forty_athletes_at_eighty_milliseconds_an_answer_begin_within_a_second_and_end_within_six(
    tmp_path: Path,
) -> None:
    """Wall time, over a socket, with the pace that is kept towards Intervals.icu."""
    with running(followed=40, latency=0.08) as sandbox:
        info = sandbox.info
        settings = Settings(
            home=tmp_path / "home", intervals_url=sandbox.base, client_id=str(info["client_id"]),
            client_secret=str(info["client_secret"]),
        )  # fmt: skip
        with opened(settings, machine_zone="Europe/Berlin") as context:
            start = sign_in.begin(context, "http://localhost/")
            with Person(sandbox.base, sandbox.sandbox.you.id) as person:
                sign_in.finish(context, start, person.allow(start.url))
            examine.examine(context)
            with context.client(sandbox.base, ApiKey(sandbox.sandbox.you.api_key or "")) as client:
                client.ask(people.weeks(TODAY, TODAY))  # the sandbox works its numbers out when it is asked first
            time.sleep(1.5)  # what was asked until now is no longer in the burst
            seen: list[tuple[float, int]] = []
            begun, over = time.perf_counter(), threading.Event()

            def watch() -> None:
                while not over.wait(0.05):
                    seen.append((time.perf_counter() - begun, len(context.read(feed.page).lines)))

            watcher = threading.Thread(target=watch)
            watcher.start()
            try:
                made = feed.read(context)
            finally:
                whole = time.perf_counter() - begun
                over.set()
                watcher.join()
            first = next((at for at, rows in seen if rows), whole)
            assert made.problems == []
            assert made.requests.read == 43
            assert len(context.read(feed.page, most=10_000).lines) > 100
            print(f"first rows after {first:.2f} s, complete after {whole:.2f} s")
            assert first <= 1.0
            assert whole <= 6.0


def test_the_last_answers_are_good_for_a_quarter_of_an_hour(read: AppFixture) -> None:
    look(read)
    read.clock.wait(14.9 * MINUTE)
    assert not read.context.read(feed.is_due)
    read.clock.wait(0.2 * MINUTE)
    assert read.context.read(feed.is_due)


def test_a_new_day_and_a_new_week_with_nothing_in_them_cost_no_list(read: AppFixture) -> None:
    """The 10th of March 2026 is a Tuesday."""
    for _ in range(7):
        read.clock.wait(23 * HOUR)
        feed.read(read.context)
    assert asked(read)[LIST] <= 8 * 7 * 23 // 24 + 8  # what is a day old is read again, and nothing more often


@pytest.mark.parametrize("rows", ["week", "day"])
def test_whatever_a_row_of_the_summary_stands_for_nothing_new_is_three_requests(home: AppFixture, rows: str) -> None:
    home.sandbox.switches = home.sandbox.switches.flipped({"summary_rows": rows})
    look(home)
    for hours in (0.3, 12, 11):  # into the next day
        home.clock.wait(hours * HOUR)
        home.forget_requests()
        look(home)
        assert asked(home) == {ATHLETES: 1, WEEKS: 1, CHATS: 1}


def test_an_activity_is_read_with_two_requests_and_is_good_for_a_day(read: AppFixture) -> None:
    ref = read.context.read(activity_ref, plain(read).id)
    activity.fetch(read.context, ref)
    assert asked(read) == {DETAIL: 1, STREAMS: 1}
    read.clock.wait(23.9 * HOUR)
    activity.fetch(read.context, ref)
    assert asked(read).total() == 2
    read.clock.wait(0.2 * HOUR)
    activity.fetch(read.context, ref)
    assert asked(read).total() == 4


def test_a_row_asks_once_for_its_drawing_and_for_its_comments_only_where_there_is_a_chat(read: AppFixture) -> None:
    quiet, talked = plain(read), plain(read, talked=True)
    assert thumbnails.row_extras(read.context, quiet.id).comments is None
    assert asked(read) == {STREAMS: 1}
    read.forget_requests()
    assert (thumbnails.row_extras(read.context, talked.id).comments or 0) > 0
    assert asked(read) == {STREAMS: 1, "GET /api/v1/activity/ID/messages": 1}
    read.forget_requests()
    for one in (quiet, talked):
        thumbnails.row_extras(read.context, one.id)
    assert asked(read).total() == 0


def test_an_athlete_s_page_asks_twice(read: AppFixture) -> None:
    who = plain(read).other
    found = athlete.fetch_person(read.context, who)
    assert (found.read, len(found.weeks) > 2) == (True, True)
    assert asked(read) == {"GET /api/v1/athlete/ID/profile": 1, WEEKS: 1}
    athlete.fetch_person(read.context, who)
    assert asked(read).total() == 2


def test_scrolling_back_reads_each_window_once(read: AppFixture) -> None:
    oldest = read.context.read(feed.page, most=10_000).older
    assert oldest is not None
    feed.read_back(read.context, oldest)
    assert asked(read) == {LIST: 8}
    assert min(line.day for line in lines(read)) < oldest
    feed.read_back(read.context, oldest)
    assert asked(read) == {LIST: 8}


# --- by what it is asked, and that nothing is written ----------------------------------------------------------------


def test_of_others_everything_goes_by_the_key(home: AppFixture) -> None:
    everything(home)
    assert asked(home)[CHATS] == 1
    assert set().union(*went_by(home).values()) == {"key"}


def test_where_a_key_signed_in_everything_goes_by_the_key(tmp_path: Path) -> None:
    with app_fixture(tmp_path, followed=FOLLOWED) as home:
        sign_in.with_key(home.context, home.sandbox.you.api_key or "")
        home.clock.wait(HOUR)
        home.forget_requests()
        everything(home)
        assert asked(home)[CHATS] == 1
        assert home.credentials_used() == {"key"}


def test_reading_writes_nothing_to_the_service(home: AppFixture) -> None:
    everything(home)
    assert home.writes() == []


# --- the key ---------------------------------------------------------------------------------------------------------


def test_without_a_key_nothing_is_asked_of_others(tmp_path: Path) -> None:
    with among_friends(tmp_path, api_key=False) as home:
        with pytest.raises(KeyMissing):
            feed.read(home.context)
        assert asked(home).total() == 0
        assert home.context.read(feed.closed) is not None


def test_a_key_generated_anew_is_read_again_once_and_used(read: AppFixture) -> None:
    before = read.context.read(api_key.own_key)
    with read.person() as person:
        person.generate_key()
    read.forget_requests()
    feed.read(read.context)
    assert asked(read) == {ATHLETES: 2, "GET /api/v1/athlete/0": 1, WEEKS: 1, CHATS: 1}
    assert read.context.read(api_key.own_key) == read.sandbox.you.api_key != before


def test_a_key_that_is_refused_for_good_is_told_and_the_record_is_read_once_for_all_threads(home: AppFixture) -> None:
    """It dies while four lists are on their way; the account shows the same key again and again."""
    key = home.context.read(api_key.own_key)
    assert key is not None
    inner, together, lists = home.context.transport, threading.Barrier(4, timeout=20), count()

    def answer(request: Request) -> Response | None:
        if "/activities" in request.url:
            if next(lists) < together.parties:
                together.wait()
            return Response(401, {}, b"{}")
        return None

    between(home, answer)
    with pytest.raises(SignInExpired, match="API key"):
        feed.read(home.context)
    assert asked(home)["GET /api/v1/athlete/0"] == 1
    assert inner is not home.context.transport
    assert went_by(home)["GET /api/v1/athlete/0"] == {"token"}
    closed = home.context.read(feed.closed)
    assert closed is not None
    assert key not in f"{closed}"


# --- what does not go ------------------------------------------------------------------------------------------------


def test_one_athlete_who_shares_nothing_does_not_keep_the_others_away(read: AppFixture) -> None:
    closed = plain(read)
    at_sandbox(read, closed.id).values["distance"] += 500.0
    allow = refuse(read, f"/athlete/{closed.other}/activities")
    assert feed.read(read.context).problems == []
    left = lines(read)
    assert closed.other not in {line.other for line in left}
    assert len({line.other for line in left}) >= 6
    assert rows_of(read, closed.other) == {"others": 1}
    assert [one.id for one in read.context.read(feed.page).others if not one.shared] == [closed.other]

    allow()
    read.clock.wait(25 * HOUR)
    feed.read(read.context)
    assert all(one.shared for one in read.context.read(feed.page).others)


@pytest.mark.parametrize(
    ("status", "body", "word"),
    [(422, b'{"error": "Something odd"}', "422"), (500, b"", "500"), (200, b"[7]", "unreadable")],
    ids=["refused", "broken", "no list of activities"],
)  # fmt: skip
def test_a_list_that_does_not_come_is_a_problem_of_that_athlete_alone(
    home: AppFixture, status: int, body: bytes, word: str
) -> None:
    other = sorted(home.sandbox.you.follows)[0]
    refuse(home, f"/athlete/{other}/activities", status, body)
    (problem,) = feed.read(home.context).problems
    assert word in problem.cause
    assert {line.other for line in lines(home)} == home.sandbox.you.follows - {other}
    page = home.context.read(feed.page)
    assert page.look is not None
    assert page.look.trouble == (problem.cause, problem.cure)
    assert not home.context.read(feed.is_due)


def test_an_athlete_without_activities_is_there_and_is_read_once(home: AppFixture) -> None:
    other = sorted(home.sandbox.you.follows)[0]
    for done in home.sandbox.state.activities_of(other):
        home.sandbox.remove(done)
    assert other not in {line.other for line in look(home)}
    assert other in {one.id for one in home.context.read(feed.page).others}
    assert home.context.read(athlete.person, other).other.id == other
    home.clock.wait(HOUR)
    home.forget_requests()
    look(home)
    assert asked(home)[LIST] == 0


def test_who_follows_nobody_sees_nothing_and_no_error(tmp_path: Path) -> None:
    with among_friends(tmp_path, followed=0) as home:
        assert look(home) == []
        assert asked(home).total() == 3
        assert home.context.read(feed.page).others == []


def test_a_broken_list_of_chats_is_told_and_takes_no_mark_away(read: AppFixture) -> None:
    one = plain(read, talked=True)
    with read.sandbox.lock:
        chat = read.sandbox.state.chat_of(at_sandbox(read, one.id))
        assert chat is not None
        author = read.sandbox.state.athletes[one.other]
        read.sandbox.state.post(chat, read.sandbox.you, "Hello", "2026-03-10T10:00:00.000+00:00")
        read.sandbox.state.post(chat, author, "Thanks", "2026-03-10T10:01:00.000+00:00")
    look(read)
    assert next(line.new for line in lines(read) if line.id == one.id) == 1
    faults(read, *["500"] * 4, path="/api/v1/athlete/0/chats")
    (problem,) = feed.read(read.context).problems
    assert isinstance(problem, ServiceError)
    assert next(line.new for line in lines(read) if line.id == one.id) == 1


@pytest.mark.parametrize("kind", ["503", "timeout_before"])
def test_a_service_that_goes_down_in_the_middle_keeps_what_was_read_and_says_so(home: AppFixture, kind: str) -> None:
    count = 0

    def answer(request: Request) -> Response | None:
        nonlocal count
        count += "/activities" in request.url
        if count == 6:  # at most four are on their way: at least two have been answered
            faults(home, *[kind] * 100)
        return None

    between(home, answer)
    with pytest.raises(ServiceError):
        feed.read(home.context)
    page = home.context.read(feed.page, most=10_000)
    assert 1 <= sum(one.read is not None for one in page.others) < 8
    assert page.look is not None
    assert page.look.trouble is not None
    assert "Intervals.icu" in page.look.trouble[0]
    assert home.context.read(feed.is_due)


def test_after_it_is_up_again_only_the_rest_is_read(home: AppFixture) -> None:
    broken, before = sorted(home.sandbox.you.follows)[3:5], home.context
    between(home, lambda request: Response(503, {}) if any(other in request.url for other in broken) else None)
    with pytest.raises(ServiceError):
        feed.read(home.context)
    home.context = before
    known = sum(one.read is not None for one in home.context.read(feed.page).others)
    home.forget_requests()
    feed.read(home.context)
    assert asked(home)[LIST] == 8 - known
    look_now = home.context.read(feed.page).look
    assert look_now is not None
    assert look_now.trouble is None


def test_a_limit_is_told_and_stands_on_the_page(read: AppFixture) -> None:
    refuse(read, "/athletes", 429)
    with pytest.raises(RateLimited) as raised:
        feed.read(read.context)
    page = read.context.read(feed.page)
    assert page.look is not None
    assert page.look.trouble == (raised.value.cause, raised.value.cure)
    assert page.lines


# --- sync goes first -------------------------------------------------------------------------------------------------


@define
class Watched(TokenBucket):
    """The rate limiter of the app, and who stood aside for whom."""

    stood_aside: list[bool] = field(factory=list)

    def take(self, *, low_priority: bool = False) -> None:
        self.stood_aside.append(low_priority)
        super().take(low_priority=low_priority)


def test_a_reading_stands_aside_for_whatever_else_asks_and_a_sync_does_not(home: AppFixture) -> None:
    """All of them keep one pace; tests of the client hold that who stands aside goes last."""
    rate_limiter = Watched(home.clock.monotonic, home.clock.wait)
    home.context = evolve(home.context, rate_limiter=rate_limiter)
    everything(home)
    assert set(rate_limiter.stood_aside) == {True}
    rate_limiter.stood_aside.clear()
    home.import_(*[steps(TODAY - timedelta(days=n), 8000) for n in range(1, 4)])
    run.sync(home.context, lambda *_: None)
    assert set(rate_limiter.stood_aside) == {False}
