"""Routes as GPX files: one point a second along a closed way through the park."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from math import cos, degrees, pi, radians, sin
from typing import NamedTuple, Protocol

from attrs import frozen

from intervals_sandbox.world.apple_export import training
from intervals_sandbox.world.apple_export.text import local
from intervals_sandbox.world.life import Session, stream

_HOME_LATITUDE, _HOME_LONGITUDE, _HOME_ALTITUDE = 52.4745, 13.4010, 47.0
_METRES_PER_DEGREE = 111_195.0
"""Of latitude on a sphere of 6371 km."""
_UNKNOWN_COURSE_SECONDS = 4
_ON_ROUTE = ("Run", "Ride", "Walk")

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="Apple Health Export" xmlns="http://www.topografix.com/GPX/1/1" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://www.topografix.com/GPX/1/1 http://www.topografix.com/GPX/1/1/gpx.xsd">
  <metadata>
    <time>{exported}</time>
  </metadata>
  <trk>
    <name>{name}</name>
    <trkseg>
"""
_TAIL = "    </trkseg>\n  </trk>\n</gpx>\n"


class Span(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


@frozen
class Route:
    """The points of one file: instants of the first and the last."""

    session: Session
    start: int
    end: int

    @property
    def file_name(self) -> str:
        """After the end on the athlete's clock, daylight saving included, to the minute."""
        return f"route_{local(self.end):%Y-%m-%d}_{_clock(self.end, '.')}.gpx"

    @property
    def title(self) -> str:
        return f"Route {local(self.end):%Y-%m-%d} {_clock(self.end, ':')}"


def _clock(instant: int, sign: str) -> str:
    wall = local(instant)
    return f"{wall.hour % 12 or 12}{sign}{wall:%M}{'am' if wall.hour < 12 else 'pm'}"


class _Point(NamedTuple):
    time: int
    latitude: float
    longitude: float
    altitude: float
    speed: float
    course: float


def routes(session: Session, parts: Sequence[Span]) -> Iterator[Route]:
    """One for each part of an outdoor workout on the road; without the pause that ends it, if any."""
    if session.indoor or session.type not in _ON_ROUTE:
        return
    offset, length = training.stretches(session)[-1]
    last = training.begin(session) + offset + length - 1
    for part in parts:
        yield Route(session, part.start, min(part.end - 1, last))


def gpx(seed: int, route: Route, exported: datetime) -> Iterator[str]:
    """The file in pieces."""
    stamp = exported.astimezone(UTC)
    yield _HEAD.format(exported=f"{stamp:%Y-%m-%dT%H:%M:%SZ}", name=route.title)
    rnd = stream(seed, "gps", route.start)
    near, high = 1.5, 1.2
    for point in _way(seed, route.session):
        if route.start <= point.time <= route.end:
            if point.time % 8 == 0:
                near, high = rnd.choice((1.2, 1.5, 2.1, 3.4)), rnd.choice((1.0, 1.2, 1.7))
            course = point.course if point.time - route.start >= _UNKNOWN_COURSE_SECONDS else -1.0
            when = datetime.fromtimestamp(point.time, UTC).isoformat()[:19]
            yield (
                f'      <trkpt lon="{point.longitude:.6f}" lat="{point.latitude:.6f}"><ele>{point.altitude:.6f}</ele>'
                f"<time>{when}Z</time><extensions><speed>{point.speed:.6f}</speed><course>{course:.6f}</course>"
                f"<hAcc>{near:.6f}</hAcc><vAcc>{high:.6f}</vAcc></extensions></trkpt>\n"
            )
    yield _TAIL


def _way(seed: int, session: Session) -> Iterator[_Point]:
    """A loop with bends: the heading turns once around and sways. Its length is the session's distance."""
    rnd = stream(seed, "way", session.start)
    first, bends = rnd.uniform(0, 2 * pi), [(times, rnd.uniform(0, 2 * pi)) for times in (3, 7, 19)]
    north = east = done = 0.0
    hills = max(1, round((session.ascent or 0) / 20))
    for piece in training.slices(session, 1):
        part = piece.moved / session.moving
        heading = first + 2 * pi * part + sum(1.4 / times**0.5 * sin(2 * pi * times * part + at) for times, at in bends)
        metres = training.covered(session, piece.moved) - done
        done += metres
        north += metres * cos(heading)
        east += metres * sin(heading)
        yield _Point(
            piece.start,
            _HOME_LATITUDE + north / _METRES_PER_DEGREE,
            _HOME_LONGITUDE + east / (_METRES_PER_DEGREE * cos(radians(_HOME_LATITUDE))),
            _HOME_ALTITUDE + (session.ascent or 0) / hills * (1 - cos(2 * pi * hills * part)) / 2,
            round(training.speed(session, piece.moved), 2),
            round(degrees(heading) % 360, 1),
        )
