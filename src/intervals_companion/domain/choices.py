"""Whose value counts, as a person chose: Health's taken over, or what Intervals.icu holds kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

EVERY = "all"
"""In place of a field: every field."""
Choice = tuple[str, date | None]
"""A field and a day; None: every day."""


def without_kept(taken: frozenset[Choice], kept: Iterable[Choice]) -> frozenset[Choice]:
    """What stays taken over when these are kept: whoever keeps a field keeps each of its days.

    Not so the other way round: a wide take-over leaves alone what was kept by name.
    """
    covering = list(kept)
    return frozenset(
        (name, day)
        for name, day in taken
        if not any(field in (name, EVERY) and on in (day, None) for field, on in covering)
    )
