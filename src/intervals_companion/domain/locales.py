"""Locales by the names that phones, services and people give them."""

from __future__ import annotations

from string import ascii_letters, digits

from babel import Locale, UnknownLocaleError

_MAY_STAND_IN_A_NAME = frozenset(ascii_letters + digits + "_-@=;.")
_LONGEST_NAME = 100


def locale_of(name: str) -> Locale | None:
    """The locale of a name such as `de_DE` or `zh-Hans-CN`; None where there is none.

    Babel looks for a file of that name, so that nothing else than a name may reach it.
    """
    if len(name) > _LONGEST_NAME or not _MAY_STAND_IN_A_NAME.issuperset(name):
        return None
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError):
        return None
