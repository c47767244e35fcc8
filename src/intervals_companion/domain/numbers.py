"""Numbers, days and moments in text that somebody else wrote: one reading of each.

Python's own readings take more than is meant: `float` and `int` take underscores, the digits of every script, NaN and
infinities; `fromisoformat` takes weeks (`2026-W10-1`), and offsets of up to a day.
"""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, timedelta
from math import isfinite

LONGEST_NUMBER = 64
"""Characters. The longest a float is ever written with is 24; some programs add zeros."""
LONGEST_FOREIGN = 1000
"""Characters of a text in which numbers of another script are looked for."""
MOST_DIGITS = 18
"""Of a whole number: what 64 bits hold, whatever its digits."""
MOST_OFFSET_MINUTES = 14 * 60
"""From UTC. Clocks of the world stand at -12:00 to +14:00 (IANA time zone database)."""

_ISO_DAY = len("2026-03-29")


class NotFinite(ValueError):
    """NaN, an infinity, or a number beyond what a float holds."""


_HYPHENS = frozenset("−‐‑‒–﹣")
"""Minus signs and hyphens that stand for the one of ASCII, U+2212 among them."""
_FULL_WIDTH = range(0xFF01, 0xFF5F)
_FULL_WIDTH_AHEAD = 0xFEE0


def in_ascii(text: str) -> str:
    """The text with the digits of any script as 0 to 9, one kind of minus and blank, and no marks that nobody sees.

    >>> in_ascii("٧٢٫٥"), in_ascii("२०२६\u2011०३\u2011१०")
    ('72٫5', '2026-03-10')
    """
    return text if text.isascii() else "".join(map(_plain, text[:LONGEST_FOREIGN]))


def _plain(letter: str) -> str:
    if letter.isascii():
        return letter
    kind = unicodedata.category(letter)
    if kind == "Nd":
        return str(unicodedata.decimal(letter))
    if letter in _HYPHENS:
        return "-"
    if ord(letter) in _FULL_WIDTH:
        return chr(ord(letter) - _FULL_WIDTH_AHEAD)
    return "" if kind == "Cf" else " " if letter.isspace() else letter


def decimal(text: str) -> float:
    """A finite number with a decimal point, such as `72.5` or `-1e-05`. Raises ValueError, NotFinite among them."""
    if len(text) > LONGEST_NUMBER or not text.isascii() or "_" in text:
        raise ValueError("not a number")
    value = float(text)
    if not isfinite(value):
        raise NotFinite("not a finite number")
    return value


def whole(text: str, digits: int = MOST_DIGITS) -> int:
    """Digits and nothing else, at most so many. Raises ValueError."""
    if not 0 < len(text) <= digits or not text.isascii() or not text.isdecimal():
        raise ValueError("not a whole number")
    return int(text)


def whole_or(text: str, otherwise: int, digits: int = MOST_DIGITS) -> int:
    """The same of a text that may as well be something else, such as a part of an address."""
    try:
        return whole(text, digits)
    except ValueError:
        return otherwise


def day(text: str) -> date:
    """A day written YYYY-MM-DD. Raises ValueError."""
    if len(text) != _ISO_DAY or text[4] + text[7] != "--" or not text.isascii():
        raise ValueError("not a day")
    return date.fromisoformat(text)


def time(text: str) -> datetime:
    """A date and time in an ISO form, with or without an offset. Raises ValueError."""
    if len(text) > LONGEST_NUMBER or not text.isascii():
        raise ValueError("not a time")
    found = datetime.fromisoformat(text)
    away = found.utcoffset()
    if away is not None and not is_offset(away // timedelta(minutes=1)):
        raise ValueError("not an offset of any clock")
    return found


def moment(text: str) -> datetime:
    """A date and time in an ISO form with its offset. Raises ValueError."""
    found = time(text)
    if found.tzinfo is None:
        raise ValueError("a time without an offset")
    return found


def is_offset(minutes: int) -> bool:
    """Whether a clock may stand so many minutes from UTC."""
    return abs(minutes) <= MOST_OFFSET_MINUTES
