"""Numbers as a phone writes them into text: in its locale, often with a unit behind."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import takewhile
from string import digits
from typing import NamedTuple

from babel.numbers import get_decimal_symbol

from intervals_companion.domain.locales import locale_of
from intervals_companion.domain.numbers import decimal, in_ascii
from intervals_companion.health.bridge import NO_NUMBER, NO_VALUE, Reason, Unusable, number

_MINUS = "-"
_ARABIC_POINT = "٫"
_SIGNS = ".," + _ARABIC_POINT
_AS_COMMA = str.maketrans({"،": ",", "⹁": ",", "٪": "%"})
"""Signs of other scripts that are used as these are."""
_BETWEEN = "'’٬"
"""What stands between groups of digits and nowhere else, beside blanks."""
_ONE_GROUP = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
LONGEST_TEXT = 100
"""Characters of a number with its unit."""

AMBIGUOUS = Reason(
    "with a number that can be read in two ways, such as 1,234",
    "Add a field locale to the shortcut, with the region of the phone, such as en_US or de_DE.",
)


TOO_LONG = Reason(f"with a value of more than {LONGEST_TEXT} characters", "Send one number, such as 72.5.")


class Written(NamedTuple):
    """A number and what stands behind it."""

    value: float
    unit: str


def sign_of(locale: str) -> str | None:
    """The decimal sign of a locale such as `de_DE`, beside the digits 0 to 9; None for a text that is none."""
    known = locale_of(locale)
    sign = "" if known is None else get_decimal_symbol(known, numbering_system="latn")
    return sign if sign in (".", ",") else None


def sign_shown_by(texts: Iterable[str]) -> str | None:
    """The decimal sign that numbers of one phone show: the first that can be read in one way only decides."""
    for text in texts:
        digits = _parts(text).digits
        signs = [letter for letter in digits if letter in _SIGNS]
        if not signs or _ARABIC_POINT in signs or _ONE_GROUP.fullmatch(digits):
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
    if len(written) > LONGEST_TEXT:
        raise Unusable(TOO_LONG)
    minus, digits, unit = _parts(written)
    if not digits:
        raise Unusable(NO_NUMBER)
    if sign is None and _ONE_GROUP.fullmatch(digits):
        if not whole:
            raise Unusable(AMBIGUOUS)
        sign = "," if "." in digits else "."
    point = _ARABIC_POINT if _ARABIC_POINT in digits else sign or sign_shown_by([digits]) or "."
    plain = "".join("." if letter == point else letter for letter in digits if letter == point or letter not in _SIGNS)
    try:
        value = decimal(plain)
    except ValueError as problem:
        raise Unusable(NO_NUMBER) from problem
    return Written(-value if minus else value, unit)


class _Parts(NamedTuple):
    minus: bool
    digits: str
    """With the signs between them, without blanks; "" for a text that begins with no number."""
    unit: str


def _parts(text: str) -> _Parts:
    text = in_ascii(text.strip()).translate(_AS_COMMA) if len(text) <= LONGEST_TEXT else ""
    minus, signed = text[:1] in _MINUS and text != "", text[:1] in f"+{_MINUS}"
    rest = text[1:].lstrip() if signed else text
    number = "".join(takewhile(_may_be_in_number, rest))
    unit = rest[len(number) :]
    if number[:1] not in digits or not number or unit[:1].isdigit():
        return _Parts(minus, "", "")
    return _Parts(minus, "".join(letter for letter in number if letter in digits + _SIGNS), unit)


def _may_be_in_number(letter: str) -> bool:
    return letter in digits + _SIGNS + _BETWEEN or letter.isspace()
