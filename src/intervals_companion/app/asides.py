"""What stands beside one line of the feed: its small drawing, and how many comments it has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from intervals_companion.app.companion import Companion


@frozen
class Aside:
    shape: Mapping[str, Any] | None = None
    comments: int | None = None


def aside(_companion: Companion, _activity: str) -> Aside:
    """From what is kept, else asked of Intervals.icu: at most one request each."""
    return Aside()
