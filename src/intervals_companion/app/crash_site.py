"""A mistake of ours, as the log may tell it: its kind and place, without the values that were at hand."""

from __future__ import annotations

import traceback
from pathlib import Path


def where(mistake: BaseException) -> str:
    """`KeyError at jobs.py:120`."""
    place = traceback.extract_tb(mistake.__traceback__)[-1:]
    return type(mistake).__name__ + "".join(f" at {Path(at.filename).name}:{at.lineno}" for at in place)
