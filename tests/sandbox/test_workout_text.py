"""The text of planned workouts. Notes, section 8; known answers: texts that the service itself has parsed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intervals_sandbox.workout_text import workout_doc
from support.facts import facts_path


def _steps(text: str) -> list[dict[str, Any]]:
    doc = workout_doc(text)
    assert doc is not None
    steps: list[dict[str, Any]] = doc["steps"]
    return steps


@pytest.mark.facts
def test_texts_are_parsed_as_the_service_parsed_them() -> None:
    path = facts_path("reference", "intervals-icu", "examples", "workout-doc-parses.json")
    for entry in json.loads(path.read_text(encoding="utf-8"))["entries"]:
        assert workout_doc(entry["description"]) == entry["workout_doc"], entry["name"]


@pytest.mark.facts
def test_a_workout_of_the_library_is_parsed_as_the_service_parsed_it() -> None:
    folder = facts_path("reference", "intervals-icu", "examples")
    sent = json.loads((folder / "workout-library-create-request.json").read_text())["description"]
    captured = json.loads((folder / "workout-library-create-response.json").read_text())["workout_doc"]
    assert captured.items() <= (workout_doc(sent) or {}).items()


def test_a_step_has_a_length_a_target_and_a_text() -> None:
    assert _steps("- Easy spin 1h5m30s 120w-140w 90rpm") == [
        {
            "text": "Easy spin",
            "duration": 3930,
            "power": {"start": 120, "end": 140, "units": "w"},
            "cadence": {"value": 90, "units": "rpm"},
        }
    ]


def test_a_repeat_holds_the_steps_up_to_the_next_blank_line() -> None:
    doc = workout_doc("Main set 3x\n- 2m 110%\n- 1m 50%\n\n- 5m 50%")
    assert doc is not None
    repeat, after = doc["steps"]
    assert (repeat["reps"], repeat["text"], len(repeat["steps"]), repeat["duration"]) == (3, "Main set 3x", 2, 540)
    assert (after["duration"], doc["duration"]) == (300, 840)


def test_warm_up_and_cool_down_mark_the_steps_below_them() -> None:
    first, second, third = _steps("Warmup\n- 10m ramp 50-75%\n\n- 5m Z3\n\nCooldown\n- 5m 50%")
    assert (first["warmup"], first["ramp"], third["cooldown"]) == (True, True, True)
    assert second == {"duration": 300, "power": {"value": 3, "units": "power_zone"}}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Rest day",
        "- stretch",
        "- 0s 100w",
        "4x\n\nthen rest",
        "- 10m 80% HR",
        "- 10m Z2 Pace",
        "- 2km 95%",
        "- 400mtr easy 2m",
    ],
)
def test_a_text_without_steps_or_with_one_that_cannot_be_read_gives_nothing(text: str) -> None:
    assert workout_doc(text) is None


_PIECES = st.sampled_from(
    ["- ", "10m", " 55%", "3x", "\n", "\n\n", "Warmup", " 9" * 30, "120-140w", " Z2", "power=3s", "–", "9999999s"]
)


@given(st.lists(_PIECES, max_size=20).map("".join) | st.text())
def test_any_text_gives_steps_that_add_up_or_nothing(text: str) -> None:
    doc = workout_doc(text)
    if doc is not None:
        assert doc["duration"] == sum(step["duration"] for step in doc["steps"]) > 0
