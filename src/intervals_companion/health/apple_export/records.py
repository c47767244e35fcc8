"""A Record's attributes and children as one row."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import takewhile

from intervals_companion.domain.numbers import decimal, whole
from intervals_companion.domain.samples import (
    CORRELATION_PREFIX,
    QUANTITY_PREFIX,
    ROUTE,
    UNKNOWN_INSTANT,
    WORKOUT,
    Row,
    pack_metadata,
)
from intervals_companion.domain.units import LONGEST_UNIT
from intervals_companion.formats.details import Beat, pack_beats
from intervals_companion.health import bridge
from intervals_companion.health.apple_export.timestamps import beat_times, instant

NO_TYPE = "(no type)"
LONGEST_TYPE = 120
"""Characters of a type, as many as the store has room for; HealthKit's longest has some 80."""

_RENAMED = {"HKCategoryValueSleepAnalysisAsleep": "HKCategoryValueSleepAnalysisAsleepUnspecified"}
"""iOS 16 renamed the value, at export time and for old rows too: the older name would make a second sample."""

_NOT_A_RECORD = (WORKOUT, ROUTE, CORRELATION_PREFIX)
_MODEL = "model:"
LONGEST_DEVICE = 1000
"""Characters in which a device's model is looked for; Apple writes some 150."""
_SHORT = 100
LONGEST_TEXT = 200
"""Characters of a value; the longest category of HealthKit has some 70."""


_OTHER_CALENDAR = (
    "its dates are of a calendar whose days cannot be told for sure, such as the Islamic one; choose Gregorian on the"
    " iPhone, in Settings > General > Language & Region > Calendar, and export again"
)


class Unusable(ValueError):
    """An element that was read and cannot become a row; the text says why, as the end of a sentence."""


@lru_cache(maxsize=1024)
def is_record(kind: str) -> bool:
    """Whether samples of that type are Records, and not workouts, routes or correlations."""
    return not kind.startswith(_NOT_A_RECORD)


def record_row(kind: str, attributes: Mapping[str, str], metadata: str = "", beats: bytes = b"") -> Row:
    """The row of a Record; `metadata`: packed. Raises Unusable.

    A record with a unit is a quantity, whatever its type is called (`HKDataTypeSleepDurationGoal`); the others are
    categories, some of them without a value.
    """
    nature = _nature(kind) if len(kind) <= LONGEST_TYPE else None  # nothing long is remembered
    if nature is None:
        raise Unusable("its type is not one of a Record")
    start, end, created = dates(attributes)
    get = attributes.get
    unit, text = get("unit", ""), get("value", "")
    if len(unit) > LONGEST_UNIT or len(text) > LONGEST_TEXT:
        raise Unusable("its value or its unit is longer than any of Health")
    if unit or nature:
        return Row(start, end, number(text), unit, "", created, metadata, beats)
    return Row(start, end, 0.0, "", _RENAMED.get(text, text), created, metadata, beats)


@lru_cache(maxsize=1024)
def _nature(kind: str) -> bool | None:
    """Whether records of that type are quantities for sure; None for what is no record."""
    return kind.startswith(QUANTITY_PREFIX) if kind != NO_TYPE and is_record(kind) else None


def dates(attributes: Mapping[str, str]) -> tuple[int, int, int]:
    """Start, end and creation in ms. Raises Unusable.

    An absent or unreadable creation date is `UNKNOWN_INSTANT`: the element is usable without.
    """
    begins, ends = attributes.get("startDate", ""), attributes.get("endDate", "")
    try:
        start = instant(begins)
        end = start if ends == begins else instant(ends)
    except bridge.Unusable as problem:
        raise Unusable(_OTHER_CALENDAR) from problem
    except ValueError as problem:
        raise Unusable("its startDate or endDate is not a date") from problem
    if end < start:
        raise Unusable("it ends before it starts")
    written = attributes.get("creationDate", "")
    return start, end, end if written == ends else creation(written)


def creation(text: str) -> int:
    try:
        return instant(text)
    except ValueError:
        return UNKNOWN_INSTANT


def number(text: str) -> float:
    """A finite number as Apple writes it, with a decimal point. Raises Unusable."""
    try:
        return decimal(text)
    except ValueError as problem:
        raise Unusable("its value is not a number") from problem


def metadata(entries: Sequence[tuple[str, str]]) -> str:
    """`pack_metadata`, remembering the short single entries that millions of records share."""
    if len(entries) == 1 and len(entries[0][0]) < _SHORT and len(entries[0][1]) < _SHORT:
        return _remembered(entries[0])
    return pack_metadata(entries)


@lru_cache(maxsize=4096)
def _remembered(entry: tuple[str, str]) -> str:
    return pack_metadata((entry,))


def beats(readings: Sequence[tuple[str, str]]) -> bytes:
    """The beats of an HRV reading from (bpm, clock) pairs, packed. Raises Unusable."""
    try:
        times = beat_times([clock for _, clock in readings])
        pairs = sorted(zip(times, (whole(bpm) for bpm, _ in readings), strict=True))
        return pack_beats(Beat(time / 100, bpm) for time, bpm in pairs)
    except (ValueError, struct.error) as problem:
        raise Unusable("its list of beats is not readable") from problem


def product(device: str) -> str:
    """The model in `<<HKDevice: 0x282e3a260>, name:Apple Watch, model:Watch, hardware:Watch7,2, ...>`, or "".

    The pointer differs on every record and `hardware` contains a comma.
    """
    device = device[:LONGEST_DEVICE]
    place = device.find(_MODEL)
    while place > 0 and device[place - 1].isalnum():
        place = device.find(_MODEL, place + 1)
    first, *others = device[place + len(_MODEL) :].split(", ") if place >= 0 else [""]
    model = [first, *takewhile(lambda part: not _begins_with_label(part), others)]
    return ", ".join(model).rstrip(">").strip()


def _begins_with_label(text: str) -> bool:
    """Whether it is the next attribute of a device, such as `hardware:Watch7,2`."""
    label, colon, _ = text.partition(":")
    return bool(colon) and label.replace(" ", "").isalpha()
