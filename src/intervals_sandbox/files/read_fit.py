"""FIT files, read with fitdecode. A multisport file gives one recording per session."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import fitdecode
from attrs import define, field

from intervals_sandbox.files.crc import crc
from intervals_sandbox.files.recording import Column, Lap, Recording, UnreadableFile, columns
from intervals_sandbox.files.sports import is_indoor, type_of_fit

_EPOCH = int(datetime(1989, 12, 31, tzinfo=UTC).timestamp())
_DEGREES = 180 / 2**31

_FILE_ID, _SESSION, _LAP, _RECORD, _HRV = 0, 18, 19, 20, 78
_TIMESTAMP = 253

_COLUMNS: Mapping[str, tuple[int, ...]] = {
    "lat": (0,),
    "lng": (1,),
    "altitude": (78, 2),
    "heartrate": (3,),
    "cadence": (4,),
    "distance": (5,),
    "velocity_smooth": (73, 6),
    "watts": (7,),
    "temp": (13,),
}
"""Stream -> field numbers of the record message, the finer one first."""

_Message = Mapping[int, Any]
"""Field number -> value in the profile's unit, None where the file says so."""


@define
class _Content:
    file_id: _Message = field(factory=dict)
    sessions: list[_Message] = field(factory=list)
    laps: list[_Message] = field(factory=list)
    records: list[_Message] = field(factory=list)
    beats: dict[int, list[int]] = field(factory=dict)
    """Index of a record -> beat intervals in ms that were written before it."""


def read_fit(data: bytes) -> list[Recording]:
    """The activities of a FIT file. Raises UnreadableFile."""
    if crc(data):
        raise UnreadableFile("FIT file is damaged: its check sum does not match")
    try:
        content = _content(data)
    except (fitdecode.FitError, struct.error, ValueError, TypeError, IndexError) as problem:
        raise UnreadableFile(f"Could not read FIT file: {problem}") from problem
    if not content.sessions:
        raise UnreadableFile("FIT file has no session")
    return [_recording(content, session, index) for index, session in enumerate(content.sessions)]


def _content(data: bytes) -> _Content:
    content = _Content()
    lists = {_SESSION: content.sessions, _LAP: content.laps, _RECORD: content.records}
    # Without its processor and its check sum fitdecode is twice as fast: raw numbers are what is wanted here.
    options = {"processor": None, "check_crc": fitdecode.CrcCheck.DISABLED}
    with fitdecode.FitReader(data, error_handling=fitdecode.ErrorHandling.IGNORE, **options) as reader:
        for frame in reader:
            if frame.frame_type != fitdecode.FIT_FRAME_DATA:
                continue
            if frame.global_mesg_num in lists:
                lists[frame.global_mesg_num].append(_message(frame))
            elif frame.global_mesg_num == _FILE_ID:
                content.file_id = _message(frame)
            elif frame.global_mesg_num == _HRV:
                beats = content.beats.setdefault(len(content.records), [])
                beats.extend(round(seconds * 1000) for seconds in _message(frame).get(0) or () if seconds)
    return content


def _message(frame: fitdecode.FitDataMessage) -> _Message:
    """The fields of the profile; words that stand for a number are taken as the number."""
    return {
        item.def_num: item.raw_value if isinstance(item.value, str) else item.value
        for item in frame.fields
        if item.field_def is None or not item.field_def.is_dev
    }


def _recording(content: _Content, session: _Message, index: int) -> Recording:
    began, ended = session.get(2), session.get(_TIMESTAMP)
    records = content.records
    if began is None:
        began = records[0].get(_TIMESTAMP) if records else ended
    if began is None:
        raise UnreadableFile("FIT session has no start")
    elapsed = session.get(7)
    if elapsed is None:
        elapsed = (ended or began) - began
    until = began + max(elapsed, (ended or began) - began)
    chosen = [
        (number, record) for number, record in enumerate(records) if began <= (record.get(_TIMESTAMP) or -1) <= until
    ]
    sub_sport = session.get(6)
    return Recording(
        start=datetime.fromtimestamp(began + _EPOCH, UTC),
        type=type_of_fit(session.get(5), sub_sport),
        elapsed=elapsed,
        moving=session.get(8) or elapsed,
        columns=_columns([record for _, record in chosen], began),
        rr=_rr(content.beats, [number for number, _ in chosen]),
        distance=session.get(9),
        ascent=session.get(22),
        calories=session.get(11),
        average_heartrate=session.get(16),
        max_heartrate=session.get(17),
        indoor=is_indoor(sub_sport),
        device=content.file_id.get(8),
        pool_length=session.get(44),
        laps=_laps(content.laps, began, until),
        sport_index=index,
    )


def _columns(records: list[_Message], began: int) -> dict[str, Column]:
    values = {name: [_first(record, numbers) for record in records] for name, numbers in _COLUMNS.items()}
    for name in ("lat", "lng"):
        values[name] = [None if value is None else value * _DEGREES for value in values[name]]
    return columns({"time": [record[_TIMESTAMP] - began for record in records], **values})


def _first(record: _Message, numbers: Iterable[int]) -> float | None:
    for number in numbers:
        if (value := record.get(number)) is not None:
            return float(value)
    return None


def _rr(beats: Mapping[int, list[int]], numbers: list[int]) -> list[list[int]]:
    """Beats are written after the record they belong to."""
    rows = [beats.get(number + 1, []) for number in numbers]
    return rows if any(rows) else []


def _laps(laps: list[_Message], began: int, until: int) -> list[Lap]:
    inside = [lap for lap in laps if lap.get(2) is not None and began <= lap[2] < until]
    return [Lap(lap[2] - began, lap[2] - began + (lap.get(7) or 0)) for lap in inside]
