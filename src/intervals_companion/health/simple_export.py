"""Simple Health Export: a CSV of each type, with a row for each sample as Health keeps it.

    sep=,
    type,sourceName,sourceVersion,productType,device,startDate,endDate,unit,value
    HKQuantityTypeIdentifierStepCount,Ann’s iPhone,26.2,iPhone18,...,2026-03-10 07:00:13 +0000,...,count,61

The first line may be absent, categories have no unit, and metadata follow in columns of their own. Workouts have totals
with their units (`9688.1 m`), and name their activity in a column, or in the type itself.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from io import BytesIO, TextIOWrapper

from intervals_companion.domain import units
from intervals_companion.domain.activity import Statistic, Workout
from intervals_companion.domain.catalogue import short_type
from intervals_companion.domain.errors import DamagedInput
from intervals_companion.domain.numbers import decimal
from intervals_companion.domain.samples import LONGEST_NAME, QUANTITY_PREFIX, SLEEP, WORKOUT, pack_metadata
from intervals_companion.domain.summaries import SIMPLE_EXPORT
from intervals_companion.formats.details import workout_row
from intervals_companion.health.apple_export import records
from intervals_companion.health.apple_export.workouts import DISTANCES
from intervals_companion.health.bridge import Read, Reason, Unusable
from intervals_companion.health.bridge_names import stage, stage_value
from intervals_companion.health.port import Reading

CHANNEL = SIMPLE_EXPORT
APP = "Simple Health Export"
"""The source of rows that name none."""

_HEAD = re.compile(rb"\xef\xbb\xbf|\s+|sep=.\r?\n")
_NEEDED = frozenset({"type", "startDate", "endDate"})
_NO_METADATA = _NEEDED | {
    "sourceName", "sourceVersion", "productType", "device", "creationDate", "unit", "value",
    "activityType", "duration", "durationUnit", "totalEnergyBurned", "totalDistance",
}  # fmt: skip
_ACTIVITY_PREFIX = "HKWorkoutActivityType"
MOST_COLUMNS = 1000
"""Of a file: the metadata of all samples of a type are some fifty."""
LONGEST_ENTRY = 1000
"""Characters of an entry of metadata."""

_AGAIN = "Make the file again in the app, and import the new one."
_CUT_OFF = Reason("in a row that is cut off", _AGAIN)
_NO_UNIT = Reason("with a total that has no unit known here", "Nothing to do: the workout counts without it.")
_TOTAL = re.compile(r"([-+.0-9eE]{1,40}+) *+(\D.*)?", re.DOTALL)


def is_file(head: bytes) -> bool:
    """Whether a file that begins so is one of these."""
    while found := _HEAD.match(head):
        head = head[found.end() :]
    names = head.partition(b"\n")[0].decode("utf-8", "replace").strip().split(",")
    return names[0] == "type" and _NEEDED.issubset(names)


def read(body: bytes | bytearray) -> Read:
    """One file.

    Raises DamagedInput for a file that is none. A row that cannot be used is counted with its reason.
    """
    into = Read(CHANNEL, Reading(bytes_total=len(body)))
    for row in _rows(body):
        kind = (row.get("type") or "").strip()
        name = short_type(kind)[:LONGEST_NAME] or "rows"
        try:
            if None in row.values():
                raise Unusable(_CUT_OFF)
            if kind == WORKOUT or kind.startswith(_ACTIVITY_PREFIX):
                _workout(kind, row, into)
            else:
                _sample(kind, row, into)
        except Unusable as problem:
            into.leave_out(name, problem.reason)
        except records.Unusable as problem:
            into.leave_out(name, Reason(f"left out: {problem}", _AGAIN))
    return into


def _rows(body: bytes | bytearray) -> Iterator[dict[str, str]]:
    """The rows by the names of their columns. A row that is too short has None where it ends."""
    text = TextIOWrapper(BytesIO(body), encoding="utf-8-sig", errors="replace", newline="")
    rows = csv.reader(text)
    try:
        names = next((row for row in rows if row and not row[0].startswith("sep=")), [])
        if not _NEEDED.issubset(names) or len(names) > MOST_COLUMNS:
            raise DamagedInput(f"This is not a file of {APP}.", _AGAIN)
        for row in rows:
            if row:
                cells: list[str | None] = [*row, *[None] * (len(names) - len(row))]
                yield dict(zip(names, cells, strict=False))  # type: ignore[arg-type]  # None marks what is cut off
    except csv.Error as problem:
        raise DamagedInput(f"This is not a file of {APP}: {problem}.", _AGAIN) from problem


def _sample(kind: str, row: Mapping[str, str], into: Read) -> None:
    attributes = dict(row)
    if kind == SLEEP and (word := stage(row.get("value", ""))) is not None:
        attributes["value"] = stage_value(word)
    into.sample(kind, _source(row), records.record_row(kind, attributes, _metadata(row, into)), _product(row))


def _workout(kind: str, row: Mapping[str, str], into: Read) -> None:
    start, end, created = records.dates(row)
    activity = row.get("activityType", "") or kind
    activity = "Other" if activity == WORKOUT else activity.removeprefix(_ACTIVITY_PREFIX)[:LONGEST_NAME]
    metadata = {name: value for name, value in row.items() if name not in _NO_METADATA and value}
    workout = Workout(
        start=start, end=end, activity=activity, source=_source(row), duration=_duration(row, (end - start) / 1000),
        statistics=dict(_totals(row, activity, into)), metadata=metadata,
    )  # fmt: skip
    _vote(metadata, into)
    into.sample(WORKOUT, _source(row), workout_row(workout, created), _product(row))


def _duration(row: Mapping[str, str], elapsed: float) -> float | None:
    """Seconds without pauses. Without a unit they are seconds or, where that fits the time between, minutes."""
    total = _total(row.get("duration", ""))
    if total is None:
        return None
    value, unit = total
    unit = row.get("durationUnit", "") or unit or ("min" if 60 * value <= elapsed + 60 else "s")
    try:
        seconds = units.convert(value, {"sec": "s"}.get(unit, unit), "s")
    except units.UnknownUnit:
        return None
    return seconds if 0 <= seconds <= elapsed + 1 else None


def _totals(row: Mapping[str, str], activity: str, into: Read) -> Iterator[tuple[str, Statistic]]:
    distance = DISTANCES.get(activity, "DistanceWalkingRunning")
    for column, short, canonical in (
        ("totalDistance", distance, "m"),
        ("totalEnergyBurned", "ActiveEnergyBurned", "kcal"),
    ):
        written = row.get(column, "").strip()
        if not written:
            continue
        total = _total(written)
        try:
            if total is None:
                raise units.UnknownUnit(written)
            units.convert(*total, canonical)
        except units.UnknownUnit:
            into.tell("workouts", _NO_UNIT)
            continue
        yield QUANTITY_PREFIX + short, Statistic(total[1], total[0])


def _total(written: str) -> tuple[float, str] | None:
    """`9688.1 m` as a number and its unit, "" where it has none."""
    found = _TOTAL.fullmatch(written.strip()[:LONGEST_NAME])
    try:
        return (decimal(found[1]), (found[2] or "").strip()) if found else None
    except ValueError:
        return None


def _metadata(row: Mapping[str, str], into: Read) -> str:
    found = [(name, value[:LONGEST_ENTRY]) for name, value in row.items() if name not in _NO_METADATA and value]
    _vote(dict(found), into)
    return pack_metadata(found)


def _vote(metadata: Mapping[str, str], into: Read) -> None:
    if (zone := metadata.get("HKTimeZone", "")) and len(zone) < LONGEST_NAME:
        into.reading.zones[zone] += 1


def _source(row: Mapping[str, str]) -> str:
    return row.get("sourceName", "").strip() or APP


def _product(row: Mapping[str, str]) -> str:
    return (row.get("productType", "").strip() or records.product(row.get("device", "")))[:LONGEST_NAME]
