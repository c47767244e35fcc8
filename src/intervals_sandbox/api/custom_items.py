"""Custom items: above all the fields that athletes add to their wellness records."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from intervals_sandbox import shapes
from intervals_sandbox.access import Caller
from intervals_sandbox.answers import Json, empty
from intervals_sandbox.api import fields
from intervals_sandbox.call import Call, Handler
from intervals_sandbox.errors import bad_request, invalid, not_found
from intervals_sandbox.state import Athlete, Values
from intervals_sandbox.times import stamp

_FIELDS = ("INPUT_FIELD", "ACTIVITY_FIELD", "INTERVAL_FIELD")
_OTHERS = (
    *("FITNESS_CHART", "FITNESS_TABLE", "TRACE_CHART", "ACTIVITY_STREAM", "ACTIVITY_CHART", "ACTIVITY_HISTOGRAM"),
    *("ACTIVITY_HEATMAP", "ACTIVITY_MAP", "ACTIVITY_PANEL", "ZONES"),
)
_CODE = re.compile("[A-Z][A-Za-z0-9]+")
_CHOICES = {"type": ("numeric", "text", "select"), "aggregate": ("MIN", "SUM", "MAX", "AVERAGE")}

_CHECKS: Mapping[str, fields.Check] = {
    "type": fields.one_of((*_FIELDS, *_OTHERS)),
    "visibility": fields.one_of(("PRIVATE", "FOLLOWERS", "PUBLIC")),
    "name": fields.text,
    "description": fields.text,
    "image": fields.text,
    "index": fields.integer,
    "hide_script": fields.flag,
    "content": fields.anything,
}


def shown_items(caller: Caller, athlete: Athlete) -> list[dict[str, Any]]:
    """The athlete's items, of another athlete only those that are not private."""
    own = caller.athlete.id == athlete.id
    items = [item for item in athlete.custom_items.values() if own or item["visibility"] != "PRIVATE"]
    return [shapes.full(shapes.CUSTOM_ITEM, item) for item in items]


def list_items(call: Call) -> Response:
    return Json(shown_items(call.caller, call.athlete()))


def get_item(call: Call) -> Response:
    return Json(shapes.full(shapes.CUSTOM_ITEM, _item(call)))


def create_item(call: Call) -> Response:
    athlete = call.athlete()
    sent = fields.checked(call.json_object(), _CHECKS)
    for required in ("type", "name"):
        if not sent.get(required):
            raise invalid(f"{required.capitalize()} is required")
    item: Values = {
        "visibility": "PRIVATE",
        "index": len(athlete.custom_items),
        "hide_script": False,
        "usage_count": 0,
        **sent,
        "content": _content(sent["type"], sent.get("content")),
        "id": call.sandbox.state.ids.number("custom item", 400_001),
        "athlete_id": athlete.id,
        "updated": stamp(call.sandbox.now()),
    }
    athlete.custom_items[item["id"]] = item
    return Json(shapes.full(shapes.NEW_CUSTOM_ITEM, item))


def update_item(call: Call) -> Response:
    """Only what is sent changes; `content` is replaced whole."""
    item = _item(call)
    sent = fields.checked(call.json_object(), _CHECKS)
    kind: str = sent.get("type") or item["type"]
    if "content" in sent or kind != item["type"]:
        sent["content"] = _content(kind, sent.get("content", item["content"]))
    item.update(sent, updated=stamp(call.sandbox.now()))
    return Json(shapes.full(shapes.CUSTOM_ITEM, item))


def delete_item(call: Call) -> Response:
    del call.athlete().custom_items[_item(call)["id"]]
    return empty()


def _item(call: Call) -> Values:
    athlete = call.athlete()
    item = athlete.custom_items.get(call.number("itemId"))
    own = athlete.id == call.caller.athlete.id
    if item is None or (item["visibility"] == "PRIVATE" and not own):
        raise not_found("Custom item")
    return item


def _content(kind: str, content: Any) -> dict[str, Any]:
    """The content of an item; of a field its code, type and aggregate are checked. Raises Refusal 400."""
    content = {} if content is None else content
    if not isinstance(content, dict):
        raise bad_request("content must be an object")
    if kind in _FIELDS:
        code = content.get("code")
        if not isinstance(code, str) or not _CODE.fullmatch(code):
            raise bad_request("content.code must match [A-Z][A-Za-z0-9]+")
        for key, words in _CHOICES.items():
            if content.get(key, words[0]) not in words:
                raise bad_request(f"content.{key} must be one of {', '.join(words)}")
    return content


HANDLERS: dict[str, Handler] = {
    "listCustomItems": list_items,
    "getCustomItem": get_item,
    "createCustomItem": create_item,
    "updateCustomItem": update_item,
    "deleteCustomItem": delete_item,
}
