"""Feeds an export to expat and survives what breaks other readers.

Real exports carry broken DTDs, control characters, duplicate attributes and references to characters XML forbids. The
DTD is never read: everything before the root element is skipped, which also makes entities impossible. Control bytes
are dropped. A tag with a known fault is mended (those of iOS 8 in `ios8`); any other broken element is reported and
skipped. After each of these a fresh parser goes on, primed with the elements that were open.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol
from xml.parsers import expat
from xml.parsers.expat import errors

from intervals_companion.domain.errors import DamagedInput
from intervals_companion.health.apple_export import ios8

ROOT = "HealthData"
TOP_LEVEL = frozenset(
    ("Record", "Correlation", "Workout", "ActivitySummary", "ClinicalRecord", "Audiogram", "VisionPrescription")
)
LONGEST_TOKEN = 2**18
"""A tag that has not ended after this many bytes never will; expat would keep all of it, and of its attributes forty
times as much. The longest real ones have a kilobyte."""
MOST_NAMES = 10_000
"""Different element and attribute names: an export has some 150."""

_FORBIDDEN = bytes(set(range(32)) - set(b"\t\n\r"))
_PIECE = 2**15
"""Bytes parsed at once: each damaged element costs a copy of what is left of them."""
_WINDOW = 1024
"""Bytes kept while seeking, so that a tag cut in two by the end of a chunk is still found."""

_AT_ROOT = re.compile(rb"<HealthData(?:\s[^<>/]*)?>")
_NEXT_ELEMENT = re.compile(rf"(?=<(?:{'|'.join(TOP_LEVEL)})[\s/>]|</HealthData\s*>)".encode())
_AFTER_CORRELATION = re.compile(
    rf"</Correlation\s*>|(?=<(?:{'|'.join(TOP_LEVEL - {'Record'})})[\s/>]|</HealthData\s*>)".encode()
)
_HERE = re.compile(rb"(?=<)")
"""For a tag that is being waited for."""
_NAME = re.compile(rb"</?(\w+)")
_TAG = re.compile(rb"<\w+(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))*\s*/?>")
_SECOND_START = re.compile(rb"(\sstartDate\s*=.*?\s)startDate(?=\s*=)", re.DOTALL)
_REFERENCE = re.compile(rb"&#(?:x([0-9A-Fa-f]{1,8})|([0-9]{1,8}));")
_INVALID_TOKEN = errors.codes[errors.XML_ERROR_INVALID_TOKEN]
_TAG_MISMATCH = errors.codes[errors.XML_ERROR_TAG_MISMATCH]
_ENDS_EARLY = frozenset(
    errors.codes[words]
    for words in (
        errors.XML_ERROR_NO_ELEMENTS, errors.XML_ERROR_UNCLOSED_TOKEN,
        errors.XML_ERROR_PARTIAL_CHAR, errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
)  # fmt: skip


class Handler(Protocol):
    """Who listens. `open` names the elements that are open now, the root first."""

    open: list[str]

    def start(self, name: str, attributes: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def abandon(self) -> None:
        """Whatever is open below the root cannot be read to its end."""
        ...


class XmlReader:
    """`feed` chunks of any size, then `close`. `note` takes the line and words of what was left out."""

    def __init__(self, handler: Handler, note: Callable[[int, str], None]) -> None:
        self._handler = handler
        self._note = note
        self._seeking: re.Pattern[bytes] | None = _AT_ROOT
        self._first_line = 1
        """The line on which the current parser, or the part being sought in, begins."""
        self._parser = expat.ParserCreate("UTF-8")
        self._fed = 0
        self._unread = b""
        """What the parser has not made an event of yet, or what may be the beginning of the tag sought."""

    @property
    def line(self) -> int:
        return self._first_line if self._seeking else self._first_line + self._parser.CurrentLineNumber - 1

    def feed(self, chunk: bytes) -> None:
        """Raises DamagedInput for what no export is."""
        data = chunk.translate(None, _FORBIDDEN)
        for start in range(0, len(data), _PIECE):
            self._work_off(data[start : start + _PIECE], final=False)

    def close(self) -> bool:
        """Whether the root element was closed: False means that the file ends early."""
        self._work_off(b"", final=True)
        return not self._handler.open

    def _work_off(self, data: bytes, *, final: bool) -> None:
        while True:
            data = self._seek(data) if self._seeking else self._parse(data, final=final)
            if not data:
                return

    def _seek(self, data: bytes) -> bytes:
        """Skips to what is sought. Returns what is left to parse."""
        assert self._seeking is not None
        data = self._unread + data
        found = self._seeking.search(data)
        skipped = found.end() if found else max(0, len(data) - _WINDOW)
        self._first_line += data.count(b"\n", 0, skipped)
        if found is None:
            self._unread = data[skipped:]
            return b""
        self._start_parser()
        return data[skipped:]

    def _start_parser(self) -> None:
        prefix = "".join(f"<{name}>" for name in self._handler.open).encode()
        self._parser = parser = expat.ParserCreate("UTF-8")
        parser.Parse(prefix, False)
        parser.StartElementHandler = self._handler.start
        parser.EndElementHandler = self._handler.end
        self._fed, self._unread, self._seeking = len(prefix), b"", None

    def _parse(self, data: bytes, *, final: bool) -> bytes:
        """Returns what is left to do after a repair."""
        try:
            self._parser.Parse(data, final)
        except expat.ExpatError as error:
            return self._repair(error, self._unread + data, final=final)
        self._fed += len(data)
        unread = self._fed - self._parser.CurrentByteIndex
        if unread > len(data):
            data = self._unread + data
        self._unread = data[max(0, len(data) - unread) :]
        if unread > LONGEST_TOKEN:
            return self._skip(self.line, "it does not end", self._unread, 0, 1)
        if len(self._parser.intern) > MOST_NAMES:
            raise DamagedInput(
                "The file has more kinds of elements than any Apple Health export.", "Export again on the iPhone."
            )
        return b""

    def _repair(self, error: expat.ExpatError, data: bytes, *, final: bool) -> bytes:
        """`data` is all that the broken parser has not finished. Mends the tag at the error, or skips the element; of a
        tag whose end is still to come it waits for that.
        """
        if not self._handler.open or error.code in _ENDS_EARLY:
            return b""  # text behind the end, or a file that ends early, which `close` tells
        at = max(0, self._parser.ErrorByteIndex - (self._fed - len(self._unread)))
        line = self._first_line + error.lineno - 1
        start = max(0, data.rfind(b"<", 0, at + 1))
        if not final and len(data) - start <= LONGEST_TOKEN and data.find(b">", start) < 0:
            self._first_line = line - data.count(b"\n", start, at)
            self._seeking, self._unread = _HERE, data[start:]
            return b""
        tag = _TAG.match(data, start)
        mended = ios8.mended(data, start) if tag is None else (_mend(tag[0]), tag.end())
        if mended is None or mended[1] <= at:
            return self._skip(line, expat.ErrorString(error.code), data, at, _go_on_from(at, error.code))
        instead, end = mended
        if instead == data[start:end]:
            return self._skip(line, expat.ErrorString(error.code), data, at, end)
        self._first_line = line - data.count(b"\n", start, at)
        self._start_parser()
        return instead + data[end:]

    def _skip(self, line: int, words: str, data: bytes, at: int, to: int) -> bytes:
        """Gives up the top-level element around the error at `data[at]`. Returns `data` from `to`, to go on seeking."""
        path = self._handler.open
        element = path[1] if len(path) > 1 else _name_at(data, at)
        if element != ROOT:  # the end of the root does not fit where an element without end was told before
            self._note(line, f"This {element} could not be read: {words}.")
        self._handler.abandon()
        self._seeking = _AFTER_CORRELATION if element == "Correlation" else _NEXT_ELEMENT
        self._unread = b""
        self._first_line = line + data.count(b"\n", at, to)
        return data[to:]


def _go_on_from(at: int, code: int) -> int:
    """Where the next whole element may begin: always behind the beginning of the broken one."""
    if code == _TAG_MISMATCH:
        return max(0, at - 2)  # expat points behind the </ of the end tag
    return at if code == _INVALID_TOKEN else at + 1


def _name_at(data: bytes, at: int) -> str:
    """The name in the tag at, or else before, that place."""
    for begin in (data.rfind(b"<", 0, at + 1), data.rfind(b"<", 0, at)):
        if begin >= 0 and (name := _NAME.match(data, begin)):
            return name[1].decode(errors="replace")
    return "part"


def _mend(tag: bytes) -> bytes:
    """A tag without the faults that real exports have, else the same tag.

    Early iOS 16 wrote `startDate` where the `endDate` of WorkoutStatistics belongs.
    """
    if not re.search(rb"\sendDate\s*=", tag):
        tag = _SECOND_START.sub(rb"\1endDate", tag, count=1)
    return _REFERENCE.sub(lambda found: found[0] if _is_character(found) else b"", tag)


def _is_character(reference: re.Match[bytes]) -> bool:
    """Whether XML 1.0 allows the character of a numeric reference."""
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    return code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
