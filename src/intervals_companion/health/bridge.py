"""What the bridge apps have in common: they push deliveries, in units and words of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain, islice
from math import isfinite
from typing import Any, NamedTuple, Protocol

from attrs import define, field

from intervals_companion.domain import own_samples
from intervals_companion.domain.catalogue import short_type
from intervals_companion.domain.columns import Columns
from intervals_companion.domain.errors import DamagedInput
from intervals_companion.domain.numbers import decimal, in_ascii
from intervals_companion.domain.plausible import range_of
from intervals_companion.domain.samples import (
    LONGEST_NAME,
    ROUTE,
    UNKNOWN_INSTANT,
    WORKOUT,
    Batch,
    Row,
    Source,
    source_key,
)
from intervals_companion.domain.summaries import How, Summaries, Summary, joined, parts
from intervals_companion.domain.units import LONGEST_UNIT, UnknownUnit, convert, lookup
from intervals_companion.health.long_json import LongList
from intervals_companion.health.port import HealthReader, Problem, Reading

Json = dict[str, Any]


MOST_ITEMS = 1_000_000
"""Entries of a delivery: 64 MB of heart rate have 630,000."""
MOST_PUSH_SERIES = 500
"""Pairs of a type and a source in one push: each is stored for itself. All metrics of three devices have some 200."""
_BATCH = 20_000
"""Rows handed out at a time."""
_SMALLER = "Turn on Batch Requests in the automation, or choose a shorter period."


class Reason(NamedTuple):
    """Why something of a delivery was left out, and what the person can do about it."""

    what: str
    cure: str


NO_VALUE = Reason("without a value", "Nothing to do: the phone had none for that time.")
NO_DATE = Reason("without a readable date", "Send dates as yyyy-MM-dd HH:mm:ss Z.")
NO_NUMBER = Reason("with a value that is not a number", "Send numbers, such as 72.5.")
OTHER_UNIT = Reason("in a unit of something else", "Choose another unit in the app.")
OUR_OWN = Reason("written by Intervals Companion itself", "Nothing to do: its own entries are not read back.")


def unknown_unit(unit: str) -> Reason:
    return Reason(f"in the unit {_short(unit)!r}, which is not known here", "Choose another unit in the app.")


TOO_MANY = Reason(
    f"of more than {MOST_PUSH_SERIES:,} types and sources together",
    "Send fewer sources at once; what is known was kept.",
)
CUT = Reason(
    f"of a source whose name has more than {LONGEST_NAME} characters", "Nothing to do: its beginning names it here."
)
_MORE = Reason("more of other kinds", "Look at those named first, then send it again.")
MOST_REASONS = 100
"""Different ones that are named; what a delivery leaves out beyond is counted together."""


class Unusable(ValueError):
    """An item that cannot be used."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.what)
        self.reason = reason


class Delivery(HealthReader, Protocol):
    """A push: samples by way of the port, and beside them summaries."""

    summaries: Summaries
    left_out: Counter[Reason]


class _Group:
    """The rows of one type from one source. What has only a span, a value and a label is kept in columns."""

    def __init__(self, kind: str, source: Source) -> None:
        self._kind = kind
        self._source = source
        self._plain: Columns[tuple[str, str]] = Columns()
        self._rows: list[Row] = []

    def add(self, row: Row) -> None:
        if row.created == UNKNOWN_INSTANT and not row.metadata and not row.detail:
            self._plain.append(row.start, row.end, row.value, (row.unit, row.label))
        else:
            self._rows.append(row)

    def batches(self) -> Iterator[Batch]:
        plain = (point((start, end), value, *about) for start, end, value, about in self._plain)
        rows = chain(plain, self._rows)
        while piece := list(islice(rows, _BATCH)):
            yield Batch(self._kind, self._source, piece)


@define
class Read:
    """A delivery as it is read. Implements `Delivery`."""

    channel: str
    reading: Reading
    summaries: Summaries = field(factory=Summaries)
    left_out: Counter[Reason] = field(factory=Counter)
    """What was left out, or is kept and does not count."""
    _groups: dict[tuple[str, str], _Group] = field(factory=dict)
    _items: int = 0
    _series: set[tuple[str, str]] = field(factory=set)
    _sources: set[str] = field(factory=set)

    def sample(self, kind: str, source: str, row: Row, product: str = "") -> None:
        """`source`: the name as the app wrote it; `product`: the model of its device, where the app says it."""
        key = self._checked(kind, source_key(source), (source,))
        self._group(kind, key, source[:LONGEST_NAME], product).add(row)
        if kind == WORKOUT:
            self.reading.workouts += 1
        elif kind == ROUTE:
            self.reading.routes += 1
        else:
            self.reading.count(kind)

    def _checked(self, kind: str, key: str, names: tuple[str, ...]) -> str:
        """The source key of one more item. Raises Unusable, DamagedInput for more items than a delivery may have."""
        if key == own_samples.NAME:
            raise Unusable(OUR_OWN)
        self._items += 1
        if self._items > MOST_ITEMS:
            raise DamagedInput(f"The delivery has more than {MOST_ITEMS:,} entries.", _SMALLER)
        if (kind, key) not in self._series:
            fresh = [part for part in parts(key) if part not in self._sources]
            if len(self._series) >= MOST_PUSH_SERIES or len(self._sources) + len(fresh) > MOST_PUSH_SERIES:
                raise Unusable(TOO_MANY)
            self._series.add((kind, key))
            self._sources.update(fresh)
            if any(len(name) > LONGEST_NAME for name in names):
                self.tell(short_type(kind), CUT)
        return key

    def _group(self, kind: str, key: str, name: str, product: str) -> _Group:
        group = self._groups.get((kind, key))
        if group is None:
            group = self._groups[kind, key] = _Group(kind, Source(key, name, product))
        return group

    def summary(
        self, kind: str, sources: tuple[str, ...], span: Span, value: float, unit: str, how: How, label: str = ""
    ) -> None:
        key = self._checked(kind, _joined(sources), sources)
        self.summaries.append(Summary(kind, *span, key, label, value, unit, how))

    def leave_out(self, kind: str, reason: Reason, count: int = 1) -> None:
        """`kind`: what the app calls it."""
        self.tell(kind, reason, count)
        self.reading.count(_short(kind), count)
        self.reading.ignored += count

    def tell(self, kind: str, reason: Reason, count: int = 1) -> None:
        """Says something of what was kept all the same."""
        told = Reason(f"{_short(kind)} {reason.what}", reason.cure)
        self.left_out[told if told in self.left_out or len(self.left_out) < MOST_REASONS else _MORE] += count

    def batches(self) -> Iterator[Batch]:
        for group in self._groups.values():
            yield from group.batches()
        for reason, count in self.left_out.items():
            self.reading.note(Problem(self.channel, f"{count} x {reason.what}.", reason.cure))
        self.reading.bytes_done = self.reading.bytes_total
        self.reading.complete = True


Span = tuple[int, int]

_joined = lru_cache(maxsize=1024)(joined)


def point(span: Span, value: float, unit: str, label: str = "") -> Row:
    """A sample of a bridge: when it was written, nobody says."""
    return Row(*span, value, unit, label, UNKNOWN_INSTANT, "", b"")


def _short(text: str) -> str:
    return "".join(letter for letter in text[:200] if letter.isprintable())[:60]


# --- JSON ------------------------------------------------------------------------------------------------------------


class Items(Protocol):
    """Objects that may be gone through several times; of a long list each time in pieces."""

    def __iter__(self) -> Iterator[Json]: ...

    def __len__(self) -> int: ...


class _LongItems:
    def __init__(self, found: LongList) -> None:
        self._found = found

    def __iter__(self) -> Iterator[Json]:
        return (one for one in self._found if isinstance(one, dict))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def objects(value: Any) -> Items:
    """The objects in a list; anything else has none."""
    if isinstance(value, LongList):
        return _LongItems(value)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def number(value: Any) -> float:
    """Raises Unusable."""
    if value is None:
        raise Unusable(NO_VALUE)
    if isinstance(value, bool):
        raise Unusable(NO_NUMBER)
    try:
        found = decimal(in_ascii(value)) if isinstance(value, str) else float(value)
    except (TypeError, ValueError, OverflowError) as problem:
        raise Unusable(NO_NUMBER) from problem
    if not isfinite(found):
        raise Unusable(NO_NUMBER)
    return found


def text(value: Any) -> str:
    """A text, or "". Half characters, which JSON can hold and nothing else, become question marks."""
    if not isinstance(value, str):
        return ""
    return value if value.isascii() else value.encode("utf-8", "replace").decode()


# --- units -----------------------------------------------------------------------------------------------------------

_SPELLINGS = {
    "bpm": "count/min", "beats/min": "count/min", "breaths/min": "count/min", "breaths per minute": "count/min",
    "beats per minute": "count/min", "count/minute": "count/min", "steps": "count", "step": "count",
    "times": "count", "flights": "count", "floors": "count",
    "kilocalories": "kcal", "calories": "kcal", "kilojoules": "kJ", "kj": "kJ", "kcal": "kcal", "cal": "Cal",
    "°c": "degC", "c": "degC", "degc": "degC", "°f": "degF", "f": "degF", "degf": "degF",
    "hours": "hr", "hour": "hr", "hrs": "hr", "minutes": "min", "minute": "min", "mins": "min",
    "seconds": "s", "sec": "s", "secs": "s",
    "lbs": "lb", "pounds": "lb", "kgs": "kg", "kilograms": "kg", "stone": "st", "grams": "g",
    "miles": "mi", "kilometers": "km", "kilometres": "km", "meters": "m", "metres": "m", "feet": "ft", "yards": "yd",
    "inches": "in", "liters": "L", "litres": "L", "l": "L", "ml": "mL", "fl oz": "fl_oz_us", "fl_oz": "fl_oz_us",
    "milliseconds": "ms", "msec": "ms", "percent": "%", "watts": "W", "w": "W",
    "kmph": "km/hr", "kph": "km/hr", "km/h": "km/hr", "mph": "mi/hr",
    "ml/(kg·min)": "mL/min·kg", "ml/kg/min": "mL/min·kg", "ml/kg·min": "mL/min·kg", "ml/min·kg": "mL/min·kg",
    "ml/(kg*min)": "mL/min·kg", "vo2": "mL/min·kg", "mmhg": "mmHg", "mg/dl": "mg/dL", "mmol/l": "mmol/L",
    "kcal/hr·kg": "kcal/hr·kg", "met": "kcal/hr·kg", "mets": "kcal/hr·kg", "spm": "count/min", "rpm": "count/min",
}  # fmt: skip


def unit(written: str) -> str:
    """The unit as Apple Health spells it. Raises Unusable for one nobody knows here."""
    if len(written) > LONGEST_UNIT:  # nothing long is remembered
        raise Unusable(unknown_unit(written))
    return _known_unit(written)


@lru_cache(maxsize=256)
def _known_unit(written: str) -> str:
    spelled = " ".join(written.split())
    known = _SPELLINGS.get(spelled.replace("⋅", "·").replace("∙", "·").casefold(), spelled)
    try:
        lookup(known)
    except UnknownUnit as problem:
        raise Unusable(unknown_unit(written)) from problem
    return known


_WHOLE = 100


def measured(kind: str, value: float, written: str) -> float:
    """A value as Health keeps it, percent as a fraction: bridges write 96 or 0.96 for the same sample.

    `kind`: a full Health identifier, "" where none is meant. Raises Unusable for another kind of unit.
    """
    known = range_of(kind)
    try:
        convert(value, written, written if known is None else known.unit)
    except UnknownUnit as problem:
        raise Unusable(OTHER_UNIT) from problem
    return value / 100 if written == "%" and 1 < value <= _WHOLE else value
