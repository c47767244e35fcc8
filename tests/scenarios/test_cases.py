"""Inputs whose right values are known (`tools/cases.py`), each through the command line: those of the facts folder, and
some of ours about the tool itself.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cases
import pytest

from support.facts import facts_path

NAMES = (
    "condensed", "deleted-typo", "heart-in-windows", "ring-and-watch", "own-single-heart-rate", "four-foods",
    "four-foods-pushed", "meals-on-the-minute", "nap-later", "workout-corrected", "regrouped-series", "minute-series",
    "zero-zero", "one-old-point", "typed-by-hand", "resting-two-devices", "core-one-second-later", "renamed-watch",
    "arabic-digits", "public-shortcut-shape-1", "ios8-source", "weekly-sums", "length-in-duration", "names",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_case_gets_its_right_values(name: str) -> None:
    folder = facts_path("cases/health")
    case = next(one for one in cases.cases(folder) if one["name"] == name)
    assert cases.verdict(case, folder) == []


def test_every_case_of_the_folder_is_tried() -> None:
    assert sorted(one["name"] for one in cases.cases(facts_path("cases/health"))) == sorted(NAMES)


_STEPS = (
    '<HealthData locale="en_US"><ExportDate value="2026-03-20 12:00:00 +0100"/>'
    '<Record type="HKQuantityTypeIdentifierStepCount" sourceName="Phone" unit="count" value="100"'
    ' startDate="2026-03-10 08:00:00 +0100" endDate="2026-03-10 08:10:00 +0100"/>'
    '<Workout workoutActivityType="HKWorkoutActivityTypeRunning" duration="30" durationUnit="min" sourceName="Watch"'
    ' startDate="2026-03-10 09:00:00 +0100" endDate="2026-03-10 09:30:00 +0100"/></HealthData>'
)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ({"days": {"2026-03-10": {"steps": 100}}}, None),
        ({"days": {"2026-03-10": {"steps": [100, 110]}}}, None),
        ({"days": {"2026-03-10": {"steps": 101}}}, "steps on 2026-03-10 is 100, right is 101"),
        ({"days": {"2026-03-11": {"steps": 100}}}, "steps on 2026-03-11 is none, right is 100"),
        ({"absent": {"2026-03-11": ["steps"]}}, None),
        ({"absent": {"2026-03-10": ["steps"]}}, "steps on 2026-03-10 is 100, right is none"),
        ({"workouts": [{"type": "Running", "duration_s": 1800, "fit": {"heart_rate": 0}}]}, None),
        ({"workouts": [{"fit": {"heart_rate": 1}}]}, "workout 1: heart_rate of the file is 0, right is at least 1"),
        ({"workouts": [{"duration_s": [1, 2]}]}, "workout 1: duration_s is 1800.0, right is 1 to 2"),
        ({"workouts": []}, "there are 1 workouts, right is 0"),
        ({"workouts_by_start": {"2026-03-10T09:00": "Running"}}, None),
        (
            {"workouts_by_start": {"2026-03-10T08:00": "Running"}},
            "the workout at 2026-03-10T08:00 is none, right is Running",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(
    right: dict[str, Any], wrong: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "export.xml").write_text(_STEPS, "utf-8")
    case = {"name": "one", "files": ["export.xml"], "note": "a note", "zone": "Europe/Berlin", **right}
    (tmp_path / cases.CASES).write_text(json.dumps([case]), "utf-8")
    assert cases.main([str(tmp_path)]) == (0 if wrong is None else 1)
    assert capsys.readouterr().out == f"one: {'right' if wrong is None else f'WRONG: {wrong}'} (a note)\n"


def test_a_refused_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("no export", "utf-8")
    [wrong] = cases.verdict({"files": ["note.txt"], "zone": "Europe/Berlin"}, tmp_path)
    assert wrong.startswith("note.txt was refused: ")


def test_without_a_folder_it_says_how_it_is_called(capsys: pytest.CaptureFixture[str]) -> None:
    assert cases.main([]) == 2
    assert "python tools/cases.py" in capsys.readouterr().out
