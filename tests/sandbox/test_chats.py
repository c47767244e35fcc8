"""Chats: by number, in a list, between two athletes. Notes, section 7."""

from __future__ import annotations

from typing import Any

import pytest

from intervals_sandbox import shapes
from intervals_sandbox.state import Activity
from sandbox.harness import Box, box

CHATS = "/athlete/0/chats"
SEND = "/chats/send-message"


@pytest.fixture
def activity(sandbox: Box) -> Activity:
    """One of yours that nobody has commented on."""
    return next(item for item in sandbox.activities() if "icu_chat_id" not in item.values and not item.stub)


@pytest.fixture
def theirs(sandbox: Box) -> Activity:
    """One of a friend's that nobody has commented on."""
    return next(item for item in sandbox.activities(sandbox.friend) if "icu_chat_id" not in item.values)


def _say(sandbox: Box, activity: Activity, content: str, **who: Any) -> int:
    number: int = sandbox.post(f"/activity/{activity.id}/messages", {"content": content}, **who).json()["id"]
    return number


def _friends_key(sandbox: Box) -> tuple[str, str] | None:
    sandbox.friend.api_key = "friendskey"
    return sandbox.key(sandbox.friend)


def _mine(sandbox: Box, activity: Activity) -> list[dict[str, Any]]:
    """The rows of your chats that are about this activity."""
    return [row for row in sandbox.get(CHATS).json() if row["activity_id"] == activity.id]


def _chat(activity: Activity) -> str:
    return f"/chats/{activity.values['icu_chat_id']}"


def test_a_comment_of_a_friend_is_unread_until_it_is_seen(sandbox: Box, activity: Activity) -> None:
    number = _say(sandbox, activity, "Strong", auth=_friends_key(sandbox))
    assert [row["new_message_count"] for row in _mine(sandbox, activity)] == [1]
    assert sandbox.put(f"{_chat(activity)}/messages/{number}/seen", {}).json() == {}
    (row,) = _mine(sandbox, activity)
    assert (row["new_message_count"], row["last_seen_message_id"]) == (0, number)


def test_what_was_seen_stays_seen(sandbox: Box, activity: Activity) -> None:
    first, second = (_say(sandbox, activity, text, auth=_friends_key(sandbox)) for text in ("one", "two"))
    for number in (second, first):
        sandbox.put(f"{_chat(activity)}/messages/{number}/seen", {})
    assert [message["seen"] for message in sandbox.get(f"/activity/{activity.id}/messages").json()] == [True, True]


def test_reading_marks_nothing_as_seen(sandbox: Box, activity: Activity) -> None:
    _say(sandbox, activity, "Strong", auth=_friends_key(sandbox))
    sandbox.get(f"/activity/{activity.id}/messages")
    sandbox.get(f"{_chat(activity)}/messages")
    sandbox.get(_chat(activity))
    assert [row["new_message_count"] for row in _mine(sandbox, activity)] == [1]


def test_the_list_begins_with_the_chat_that_was_active_last(sandbox: Box, activity: Activity, theirs: Activity) -> None:
    for moved in (activity, theirs, activity):
        sandbox.clock.advance(60)
        _say(sandbox, moved, "Hello")
    assert [row["activity_id"] for row in sandbox.get(CHATS).json()][:2] == [activity.id, theirs.id]


def test_an_activitys_chat_leaves_the_list_once_it_is_read_and_old(sandbox: Box, activity: Activity) -> None:
    _say(sandbox, activity, "Note to myself")
    assert len(_mine(sandbox, activity)) == 1
    sandbox.clock.advance(8 * 86400)
    assert _mine(sandbox, activity) == []


def test_an_unread_one_stays_in_the_list_however_old(sandbox: Box, activity: Activity) -> None:
    _say(sandbox, activity, "Strong", auth=_friends_key(sandbox))
    sandbox.clock.advance(80 * 86400)
    assert len(_mine(sandbox, activity)) == 1


def test_a_chat_is_listed_for_those_who_take_part(sandbox: Box, theirs: Activity) -> None:
    _say(sandbox, theirs, "To myself", auth=_friends_key(sandbox))
    assert _mine(sandbox, theirs) == []
    _say(sandbox, theirs, "Me too")
    assert len(_mine(sandbox, theirs)) == 1


def test_chats_of_others_are_not_shown_to_followers_or_coaches() -> None:
    own = box(followed=3)
    assert own.you.coaches
    for other in own.you.follows:
        assert own.get(f"/athlete/{other}/chats").status_code == 403


def test_a_chat_is_shown_by_its_number(sandbox: Box, activity: Activity) -> None:
    number = _say(sandbox, activity, "Hello")
    chat = sandbox.get(_chat(activity)).json()
    assert set(chat) == set(shapes.CHAT)
    expected = {"type": "ACTIVITY", "activity_id": activity.id, "athlete_id": sandbox.you.id, "new_message_count": 0}
    assert {key: chat[key] for key in expected} == expected
    assert (chat["last_seen_message_id"], chat["updated"]) == (number, "2026-11-23T11:30:00.000+00:00")


def test_messages_of_a_chat_come_newest_first_and_page_by_page(sandbox: Box, activity: Activity) -> None:
    numbers = [_say(sandbox, activity, str(number)) for number in range(35)]
    path = f"{_chat(activity)}/messages"
    assert [message["id"] for message in sandbox.get(path).json()] == numbers[:4:-1]
    page = sandbox.get(f"{path}?beforeId={numbers[10]}&limit=3").json()
    assert [message["id"] for message in page] == [numbers[9], numbers[8], numbers[7]]


def test_at_most_a_hundred_messages_come_at_once(sandbox: Box, activity: Activity) -> None:
    for number in range(102):
        _say(sandbox, activity, str(number))
    assert len(sandbox.get(f"{_chat(activity)}/messages?limit=500").json()) == 100


def test_an_activity_names_its_chat_once_there_is_one(sandbox: Box, theirs: Activity) -> None:
    path = f"/athlete/{sandbox.friend.id}/activities?oldest=2026-01-01&fields=id,icu_chat_id"
    assert sandbox.get(f"/activity/{theirs.id}").json()["icu_chat_id"] is None
    assert {"id": theirs.id} in sandbox.get(path).json()
    _say(sandbox, theirs, "Well done")
    assert {"id": theirs.id, "icu_chat_id": theirs.values["icu_chat_id"]} in sandbox.get(path).json()


# Sending


def test_a_message_goes_to_an_activity_and_then_into_its_chat(sandbox: Box, activity: Activity) -> None:
    first = sandbox.post(SEND, {"to_activity_id": activity.id, "content": "one"}).json()
    second = sandbox.post(SEND, {"chat_id": first["new_chat"]["id"], "content": "two"}).json()
    assert second["new_chat"] is None
    listed = sandbox.get(f"/activity/{activity.id}/messages").json()
    assert [message["content"] for message in listed] == ["one", "two"]
    assert listed == [first["message"] | {"seen": True}, second["message"]]


def test_a_message_may_point_at_a_part_of_the_activity(sandbox: Box, activity: Activity) -> None:
    body = {"to_activity_id": activity.id, "content": "There!", "start_index": 60, "end_index": 90}
    message = sandbox.post(SEND, body).json()["message"]
    assert (message["start_index"], message["end_index"]) == (60, 90)


def test_two_athletes_have_one_private_chat(sandbox: Box) -> None:
    friend, key = sandbox.friend, _friends_key(sandbox)
    opened = sandbox.post(SEND, {"to_athlete_id": friend.id, "content": "Sunday?"}).json()["new_chat"]
    answer = sandbox.post(SEND, {"to_athlete_id": sandbox.you.id, "content": "Yes"}, auth=key).json()
    assert (opened["type"], opened["name"], opened["other_athlete_id"]) == ("PRIVATE", friend.name, friend.id)
    assert answer["new_chat"] is None
    (row,) = [row for row in sandbox.get(CHATS).json() if row["type"] == "PRIVATE"]
    assert (row["id"], row["new_message_count"]) == (opened["id"], 1)
    words = [message["content"] for message in sandbox.get(f"/chats/{opened['id']}/messages").json()]
    assert words == ["Yes", "Sunday?"]


def test_a_private_chat_is_for_its_two_members() -> None:
    own = box(followed=2)
    first, second = (own.sandbox.state.athletes[other] for other in own.you.follows)
    with own.sandbox.lock:
        chat = own.sandbox.state.open_private_chat(first, second)
    for path in ("", "/messages"):
        assert own.get(f"/chats/{chat.id}{path}").status_code == 403
    assert own.post(SEND, {"chat_id": chat.id, "content": "Me too"}).status_code == 403


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"content": "Where to?"}, 422),
        ({"to_activity_id": "i1", "content": "x"}, 404),
        ({"to_athlete_id": "i1", "content": "x"}, 404),
        ({"chat_id": 1, "content": "x"}, 404),
        ({"chat_id": "one", "content": "x"}, 400),
    ],
)
def test_a_message_needs_somebody_to_go_to(sandbox: Box, body: dict[str, Any], status: int) -> None:
    assert sandbox.post(SEND, body).status_code == status


def test_a_message_to_oneself_or_without_words_is_refused(sandbox: Box, activity: Activity) -> None:
    assert sandbox.post(SEND, {"to_athlete_id": sandbox.you.id, "content": "x"}).status_code == 422
    assert sandbox.post(SEND, {"to_activity_id": activity.id, "content": " "}).status_code == 422


# Rights


def _calls(activity: Activity, number: int) -> dict[str, tuple[str, str, Any]]:
    chat = _chat(activity)
    return {
        "showChat": ("GET", chat, None),
        "listMessages": ("GET", f"{chat}/messages", None),
        "listActivityMessages": ("GET", f"/activity/{activity.id}/messages", None),
        "sendActivityMessage": ("POST", f"/activity/{activity.id}/messages", {"content": "x"}),
        "sendMessage": ("POST", SEND, {"to_activity_id": activity.id, "content": "x"}),
        "updateLastSeenMessageId": ("PUT", f"{chat}/messages/{number}/seen", {}),
        "updateMessage": ("PUT", f"{chat}/messages/{number}", {"content": "y"}),
        "deleteMessage": ("DELETE", f"{chat}/messages/{number}", None),
    }


NAMES = (
    *("showChat", "listMessages", "listActivityMessages"),
    *("sendActivityMessage", "sendMessage", "updateLastSeenMessageId", "updateMessage", "deleteMessage"),
)


@pytest.mark.parametrize("area", ["CHATS", "ACTIVITY"])
@pytest.mark.parametrize("name", NAMES)
def test_reading_needs_read_and_writing_needs_write_of_the_area(
    sandbox: Box, activity: Activity, name: str, area: str
) -> None:
    sandbox.switch(comments_area=area)
    method, path, body = _calls(activity, _say(sandbox, activity, "Hello"))[name]
    other = "ACTIVITY" if area == "CHATS" else "CHATS"
    statuses = [
        sandbox.send(method, path, json=body, token=sandbox.token(scope)).status_code
        for scope in (f"{other}:WRITE", f"{area}:READ", f"{area}:WRITE")
    ]
    assert statuses == [403, 200 if method == "GET" else 403, 200]


@pytest.mark.parametrize("name", NAMES)
def test_a_token_reaches_no_other_athletes_chats(sandbox: Box, theirs: Activity, name: str) -> None:
    method, path, body = _calls(theirs, _say(sandbox, theirs, "Mine, but on theirs"))[name]
    assert sandbox.send(method, path, json=body, token=sandbox.token()).status_code == 403
    assert sandbox.send(method, path, json=body).status_code == 200


@pytest.mark.parametrize("name", NAMES)
def test_an_end_to_following_closes_the_chats_too(sandbox: Box, theirs: Activity, name: str) -> None:
    method, path, body = _calls(theirs, _say(sandbox, theirs, "Well done"))[name]
    sandbox.you.follows.discard(sandbox.friend.id)
    assert sandbox.send(method, path, json=body).status_code == 403
    assert _mine(sandbox, theirs) == []


@pytest.mark.parametrize("area", ["CHATS", "ACTIVITY"])
def test_the_list_and_private_chats_always_need_chats(sandbox: Box, area: str) -> None:
    sandbox.switch(comments_area=area)
    token = sandbox.token("ACTIVITY:WRITE")
    assert sandbox.get(CHATS, token=token).status_code == 403
    assert sandbox.post(SEND, {"to_athlete_id": sandbox.friend.id, "content": "x"}, token=token).status_code == 403
    chat = sandbox.post(SEND, {"to_athlete_id": sandbox.friend.id, "content": "x"}).json()["new_chat"]["id"]
    assert sandbox.get(f"/chats/{chat}", token=token).status_code == 403
    assert sandbox.get(f"/chats/{chat}", token=sandbox.token("CHATS:READ")).status_code == 200


def test_the_chat_of_a_deleted_activity_is_gone(sandbox: Box, activity: Activity) -> None:
    _say(sandbox, activity, "Hello")
    sandbox.delete(f"/activity/{activity.id}")
    assert sandbox.get(_chat(activity)).status_code == 404
    assert _mine(sandbox, activity) == []


def test_the_chat_of_a_private_activity_is_as_private(sandbox: Box, theirs: Activity) -> None:
    _say(sandbox, theirs, "Well done")
    theirs.private = True
    assert sandbox.get(f"{_chat(theirs)}/messages").status_code == 403
    assert _mine(sandbox, theirs) == []
