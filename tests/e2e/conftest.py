from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from intervals_sandbox.server import running
from terminal import TODAY, Terminal


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    with running(today=TODAY) as sandbox:
        yield Terminal(tmp_path / "home", sandbox)
