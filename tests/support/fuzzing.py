"""Changes good inputs in the ways in which files are damaged and attackers try: the same seed, the same changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random
from time import process_time

PIECES = (
    b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"<", b">", b"&", b"&#0;", b"<!--", b"<![CDATA[", b"]]>", b'"', b"'",
    b"{", b"}", b"[", b"]", b"[[[[[[[[",
    b",", b":", b"\\", b"\\ud800", b"\n", b"\r\n\r\n", b"--", b"PK\x03\x04", b"\x1f\x8b\x08",
    b"NaN", b"Infinity", b"-Infinity", b"1e309", b"-0", b"1_000", b"9" * 400, b"0x10", b"null", b"true", b"4001-01-01",
    b"0000-00-00", b"9999-12-31 23:59:59 +9959", b"2026-02-30", b"24:61:61", b"+9959", b"\xd9\xa1\xd9\xa2",
    b"1,5", b"1.234,5",
    b"HKQuantityTypeIdentifierBodyMass", b"<Record/>", b"</HealthData>", b"<Workout>", b"../../etc/passwd",
)  # fmt: skip


def changed(good: bytes, random: Random) -> bytes:
    """One to five changes: bytes flipped, cut out, doubled, moved, cut off, or replaced by a piece that is trouble."""
    found = bytearray(good)
    for _ in range(random.randint(1, 5)):
        if not found:
            break
        place = random.randrange(len(found))
        length = min(random.choice((1, 1, 4, 16, 64, 400)), len(found) - place)
        what = random.randrange(6)
        if what == 0:
            found[place] = random.randrange(256)
        elif what == 1:
            del found[place : place + length]
        elif what == 2:
            found[place:place] = found[place : place + length] * random.choice((1, 2, 50))
        elif what == 3:
            piece = bytes(found[place : place + length])
            del found[place : place + length]
            there = random.randrange(len(found) + 1)
            found[there:there] = piece
        elif what == 4:
            del found[place:]
        else:
            found[place : place + random.choice((0, length))] = random.choice(PIECES)
    return bytes(found)


def fuzz(read: Callable[[bytes], object], good: Sequence[bytes], seconds: float, longest: float) -> Iterator[str]:
    """What went wrong with changed inputs within so many CPU seconds: an exception, or one that took `longest`.

    `read` raises nothing where it refuses an input with its words.
    """
    random = Random(1)
    until = process_time() + seconds
    while process_time() < until:
        given = changed(random.choice(good), random)
        begun = process_time()
        try:
            read(given)
        except Exception as problem:  # noqa: BLE001 - whatever it is, it is what was looked for
            yield f"{type(problem).__name__}: {problem} for {given!r}"
        if process_time() - begun > longest:
            yield f"{process_time() - begun:.1f} s for {given!r}"
