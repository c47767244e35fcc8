"""What the watch says of heart and breath."""

from __future__ import annotations

from collections.abc import Iterator
from math import pi, sin
from random import Random
from statistics import stdev

from intervals_sandbox.world.apple_export import training
from intervals_sandbox.world.apple_export.days import Day
from intervals_sandbox.world.apple_export.text import CATEGORY, QUANTITY, WATCH, Sample, local, metadata, number

_SEDENTARY, _ACTIVE = (metadata([("HKMetadataKeyHeartRateMotionContext", context)]) for context in (1, 2))
_PRESSURE = metadata([("HKMetadataKeyBarometricPressure", "100.954 kPa")])
_THRESHOLD = metadata([("HKHeartRateEventThreshold", "40 count/min")])
_APPLE_ESTIMATE = metadata([("HKVO2MaxTestType", 2)])


def resting_rate(day: Day) -> int:
    """Beats a minute: a slow wave and a daily scatter."""
    return round(50 + 2.4 * sin(2 * pi * day.date.toordinal() / 61) + day.stream("resting").gauss(0, 1.2))


def heart_rate(day: Day) -> Iterator[Sample]:
    """Every quarter of an hour or so, every five seconds in a workout, nothing while the watch charges."""
    rnd = day.stream("heart rate")
    rest = resting_rate(day)
    at = day.night.start + rnd.randrange(600)
    while at < day.to_bed:
        in_bed = at < day.night.end
        if in_bed and day.night.stages:
            yield _rate(at, number(rest + rnd.gauss(1, 2.5) // 1), _SEDENTARY)
        elif not in_bed and not day.training(at, at + 1):
            active = rnd.random() < 0.2
            rate = rest + rnd.gauss(38, 8) if active else rest + 12 + abs(rnd.gauss(0, 7))
            yield _rate(at, number(rate if rnd.random() < 0.05 else round(rate)), _ACTIVE if active else _SEDENTARY)
        at += rnd.randrange(600, 1200)
    for session in day.sessions:
        yield from training.heart_rate(day.seed, session)


def _rate(at: int, value: str, context: str) -> Sample:
    return Sample(QUANTITY + "HeartRate", WATCH, "count/min", value, at, at, at + 240, context)


def resting_heart_rate(day: Day) -> Iterator[Sample]:
    """One row a day, now and then revised in the evening; the later written one stands first in the file."""
    rnd = day.stream("resting rows")
    start, value = day.at(0, 4), resting_rate(day)
    morning, evening = day.at(8, 30) + rnd.randrange(1200), day.at(20, 30) + rnd.randrange(3600)
    revised = rnd.random() < 0.25
    rows = [(evening, value), (morning, value + rnd.choice((-2, 2, 3)))] if revised else [(morning, value)]
    for end, rate in rows:
        yield Sample(QUANTITY + "RestingHeartRate", WATCH, "count/min", str(rate), start, end, end + 75)


def walking_heart_rate(day: Day) -> Iterator[Sample]:
    end = day.at(19, 40)
    rate = str(day.stream("walking rate").randint(90, 104))
    yield Sample(QUANTITY + "WalkingHeartRateAverage", WATCH, "count/min", rate, day.at(0, 4), end, end + 80)


def recovery(day: Day) -> Iterator[Sample]:
    """One minute after a run or a ride."""
    for session in day.sessions:
        if session.type in ("Run", "Ride"):
            at = int(session.end.timestamp()) + 60
            drop = str(day.stream("recovery").randint(24, 41))
            yield Sample(QUANTITY + "HeartRateRecoveryOneMinute", WATCH, "count/min", drop, at, at, at + 12)


def oxygen_uptake(day: Day) -> Iterator[Sample]:
    """Estimated after outdoor runs and walks."""
    rnd = day.stream("vo2max")
    for session in day.sessions:
        if session.type in ("Run", "Walk"):
            at = int(session.end.timestamp()) + rnd.randrange(20, 90)
            value = f"{49 + 1.2 * sin(2 * pi * day.date.toordinal() / 150) + rnd.gauss(0, 0.15):.2f}"
            yield Sample(QUANTITY + "VO2Max", WATCH, "mL/min·kg", value, at, at, at + 1, _APPLE_ESTIMATE)


def oxygen_saturation(day: Day) -> Iterator[Sample]:
    """Fractions, although the unit says %."""
    rnd = day.stream("oxygen")
    for at in _moments(rnd, day, 3600, 3 * 3600):
        value = number(min(1.0, round(rnd.gauss(0.968, 0.011), 2)))
        yield Sample(QUANTITY + "OxygenSaturation", WATCH, "%", value, at, at + 15, at + 16, _PRESSURE)


def respiration(day: Day) -> Iterator[Sample]:
    """In sleep only."""
    rnd = day.stream("respiration")
    for at in _moments(rnd, day, 1500, None):
        value = number(round(rnd.gauss(14.5, 0.9) * 2) / 2)
        yield Sample(QUANTITY + "RespiratoryRate", WATCH, "count/min", value, at, at, at + 600)


def low_heart_rate(day: Day) -> Iterator[Sample]:
    """A category without a value."""
    if day.night.stages and day.stream("low rate").random() < 0.05:
        at = day.night.start + 4 * 3600
        yield Sample(CATEGORY + "LowHeartRateEvent", WATCH, None, None, at, at + 600, at + 620, _THRESHOLD)


def variability(day: Day) -> Iterator[Sample]:
    """SDNN over about a minute with the beats it was made of: some four a night, one or two a day."""
    rnd = day.stream("variability")
    usual = 64 - 2.2 * (resting_rate(day) - 50) + rnd.gauss(0, 4)
    for at in _moments(rnd, day, 6400, 7 * 3600):
        asleep = at < day.night.end
        rate = resting_rate(day) + (1 if asleep else 14)
        spread = (usual if asleep else usual * 0.75) * rnd.uniform(0.85, 1.15)
        beats = _beats(rnd, 60000 / rate, max(38.0, spread))
        end = at + rnd.randrange(60, 67)
        value, listed = number(10 * stdev(beats)), _beat_list(rnd, at, beats)
        yield Sample(QUANTITY + "HeartRateVariabilitySDNN", WATCH, "ms", value, at, end, end + 5, listed)


def _moments(rnd: Random, day: Day, asleep: int, awake: int | None) -> Iterator[int]:
    """Instants about so many seconds apart while asleep and while awake. None in workouts, or without the watch."""
    if day.night.stages:
        at = day.night.stages[0].start + rnd.randrange(asleep)
        while at < day.night.stages[-1].end - 120:
            yield at
            at += rnd.randrange(asleep // 2, asleep * 3 // 2)
    if awake:
        at = day.night.end + rnd.randrange(awake)
        while at < day.to_bed - 120:
            if not day.training(at, at + 120):
                yield at
            at += rnd.randrange(awake // 2, awake * 3 // 2)


def _beats(rnd: Random, mean: float, spread: float) -> list[int]:
    """Intervals between beats in hundredths of a second: breathing, a slow wave and chance in about equal parts."""
    beats: list[int] = []
    phase = rnd.uniform(0, 2 * pi)
    for _ in range(rnd.randint(26, 38)):
        at = sum(beats) / 100
        wave = 0.85 * sin(2 * pi * 0.24 * at) + 0.75 * sin(2 * pi * 0.09 * at + phase) + rnd.gauss(0, 0.6)
        beats.append(round(max(420.0, mean + spread * wave) / 10))
    return beats


def _beat_list(rnd: Random, start: int, beats: list[int]) -> str:
    """Wall clock with hundredths and a comma, as an English phone in Germany prints it. Some beats went unseen."""
    lines: list[str] = []
    at = start * 100 + rnd.randrange(100, 600)
    for beat in beats:
        unseen = rnd.randint(1, 2) if lines and rnd.random() < 0.06 else 0
        at += beat * (1 + unseen)
        time = f"{local(at // 100):%H:%M:%S},{at % 100:02}"
        lines.append(f'   <InstantaneousBeatsPerMinute bpm="{round(6000 / beat)}" time="{time}"/>\n')
    listed = "".join(lines)
    return f"  <HeartRateVariabilityMetadataList>\n{listed}  </HeartRateVariabilityMetadataList>\n"
