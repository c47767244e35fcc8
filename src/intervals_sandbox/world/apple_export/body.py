"""Scale, tape, cuff and sleep: what comes once a day or less, and the rows of the night."""

from __future__ import annotations

from collections.abc import Iterator

from intervals_sandbox.world.apple_export.days import CORE, Day
from intervals_sandbox.world.apple_export.text import (
    CATEGORY,
    DAY,
    PHONE,
    QUANTITY,
    SCALE,
    SLEEP_APP,
    WATCH,
    Sample,
    metadata,
    number,
)
from intervals_sandbox.world.life import ZONE

SLEEP = CATEGORY + "SleepAnalysis"
SYSTOLIC, DIASTOLIC = QUANTITY + "BloodPressureSystolic", QUANTITY + "BloodPressureDiastolic"

_TYPED = metadata([("HKWasUserEntered", 1)])
_ZONE = metadata([("HKTimeZone", ZONE)])
_STAGE = "HKCategoryValueSleepAnalysis"


def weight(day: Day) -> Iterator[Sample]:
    if day.weight is not None:
        at = day.night.end + 540
        yield Sample(QUANTITY + "BodyMass", SCALE, "kg", number(day.weight), at, at, at + 35)


def body_fat(day: Day) -> Iterator[Sample]:
    """A fraction, although the unit says %."""
    if day.weight is not None:
        at = day.night.end + 540
        value = number(round(day.stream("body fat").gauss(0.148, 0.004), 4))
        yield Sample(QUANTITY + "BodyFatPercentage", SCALE, "%", value, at, at, at + 35)


def waist(day: Day) -> Iterator[Sample]:
    """Typed in on the phone every other Sunday, now and then two days late."""
    if day.date.toordinal() % 14 == 0:
        rnd = day.stream("waist")
        at = day.night.end + 1200
        typed = at + (2 * DAY if rnd.random() < 0.3 else 8)
        value = number(round(rnd.gauss(82, 0.5) * 2) / 2)
        yield Sample(QUANTITY + "WaistCircumference", PHONE, "cm", value, at, at, typed, _TYPED)


def blood_pressure(day: Day) -> list[Sample]:
    """Systolic and diastolic, on Wednesdays; members of a correlation."""
    if day.date.weekday() != 2:
        return []
    rnd = day.stream("blood pressure")
    at = day.night.end + 1500
    return [
        Sample(kind, SCALE, "mmHg", str(rnd.randint(*between)), at, at, at + 20)
        for kind, between in ((SYSTOLIC, (108, 126)), (DIASTOLIC, (66, 79)))
    ]


def systolic(day: Day) -> Iterator[Sample]:
    yield from blood_pressure(day)[:1]


def diastolic(day: Day) -> Iterator[Sample]:
    yield from blood_pressure(day)[1:]


def wrist_temperature(day: Day) -> Iterator[Sample]:
    if day.night.stages:
        first, last = day.night.stages[0], day.night.stages[-1]
        value = number(round(day.stream("wrist temperature").gauss(35.4, 0.22), 3))
        yield Sample(
            QUANTITY + "AppleSleepingWristTemperature", WATCH, "degC", value, first.start, last.end, last.end + 900
        )


def sleep(day: Day) -> Iterator[Sample]:
    """Stages of the watch, time in bed of the phone, one long generic row of an app, and now and then a nap.

    Some nights have no time in bed; some have nothing else, and then no nap. The app repeats a row now and then, the
    phone adds a blip of seconds, and the watch a generic row over its first stages.
    """
    rnd = day.stream("sleep rows")
    night, stages = day.night, day.night.stages
    written = night.end + 60
    if not stages or rnd.random() < 0.85:
        yield Sample(SLEEP, PHONE, None, _STAGE + "InBed", night.start, night.end, written, _ZONE)
        if rnd.random() < 0.2:
            yield Sample(SLEEP, PHONE, None, _STAGE + "InBed", night.end + 20, night.end + 22, written, _ZONE)
    if stages and rnd.random() < 0.6:
        start, end = stages[0].start - rnd.randrange(600), stages[-1].end + rnd.randrange(400)
        generic = Sample(SLEEP, SLEEP_APP, None, _STAGE + "AsleepUnspecified", start, end, written + 300)
        yield from (generic, generic) if rnd.random() < 0.1 else (generic,)
    if stages and rnd.random() < 0.15:
        yield Sample(SLEEP, WATCH, None, _STAGE + "AsleepUnspecified", stages[0].start, stages[2].end, written, _ZONE)
    for stage in stages:
        yield Sample(SLEEP, WATCH, None, _STAGE + stage.kind, stage.start, stage.end, written, _ZONE)
    if stages and rnd.random() < 0.08:
        at = day.at(14, rnd.randrange(50))
        end = at + rnd.randrange(20, 36) * 60
        yield Sample(SLEEP, WATCH, None, _STAGE + CORE, at, end, end + 300, _ZONE)


def mindful(day: Day) -> Iterator[Sample]:
    rnd = day.stream("mindful")
    if rnd.random() < 0.35:
        at = day.at(21, rnd.randrange(20))
        end = at + rnd.randrange(3, 11) * 60
        value = "HKCategoryValueNotApplicable"
        yield Sample(CATEGORY + "MindfulSession", WATCH, None, value, at, end, end + 2)


def sleep_goal(day: Day) -> Iterator[Sample]:
    """Its type is named as no other."""
    if day.date.day == 1:
        at = day.at(20, 30)
        yield Sample("HKDataTypeSleepDurationGoal", PHONE, "hr", "8", at, at, at)
