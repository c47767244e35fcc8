"""Routes as Apple's export writes them: GPX 1.1, one `trkpt` a second, extensions without a namespace.

    <trkpt lon="6.1" lat="48.6"><ele>362.0</ele><time>2019-09-24T10:22:37Z</time><extensions><speed>0.98</speed>
    <course>50.5</course><hAcc>6.7</hAcc><vAcc>6.4</vAcc></extensions></trkpt>

`time` is UTC, `speed` m/s, `course` degrees, `hAcc` and `vAcc` metres. Core Location writes a negative number for a
speed, course or accuracy it does not know.

expat reads every such file, but calls Python sixteen times a point. A regular expression takes the points of a file
laid out exactly like this in half the time, and only if nothing but blanks is left between `<trkseg>` and
`</trkseg>` while expat finds the rest well-formed and without a point.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from xml.parsers import expat

from intervals_companion.domain.activity import RoutePoint
from intervals_companion.domain.errors import DamagedInput
from intervals_companion.domain.numbers import NotFinite, decimal, moment

MOST_BYTES = 24 * 2**20
"""The largest real route files have 3 MB; a day with a point a second has 19."""
MOST_POINTS = 90_000
"""A day with a point a second has 86,400; each takes some 300 bytes while a route is read."""
POINT_BYTES = 200
"""What a point counts for at least, against the limit of a whole export: a short one takes as long to read. Apple's
have 220."""
DEEPEST = 50
"""Elements inside one another: Apple's files nest five deep, and the parser remembers each that is open."""
LONGEST_TOKEN_BYTES = 2**16
"""A tag that has not ended after so many bytes never will; a point has 220 with all its elements."""
LONGEST_TEXT = 1000
"""Characters of one value of a point: the longest real one, a time, has 20."""
MOST_NAMES = 1000
"""Different element and attribute names: Apple's files have 20."""

_PIECE_BYTES = 2**15
_FAST_BYTES = 8 * 2**20
"""Up to here a file is read as one text, which is twice as fast and takes eight times its size."""
_CURE = "Export again on the iPhone if the map of that workout matters; everything else is imported."
_EPOCH, _MS = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)
_FARTHEST = 2_000_000.0
"""More metres, or m/s, than anything on Earth has: a number beyond is not known."""


_DIGITS, _TIME = r"(-?\d{1,9}(?:\.\d{1,15})?)", r"(\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\dZ)"
_POINT = re.compile(
    f'<trkpt lon="{_DIGITS}" lat="{_DIGITS}"><ele>{_DIGITS}</ele><time>{_TIME}</time><extensions>'
    f"<speed>{_DIGITS}</speed><course>{_DIGITS}</course><hAcc>{_DIGITS}</hAcc><vAcc>{_DIGITS}</vAcc>"
    "</extensions></trkpt>",
    re.ASCII,
)
_BLANKS = " \t\r\n"


def read_route(data: bytes) -> list[RoutePoint]:
    """The points of a route file by time, at least one: those without a place or time are left out.

    Raises DamagedInput where none is left, and for a file that breaks off: of that nothing is taken.
    Half a route would be another sample than the whole one, and stay beside it for ever.
    """
    if not data:
        raise DamagedInput("The route file is empty.", _CURE)
    if len(data) > MOST_BYTES:
        raise DamagedInput(f"The route file is larger than {MOST_BYTES >> 20} MB.", _CURE)
    if b"<!DOCTYPE" in data:
        raise DamagedInput("This is not a route file of Apple Health.", _CURE)
    points = (len(data) <= _FAST_BYTES and _in_apples_layout(data)) or _in_any_layout(data)
    if not points:
        raise DamagedInput("The route file has no points.", _CURE)
    return sorted(points, key=lambda point: point.time)


def cost(data: bytes) -> int:
    """How much of the limit of a whole export a route file takes, in bytes: known before it is read."""
    return max(len(data), data.count(b"<trkpt") * POINT_BYTES)


def fix(
    time: int, latitude: str, longitude: str, altitude: str | None,
    speed: str | None, course: str | None, horizontal: str | None, vertical: str | None,
) -> RoutePoint:  # fmt: skip
    """A point from texts; what is absent, unknown or absurd is None. Raises ValueError without a place on Earth."""
    here = decimal(latitude), decimal(longitude)
    if not (-90 <= here[0] <= 90 and -180 <= here[1] <= 180):
        raise ValueError("not a place on Earth")
    height = _number(altitude)
    return RoutePoint(
        time, *here, height if height is not None and -_FARTHEST < height < _FARTHEST else None,
        _known(speed), _known(course), _known(horizontal), _known(vertical),
    )  # fmt: skip


def _known(text: str | None) -> float | None:
    value = _number(text)
    return value if value is not None and 0 <= value < _FARTHEST else None


def _number(text: str | None) -> float | None:
    """None for what is absent or not finite. Raises ValueError for what is no number at all."""
    try:
        return None if text is None else decimal(text)
    except NotFinite:
        return None


def _in_apples_layout(data: bytes) -> list[RoutePoint]:
    """Nothing, where any byte among the points is not as Apple writes it."""
    head, opened, rest = data.partition(b"<trkseg>")
    segment, closed, tail = rest.rpartition(b"</trkseg>")
    if not opened or not closed or b"<!" in data:
        return []
    if _in_any_layout(head + opened + b"\n" * segment.count(b"\n") + closed + tail):
        return []
    try:
        between, *columns = _parted(segment.decode())
        return [] if "".join(between).strip(_BLANKS) else _points(*columns)
    except ValueError:
        return []


def _parted(segment: str) -> list[list[str]]:
    """What stands between the points, then their eight texts, a column each."""
    pieces = _POINT.split(segment)
    width = _POINT.groups + 1
    return [pieces[place::width] for place in range(width)]


def _points(lon: list[str], lat: list[str], ele: list[str], time: list[str], *others: list[str]) -> list[RoutePoint]:
    """What `fix` makes of each point, a column at a time: a route has thousands."""
    places = [list(map(float, column)) for column in (lat, lon)]
    if any(abs(degrees) > most for column, most in zip(places, (90, 180), strict=True) for degrees in column):
        raise ValueError("not a place on Earth")
    heights = [height if abs(height) < _FARTHEST else None for height in map(float, ele)]
    rest = [[value if 0 <= value < _FARTHEST else None for value in map(float, column)] for column in others]
    return list(map(RoutePoint, map(_apples_time, time), *places, heights, *rest))


class _Points:
    """What expat sees. Texts belong to the element that began last; a point ends where the next begins."""

    def __init__(self) -> None:
        self.points: list[RoutePoint] = []
        self._fields: dict[str, str] | None = None
        self._name = ""
        self._depth = 0
        self.parser = parser = expat.ParserCreate("UTF-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise DamagedInput("The route file nests deeper than any of Apple Health.", _CURE)
        self._name = tag
        if tag == "trkpt":
            self.finish()
            self._fields = attributes

    def _end(self, _: str) -> None:
        self._depth -= 1

    def _text(self, characters: str) -> None:
        fields, name = self._fields, self._name
        if fields is None or name not in _FIELDS:
            return
        fields[name] = fields.get(name, "") + characters
        if len(fields[name]) > LONGEST_TEXT:
            raise DamagedInput(f"A value of the route file is longer than {LONGEST_TEXT:,} characters.", _CURE)

    def finish(self) -> None:
        """The point that is open, if one is. One without time or place is left out: the others are a map, too."""
        if self._fields is None:
            return
        if len(self.points) >= MOST_POINTS:
            raise DamagedInput(f"The route file has more than {MOST_POINTS:,} points.", _CURE)
        with suppress(KeyError, ValueError):
            self.points.append(_point(self._fields))
        self._fields = None

    def close(self) -> None:
        """Parser and points refer to each other, and would stay in memory: cycles are looked for rarely while an
        export is read.
        """
        self.parser.StartElementHandler = self.parser.EndElementHandler = self.parser.CharacterDataHandler = None


def _in_any_layout(data: bytes) -> list[RoutePoint]:
    seen = _Points()
    parser = seen.parser
    try:
        for begin in range(0, len(data), _PIECE_BYTES):
            piece = data[begin : begin + _PIECE_BYTES]
            parser.Parse(piece, False)
            if begin + len(piece) - parser.CurrentByteIndex > LONGEST_TOKEN_BYTES:
                raise DamagedInput(f"A tag at line {parser.CurrentLineNumber} of the route file does not end.", _CURE)
            if len(parser.intern) > MOST_NAMES:
                raise DamagedInput("The route file has more kinds of elements than any of Apple Health.", _CURE)
        parser.Parse(b"", True)
        seen.finish()
    except expat.ExpatError as problem:
        words = expat.ErrorString(problem.code)
        raise DamagedInput(f"The route file is broken at line {problem.lineno}: {words}.", _CURE) from problem
    finally:
        seen.close()
    return seen.points


_FIELDS = frozenset(("time", "ele", "speed", "course", "hAcc", "vAcc"))


def _point(fields: dict[str, str]) -> RoutePoint:
    get = fields.get
    return fix(
        _time(fields["time"].strip()), fields["lat"], fields["lon"], get("ele"),
        get("speed"), get("course"), get("hAcc"), get("vAcc"),
    )  # fmt: skip


def _time(text: str) -> int:
    return (moment(text) - _EPOCH) // _MS


def _apples_time(text: str) -> int:
    """`_time` of a time as Apple writes it. A route has a point each second: whole minutes are worked out once."""
    return _minute(text[:17]) + int(text[17:19]) * 1000


@lru_cache(maxsize=1024)
def _minute(text: str) -> int:
    return _time(f"{text}00Z")
