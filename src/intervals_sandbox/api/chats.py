"""Chats: what was said on activities and between two athletes, by chat. Notes, section 7."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from starlette.responses import Response

from intervals_sandbox.access import need, reach_comments
from intervals_sandbox.answers import Json
from intervals_sandbox.api import fields
from intervals_sandbox.api.messages import content_of, new_chat, shown_message
from intervals_sandbox.call import Call, Handler
from intervals_sandbox.chats import shown_chat
from intervals_sandbox.errors import Refusal, denied, invalid, not_found
from intervals_sandbox.queries import INT64
from intervals_sandbox.scopes import WRITE
from intervals_sandbox.state import Athlete, Chat, Values, take_back
from intervals_sandbox.times import stamp

FRESH = timedelta(days=7)
"""How long an activity's chat is listed after its last message when all is read."""
_LIMIT, _MOST = 30, 100


def list_chats(call: Call) -> Response:
    """The caller's, most recently active first; an activity's only while something in it is unread or fresh."""
    athlete = call.athlete()
    if athlete.id != call.caller.athlete.id:
        raise denied()
    found = sorted(_listed(call, athlete), key=lambda chat: (chat.updated or "", chat.id), reverse=True)
    return Json([shown_chat(call.sandbox.state, athlete, chat) for chat in found])


def _listed(call: Call, athlete: Athlete) -> Iterator[Chat]:
    state, since = call.sandbox.state, call.sandbox.now() - FRESH
    for chat in state.chats.values():
        if not chat.updated or not state.takes_part(athlete.id, chat) or not _readable(call, chat):
            continue
        fresh = datetime.fromisoformat(chat.updated) >= since
        if chat.activity_id is None or chat.unread(athlete.id) or fresh:
            yield chat


def _readable(call: Call, chat: Chat) -> bool:
    try:
        return call.chat_of(chat.id) is chat
    except Refusal:
        return False


def show_chat(call: Call) -> Response:
    return Json(shown_chat(call.sandbox.state, call.caller.athlete, call.chat()))


def list_messages(call: Call) -> Response:
    """Newest first, `limit` of them, only those before `beforeId`."""
    chat = call.chat()
    before, limit = call.query.integer("beforeId", INT64), call.query.integer("limit")
    messages = [message for message in chat.messages.values() if before is None or message["id"] < before]
    shown = messages[::-1][: max(0, min(_MOST, _LIMIT if limit is None else limit))]
    return Json([shown_message(call, chat, message) for message in shown])


def send_message(call: Call) -> Response:
    """Into a chat, to an activity or to an athlete: the first of these that is named."""
    body = call.json_object()
    sent = fields.checked(body, _SENT)
    content, chat, first = content_of(body), *_addressed(call, sent)
    place = {key: sent[key] for key in ("start_index", "end_index") if key in sent and chat.activity_id}
    state, author = call.sandbox.state, call.caller.athlete
    message = state.post(chat, author, content, stamp(call.sandbox.now()), **place)
    shown = shown_message(call, chat, message)
    return Json({"id": message["id"], "message": shown, "new_chat": new_chat(call, chat, first)})


_SENT = {
    "chat_id": fields.integer,
    "to_activity_id": fields.text,
    "to_athlete_id": fields.text,
    "start_index": fields.integer,
    "end_index": fields.integer,
}
"""What is read of a new message besides its content."""


def _addressed(call: Call, sent: Values) -> tuple[Chat, bool]:
    """Where a message goes, and whether it is the first there. Raises Refusal."""
    if "chat_id" in sent:
        return call.chat_of(sent["chat_id"]), False
    if "to_activity_id" in sent:
        return _about(call, sent["to_activity_id"])
    if "to_athlete_id" in sent:
        return _between(call, sent["to_athlete_id"])
    raise invalid("One of chat_id, to_activity_id and to_athlete_id is required")


def _about(call: Call, activity_id: str) -> tuple[Chat, bool]:
    box = call.sandbox
    activity = reach_comments(box.state, call.caller, activity_id, WRITE, box.switches)
    known = box.state.chat_of(activity)
    return known or box.state.open_chat(activity), known is None


def _between(call: Call, athlete_id: str) -> tuple[Chat, bool]:
    state, author = call.sandbox.state, call.caller.athlete
    need(call.caller, "CHATS", WRITE)
    other = state.athletes.get(athlete_id)
    if other is None:
        raise not_found("Athlete")
    if other is author:
        raise invalid("You cannot send a message to yourself")
    known = state.private_chat(author, other)
    return known or state.open_private_chat(author, other), known is None


def update_message(call: Call) -> Response:
    """Content or answer, by the author only."""
    message, body = _own_message(call), call.json_object()
    changes = fields.checked(body, {"content": fields.text, "answer": fields.text})
    if "content" in changes:
        changes["content"] = content_of(changes)
    message.update(changes)
    return Json({})


def delete_message(call: Call) -> Response:
    """The message stays in the list, marked and empty."""
    take_back(_own_message(call), call.caller.athlete, stamp(call.sandbox.now()))
    return Json({})


def mark_seen(call: Call) -> Response:
    """This message and all before it are read; what was read stays read."""
    chat, reader = call.chat(), call.caller.athlete
    message = _message(call, chat)
    chat.seen[reader.id] = max(message["id"], chat.seen.get(reader.id, 0))
    return Json({})


def _message(call: Call, chat: Chat) -> dict[str, Any]:
    message_id = call.number("msgId", INT64)
    if message_id not in chat.messages:
        raise not_found("Message")
    return chat.messages[message_id]


def _own_message(call: Call) -> Values:
    message = _message(call, call.chat())
    if "deleted" in message:
        raise not_found("Message")
    if message["athlete_id"] != call.caller.athlete.id:
        raise denied()
    return message


HANDLERS: dict[str, Handler] = {
    "listChats": list_chats,
    "showChat": show_chat,
    "listMessages": list_messages,
    "sendMessage": send_message,
    "updateMessage": update_message,
    "deleteMessage": delete_message,
    "updateLastSeenMessageId": mark_seen,
}
