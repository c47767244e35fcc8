"""FIT's own way of writing: a header, definition and data messages, a checksum. Little-endian throughout."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import repeat
from typing import NamedTuple

from intervals_companion.formats.fit_profile import Field, Message

PROTOCOL_VERSION, PROFILE_VERSION = 0x10, 21158
"""1.0 has everything used here; the profile's version is major * 1000 + minor."""

_HEADER = struct.Struct("<BBHI4s")
_CRC = struct.Struct("<H")

Values = Sequence[float | None]


class Block(NamedTuple):
    """Messages of one kind: their definition, and the bytes of each."""

    definition: bytes
    rows: list[bytes]

    @property
    def joined(self) -> bytes:
        return self.definition + b"".join(self.rows)


def block(message: Message, columns: Mapping[str, Values | None]) -> Block:
    """Messages from columns of equal length. A column that is absent, or None throughout, is not defined at all."""
    present = [
        (message.fields[name], values)
        for name, values in columns.items()
        if values is not None and any(value is not None for value in values)
    ]
    fields = [field for field, _ in present]
    described = b"".join(struct.pack("<BBB", field.number, field.base.size, field.base.number) for field in fields)
    definition = struct.pack("<BBBHB", 0x40 | message.local, 0, 0, message.number, len(fields)) + described
    row = struct.Struct("<B" + "".join(field.base.letter for field in fields))
    numbers = (_numbers(field, values) for field, values in present)
    count = max((len(values) for _, values in present), default=0)
    return Block(definition, list(map(row.pack, repeat(message.local, count), *numbers)))


def single(message: Message, values: Mapping[str, float | None]) -> bytes:
    """One message with its definition."""
    return block(message, {name: (value,) for name, value in values.items()}).joined


def _numbers(field: Field, values: Values) -> list[int]:
    """Values as the file says them: scaled and rounded; the type's invalid number for what is unknown or too large."""
    low, high, invalid = field.base.low, field.base.high, field.base.invalid
    scale, offset = field.scale, field.offset * field.scale
    return [
        round(number) if value is not None and low <= (number := value * scale + offset) <= high else invalid
        for value in values
    ]


def file(body: bytes) -> bytes:
    """The whole file around its messages."""
    header = _HEADER.pack(14, PROTOCOL_VERSION, PROFILE_VERSION, len(body), b".FIT")
    content = header + _CRC.pack(crc(header)) + body
    return content + _CRC.pack(crc(content))


def crc(data: bytes) -> int:
    """CRC-16/ARC (polynomial 0x8005 reflected, start 0), two bytes at a time."""
    table = _crc_table()
    value = 0
    for (word,) in struct.iter_unpack("<H", data[: len(data) & ~1]):
        value = table[value ^ word]
    return _shifted(value ^ data[-1], 8) if len(data) % 2 else value


@cache
def _crc_table() -> list[int]:
    """What sixteen bits become. The shift is linear, so each bit doubles the table."""
    table = [0]
    for bit in range(16):
        image = _shifted(1 << bit, 16)
        table += [image ^ other for other in table]
    return table


def _shifted(value: int, bits: int) -> int:
    for _ in range(bits):
        value = (value >> 1) ^ (0xA001 if value & 1 else 0)
    return value
