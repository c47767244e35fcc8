"""What `companion sync` says of a run."""

from __future__ import annotations

from datetime import date

import pytest

from intervals_companion.app.sync.run import Synced
from intervals_companion.cli.sync import print_synced, to_json
from intervals_companion.domain.errors import RateLimited, SuspiciousPlan
from intervals_companion.intervals.client import Requests
from intervals_companion.sync.task import Outcome, Sent

DAY = date(2026, 3, 9)
STEPS = Sent(DAY.isoformat(), "steps", 8000, None, "would be sent")


def synced(outcome: Outcome, *, dry_run: bool = False) -> Synced:
    return Synced(outcome, DAY, DAY, Requests(read=3), 0.5, dry_run)


def test_a_dry_run_says_what_would_be_sent(capsys: pytest.CaptureFixture[str]) -> None:
    print_synced(synced(Outcome(sent=[STEPS]), dry_run=True))
    assert "1 value and 0 workouts would be sent" in capsys.readouterr().out


PARTLY = Outcome(
    planned=((DAY.isoformat(), "steps"), ("ic1-1772985600-2400", "workout")),
    sent=[STEPS],
    error=RateLimited("Intervals.icu takes no more requests for now.", "Try again in 15 min."),
)


def test_what_was_not_tried_is_counted_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    print_synced(synced(PARTLY))
    shown = " ".join(capsys.readouterr().out.split())
    assert "1 value and 0 workouts sent, 0 in both already, 0 left out, 0 failed, 1 not tried yet." in shown
    assert "Workout" in shown.partition("Not tried yet Items")[2]


def test_what_was_not_tried_is_told_in_json() -> None:
    assert to_json(synced(PARTLY))["left"] == [{"workout": "ic1-1772985600-2400", "field": "workout"}]
    assert to_json(synced(Outcome(planned=((DAY.isoformat(), "steps"),), sent=[STEPS])))["left"] == []


def test_a_run_that_was_stopped_before_it_sent_anything_says_that_nothing_was_sent(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_synced(synced(Outcome(error=SuspiciousPlan("Too much.", "Look."))))
    assert "0 values and 0 workouts sent" in capsys.readouterr().out


def test_what_would_have_stopped_a_real_run_is_told_in_json() -> None:
    told = to_json(synced(Outcome(warning=SuspiciousPlan("Too much.", "Look.")), dry_run=True))
    assert (told["warning"], told["error"]) == ({"cause": "Too much.", "cure": "Look."}, None)
