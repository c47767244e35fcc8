"""The check sum that ends a FIT file, and its header."""

from __future__ import annotations


def _entry(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (0xA001 if byte & 1 else 0)
    return byte


_TABLE = [_entry(byte) for byte in range(256)]


def crc(data: bytes) -> int:
    """CRC-16 with the reversed polynomial 0xA001. Over a whole file, check sums included, it is 0."""
    value = 0
    for byte in data:
        value = value >> 8 ^ _TABLE[(value ^ byte) & 0xFF]
    return value
