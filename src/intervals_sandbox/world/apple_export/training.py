"""What the watch records during a workout. Everything follows from one curve: the distance covered by moving second."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate
from math import cos, exp, pi, sin
from random import Random
from typing import NamedTuple

from intervals_sandbox.world.apple_export.text import QUANTITY, WATCH, Sample, number
from intervals_sandbox.world.life import Session, stream

HEART_RATE, ACTIVE_ENERGY, STEPS = QUANTITY + "HeartRate", QUANTITY + "ActiveEnergyBurned", QUANTITY + "StepCount"
DISTANCES = {
    "Run": QUANTITY + "DistanceWalkingRunning",
    "Walk": QUANTITY + "DistanceWalkingRunning",
    "Ride": QUANTITY + "DistanceCycling",
    "Swim": QUANTITY + "DistanceSwimming",
}

_LATE = 8
"""Seconds until a sample is stored."""
_READING, _TALLY = 15, 30
"""Seconds between readings of a sensor, and between rows that count something."""
_WAVES = {"Intervals": (6, 0.28)}
_STEADY = (3, 0.07)
"""How often the speed swells in a workout, and how much of it."""
_WATTS_PER_SPEED = 78
"""Of a runner of this weight, at 1 m/s."""
_SET = 8
"""Pool lengths between two rests."""


class Slice(NamedTuple):
    """A part of the moving time: moving seconds since the start, and the instants they fell on."""

    moved: int
    moved_end: int
    start: int
    end: int


class Length(NamedTuple):
    start: int
    end: int
    strokes: int
    first_of_set: bool


def begin(session: Session) -> int:
    return int(session.start.timestamp())


def stretches(session: Session) -> list[tuple[int, int]]:
    """Offset and length of each stretch between pauses, in seconds."""
    parts, at = [], 0
    for offset, length in (*session.pauses, (session.elapsed, 0)):
        if offset > at:
            parts.append((at, offset - at))
        at = offset + length
    return parts


def slices(session: Session, every: int) -> Iterator[Slice]:
    """The moving time cut into pieces; none reaches over a pause."""
    moved = 0
    for offset, length in stretches(session):
        start = begin(session) + offset
        for at in range(0, length, every):
            until = min(at + every, length)
            yield Slice(moved + at, moved + until, start + at, start + until)
        moved += length


def covered(session: Session, moved: float) -> float:
    """Metres after so many moving seconds."""
    times, swell = _WAVES.get(session.name, _STEADY)
    part = moved / session.moving
    return (session.distance or 0.0) * (part + swell * sin(2 * pi * times * part) / (2 * pi * times))


def speed(session: Session, moved: float) -> float:
    """m/s: the slope of `covered`."""
    return (session.distance or 0.0) / session.moving * effort(session, moved)


def effort(session: Session, moved: float) -> float:
    """How hard it is just then; 1 on average."""
    times, swell = _WAVES.get(session.name, _STEADY)
    return 1 + swell * cos(2 * pi * times * moved / session.moving)


def heart_rate(seed: int, session: Session) -> Iterator[Sample]:
    """About every five seconds, in pauses too. The mean rounds to the session's average, the highest is its maximum."""
    rnd = stream(seed, "workout heart rate", session.start)
    offsets = [2]
    while offsets[-1] < session.elapsed - 7:
        offsets.append(offsets[-1] + rnd.choice((4, 5, 5, 6, 7)))
    shape = [
        22 * (effort(session, at / session.elapsed * session.moving) - 1)
        - 26 * exp(-at / 170)
        + 7 * at / session.elapsed
        + rnd.gauss(0, 1.6)
        for at in offsets
    ]
    for at, rate in zip(offsets, _fitted(rnd, shape, session.average_heartrate, session.max_heartrate), strict=True):
        instant = begin(session) + at
        yield Sample(HEART_RATE, WATCH, "count/min", str(rate), instant, instant, instant + _LATE)


def _fitted(rnd: Random, shape: list[float], average: int, highest: int) -> list[int]:
    """The shape moved and clipped until the mean lies within 0.4 of the average and the top is the highest."""
    mean = sum(shape) / len(shape)
    rates = [min(highest - 1, round(average + value - mean)) for value in shape]
    rates[shape.index(max(shape))] = highest
    missing = round((average + rnd.uniform(-0.4, 0.4)) * len(rates)) - sum(rates)
    step, index = (1 if missing > 0 else -1), 0
    while missing:
        if rates[index] < highest and rates[index] + step < highest:
            rates[index] += step
            missing -= step
        index = (index + 7) % len(rates)
    return rates


def active_energy(seed: int, session: Session) -> Iterator[Sample]:
    """A row a minute; together the session's calories."""
    rnd = stream(seed, "workout energy", session.start)
    pieces = list(slices(session, 60))
    weights = [(piece.moved_end - piece.moved) * rnd.uniform(0.85, 1.15) for piece in pieces]
    burnt = session.calories / sum(weights)
    for piece, weight in zip(pieces, weights, strict=True):
        yield _sample(ACTIVE_ENERGY, "kcal", number(burnt * weight), piece)


def distance(seed: int, session: Session) -> Iterator[Sample]:
    if session.type == "Swim":
        for length in lengths(seed, session):
            yield _sample(DISTANCES["Swim"], "m", str(session.pool_length), length)
        return
    for piece in slices(session, _TALLY):
        metres = covered(session, piece.moved_end) - covered(session, piece.moved)
        yield _sample(DISTANCES[session.type], "km", number(metres / 1000), piece)


def steps(seed: int, session: Session) -> Iterator[Sample]:
    """Runs and walks: the only trace of cadence that Health keeps."""
    rnd = stream(seed, "workout steps", session.start)
    cadence = 112 if session.type == "Walk" else rnd.uniform(164, 172)
    for piece in slices(session, _TALLY):
        faster = 1 + (effort(session, piece.moved) - 1) / 4
        taken = cadence * faster * (piece.moved_end - piece.moved) / 60
        yield _sample(STEPS, "count", str(max(1, round(taken + rnd.gauss(0, 0.5)))), piece)


def strokes(seed: int, session: Session) -> Iterator[Sample]:
    for length in lengths(seed, session):
        yield _sample(QUANTITY + "SwimmingStrokeCount", "count", str(length.strokes), length)


def power(seed: int, session: Session) -> Iterator[Sample]:
    rnd = stream(seed, "workout power", session.start)
    runs = session.type == "Run"
    kind = "RunningPower" if runs else "CyclingPower"
    usual = _WATTS_PER_SPEED * (session.distance or 0) / session.moving if runs else rnd.uniform(165, 195)
    for piece in slices(session, _READING):
        watts = round(usual * effort(session, piece.moved) ** 1.5 + rnd.gauss(0, 14))
        yield _sample(QUANTITY + kind, "W", str(max(0, watts)), piece)


def speeds(_seed: int, session: Session) -> Iterator[Sample]:
    kind = "RunningSpeed" if session.type == "Run" else "CyclingSpeed"
    for piece in slices(session, _READING):
        metres = covered(session, piece.moved_end) - covered(session, piece.moved)
        yield _sample(QUANTITY + kind, "km/hr", number(3.6 * metres / (piece.moved_end - piece.moved)), piece)


def pedalling(seed: int, session: Session) -> Iterator[Sample]:
    """Now and then the legs rest."""
    rnd = stream(seed, "workout cadence", session.start)
    for piece in slices(session, _READING):
        turns = 0 if not session.indoor and rnd.random() < 0.05 else round(rnd.gauss(87, 3))
        yield _sample(QUANTITY + "CyclingCadence", "count/min", str(turns), piece)


def _sample(kind: str, unit: str, value: str, piece: Slice | Length) -> Sample:
    return Sample(kind, WATCH, unit, value, piece.start, piece.end, piece.end + _LATE)


def lengths(seed: int, session: Session) -> list[Length]:
    """The pool lengths of a swim, with a rest at the wall between two sets."""
    rnd = stream(seed, "pool", session.start)
    number_of = round((session.distance or 0) / (session.pool_length or 1))
    rests = [rnd.randrange(15, 31) if index % _SET == 0 and index else 0 for index in range(number_of)]
    shares = [rnd.uniform(0.94, 1.06) for _ in range(number_of)]
    swum = (session.elapsed - sum(rests) - 12) / sum(shares)
    ends = [round(end) for end in accumulate(share * swum for share in shares)]
    waited = list(accumulate(rests))
    first = begin(session) + 6
    return [
        Length(first + start + wait, first + end + wait, rnd.randint(14, 20), index % _SET == 0)
        for index, (start, end, wait) in enumerate(zip([0, *ends], ends, waited, strict=False))
    ]


Series = Callable[[int, Session], Iterator[Sample]]

SERIES: Mapping[str, tuple[Series, ...]] = {
    "Run": (heart_rate, active_energy, distance, steps, power, speeds),
    "Walk": (heart_rate, active_energy, distance, steps),
    "Ride": (heart_rate, active_energy, distance, power, pedalling, speeds),
    "Swim": (heart_rate, active_energy, distance, strokes),
    "WeightTraining": (heart_rate, active_energy),
}
"""What is recorded in a workout, by Intervals.icu type."""
