"""One thing Health knows: a sample, its source, and what makes two of them the same.

Samples come in millions, so a sample is a plain tuple (`Row`) inside a `Batch` that says type and source once.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from enum import IntEnum
from math import copysign
from typing import NamedTuple

from attrs import field, frozen

from intervals_companion.domain import units

WORKOUT = "HKWorkoutTypeIdentifier"
ROUTE = "HKWorkoutRouteTypeIdentifier"
SLEEP = "HKCategoryTypeIdentifierSleepAnalysis"
QUANTITY_PREFIX, CATEGORY_PREFIX = "HKQuantityTypeIdentifier", "HKCategoryTypeIdentifier"
CORRELATION_PREFIX = "HKCorrelationTypeIdentifier"

LONGEST_SPAN = 31 * 86_400_000
"""A sample that claims to last longer (ms) is kept in the archive and takes no part in any day."""
UNKNOWN_INSTANT = -1
"""`Row.created` where the source did not say when the sample was written."""


class Row(NamedTuple):
    """A sample without its type and source. All eight fields are as the source wrote them, only parsed.

    start, end, created: milliseconds since the epoch (UTC). value and unit: as written (0.0 and "" for categories).
    label: a category's text value, "" for quantities. metadata: canonical JSON object of strings, or "".
    detail: bytes whose meaning the type decides: beats of an HRV reading, a workout, the points of a route; or b"".
    """

    start: int
    end: int
    value: float
    unit: str
    label: str
    created: int
    metadata: str
    detail: bytes


class Device(IntEnum):
    """What a source runs on, best first: the order in which sources are trusted for the same moment."""

    WATCH = 0
    PHONE = 1
    OTHER = 2


@frozen
class Source:
    """Who wrote a sample. `key` is what identity and merging use; the rest are attributes."""

    key: str
    name: str = field(eq=False)
    product: str = field(eq=False, default="")
    """The device's model as Apple writes it (`Watch`, `iPhone`, `iPad`), "" if the app gave none."""
    kind: Device | None = field(eq=False, default=None)
    """What the athlete said it is."""
    place: int | None = field(eq=False, default=None)
    """In the athlete's own order, from 0; None where they gave it none."""

    @property
    def device(self) -> Device:
        """Apple's own ranking of sources is in no file, so the device's model decides, else the source's name."""
        return _device(self.product or self.key) if self.kind is None else self.kind

    @property
    def written_device(self) -> Device:
        """The same, as Apple wrote it or the athlete said: of a source that has only a name nothing is known."""
        return _device(self.product) if self.kind is None else self.kind


def _device(text: str) -> Device:
    folded = text.casefold()
    if "watch" in folded:
        return Device.WATCH
    return Device.PHONE if "iphone" in folded else Device.OTHER


def fuller(one: Source, other: Source) -> Source:
    """Of two descriptions of one source, the one on the better device, then the longer: in whatever order they came."""
    return min(one, other, key=_description)


def _description(source: Source) -> tuple[Device, bool, int, str, str]:
    return source.device, not source.product, -len(source.name), source.name, source.product


def source_key(name: str) -> str:
    """A source's name for comparing: NFKC turns no-break and narrow spaces into spaces; device pointers are cut.

    >>> source_key("Test’s Apple\\u00a0Watch") == source_key("Test’s Apple Watch")
    True
    """
    # Cut first: NFKC takes time that grows with the square of a run of combining marks.
    return " ".join(_POINTER.sub("", unicodedata.normalize("NFKC", name[:LONGEST_NAME])).split())


LONGEST_NAME = 200
"""Characters of a source's name that are kept. Real ones, of apps and devices, have some thirty."""
_POINTER = re.compile(r"(?<!<)<*\bHKDevice: 0x[0-9a-fA-F]+>*,?")


@frozen
class Batch:
    """Some samples of one type from one source, in any order."""

    type: str
    source: Source
    rows: list[Row]


def pack_metadata(entries: Iterable[tuple[str, str]]) -> str:
    """Metadata as canonical JSON: sorted, each key once (Apple writes a workout's twice), "" when there is none."""
    found = dict(entries)
    return json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":")) if found else ""


def unpack_metadata(text: str) -> dict[str, str]:
    return json.loads(text) if text else {}


def same_key(row: Row) -> tuple[int, int, str, str]:
    """What makes two rows of one type and source the same sample.

    Start and end to the whole second, the value equal at 6 significant digits in the canonical unit, the same label.
    A unit nobody knows counts as part of the value.
    """
    return row.start // 1000, row.end // 1000, units.canonical(row.value, row.unit), row.label


def preferred(a: Row, b: Row) -> Row:
    """Which of two copies of the same sample is kept: the later written, then the one that says more.

    A total order over all fields, so that merging is commutative, associative and idempotent; the sign comes last,
    because 0.0 and -0.0 compare as equal and are other bytes.
    """
    return max(a, b, key=lambda row: (row.created, len(row.detail), len(row.metadata), row, copysign(1.0, row.value)))


def said_once(rows: Sequence[Row]) -> Sequence[Row]:
    """One type's rows of one source without those that say another one again in another unit.

    A phone writes all of a type in one unit, so two units for one stretch of time are two exports of the same sample,
    made before and after its owner chose another unit. Values are written with six digits, which do not survive a
    conversion: the sixth may differ, and the archive keeps both.
    """
    if len({row.unit for row in rows}) < 2:
        return rows
    together: dict[tuple[int, int], list[Row]] = {}
    for row in rows:
        together.setdefault((row.start // 1000, row.end // 1000), []).append(row)
    return [row for row in rows if not any(_says_it(one, row) for one in together[row.start // 1000, row.end // 1000])]


def _says_it(one: Row, row: Row) -> bool:
    try:
        return one.unit < row.unit and math.isclose(
            units.convert(one.value, one.unit, row.unit), row.value, rel_tol=1e-5
        )
    except units.UnknownUnit:
        return False
