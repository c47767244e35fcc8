from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.harness import Box, box


@pytest.fixture
def sandbox() -> Iterator[Box]:
    own = box()
    with own.client:  # one event loop for all requests of a test
        yield own
