"""What an answer of Intervals.icu said about a box of the sign-in."""

from __future__ import annotations

from typing import NamedTuple


class ScopeCheck(NamedTuple):
    allowed: bool
    seen: int
    """ms"""
