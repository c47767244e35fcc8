"""What an iOS shortcut sends: whatever its owner put together, most of it as text.

    {"type": "Weight", "value": "72,5 kg", "date": "2026-03-10T07:02:00+01:00"}
    {"type": "Steps", "value": "8500\\n9200", "date": "2026-03-09\\n2026-03-10"}
    {"samples": [{"type": "Sleep", "value": "Core", "start": "...", "end": "..."}, ...]}

An object, a list of them, or one under `samples` (`shortcut_shapes`); as JSON, as JSON inside a string, one object a
line, or as a form. A field may be a list or lines of text: then the others have as many, or one for all. A day without
a clock, and an amount without an end, speak of the whole day: summaries.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from attrs import define, field

from intervals_companion.domain import units
from intervals_companion.domain.catalogue import short_type
from intervals_companion.domain.days import bounds, local_day
from intervals_companion.domain.errors import DamagedInput
from intervals_companion.domain.samples import LONGEST_NAME, SLEEP
from intervals_companion.domain.summaries import SHORTCUTS, How
from intervals_companion.health import locale_numbers
from intervals_companion.health.auto_export.periods import on_the_clock
from intervals_companion.health.bridge import (
    NO_DATE,
    Json,
    Read,
    Reason,
    Span,
    Unusable,
    measured,
    point,
    text,
    unit,
)
from intervals_companion.health.bridge_names import Kind, is_sleep, kind, stage, stage_value
from intervals_companion.health.port import Reading
from intervals_companion.health.shortcut_bodies import MOST_BYTES, MOST_LINES, TOO_LARGE, unpacked
from intervals_companion.health.shortcut_shapes import FIELDS, entries
from intervals_companion.health.spacing import Sum, longer_than_a_day
from intervals_companion.health.stamps import Stamp, stamp

CHANNEL = SHORTCUTS
APP = "Shortcuts"
"""The source of what names none."""

_DATES = "Format the date as yyyy-MM-dd'T'HH:mm:ssZZZZZ, or as yyyy-MM-dd for a whole day."
_NO_DATE = Reason("without a readable date", _DATES)
_NOT_KNOWN = Reason("of a type that is not known here", "Use Health’s name, such as Weight or Steps.")
_NO_STAGE = Reason("with a stage that is not known here", "Send Core, Deep, REM, Awake, Asleep or InBed.")
_NO_UNIT = Reason("without a unit", "Add a field unit, such as kg or lb.")
_NO_SPAN = Reason("without a start and an end", f"Send both. {_DATES}")
_SEEM_LONGER = Reason("that seem to be of whole weeks or months", "Let the shortcut group by day.")
_UNEVEN = Reason("in lists of different lengths", "Send as many dates as values.")

MOST_ITEMS = 50_000
"""Of a delivery. A year of days and types has some 10,000."""
LONGEST_COLUMN = 2**20
"""Characters of a text of lines, or members of a list."""
MOST_CHARACTERS = 64 * 2**20
"""Of all texts of all entries."""
_TOO_MANY = Reason(f"beyond the first {MOST_ITEMS:,} of a delivery", "Send a shorter period at once.")
_LINE_ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"


class _Item(NamedTuple):
    """One thing said, its fields as they came; None where absent."""

    type: Any
    value: Any
    unit: Any
    start: Any
    end: Any
    source: Any

    @property
    def name(self) -> str:
        return text(self.type).strip()


class _Amount(NamedTuple):
    """Of a day, or from a start to an end."""

    source: str
    span: Span
    value: float
    unit: str


@define
class _Gathered:
    """What is handed out once all of its type is known."""

    totals: dict[tuple[Kind, str, Span], tuple[float, str]] = field(factory=dict)
    """By type, source and day."""
    amounts: dict[Kind, list[_Amount]] = field(factory=dict)
    """What adds up and has a start and an end."""
    with_clock: set[Kind] = field(factory=set)
    """Types with a time of day other than midnight: no group begins there."""

    @property
    def days(self) -> dict[Kind, list[_Amount]]:
        found: dict[Kind, list[_Amount]] = {}
        for (what, source, day), (value, written) in self.totals.items():
            found.setdefault(what, []).append(_Amount(source, day, value, written))
        return found


def read(body: bytes | bytearray, headers: Mapping[str, str], home: ZoneInfo) -> Read:
    """One delivery. `headers`: names in lower case. `home`: the zone of days without a clock.

    Raises DamagedInput for a body that is none. A single item that cannot be used is counted with its reason.
    """
    if len(body) > MOST_BYTES or body.count(b"\n") > MOST_LINES:
        raise DamagedInput(*TOO_LARGE)
    into = Read(CHANNEL, Reading(bytes_total=len(body)))
    said, locale = entries(unpacked(bytes(body), headers.get("content-type", "")))
    items = _all_items(said, into)
    sign = locale_numbers.sign_of(locale) or locale_numbers.sign_shown_by(
        item.value for item in items if isinstance(item.value, str)
    )
    gathered = _Gathered()
    for item in items:
        try:
            _read(item, sign, home, into, gathered)
        except Unusable as problem:
            into.leave_out(item.name or "items", problem.reason)
    for what, days in gathered.days.items():
        _hand_out_days(what, days, home, into, may_be_longer=what not in gathered.with_clock)
    for what, amounts in gathered.amounts.items():
        _hand_out_amounts(what, amounts, into)
    return into


def _hand_out_days(what: Kind, days: list[_Amount], home: ZoneInfo, into: Read, *, may_be_longer: bool) -> None:
    if may_be_longer and what.how is How.SUM:
        sums = [Sum(what.type, local_day(one.span[0], home), one.value, one.unit) for one in days]
        if longer_than_a_day(sums):
            into.leave_out(short_type(what.type), _SEEM_LONGER, len(sums))
            return
    for one in days:
        with _left_out(what, into):
            into.summary(what.type, (one.source,), one.span, one.value, one.unit, what.how)


def _hand_out_amounts(what: Kind, amounts: list[_Amount], into: Read) -> None:
    grouped = _are_groups(amounts)
    for one in amounts:
        with _left_out(what, into):
            if grouped:
                into.summary(what.type, (one.source,), one.span, one.value, one.unit, what.how)
            else:
                into.sample(what.type, one.source, point(one.span, one.value, one.unit))


@contextmanager
def _left_out(what: Kind, into: Read) -> Iterator[None]:
    try:
        yield
    except Unusable as problem:
        into.leave_out(short_type(what.type), problem.reason)


def _are_groups(amounts: list[_Amount]) -> bool:
    """Whether amounts of one type with a start and an end are sums of hours or the like: each from one full minute to
    another, and no two of one source the same. Else they are what was eaten, walked or drunk, one by one.
    """
    spans = [(one.source, one.span) for one in amounts]
    return all(end > start and on_the_clock((start, end)) for _, (start, end) in spans) and len(set(spans)) == len(
        spans
    )


def _all_items(said: list[Json], into: Read) -> list[_Item]:
    """What stands around the entries is in each of them: both limits are of what they say together."""
    items: list[_Item] = []
    looked_at = 0
    for place, entry in enumerate(said):
        looked_at += sum(len(value) for value in entry.values() if isinstance(value, str | list))
        if len(items) >= MOST_ITEMS or looked_at > MOST_CHARACTERS:
            into.leave_out("items", _TOO_MANY, len(said) - place)
            break
        items += _items(entry, into)
    if len(items) > MOST_ITEMS:
        into.leave_out("items", _TOO_MANY, len(items) - MOST_ITEMS)
        del items[MOST_ITEMS:]
    return items


def _items(entry: Json, into: Read) -> Iterator[_Item]:
    if any(isinstance(value, str | list) and len(value) > LONGEST_COLUMN for value in entry.values()):
        into.leave_out(text(entry.get("type"))[:LONGEST_NAME] or "items", _TOO_MANY)
        return
    columns = [_column(entry.get(field)) for field in FIELDS]
    most = max(len(column) for column in columns)
    if any(len(column) not in (1, most) for column in columns):
        into.leave_out(text(columns[0][0]) or "items", _UNEVEN, most)
        return
    for number in range(most):
        yield _Item(*(column[number] if len(column) == most else column[0] for column in columns))


def _column(value: Any) -> list[Any]:
    """A list, lines of text, or one value."""
    if isinstance(value, str):
        if sum(map(value.count, _LINE_ENDS)) > MOST_LINES:
            raise DamagedInput(*TOO_LARGE)
        return value.strip().splitlines() or [None]
    return (value or [None]) if isinstance(value, list) else [value]


def _read(item: _Item, sign: str | None, home: ZoneInfo, into: Read, gathered: _Gathered) -> None:
    source = text(item.source).strip() or APP
    if is_sleep(item.name):
        word = stage(text(item.value))
        if word is None:
            raise Unusable(_NO_STAGE)
        into.sample(SLEEP, source, point(_span(item, home), 0.0, "", stage_value(word)))
        return
    what = kind(item.name)
    if what is None:
        raise Unusable(_NOT_KNOWN)
    value, written = _quantity(item, what, sign)
    ends = item.end not in (None, "")
    adds_up = what.how is How.SUM
    of_a_day = what.daily or (adds_up and not ends)
    begin = _stamp(item.start, home, is_local=of_a_day)  # its day is all that is asked
    if of_a_day or begin.clock is None:
        key = what, source, bounds(begin.day, home)
        totals = gathered.totals
        totals[key] = _added(totals.get(key), value, written) if adds_up else (value, written)
        if not begin.at_midnight:
            gathered.with_clock.add(what)
        return
    span = _span(item, home) if ends else (begin.instant, begin.instant)
    if adds_up:
        gathered.amounts.setdefault(what, []).append(_Amount(source, span, value, written))
    else:
        into.sample(what.type, source, point(span, value, written))


def _added(so_far: tuple[float, str] | None, value: float, written: str) -> tuple[float, str]:
    """Amounts of one day in one delivery are its samples, one by one. Raises Unusable for units that do not mix."""
    if so_far is None:
        return value, written
    try:
        return so_far[0] + units.convert(value, written, so_far[1]), so_far[1]
    except units.UnknownUnit as problem:
        raise Unusable(_NO_UNIT) from problem


def _quantity(item: _Item, what: Kind, sign: str | None) -> tuple[float, str]:
    value, behind = locale_numbers.read(item.value, sign, whole=what.unit == "count")
    spelled = behind or text(item.unit).strip() or what.unit
    if not spelled:
        raise Unusable(_NO_UNIT)
    written = unit(spelled)
    return measured(what.type, value, written), written


def _stamp(written: Any, home: ZoneInfo, *, is_local: bool = False) -> Stamp:
    try:
        return stamp(written, home, is_local=is_local)
    except Unusable as problem:
        raise Unusable(_NO_DATE if problem.reason == NO_DATE else problem.reason) from problem


def _span(item: _Item, home: ZoneInfo) -> Span:
    if item.end in (None, ""):
        raise Unusable(_NO_SPAN)
    start, end = _stamp(item.start, home), _stamp(item.end, home)
    if start.clock is None or end.clock is None or end.instant < start.instant:
        raise Unusable(_NO_SPAN)
    return start.instant, end.instant
