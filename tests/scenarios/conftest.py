from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from house import House, house


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    """A house whose athlete has nothing at Intervals.icu yet and is signed in with all boxes ticked."""
    with house(tmp_path) as made:
        made.sign_in()
        yield made
