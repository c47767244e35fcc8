"""The table of sports against HealthKit's activity types, Intervals.icu's activity types and the FIT profile."""

from __future__ import annotations

import json
import re
from functools import cache
from itertools import product

import pytest
from garmin_fit_sdk import Profile

from intervals_companion.domain.sports import SPORTS, Sport, compatible, fit_sport, intervals_type, is_indoor, sport
from support.facts import facts_path

INDOORS, OUTDOORS, SEA = {"HKIndoorWorkout": "1"}, {"HKIndoorWorkout": "0"}, {"HKSwimmingLocationType": "2"}
every_sport = pytest.mark.parametrize("row", SPORTS, ids=lambda row: row.name)


@cache
def activity_types() -> set[str]:
    spec = json.loads(facts_path("reference", "intervals-icu", "openapi.json").read_text(encoding="utf-8"))
    return set(spec["components"]["schemas"]["Course"]["properties"]["types"]["items"]["enum"])


def published() -> dict[int, tuple[str, str]]:
    """Number -> name and proposed Intervals.icu type, out of the two halves of each line of the published table."""
    text = facts_path("reference", "apple-health", "FORMATS.md").read_text(encoding="utf-8")
    body = text.partition("\n### 3.2 ")[2].partition("\n## 4")[0]
    found: dict[int, tuple[str, str]] = {}
    for line in body.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        for number, name, proposal in zip(cells[0::3], cells[1::3], cells[2::3], strict=False):
            if number.isdigit():
                found[int(number)] = name.removesuffix(" (old)"), re.split(r"[ ;]", proposal)[0]
    return found


def test_every_healthkit_activity_has_its_number_its_name_and_the_type_proposed_for_it() -> None:
    expected = published()
    expected[82] = ("SwimBikeRun", "Other")  # in the table: split by its parts
    assert len(expected) == 84
    assert {row.number: (row.name, row.type) for row in SPORTS} == expected


def test_no_number_and_no_name_is_there_twice() -> None:
    assert len({row.number for row in SPORTS}) == len({row.name for row in SPORTS}) == len(SPORTS)


@every_sport
def test_its_type_exists_at_intervals(row: Sport) -> None:
    assert row.type in activity_types()


@every_sport
def test_its_fit_numbers_exist_in_the_profile(row: Sport) -> None:
    for main, sub in filter(None, (row.fit, row.indoor_fit)):
        assert main in Profile["types"]["sport"]
        assert sub in Profile["types"]["sub_sport"]


@every_sport
def test_where_fit_knows_a_sport_by_the_same_name_that_one_is_used(row: Sport) -> None:
    name = re.sub(r"(?<!^)([A-Z])", r"_\1", row.name).lower()
    sports = {word: number for number, word in Profile["types"]["sport"].items()}
    sub_sports = {word: number for number, word in Profile["types"]["sub_sport"].items()}
    assert row.fit[0] == sports.get(name, row.fit[0])
    assert name in sports or row.fit[1] == sub_sports.get(name, row.fit[1])


@every_sport
def test_a_sport_is_the_same_one_indoors_in_fit(row: Sport) -> None:
    assert row.indoor_fit is None or row.indoor_fit[0] == row.fit[0]


@pytest.mark.parametrize(
    ("name", "words"),
    [("Running", "Run"), ("CrossCountrySkiing", "Cross country skiing"), ("Yoga", "Yoga"), ("Swimming", "Swim")],
)
def test_a_sport_is_named_in_words(name: str, words: str) -> None:
    assert sport(name).words == words


# --- one workout ----------------------------------------------------------------------------------------------------


def test_an_activity_nobody_knows_yet_is_other() -> None:
    assert intervals_type("Quidditch", {}) == "Other"
    assert fit_sport("Quidditch", INDOORS) == (0, 0)


def test_swimming_is_in_open_water_where_the_workout_says_so() -> None:
    assert intervals_type("Swimming", SEA) == "OpenWaterSwim"
    assert fit_sport("Swimming", SEA) == (5, 18)


@pytest.mark.parametrize("metadata", [{}, {"HKSwimmingLocationType": "1"}])
def test_and_in_a_pool_where_it_does_not(metadata: dict[str, str]) -> None:
    assert intervals_type("Swimming", metadata) == "Swim"
    assert fit_sport("Swimming", metadata) == (5, 17)


def test_only_swimming_is_ever_in_open_water() -> None:
    assert intervals_type("Running", SEA) == "Run"


def test_indoors_changes_the_fit_sport_and_not_the_type() -> None:
    assert fit_sport("Cycling", INDOORS) == (2, 6)
    assert fit_sport("Cycling", OUTDOORS) == fit_sport("Cycling", {}) == (2, 0)
    assert intervals_type("Cycling", INDOORS) == "Ride"


def test_a_sport_fit_does_not_split_is_the_same_indoors() -> None:
    assert fit_sport("Yoga", INDOORS) == fit_sport("Yoga", OUTDOORS)


def test_a_workout_is_indoors_only_where_it_says_so() -> None:
    assert is_indoor(INDOORS)
    assert not is_indoor(OUTDOORS)
    assert not is_indoor({})


# --- one session, two recorders -------------------------------------------------------------------------------------


def types() -> list[str | None]:
    return [None, *sorted(activity_types())]


def test_whether_two_types_fit_does_not_depend_on_which_comes_first() -> None:
    assert all(compatible(one, other) == compatible(other, one) for one, other in product(types(), repeat=2))


def test_a_type_fits_itself() -> None:
    assert all(compatible(one, one) for one in types())


def test_what_names_no_sport_may_be_any() -> None:
    assert all(compatible(one, other) for one in types() for other in (None, "Workout", "Other"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Run", "TrailRun"),
        ("Ride", "GravelRide"),
        ("Swim", "OpenWaterSwim"),
        ("Walk", "Hike"),
        ("Rowing", "VirtualRow"),
    ],
)
def test_two_recorders_may_disagree_about_the_kind_of_a_sport(one: str, other: str) -> None:
    assert compatible(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Run", "Ride"),
        ("Run", "Walk"),
        ("Swim", "Run"),
        ("Ride", "WeightTraining"),
        ("Yoga", "Rowing"),
        ("Swim", "Surfing"),
    ],
)
def test_but_not_about_the_sport(one: str, other: str) -> None:
    assert not compatible(one, other)
