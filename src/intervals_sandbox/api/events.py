"""The calendar: planned workouts, races, notes and the like."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from starlette.responses import Response

from intervals_sandbox import shapes
from intervals_sandbox.answers import CSV, Json, table
from intervals_sandbox.api import fields
from intervals_sandbox.call import Call, Handler
from intervals_sandbox.errors import invalid, not_found, not_played
from intervals_sandbox.sandbox import Sandbox
from intervals_sandbox.state import Athlete, Values
from intervals_sandbox.times import parse_local, stamp, wall_text
from intervals_sandbox.workout_text import workout_doc

CATEGORIES = (
    *("WORKOUT", "RACE_A", "RACE_B", "RACE_C", "NOTE", "PLAN", "HOLIDAY", "SICK", "INJURED", "SET_EFTP"),
    *("FITNESS_DAYS", "SEASON_START", "TARGET", "SET_FITNESS"),
)
_WEEK = timedelta(days=6)
_FILES = ("file_contents", "file_contents_base64")


def _category(name: str, value: Any) -> str:
    if fields.text(name, value) not in CATEGORIES:
        raise invalid(f"Unknown category [{value}]")
    return str(value)


def _types(name: str, value: Any) -> list[str]:
    if unknown := [word for word in fields.words(name, value) if word not in fields.ACTIVITY_TYPES]:
        raise invalid(f"Unknown activity type [{unknown[0]}]")
    return list(value)


_CHECKS: Mapping[str, fields.Check] = {
    **dict.fromkeys(("name", "description", "type", "color", "uid", "external_id"), fields.text),
    **dict.fromkeys(("start_date_local", "end_date_local"), fields.local_time),
    **dict.fromkeys(
        (
            *("moving_time", "icu_training_load", "load_target", "time_target", "joules", "joules_above_ftp"),
            *(
                "carbs_per_hour",
                "carbs_used",
                "max_training_time",
                "icu_ftp",
                "w_prime",
                "p_max",
                "ctl_days",
                "atl_days",
            ),
            "calendar_id",
        ),
        fields.integer,
    ),
    **dict.fromkeys(("distance", "distance_target", "icu_intensity", "icu_ctl", "icu_atl"), fields.number),
    **dict.fromkeys(
        (
            *("athlete_cannot_edit", "entered", "for_week", "hide_from_athlete", "indoor", "not_on_fitness_chart"),
            *("show_as_note", "show_on_ctl_line", "structure_read_only"),
        ),
        fields.flag,
    ),
    "category": _category,
    "tags": fields.words,
    "can_train_sports": _types,
    "workout_doc": fields.anything,
    "sub_type": fields.one_of(("NONE", "COMMUTE", "WARMUP", "COOLDOWN", "RACE")),
    "target": fields.one_of(("AUTO", "POWER", "HR", "PACE")),
    "training_availability": fields.one_of(("NORMAL", "LIMITED", "UNAVAILABLE")),
}
_DEFAULTS = {
    **dict.fromkeys(("athlete_cannot_edit", "entered", "for_week", "hide_from_athlete", "not_on_fitness_chart"), False),
    **dict.fromkeys(("show_as_note", "show_on_ctl_line", "structure_read_only"), False),
    "category": "WORKOUT",
    "training_availability": "NORMAL",
}
_ADDED = "added"
"""The moment an event was made; not a key of the answers."""


def list_events(call: Call) -> Response:
    """By day, both ends included; today and the six days after it by default."""
    athlete = call.athlete()
    oldest = call.query.day("oldest") or call.sandbox.today(athlete)
    newest = call.query.day("newest") or oldest + _WEEK
    categories, limit = call.query.names("category"), call.query.integer("limit")
    calendar = call.query.integer("calendar_id")
    events = [
        event
        for event in athlete.events.values()
        if oldest.isoformat() <= event["start_date_local"][:10] <= newest.isoformat()
        and (categories is None or event["category"] in categories)
        and (calendar is None or event["calendar_id"] == calendar)
    ]
    events.sort(key=lambda event: (event["start_date_local"], event["id"]))
    rows = [shapes.full(shapes.EVENT, event) for event in events[: None if limit is None else max(0, limit)]]
    return table(rows, shapes.EVENT) if call.parameters["format"] == CSV else Json(rows)


def show_event(call: Call) -> Response:
    return Json(shapes.full(shapes.EVENT, _event(call)))


def create_event(call: Call) -> Response:
    """A new event; with `upsertOnUid` the one with the same uid is changed instead."""
    athlete, sent = call.athlete(), _sent(call)
    if call.query.flag("upsertOnUid") and "uid" in sent:
        for event in athlete.events.values():
            if event["uid"] == sent["uid"]:
                return Json(_changed(call, athlete, event, sent))
    if not sent.get("name"):
        raise invalid("Name is required")
    if "start_date_local" not in sent:
        raise invalid("start_date_local is required")
    sent |= _parsed(_DEFAULTS | sent, sent)
    app = {} if call.caller.app is None else {"oauth_client_id": call.caller.app}
    event = add_event(call.sandbox, athlete, call.caller.athlete, {**sent, **app})
    return Json(shapes.full(shapes.EVENT, event))


def _sent(call: Call) -> Values:
    """The body of a new or a changed event, checked. Workout files are not read here: 501."""
    body = call.json_object()
    if files := [key for key in _FILES if body.get(key) is not None]:
        raise not_played(f"{files[0]} of an event")
    return fields.checked(body, _CHECKS)


def _parsed(event: Values, sent: Values) -> Values:
    """What follows from the text of a planned workout, unless it was sent: its steps, and how long they take."""
    if event["category"] != "WORKOUT" or "description" not in sent or "workout_doc" in sent:
        return {}
    doc = workout_doc(sent["description"])
    length = {} if doc is None or "moving_time" in sent else {"moving_time": doc["duration"]}
    return {"workout_doc": doc, **length}


def add_event(sandbox: Sandbox, athlete: Athlete, author: Athlete, values: Values) -> Values:
    """Puts an event on the calendar. `values` has a name and a local start."""
    ids = sandbox.state.ids
    event = {
        **_DEFAULTS,
        "calendar_id": athlete.calendar_id,
        "uid": ids.token("event uid"),
        **values,
        "id": ids.number("event", 90_000_001),
        "athlete_id": athlete.id,
        "created_by_id": author.id,
        "updated": stamp(sandbox.now()),
        _ADDED: sandbox.now(),
    }
    event.setdefault("end_date_local", _next_midnight(event["start_date_local"]))
    athlete.events[event["id"]] = event
    sandbox.load_changed(athlete.id)
    return event


def _next_midnight(start: str) -> str:
    """Ends are exclusive: a one-day event ends where the next day begins."""
    return wall_text(datetime.combine(parse_local(start).date() + timedelta(days=1), time()))


def update_event(call: Call) -> Response:
    return Json(_changed(call, call.athlete(), _event(call), _sent(call)))


def _changed(call: Call, athlete: Athlete, event: Values, sent: Values) -> dict[str, Any]:
    """Only what is sent changes; a moved event keeps its length in days unless a new end is sent."""
    if sent.get("name") == "":
        raise invalid("Name is required")
    if "start_date_local" in sent and "end_date_local" not in sent:
        old, end = (datetime.fromisoformat(event[key]) for key in ("start_date_local", "end_date_local"))
        new = parse_local(sent["start_date_local"])
        sent["end_date_local"] = wall_text(end + (new.date() - old.date()))
    event.update(sent | _parsed(event | sent, sent), updated=stamp(call.sandbox.now()))
    call.sandbox.load_changed(athlete.id)
    return shapes.full(shapes.EVENT, event)


def delete_event(call: Call) -> Response:
    """With `others` also those added at the same time, but for those before the day `notBefore`."""
    athlete, event = call.athlete(), _event(call)
    others, day = call.query.flag("others"), call.query.day("notBefore")
    gone = [event["id"]]
    if others and _ADDED in event:
        gone += [
            other["id"]
            for other in athlete.events.values()
            if other is not event
            and other.get(_ADDED) == event[_ADDED]
            and (day is None or day.isoformat() <= other["start_date_local"][:10])
        ]
    for number in gone:
        del athlete.events[number]
    call.sandbox.load_changed(athlete.id)
    return Json({})


def _event(call: Call) -> Values:
    event = call.athlete().events.get(call.number("eventId"))
    if event is None:
        raise not_found("Event")
    return event


HANDLERS: dict[str, Handler] = {
    "listEvents": list_events,
    "showEvent": show_event,
    "createEvent": create_event,
    "updateEvent": update_event,
    "deleteEvent": delete_event,
}
