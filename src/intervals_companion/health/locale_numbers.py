"""Numbers as a phone writes them into text: in its locale, often with a unit behind."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from babel import Locale, UnknownLocaleError
from babel.numbers import get_decimal_symbol

from intervals_companion.health.bridge import NO_NUMBER, NO_VALUE, Reason, Unusable, number

_TEXT = re.compile(r"([+\-−]?)\s*(\d[\d.,'’\s]*?)\s*([^\d\s.,'’].*)?")
_SPACED = re.compile(r"[\s'’]")
_SIGNS = ".,"
_ONE_GROUP = re.compile(r"[1-9]\d{0,2}([.,])\d{3}")

AMBIGUOUS = Reason(
    "with a number that can be read in two ways, such as 1,234",
    "Add a field locale to the shortcut, with the region of the phone, such as en_US or de_DE.",
)


class Written(NamedTuple):
    """A number and what stands behind it."""

    value: float
    unit: str


def sign_of(locale: str) -> str | None:
    """The decimal sign of a locale such as `de_DE`; None for a text that is none."""
    try:
        sign = get_decimal_symbol(Locale.parse(locale.replace("-", "_")))
    except (UnknownLocaleError, ValueError, TypeError):
        return None
    return sign if sign in _SIGNS else None


def sign_shown_by(texts: Iterable[str]) -> str | None:
    """The decimal sign that numbers of one phone show: the first that can be read in one way only decides."""
    for text in texts:
        found = _TEXT.fullmatch(text.strip())
        digits = "" if found is None else _SPACED.sub("", found[2])
        signs = [letter for letter in digits if letter in _SIGNS]
        if not signs or _ONE_GROUP.fullmatch(digits):
            continue
        if len(set(signs)) == 1 and len(signs) > 1:  # 1.234.567
            return "," if signs[0] == "." else "."
        return signs[-1]
    return None


def read(written: object, sign: str | None, *, whole: bool = False) -> Written:
    """A number, or a text such as `7,5 kg`. `sign`: the phone's decimal sign where it is known; `whole`: only whole
    numbers can be meant, such as steps. Raises Unusable.
    """
    if not isinstance(written, str):
        return Written(number(written), "")
    if not written.strip():
        raise Unusable(NO_VALUE)
    found = _TEXT.fullmatch(written.strip())
    if found is None:
        raise Unusable(NO_NUMBER)
    minus, spaced, unit = found.groups()
    digits = _SPACED.sub("", spaced)
    if sign is None and _ONE_GROUP.fullmatch(digits):
        if not whole:
            raise Unusable(AMBIGUOUS)
        sign = "," if "." in digits else "."
    decimal = sign or sign_shown_by([digits]) or "."
    group = "." if decimal == "," else ","
    plain = digits.replace(group, "").replace(decimal, ".")
    try:
        value = float(plain)
    except ValueError as problem:
        raise Unusable(NO_NUMBER) from problem
    return Written(-value if minus in "-−" and minus else value, (unit or "").strip())
