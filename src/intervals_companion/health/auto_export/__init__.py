"""Health Auto Export's REST automation: its JSON as a delivery."""

from __future__ import annotations

from intervals_companion.health.auto_export.reader import CHANNEL, is_delivery, read, sums

__all__ = ["CHANNEL", "is_delivery", "read", "sums"]
