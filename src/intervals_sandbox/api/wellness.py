"""Wellness: one record per athlete and local day. Only the keys that are sent change; a locked day swallows writes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from starlette.responses import Response

from intervals_sandbox import shapes
from intervals_sandbox.answers import CSV, Json, empty, table
from intervals_sandbox.api import fields
from intervals_sandbox.call import Call, Handler
from intervals_sandbox.errors import Refusal, bad_request, invalid, not_found
from intervals_sandbox.queries import bad_type
from intervals_sandbox.state import Athlete, Values, custom_codes
from intervals_sandbox.times import parse_day, stamp
from intervals_sandbox.training import fitness_of

_PHASES = ("PERIOD", "FOLLICULAR", "OVULATING", "LUTEAL", "NONE")
_INTEGERS = (
    *("restingHR", "sleepSecs", "sleepQuality", "soreness", "fatigue", "stress", "mood", "motivation", "injury"),
    *("hydration", "systolic", "diastolic", "steps", "kcalConsumed"),
)
_NUMBERS = (
    *("weight", "hrv", "hrvSDNN", "avgSleepingHR", "sleepScore", "hydrationVolume", "spO2", "respiration"),
    *("bloodGlucose", "lactate", "bodyFat", "abdomen", "vo2max", "carbohydrates", "protein", "fatTotal"),
    *("readiness", "baevskySI"),
)
_CHECKS: Mapping[str, fields.Check] = {
    **dict.fromkeys(_INTEGERS, fields.integer),
    **dict.fromkeys(_NUMBERS, fields.number),
    "menstrualPhase": fields.one_of(_PHASES),
    "comments": fields.text,
    "locked": fields.flag,
}
_CUSTOM: Mapping[str, fields.Check] = {"numeric": fields.number, "text": fields.text, "select": fields.anything}
_COMPUTED = frozenset(
    (
        *("ctl", "atl", "rampRate", "ctlLoad", "atlLoad", "sportInfo", "updated", "menstrualPhasePredicted"),
        *("tempWeight", "tempRestingHR"),
    )
)
_CARRIED = {"weight": ("icu_weight", "tempWeight"), "restingHR": ("icu_resting_hr", "tempRestingHR")}
"""Field -> the athlete's setting, and the flag that says the value is not of that day."""

_CLEARED = object()


def list_records(call: Call) -> Response:
    """Ascending, both ends included, a row for every day with a record or fitness numbers."""
    athlete = call.athlete()
    oldest, newest = call.query.day("oldest") or date.min, call.query.day("newest") or date.max
    days = sorted({*athlete.wellness, *fitness_of(call.sandbox, athlete)})
    rows = [_shown(call, athlete, day) for day in days if oldest <= day <= newest]
    if call.parameters["ext"] == CSV:
        flat = [key for key in shapes.WELLNESS if key not in ("id", "sportInfo")]
        return table(rows, call.query.names("cols") or ["id", *flat, *_codes(call, athlete)], {"id": "date"})
    wanted = call.query.names("fields")
    return Json([shapes.selected(row, wanted) for row in rows])


def get_record(call: Call) -> Response:
    athlete, day = call.athlete(), _day(call)
    if day not in athlete.wellness and day not in fitness_of(call.sandbox, athlete):
        raise not_found("Wellness record")
    return Json(_shown(call, athlete, day))


def _shown(call: Call, athlete: Athlete, day: date) -> dict[str, Any]:
    """A record as answered: every known key, the athlete's own codes where they hold a value, the day's fitness."""
    stored = athlete.wellness.get(day)
    values = {"id": day.isoformat(), "tempWeight": False, "tempRestingHR": False, **(stored or {})}
    if stored is not None and call.sandbox.switches.carry_in_settings:
        for key, (setting, flag) in _CARRIED.items():
            if key not in stored and setting in athlete.facts:
                values.update({key: athlete.facts[setting], flag: True})
    if numbers := fitness_of(call.sandbox, athlete).get(day):
        ctl, atl, ramp = (float(f"{number:.8g}") for number in numbers[:3])
        values.update(ctl=ctl, atl=atl, rampRate=ramp, ctlLoad=numbers.load, atlLoad=numbers.load)
    record = shapes.full(shapes.WELLNESS, values)
    record |= {code: values[code] for code in _codes(call, athlete) if code in values}
    if athlete.id != call.caller.athlete.id and call.sandbox.switches.hide_private_wellness:
        record |= dict.fromkeys(athlete.facts.get("private_wellness_keys", ()))
    return record


def _codes(call: Call, athlete: Athlete) -> Iterable[str]:
    """The custom fields that the caller sees: of another athlete those that are not private."""
    return custom_codes(athlete, shared_only=athlete.id != call.caller.athlete.id)


def put_day(call: Call) -> Response:
    return _put(call, _day(call), call.json_object())


def put_record(call: Call) -> Response:
    body = call.json_object()
    return _put(call, _record_day(body), body)


def _put(call: Call, day: date, body: Values) -> Response:
    athlete = call.athlete()
    changes = _changes(call, athlete, day, body)
    kept = _write(call, athlete, day, changes)
    if kept and call.query.day("localDate") == day:
        for key, (setting, _) in _CARRIED.items():
            if key in changes and changes[key] is not _CLEARED:
                athlete.facts[setting] = changes[key]
    return Json(_shown(call, athlete, day))


def put_bulk(call: Call) -> Response:
    athlete = call.athlete()
    good: list[tuple[date, Values]] = []
    bad: Refusal | None = None
    for body in call.json_objects():
        try:
            day = _record_day(body)
            good.append((day, _changes(call, athlete, day, body)))
        except Refusal as refusal:
            bad = bad or refusal
    if bad is None or not call.sandbox.switches.bulk_all_or_nothing:
        for day, changes in good:
            _write(call, athlete, day, changes)
    if bad:
        wrap = call.sandbox.switches.bulk_errors_in_array and bad.status == 422
        raise Refusal(bad.status, [bad.body]) if wrap else bad
    return empty()


def upload(call: Call) -> Response:
    """CSV with a header line; the first column, `date` or `id`, is the day."""
    athlete = call.athlete()
    if "file" not in call.incoming.body.files:
        raise invalid("Required request part 'file' is not present")
    lenient = call.query.flag("ignoreMissingFields")
    known = {"id", *shapes.WELLNESS, *custom_codes(athlete)}
    try:
        rows = list(csv.DictReader(io.StringIO(call.incoming.body.files["file"].decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        raise bad_request() from None
    records: list[tuple[date, Values]] = []
    for row in rows:
        cells = {"id" if key == "date" else key: cell for key, cell in row.items() if key and cell}
        body = {key: _parsed(athlete, key, cell) for key, cell in cells.items() if key in known or not lenient}
        day = _record_day(body)
        records.append((day, _changes(call, athlete, day, body)))
    for day, changes in records:
        _write(call, athlete, day, changes)
    return Json({})


def _parsed(athlete: Athlete, key: str, cell: str) -> Any:
    numeric = key in (*_INTEGERS, *_NUMBERS) or custom_codes(athlete).get(key) == "numeric"
    if key == "locked":
        return cell.lower() == "true"
    try:
        return float(cell) if numeric else cell
    except ValueError:
        raise bad_request(f"{key} must be a number") from None


def _day(call: Call) -> date:
    text = call.parameters["date"]
    try:
        return parse_day(text)
    except ValueError:
        raise bad_type(text, date, call.sandbox.switches.leak_bad_types) from None


def _record_day(body: Values) -> date:
    try:
        return parse_day(str(body["id"]))
    except KeyError:
        raise invalid("id is required") from None
    except ValueError:
        raise invalid(f"Invalid id [{body['id']}]") from None


def _changes(call: Call, athlete: Athlete, day: date, body: Values) -> Values:
    """What a body asks to change on a day, checked. Raises Refusal, and then nothing of the record is written."""
    switches = call.sandbox.switches
    checks = {**_CHECKS, **{code: _CUSTOM[kind] for code, kind in custom_codes(athlete).items()}}
    changes: Values = {}
    for key, value in body.items():
        if key == "id" or (key in _COMPUTED and switches.computed_fields == "ignored"):
            continue
        if key not in checks:
            raise invalid(f"Unrecognized wellness field [{key}] for athlete {athlete.id}")
        if value is None:
            changes |= {key: _CLEARED} if switches.null_clears else {}
        elif value == -1 and checks[key] in (fields.integer, fields.number):
            changes[key] = _CLEARED
        elif key == "comments" and value == "":
            changes |= {key: _CLEARED} if switches.empty_comment_clears else {}
        else:
            changes[key] = checks[key](key, value)
    status = switches.locked_write_status
    if status != 200 and athlete.wellness.get(day, {}).get("locked"):
        raise Refusal(status, {"status": status, "error": "Wellness record is locked"})
    return changes


def _write(call: Call, athlete: Athlete, day: date, changes: Values) -> bool:
    """Merges changes into the day, which is created if missing; False where the day is locked and nothing changed."""
    record = athlete.wellness.setdefault(day, {})
    if record.get("locked"):
        return False
    for key, value in changes.items():
        if value is _CLEARED:
            record.pop(key, None)
        elif key != "locked" or value:
            record[key] = value
    record["updated"] = stamp(call.sandbox.now())
    return True


HANDLERS: dict[str, Handler] = {
    "listWellnessRecords": list_records,
    "getRecord": get_record,
    "updateWellness": put_day,
    "updateWellness_1": put_record,
    "updateWellnessBulk": put_bulk,
    "uploadWellness": upload,
}
