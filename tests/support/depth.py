"""How deep a property test looks: a quarter of its usual examples in `make test`, four times as many in `make soak`."""

from __future__ import annotations

import os

SOAK = "COMPANION_SOAK"
"""Set by `make soak`."""


def examples(usual: int) -> int:
    """How many examples Hypothesis makes."""
    return usual * 4 if os.environ.get(SOAK) else max(usual // 4, 5)
