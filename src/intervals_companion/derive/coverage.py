"""Which source counts where several saw the same: how much of it each saw, and whom to take among equals.

One rule for days, nights and readings. Sources that cover at least half of what the best one covers are equals. Among
equals: the athlete's order; a Watch, an iPhone, others, as Apple wrote their product; then whoever counted more, saw
longer; then what a device's name lets one guess; then the name.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import NamedTuple

from intervals_companion.domain.samples import Device, Row, Source

SHARE_OF_EQUALS = 0.5
"""Of what the best-covering source covers."""

_USER_ENTERED = ('"HKWasUserEntered":"1"', '"HKWasUserEntered":"true"', '"HKWasUserEntered":"YES"')
_HEALTH_APP = frozenset(
    {
        "Health", "Gesundheit", "Santé", "Salud", "Salute", "Saúde", "Gezondheid", "Hälsa", "Sundhed", "Helse",
        "Terveys", "Zdrowie", "Zdraví", "Zdravie", "Sağlık", "Здоровье", "Здоров’я", "Υγεία", "Egészség", "Sănătate",
        "Salut", "Zdravlje", "Kesihatan", "Kesehatan", "Sức khỏe",
        "สุขภาพ", "ヘルスケア", "건강", "健康", "الصحة", "בריאות", "स्वास्थ्य",
    }
)  # fmt: skip
"""What the Health app calls itself as a source: only people write there."""


class Seen(NamedTuple):
    """What one source saw of a stretch."""

    source: Source
    covered: int
    """ms of it; 0 for what has no length."""
    counted: float
    """How much it counted: a sum, or how many readings."""


def _alike(_: Source) -> int:
    return 0


def ranked(seen: Iterable[Seen], grade: Callable[[Source], int] = _alike) -> list[Source]:
    """The sources, the one that counts first. `grade`: of equals those with the lowest count before the others."""
    left = list(seen)
    found: list[Source] = []
    while left:
        most = max(one.covered for one in left)
        equals = [one for one in left if one.covered >= SHARE_OF_EQUALS * most]
        found += (one.source for one in sorted(equals, key=lambda one: (grade(one.source), _preference(one))))
        left = [one for one in left if one.covered < SHARE_OF_EQUALS * most]
    return found


def _preference(one: Seen) -> tuple[float, Device, float, int, Device, str]:
    place = math.inf if one.source.place is None else one.source.place
    return place, one.source.written_device, -one.counted, -one.covered, one.source.device, one.source.key


def is_typed(source: Source, row: Row) -> bool:
    """Whether a person typed it: an entry by hand, beside what devices measure."""
    return source.key in _HEALTH_APP or any(mark in row.metadata for mark in _USER_ENTERED)
