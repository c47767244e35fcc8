"""The body that a shortcut sends: JSON, JSON inside a string, an object a line, or a form."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from python_multipart.multipart import parse_options_header

from intervals_companion.domain.errors import DamagedInput
from intervals_companion.health.bridge import Json
from intervals_companion.health.long_json import check_values, parse

MOST_BYTES = 8 * 2**20
"""A year of hourly values has one."""
MOST_LINES = 200_000
"""Lines of a body, or of one of its texts."""
MOST_LAYERS = 4
"""JSON inside a string inside JSON, and objects around objects."""

TOO_LARGE = (
    f"The delivery is larger than {MOST_BYTES >> 20} MB, or has more than {MOST_LINES:,} lines.",
    "Let the shortcut send a shorter period at a time.",
)
HELP = 'Send JSON such as {"type": "Weight", "value": "72.5 kg", "date": "2026-03-10T07:02:00+01:00"}.'

_MOST_FORM_FIELDS = 1000
_MOST_ESCAPES = 400_000
"""Of a form: each is a text of its own while it is read. A month of values as JSON in a form has some 10,000."""
_LONGEST_HEAD = 8192
"""Bytes of all headers of a part."""
_LONGEST_HEADER = 1000
"""Characters of a header of a form: a part's name, the boundary between parts."""


def unpacked(body: bytes, content_type: str) -> Any:
    """The JSON value, however it was wrapped. Raises DamagedInput."""
    kind_of_body = content_type.partition(";")[0].strip().casefold()
    if kind_of_body == "multipart/form-data":
        return opened(_multipart(body, content_type))
    if kind_of_body == "application/x-www-form-urlencoded" and not body.lstrip().startswith((b"{", b"[", b'"')):
        if body.count(b"%") > _MOST_ESCAPES:
            raise DamagedInput(*TOO_LARGE)
        return opened(_form(parse_qsl(_decoded(body), max_num_fields=_MOST_FORM_FIELDS)))
    return opened(_decoded(body))


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise DamagedInput("The body is not text in UTF-8.", HELP) from problem


def _multipart(body: bytes, content_type: str) -> Json:
    """Parts inside parts, which no shortcut sends, are not looked for."""
    boundary = parse_options_header(content_type[:_LONGEST_HEADER].encode("latin-1", "replace"))[1].get(b"boundary")
    parts = (b"\n" + body).split(b"\n--" + boundary, _MOST_FORM_FIELDS + 1)[1:] if boundary else []
    if len(parts) > _MOST_FORM_FIELDS:
        raise DamagedInput("This form has more parts than any shortcut sends.", HELP)
    if not parts:
        raise DamagedInput("This form has no parts.", HELP)
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


def opened(value: Any) -> Any:
    """Takes off JSON inside strings, and puts together objects that stand on a line each."""
    for _ in range(MOST_LAYERS):
        if not isinstance(value, str):
            return value
        value = _parsed(value)
    raise DamagedInput("This is a text, and not what a shortcut should send.", HELP)


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
