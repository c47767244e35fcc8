"""Equal amounts of one delivery count as many as there are: two equal eggs are two."""

from __future__ import annotations

from typing import Any

import pytest

from intervals_companion.domain.summaries import How, Summaries, Summary
from intervals_companion.health.bridge import Read
from support.pushes import QUANTITY, item, metric, pushed, rows, shortcut

EATEN = f"{QUANTITY}DietaryEnergyConsumed"
BREAKFAST, LUNCH = "2026-03-10 08:30:05 +0100", "2026-03-10 12:10:07 +0100"


def eaten(read: Read) -> float:
    return sum(one.value for one in read.summaries if one.type == EATEN) + sum(row.value for row in rows(read, EATEN))


@pytest.mark.parametrize(
    ("amounts", "total"),
    [
        ([(BREAKFAST, 78), (BREAKFAST, 120), (BREAKFAST, 300), (LUNCH, 500)], 998),
        ([(BREAKFAST, 78), (BREAKFAST, 78)], 156),
        ([(BREAKFAST, 78), (LUNCH, 500), (BREAKFAST, 78)], 656),
        ([("2026-03-10 08:30:00 +0100", 78), ("2026-03-10 08:30:00 +0100", 78)], 156),
    ],
)
def test_what_was_pushed_of_one_second_is_added(amounts: list[tuple[str, float]], total: float) -> None:
    items = [item(date, qty, source="MyFitnessPal") for date, qty in amounts]
    assert eaten(pushed(metric("dietary_energy", "kcal", *items))) == total


def test_two_sources_of_one_second_stay_two() -> None:
    items = [item(BREAKFAST, 78, source="MyFitnessPal"), item(BREAKFAST, 80, source="Yazio")]
    read = pushed(metric("dietary_energy", "kcal", *items))
    assert sorted((one.source, one.value) for one in read.summaries) == [("MyFitnessPal", 78), ("Yazio", 80)]


def test_of_a_group_that_comes_twice_the_last_counts() -> None:
    """A phone that crossed the date line sends its day again: that is no second day."""
    twice = [item("2026-03-10 00:00:00 +0100", 8500), item("2026-03-10 00:00:00 +0200", 8600)]
    read = pushed(metric("step_count", "count", *twice), grouped="Days")
    assert [one.value for one in read.summaries] == [8500, 8600]


def meals(times: list[str], values: list[float], *, minutes: int = 0) -> Any:
    ends = [f"{time[:-2]}{int(time[-2:]) + minutes:02}" for time in times]
    return {
        "type": "Dietary Energy", "unit": "kcal", "value": values,
        "start": [f"2026-03-10T{time}:00+01:00" for time in times],
        "end": [f"2026-03-10T{end}:00+01:00" for end in ends],
    }  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        meals(["08:00", "12:30", "19:00"], [500, 700, 650]),
        meals(["08:00", "08:00", "19:00"], [600, 600, 650]),
        meals(["08:00", "08:00", "19:00"], [600, 600, 650], minutes=30),
        [
            meals(["08:00", "12:30"], [500, 700]),
            {**meals(["19:00"], [650], minutes=20), "end": "2026-03-10T19:20:11+01:00"},
        ],
    ],
)
def test_meals_of_a_shortcut_are_samples_also_on_the_full_minute(content: Any) -> None:
    read = shortcut(content)
    assert (len(rows(read, EATEN)), eaten(read), len(read.summaries)) == (3, 1850, 0)


def test_hours_of_a_shortcut_stay_sums_that_a_later_one_replaces() -> None:
    read = shortcut(meals(["08:00", "09:00"], [500, 700], minutes=59))
    assert [one.value for one in read.summaries] == [500, 700]


def test_adding_up_leaves_what_was_said_before_and_what_is_said_once() -> None:
    one, other = Summary("a", 0, 1, "s", "", 1.0, "kcal", How.SUM), Summary("a", 1, 2, "s", "", 1.0, "kcal", How.SUM)
    said = Summaries([one, one, one, other, one])
    said.add_up(2)
    assert said == [one, one, other, one._replace(value=2.0)]
