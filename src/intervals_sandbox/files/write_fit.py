"""A minimal FIT encoder for the files the service generates itself: file id, records, laps, session, activity.

Message, field and type numbers are those of the FIT profile; all data is little-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from math import isnan
from typing import NamedTuple

from intervals_sandbox.files.crc import crc
from intervals_sandbox.files.recording import Column, Recording
from intervals_sandbox.files.sports import FIT_SPORTS

_EPOCH = int(datetime(1989, 12, 31, tzinfo=UTC).timestamp())
_SEMICIRCLES = 2**31 / 180

_ENUM, _UINT8, _SINT8 = (0x00, "B", 0xFF), (0x02, "B", 0xFF), (0x01, "b", 0x7F)
_UINT16, _SINT32 = (0x84, "H", 0xFFFF), (0x85, "i", 0x7FFFFFFF)
_UINT32, _UINT32Z = (0x86, "I", 0xFFFFFFFF), (0x8C, "I", 0)


class _Field(NamedTuple):
    number: int
    type: tuple[int, str, int]
    """FIT base type, struct code, the value that means "none"."""


_FILE_ID, _SESSION, _LAP, _RECORD, _EVENT, _ACTIVITY = 0, 18, 19, 20, 21, 34
_TIMESTAMP = _Field(253, _UINT32)
_SUMMARY = (
    _TIMESTAMP,
    _Field(0, _ENUM),  # event
    _Field(1, _ENUM),  # event type
    _Field(2, _UINT32),  # start time
    _Field(7, _UINT32),  # total elapsed time, ms
    _Field(8, _UINT32),  # total timer time, ms
    _Field(9, _UINT32),  # total distance, cm
)

_RECORD_FIELDS: tuple[tuple[str, _Field, Callable[[float], float]], ...] = (
    ("lat", _Field(0, _SINT32), lambda degrees: degrees * _SEMICIRCLES),
    ("lng", _Field(1, _SINT32), lambda degrees: degrees * _SEMICIRCLES),
    ("altitude", _Field(2, _UINT16), lambda metres: (metres + 500) * 5),
    ("heartrate", _Field(3, _UINT8), float),
    ("cadence", _Field(4, _UINT8), float),
    ("distance", _Field(5, _UINT32), lambda metres: metres * 100),
    ("velocity_smooth", _Field(6, _UINT16), lambda speed: speed * 1000),
    ("watts", _Field(7, _UINT16), float),
    ("temp", _Field(13, _SINT8), float),
)


def write_fit(recording: Recording, power: bool = True, heartrate: bool = True, serial: int = 0) -> bytes:
    """The recording as a FIT activity file; without power or heart rate on request. Serial number 0: of no device."""
    hidden = {name for name, wanted in (("watts", power), ("heartrate", heartrate)) if not wanted}
    start = int(recording.start.timestamp()) - _EPOCH
    end = start + round(recording.elapsed)
    sport, sub_sport = FIT_SPORTS.get(recording.type, (0, 0))
    moving, metres = round(recording.moving * 1000), round((recording.distance or 0) * 100)
    body = b"".join(
        [
            _message(
                _FILE_ID,
                (_Field(0, _ENUM), _Field(1, _UINT16), _Field(2, _UINT16), _Field(3, _UINT32Z), _Field(4, _UINT32)),
                [(4, 255, 0, serial, start)],
            ),
            _message(_EVENT, (_TIMESTAMP, _Field(0, _ENUM), _Field(1, _ENUM)), [(start, 0, 0)]),
            _records(recording, start, hidden),
            _message(
                _LAP,
                _SUMMARY,
                [
                    (start + round(lap.end), 9, 1, start + round(lap.start), *[_ms(lap.end - lap.start)] * 2, None)
                    for lap in recording.laps
                ]
                or [(end, 9, 1, start, _ms(recording.elapsed), moving, metres)],
            ),
            _message(
                _SESSION,
                (*_SUMMARY, _Field(5, _ENUM), _Field(6, _ENUM), _Field(11, _UINT16)),
                [(end, 8, 1, start, _ms(recording.elapsed), moving, metres, sport, sub_sport, recording.calories)],
            ),
            _message(
                _ACTIVITY,
                (
                    _TIMESTAMP,
                    _Field(0, _UINT32),
                    _Field(1, _UINT16),
                    _Field(2, _ENUM),
                    _Field(3, _ENUM),
                    _Field(4, _ENUM),
                ),
                [(end, moving, 1, 0, 26, 1)],
            ),
        ]
    )
    header = struct.pack("<BBHI4s", 14, 0x10, 2140, len(body), b".FIT")
    header += struct.pack("<H", crc(header))
    return header + body + struct.pack("<H", crc(header + body))


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def _records(recording: Recording, start: int, hidden: set[str]) -> bytes:
    present = [row for row in _RECORD_FIELDS if row[0] in recording.columns and row[0] not in hidden]
    times: Column = recording.columns.get("time", ())
    columns = [recording.columns[name] for name, _, _ in present]
    rows = (
        [start + round(second)]
        + [None if isnan(value) else round(scale(value)) for value, (_, _, scale) in zip(values, present, strict=True)]
        for second, *values in zip(times, *columns, strict=True)
    )
    return _message(_RECORD, (_TIMESTAMP, *(fit for _, fit, _ in present)), rows)


def _message(number: int, layout: Sequence[_Field], rows: Iterable[Sequence[int | None]]) -> bytes:
    """A definition as local message 0, and its data messages."""
    encoder = struct.Struct("<B" + "".join(field.type[1] for field in layout))
    sizes = [struct.calcsize(field.type[1]) for field in layout]
    definition = struct.pack("<BBBHB", 0x40, 0, 0, number, len(layout))
    definition += b"".join(
        bytes((field.number, size, field.type[0])) for field, size in zip(layout, sizes, strict=True)
    )
    limits = [_range(field) for field in layout]
    data = (
        encoder.pack(
            0,
            *(
                field.type[2] if value is None or not low <= value <= high else value
                for value, field, (low, high) in zip(row, layout, limits, strict=True)
            ),
        )
        for row in rows
    )
    return definition + b"".join(data)


def _range(field: _Field) -> tuple[int, int]:
    bits = 8 * struct.calcsize(field.type[1])
    return (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if field.type[1].islower() else (0, 2**bits - 1)
