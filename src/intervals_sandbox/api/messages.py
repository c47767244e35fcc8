"""Comments on activities: messages in the activity's chat."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from intervals_sandbox import shapes
from intervals_sandbox.answers import Json
from intervals_sandbox.api import fields
from intervals_sandbox.api.activities import hidden, readable
from intervals_sandbox.call import Call, Handler
from intervals_sandbox.errors import denied, invalid, not_found
from intervals_sandbox.queries import INT64
from intervals_sandbox.scopes import READ
from intervals_sandbox.state import Activity, Chat, Values
from intervals_sandbox.times import stamp

_LIMIT = 100


def list_messages(call: Call) -> Response:
    """Oldest first, the first `limit` of them, only those after `sinceId`."""
    activity = _talked_about(call)
    since, limit = call.query.integer("sinceId", INT64), call.query.integer("limit")
    chat = call.sandbox.state.chat_of(activity)
    seen = chat.seen.get(call.caller.athlete.id, 0) if chat else 0
    messages = list(chat.messages.values()) if chat else []
    if since is not None:
        messages = [message for message in messages if message["id"] > since]
    if call.sandbox.switches.messages_newest_first:
        messages.reverse()
    messages = messages[: max(0, _LIMIT if limit is None else limit)]
    return Json([shapes.full(shapes.MESSAGE, {**message, "seen": message["id"] <= seen}) for message in messages])


def _talked_about(call: Call) -> Activity:
    """The activity of the path; of a private one of somebody else the comments are private too. Raises Refusal."""
    activity = readable(call, READ)
    if hidden(call, activity):
        raise denied()
    return activity


def send_message(call: Call) -> Response:
    """Whoever may read an activity may comment on it."""
    activity = _talked_about(call)
    content = _content(call.json_object())
    state, now = call.sandbox.state, stamp(call.sandbox.now())
    chat = state.chat_of(activity)
    first = chat is None
    chat = chat or state.open_chat(activity)
    message = state.post(chat, call.caller.athlete, content, now)
    told = first or call.sandbox.switches.new_chat == "always"
    return Json({"id": message["id"], "new_chat": _shown_chat(call, chat, activity, now) if told else None})


def _shown_chat(call: Call, chat: Chat, activity: Activity, now: str) -> dict[str, Any]:
    values = {
        "id": chat.id,
        "type": "ACTIVITY",
        "activity_id": activity.id,
        "athlete_id": activity.athlete_id,
        "name": activity.values.get("name"),
        "new_message_count": 0,
        "last_seen_message_id": chat.seen.get(call.caller.athlete.id),
        "updated": now,
    }
    return shapes.full(shapes.CHAT, values)


def update_message(call: Call) -> Response:
    """Content or answer, by the author only."""
    message, body = _own_message(call), call.json_object()
    changes = fields.checked(body, {"content": fields.text, "answer": fields.text})
    if "content" in changes:
        changes["content"] = _content(changes)
    message.update(changes)
    return Json({})


def delete_message(call: Call) -> Response:
    """The message stays in the list, marked and empty."""
    message = _own_message(call)
    message.update(deleted=stamp(call.sandbox.now()), deleted_by_id=call.caller.athlete.id)
    message.pop("content", None)
    return Json({})


def _own_message(call: Call) -> Values:
    chat_id, message_id = call.number("id"), call.number("msgId", INT64)
    chat = call.sandbox.state.chats.get(chat_id)
    message = chat.messages.get(message_id) if chat else None
    if chat is None or message is None or "deleted" in message:
        raise not_found("Message")
    if message["athlete_id"] != call.caller.athlete.id or hidden(call, call.sandbox.state.activities[chat.activity_id]):
        raise denied()
    return message


def _content(body: Values) -> str:
    content = body.get("content")
    if content is None or not fields.text("content", content).strip():
        raise invalid("Content is required")
    return str(content)


HANDLERS: dict[str, Handler] = {
    "listActivityMessages": list_messages,
    "sendActivityMessage": send_message,
    "updateMessage": update_message,
    "deleteMessage": delete_message,
}
