"""Where the facts folder is: recorded API facts, real samples and tools that live outside this repository.

`COMPANION_FACTS` names it (default `../shared` beside the repository). Without it these tests skip and say so; with the
variable set, a missing file is a failure.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_REPOSITORY = Path(__file__).resolve().parents[2]
VARIABLE = "COMPANION_FACTS"


def facts_path(*parts: str) -> Path:
    """A file or folder of the facts, or a skip with a clear word."""
    named = os.environ.get(VARIABLE)
    path = Path(named or _REPOSITORY.parent / "shared").joinpath(*parts)
    if not path.exists():
        if named:
            pytest.fail(f"{VARIABLE} is set, but {path} is not there")
        pytest.skip(f"facts folder absent: {'/'.join(parts)} not read (set {VARIABLE})")
    return path
