"""How deep a property test looks: half of what it was written for in `make test`, four times as deep in `make soak`."""

from __future__ import annotations

import os

SOAK = "COMPANION_SOAK"
"""Set by `make soak`."""


def examples(usual: int) -> int:
    """How many examples Hypothesis makes."""
    return usual * 4 if os.environ.get(SOAK) else usual // 2
