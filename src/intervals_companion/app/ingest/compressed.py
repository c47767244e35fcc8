"""Compressed deliveries: unpacked in pieces, and never beyond what may come."""

from __future__ import annotations

import zlib

from intervals_companion.domain.errors import DamagedInput

GZIP = zlib.MAX_WBITS | 16
"""The window of zlib that stands for gzip."""
GZIP_MAGIC = b"\x1f\x8b"
MOST_MEMBERS = 1000
"""Of a gzip body: whoever joins compressed files sends a few."""
_PIECE_BYTES = 2**16
_UNPACKED_BYTES = 2**18
"""Of a piece at a time."""

_BROKEN = "The compressed data are damaged, or end early.", "Send the file again."


class TooLarge(DamagedInput):
    """More than may come, however small it came."""


def unpacked(data: bytes | bytearray, window: int, most: int) -> bytearray:
    """All members of compressed data, one behind the other, as gzip has them; zeros at the end are padding.

    `window`: as zlib names the format; `most`: bytes. Raises DamagedInput, and TooLarge beyond `most`.
    """
    found, inflater, members = bytearray(), zlib.decompressobj(window), 1
    try:
        for begin in range(0, len(data), _PIECE_BYTES):
            piece = bytes(data[begin : begin + _PIECE_BYTES])
            while piece:
                if inflater.eof:
                    behind = begin + _PIECE_BYTES
                    if not piece.strip(b"\0") and data.count(0, behind) == max(0, len(data) - behind):
                        return found
                    inflater, members = zlib.decompressobj(window), members + 1
                    if members > MOST_MEMBERS:
                        raise DamagedInput(*_BROKEN)
                found += inflater.decompress(piece, _UNPACKED_BYTES)
                if len(found) > most:
                    raise TooLarge(f"There are more than {most >> 20} MB in it.", "Send a shorter period at a time.")
                piece = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
        found += inflater.flush()  # less than a window: all input was taken
    except zlib.error as problem:
        raise DamagedInput(*_BROKEN) from problem
    if not inflater.eof:
        raise DamagedInput(*_BROKEN)
    return found
