"""Comments: the messages in the chat of an activity, and which chats have new ones.

Paths and shapes: the service's OpenAPI document and its published notes. A comment on an own activity goes by the
sign-in, one on another athlete's by the API key.
"""

from __future__ import annotations

from urllib.parse import quote

from intervals_companion.domain import numbers
from intervals_companion.domain.days import instant
from intervals_companion.domain.social import Chat, Comment
from intervals_companion.intervals.answers import JSON, Node, acknowledged, as_json, body_of, nodes
from intervals_companion.intervals.scopes import Area, Level, Scope
from intervals_companion.intervals.wire import Call, DataOwner

READ, WRITE = Scope(Area.CHATS, Level.READ), Scope(Area.CHATS, Level.WRITE)

MOST = 100
"""Messages in one answer."""


def chats() -> Call[list[Chat]]:
    """The chats of activities that have something new, latest first. To a token those of other athletes' activities may
    not be shown, so that it goes by the key.
    """
    return Call("GET", "/api/v1/athlete/0/chats", READ, as_json(_chats), owner=DataOwner.OTHERS)


def comments(activity: str, owner: DataOwner, since: int | None = None) -> Call[list[Comment]]:
    """In the order in which they were written; only those after `since`; at most `MOST`."""
    after = () if since is None else (("sinceId", str(since)),)
    return Call("GET", _of(activity), READ, as_json(_comments), query=(*after, ("limit", str(MOST))), owner=owner)


def send(activity: str, owner: DataOwner, text: str) -> Call[int]:
    """Writes a comment; gives its id."""
    return Call(
        "POST", _of(activity), WRITE, as_json(_id), body=body_of({"content": text}), content_type=JSON, owner=owner
    )


def edit(chat: int, comment: int, owner: DataOwner, text: str) -> Call[None]:
    """Changes the text of an own comment."""
    return Call(
        "PUT", _one(chat, comment), WRITE, acknowledged, body=body_of({"content": text}), content_type=JSON, owner=owner
    )


def delete(chat: int, comment: int, owner: DataOwner) -> Call[None]:
    """Removes an own comment."""
    return Call("DELETE", _one(chat, comment), WRITE, acknowledged, owner=owner)


def seen(chat: int, comment: int, owner: DataOwner) -> Call[None]:
    """Says that everything up to this comment was seen."""
    return Call("PUT", f"{_one(chat, comment)}/seen", WRITE, acknowledged, owner=owner)


def _of(activity: str) -> str:
    return f"/api/v1/activity/{quote(activity, safe='')}/messages"


def _one(chat: int, comment: int) -> str:
    return f"/api/v1/chats/{chat}/messages/{comment}"


def _id(value: object) -> int:
    return _whole(Node.of(value), "id")


def _whole(node: Node, key: str) -> int:
    found = node.optional_whole(key)
    return node.refuse(key, "a number") if found is None else found


def _chats(value: object) -> list[Chat]:
    return [
        Chat(_whole(node, "id"), node.text("activity_id"), round(node.known_number("new_message_count") or 0))
        for node in nodes(value)
        if node.optional_text("activity_id") and node.known_number("id") is not None
    ]


def _comments(value: object) -> list[Comment]:
    """Oldest first, whatever the order of the answer."""
    return sorted((_comment(node) for node in nodes(value)), key=lambda one: one.id)


def _comment(node: Node) -> Comment:
    first, last = node.known_number("start_index"), node.known_number("end_index")
    return Comment(
        id=_whole(node, "id"),
        author=node.optional_text("athlete_id") or "",
        name=node.optional_text("name") or "",
        made=_moment(node.optional_text("created")),
        text=node.optional_text("content") or "",
        part=None if first is None or last is None else (round(first), round(last)),
        attachment=node.optional_text("attachment_url"),
        deleted=node.optional_text("deleted") is not None,
        seen=node.values.get("seen") is not False,
    )


def _moment(text: str | None) -> int | None:
    """Milliseconds of `2026-04-15T16:29:54.818+00:00`; None for what is no time with a zone."""
    try:
        return None if text is None else instant(numbers.moment(text))
    except ValueError:
        return None
