"""The followed athletes: six months of activities and wellness each, seeded by name and day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from intervals_sandbox.state import Athlete, Values
from intervals_sandbox.world.life import stream
from intervals_sandbox.world.people import KINDS, Kind, Person
from intervals_sandbox.world.sketch import Place, Sketch

DAYS = 182
"""Six months."""


class Done(NamedTuple):
    """A sketch, and how the service came to know of it."""

    sketch: Sketch
    source: str
    private: bool = False


def athlete(person: Person, athlete_id: str) -> Athlete:
    name = f"{person.first} {person.last}"
    facts: Values = {
        "id": athlete_id,
        "name": name,
        "firstname": person.first,
        "lastname": person.last,
        "sex": person.sex,
        "timezone": person.zone,
        "locale": "en",
        "measurement_preference": "METRIC",
        "email": f"{person.first}.{person.last}@example.com".lower().replace(" ", "."),
        "icu_weight": person.weight,
        "icu_resting_hr": person.resting,
        "icu_form_as_percent": True,
        "visibility": "PUBLIC",
        "status": "ACTIVE",
        "plan": "FREE",
        "icu_wellness_keys": ["weight", "restingHR", "hrv", "sleepSecs", "mood", "soreness"],
        **({"private_wellness_keys": list(person.hides)} if person.hides else {}),
    }
    return Athlete(athlete_id, facts, sport_settings=sport_settings(athlete_id, person))


_RIDES = ["Ride", "VirtualRide", "GravelRide", "MountainBikeRide", "EBikeRide", "TrackRide"]
_RUNS = ["Run", "TrailRun", "VirtualRun"]
_SPORTS: tuple[tuple[list[str], float], ...] = (
    (_RIDES, 0.96),
    (_RUNS, 1.0),
    (["Swim", "OpenWaterSwim"], 0.95),
    (["Other"], 0.96),
)
"""Activity types, and their threshold heart rate as a share of the runner's. The last are for all other types."""


def sport_settings(athlete_id: str, person: Person) -> list[Values]:
    return [_sport(athlete_id, person, number, types, share) for number, (types, share) in enumerate(_SPORTS, 1)]


def _sport(athlete_id: str, person: Person, number: int, types: list[str], share: float) -> Values:
    lthr, powered = round(person.lthr * share), types is _RIDES
    settings: Values = {
        "id": int(athlete_id.strip("i")) % 100_000 * 10 + number,
        "athlete_id": athlete_id,
        "types": types,
        "other": types == ["Other"],
        "lthr": lthr,
        "max_hr": person.max_hr,
        "hr_zones": [*(round(lthr * percent / 100) for percent in (81, 89, 93, 99, 102, 105)), person.max_hr],
        "hr_zone_names": [
            "Recovery",
            "Aerobic",
            "Tempo",
            "SubThreshold",
            "SuperThreshold",
            "Aerobic Capacity",
            "Anaerobic",
        ],
        "hr_load_type": "HRSS",
        "load_order": "POWER_HR_PACE",
        "warmup_time": 600,
        "cooldown_time": 600,
    }
    if powered:
        settings |= {"ftp": person.ftp, "indoor_ftp": person.ftp - 8, "w_prime": 18_000, "p_max": person.ftp * 4}
        settings["power_zones"] = [55, 75, 90, 105, 120, 150, 999]
        settings["power_zone_names"] = [
            "Recovery",
            "Endurance",
            "Tempo",
            "Threshold",
            "VO2 Max",
            "Anaerobic",
            "Neuromuscular",
        ]
    if types is _RUNS:
        settings |= {"threshold_pace": 3.7, "pace_units": "MINS_KM", "pace_load_type": "RUN"}
    return settings


def training(seed: int, person: Person, today: date) -> Iterator[Done]:
    """Six months, oldest first. Today counts only where it has passed before it begins in Europe."""
    zone = ZoneInfo(person.zone)
    midnight = datetime.combine(today, time(), ZoneInfo("Europe/Berlin"))
    for back in range(DAYS, -1, -1):
        day = today - timedelta(days=back)
        rnd = stream(seed, person.first, person.last, "day", day)
        kind = person.week[day.weekday()]
        if not kind or rnd.random() < person.skips:
            continue
        local = datetime.combine(day, time(person.hour, rnd.randrange(10, 55)), zone)
        sketch = drawn_up(seed, person, KINDS[kind], local.astimezone(UTC))
        if sketch.start + timedelta(seconds=sketch.elapsed) < midnight:
            source = "STRAVA" if rnd.random() < person.strava else "GARMIN_CONNECT"
            yield Done(sketch, source, rnd.random() < person.private)


def drawn_up(seed: int, person: Person, kind: Kind, start: datetime) -> Sketch:
    """A session of a kind that starts then."""
    rnd = stream(seed, person.first, person.last, "session", start)
    moving = round(rnd.uniform(*kind.minutes) * 60)
    stops = 0 if kind.indoor or kind.efforts else rnd.choice((0, 0, rnd.randrange(30, 400)))
    distance = round(moving * rnd.uniform(*kind.speed), 1) or None
    average = round(person.lthr * rnd.uniform(*kind.effort))
    scatter = Place(person.place.lat + rnd.uniform(-0.03, 0.03), person.place.lng + rnd.uniform(-0.03, 0.03))
    return Sketch(
        seed=seed,
        start=start,
        type=kind.type,
        name=rnd.choice(kind.names),
        elapsed=moving + stops,
        moving=moving,
        average_heartrate=average,
        max_heartrate=min(average + rnd.randint(12, 22), person.max_hr),
        distance=distance,
        calories=round(moving / 60 * average * person.weight / 1000),
        ascent=round(distance / 1000 * kind.climb * rnd.uniform(0.7, 1.4), 1) if distance and kind.climb else None,
        watts=round(person.ftp * rnd.uniform(*kind.power)) if kind.power else None,
        indoor=kind.indoor,
        pauses=((moving // 2, stops),) if stops else (),
        place=None if kind.indoor else scatter,
        efforts=kind.efforts,
    )


def wellness(seed: int, person: Person, today: date) -> dict[date, Values]:
    """What a watch and a scale tell of each day."""
    days: dict[date, Values] = {}
    for back in range(DAYS if person.watches else 0, 0, -1):
        day = today - timedelta(days=back)
        rnd = stream(seed, person.first, person.last, "wellness", day)
        record: Values = {
            "restingHR": person.resting + round(rnd.gauss(0, 2)),
            "hrv": round(62 + rnd.gauss(0, 9), 1),
            "sleepSecs": round(rnd.gauss(7.3, 0.7) * 3600),
            "steps": max(900, round(rnd.gauss(9500, 3000))),
        }
        if rnd.random() < 0.4:
            record["weight"] = round(person.weight + rnd.gauss(0, 0.4), 1)
        days[day] = record
    return days
