"""The operations the companion uses: calls as requests, answers as values or errors. No I/O.

Paths, parameters and bodies: the service's OpenAPI document. The athlete id `0` means the owner of the credential.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import TypeVar
from urllib.parse import quote

from intervals_companion.domain.catalogue import Metric, Rule
from intervals_companion.domain.remote_activity import ActivityList
from intervals_companion.domain.wellness import Value, WellnessRecord
from intervals_companion.intervals import activity_record, answers, models
from intervals_companion.intervals.answers import JSON, WrongShape, acknowledged, as_json, body_of
from intervals_companion.intervals.credentials import Credential
from intervals_companion.intervals.models import Athlete, Upload
from intervals_companion.intervals.refusals import refusal, unreadable
from intervals_companion.intervals.scopes import Area, Level, Scope
from intervals_companion.intervals.wire import STREAMS, UPLOAD, Call, Response

T = TypeVar("T")

OPERATIONS: Mapping[str, Scope | None] = {
    "athlete": None,
    "custom_fields": Scope(Area.SETTINGS, Level.READ),
    "create_field": Scope(Area.SETTINGS, Level.WRITE),
    "wellness": Scope(Area.WELLNESS, Level.READ),
    "put_wellness": Scope(Area.WELLNESS, Level.WRITE),
    "activities": Scope(Area.ACTIVITY, Level.READ),
    "upload": Scope(Area.ACTIVITY, Level.WRITE),
    "latest_activities": Scope(Area.ACTIVITY, Level.READ),
    "try_streams": Scope(Area.ACTIVITY, Level.READ),
    "try_upload": Scope(Area.ACTIVITY, Level.WRITE),
    "try_calendar": Scope(Area.CALENDAR, Level.READ),
    "try_comments": Scope(Area.CHATS, Level.READ),
    "disconnect": None,
}
"""Which box of the consent dialog each operation needs. None: any sign-in that is alive will do."""

_OWN = "/api/v1/athlete/0"
_ACTIVITY_FIELDS = (
    "id,start_date,start_date_local,type,name,elapsed_time,moving_time,source,external_id,distance,"
    "icu_training_load,icu_intensity,average_heartrate,icu_average_watts,icu_weighted_avg_watts,icu_joules,"
    "average_cadence,total_elevation_gain,calories,average_temp,trainer,device_name,icu_chat_id"
)
"""What matching needs, and what a person sees in a list."""


def athlete() -> Call[Athlete]:
    """Who owns the credential."""
    return Call("GET", _OWN, OPERATIONS["athlete"], as_json(models.athlete))


def custom_fields() -> Call[frozenset[str]]:
    """The codes of the custom wellness fields that exist: one unknown code makes the service refuse a whole day."""
    return Call("GET", f"{_OWN}/custom-item", OPERATIONS["custom_fields"], as_json(models.custom_fields))


def create_field(metric: Metric) -> Call[None]:
    """Defines the custom wellness field of a metric, seen by the athlete only."""
    content = {"code": metric.field, "type": "numeric", "aggregate": _AGGREGATES.get(metric.rule, "AVERAGE")}
    item = {"type": "INPUT_FIELD", "name": metric.name, "visibility": "PRIVATE", "content": content}
    return Call(
        "POST", f"{_OWN}/custom-item", OPERATIONS["create_field"], acknowledged, body=body_of(item), content_type=JSON
    )


_AGGREGATES: Mapping[Rule | None, str] = {
    Rule.SUM: "SUM",
    Rule.TIME_TOGETHER: "SUM",
    Rule.DAY_MAXIMUM: "MAX",
}
"""How Intervals.icu makes a week or month of a custom field; the mean where nothing else is said."""


def wellness(oldest: date, newest: date) -> Call[list[WellnessRecord]]:
    """The days from oldest to newest, both included, ascending."""
    return Call(
        "GET", f"{_OWN}/wellness", OPERATIONS["wellness"], as_json(models.wellness), query=_range(oldest, newest)
    )


EMPTY = -1
"""What empties a number at Intervals.icu; `null` is ignored there."""


def put_wellness(days: Mapping[date, Mapping[str, Value | None]]) -> Call[None]:
    """Changes only the fields given, creating days that are missing; None empties one. A locked day ignores it without
    an error.
    """
    body = body_of(
        [
            {"id": day.isoformat(), **{name: EMPTY if value is None else value for name, value in fields.items()}}
            for day, fields in sorted(days.items())
        ]
    )
    return Call("PUT", f"{_OWN}/wellness-bulk", OPERATIONS["put_wellness"], acknowledged, body=body, content_type=JSON)


def activities(oldest: date, newest: date) -> Call[ActivityList]:
    """The activities whose local start lies in the days from oldest to newest, latest first."""
    return Call(
        "GET", f"{_OWN}/activities", OPERATIONS["activities"], as_json(activity_record.read_list),
        query=(*_range(oldest, newest), ("fields", _ACTIVITY_FIELDS)),
    )  # fmt: skip


def upload(content: bytes, file_name: str, *, name: str, external_id: str, device_name: str) -> Call[Upload]:
    """Sends an activity file. The same bytes again give the activity that is already there, and 200 for 201."""
    boundary = f"companion-{hashlib.sha256(content).hexdigest()}"
    return Call(
        "POST", f"{_OWN}/activities", OPERATIONS["upload"],
        lambda answer: models.upload(answers.load(answer.body), created=answer.status == 201),
        query=(("name", name), ("external_id", external_id), ("device_name", device_name)),
        body=_multipart(content, file_name, boundary),
        content_type=f"multipart/form-data; boundary={boundary}",
        limit=UPLOAD,
    )  # fmt: skip


# --- finding out what is allowed -------------------------------------------------------------------------------------


def latest_activities(oldest: date, limit: int) -> Call[ActivityList]:
    """The latest few activities since a day."""
    return Call(
        "GET", f"{_OWN}/activities", OPERATIONS["latest_activities"], as_json(activity_record.read_list),
        query=(("oldest", oldest.isoformat()), ("limit", str(limit)), ("fields", _ACTIVITY_FIELDS)),
    )  # fmt: skip


def try_streams(activity: str) -> Call[None]:
    """Whether the streams of an activity may be read; of them only the time."""
    path = f"/api/v1/activity/{quote(activity, safe='')}/streams"
    return Call("GET", path, OPERATIONS["try_streams"], acknowledged, query=(("types", "time"),), limit=STREAMS)


def try_calendar(day: date) -> Call[None]:
    """Whether planned workouts may be read."""
    return Call("GET", f"{_OWN}/events", OPERATIONS["try_calendar"], acknowledged, query=_range(day, day))


def try_comments(activity: str) -> Call[None]:
    """Whether comments on an activity may be read."""
    path = f"/api/v1/activity/{quote(activity, safe='')}/messages"
    return Call("GET", path, OPERATIONS["try_comments"], acknowledged, query=(("limit", "1"),))


def try_upload() -> Call[None]:
    """Whether files may be uploaded, asked with a form that holds none: it can only be refused.

    403 says that the box is off. 422 about the missing part (`NO_FILE`) says that only the file was wanting.
    """
    boundary = "companion-without-a-file"
    body = f'--{boundary}\r\nContent-Disposition: form-data; name="check"\r\n\r\n\r\n--{boundary}--\r\n'.encode()
    return Call(
        "POST", f"{_OWN}/activities", OPERATIONS["try_upload"], acknowledged,
        body=body, content_type=f"multipart/form-data; boundary={boundary}",
    )  # fmt: skip


NO_FILE = "Required request part"
"""How the service begins to say that the part `file` is not there."""


def disconnect() -> Call[None]:
    """Removes the app's access at Intervals.icu. It has no meaning with an API key."""
    return Call("DELETE", "/api/v1/disconnect-app", OPERATIONS["disconnect"], lambda _answer: None)


def read(call: Call[T], response: Response, credential: Credential) -> T:
    """The value of an answer, or its error.

    After SignInExpired, PermissionMissing, NotFound, ServiceRefused or RateLimited a write had no effect; after any
    other error it may have had one.
    """
    if not 200 <= response.status < 300:
        raise refusal(call, response, credential)
    try:
        return call.read(response)
    except WrongShape as problem:
        raise unreadable(call, problem) from None


def _range(oldest: date, newest: date) -> tuple[tuple[str, str], ...]:
    return ("oldest", oldest.isoformat()), ("newest", newest.isoformat())


_ESCAPES = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})
"""How browsers write a file name in a form (WHATWG HTML, multipart/form-data encoding algorithm)."""


def _multipart(content: bytes, file_name: str, boundary: str) -> bytes:
    """One part named `file`. The boundary is a hash of the content, so that the same call is the same bytes."""
    head = (
        f"--{boundary}\r\n"
        f'Content-Disposition: form-data; name="file"; filename="{file_name.translate(_ESCAPES)}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    return head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
