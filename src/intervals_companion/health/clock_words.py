"""Twelve-hour clocks in any language: which hour it is by the word beside it."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from intervals_companion.health.day_periods import WORDS

LONGEST_WORD = 40
"""Characters; the longest of CLDR has some 25."""
_HOURS = 24


def folded(word: str) -> str:
    """A word for comparing: `a. m.`, `A.M.` and `am` are one."""
    plain = unicodedata.normalize("NFKC", word).casefold()
    return "".join(letter for letter in plain if letter != "." and not _separates(letter))


def _separates(letter: str) -> bool:
    """Blanks, and marks that nobody sees."""
    return letter.isspace() or unicodedata.category(letter) == "Cf"


@lru_cache(maxsize=1)
def _table() -> dict[str, int]:
    return {word: hours for hours, words in WORDS.items() for word in words.split("|")}


@lru_cache(maxsize=1024)
def hour_of_day(shown: int, word: str) -> int | None:
    """The hour (0 to 23) that a clock shows as 1 to 12, or 0 to 11, beside that word; None where nobody can tell.

    >>> hour_of_day(12, "a. m."), hour_of_day(7, "下午")
    (0, 19)
    """
    hours = _table().get(folded(word), 0) if len(word) <= LONGEST_WORD else 0
    if not 0 <= shown <= _HOURS // 2:
        return None
    may_be = [hour for hour in (shown % 12, shown % 12 + 12) if hours >> hour & 1]
    return may_be[0] if len(may_be) == 1 else None
