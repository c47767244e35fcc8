"""Steps, distance, stairs, energy and daylight outside workouts: two devices that both count the same walks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from intervals_sandbox.world.apple_export import training
from intervals_sandbox.world.apple_export.days import Day
from intervals_sandbox.world.apple_export.text import CATEGORY, HOUR, PHONE, QUANTITY, WATCH, Sample, Source, number
from intervals_sandbox.world.life import Session

DISTANCE, STEPS = training.DISTANCES["Walk"], training.STEPS


class Counted(NamedTuple):
    """What one device counted of a walk."""

    source: Source
    start: int
    end: int
    steps: int
    alone: float
    """The part of the time that the watch did not see: 0 beside it, 1 where it lay on its charger."""


def walks(day: Day) -> list[Counted]:
    """Everyday walking. The watch counts most of it, the phone about half: beside it, past its end, or alone."""
    rnd = day.stream("walks")
    found: list[Counted] = []
    at, latest = day.night.end + 900, min(day.to_bed, day.at(23, 30)) - 1200
    while at < latest:
        end = at + rnd.randrange(120, 480)
        taken = round((end - at) * rnd.uniform(0.4, 1.6))
        witness = rnd.random()
        if not day.training(at, end):
            if witness < 0.85:
                found.append(Counted(WATCH, at, end, taken, 0.0))
            if witness < 0.4:
                found.append(Counted(PHONE, at + 10, end - 20, round(taken * rnd.uniform(0.8, 1.1)), 0.0))
            elif witness < 0.5 and not day.training(at, end + 60):
                alone = 60 / (end + 60 - at - 30)
                found.append(Counted(PHONE, at + 30, end + 60, round(taken * rnd.uniform(0.8, 1.1)), alone))
            elif witness >= 0.85:
                found.append(Counted(PHONE, at, end, taken, 1.0))
        at = end + rnd.randrange(300, 3900)
    return found


def steps_taken(day: Day) -> float:
    """The day's steps with each moment counted once, the watch before the phone, phone rows shared out evenly."""
    everyday = sum(walk.steps if walk.source is WATCH else walk.steps * walk.alone for walk in walks(day))
    return everyday + sum(
        float(sample.value or 0) for session in _on_foot(day) for sample in training.steps(day.seed, session)
    )


def steps(day: Day) -> Iterator[Sample]:
    for walk in walks(day):
        yield _walked(STEPS, walk, "count", str(walk.steps))
    for session in _on_foot(day):
        yield from training.steps(day.seed, session)


def distance(day: Day) -> Iterator[Sample]:
    for walk in walks(day):
        yield _walked(DISTANCE, walk, "km", number(walk.steps * 0.00072))
    for session in _on_foot(day):
        yield from training.distance(day.seed, session)


def _walked(kind: str, walk: Counted, unit: str, value: str) -> Sample:
    return Sample(kind, walk.source, unit, value, walk.start, walk.end, walk.end + 540)


def _on_foot(day: Day) -> list[Session]:
    return [session for session in day.sessions if session.type in ("Run", "Walk")]


def flights(day: Day) -> Iterator[Sample]:
    rnd = day.stream("flights")
    for walk in walks(day):
        if walk.source is PHONE and rnd.random() < 0.25:
            yield _walked(QUANTITY + "FlightsClimbed", walk, "count", str(rnd.randint(1, 4)))


def active_energy(day: Day) -> Iterator[Sample]:
    """Of the watch alone: what walks and chores burn, and the workouts minute by minute."""
    rnd = day.stream("active energy")
    at = day.night.end + 600
    while at < day.to_bed - 1200:
        end = at + rnd.randrange(300, 1100)
        if not day.training(at, end):
            value = number((end - at) / 60 * rnd.uniform(0.25, 1.4))
            yield Sample(training.ACTIVE_ENERGY, WATCH, "kcal", value, at, end, end + 45)
        at = end + rnd.randrange(0, 1800)
    for session in day.sessions:
        yield from training.active_energy(day.seed, session)


def basal_energy(day: Day) -> Iterator[Sample]:
    """A row an hour without a gap; the last one of a day reaches over midnight."""
    rnd = day.stream("basal energy")
    first, after = day.at(0, 17), day.at(23, 17) + HOUR
    for at in range(first, after, HOUR):
        value = number(rnd.uniform(68, 76))
        yield Sample(QUANTITY + "BasalEnergyBurned", WATCH, "kcal", value, at, at + HOUR, at + HOUR + 200)


def stand_hours(day: Day) -> Iterator[Sample]:
    rnd = day.stream("stand hours")
    for hour in range(7, 22):
        at = day.at(hour)
        value = "HKCategoryValueAppleStandHour" + ("Stood" if rnd.random() < 0.8 else "Idle")
        yield Sample(CATEGORY + "AppleStandHour", WATCH, None, value, at, at + HOUR, at + HOUR + 20)


def daylight(day: Day) -> Iterator[Sample]:
    rnd = day.stream("daylight")
    for hour in sorted(rnd.sample(range(9, 18), 4)):
        at = day.at(hour, rnd.randrange(40))
        minutes = rnd.randint(2, 12)
        yield Sample(QUANTITY + "TimeInDaylight", WATCH, "min", str(minutes), at, at + minutes * 60, at + 1500)


def walking_speed(day: Day) -> Iterator[Sample]:
    rnd = day.stream("walking speed")
    for walk in walks(day)[::6]:
        if walk.source is PHONE:
            yield _walked(QUANTITY + "WalkingSpeed", walk, "km/hr", number(round(rnd.gauss(4.8, 0.3), 3)))
