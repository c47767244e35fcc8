"""An activity's streams: read as JSON or CSV, written as JSON."""

from __future__ import annotations

from starlette.responses import Response

from intervals_sandbox.answers import CSV, Json, table
from intervals_sandbox.api import fields
from intervals_sandbox.api.activities import open_to, readable, stub
from intervals_sandbox.call import Call, Handler
from intervals_sandbox.errors import invalid
from intervals_sandbox.state import Values
from intervals_sandbox.streams import Sent, overlaid, stream_rows, streams
from intervals_sandbox.summary import stream_types


def get_streams(call: Call) -> Response:
    """Empty where there is nothing to show: Strava's activities, manual ones."""
    activity = readable(call)
    types, defaults = call.query.names("types"), call.query.flag("includeDefaults")
    found = []
    if activity.record and not stub(call, activity):
        found = streams(activity.record(), activity.odd_streams, types, defaults)
    if call.parameters["ext"] != CSV:
        return Json(found)
    columns, rows = stream_rows(found)
    return table(rows, columns)


def put_streams(call: Call) -> Response:
    """Streams of the length of the activity are added or replaced; one without data is removed."""
    activity, sent = open_to(call), call.json_objects()
    if activity.record is None:
        raise invalid("The activity has no streams")
    activity.original()  # the file stays what it was
    recording = activity.record()
    before = set(stream_types(recording))
    changes = {fields.text("type", item.get("type")): _data(item, recording.samples) for item in sent}
    changed = overlaid(recording, changes)
    activity.keep(changed)
    activity.values["stream_types"] = stream_types(changed)
    updated = [name for name, data in changes.items() if data]
    return Json({"updated": updated, "deleted": [name for name in changes if name in before and name not in updated]})


_FIXED = ("time", "hrv", "lat", "lng")
"""Other streams lean on the first; the second is no list of numbers; positions go by the name of latlng."""


def _data(item: Values, samples: int) -> Sent:
    """`data`, and `data2` of positions, or none. Raises Refusal."""
    kind = item["type"]
    if kind in _FIXED:
        raise invalid(f"Stream {kind} cannot be updated")
    columns = [_column(item, key, samples) for key in (("data", "data2") if kind == "latlng" else ("data",))]
    if len({tuple(value is None for value in column) for column in columns}) > 1:
        raise invalid("A latitude needs a longitude")
    return [] if all(value is None for value in columns[0]) else columns


def _column(item: Values, key: str, samples: int) -> list[float | None]:
    kind, data = item["type"], item.get(key) or [None] * samples
    if not isinstance(data, list) or len(data) != samples:
        raise invalid(f"Stream {kind} must have {samples} values")
    return [None if value is None else fields.number(kind, value) for value in data]


HANDLERS: dict[str, Handler] = {
    "getActivityStreams": get_streams,
    "updateActivityStreams": put_streams,
}
