"""Intervals Companion: keeps Apple Health and Intervals.icu in step."""

from __future__ import annotations

__version__ = "0.1.0"
