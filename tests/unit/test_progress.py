"""How far a job is, how fast it goes and how long it takes, from its row alone."""

from __future__ import annotations

from typing import Any

import pytest

from intervals_companion.app.jobs.runner import Job
from intervals_companion.app.jobs.stages import words
from intervals_companion.app.preferences.display import Preferences
from intervals_companion.domain.stages import Stage
from intervals_companion.web.formatting import Formatter
from intervals_companion.web.sync.progress import progress, took

NOW = 1_000_000
WORDS = Formatter(Preferences(), NOW)


def step(stage: str, done: int, total: int, began: int = NOW - 48_000) -> dict[str, Any]:
    return {"stage": stage, "done": done, "total": total, "began": began}


def job(*steps: dict[str, Any], kind: str = "sync") -> Job:
    last: dict[str, Any] = steps[-1] if steps else step("", 0, 0)
    account = {"steps": list(steps)}
    return Job("1", kind, "running", last["stage"], last["done"], last["total"], account, NOW - 51_000, NOW)


def test_a_rate_and_the_time_left_follow_from_what_was_done_since_the_stage_began() -> None:
    shown = progress(job(step("send_days", 1842, 2914)), NOW, WORDS)
    assert (shown.rate, shown.left, shown.elapsed) == ("38 days/s", "about 28 s left", "0:51")


def test_an_export_is_counted_as_what_it_holds_not_as_the_file() -> None:
    shown = progress(job(step("read_export", 24, 65), kind="import"), NOW, WORDS)
    assert (shown.unit, shown.rate) == ("MB unpacked", "0.5 MB/s")


def test_nothing_is_said_about_the_speed_of_what_has_not_begun() -> None:
    shown = progress(job(step("send_days", 0, 2914)), NOW, WORDS)
    assert (shown.rate, shown.left) == ("", "")


def test_steps_to_come_stand_below_the_current_one() -> None:
    steps = progress(job(step("make_days", 4, 4), step("decide", 80, 90), step("send_days", 2, 4)), NOW, WORDS).steps
    assert [(one.words, one.state, one.count) for one in steps] == [
        ("Make days", "done", "4 days"),
        ("Read Intervals.icu", "todo", ""),
        ("Decide", "done", "80 to send"),
        ("Send wellness", "current", "2 / 4"),
        ("Send workouts", "todo", ""),
    ]


def test_health_is_read_first_where_a_phone_is_at_hand() -> None:
    steps = progress(job(step("read_health", 3, 40), kind="plan"), NOW, WORDS).steps
    assert [one.words for one in steps][:2] == ["Read Health", "Make days"]
    assert steps[0].state == "current"


def test_a_stage_beside_the_usual_ones_is_shown_after_them() -> None:
    assert progress(job(step("write_health", 1, 3)), NOW, WORDS).steps[-1].words == "Write into Health"


def test_a_row_of_a_version_that_stored_words_is_shown_in_them() -> None:
    assert progress(job(step("Sending days", 1, 3)), NOW, WORDS).steps[-1].words == "Sending days"


def test_every_stage_has_words() -> None:
    assert [stage for stage in Stage if words(stage) == stage] == []


def test_a_job_that_waits_can_be_drawn() -> None:
    assert progress(job(), NOW, WORDS).done == 0
    assert progress(job(kind="import"), NOW, WORDS).title == "Reading your export"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "less than 1 s"), (26, "26 s"), (86, "1 min 26 s"), (120, "2 min"), (7500, "2 h 5 min")],
)
def test_how_long_it_took(seconds: float, words: str) -> None:
    assert took(seconds) == words
