"""The fields of an activity, worked out from its recording and the athlete's settings."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from statistics import fmean
from typing import Any
from zoneinfo import ZoneInfo

from intervals_sandbox.files.recording import Recording
from intervals_sandbox.files.tracks import climbed
from intervals_sandbox.loads import heart_load, normalized_power, power_load, seconds_at, trimp, zone_times
from intervals_sandbox.state import Athlete, Values
from intervals_sandbox.times import local_text, utc_text

_WORDS = {"Ride": "Ride", "WeightTraining": "Weight Training", "Workout": "Workout"}
_PARTS = ((5, "Night"), (11, "Morning"), (14, "Lunch"), (18, "Afternoon"), (22, "Evening"), (24, "Night"))
"""First hour after, and the part of the day."""

_PACED = ("Run", "TrailRun", "VirtualRun", "Swim", "OpenWaterSwim", "Walk", "Hike")


def sport_of(athlete: Athlete, kind: str) -> Values:
    """The sport settings for an activity type; the last ones are for all other types."""
    fallback = athlete.sport_settings[-1]
    return next((sport for sport in athlete.sport_settings if kind in sport["types"]), fallback)


def default_name(kind: str, hour: int) -> str:
    part = next(word for before, word in _PARTS if hour < before)
    spaced = "".join(f" {letter}" if letter.isupper() else letter for letter in kind).strip()
    return f"{part} {_WORDS.get(kind, spaced)}"


def summary(recording: Recording, athlete: Athlete) -> Values:
    """What the service shows of a recording. Only fields that have a value."""
    sport = sport_of(athlete, recording.type)
    zone: ZoneInfo = athlete.zone
    moving, elapsed = round(recording.moving), round(recording.elapsed)
    distance = recording.distance
    if distance is None and (covered := recording.present("distance")):
        distance = covered[-1]
    speed = round(distance / moving, 3) if distance and moving else None
    values: Values = {
        "type": recording.type,
        "start_date": utc_text(recording.start),
        "start_date_local": local_text(recording.start, zone),
        "timezone": zone.key,
        "name": default_name(recording.type, recording.start.astimezone(zone).hour),
        "elapsed_time": elapsed,
        "moving_time": moving,
        "icu_recording_time": recording.samples or elapsed,
        "distance": distance,
        "icu_distance": distance,
        "average_speed": speed,
        "pace": speed if recording.type in _PACED else None,
        "max_speed": max(recording.present("velocity_smooth"), default=None),
        "calories": recording.calories,
        "trainer": recording.indoor,
        "device_name": recording.device,
        "pool_length": recording.pool_length,
        "file_sport_index": recording.sport_index,
        "icu_lap_count": len(recording.laps) or None,
        "stream_types": stream_types(recording) or None,
        "icu_weight": athlete.facts.get("icu_weight"),
        "icu_resting_hr": athlete.facts.get("icu_resting_hr"),
        **_altitude(recording),
        **_averages(recording),
        **_heart(recording, athlete, sport),
    }
    values |= _power(recording, sport, moving)
    values |= load_values(values, moving)
    return {key: value for key, value in values.items() if value is not None}


def stream_types(recording: Recording) -> list[str]:
    names = [name for name in recording.columns if name not in ("lat", "lng")]
    return [*names, *(["latlng"] if "lat" in recording.columns else []), *(["hrv"] if recording.rr else [])]


def _altitude(recording: Recording) -> Values:
    heights = recording.present("altitude")
    if not heights:
        return {"total_elevation_gain": recording.ascent}
    up, down = climbed(recording.columns["altitude"])
    return {
        "total_elevation_gain": round(up if recording.ascent is None else recording.ascent, 1),
        "total_elevation_loss": round(down, 1),
        "average_altitude": round(fmean(heights), 1),
        "min_altitude": min(heights),
        "max_altitude": max(heights),
    }


def _averages(recording: Recording) -> Values:
    cadence = [value for value in recording.present("cadence") if value]
    temperatures = recording.present("temp")
    return {
        "average_cadence": round(fmean(cadence), 2) if cadence else None,
        "average_temp": round(fmean(temperatures), 1) if temperatures else None,
        "min_temp": round(min(temperatures)) if temperatures else None,
        "max_temp": round(max(temperatures)) if temperatures else None,
    }


def _heart(recording: Recording, athlete: Athlete, sport: Values) -> Values:
    """From the file's own average where no heart rate was recorded."""
    rates = recording.present("heartrate")
    average = fmean(rates) if rates else recording.average_heartrate
    if not average:
        return {"has_heartrate": False}
    seconds: Mapping[int, float] = {round(average): recording.moving}
    if rates:
        seconds = seconds_at(recording.columns["time"], recording.columns["heartrate"])
    highest = max(rates, default=recording.max_heartrate or average)
    return heart_values(seconds, average, highest, athlete, sport)


def heart_values(
    seconds: Mapping[int, float], average: float, highest: float, athlete: Athlete, sport: Values
) -> Values:
    """Heart rate, the time in its zones, and the load it makes."""
    resting = _resting(athlete, sport)
    impulse = trimp(seconds, resting, sport["max_hr"])
    return {
        "has_heartrate": True,
        "average_heartrate": round(average),
        "max_heartrate": round(highest),
        "athlete_max_hr": sport["max_hr"],
        "lthr": sport["lthr"],
        "icu_hr_zones": sport["hr_zones"],
        "icu_hr_zone_times": zone_times(seconds, sport["hr_zones"]),
        "trimp": round(impulse, 2),
        "hr_load": heart_load(impulse, resting, sport["max_hr"], sport["lthr"]),
        "hr_load_type": "HRSS",
    }


def _resting(athlete: Athlete, sport: Values) -> float:
    """Never near the threshold, whatever the settings say: the formula divides by what lies between."""
    threshold: float = sport["lthr"]
    return min(athlete.facts.get("icu_resting_hr") or 60.0, threshold - 30)


def _power(recording: Recording, sport: Values, moving: int) -> Values:
    watts, ftp = recording.present("watts"), sport.get("ftp")
    if not watts:
        return {}
    weighted = normalized_power(recording.columns["watts"])
    average = fmean(watts)
    values: Values = {
        "device_watts": True,
        "icu_average_watts": round(average),
        "icu_weighted_avg_watts": round(weighted),
        "icu_joules": round(sum(watts)),
        "icu_variability_index": round(weighted / average, 3) if average else None,
        "icu_ftp": ftp,
    }
    if ftp:
        bounds = [round(ftp * percent / 100) for percent in sport["power_zones"]]
        seconds = seconds_at(recording.columns["time"], recording.columns["watts"])
        held = zip(range(1, len(bounds) + 1), zone_times(seconds, bounds), strict=True)
        values["icu_power_zones"] = sport["power_zones"]
        values["icu_zone_times"] = [{"id": f"Z{number}", "secs": secs} for number, secs in held]
        values["power_load"] = power_load(weighted, ftp, moving)
    return values


def load_values(values: Mapping[str, Any], moving: int) -> Values:
    """Power before heart rate. Intensity is in percent: 100 is an hour's best."""
    load = values.get("power_load", values.get("hr_load"))
    if load is None or not moving:
        return {}
    return {"icu_training_load": load, "icu_intensity": round(sqrt(load * 36 / moving) * 100, 2)}


def estimated_load(sent: Mapping[str, Any], athlete: Athlete) -> int | None:
    """The load of a manual activity from its average heart rate and moving time, if it has both."""
    average, moving = sent.get("average_heartrate", 0), sent.get("moving_time", 0)
    if average <= 0 or moving <= 0:
        return None
    sport = sport_of(athlete, sent.get("type", ""))
    resting, highest = _resting(athlete, sport), sport["max_hr"]
    return heart_load(trimp({average: moving}, resting, highest), resting, highest, sport["lthr"])
