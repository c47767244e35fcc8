"""A local stand-in for Intervals.icu: sign-in, consent dialog, API key page and REST API, with an invented world."""

from __future__ import annotations

from intervals_sandbox.app import create_app
from intervals_sandbox.limits import Limits
from intervals_sandbox.switches import Switches

__all__ = ["Limits", "Switches", "create_app"]
