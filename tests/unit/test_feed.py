"""The feed as a pure matter: what has to be read, one list of many, and weeks."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from intervals_companion.domain.remote_activity import Hidden
from intervals_companion.domain.social import Chat, FeedStatus, FollowedAthlete, FriendActivity, Week
from intervals_companion.intervals import activity_record
from intervals_companion.social import feed

MONDAY = date(2026, 3, 2)
TODAY = date(2026, 3, 10)
FIRST = feed.first_day(TODAY)
MINUTE = 60_000


def week(first: date = MONDAY, **changes: Any) -> Week:
    whole = Week("i1", first, 3, 7200.0, 50_000.0, 150.0, 40.0, 45.0, -5.0)
    return evolve(whole, **changes)


def other(
    *weeks: Week, read: tuple[Week, ...] | None = (), since: date | None = FIRST, **changes: Any
) -> FollowedAthlete:
    whole = FollowedAthlete("i1", "Ada", False, True, weeks, weeks if read == () else read, since, 1)
    return evolve(whole, **changes)


# --- what has to be read ---------------------------------------------------------------------------------------------


def test_the_first_look_asks() -> None:
    assert feed.is_due(None, 0)


@pytest.mark.parametrize(("minutes", "due"), [(0, False), (15, False), (15.001, True), (24 * 60, True)])
def test_a_look_lasts_a_quarter_of_an_hour(minutes: float, due: bool) -> None:
    asked = 1_000_000_000_000
    assert feed.is_due(FeedStatus(asked, asked), asked + int(minutes * MINUTE)) is due


def test_a_window_is_fourteen_days_with_today() -> None:
    assert timedelta(days=13) == TODAY - FIRST
    assert feed.first_day(TODAY, 1) == FIRST - timedelta(days=14)


def test_nothing_new_is_not_read_again() -> None:
    assert not feed.is_to_read(other(week()), FIRST)


def test_a_new_day_alone_is_no_reason_to_read() -> None:
    assert not feed.is_to_read(other(week()), FIRST + timedelta(days=1))


def test_a_new_week_with_nothing_in_it_is_no_reason_to_read() -> None:
    empty = week(MONDAY + timedelta(days=7), count=0, seconds=0.0, metres=0.0, load=0.0)
    assert not feed.is_to_read(other(week(), empty, read=(week(),)), FIRST)


def test_a_new_week_with_something_in_it_is() -> None:
    assert feed.is_to_read(other(week(), week(MONDAY + timedelta(days=7), count=1), read=(week(),)), FIRST)


@pytest.mark.parametrize("changed", [{"count": 4}, {"seconds": 7260.0}, {"metres": 50_100.0}, {"load": 151.0}])
def test_a_changed_sum_is_read_again(changed: dict[str, Any]) -> None:
    assert feed.is_to_read(other(week(**changed), read=(week(),)), FIRST)


def test_fitness_changes_by_itself() -> None:
    assert not feed.is_to_read(other(week(fitness=41.0, fatigue=44.0, form=-3.0), read=(week(),)), FIRST)


def test_an_activity_that_was_taken_away_is_noticed() -> None:
    nothing = week(count=0, seconds=0.0, metres=0.0, load=0.0)
    assert feed.is_to_read(other(nothing, read=(week(),)), FIRST)


def test_a_week_that_lies_behind_the_window_is_not_missed() -> None:
    assert not feed.is_to_read(other(week(), read=(week(MONDAY - timedelta(days=7)), week())), FIRST)


@pytest.mark.parametrize("unknown", [{"read": None}, {"since": None}, {"read_weeks": None}])
def test_what_was_never_read_is(unknown: dict[str, Any]) -> None:
    assert feed.is_to_read(evolve(other(week()), **unknown), FIRST)


def test_what_is_known_of_fewer_days_is_read() -> None:
    assert feed.is_to_read(other(week(), since=FIRST + timedelta(days=1)), FIRST)
    assert not feed.is_to_read(other(week(), since=FIRST - timedelta(days=30)), FIRST)


# --- one list of many ------------------------------------------------------------------------------------------------


def did(activity: str, local: str, utc: str | None = None, who: str = "i1", **record: Any) -> FriendActivity:
    told = {"id": activity, "type": "Ride", "start_date_local": local, "start_date": utc, **record}
    return FriendActivity(who, activity_record.read_one(told))


PEOPLE = [other(), other(id="i2", name="Bo", coached=True)]


def lines(
    *done: FriendActivity, chats: dict[str, Chat] | None = None, opened: tuple[str, ...] = (), caught_up: int = 0
) -> Any:
    return feed.lines(done, PEOPLE, chats or {}, frozenset(opened), caught_up)


def test_the_newest_comes_first_across_athletes_by_their_own_clocks() -> None:
    """A morning in Auckland stands with the other mornings of that day, though it began the day before in UTC."""
    auckland = did("a", "2026-03-10T07:00:00", "2026-03-09T18:00:00Z")
    berlin = did("b", "2026-03-10T06:00:00", "2026-03-10T05:00:00Z", who="i2")
    evening = did("c", "2026-03-09T23:30:00", "2026-03-10T06:30:00Z")
    assert [line.id for line in lines(evening, berlin, auckland)] == ["a", "b", "c"]


def test_two_that_began_together_keep_one_order() -> None:
    both = did("a", "2026-03-10T07:00:00"), did("b", "2026-03-10T07:00:00", who="i2")
    assert [line.id for line in lines(*both)] == [line.id for line in lines(*both[::-1])]


def test_what_belongs_to_nobody_known_is_not_told() -> None:
    assert lines(did("a", "2026-03-10T07:00:00", who="i3")) == []


@pytest.mark.parametrize(
    ("record", "hidden", "title"),
    [
        ({"source": "STRAVA", "type": None}, Hidden.STRAVA, "Hidden by Strava"),
        ({"source": "STRAVA", "name": "Secret"}, Hidden.STRAVA, "Hidden by Strava"),
        ({"type": None, "source": "UPLOAD"}, Hidden.NOT_SHARED, "Not shared with you"),
        ({"type": None}, Hidden.STRAVA, "Hidden by Strava"),
        ({"name": "Hills"}, None, "Hills"),
        ({"name": None}, None, "Ride"),
        ({"name": "", "type": None, "elapsed_time": 60}, None, "Activity"),
    ],
)
def test_what_is_hidden_says_why(record: dict[str, Any], hidden: Hidden | None, title: str) -> None:
    (line,) = lines(did("a", "2026-03-10T07:00:00", **record))
    assert (line.hidden, line.title) == (hidden, title)


@pytest.mark.parametrize("wrong", ["x", True, [], {}])
def test_what_is_no_number_is_left_out(wrong: object) -> None:
    (line,) = lines(did("a", "2026-03-10T07:00:00", moving_time=wrong, distance=wrong, icu_training_load=wrong))
    assert (line.moving, line.distance, line.load) == (None, None, None)


def test_a_chat_is_known_from_the_list_or_from_the_chats() -> None:
    chats = {"b": Chat(5, "b", 2)}
    found = lines(
        did("a", "2026-03-10T07:00:00", icu_chat_id=4), did("b", "2026-03-10T06:00:00"),
        did("c", "2026-03-10T05:00:00", icu_chat_id=None), chats=chats,
    )  # fmt: skip
    assert [(line.talked, line.new) for line in found] == [(True, 0), (True, 2), (False, 0)]


NINE = int(datetime.fromisoformat("2026-03-10T09:00:00+00:00").timestamp() * 1000)


@pytest.mark.parametrize(
    ("utc", "opened", "unread"),
    [
        ("2026-03-10T09:00:00Z", False, True),
        ("2026-03-10T09:00:00Z", True, False),
        ("2026-03-10T08:59:59Z", False, False),
        (None, False, False),
        ("soon", False, False),
    ],
)
def test_unread_is_what_began_since_one_was_caught_up_and_was_not_opened(
    utc: str | None, opened: bool, unread: bool
) -> None:
    (line,) = lines(did("a", "2026-03-10T10:00:00", utc), opened=("a",) if opened else (), caught_up=NINE)
    assert line.unread is unread


# --- weeks -----------------------------------------------------------------------------------------------------------


def test_weeks_come_newest_first() -> None:
    later = week(MONDAY + timedelta(days=7))
    assert feed.by_week([week(), later]) == [later, week()]


def test_rows_of_days_become_weeks_with_the_fitness_of_the_last() -> None:
    days = [
        week(MONDAY + timedelta(days=n), count=1, seconds=60.0, metres=1000.0, load=10.0, fitness=40.0 + n)
        for n in range(9)
    ]
    newest, first = feed.by_week(days[::-1])
    assert (first.first, first.count, first.seconds, first.metres, first.load) == (MONDAY, 7, 420.0, 7000.0, 70.0)
    assert first.fitness == 46.0
    assert (newest.first, newest.count, newest.fitness) == (MONDAY + timedelta(days=7), 2, 48.0)


def test_a_week_that_is_told_from_its_middle_is_that_week() -> None:
    (found,) = feed.by_week([week(MONDAY + timedelta(days=3))])
    assert found.first == MONDAY
