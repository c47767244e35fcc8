"""Activities: lists, one, several, changes, deletion, manual ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from intervals_sandbox import shapes
from intervals_sandbox.access import kept_from
from intervals_sandbox.answers import Json
from intervals_sandbox.api import fields
from intervals_sandbox.call import Call, Handler
from intervals_sandbox.errors import Refusal, invalid, not_found
from intervals_sandbox.queries import INT64
from intervals_sandbox.state import Activity, Athlete, Values
from intervals_sandbox.streams import intervals
from intervals_sandbox.summary import default_name, estimated_load
from intervals_sandbox.times import local_text, parse_local, stamp, utc_text

_STRAVA_NOTE = "STRAVA activities are not available via the API"
_PRIVATE_NOTE = "This activity is private"


def _type(name: str, value: Any) -> str:
    if fields.text(name, value) not in fields.ACTIVITY_TYPES:
        raise invalid(f"Unknown activity type [{value}]")
    return str(value)


_CHANGES: Mapping[str, fields.Check] = {
    "name": fields.text,
    "description": fields.text,
    "type": _type,
    "paired_event_id": fields.integer,
    "trainer": fields.flag,
    "commute": fields.flag,
    "icu_rpe": fields.integer,
    "perceived_exertion": fields.number,
    "feel": fields.integer,
    "carbs_ingested": fields.integer,
}
"""What may be changed afterwards."""

_CLEARABLE = (fields.integer, fields.number)
_NEEDED = ("start_date_local", "type")

_MANUAL: Mapping[str, fields.Check] = {
    **_CHANGES,
    "start_date_local": fields.local_time,
    "external_id": fields.text,
    "moving_time": fields.integer,
    "elapsed_time": fields.integer,
    "distance": fields.number,
    "total_elevation_gain": fields.number,
    "average_heartrate": fields.integer,
    "max_heartrate": fields.integer,
    "calories": fields.integer,
    "max_speed": fields.number,
    "coasting_time": fields.integer,
    "icu_training_load": fields.integer,
}


def list_activities(call: Call) -> Response:
    """Newest first; `limit` keeps the newest."""
    athlete = call.athlete()
    call.query.required("oldest")
    oldest = call.query.oldest() or ""
    newest = call.query.newest() or local_text(call.sandbox.now(), athlete.zone)
    route, limit = call.query.integer("route_id", INT64), call.query.integer("limit")
    wanted = call.query.names("fields")
    found = [
        activity
        for activity in call.sandbox.state.activities_of(athlete.id)
        if oldest <= activity.values["start_date_local"] <= newest and _listed(call, activity)
    ]
    if route is not None:
        found = [activity for activity in found if activity.values.get("route_id") == route]
    found.sort(key=lambda activity: (activity.values["start_date_local"], activity.id), reverse=True)
    return Json(
        [_listed_object(call, activity, wanted) for activity in found[: None if limit is None else max(0, limit)]]
    )


def _listed_object(call: Call, activity: Activity, wanted: list[str] | None) -> dict[str, Any]:
    return stub(call, activity) or shapes.selected(shapes.full(shapes.ACTIVITY, activity.values), wanted)


def _listed(call: Call, activity: Activity) -> bool:
    absent = kept_from(call.caller, activity) and call.sandbox.switches.private_activities == "absent"
    return not activity.deleted and not absent


def stub(call: Call, activity: Activity) -> dict[str, Any] | None:
    """What is shown of Strava's activities, and of private ones: that they exist, and when."""
    note = _STRAVA_NOTE if activity.stub else _PRIVATE_NOTE
    if not activity.stub and not kept_from(call.caller, activity):
        return None
    return shapes.full(shapes.HIDDEN, {**activity.values, "_note": note})


def get_activity(call: Call) -> Response:
    return Json(_object(call, readable(call)))


def readable(call: Call, level: str | None = None) -> Activity:
    """The activity of the path unless it is deleted or kept from the caller. Raises Refusal."""
    activity = call.activity(level)
    gone = activity.deleted and not (call.sandbox.switches.deleted_still_answers and call.operation.level == "READ")
    if gone or (not activity.deleted and not _listed(call, activity)):
        raise not_found("Activity")
    return activity


def open_to(call: Call, level: str | None = None) -> Activity:
    """The same, and it is more than a stub to the caller. Raises Refusal."""
    activity = readable(call, level)
    if stub(call, activity):
        raise invalid("No activities found")
    return activity


def get_activities(call: Call) -> Response:
    """By id; those that are missing, or somebody else's, are left out."""
    athlete, known = call.athlete(), call.sandbox.state.activities
    ids = [part for part in call.parameters["ids"].split(",") if part in known]
    found = [known[part] for part in ids if known[part].athlete_id == athlete.id and _listed(call, known[part])]
    return Json([_object(call, activity) for activity in found])


def _object(call: Call, activity: Activity) -> dict[str, Any]:
    with_intervals = call.query.flag("intervals")
    if hidden := stub(call, activity):
        return hidden
    if not with_intervals:
        return shapes.full(shapes.ACTIVITY, activity.values)
    found, groups = intervals(activity.record()) if activity.record else (None, None)
    return shapes.full(
        shapes.ACTIVITY_WITH_INTERVALS, {**activity.values, "icu_intervals": found, "icu_groups": groups}
    )


def update_activity(call: Call) -> Response:
    """Only what is sent changes; -1 clears a number."""
    activity, body = readable(call), call.json_object()
    if activity.stub:
        raise invalid("Strava activities cannot be updated")
    if body.get("session_rpe") is not None:
        raise invalid("session_rpe is computed and cannot be updated")
    _change(call, activity, body, _CHANGES)
    return Json(shapes.full(shapes.ACTIVITY, activity.values))


def _change(call: Call, activity: Activity, body: Values, checks: Mapping[str, fields.Check]) -> None:
    changes = fields.checked(body, checks)
    cleared = {key for key, value in changes.items() if value == -1 and checks[key] in _CLEARABLE}
    if call.sandbox.switches.null_clears:
        cleared |= {key for key in checks if key in body and body[key] is None and key not in _NEEDED}
    activity.values.update(changes)
    for key in cleared:
        activity.values.pop(key, None)
    call.sandbox.load_changed(activity.athlete_id)


def delete_activity(call: Call) -> Response:
    activity = readable(call)
    call.sandbox.remove(activity)
    return Json({"id": activity.id, "icu_athlete_id": activity.athlete_id})


def create_manual(call: Call) -> Response:
    activity = _new(call, call.athlete(), _checked_manual(call.json_object()))
    return Json(shapes.full(shapes.ACTIVITY, activity.values))


def create_manual_bulk(call: Call) -> Response:
    """Those with the `external_id` of one made by the same app change it; the others are new. A bad one refuses all."""
    athlete = call.athlete()
    try:
        bodies = [(body, _checked_manual(body, _match(call, athlete, body))) for body in call.json_objects()]
    except Refusal as refusal:
        wrap = call.sandbox.switches.bulk_errors_in_array and refusal.status == 422
        raise Refusal(refusal.status, [refusal.body]) if wrap else refusal from None
    made = []
    for body, sent in bodies:
        activity = _match(call, athlete, body)
        if activity:
            _change(call, activity, body, _MANUAL)
            activity.values |= _placed(activity.values, athlete)
        made.append(activity or _new(call, athlete, sent))
    return Json([shapes.full(shapes.ACTIVITY, activity.values) for activity in made])


def _match(call: Call, athlete: Athlete, body: Values) -> Activity | None:
    """The activity an upsert would change: same external id, made by the same app."""
    caller, external = call.caller, body.get("external_id")
    if not external or (caller.app is None and not call.sandbox.switches.key_upserts):
        return None
    for activity in call.sandbox.state.activities_of(athlete.id):
        if not activity.deleted and activity.app == caller.app and activity.values.get("external_id") == external:
            return activity
    return None


def _checked_manual(body: Values, existing: Activity | None = None) -> Values:
    sent = fields.checked(body, _MANUAL)
    for key in _NEEDED:
        if key not in sent and existing is None:
            raise invalid(f"{key} is required")
    return sent


def _new(call: Call, athlete: Athlete, sent: Values) -> Activity:
    values = {key: value for key, value in sent.items() if value != -1 or _MANUAL[key] not in _CLEARABLE}
    values.setdefault("name", default_name(values["type"], parse_local(values["start_date_local"]).hour))
    if "icu_training_load" not in values and (load := estimated_load(values, athlete)) is not None:
        values["icu_training_load"] = load
    values.setdefault("elapsed_time", values.get("moving_time", 0))
    values.setdefault("moving_time", values["elapsed_time"])
    return add_activity(call, athlete, values | _placed(values, athlete), "MANUAL")


def _placed(values: Values, athlete: Athlete) -> Values:
    """The instant and the distance that follow from what was typed."""
    local = parse_local(values["start_date_local"]).replace(tzinfo=athlete.zone)
    return {
        "start_date": utc_text(local),
        "timezone": athlete.zone.key,
        **({"icu_distance": values["distance"]} if "distance" in values else {}),
    }


def add_activity(call: Call, athlete: Athlete, values: Values, source: str, old_id: str | None = None) -> Activity:
    """Stores a new activity, or a deleted one anew. `source` gives way to OAUTH_CLIENT where an app made it."""
    sandbox, app = call.sandbox, call.caller.app
    now = stamp(sandbox.now())
    activity_id = old_id or f"i{sandbox.state.ids.number('activity', 190_000_001)}"
    made: Values = {"id": activity_id, "icu_athlete_id": athlete.id, "source": source}
    made |= {"created": now, "analyzed": now, "icu_sync_date": now}
    if app is not None and (source != "MANUAL" or sandbox.switches.manual_names_app):
        name = sandbox.state.apps[app].name
        made |= {"source": "OAUTH_CLIENT", "oauth_client_id": app, "oauth_client_name": name}
    activity = Activity(activity_id, athlete.id, values | made, app=app)
    sandbox.state.activities[activity_id] = activity
    sandbox.load_changed(athlete.id)
    return activity


HANDLERS: dict[str, Handler] = {
    "listActivities": list_activities,
    "getActivity": get_activity,
    "getActivities": get_activities,
    "updateActivity": update_activity,
    "deleteActivity": delete_activity,
    "createManualActivity": create_manual,
    "createMultipleManualActivities": create_manual_bulk,
}
