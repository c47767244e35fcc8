"""An athlete's fitness numbers, computed from activities and planned workouts when somebody reads them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from intervals_sandbox.fitness import Fitness, Spans, Start, fitness
from intervals_sandbox.sandbox import Sandbox
from intervals_sandbox.state import Athlete, Values

PAST, AHEAD = timedelta(days=366 * 30), timedelta(days=366 * 2)
"""How far from today a load still counts."""


def fitness_of(sandbox: Sandbox, athlete: Athlete) -> Fitness:
    """Every day from the first load to today, and on to the last planned workout."""
    today = sandbox.today(athlete)
    if athlete.fitness is None or athlete.fitness[0] != today:
        athlete.fitness = today, _computed(sandbox, athlete, today)
    return athlete.fitness[1]


def _computed(sandbox: Sandbox, athlete: Athlete, today: date) -> Fitness:
    loads: dict[date, float] = defaultdict(int)
    for activity in sandbox.state.activities_of(athlete.id):
        if activity.load and not activity.deleted and _near(activity.day, today):
            loads[activity.day] += activity.load
    for day, event in _events(athlete, "WORKOUT"):
        if day > today and event.get("icu_training_load") and _near(day, today):
            loads[day] += event["icu_training_load"]
    starts = {
        day: Start(event["icu_ctl"], event["icu_atl"])
        for day, event in _events(athlete, "SET_FITNESS")
        if "icu_ctl" in event and "icu_atl" in event and _near(day, today)
    }
    spans = {
        day: Spans(event["ctl_days"], event["atl_days"])
        for day, event in _events(athlete, "FITNESS_DAYS")
        if event.get("ctl_days", 0) > 0 and event.get("atl_days", 0) > 0
    }
    return fitness(loads, today, starts, spans)


def _events(athlete: Athlete, category: str) -> Iterator[tuple[date, Values]]:
    for event in athlete.events.values():
        if event["category"] == category:
            yield date.fromisoformat(event["start_date_local"][:10]), event


def _near(day: date, today: date) -> bool:
    return today - PAST <= day <= today + AHEAD
