"""What a person chooses in the app: which metrics and sports travel, and in which zone a day is a day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from intervals_companion.app.context import AppContext
from intervals_companion.app.preferences import choices, home_zone
from intervals_companion.app.wellness import days
from intervals_companion.domain.errors import UsageError
from support import exports
from support.app_fixture import QUANTITY, TODAY, AppFixture, run, steps, weight
from support.store_builders import dump

MONDAY = TODAY - timedelta(days=3)


def metrics_on(context: AppContext) -> set[str]:
    return {one.metric.field for one in context.read(choices.metrics) if one.on}


def sports_on(context: AppContext) -> set[str]:
    return {one.type for one in context.read(choices.sport_switches) if one.on}


# --- metrics and sports ----------------------------------------------------------------------------------------------


def test_a_metric_turned_off_does_not_travel_until_it_is_on_again(home: AppFixture) -> None:
    home.import_(steps(MONDAY, 8000), weight(MONDAY, 74.5))
    choices.turn_metrics(home.context, metrics_on(home.context) - {"weight"})
    home.sync()
    assert home.theirs(MONDAY).values.get("weight") != 74.5
    choices.turn_metrics(home.context, metrics_on(home.context) | {"weight"})
    home.sync()
    assert home.theirs(MONDAY).values["weight"] == 74.5


def test_a_metric_the_catalogue_has_off_can_be_turned_on(home: AppFixture) -> None:
    assert "sleepQuality" not in metrics_on(home.context)
    choices.turn_metrics(home.context, metrics_on(home.context) | {"sleepQuality"})
    assert "sleepQuality" in metrics_on(home.context)
    assert home.context.read(choices.settings).metrics_on == {"sleepQuality"}


def test_a_sport_turned_off_is_not_uploaded_until_it_is_on_again(home: AppFixture) -> None:
    home.import_(*run(MONDAY))
    choices.turn_sports(home.context, sports_on(home.context) - {"Run"})
    assert [one.reason for one in home.sync().outcome.held] == ["sport_off"]
    choices.turn_sports(home.context, sports_on(home.context) | {"Run"})
    assert home.sync().outcome.workouts_sent == 1


def test_only_what_was_changed_is_remembered(home: AppFixture) -> None:
    choices.turn_metrics(home.context, metrics_on(home.context) - {"weight"})
    by_file = evolve(home.context, settings=evolve(home.context.settings, metrics_off=frozenset({"steps"})))
    assert {"weight", "steps"} & metrics_on(by_file) == set()
    assert by_file.read(choices.settings).metrics_off == {"weight", "steps"}


@pytest.mark.parametrize("turn", [choices.turn_metrics, choices.turn_sports])
def test_a_name_that_nobody_knows_is_refused_and_nothing_is_remembered(home: AppFixture, turn: object) -> None:
    assert callable(turn)
    before = home.context.read(choices.settings)
    with pytest.raises(UsageError, match="moods"):
        turn(home.context, {"moods"})
    assert home.context.read(choices.settings) == before


@pytest.mark.parametrize("name", choices.SWITCHES)
def test_a_switch_is_remembered(home: AppFixture, name: str) -> None:
    for on in (True, False, True):
        choices.switch(home.context, name, on)
        assert getattr(home.context.read(choices.settings), name) is on


# --- the home zone ---------------------------------------------------------------------------------------------------


def late_steps(day: str) -> str:
    """Steps at 23:30 in Berlin, which is 07:30 of the next day in Tokyo."""
    return exports.record(
        f"{QUANTITY}StepCount", 500, "count", f"{day} 23:30:00 +0100", f"{day} 23:40:00 +0100", source="Watch"
    )


def test_another_zone_is_shown_before_it_counts(home: AppFixture) -> None:
    home.import_(steps(MONDAY, 8000), late_steps(str(MONDAY)), weight(MONDAY, 74.5))
    days.metrics(home.context, lambda _stage, _done, _of: None)
    before = dump(home.context.store)

    preview = choices.preview_zone(home.context, "Asia/Tokyo")

    assert [(one.day, one.field, one.before, one.after) for one in preview.changes] == [
        (MONDAY + timedelta(days=1), "steps", None, 500),
        (MONDAY, "steps", 8500, 8000),
    ]
    assert (preview.days, preview.fields()) == (2, [("steps", 2)])
    assert dump(home.context.store) == before
    assert home.context.read(lambda here: here.home_zone).zone == "Europe/Berlin"


def test_a_preview_says_what_the_days_then_are(home: AppFixture) -> None:
    home.import_(*[steps(TODAY - timedelta(days=back), 1000 + back) for back in range(5)], late_steps(str(MONDAY)))
    previewed = {(one.day, one.field): one.after for one in choices.preview_zone(home.context, "Asia/Tokyo").changes}
    was = days.metrics(home.context, lambda _stage, _done, _of: None).values
    choices.choose_zone(home.context, "Asia/Tokyo")
    then = days.metrics(home.context, lambda _stage, _done, _of: None)
    assert then.zone.zone == "Asia/Tokyo"
    expected = {(one.day, one.field): one.value for one in was} | previewed
    assert {(one.day, one.field): one.value for one in then.values} == {
        key: value for key, value in expected.items() if value is not None
    }


def test_the_same_zone_changes_nothing(home: AppFixture) -> None:
    home.import_(steps(MONDAY, 8000))
    assert choices.preview_zone(home.context, "Europe/Berlin").changes == ()


def test_a_preview_without_data_has_nothing_to_compare(home: AppFixture) -> None:
    preview = choices.preview_zone(home.context, "Asia/Tokyo")
    assert (preview.first, preview.changes) == (None, ())


def test_a_zone_chosen_after_its_preview_is_not_asked_about_again(home: AppFixture) -> None:
    home.import_(steps(MONDAY, 8000), steps(MONDAY, 500, at="23:30:00"))
    home.sync()
    choices.choose_zone(home.context, "Asia/Tokyo")
    result = home.sync()
    assert result.outcome.error is None
    assert home.theirs(MONDAY).values["steps"] == 8000


def test_a_zone_chosen_in_the_app_counts_before_the_file_and_stays(home: AppFixture) -> None:
    by_file = evolve(home.context, settings=evolve(home.context.settings, home_zone="Europe/Lisbon"))
    assert by_file.read(lambda here: here.home_zone).zone == "Europe/Lisbon"
    choices.choose_zone(by_file, "Asia/Tokyo")
    for _ in range(2):
        assert by_file.read(lambda here: here.home_zone).zone == "Asia/Tokyo"


def test_a_zone_given_as_an_option_is_remembered_in_place_of_a_choice(home: AppFixture) -> None:
    choices.choose_zone(home.context, "Asia/Tokyo")
    optioned = evolve(home.context, settings=home.context.settings.with_options(home_zone="Europe/Rome"))
    assert home_zone.save(optioned, optioned.account()).zone == "Europe/Rome"
    assert home.context.read(lambda here: here.home_zone).zone == "Europe/Rome"


def test_a_zone_set_outside_is_not_chosen_away(home: AppFixture) -> None:
    outside = evolve(home.context, settings=home.context.settings.with_options(home_zone="Europe/Rome"))
    with pytest.raises(UsageError, match="Europe/Rome"):
        choices.choose_zone(outside, "Asia/Tokyo")
    with pytest.raises(UsageError, match="not a time zone"):
        choices.choose_zone(home.context, "Mars/Olympus")
