"""The members of a zip file, as far as they can be read: a damaged or truncated zip gives what is before the damage.

The standard library reads the directory at the end of the file. Members are unpacked here, because its reader throws
away what it has unpacked when it meets an error. Where the directory is lost, members are found by their own headers.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, NamedTuple

from intervals_companion.domain.errors import DamagedInput

CHUNK = 2**18
"""Bytes read at a time: some 600 records. Larger pieces leave the processor's cache and take longer."""
MOST_BYTES = 64 * 2**30
"""Unpacked: eight times the largest export anybody reported."""
MOST_RATIO = 200
"""Real exports unpack to 15 or 20 times their size. Deflate can reach 1,000."""
ALWAYS_ALLOWED = 256 * 2**20
"""Bytes that may be unpacked whatever the ratio: small files of much the same records shrink well."""
MOST_DIRECTORY_BYTES = 4 * 2**20
"""Of the zip's own list of its members. A route takes 130 bytes there, so this is 30,000 workouts; what the standard
library makes of it in memory is twenty times as large."""
MOST_MEMBERS = 100_000
"""Members found by their headers, where that list is lost: as many as it could hold at most."""
LONGEST_NAME = 1024
"""Bytes of a member's name: those of exports have 60."""

AGAIN = (
    "Export again on the iPhone (Health, profile picture, Export All Health Data; a longer Auto-Lock helps) and import "
    "the new file: nothing is doubled."
)
UNZIP = "Unzip it yourself and give the folder that comes out."
ROUTES_RATIO = 30
"""How many times the size of the zip file its routes may unpack to together. Points shrink to a seventh."""
_TOO_MANY = "The zip file lists more files than any Apple Health export.", AGAIN

_READ = 2**16
_SCANNED = 2**20
_STORED, _DEFLATED = 0, 8
_LOCAL = struct.Struct("<4s5H3L2H")
_LOCAL_HEADER = re.compile(rb"PK\x03\x04(?s:.{26})")
_ENCRYPTED, _SIZES_FOLLOW, _UTF8 = 0x1, 0x8, 0x800
_IN_ZIP64 = 0xFFFFFFFF
_UNREADABLE = (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, OverflowError, EOFError)


class Member(NamedTuple):
    """A file in the zip. What only the lost directory knew is None."""

    name: str
    header: int
    method: int
    encrypted: bool
    packed: int | None
    size: int | None
    crc: int | None


class Directory(NamedTuple):
    members: list[Member]
    whole: bool
    """False where the zip's own directory is lost, as in a truncated file."""


def directory(path: Path) -> Directory:
    """Raises DamagedInput for more members than any export has."""
    try:
        with _BoundedFile(path) as file, zipfile.ZipFile(file) as archive:
            return Directory([_listed(info) for info in archive.infolist() if not info.filename.endswith("/")], True)
    except _UNREADABLE:
        return Directory(list(_salvaged(path)), False)


def overlapping(members: Iterable[Member]) -> frozenset[Member]:
    """Members that reach into the next one, as no real zip has them: a few packed bytes would be unpacked many times.

    What is left overlaps nothing. A size that was damaged costs the member itself, and not those behind it.
    """
    ordered = sorted(members, key=lambda member: member.header)
    return frozenset(
        one for one, after in pairwise(ordered) if one.header + _LOCAL.size + (one.packed or 0) > after.header
    )


class _BoundedFile(io.FileIO):
    """The standard library reads the whole directory, however long the end of the file says it is."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > MOST_DIRECTORY_BYTES:
            raise DamagedInput(*_TOO_MANY)
        return super().read(size) or b""


def _listed(info: zipfile.ZipInfo) -> Member:
    return Member(
        info.filename.replace("\\", "/"), info.header_offset, info.compress_type, bool(info.flag_bits & _ENCRYPTED),
        info.compress_size, info.file_size, info.CRC,
    )  # fmt: skip


def _salvaged(path: Path) -> Iterator[Member]:
    with path.open("rb") as file:
        for number, (place, head, raw) in enumerate(_headers(file)):
            if number >= MOST_MEMBERS:
                raise DamagedInput(*_TOO_MANY)
            _, version, flags, method, _, _, crc, packed, size, name_length, _ = _LOCAL.unpack(head)
            if (
                version > 63
                or method not in (_STORED, _DEFLATED)
                or not 0 < name_length <= LONGEST_NAME
                or b"\0" in raw
            ):
                continue  # four bytes of packed data that look like a header
            name = raw.decode("utf-8" if flags & _UTF8 else "cp437", errors="replace").replace("\\", "/")
            known = not flags & _SIZES_FOLLOW and _IN_ZIP64 not in (packed, size)
            yield Member(
                name, place, method, bool(flags & _ENCRYPTED),
                packed if known else None, size if known else None, crc if known else None,
            )  # fmt: skip


def _headers(file: BinaryIO) -> Iterator[tuple[int, bytes, bytes]]:
    """Whatever looks like a member's header: its place, its bytes, the bytes of the name behind it.

    Read in pieces: a file mapped into memory counts as memory where it is measured.
    """
    base, data = 0, b""
    while piece := file.read(_SCANNED):
        data += piece
        done = 0
        for found in _LOCAL_HEADER.finditer(data):
            done, length = found.end(), _LOCAL.unpack(found[0])[-2]
            name = data[done : done + length]
            if len(name) < length:
                file.seek(base + done)
                name = file.read(length)
                file.seek(base + len(data))
            yield base + found.start(), found[0], name
        keep = max(done, len(data) - _LOCAL.size + 1)
        base, data = base + keep, data[keep:]


def unpack(path: Path, member: Member) -> Iterator[bytes]:
    """The member in pieces of at most `CHUNK` bytes. Raises DamagedInput after the last byte that can be read."""
    if member.encrypted:
        raise DamagedInput("The zip file is protected with a password.", UNZIP)
    if member.method not in (_STORED, _DEFLATED):
        raise DamagedInput("The zip file is packed in a way that is not read here.", UNZIP)
    if member.size is not None and member.packed is not None:
        _check_ratio(member.packed, member.size)
    done, crc = 0, 0
    with path.open("rb") as file:
        packed = _packed(file, member)
        for piece in _inflate(packed) if member.method == _DEFLATED else packed:
            done += len(piece)
            crc = zlib.crc32(piece, crc)
            if piece:
                yield piece
            _check_ratio(file.tell() - member.header, done)
    if member.crc is not None and (crc, done) != (member.crc, member.size):
        raise DamagedInput("The zip file was changed after it was written: its checksum does not fit.", AGAIN)


def _check_ratio(packed: int, size: int) -> None:
    if size > MOST_BYTES or size > max(ALWAYS_ALLOWED, packed * MOST_RATIO):
        raise DamagedInput("The zip file unpacks to a size that no Apple Health export has.", AGAIN)


def _packed(file: BinaryIO, member: Member) -> Iterator[bytes]:
    """The raw bytes of a member; to the end of the file where its size is not known."""
    file.seek(member.header)
    head = file.read(_LOCAL.size)
    if len(head) < _LOCAL.size or not _LOCAL_HEADER.match(head):
        raise DamagedInput("The zip file is damaged: a member is not where its directory says.", AGAIN)
    file.seek(sum(_LOCAL.unpack(head)[-2:]), 1)
    left = member.packed
    while left is None or left > 0:
        raw = file.read(_READ if left is None else min(_READ, left))
        if not raw:
            raise DamagedInput("The zip file ends early.", AGAIN)
        left = None if left is None else left - len(raw)
        yield raw


def _inflate(packed: Iterator[bytes]) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for raw in packed:
            while raw:
                before = inflater.copy()
                try:
                    piece = inflater.decompress(raw, CHUNK)
                except zlib.error as problem:
                    yield _up_to_the_error(before, raw)
                    raise DamagedInput("The zip file is damaged inside.", AGAIN) from problem
                yield piece
                if inflater.eof:
                    return
                raw = inflater.unconsumed_tail
        raise DamagedInput("The zip file is damaged inside.", AGAIN)
    except DamagedInput:
        yield inflater.flush()
        raise


def _up_to_the_error(inflater: zlib._Decompress, raw: bytes) -> bytes:
    """What a chunk holds before the byte that cannot be unpacked."""
    good = bytearray()
    with suppress(zlib.error):
        for byte in raw:
            good += inflater.decompress(bytes((byte,)))
    return bytes(good)
