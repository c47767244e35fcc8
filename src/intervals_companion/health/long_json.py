"""JSON of any size, read in pieces: a long list is gone through as often as one likes and never held whole.

A first pass over the bytes finds the long lists and where they may be cut, and builds nothing. The text around them is
then parsed as usual, with a `LongList` in the place of each. So a delivery of 64 MB takes its own size and a little
more, where parsing it at once takes ten times its size, and a list of lists thirty times.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from attrs import define, field

from intervals_companion.domain.errors import DamagedInput

DEEPEST = 64
"""Values inside one another: deliveries nest eight deep."""
LONG_BYTES = 2**14
"""A list from here on is read in pieces."""
MOST_AT_ONCE_BYTES = 2**20
"""Of text that is parsed at once, a whole body or what is beside its long lists: an entry has some hundred. What is
made of it can be thirty times as large.
"""
MOST_BRACKETS = 4_000_000
"""Lists and objects of a body, counted at their ends where others are inside: 64 MB of heart rate have 630,000."""
MOST_VALUES = 500_000
"""Of JSON that is parsed whole: each takes up to a hundred bytes."""
_PIECE_BYTES = 2**16

_CURE = "Send the body as the app makes it."
_TOO_DEEP = "This JSON nests deeper than any delivery.", _CURE
_TOO_LARGE = "This JSON holds an entry larger than any of Health.", _CURE
_UNBALANCED = (
    "This is not JSON: its brackets do not match.",
    ("Send the whole body as JSON; if it was cut off, send it again or in smaller parts."),
)

_BETWEEN = rb'[^"{}\[\]]'
_TOKEN = re.compile(
    rb'(\{(?:%b{1,1000}+|"(?:[^"\\]|\\.){0,1000}+"){0,1000}+\}'  # an object with no other value in it: nearly always
    rb'|"(?:[^"\\]|\\.){0,%d}+"?'
    rb"|[{}\[\]]"
    rb"|%b{1,4096}+)%b{0,4096}+" % (_BETWEEN, MOST_AT_ONCE_BYTES, _BETWEEN, _BETWEEN),
    re.DOTALL,
)
"""Each match is short, because nothing else runs meanwhile; whatever is longer is put together of several."""
_OPEN_LIST, _OPEN_OBJECT, _CLOSE_LIST, _CLOSE_OBJECT, _TEXT = b'[{]}"'
_BRACKETS = b"[{]}"
_BLANKS = b" \t\r\n"


@define
class _Long:
    """A long list in the body: where what is inside begins and ends, where it may be cut, the long lists in it."""

    start: int
    end: int = 0
    cuts: list[int] = field(factory=list)
    inside: list[_Long] = field(factory=list)


class LongList:
    """The values of a long list, parsed anew each time it is gone through. Raises DamagedInput on the way."""

    def __init__(self, body: bytes | bytearray, found: _Long) -> None:
        self._body = body
        self._found = found

    def __iter__(self) -> Iterator[Any]:
        begins, inside = self._found.start, iter(self._found.inside)
        pending = next(inside, None)
        ends = [*self._found.cuts, self._found.end]
        for number, end in enumerate(ends):
            within: list[_Long] = []
            while pending is not None and pending.end < end:
                within.append(pending)
                pending = next(inside, None)
            yield from _values(self._body, begins, end, within, is_first=number == 0, is_last=number == len(ends) - 1)
            begins = end


def read_long(body: bytes | bytearray) -> Any:
    """What the JSON holds; of a large body with a `LongList` for each long list.

    Raises DamagedInput; what is wrong inside a long list is found when it is gone through.
    """
    if len(body) <= MOST_AT_ONCE_BYTES:
        return _loads(bytes(body), None)
    return read_in_pieces(body)


def read_in_pieces(body: bytes | bytearray) -> Any:
    """What the JSON holds, with a `LongList` for each long list. Raises DamagedInput."""
    start = 3 if body[:3] == b"\xef\xbb\xbf" else 0
    return _parsed(body, start, len(body), _long_lists(body), b"%b")


def parse(text: str) -> Any:
    """All of it at once. Line ends inside strings are let through, as Shortcuts write them. NaN and Infinity are not
    JSON and count as null. Raises DamagedInput.
    """
    check_values(text)
    return _loads(text, None)


def check_values(text: str) -> None:
    """Raises DamagedInput for a text with more values than are parsed at once, whatever else it is."""
    if sum(map(text.count, "[{,")) > MOST_VALUES:
        raise DamagedInput(f"This JSON holds more than {MOST_VALUES:,} values.", _CURE)


def _loads(text: str | bytes, hook: Any) -> Any:
    try:
        return json.loads(text, strict=False, parse_constant=lambda _: None, object_hook=hook)
    except json.JSONDecodeError as problem:
        raise DamagedInput(
            f"This is not JSON: {problem.msg} at line {problem.lineno}, column {problem.colno}.",
            "Send the whole body as JSON; if it was cut off, send it again or in smaller parts.",
        ) from problem
    except (ValueError, RecursionError) as problem:
        raise DamagedInput(
            "This JSON cannot be read: it is no UTF-8, has a number without end, or nests too deep.", _CURE
        ) from problem


# --- the first pass --------------------------------------------------------------------------------------------------


def _long_lists(body: bytes | bytearray) -> list[_Long]:
    """The outermost long lists. Raises DamagedInput for what nests too deep or does not close."""
    everything = _Long(0)
    open_lists: list[_Long] = [everything]
    open_values = bytearray()
    brackets = 0
    for token in _TOKEN.finditer(body):
        code = body[token.start()]
        end = token.end(1)
        if code == _TEXT and end - token.start() > MOST_AT_ONCE_BYTES:
            raise DamagedInput(*_TOO_LARGE)  # and where the text ends is not known
        if code not in _BRACKETS:
            continue
        brackets += 1
        if brackets > MOST_BRACKETS:
            raise DamagedInput(f"This JSON holds more than {MOST_BRACKETS:,} lists and objects.", _CURE)
        if code == _OPEN_LIST or (code == _OPEN_OBJECT and end - token.start() == 1):
            open_values.append(code)
            if len(open_values) > DEEPEST:
                raise DamagedInput(*_TOO_DEEP)
            if code == _OPEN_LIST:
                open_lists.append(_Long(end))
            continue
        if code != _OPEN_OBJECT:
            if not open_values or open_values.pop() != (_OPEN_LIST if code == _CLOSE_LIST else _OPEN_OBJECT):
                raise DamagedInput(*_UNBALANCED)
            if code == _CLOSE_LIST:
                _close(open_lists, end - 1)
        current = open_lists[-1]
        if open_values and open_values[-1] == _OPEN_LIST and end - (current.cuts or [current.start])[-1] > _PIECE_BYTES:
            current.cuts.append(end)
    if open_values:
        raise DamagedInput(*_UNBALANCED)
    return everything.inside


def _close(open_lists: list[_Long], end: int) -> None:
    found = open_lists.pop()
    if end - found.start > LONG_BYTES:
        found.end = end
        open_lists[-1].inside.append(found)


# --- the text around them --------------------------------------------------------------------------------------------


def _values(
    body: bytes | bytearray, start: int, end: int, inside: Sequence[_Long], *, is_first: bool, is_last: bool
) -> list[Any]:
    """The values in a piece of a list; a piece begins with the comma behind the one before it."""
    if not is_first:
        while start < end and body[start] in _BLANKS:
            start += 1
        if start == end and is_last:
            return []
        if body[start : start + 1] != b",":
            raise DamagedInput("This is not JSON: a comma is missing in a list.", _CURE)
        start += 1
    found: list[Any] = _parsed(body, start, end, inside, b"[%b]")
    if not found and not is_first:
        raise DamagedInput("This is not JSON: a list has a comma too many.", _CURE)
    return found


def _parsed(body: bytes | bytearray, start: int, end: int, inside: Sequence[_Long], frame: bytes) -> Any:
    """The value in `body[start:end]` set into `frame`, where `inside` are the long lists in it."""
    size = end - start - sum(one.end - one.start for one in inside)
    if size > MOST_AT_ONCE_BYTES:
        raise DamagedInput(*_TOO_LARGE)
    if not inside:
        return _loads(frame % bytes(body[start:end]), None)
    parts: list[bytes] = []
    for one in inside:
        parts.append(bytes(body[start : one.start - 1]))  # up to the bracket
        start = one.end + 1
    parts.append(bytes(body[start:end]))
    # In the place of a list stands an object with its number, under a name that no sender can have foreseen in it.
    mark = hashlib.blake2b(b"[]".join(parts), digest_size=16).hexdigest()
    text = parts[0] + b"".join(b'{"%b":%d}%b' % (mark.encode(), n, part) for n, part in enumerate(parts[1:]))
    return _loads(frame % text, lambda found: LongList(body, inside[found[mark]]) if mark in found else found)
