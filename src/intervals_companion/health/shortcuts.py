"""What an iOS shortcut sends: whatever its owner put together, most of it as text.

    {"type": "Weight", "value": "72,5 kg", "date": "2026-03-10T07:02:00+01:00"}
    {"type": "Steps", "value": "8500\\n9200", "date": "2026-03-09\\n2026-03-10"}
    {"samples": [{"type": "Sleep", "value": "Core", "start": "...", "end": "..."}, ...]}

An object, a list of them, or one under `samples`; as JSON, as JSON inside a string, one object a line, or as a form.
A field may be a list or lines of text: then the others have as many, or one for all. A day without a clock, and an
amount without an end, speak of the whole day: summaries.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from python_multipart.multipart import parse_options_header

from intervals_companion.domain import units
from intervals_companion.domain.catalogue import short_type
from intervals_companion.domain.days import bounds
from intervals_companion.domain.errors import DamagedInput
from intervals_companion.domain.samples import LONGEST_NAME, SLEEP
from intervals_companion.domain.summaries import SHORTCUTS, How
from intervals_companion.health import locale_numbers
from intervals_companion.health.auto_export.periods import on_the_clock
from intervals_companion.health.bridge import (
    Json,
    Read,
    Reason,
    Span,
    Stamp,
    Unusable,
    measured,
    objects,
    point,
    stamp,
    text,
    unit,
)
from intervals_companion.health.bridge_names import Kind, is_sleep, kind, stage, stage_value
from intervals_companion.health.long_json import check_values, parse
from intervals_companion.health.port import Reading

CHANNEL = SHORTCUTS
APP = "Shortcuts"
"""The source of what names none."""

MOST_BYTES = 8 * 2**20
"""A year of hourly values has one."""
MOST_LINES = 200_000
"""Lines of a body, or of one of its texts."""

_TOO_LARGE = (
    f"The delivery is larger than {MOST_BYTES >> 20} MB, or has more than {MOST_LINES:,} lines.",
    "Let the shortcut send a shorter period at a time.",
)
_HELP = 'Send JSON such as {"type": "Weight", "value": "72.5 kg", "date": "2026-03-10T07:02:00+01:00"}.'
_DATES = "Format the date as yyyy-MM-dd'T'HH:mm:ssZZZZZ, or as yyyy-MM-dd for a whole day."
_NO_DATE = Reason("without a readable date", _DATES)
_NOT_KNOWN = Reason("of a type that is not known here", "Use Health’s name, such as Weight or Steps.")
_NO_STAGE = Reason("with a stage that is not known here", "Send Core, Deep, REM, Awake, Asleep or InBed.")
_NO_UNIT = Reason("without a unit", "Add a field unit, such as kg or lb.")
_NO_SPAN = Reason("without a start and an end", f"Send both. {_DATES}")
_UNEVEN = Reason("in lists of different lengths", "Send as many dates as values.")

_FIELDS = {
    "type": ("type", "name", "metric"),
    "value": ("value", "values", "qty", "quantity"),
    "unit": ("unit", "units"),
    "start": ("start", "date", "startdate", "dates", "starts"),
    "end": ("end", "enddate", "ends"),
    "source": ("source", "sources"),
}
_NAMES = frozenset(name for names in _FIELDS.values() for name in names)
MOST_ITEMS = 50_000
"""Of a delivery. A year of days and types has some 10,000."""
LONGEST_COLUMN = 2**20
"""Characters of a text of lines, or members of a list."""
MOST_CHARACTERS = 64 * 2**20
"""Of all texts of all entries."""
_TOO_MANY = Reason(f"beyond the first {MOST_ITEMS:,} of a delivery", "Send a shorter period at once.")
_LINE_ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_BEGINS = re.compile(rb'"(?:type|name|metric)\\*"\s*:', re.IGNORECASE)
"""The field without which nothing is a sample, in JSON inside a string too."""
_MOST_LAYERS = 4
_MOST_FORM_FIELDS = 1000
_MOST_ESCAPES = 400_000
"""Of a form: each is a text of its own while it is read. A month of values as JSON in a form has some 10,000."""
_LONGEST_HEAD = 8192
"""Bytes of all headers of a part."""
_LONGEST_HEADER = 1000
"""Characters of a header of a form: a part's name, the boundary between parts."""


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


def read(body: bytes | bytearray, headers: Mapping[str, str], home: ZoneInfo) -> Read:
    """One delivery. `headers`: names in lower case. `home`: the zone of days without a clock.

    Raises DamagedInput for a body that is none. A single item that cannot be used is counted with its reason.
    """
    if len(body) > MOST_BYTES or body.count(b"\n") > MOST_LINES:
        raise DamagedInput(*_TOO_LARGE)
    into = Read(CHANNEL, Reading(bytes_total=len(body)))
    entries, locale = _entries(_unpacked(bytes(body), headers.get("content-type", "")))
    items = _all_items(entries, into)
    sign = locale_numbers.sign_of(locale) or locale_numbers.sign_shown_by(
        item.value for item in items if isinstance(item.value, str)
    )
    totals: dict[tuple[Kind, str, Span], tuple[float, str]] = {}
    for item in items:
        try:
            _read(item, sign, home, into, totals)
        except Unusable as problem:
            into.leave_out(item.name or "items", problem.reason)
    for (what, source, day), (value, written) in totals.items():
        try:
            into.summary(what.type, (source,), day, value, written, what.how)
        except Unusable as problem:
            into.leave_out(short_type(what.type), problem.reason)
    return into


def is_delivery(body: bytes | bytearray) -> bool:
    """Whether something in it says of which type it is, or would have before it was cut off."""
    try:
        return any(_says_type(entry) for entry in _entries(_unpacked(bytes(body[: MOST_BYTES + 1]), ""))[0])
    except DamagedInput:
        return _BEGINS.search(body, 0, _LONGEST_HEAD) is not None


def _says_type(entry: Json) -> bool:
    return any(name in entry for name in _FIELDS["type"])


# --- the body --------------------------------------------------------------------------------------------------------


def _unpacked(body: bytes, content_type: str) -> Any:
    """The JSON value, however it was wrapped. Raises DamagedInput."""
    kind_of_body = content_type.partition(";")[0].strip().casefold()
    if kind_of_body == "multipart/form-data":
        return _layers(_multipart(body, content_type))
    if kind_of_body == "application/x-www-form-urlencoded" and not body.lstrip().startswith((b"{", b"[", b'"')):
        if body.count(b"%") > _MOST_ESCAPES:
            raise DamagedInput(*_TOO_LARGE)
        return _layers(_form(parse_qsl(_decoded(body), max_num_fields=_MOST_FORM_FIELDS)))
    return _layers(_decoded(body))


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise DamagedInput("The body is not text in UTF-8.", _HELP) from problem


def _multipart(body: bytes, content_type: str) -> Json:
    """Parts inside parts, which no shortcut sends, are not looked for."""
    boundary = parse_options_header(content_type[:_LONGEST_HEADER].encode("latin-1", "replace"))[1].get(b"boundary")
    parts = (b"\n" + body).split(b"\n--" + boundary, _MOST_FORM_FIELDS + 1)[1:] if boundary else []
    if len(parts) > _MOST_FORM_FIELDS:
        raise DamagedInput("This form has more parts than any shortcut sends.", _HELP)
    if not parts:
        raise DamagedInput("This form has no parts.", _HELP)
    fields: list[tuple[str, str]] = []
    for part in parts:
        blank = b"\r\n\r\n" if b"\r\n\r\n" in part else b"\n\n"
        head, _, content = part.partition(blank)
        if name := _part_name(head[:_LONGEST_HEAD]):
            fields.append((name, _decoded(content).strip("\r\n")))
    return _form(fields)


def _part_name(head: bytes) -> str:
    for line in head.splitlines():
        header, _, value = line.partition(b":")
        if header.strip().lower() == b"content-disposition":
            return parse_options_header(value[:_LONGEST_HEADER])[1].get(b"name", b"").decode("utf-8", "replace")
    return ""


def _form(fields: list[tuple[str, str]]) -> Json:
    """A field sent several times is a list."""
    found: dict[str, list[str]] = {}
    for name, value in fields:
        found.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _layers(value: Any) -> Any:
    """Takes off JSON inside strings, and puts together objects that stand on a line each."""
    for _ in range(_MOST_LAYERS):
        if not isinstance(value, str):
            return value
        value = _parsed(value)
    raise DamagedInput("This is a text, and not what a shortcut should send.", _HELP)


def _parsed(written: str) -> Any:
    check_values(written)  # of all lines together too
    try:
        return parse(written)
    except DamagedInput:
        pieces = _objects_on_lines(written)
        if len(pieces) < 2:
            raise
        return [parse(piece) for piece in pieces]


def _objects_on_lines(written: str) -> list[str]:
    """A text cut where a line ends with a brace and the next one begins with one."""
    pieces: list[list[str]] = []
    closed = True
    for line in filter(None, map(str.strip, written.split("\n"))):
        if closed and line.startswith("{"):
            pieces.append([])
        if not pieces:
            return []
        pieces[-1].append(line)
        closed = line.endswith("}")
    return ["\n".join(lines) for lines in pieces]


def _entries(value: Any, layers: int = _MOST_LAYERS) -> tuple[list[Json], str]:
    """The objects, each with what stands around them, and the locale if one is given."""
    if isinstance(value, list):
        return [_fields(one) for one in objects([_object(one) for one in value])], ""
    if not isinstance(value, dict) or not layers:
        raise DamagedInput("This is JSON, but holds no samples.", _HELP)
    around = {key.casefold(): inner for key, inner in value.items()}
    locale = text(around.get("locale"))
    for key in ("samples", "data", "json"):
        if key in around:
            nested, inner_locale = _entries(_layers(around[key]), layers - 1)
            shared = _fields(around)
            return [{**shared, **_fields(entry)} for entry in nested], locale or inner_locale
    return [_fields(around)], locale


def _fields(entry: Json) -> Json:
    """What is read of an object: one that holds all the others may have any number of fields beside."""
    return {name: value for key, value in entry.items() if (name := key.casefold()) in _NAMES}


def _object(value: Any) -> Any:
    return _layers(value) if isinstance(value, str) and value.lstrip().startswith("{") else value


# --- items -----------------------------------------------------------------------------------------------------------


def _all_items(entries: list[Json], into: Read) -> list[_Item]:
    """What stands around the entries is in each of them: both limits are of what they say together."""
    items: list[_Item] = []
    looked_at = 0
    for place, entry in enumerate(entries):
        looked_at += sum(len(value) for value in entry.values() if isinstance(value, str | list))
        if len(items) >= MOST_ITEMS or looked_at > MOST_CHARACTERS:
            into.leave_out("items", _TOO_MANY, len(entries) - place)
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
    columns = [
        _column(next((entry[name] for name in names if name in entry), None)) for names in _FIELDS.values()
    ]  # fmt: skip
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
            raise DamagedInput(*_TOO_LARGE)
        return value.strip().splitlines() or [None]
    return (value or [None]) if isinstance(value, list) else [value]


def _read(
    item: _Item, sign: str | None, home: ZoneInfo, into: Read, totals: dict[tuple[Kind, str, Span], tuple[float, str]]
) -> None:
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
    begin = _stamp(item.start, home)
    ends = item.end not in (None, "")
    adds_up = what.how is How.SUM
    if what.daily or begin.clock is None or (adds_up and not ends):
        key = what, source, bounds(begin.day, home)
        totals[key] = _added(totals.get(key), value, written) if adds_up else (value, written)
        return
    span = _span(item, home) if ends else (begin.instant, begin.instant)
    if adds_up and on_the_clock(span):
        into.summary(what.type, (source,), span, value, written, what.how)
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


def _stamp(written: Any, home: ZoneInfo) -> Stamp:
    try:
        return stamp(written, home)
    except Unusable as problem:
        raise Unusable(_NO_DATE) from problem


def _span(item: _Item, home: ZoneInfo) -> Span:
    if item.end in (None, ""):
        raise Unusable(_NO_SPAN)
    start, end = _stamp(item.start, home), _stamp(item.end, home)
    if start.clock is None or end.clock is None or end.instant < start.instant:
        raise Unusable(_NO_SPAN)
    return start.instant, end.instant
