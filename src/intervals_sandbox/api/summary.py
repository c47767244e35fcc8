"""The athlete summary: what the caller and those they follow did, week by week."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from starlette.responses import Response

from intervals_sandbox import shapes
from intervals_sandbox.access import permission
from intervals_sandbox.answers import CSV, Json, table
from intervals_sandbox.api.athlete import tags
from intervals_sandbox.call import Call, Handler
from intervals_sandbox.errors import denied
from intervals_sandbox.state import Activity, Athlete
from intervals_sandbox.times import each_day
from intervals_sandbox.training import AHEAD, PAST, fitness_of

_SUMS = {
    "elapsed_time": "elapsed_time",
    "moving_time": "moving_time",
    "time": "moving_time",
    "distance": "distance",
    "calories": "calories",
    "total_elevation_gain": "total_elevation_gain",
    "training_load": "icu_training_load",
}
"""Field of a row -> the activity field it adds up."""


def athlete_summary(call: Call) -> Response:
    """A token sees its own athlete only; a key all that are followed or coached."""
    athlete = call.athlete()
    if athlete.id != call.caller.athlete.id:
        raise denied()
    today = call.sandbox.today(athlete)
    end = min(call.query.day("end") or today, today + AHEAD)
    start = max(call.query.day("start") or end - timedelta(days=6), today - PAST)
    wanted = call.query.names("tags")
    rows = [
        row
        for other in call.sandbox.state.athletes.values()
        if permission(call.caller, other) != "NONE" and (not wanted or set(wanted) & set(tags(athlete, other) or ()))
        for row in _rows(call, other, start, end)
    ]
    return table(rows, shapes.SUMMARY) if call.parameters["ext"] == CSV else Json(rows)


def _rows(call: Call, athlete: Athlete, start: date, end: date) -> Iterable[dict[str, Any]]:
    weekly = call.sandbox.switches.summary_rows == "week"
    activities = [item for item in call.sandbox.state.activities_of(athlete.id) if not item.deleted]
    for first, days in groupby(each_day(start, end), key=_monday if weekly else None):
        inside = list(days)
        yield _row(
            call, athlete, first, inside[-1], [item for item in activities if inside[0] <= item.day <= inside[-1]]
        )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _row(call: Call, athlete: Athlete, first: date, last: date, activities: Sequence[Activity]) -> dict[str, Any]:
    zones = [
        sum(held) for held in zip(*(item.values.get("icu_hr_zone_times", [0] * 7) for item in activities), strict=False)
    ]
    values: dict[str, Any] = {
        "athlete_id": athlete.id,
        "athlete_name": athlete.name,
        "date": first.isoformat(),
        "timeInZones": zones or None,
        "timeInZonesTot": sum(zones),
        **_totals(activities),
    }
    if numbers := fitness_of(call.sandbox, athlete).get(min(last, call.sandbox.today(athlete))):
        ctl, atl, ramp = (float(f"{number:.8g}") for number in numbers[:3])
        values |= {"fitness": ctl, "fatigue": atl, "form": float(f"{ctl - atl:.8g}"), "rampRate": ramp}
    weighed = [day for day, record in athlete.wellness.items() if "weight" in record and day <= last]
    hidden = athlete.id != call.caller.athlete.id and "weight" in athlete.facts.get("private_wellness_keys", ())
    if weighed and not (hidden and call.sandbox.switches.hide_private_wellness):
        values["weight"] = athlete.wellness[max(weighed)]["weight"]
    if recorded := [day for day in athlete.wellness if day <= last]:
        values["mostRecentWellnessId"] = max(recorded).isoformat()
    by_type = sorted((item for item in activities if not item.stub), key=_type)
    values["byCategory"] = [
        shapes.full(shapes.CATEGORY_SUMMARY, {"category": kind, **_totals(list(members))})
        for kind, members in groupby(by_type, key=_type)
    ]
    return shapes.full(shapes.SUMMARY, values)


def _type(activity: Activity) -> str:
    return str(activity.values.get("type", "Other"))


def _totals(activities: Sequence[Activity]) -> dict[str, Any]:
    sums = {key: sum(item.values.get(field) or 0 for item in activities) for key, field in _SUMS.items()}
    return {"count": len(activities), **sums, "distance": round(sums["distance"], 2)}


HANDLERS: dict[str, Handler] = {"getAthleteSummary": athlete_summary}
