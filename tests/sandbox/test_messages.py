"""Comments on activities. Notes, section 7."""

from __future__ import annotations

from typing import Any

import pytest

from intervals_sandbox import shapes
from sandbox.harness import Box


@pytest.fixture
def path(sandbox: Box) -> str:
    """The messages of an activity of yours that has none."""
    quiet = next(item for item in sandbox.activities() if "icu_chat_id" not in item.values and not item.stub)
    return f"/activity/{quiet.id}/messages"


def _say(sandbox: Box, path: str, content: str, **who: Any) -> int:
    number: int = sandbox.post(path, {"content": content}, **who).json()["id"]
    return number


def test_an_activity_without_comments_has_an_empty_list(sandbox: Box, path: str) -> None:
    assert sandbox.get(path).json() == []


def test_a_comment_is_listed_with_its_author_and_time(sandbox: Box, path: str) -> None:
    number = _say(sandbox, path, "Good legs")
    (message,) = sandbox.get(path).json()
    assert set(message) == set(shapes.MESSAGE)
    expected = {
        "id": number,
        "athlete_id": sandbox.you.id,
        "name": sandbox.you.name,
        "created": "2026-11-23T11:30:00.000+00:00",
        "type": "TEXT",
        "content": "Good legs",
        "activity_id": path.split("/")[2],
        "deleted": None,
        "seen": True,
    }
    assert {key: message[key] for key in expected} == expected


def test_the_first_comment_opens_the_activitys_chat(sandbox: Box, path: str) -> None:
    first = sandbox.post(path, {"content": "one"}).json()
    second = sandbox.post(path, {"content": "two"}).json()
    activity = sandbox.get(path.removesuffix("/messages")).json()
    assert set(first["new_chat"]) == set(shapes.CHAT)
    assert first["new_chat"]["type"] == "ACTIVITY"
    assert activity["icu_chat_id"] == first["new_chat"]["id"]
    assert second["new_chat"] is None


def test_the_chat_may_be_told_every_time(sandbox: Box, path: str) -> None:
    sandbox.switch(new_chat="always")
    first, second = (sandbox.post(path, {"content": "x"}).json()["new_chat"]["id"] for _ in range(2))
    assert first == second


@pytest.mark.parametrize("newest_first", [False, True])
def test_the_order_is_a_switch(sandbox: Box, path: str, newest_first: bool) -> None:
    sandbox.switch(messages_newest_first=newest_first)
    numbers = [_say(sandbox, path, text) for text in ("one", "two", "three")]
    expected = numbers[::-1] if newest_first else numbers
    assert [message["id"] for message in sandbox.get(path).json()] == expected


def test_a_limit_keeps_the_newest_where_they_come_first(sandbox: Box, path: str) -> None:
    sandbox.switch(messages_newest_first=True)
    numbers = [_say(sandbox, path, text) for text in ("one", "two", "three")]
    assert [message["id"] for message in sandbox.get(f"{path}?limit=2").json()] == numbers[:0:-1]


def test_only_messages_after_a_known_one_are_listed(sandbox: Box, path: str) -> None:
    numbers = [_say(sandbox, path, text) for text in ("one", "two", "three")]
    later = sandbox.get(f"{path}?sinceId={numbers[0]}").json()
    assert [message["id"] for message in later] == numbers[1:]
    assert sandbox.get(f"{path}?sinceId={numbers[2]}").json() == []


def test_at_most_a_hundred_unless_another_limit_is_given(sandbox: Box, path: str) -> None:
    for number in range(102):
        _say(sandbox, path, str(number))
    assert len(sandbox.get(path).json()) == 100
    assert [message["content"] for message in sandbox.get(f"{path}?limit=2").json()] == ["0", "1"]


@pytest.mark.parametrize(("body", "status"), [({}, 422), ({"content": " "}, 422), ({"content": 5}, 400)])
def test_an_empty_comment_is_refused(sandbox: Box, path: str, body: dict[str, Any], status: int) -> None:
    assert sandbox.post(path, body).status_code == status
    assert sandbox.get(path).json() == []


def test_friends_activities_can_be_commented_on_with_a_key(sandbox: Box) -> None:
    activity = next(item for item in sandbox.activities(sandbox.friend) if "icu_chat_id" not in item.values)
    _say(sandbox, f"/activity/{activity.id}/messages", "Well done")
    seen = sandbox.get(f"/activity/{activity.id}/messages", token=sandbox.token(athlete=sandbox.friend)).json()
    assert [(message["name"], message["content"]) for message in seen] == [(sandbox.you.name, "Well done")]


@pytest.mark.parametrize(("shown", "status"), [("stub", 403), ("absent", 404)])
def test_comments_on_a_private_activity_are_as_private(sandbox: Box, shown: str, status: int) -> None:
    sandbox.switch(private_activities=shown)
    activity = next(item for item in sandbox.activities(sandbox.friend) if "icu_chat_id" not in item.values)
    path = f"/activity/{activity.id}/messages"
    mine = _say(sandbox, path, "Well done")
    activity.private = True
    assert sandbox.get(path).status_code == status
    assert sandbox.post(path, {"content": "Again"}).status_code == status
    assert sandbox.delete(f"/chats/{activity.values['icu_chat_id']}/messages/{mine}").status_code == 403
    theirs = sandbox.get(path, token=sandbox.token(athlete=sandbox.friend)).json()
    assert [message["content"] for message in theirs] == ["Well done"]


def test_a_comment_is_unseen_until_its_reader_writes_too(sandbox: Box, path: str) -> None:
    friend = sandbox.friend
    friend.follows.add(sandbox.you.id)
    friend.api_key = "friendskey"
    _say(sandbox, path, "Nice", auth=sandbox.key(friend))
    assert [message["seen"] for message in sandbox.get(path).json()] == [False]
    _say(sandbox, path, "Thanks")
    assert [message["seen"] for message in sandbox.get(path).json()] == [True, True]


def _chat(sandbox: Box, path: str) -> int:
    chat: int = sandbox.get(path.removesuffix("/messages")).json()["icu_chat_id"]
    return chat


def test_an_author_edits_content_or_answer_only(sandbox: Box, path: str) -> None:
    number = _say(sandbox, path, "Good leggs")
    message = f"/chats/{_chat(sandbox, path)}/messages/{number}"
    assert sandbox.put(message, {"content": "Good legs", "answer": "yes", "name": "Someone"}).status_code == 200
    (edited,) = sandbox.get(path).json()
    assert (edited["content"], edited["answer"], edited["name"]) == ("Good legs", "yes", sandbox.you.name)


def test_a_deleted_message_stays_as_a_mark_without_content(sandbox: Box, path: str) -> None:
    number = _say(sandbox, path, "Oops")
    message = f"/chats/{_chat(sandbox, path)}/messages/{number}"
    assert sandbox.delete(message).status_code == 200
    (left,) = sandbox.get(path).json()
    assert (left["content"], left["deleted_by_id"]) == (None, sandbox.you.id)
    assert left["deleted"]
    assert sandbox.delete(message).status_code == 404


def test_other_peoples_messages_are_theirs(sandbox: Box) -> None:
    talked = next(item for item in sandbox.activities() if "icu_chat_id" in item.values)
    message = sandbox.get(f"/activity/{talked.id}/messages").json()[0]
    path = f"/chats/{talked.values['icu_chat_id']}/messages/{message['id']}"
    assert message["athlete_id"] != sandbox.you.id
    assert sandbox.put(path, {"content": "x"}).status_code == 403
    assert sandbox.delete(path).status_code == 403


@pytest.mark.parametrize(("path", "status"), [("/chats/1/messages/1", 404), ("/chats/x/messages/1", 400)])
def test_an_unknown_message_is_refused(sandbox: Box, path: str, status: int) -> None:
    assert sandbox.delete(path).status_code == status
