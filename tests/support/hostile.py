"""Inputs that swell: small files, made here, each of a kind that took gigabytes once."""

from __future__ import annotations

import gzip
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from pathlib import Path

MB = 2**20
Pieces = Iterable[bytes]

_HEAD = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<HealthData locale="en_US">\n'
    b'<ExportDate value="2026-11-21 10:00:00 +0100"/>\n'
)
_TIME = b'startDate="2026-11-02 07:00:00 +0000" endDate="2026-11-02 07:00:00 +0000"'
_WEIGHT = b'<Record type="HKQuantityTypeIdentifierBodyMass" unit="kg" value="70" sourceName="w" ' + _TIME
_END = b"</HealthData>\n"
_WORKOUT = b'<Workout workoutActivityType="HKWorkoutActivityTypeRunning" sourceName="w" ' + _TIME + b">"
_ROUTE = b'<WorkoutRoute><FileReference path="/workout-routes/r.gpx"/></WorkoutRoute></Workout>\n'


def _export(*inside: Pieces) -> Callable[[Path], None]:
    """The weight that has to arrive, and behind it what is given."""

    def write(path: Path) -> None:
        with path.with_suffix(".xml").open("wb") as file:
            file.writelines((_HEAD, _WEIGHT, b"/>\n"))
            for pieces in inside:
                file.writelines(pieces)
            file.write(_END)

    return write


def _route(*inside: Pieces) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path.with_suffix(".zip"), "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            xml = b"".join((_HEAD, _WEIGHT, b"/>\n", _WORKOUT, _ROUTE, _END))
            archive.writestr("apple_health_export/export.xml", xml)
            with archive.open("apple_health_export/workout-routes/r.gpx", "w") as file:
                file.write(b"<gpx><trk><trkseg>")
                for pieces in inside:
                    file.writelines(pieces)
                file.write(b"</trkseg></trk></gpx>")

    return write


def _numbered(form: bytes, count: int) -> Pieces:
    """The form with a number in it, so many times, in pieces of a thousand."""
    numbers = iter(range(count))
    while some := list(islice(numbers, 1000)):
        yield b"".join([form % number for number in some])


def _directory_of(count: int) -> Callable[[Path], None]:
    """A zip whose directory lists so many members, which are not there."""

    def write(path: Path) -> None:
        xml, name = _HEAD + _WEIGHT + b"/>" + _END, b"export.xml"
        crc, size = zlib.crc32(xml), len(xml)

        def listed(one: bytes) -> bytes:
            return struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, *[0] * 4, crc, size, size, len(one), *[0] * 6) + one

        local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 0, crc, size, size, len(name), 0)
        entries = listed(name) + b"".join(listed(b"r%d.gpx" % number) for number in range(count))
        start = len(local + name + xml)
        with path.with_suffix(".zip").open("wb") as file:
            file.writelines((local, name, xml, entries))
            file.write(struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, len(entries), start))
            file.write(struct.pack("<4sLQL", b"PK\6\7", 0, start + len(entries), 1))
            file.write(struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 2**16 - 1, 2**16 - 1, 2**32 - 1, 2**32 - 1, 0))

    return write


def _headers_of(count: int) -> Callable[[Path], None]:
    """A zip without a directory, and so many beginnings of members."""

    def write(path: Path) -> None:
        head = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 0, 1, 0, 0, 40, 0)
        path.with_suffix(".zip").write_bytes(b"".join(head + b"%040d" % number for number in range(count)))

    return write


_MANY = _WEIGHT.replace(b'"w"', b'"w%d"') + b"/>\n"

EXPORTS: Mapping[str, tuple[Callable[[Path], None], str]] = {
    "a route of nested elements": (_route([b"<a>" * (3 * MB)]), "nests deeper"),
    "a route with a point of a million attributes": (_route([b"<trkpt "], _numbered(b'a%d="" ', MB)), "does not end"),
    "a route of a million names": (_route(_numbered(b"<a%d/>", MB)), "kinds of elements"),
    "a route with a value without end": (
        _route([b'<trkpt lat="1" lon="1"><ele>', b"&#49;" * (3 * MB), b"</ele></trkpt>"]), "longer than",
    ),
    "a record with a million attributes": (_export([b"<Record "], _numbered(b'a%d="" ', MB), [b"/>"]), "does not end"),
    "a name of 50 MB": (_export([b'<Record sourceName="'], [b"x" * MB] * 50, [b'"/>']), "does not end"),
    "a million names": (_export(_numbered(b"<x%d/>", MB)), "kinds of elements"),
    "many types": (
        _export(_numbered(_WEIGHT.replace(b"BodyMass", b"X%d") + b"/>\n", 30_000)),
        "types and sources together",
    ),
    "many sources": (_export(_numbered(_MANY, 30_000)), "sources"),
    "a record of megabytes of metadata": (
        _export([_WEIGHT, b">"], [b'<MetadataEntry key="k" value="' + b"x" * 200_000 + b'"/>'] * 250, [b"</Record>"]),
        "metadata have more than",
    ),
    "a record of many metadata": (
        _export([_WEIGHT, b">"], _numbered(b'<MetadataEntry key="%d"/>', 200_000), [b"</Record>"]), "left out",
    ),
    "a workout of many parts": (
        _export([_WORKOUT], _numbered(b'<WorkoutStatistics type="%d"/>', 200_000), [b"</Workout>"]), "more than 20,000",
    ),
    "elements without an end": (_export([b"<a>" * MB]), "nests deeper"),
    "a directory of two hundred thousand members": (_directory_of(200_000), "more files"),
    "two hundred thousand members without a directory": (_headers_of(200_000), "more files"),
}  # fmt: skip
"""By name: writes the file, its suffix by itself; and a word of what is said."""


def _push(channel: str, *pieces: bytes) -> Callable[[Path], None]:
    """As it arrives, by gzip: each piece is a member of its own, so that what repeats is packed once."""

    def write(path: Path) -> None:
        packed = {piece: gzip.compress(piece, 1) for piece in set(pieces)}
        path.with_name(f"{path.name}.{channel}.gz").write_bytes(b"".join(packed[piece] for piece in pieces))

    return write


_AUTO, _SHORT = "health-auto-export", "shortcuts"
_ITEM = b'{"date":"2026-11-20 07:00:0%d +0100","qty":70},'
_BEGIN, _CLOSE = b'{"data":{"metrics":[{"name":"weight_body_mass","units":"kg","data":[', b"]}]}}"
_TEN = b"".join(_ITEM % digit for digit in range(10))

PUSHES: Mapping[str, tuple[Callable[[Path], None], str]] = {
    "empty lists": (_push(_AUTO, b'{"data":{"metrics":[', *[b"[]," * (MB // 3)] * 60, b"{}]}}"), "lists and objects"),
    "nested lists": (_push(_AUTO, b'{"data":{"metrics":', *[b"[" * MB] * 60), "nests deeper"),
    "numbers": (_push(_AUTO, b'{"data":{"metrics":[', *[b"1," * (MB // 2)] * 60, b"1]}}"), "larger than any"),
    "one text": (_push(_AUTO, b'{"data":"', *[b"a" * MB] * 60, b'"}'), "larger than any"),
    "more than 64 MB": (_push(_AUTO, b'{"data":"', *[b"a" * MB] * 65), "larger than 64 MB"),
    "many kinds of things": (
        _push(_AUTO, b'{"data":{', b"".join(_numbered(b'"k%d":[{}],', 60_000)), b'"x":[{}]}}'), "more of other kinds",
    ),
    "lists in a shortcut": (_push(_SHORT, b"[", b"[]," * (2 * MB), b"[]]"), "values"),
    "lines in a shortcut": (_push(_SHORT, b'{"type":"Steps","value":"', b"1\\n" * (2 * MB), b'"}'), "beyond the first"),
    "a large shortcut": (_push(_SHORT, b"[1", b" " * (20 * MB), b"]"), "larger than 8 MB"),
}  # fmt: skip

LARGE_PUSHES: Mapping[str, tuple[Callable[[Path], None], str]] = {
    "objects": (_push(_AUTO, _BEGIN, *[b"{}," * (MB // 3)] * 60, b"{}", _CLOSE), "lists and objects"),
    "as much as there may be": (
        _push(_AUTO, _BEGIN, *[_TEN * 2000] * 62, _TEN[:-1], _CLOSE),
        "more than 1,000,000 entries",
    ),
    "half of it": (_push(_AUTO, _BEGIN, *[_TEN * 2000] * 31, _TEN[:-1], _CLOSE), "10 new"),
}
"""The same, of what takes longer: read to the end."""
