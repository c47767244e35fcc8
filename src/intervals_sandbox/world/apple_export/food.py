"""Meals and water as a food diary writes them, and what stands in correlations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from intervals_sandbox.world.apple_export import body
from intervals_sandbox.world.apple_export.days import Day
from intervals_sandbox.world.apple_export.text import FOOD_APP, QUANTITY, SCALE, Sample, Source, metadata, number

ENERGY = "DietaryEnergyConsumed"
NUTRIENTS = {ENERGY: "kcal", "DietaryCarbohydrates": "g", "DietaryProtein": "g", "DietaryFatTotal": "g"}

_MEALS = (("Porridge", 8, 520), ("Rice & vegetables", 13, 780), ("Pasta", 19, 860))
"""Name, hour, usual kcal."""


class Correlation(NamedTuple):
    """Samples that belong together. Each of them stands at top level too."""

    type: str
    source: Source
    members: list[Sample]
    children: str


def meals(day: Day) -> list[tuple[str, list[Sample]]]:
    """Name and one sample a nutrient, in the order of NUTRIENTS. Four days in ten nobody wrote anything down."""
    rnd = day.stream("meals")
    if rnd.random() < 0.4:
        return []
    found = []
    for name, hour, usual in _MEALS:
        at = day.at(hour, rnd.randrange(50))
        energy = round(usual * rnd.uniform(0.8, 1.25))
        grams = (energy * 0.52 / 4, energy * 0.2 / 4, energy * 0.28 / 9)
        values = (str(energy), *(number(round(gram, 1)) for gram in grams))
        children = metadata([("HKFoodType", name)])
        found.append((name, [
            Sample(QUANTITY + kind, FOOD_APP, unit, value, at, at, at + 90, children)
            for (kind, unit), value in zip(NUTRIENTS.items(), values, strict=True)
        ]))  # fmt: skip
    return found


def energy_eaten(day: Day) -> int:
    return sum(int(samples[0].value or 0) for _, samples in meals(day))


def water(day: Day) -> Iterator[Sample]:
    rnd = day.stream("water")
    for hour in (9, 12, 16, 20) if meals(day) else ():
        at = day.at(hour, rnd.randrange(60))
        yield Sample(QUANTITY + "DietaryWater", FOOD_APP, "mL", str(rnd.choice((250, 330, 500))), at, at, at + 5)


def _nutrient(index: int, day: Day) -> Iterator[Sample]:
    for _, samples in meals(day):
        yield samples[index]


TOPICS: tuple[Callable[[Day], Iterator[Sample]], ...] = (
    *(partial(_nutrient, index) for index in range(len(NUTRIENTS))),
    water,
)


def correlations(day: Day) -> Iterator[Correlation]:
    """Blood pressure, and the meals of every other day."""
    if pressure := body.blood_pressure(day):
        yield Correlation("HKCorrelationTypeIdentifierBloodPressure", SCALE, pressure, "")
    for name, samples in meals(day) if day.date.toordinal() % 2 else ():
        children = metadata([("HKFoodType", name)])
        yield Correlation("HKCorrelationTypeIdentifierFood", FOOD_APP, samples, children)
