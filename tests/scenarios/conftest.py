from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.app_fixture import AppFixture
from support.prepared import prepared, sign_in


@pytest.fixture
def home(tmp_path: Path) -> Iterator[AppFixture]:
    """A companion whose athlete has nothing at Intervals.icu yet and is signed in with all boxes ticked."""
    with prepared(tmp_path, sign_in) as made:
        yield made
