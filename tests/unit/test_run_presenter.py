"""A run in one line: every number of it adds up."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from intervals_companion.app.preferences.display import Preferences
from intervals_companion.sync.run_summary import RunSummary
from intervals_companion.web.formatting import Formatter
from intervals_companion.web.sync import presenter

WORDS = Formatter(Preferences(), int(datetime(2026, 3, 9, 12, tzinfo=UTC).timestamp() * 1000))
BLOCKED = {"no_permission": 5}


@pytest.mark.parametrize(
    ("account", "line"),
    [
        (RunSummary(values=3), "All 3 arrived"),
        (RunSummary(values=3, held=BLOCKED), "3 of 8 arrived, 5 blocked"),
        (
            RunSummary(values=400, held=BLOCKED, failed=1, left=5),
            "400 of 411 arrived, 5 blocked, 1 failed, 5 not tried yet",
        ),
        (RunSummary(written=2, left=2), "2 of 4 arrived, 2 not tried yet"),
        (RunSummary(values=1, written=2), "All 3 arrived"),
        (RunSummary(written=2), "2 written into Health"),
        (RunSummary(held=BLOCKED), "5 blocked"),
    ],
)
def test_what_arrived_and_what_did_not_make_up_what_was_meant_to(account: RunSummary, line: str) -> None:
    assert presenter.outcome(account, WORDS) == line
