"""The one reader of an activity of Intervals.icu: a row of a list, or the answer for a single one.

Keys: the service's OpenAPI document and its published notes. Somebody else wrote the record: a value that is not what
its key promises is not told (None), and a record without a readable id or local start is set aside as an OddRecord.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from intervals_companion.domain import days, numbers
from intervals_companion.domain.remote_activity import (
    ActivityList,
    Figures,
    OddRecord,
    RemoteActivity,
    RemoteInterval,
)
from intervals_companion.domain.social import visible
from intervals_companion.intervals.answers import WrongShape, is_number, nodes
from intervals_companion.intervals.zone_record import zone_settings

Record = Mapping[str, Any]
"""A JSON object as Intervals.icu wrote it."""

_LONGEST_ID = 40
_MOST_SECONDS = 10_000_000
_YEARS = range(1900, 2200)
"""What a calendar can show."""


def read(record: object) -> RemoteActivity | OddRecord:
    """Reads any JSON value. Raises nothing."""
    if not isinstance(record, dict):
        return OddRecord()
    name, start_local = _id(record), _wall_clock(_text(record, "start_date_local"))
    if name is None or start_local is None:
        return OddRecord(name, _text(record, "external_id"))
    return RemoteActivity(
        id=name,
        start_local=start_local,
        start=_instant(_text(record, "start_date")),
        type=_text(record, "type"),
        name=_text(record, "name"),
        elapsed=_seconds(record, "elapsed_time"),
        moving=_seconds(record, "moving_time"),
        source=_text(record, "source"),
        external_id=_text(record, "external_id"),
        note=_text(record, "_note"),
        distance=_float(record, "distance"),
        ascent=_float(record, "total_elevation_gain"),
        heart_rate=_float(record, "average_heartrate"),
        load=_float(record, "icu_training_load"),
        chat=_whole(record, "icu_chat_id"),
        trainer=record.get("trainer") is True,
        device=_text(record, "device_name"),
        app=_text(record, "oauth_client_name"),
        streams=_streams(record),
        figures=_figures(record),
        zones=tuple(zone_settings(record)),
        intervals=tuple(_intervals(record)),
    )


def read_one(value: object) -> RemoteActivity:
    """The answer for a single activity. Raises WrongShape for one that would be set aside in a list."""
    found = read(value)
    if isinstance(found, OddRecord):
        raise WrongShape("it is not an activity with an id and a local start")
    return found


def read_list(value: object) -> ActivityList:
    """The answer for a list. Raises WrongShape for what is no list of objects."""
    return sorted_out(read(record) for record in records(value))


def sorted_out(found: Iterable[RemoteActivity | OddRecord]) -> ActivityList:
    """What can be read, in its order, and what is set aside."""
    every = list(found)
    return ActivityList(
        tuple(one for one in every if isinstance(one, RemoteActivity)),
        tuple(one for one in every if isinstance(one, OddRecord)),
    )


def records(value: object) -> list[Record]:
    """The records of an answer that is a list of objects, as they were written. Raises WrongShape."""
    return [node.values for node in nodes(value)]


def rows(given: Iterable[Record], unplaced: date) -> dict[str, tuple[date, Record]]:
    """How a list is stored: id -> local day and the record as it was written.

    One that cannot be read is stored too, on the day `unplaced`, under a mark of its own where it has no id.
    """
    found: dict[str, tuple[date, Record]] = {}
    for record in given:
        one = read(record)
        if isinstance(one, OddRecord):
            found[one.id or _mark(record)] = unplaced, record
        else:
            found[one.id] = one.day, record
    return found


def _mark(record: Record) -> str:
    return "odd-" + hashlib.blake2b(json.dumps(record, sort_keys=True).encode(), digest_size=16).hexdigest()


# --- values ----------------------------------------------------------------------------------------------------------


def _id(record: Record) -> str | None:
    value = record.get("id")
    fits = isinstance(value, str) and 0 < len(value) <= _LONGEST_ID and visible(value) == value
    return value if fits else None


def _text(record: Record, key: str) -> str | None:
    """A text as screens and databases can take it; None for an empty one."""
    value = record.get(key)
    if not isinstance(value, str):
        return None
    return (value if value.isprintable() else visible(value)) or None


def _number(record: Record, key: str) -> float | None:
    value = record.get(key)
    return value if is_number(value) else None


def _float(record: Record, key: str) -> float | None:
    value = _number(record, key)
    return None if value is None else float(value)


def _whole(record: Record, key: str) -> int | None:
    value = record.get(key)
    return round(value) if is_number(value) else None


def _seconds(record: Record, key: str) -> int | None:
    value = _whole(record, key)
    return value if value is not None and 0 <= value <= _MOST_SECONDS else None


def _wall_clock(text: str | None) -> datetime | None:
    """A `start_date_local`, which is a local time; a zone that is written behind it says nothing about it."""
    found = _time(text)
    return None if found is None else found.replace(tzinfo=None)


def _instant(text: str | None) -> int | None:
    """Milliseconds of a `start_date`, which is UTC with a Z; None for anything else."""
    found = _time(text) if text is not None and text.endswith("Z") else None
    return None if found is None else days.instant(found)


def _time(text: str | None) -> datetime | None:
    try:
        found = None if text is None else numbers.time(text)
    except ValueError:
        return None
    return found if found is not None and found.year in _YEARS else None


def _streams(record: Record) -> frozenset[str] | None:
    if "stream_types" not in record:
        return None
    given = record["stream_types"]
    return frozenset(name for name in given if isinstance(name, str)) if isinstance(given, list) else frozenset()


def _figures(record: Record) -> Figures:
    return Figures(
        max_heart_rate=_number(record, "max_heartrate"),
        power=_number(record, "icu_average_watts"),
        weighted_power=_number(record, "icu_weighted_avg_watts"),
        work=_number(record, "icu_joules"),
        cadence=_number(record, "average_cadence"),
        speed=_number(record, "average_speed"),
        max_speed=_number(record, "max_speed"),
        corrected_distance=_number(record, "icu_distance"),
        intensity=_number(record, "icu_intensity"),
        lengths=_number(record, "lengths"),
        lifted=_number(record, "kg_lifted"),
        exertion=_number(record, "icu_rpe") or _number(record, "perceived_exertion"),
        feel=_number(record, "feel"),
        temperature=_number(record, "average_temp"),
    )


def _intervals(record: Record) -> Iterator[RemoteInterval]:
    """Those with a beginning and an end."""
    given = record.get("icu_intervals")
    for one in given if isinstance(given, list) else ():
        if not isinstance(one, dict):
            continue
        start, end = _number(one, "start_time"), _number(one, "end_time")
        if start is None or end is None or not 0 <= start < end:
            continue
        first, last, label = _whole(one, "start_index"), _whole(one, "end_index"), _text(one, "label")
        yield RemoteInterval(
            start=start,
            end=end,
            label=label if label and label.strip() else None,
            work=one.get("type") != "RECOVERY",
            timer=_number(one, "moving_time") or end - start,
            distance=_number(one, "distance"),
            power=_number(one, "average_watts"),
            heart_rate=_number(one, "average_heartrate"),
            cadence=_number(one, "average_cadence"),
            speed=_number(one, "average_speed"),
            samples=None if first is None or last is None else (first, last),
        )
