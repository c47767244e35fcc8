"""Samples put together by what makes two of them the same: for tests of that rule, and of what is made by it."""

from __future__ import annotations

from collections.abc import Collection

from intervals_companion.domain.samples import Row, preferred, same_key


def merge(rows: Collection[Row]) -> list[Row]:
    """Each sample once, the preferred copy, in canonical order (start, end, value ...)."""
    kept: dict[tuple[int, int, str, str], Row] = {}
    for row in rows:
        key = same_key(row)
        kept[key] = preferred(kept.get(key, row), row)
    return sorted(kept.values())
