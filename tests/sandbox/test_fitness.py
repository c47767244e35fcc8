"""Fitness numbers. Notes, section 5.4; known answers: 60 days of a real athlete."""

from __future__ import annotations

import json
from datetime import date, timedelta
from math import exp
from typing import Any

import pytest

from intervals_sandbox.fitness import Spans, Start, fitness
from sandbox.harness import TODAY, Box
from support.facts import facts_path

FIRST = date(2026, 1, 1)


def _series() -> list[dict[str, Any]]:
    text = facts_path("reference", "intervals-icu", "examples", "fitness-ctl-atl-series-60days.json").read_text()
    records: list[dict[str, Any]] = json.loads(text)["records"]
    return records


@pytest.mark.facts
def test_a_real_athletes_60_days_come_out_the_same() -> None:
    records = _series()
    days = [date.fromisoformat(record["date"]) for record in records]
    loads = {day: record["ctlLoad"] for day, record in zip(days, records, strict=True)}
    computed = fitness(loads, days[-1], {days[0]: Start(records[0]["ctl"], records[0]["atl"])}, {})
    for day, record in zip(days, records, strict=True):
        assert computed[day].ctl == pytest.approx(record["ctl"], abs=1e-4)
        assert computed[day].atl == pytest.approx(record["atl"], abs=1e-4)
    for day, record in list(zip(days, records, strict=True))[7:]:
        assert computed[day].ramp == pytest.approx(record["rampRate"], abs=1e-4)


def test_one_load_decays_with_42_and_7_days() -> None:
    computed = fitness({FIRST: 100}, FIRST + timedelta(days=42), {}, {})
    first = computed[FIRST]
    assert first.ctl == pytest.approx(100 * (1 - exp(-1 / 42)))
    assert first.atl == pytest.approx(100 * (1 - exp(-1 / 7)))
    assert computed[FIRST + timedelta(days=42)].ctl == pytest.approx(first.ctl * exp(-1))
    assert computed[FIRST + timedelta(days=7)].atl == pytest.approx(first.atl * exp(-1))


def test_a_steady_load_becomes_the_fitness() -> None:
    loads = {FIRST + timedelta(days=step): 50.0 for step in range(600)}
    last = fitness(loads, max(loads), {}, {})[max(loads)]
    assert last.ctl == pytest.approx(50, abs=1e-4)
    assert last.ramp == pytest.approx(0, abs=1e-4)


def test_without_any_load_there_are_no_numbers() -> None:
    assert fitness({}, FIRST, {}, {}) == {}


def test_the_days_of_the_averages_can_be_changed() -> None:
    computed = fitness({FIRST: 100}, FIRST, {}, {FIRST - timedelta(days=30): Spans(60, 10)})
    assert computed[FIRST].ctl == pytest.approx(100 * (1 - exp(-1 / 60)))
    assert computed[FIRST].atl == pytest.approx(100 * (1 - exp(-1 / 10)))


def test_a_new_activity_changes_the_days_from_its_own_on(sandbox: Box) -> None:
    path = "/athlete/0/wellness?oldest=2026-11-18&newest=2026-11-22"
    before = sandbox.get(path).json()
    sandbox.post(
        "/athlete/0/activities/manual",
        {"start_date_local": "2026-11-20T07:00:00", "type": "Run", "moving_time": 3600, "icu_training_load": 80},
    )
    after = sandbox.get(path).json()
    assert [row["ctl"] for row in after[:2]] == [row["ctl"] for row in before[:2]]
    assert all(new["ctl"] > old["ctl"] for new, old in zip(after[2:], before[2:], strict=True))
    assert after[2]["ctlLoad"] == before[2]["ctlLoad"] + 80


def test_a_deleted_activity_takes_its_load_with_it(sandbox: Box) -> None:
    before = sandbox.get(f"/athlete/0/wellness/{TODAY}").json()["ctl"]
    answer = sandbox.post(
        "/athlete/0/activities/manual",
        {"start_date_local": f"{TODAY}T07:00:00", "type": "Run", "icu_training_load": 80},
    )
    sandbox.delete(f"/activity/{answer.json()['id']}")
    assert sandbox.get(f"/athlete/0/wellness/{TODAY}").json()["ctl"] == before


def test_strava_activities_count_though_they_are_hidden(sandbox: Box) -> None:
    stub = sandbox.activities(source="STRAVA")[0]
    record = sandbox.get(f"/athlete/0/wellness/{stub.day}").json()
    assert record["ctlLoad"] >= stub.load > 0


def test_planned_workouts_count_on_days_to_come_only(sandbox: Box) -> None:
    sandbox.you.events.clear()
    tomorrow = TODAY + timedelta(days=1)
    for day in (TODAY, tomorrow):
        plan = {"category": "WORKOUT", "name": "x", "start_date_local": f"{day}T00:00:00", "icu_training_load": 70}
        sandbox.post("/athlete/0/events", plan)
    rows = sandbox.get(f"/athlete/0/wellness?oldest={TODAY}&newest={tomorrow + timedelta(days=5)}").json()
    assert [(row["id"], row["ctlLoad"]) for row in rows] == [(str(TODAY), 0), (str(tomorrow), 70)]


def test_set_fitness_gives_a_start_value(sandbox: Box) -> None:
    event = {
        "category": "SET_FITNESS",
        "name": "x",
        "start_date_local": "2026-11-10T00:00:00",
        "icu_ctl": 60,
        "icu_atl": 30,
    }
    sandbox.post("/athlete/0/events", event)
    record = sandbox.get("/athlete/0/wellness/2026-11-10").json()
    assert (record["ctl"], record["atl"]) == (60, 30)


def test_fitness_days_change_the_recursion(sandbox: Box) -> None:
    sandbox.you.events.clear()
    before = sandbox.get(f"/athlete/0/wellness/{TODAY}").json()["ctl"]
    event = {
        "category": "FITNESS_DAYS",
        "name": "x",
        "start_date_local": "2020-01-01T00:00:00",
        "ctl_days": 21,
        "atl_days": 7,
    }
    sandbox.post("/athlete/0/events", event)
    assert sandbox.get(f"/athlete/0/wellness/{TODAY}").json()["ctl"] != before


def test_loads_of_another_age_do_not_stretch_the_series(sandbox: Box) -> None:
    old = {"start_date_local": "1901-01-01T07:00:00", "type": "Run", "icu_training_load": 80}
    assert sandbox.post("/athlete/0/activities/manual", old).status_code == 200
    assert len(sandbox.get("/athlete/0/wellness").json()) < 200


def test_numbers_move_on_when_the_day_does(sandbox: Box) -> None:
    sandbox.you.events.clear()
    tomorrow = TODAY + timedelta(days=1)
    assert sandbox.get(f"/athlete/0/wellness/{tomorrow}").status_code == 404
    sandbox.clock.advance(24 * 3600)
    assert sandbox.get(f"/athlete/0/wellness/{tomorrow}").status_code == 200
