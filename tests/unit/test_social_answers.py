"""What Intervals.icu says of other athletes and of comments, read whatever its shape."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from intervals_companion.domain.social import Chat, Followed, Week
from intervals_companion.intervals import comments, people
from intervals_companion.intervals.answers import WrongShape
from intervals_companion.intervals.wire import Call, DataOwner, Response

DAY = date(2026, 10, 5)


def read(call: Call[Any], body: object) -> Any:
    return call.read(Response(200, {}, json.dumps(body).encode()))


LISTS = {
    "followed": people.followed(),
    "weeks": people.weeks(DAY, DAY),
    "activities": people.activities_of("i1", DAY, DAY),
    "chats": comments.chats(),
    "comments": comments.comments("i1", DataOwner.OWN),
    "streams": people.streams("i1", DataOwner.OWN, "time"),
}
ONES = {
    "profile": people.profile("i1"),
    "activity": people.activity("i1", DataOwner.OWN),
    "send": comments.send("i1", DataOwner.OWN, "x"),
}


@pytest.mark.parametrize("call", LISTS.values(), ids=list(LISTS))
@pytest.mark.parametrize("body", [None, {}, "x", 1, [None], [1], ["x"], [[]]])
def test_a_list_of_another_shape_is_refused(call: Call[Any], body: object) -> None:
    with pytest.raises(WrongShape):
        read(call, body)


@pytest.mark.parametrize("call", LISTS.values(), ids=list(LISTS))
def test_an_empty_list_is_one(call: Call[Any]) -> None:
    assert read(call, []) == []


@pytest.mark.parametrize("call", ONES.values(), ids=list(ONES))
@pytest.mark.parametrize("body", [None, [], {}, "x", 1, {"id": None}, {"id": ""}, {"athlete": None}])
def test_one_thing_of_another_shape_is_refused(call: Call[Any], body: object) -> None:
    with pytest.raises(WrongShape):
        read(call, body)


@pytest.mark.parametrize("call", [*LISTS.values(), *ONES.values()])
def test_a_page_in_place_of_json_is_refused(call: Call[Any]) -> None:
    with pytest.raises(WrongShape):
        call.read(Response(200, {}, b"<html>Sign in to this hotel</html>"))


# --- athletes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"id": "i1", "name": "Ada"}, Followed("i1", "Ada")),
        ({"id": "2049151", "name": None, "icu_tags": None}, Followed("2049151", "")),
        ({"id": "i1", "name": "Ada", "icu_tags": ["Coaching"]}, Followed("i1", "Ada", coached=True)),
        ({"id": "i1", "name": "Ada", "icu_tags": "Coaching"}, Followed("i1", "Ada")),
        ({"id": "i1", "name": "Ada", "icu_tags": [None, 1, "Club"]}, Followed("i1", "Ada")),
    ],
)
def test_an_athlete_is_followed_or_coached(row: dict[str, Any], expected: Followed) -> None:
    assert read(people.followed(), [row]) == [expected]


@pytest.mark.parametrize("row", [{}, {"id": None}, {"id": 7}, {"id": ""}, {"id": "i1", "name": 7}])
def test_an_athlete_without_an_id_of_text_is_refused(row: dict[str, Any]) -> None:
    with pytest.raises(WrongShape):
        read(people.followed(), [row])


def test_a_week_without_numbers_is_one_of_nothing() -> None:
    row = {"date": "2026-10-05", "athlete_id": "i1", "count": None, "fitness": None}
    assert read(people.weeks(DAY, DAY), [row]) == [Week("i1", DAY, 0, 0.0, 0.0, 0.0, None, None, None)]


@pytest.mark.parametrize("absurd", [1e29, float("nan"), float("inf"), 10**400, "much", [], True])
def test_an_absurd_number_of_one_week_is_not_told_and_the_week_is(absurd: object) -> None:
    keys = ("count", "time", "moving_time", "distance", "training_load", "fitness", "fatigue", "form")
    rows = [{"date": "2026-10-05", "athlete_id": "i1", **dict.fromkeys(keys, absurd)}]
    assert read(people.weeks(DAY, DAY), rows) == [Week("i1", DAY, 0, 0.0, 0.0, 0.0, None, None, None)]


@pytest.mark.parametrize("absurd", [1e29, float("nan"), 10**400, "many"])
def test_an_absurd_number_of_one_chat_leaves_the_others(absurd: object) -> None:
    rows = [
        {"id": absurd, "activity_id": "i4"},
        {"id": 2, "activity_id": "i5", "new_message_count": absurd},
        {"id": 3, "activity_id": "i6", "new_message_count": 2},
    ]
    assert read(LISTS["chats"], rows) == [Chat(2, "i5", 0), Chat(3, "i6", 2)]


def test_half_a_pair_of_utf_16_becomes_the_replacement_character() -> None:
    given = rb'[{"id": "i1", "name": "A\ud800da \ud83d\ude00"}]'
    assert people.followed().read(Response(200, {}, given)) == [Followed("i1", "A\ufffdda \U0001f600")]


def test_the_day_of_a_week_may_carry_a_time() -> None:
    row = {"date": "2026-10-05T00:00:00", "athlete_id": "i1", "time": 60, "moving_time": 50}
    assert [(one.first, one.seconds) for one in read(people.weeks(DAY, DAY), [row])] == [(DAY, 60.0)]


@pytest.mark.parametrize("day", [None, "", "soon", "2026-13-01", 20261005])
def test_a_week_without_a_day_is_refused(day: object) -> None:
    with pytest.raises(WrongShape):
        read(people.weeks(DAY, DAY), [{"date": day, "athlete_id": "i1"}])


@pytest.mark.parametrize("start", [None, "", "yesterday", 5])
def test_an_activity_of_its_own_without_a_local_start_is_refused_and_in_a_list_it_is_set_aside(start: object) -> None:
    given = {"id": "i5", "start_date_local": start}
    with pytest.raises(WrongShape):
        read(people.activity("i5", DataOwner.OTHERS), given)
    assert read(people.activities_of("i1", DAY, DAY), [given]) == [given]


def test_an_id_in_an_address_is_escaped() -> None:
    assert people.profile("../athlete/0?x=").path == "/api/v1/athlete/..%2Fathlete%2F0%3Fx%3D/profile"
    assert comments.comments("a/b", DataOwner.OWN).path == "/api/v1/activity/a%2Fb/messages"


# --- comments --------------------------------------------------------------------------------------------------------

MESSAGE = {
    "id": 7,
    "athlete_id": "i1",
    "name": "Ada",
    "created": "2026-04-15T16:29:54.818+00:00",
    "type": "TEXT",
    "content": "Well done",
    "seen": True,
}


def comment(**changes: object) -> Any:
    (found,) = read(LISTS["comments"], [{**MESSAGE, **changes}])
    return found


def test_a_comment_says_who_when_and_what() -> None:
    found = comment()
    assert (found.id, found.author, found.name, found.text) == (7, "i1", "Ada", "Well done")
    assert found.made == int(datetime(2026, 4, 15, 16, 29, 54, 818000, UTC).timestamp() * 1000)
    assert (found.deleted, found.seen, found.part, found.attachment) == (False, True, None, None)


@pytest.mark.parametrize("created", [None, "", "yesterday", "2026-04-15T16:29:54", "2026-04-15"])
def test_a_time_without_a_zone_is_no_time(created: object) -> None:
    assert comment(created=created).made is None


@pytest.mark.parametrize("created", ["2026-04-15T16:29:54Z", "2026-04-15T18:29:54+02:00", "2026-04-15T16:29:54+0000"])
def test_every_way_to_write_a_zone_is_read(created: str) -> None:
    assert comment(created=created).made == int(datetime(2026, 4, 15, 16, 29, 54, tzinfo=UTC).timestamp() * 1000)


def test_a_comment_that_was_taken_back_has_no_words() -> None:
    found = comment(deleted="2026-04-16T08:00:00Z", content=None, deleted_by_id="i1")
    assert (found.deleted, found.text) == (True, "")


def test_one_that_nobody_signed_is_read_all_the_same() -> None:
    found = comment(athlete_id=None, name=None, content=None)
    assert (found.author, found.name, found.text) == ("", "", "")


@pytest.mark.parametrize(("seen", "expected"), [(True, True), (False, False), (None, True), ("missing", True)])
def test_only_what_is_said_to_be_unseen_is(seen: object, expected: bool) -> None:
    assert comment(**({} if seen == "missing" else {"seen": seen})).seen is expected


@pytest.mark.parametrize("place", [{"start_index": 3}, {"end_index": 9}, {"start_index": None, "end_index": 9}])
def test_half_a_part_is_none(place: dict[str, Any]) -> None:
    assert comment(**place).part is None
    assert comment(start_index=3, end_index=9).part == (3, 9)


@pytest.mark.parametrize("wrong", [{"id": None}, {"id": "7"}, {"id": True}, {"content": 5}, {"created": 5}])
def test_a_comment_of_the_wrong_kind_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(WrongShape):
        comment(**wrong)


def test_comments_stand_in_the_order_of_writing() -> None:
    rows = [{**MESSAGE, "id": number} for number in (9, 7, 8)]
    assert [one.id for one in read(LISTS["comments"], rows)] == [7, 8, 9]


def test_of_chats_only_those_of_activities_are_told() -> None:
    rows = [
        {"id": 1, "activity_id": None, "new_message_count": 3},
        {"id": 2, "activity_id": "i5", "new_message_count": None},
        {"id": 3, "activity_id": "i6", "new_message_count": 2},
    ]
    assert read(LISTS["chats"], rows) == [Chat(2, "i5", 0), Chat(3, "i6", 2)]


def test_the_text_travels_as_it_is() -> None:
    text = 'שלום "Ada" \u202eabc\u202c 👩‍🚴 <script>\n'
    assert json.loads(comments.send("i1", DataOwner.OWN, text).body) == {"content": text}
