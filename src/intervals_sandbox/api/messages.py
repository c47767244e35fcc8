"""Comments on activities: messages in the activity's chat, which the first of them opens."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from intervals_sandbox import shapes
from intervals_sandbox.access import kept_from
from intervals_sandbox.answers import Json
from intervals_sandbox.api import fields
from intervals_sandbox.api.activities import readable
from intervals_sandbox.call import Call, Handler
from intervals_sandbox.chats import shown_chat
from intervals_sandbox.errors import denied, invalid
from intervals_sandbox.queries import INT64
from intervals_sandbox.scopes import READ
from intervals_sandbox.state import Activity, Chat, Values
from intervals_sandbox.times import stamp

_LIMIT = 100


def list_activity_messages(call: Call) -> Response:
    """Oldest first, the first `limit` of them, only those after `sinceId`."""
    chat = call.sandbox.state.chat_of(_talked_about(call))
    since, limit = call.query.integer("sinceId", INT64), call.query.integer("limit")
    messages = list(chat.messages.values()) if chat else []
    if since is not None:
        messages = [message for message in messages if message["id"] > since]
    if call.sandbox.switches.messages_newest_first:
        messages.reverse()
    messages = messages[: max(0, _LIMIT if limit is None else limit)]
    return Json([shown_message(call, chat, message) for message in messages if chat])


def _talked_about(call: Call) -> Activity:
    """The activity of the path; of a private one of somebody else the comments are private too. Raises Refusal."""
    activity = readable(call, READ)
    if kept_from(call.caller, activity):
        raise denied()
    return activity


def send_activity_message(call: Call) -> Response:
    """Whoever may read an activity may comment on it."""
    activity = _talked_about(call)
    content = content_of(call.json_object())
    state = call.sandbox.state
    known = state.chat_of(activity)
    chat = known or state.open_chat(activity)
    message = state.post(chat, call.caller.athlete, content, stamp(call.sandbox.now()))
    return Json({"id": message["id"], "new_chat": new_chat(call, chat, known is None)})


def content_of(body: Values) -> str:
    """The words of a message. Raises Refusal where there are none."""
    content = body.get("content")
    if content is None or not fields.text("content", content).strip():
        raise invalid("Content is required")
    return str(content)


def new_chat(call: Call, chat: Chat, first: bool) -> dict[str, Any] | None:
    """The chat, where a message opened it."""
    told = first or call.sandbox.switches.new_chat == "always"
    return shown_chat(call.sandbox.state, call.caller.athlete, chat) if told else None


def shown_message(call: Call, chat: Chat, message: Values) -> dict[str, Any]:
    seen = message["id"] <= chat.seen.get(call.caller.athlete.id, 0)
    return shapes.full(shapes.MESSAGE, {**message, "seen": seen})


HANDLERS: dict[str, Handler] = {
    "listActivityMessages": list_activity_messages,
    "sendActivityMessage": send_activity_message,
}
