"""Rows <-> the bytes of a block.

Layout of version 1, little-endian, before compression: count (uint32); then columns of `count` each: start, end and
created (int64, ms), value (float64), and the indices of unit, label, metadata and detail in the text table (uint32
each); then the table: its length (uint32), the length of each text (uint32), the texts joined. Text 0 is empty.
The first four columns are plain arrays that numpy can read in place.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import TypeVar

from intervals_companion.domain.errors import DamagedRow
from intervals_companion.domain.samples import Row

VERSION = 1
_LEVEL = 1  # higher levels save a few per cent of space for twice the time


MOST_ROWS = 100_000
"""Of a block: a sample a second for a day and some. What a day has beyond is left out, the latest first."""
MOST_BYTES = 16 * 2**20
"""Of a block before compression: the map of a day with a point a second has three."""
_LARGEST = 64 * 2**20
"""What is unpacked at most: blocks of earlier versions had no limit."""
_ROW = 3 * 8 + 8 + 4 * 4
_T = TypeVar("_T", str, bytes)


class _Texts:
    """Texts of a block, each stored once: column by column, sorted within each."""

    def __init__(self) -> None:
        self.index: dict[bytes, int] = {b"": 0}

    def words(self, column: Sequence[str]) -> bytes:
        return self._places(column, {text: text.encode() for text in sorted(set(column))})

    def details(self, column: Sequence[bytes]) -> bytes:
        return self._places(column, {detail: detail for detail in sorted(set(column))})

    def _places(self, column: Sequence[_T], raw: Mapping[_T, bytes]) -> bytes:
        places = {text: self.index.setdefault(encoded, len(self.index)) for text, encoded in raw.items()}
        return struct.pack(f"<{len(column)}L", *map(places.__getitem__, column))

    def table(self) -> bytes:
        texts = list(self.index)
        return struct.pack(f"<L{len(texts)}L", len(texts), *map(len, texts)) + b"".join(texts)


def encode(rows: Sequence[Row]) -> bytes:
    """The canonical bytes of rows that are sorted and hold each sample once: the same rows give the same bytes."""
    count = len(rows)
    starts, ends, values, units, labels, created, metadata, details = zip(*rows, strict=True)
    texts = _Texts()
    columns = (
        struct.pack(f"<L{count}q", count, *starts),
        struct.pack(f"<{count}q", *ends),
        struct.pack(f"<{count}q", *created),
        struct.pack(f"<{count}d", *values),
        *(texts.words(column) for column in (units, labels, metadata)),
        texts.details(details),
    )
    return b"".join(columns) + texts.table()


def fitted(rows: list[Row], raw: bytes = b"") -> tuple[list[Row], bytes]:
    """The rows a block takes, and its bytes. `raw`: the bytes of all of them, where they are known."""
    raw = raw or encode(rows)
    if len(rows) <= MOST_ROWS and len(raw) <= MOST_BYTES:
        return rows, raw
    rows = rows[: _fitting(rows)]
    return rows, encode(rows)


def _fitting(rows: Sequence[Row]) -> int:
    """How many of the rows, which are sorted, a block takes: the longest beginning that keeps to the limits.

    A beginning, because then it does not matter in which order rows arrive: what does not fit beside some rows does
    not fit beside more.
    """
    size, seen = 8 + 4, {b""}
    for number, row in enumerate(rows[:MOST_ROWS]):
        new = {row.unit.encode(), row.label.encode(), row.metadata.encode(), row.detail} - seen
        size += _ROW + sum(4 + len(text) for text in new)
        if size > MOST_BYTES:
            return number
        seen |= new
    return min(len(rows), MOST_ROWS)


def decode(raw: bytes) -> list[Row]:
    (count,) = struct.unpack_from("<L", raw)
    offset = 4

    def column(code: str, width: int) -> tuple[int, ...]:
        nonlocal offset
        values = struct.unpack_from(f"<{count}{code}", raw, offset)
        offset += count * width
        return values

    starts, ends, created = column("q", 8), column("q", 8), column("q", 8)
    values = column("d", 8)
    unit, label, metadata, detail = (column("L", 4) for _ in range(4))
    (number,) = struct.unpack_from("<L", raw, offset)
    lengths = struct.unpack_from(f"<{number}L", raw, offset + 4)
    offset += 4 + 4 * number
    texts: list[bytes] = []
    for length in lengths:
        texts.append(raw[offset : offset + length])
        offset += length
    # Only the texts that are text are decoded: a detail may be any bytes.
    words = {index: texts[index].decode() for index in {*unit, *label, *metadata}}
    return [
        Row(*fields)
        for fields in zip(
            starts, ends, values,
            map(words.__getitem__, unit), map(words.__getitem__, label),
            created, map(words.__getitem__, metadata), map(texts.__getitem__, detail),
            strict=True,
        )
    ]  # fmt: skip


def rows_in(raw: bytes) -> int:
    """How many rows the bytes of a block say they hold. Raises struct.error."""
    count: int = struct.unpack_from("<L", raw)[0]
    return count


def digest(raw: bytes) -> bytes:
    """What tells blocks apart: of the bytes before compression, so that another zlib changes nothing."""
    return hashlib.blake2b(raw, digest_size=16).digest()


def compress(raw: bytes) -> bytes:
    return zlib.compress(raw, _LEVEL)


def decompress(packed: bytes) -> bytes:
    """Raises zlib.error for what is no block, or a larger one than is ever written."""
    unpacker = zlib.decompressobj()
    raw = unpacker.decompress(packed, _LARGEST + 1)
    if len(raw) > _LARGEST or not unpacker.eof:
        raise zlib.error("larger than any block, or not whole")
    return raw


def unpacked(packed: bytes) -> list[Row]:
    """The rows of a block as it is stored; b"" holds none. Raises DamagedRow."""
    try:
        return decode(decompress(packed)) if packed else []
    except zlib.error as problem:
        raise DamagedRow(
            "The data file is damaged.",
            "Move it away and import your newest export again; what is at Intervals.icu stays there.",
        ) from problem
