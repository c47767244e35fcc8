"""Workouts of the app's versions 1 and 2: totals as `{qty, units}`, series, and a route.

A workout and its series have a source of their own: the series are a part of what the day's samples or summaries say
already, and belong to the workout alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, pairwise
from typing import Any
from zoneinfo import ZoneInfo

from intervals_companion.derive.workouts import choose
from intervals_companion.domain.activity import RoutePoint, Statistic, Workout
from intervals_companion.domain.samples import (
    QUANTITY_PREFIX,
    ROUTE,
    WORKOUT,
    Row,
    Source,
    pack_metadata,
    source_key,
)
from intervals_companion.domain.summaries import WORKOUT_SERIES, How
from intervals_companion.domain.units import UnknownUnit, convert
from intervals_companion.formats.details import route_row, workout_row
from intervals_companion.formats.gpx import fix
from intervals_companion.health.apple_export.workouts import DISTANCES
from intervals_companion.health.auto_export import periods, sports
from intervals_companion.health.bridge import (
    NO_NUMBER,
    Items,
    Json,
    Read,
    Reason,
    Unusable,
    measured,
    number,
    objects,
    point,
    text,
    unit,
)
from intervals_companion.health.bridge_names import kind
from intervals_companion.health.stamps import stamp

ROUTE_BROKEN = Reason("route points without a place or time", "Nothing to do: the rest of the map is used.")
DURATION_BROKEN = Reason("with a duration that cannot be", "Nothing to do: the workout counts from start to end.")
SPORT_UNKNOWN = Reason(
    "whose sport is not known by its name", "Choose the sport at Intervals.icu: heart rate and the rest are kept."
)
SERIES_BROKEN = Reason("readings inside a workout that cannot be read", "Nothing to do: the rest is used.")

MOST_READINGS = 100_000
"""Of a series or a route: one a second for more than a day."""
MOST_METADATA = 200
"""Entries of a workout's metadata; real ones have some ten."""
LONGEST_METADATA = 1000
"""Characters of a name or value in it."""
TOO_MANY = Reason(
    "readings inside a workout beyond a hundred thousand", "Choose minutes for the workout’s time grouping."
)

EXTERNAL_ID = "HKExternalUUID"
"""HKMetadataKeyExternalUUID as exports write it."""

_LONGEST = 31 * periods.HOUR * 24

_SUMS = {
    "activeEnergyBurned": "ActiveEnergyBurned",
    "totalSwimmingStrokeCount": "SwimmingStrokeCount",
    "flightsClimbed": "FlightsClimbed",
}

_ABOUT = {
    "elevationUp": "HKElevationAscended", "elevationDown": "HKElevationDescended",
    "temperature": "HKWeatherTemperature", "humidity": "HKWeatherHumidity", "lapLength": "HKLapLength",
    "avgSpeed": "HKAverageSpeed", "maxSpeed": "HKMaximumSpeed", "intensity": "HKAverageMETs",
}  # fmt: skip
"""Quantities that HealthKit keeps as text in a workout's metadata."""

_SERIES = {
    "heartRateData": "HeartRate", "stepCount": "StepCount", "walkingAndRunningDistance": "DistanceWalkingRunning",
    "cyclingDistance": "DistanceCycling", "cyclingCadence": "CyclingCadence", "cyclingPower": "CyclingPower",
    "cyclingSpeed": "CyclingSpeed", "swimDistance": "DistanceSwimming", "swimStroke": "SwimmingStrokeCount",
    "activeEnergy": "ActiveEnergyBurned", "runningPower": "RunningPower", "runningSpeed": "RunningSpeed",
}  # fmt: skip


def read_workout(item: Json, home: ZoneInfo, into: Read) -> None:
    """Raises Unusable for a workout without start and end."""
    start, end = periods.span(item, "start", "end", home)
    if start == end:  # some apps write the length nowhere else
        end += round((_duration(item, _LONGEST) or 0) * 1000)
    if end - start > _LONGEST:
        raise Unusable(periods.ENDS_BEFORE)
    name = text(item.get("name"))
    activity = sports.activity(name, item, _speed(item, end - start))
    workout = Workout(
        start=start, end=end, activity=activity, source=WORKOUT_SERIES, duration=_duration(item, end - start),
        statistics=dict(_statistics(item, activity)), metadata=_metadata(item, name, activity),
    )  # fmt: skip
    own = _identity(item)
    if workout.duration is None and item.get("duration") is not None:
        into.tell("workouts", DURATION_BROKEN)
    if activity == sports.OTHER and name and name.casefold() != "other":
        into.tell("workouts", SPORT_UNKNOWN)
    into.sample(WORKOUT, WORKOUT_SERIES, workout_row(workout))
    for field, short in _SERIES.items():
        _series(objects(item.get(field)), short, workout, own, home, into)
    _route(objects(item.get("route")), own, home, into)


def _identity(item: Json) -> dict[str, str]:
    """The app's id of a workout, as HealthKit keeps the ids of others.

    Every row of the workout carries it: what a later delivery says of that id takes the place of all of them.
    """
    given = item.get("id")
    known = isinstance(given, str | int) and not isinstance(given, bool)
    return {EXTERNAL_ID: str(given)[:LONGEST_METADATA]} if known and str(given).strip() else {}


def _speed(item: Json, elapsed: int) -> float | None:
    """m/s over the whole workout."""
    total, seconds = _quantity(item.get("distance")), _duration(item, elapsed) or elapsed / 1000
    try:
        return None if total is None or not seconds else convert(total[0], total[1], "m") / seconds
    except UnknownUnit:
        return None


def _duration(item: Json, elapsed: int) -> float | None:
    """Seconds without pauses."""
    try:
        seconds = number(item.get("duration"))
    except Unusable:
        return None
    return seconds if 0 <= seconds <= elapsed / 1000 + 1 else None


# --- totals ----------------------------------------------------------------------------------------------------------


def _quantity(value: Any) -> tuple[float, str] | None:
    """`{qty, units}` as a number and the unit as Health spells it; None where it is neither."""
    if not isinstance(value, dict):
        return None
    try:
        written = unit(text(value.get("units")))
        return measured("", number(value.get("qty")), written), written
    except Unusable:
        return None


def _statistics(item: Json, activity: str) -> Iterator[tuple[str, Statistic]]:
    distance = DISTANCES.get(activity, "DistanceWalkingRunning")
    for field, short in {**_SUMS, "distance": distance}.items():
        total = _quantity(item.get(field))
        if total is not None:
            yield QUANTITY_PREFIX + short, Statistic(total[1], total[0])
    energy = _quantity(item.get("activeEnergy"))
    if energy is not None and "activeEnergyBurned" not in item:  # version 1
        yield f"{QUANTITY_PREFIX}ActiveEnergyBurned", Statistic(energy[1], energy[0])
    beats = _heart_rate(item)
    if beats is not None:
        yield f"{QUANTITY_PREFIX}HeartRate", beats


def _heart_rate(item: Json) -> Statistic | None:
    """Minimum, average and maximum stand in `heartRate`, in older builds beside it."""
    inside = item.get("heartRate")
    given: Mapping[str, Any] = inside if isinstance(inside, dict) else {}
    found = [
        _quantity(value)
        for value in (
            given.get("avg") or item.get("avgHeartRate"), given.get("min"), given.get("max") or item.get("maxHeartRate")
        )
    ]  # fmt: skip
    known = next((one for one in found if one is not None), None)
    if known is None:
        return None
    average, lowest, highest = (one[0] if one is not None and one[1] == known[1] else None for one in found)
    return Statistic(known[1], None, average, lowest, highest)


def _metadata(item: Json, name: str, activity: str) -> dict[str, str]:
    given = item.get("metadata")
    entries = given.items() if isinstance(given, dict) else ()
    found = {
        text(key): text(str(value)) for key, value in islice(entries, MOST_METADATA)
        if isinstance(value, str | int | float) and not isinstance(value, bool)
        and len(key) <= LONGEST_METADATA and len(str(value)) <= LONGEST_METADATA
    }  # fmt: skip
    found |= _identity(item)
    climb = item.get("elevation")
    if isinstance(climb, dict):  # version 1
        item = {**item, "elevationUp": {"qty": climb.get("ascent"), "units": climb.get("units")}}
    for field, key in _ABOUT.items():
        quantity = _quantity(item.get(field))
        if quantity is not None:
            found[key] = f"{quantity[0] * 100 if quantity[1] == '%' else quantity[0]:g} {quantity[1]}"
    where = text(item.get("location")).casefold()
    if item.get("isIndoor") is True or where == "indoor":
        found["HKIndoorWorkout"] = "1"
    elif item.get("isIndoor") is False or where == "outdoor":
        found["HKIndoorWorkout"] = "0"
    if activity == "Swimming":
        swum = {"pool": "1", "open water": "2"}.get(where) or ("2" if "open water" in name.casefold() else None)
        found |= {"HKSwimmingLocationType": swum} if swum else {}
    if activity == sports.OTHER and name:
        found["HKWorkoutBrandName"] = name
    return found


# --- series and route ------------------------------------------------------------------------------------------------


def _series(items: Items, short: str, workout: Workout, own: dict[str, str], home: ZoneInfo, into: Read) -> None:
    """Readings every second or every minute, as the app is set, of the source that saw most of the workout.

    The app mixes its sources in one series: added up, a watch and a phone would count every step twice.
    """
    what = kind(short)
    assert what is not None
    sources: dict[Source, dict[int, tuple[float, str]]] = {}
    for place, item in enumerate(items):
        if place >= MOST_READINGS:
            into.leave_out(short, TOO_MANY)
            continue
        try:
            written = unit(text(item.get("units")) or what.unit)
            qty = next((item[key] for key in ("qty", "Avg", "avg") if item.get(key) is not None), None)
            time, reading = stamp(item.get("date"), home).instant, (measured(what.type, number(qty), written), written)
        except Unusable:
            into.leave_out(short, SERIES_BROKEN)
            continue
        name = text(item.get("source"))[:LONGEST_METADATA]
        sources.setdefault(Source(source_key(name), name), {})[time] = reading
    candidates = {source: _rows(readings, what.how, workout, own) for source, readings in sources.items()}
    for row in choose(workout, candidates):
        into.sample(what.type, WORKOUT_SERIES, row)


def _rows(readings: Mapping[int, tuple[float, str]], how: How, workout: Workout, own: dict[str, str]) -> list[Row]:
    """What adds up lasts until the next reading, and so does the mean of a minute; a reading of a second is a point.

    What lies before or after the workout, like the minutes of recovery, is no part of it.
    """
    times = sorted(readings)
    step = min((later - earlier for earlier, later in pairwise(times)), default=periods.MINUTE)
    lasts = min(step, periods.MINUTE) if how is How.SUM or step >= periods.MINUTE else 0
    metadata = pack_metadata(own.items())
    found = []
    for time in times:
        start, end = max(time, workout.start), min(time + lasts, workout.end)
        if start < end or (not lasts and start == time <= workout.end):
            value, written = readings[time]
            found.append(point((start, end), value, written)._replace(metadata=metadata))
    return found


def _route(items: Items, own: dict[str, str], home: ZoneInfo, into: Read) -> None:
    points: list[RoutePoint] = []
    for item in items:
        if len(points) >= MOST_READINGS:
            into.leave_out("route", TOO_MANY)
            continue
        try:
            points.append(_point(item, home))
        except Unusable:
            into.leave_out("route", ROUTE_BROKEN)
    if points:
        points.sort(key=lambda one: one.time)
        row = route_row(points)._replace(metadata=pack_metadata(own.items()))
        into.sample(ROUTE, WORKOUT_SERIES, row)


def _point(item: Json, home: ZoneInfo) -> RoutePoint:
    get = item.get
    latitude, longitude = _written(get("latitude", get("lat"))), _written(get("longitude", get("lon")))
    if latitude is None or longitude is None:
        raise Unusable(ROUTE_BROKEN)
    try:
        return fix(
            stamp(get("timestamp"), home).instant, latitude, longitude, _written(get("altitude")),
            _written(get("speed")), _written(get("course")),
            _written(get("horizontalAccuracy")), _written(get("verticalAccuracy")),
        )  # fmt: skip
    except ValueError as problem:
        raise Unusable(NO_NUMBER) from problem


def _written(value: Any) -> str | None:
    return None if value is None else str(number(value))
