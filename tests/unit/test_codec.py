"""The bytes of a block: what comes back, what they look like, and what tells two blocks apart."""

from __future__ import annotations

import hashlib
import struct
import zlib

import numpy as np
import pytest

from intervals_companion.domain.samples import Row
from intervals_companion.store import codec

PLAIN = Row(1_700_000_000_000, 1_700_000_060_500, 72.5, "count/min", "", 1_700_000_061_000, "", b"")
TELLING = Row(
    1_700_000_100_000, 1_700_000_100_000, 0.0, "", "Läuft ❤️", -1, '{"HKTimeZone":"Europe/Berlin"}', b"\xff\x00\x80"
)
ROWS = [PLAIN, TELLING]


@pytest.mark.parametrize(
    "row",
    [
        PLAIN,
        TELLING,
        PLAIN._replace(start=-2_208_988_800_000, end=-2_208_988_800_000),  # 1900
        PLAIN._replace(start=253_402_300_799_999, end=253_402_300_799_999),  # the last ms of 9999
        PLAIN._replace(value=5e-324),
        PLAIN._replace(value=1.7976931348623157e308),
        PLAIN._replace(unit="", label="", metadata="", detail=b""),
        PLAIN._replace(detail=bytes(range(256)) * 300),
    ],
)
def test_a_row_comes_back_as_it_was(row: Row) -> None:
    assert codec.decode(codec.encode([row])) == [row]


def test_rows_come_back_in_their_order() -> None:
    rows = [PLAIN._replace(start=PLAIN.start + second * 1000, value=float(second)) for second in range(1000)]
    assert codec.decode(codec.decompress(codec.compress(codec.encode(rows)))) == rows


def test_version_1_is_laid_out_as_described() -> None:
    """A stored block outlives the program that wrote it: this layout may only change with the version."""
    texts = [b"", b"count/min", "Läuft ❤️".encode(), b'{"HKTimeZone":"Europe/Berlin"}', b"\xff\x00\x80"]
    by_hand = b"".join(
        [
            struct.pack("<L", 2),
            struct.pack("<2q", PLAIN.start, TELLING.start),
            struct.pack("<2q", PLAIN.end, TELLING.end),
            struct.pack("<2q", PLAIN.created, TELLING.created),
            struct.pack("<2d", PLAIN.value, TELLING.value),
            struct.pack("<2L", 1, 0),  # unit
            struct.pack("<2L", 0, 2),  # label
            struct.pack("<2L", 0, 3),  # metadata
            struct.pack("<2L", 0, 4),  # detail
            struct.pack("<6L", len(texts), *map(len, texts)),
            *texts,
        ]
    )
    assert codec.VERSION == 1
    assert codec.encode(ROWS) == by_hand
    assert codec.decode(by_hand) == ROWS


def test_numpy_reads_the_first_four_columns_in_place() -> None:
    raw = codec.decompress(codec.compress(codec.encode(ROWS)))
    count = int(np.frombuffer(raw, "<u4", 1)[0])
    columns = [np.frombuffer(raw, "<i8", count, offset) for offset in (4, 4 + 8 * count, 4 + 16 * count)]
    values = np.frombuffer(raw, "<f8", count, 4 + 24 * count)
    assert [column.tolist() for column in columns] == [
        [row.start for row in ROWS],
        [row.end for row in ROWS],
        [row.created for row in ROWS],
    ]
    assert values.tolist() == [row.value for row in ROWS]


def test_a_text_is_stored_once() -> None:
    long = "x" * 10_000
    rows = [PLAIN._replace(start=PLAIN.start + second, metadata=long, label=long) for second in range(100)]
    assert len(codec.encode(rows)) < len(long) + 100 * 8 * 6 + 100


def test_the_hash_is_of_the_rows_and_not_of_their_compression() -> None:
    raw = codec.encode(ROWS)
    for level in (0, 1, 9):
        assert codec.digest(codec.decompress(zlib.compress(raw, level))) == codec.digest(raw)
    assert codec.digest(raw) == hashlib.blake2b(raw, digest_size=16).digest()


@pytest.mark.parametrize(
    "other",
    [
        PLAIN._replace(start=PLAIN.start + 1),
        PLAIN._replace(end=PLAIN.end + 1),
        PLAIN._replace(value=72.50001),
        PLAIN._replace(unit="bpm"),
        PLAIN._replace(label="x"),
        PLAIN._replace(created=0),
        PLAIN._replace(metadata="{}"),
        PLAIN._replace(detail=b"x"),
    ],
)
def test_the_hash_tells_rows_apart_by_every_field(other: Row) -> None:
    assert codec.digest(codec.encode([other])) != codec.digest(codec.encode([PLAIN]))


def test_a_text_that_moves_to_another_column_is_another_block() -> None:
    one, other = PLAIN._replace(unit="x", label=""), PLAIN._replace(unit="", label="x")
    assert codec.digest(codec.encode([one])) != codec.digest(codec.encode([other]))
