"""Workout elements: metadata twice, events, parts that repeat events and statistics, statistics, routes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import pairwise
from random import Random
from typing import NamedTuple
from uuid import UUID

from intervals_sandbox.world.apple_export import training
from intervals_sandbox.world.apple_export.routes import Route, routes
from intervals_sandbox.world.apple_export.text import QUANTITY, WATCH, Records, Sample, metadata, number
from intervals_sandbox.world.life import ZONE, Session, stream

ACTIVITIES = {
    "Run": "Running",
    "Ride": "Cycling",
    "Swim": "Swimming",
    "WeightTraining": "TraditionalStrengthTraining",
    "Walk": "Walking",
}
"""HealthKit's name of an Intervals.icu type."""

_KILOMETRE, _MILE = 1000.0, 1609.344
_BASAL_KCAL_PER_SECOND = 0.02
_CUMULATIVE = ("Distance", "StepCount", "StrokeCount", "EnergyBurned")
_FREESTYLE, _BREASTSTROKE = 2, 4


class Part(NamedTuple):
    """A WorkoutActivity."""

    start: int
    end: int
    step: str | None
    """Which step of a planned interval workout."""


class _Event(NamedTuple):
    kind: str
    start: int
    seconds: float | None
    entries: tuple[tuple[str, object], ...] = ()


def parts(session: Session) -> list[Part]:
    """One; for intervals warm-up, work and cool-down."""
    if session.name != "Intervals":
        return [_whole(session)]
    start, end, _ = _whole(session)
    edges = (start, start + 600, end - 480, end)
    return [Part(a, b, f"{step}.0.0") for step, (a, b) in enumerate(pairwise(edges))]


def _whole(session: Session) -> Part:
    start = training.begin(session)
    return Part(start, start + session.elapsed, None)


def workout(records: Records, seed: int, session: Session) -> str:
    """The whole element. Its figures are the session's."""
    rnd = stream(seed, "workout", session.start)
    events = sorted(_events(seed, session), key=lambda event: event.start)
    samples = [list(series(seed, session)) for series in training.SERIES[session.type]]
    moments = [piece.start for piece in training.slices(session, 1)]
    whole = _whole(session)
    about = metadata(_about(seed, session))
    stamps = records.stamps
    activities = ""
    for part in parts(session):
        inside = [event for event in events if part.start <= event.start < part.end]
        step = metadata([("WOIntervalStepKeyPath", part.step)], 3) if part.step else ""
        moving = sum(part.start <= moment < part.end for moment in moments)
        activities += (
            f'  <WorkoutActivity uuid="{_identifier(rnd)}" startDate="{stamps(part.start)}" '
            f'endDate="{stamps(part.end)}" duration="{moving / 60!r}" durationUnit="min">\n'
            f"{_event_lines(records, inside, 3)}{_statistics(records, part, samples, 3)}{step}  </WorkoutActivity>\n"
        )
    return (
        f' <Workout workoutActivityType="HKWorkoutActivityType{ACTIVITIES[session.type]}" '
        f'duration="{session.moving / 60!r}" durationUnit="min" {records.origin(WATCH)} '
        f'creationDate="{stamps(whole.end + 7)}" startDate="{stamps(whole.start)}" endDate="{stamps(whole.end)}">\n'
        f"{about}{_event_lines(records, events, 2)}{activities}{_statistics(records, whole, samples, 2)}"
        f"{''.join(_route(records, seed, route) for route in routes(session, parts(session)))}{about} </Workout>\n"
    )


def _about(seed: int, session: Session) -> Iterator[tuple[str, object]]:
    rnd = stream(seed, "weather", session.start)
    yield "HKIndoorWorkout", int(session.indoor)
    if session.ascent is not None:
        yield "HKElevationAscended", f"{session.ascent * 100:.0f} cm"
    if not session.indoor and not session.pool_length:
        yield "HKWeatherHumidity", f"{rnd.randrange(40, 95) * 100} %"
        yield "HKWeatherTemperature", f"{rnd.uniform(32, 70):.4f} degF"
    if session.pool_length:
        yield "HKLapLength", f"{session.pool_length} m"
        yield "HKSwimmingLocationType", 1
    yield "HKTimeZone", ZONE
    yield "HKAverageMETs", f"{session.calories / 72 / (session.moving / 3600) + 1:.5g} kcal/hr·kg"


def _events(seed: int, session: Session) -> Iterator[_Event]:
    """Pauses; kilometres and miles, which overlap; lengths and sets in the pool."""
    paused, resumed = ("MotionPaused", "MotionResumed") if session.type == "Ride" else ("Pause", "Resume")
    begin = training.begin(session)
    for offset, length in session.pauses:
        yield _Event(paused, begin + offset, None)
        if offset + length < session.elapsed:
            yield _Event(resumed, begin + offset + length, None)
    if session.type == "Swim":
        yield from _pool_events(seed, session)
    elif session.distance:
        for size in (_KILOMETRE, _MILE):
            yield from _splits(session, size)


def _pool_events(seed: int, session: Session) -> Iterator[_Event]:
    lengths = training.lengths(seed, session)
    firsts = [index for index, length in enumerate(lengths) if length.first_of_set]
    for first, after in zip(firsts, [*firsts[1:], len(lengths)], strict=True):
        yield _Event("Segment", lengths[first].start, lengths[after - 1].end - lengths[first].start)
    for length in lengths:
        seconds = length.end - length.start
        style = _BREASTSTROKE if length.first_of_set else _FREESTYLE
        swolf = seconds + length.strokes
        yield _Event("Lap", length.start, seconds, (("HKSwimmingStrokeStyle", style), ("HKSWOLFScore", f"{swolf:.1f}")))


def _splits(session: Session, size: float) -> Iterator[_Event]:
    """Every full kilometre or mile. Their duration leaves pauses out, as the workout's does."""
    instants = [piece.start for piece in training.slices(session, 1)]
    done = [training.covered(session, moved) for moved in range(len(instants))]
    marks = [bisect_left(done, size * full) for full in range(int(done[-1] // size) + 1)]
    for first, after in pairwise(marks):
        yield _Event("Segment", instants[first], after - first)


def _event_lines(records: Records, events: Iterable[_Event], indent: int) -> str:
    return "".join(_event(records, event, indent) for event in events)


def _event(records: Records, event: _Event, indent: int) -> str:
    pad = " " * indent
    lasting = "" if event.seconds is None else f' duration="{event.seconds / 60!r}" durationUnit="min"'
    head = f'{pad}<WorkoutEvent type="HKWorkoutEventType{event.kind}" date="{records.stamps(event.start)}"{lasting}'
    inner = metadata(event.entries, indent + 1)
    return f"{head}>\n{inner}{pad}</WorkoutEvent>\n" if inner else f"{head}/>\n"


def _statistics(records: Records, span: Part, samples: list[list[Sample]], indent: int) -> str:
    """One line a type, over the samples that start in the span; basal energy by the clock."""
    dates = f'startDate="{records.stamps(span.start)}" endDate="{records.stamps(span.end)}"'
    basal = number((span.end - span.start) * _BASAL_KCAL_PER_SECOND)
    lines = [f'type="{QUANTITY}BasalEnergyBurned" {dates} sum="{basal}" unit="kcal"']
    for series in samples:
        values = [float(sample.value or 0) for sample in series if span.start <= sample.start < span.end]
        if values:
            lines.append(f'type="{series[0].type}" {dates} {_figures(series[0], values)} unit="{series[0].unit}"')
    return "".join(f"{' ' * indent}<WorkoutStatistics {line}/>\n" for line in lines)


def _figures(kind: Sample, values: list[float]) -> str:
    if any(word in kind.type for word in _CUMULATIVE):
        return f'sum="{number(sum(values))}"'
    mean, least, most = sum(values) / len(values), min(values), max(values)
    return f'average="{number(mean)}" minimum="{number(least)}" maximum="{number(most)}"'


def _identifier(rnd: Random) -> str:
    return str(UUID(int=rnd.getrandbits(128), version=4)).upper()


def _route(records: Records, seed: int, route: Route) -> str:
    identifier = _identifier(stream(seed, "route", route.start))
    entries = [("HKMetadataKeySyncVersion", 2), ("HKMetadataKeySyncIdentifier", identifier)]
    stamps = records.stamps
    return (
        f'  <WorkoutRoute {records.origin(WATCH)} creationDate="{stamps(route.end + 14)}" '
        f'startDate="{stamps(route.start)}" endDate="{stamps(route.end)}">\n{metadata(entries, 3)}'
        f'   <FileReference path="/workout-routes/{route.file_name}"/>\n  </WorkoutRoute>\n'
    )
