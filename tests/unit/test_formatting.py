"""How numbers, units, dates and times read to one athlete."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intervals_companion.app.context import AppContext
from intervals_companion.app.preferences.display import Preferences, from_settings, preferences
from intervals_companion.app.settings import Settings
from intervals_companion.domain import catalogue
from intervals_companion.domain.days import instant
from intervals_companion.intervals.athlete_record import display_settings
from intervals_companion.store import intervals_cache
from intervals_companion.store.database import Store
from intervals_companion.web.formatting import Formatter, Measure

NOW = instant(datetime(2026, 11, 23, 6, 14, tzinfo=UTC))
ZURICH = ZoneInfo("Europe/Zurich")
THURSDAY = date(2026, 11, 19)


def words(**wanted: object) -> Formatter:
    return Formatter(from_settings(display_settings(wanted), ZURICH), NOW)


AMERICAN = words(locale="en_US", measurement_preference="IMPERIAL", weight_pref_lb=True, fahrenheit=True)


def test_miles_pounds_and_twelve_hours() -> None:
    said = [
        AMERICAN.distance(62_400),
        AMERICAN.measure("weight", 71.4),
        AMERICAN.measure("WristTemperature", 35.0),
        AMERICAN.measure("Distance", 10.0),
        AMERICAN.height(640),
        AMERICAN.pace(1609.344 / 480, "Run"),
        AMERICAN.speed(10),
        AMERICAN.temperature(7),
    ]
    assert [str(one).replace("\u202f", " ") for one in said] == [
        "38.8 mi", "157.4 lb", "95.0 °F", "6.2 mi", "2,100 ft", "8:00 /mi", "22.4 mph", "45 °F",
    ]  # fmt: skip
    assert AMERICAN.time(NOW).replace("\u202f", " ") == "7:14 AM"
    assert AMERICAN.day(THURSDAY) == "Thu, Nov 19"
    assert AMERICAN.long_day(date(2026, 11, 23)) == "Monday, November 23"


def test_metric_and_twenty_four_hours_without_a_record() -> None:
    plain = Formatter(Preferences(zone=ZURICH), NOW)
    said = [plain.distance(62_400), plain.measure("weight", 71.43), plain.measure("sleepSecs", 26_640)]
    assert [str(one).replace("\u202f", " ") for one in said] == ["62.4 km", "71.43 kg", "7:24 h"]
    assert (plain.time(NOW), plain.day(THURSDAY)) == ("07:14", "Thu 19 Nov")
    assert plain.long_day(date(2026, 11, 23)) == "Monday 23 November"


def test_today_is_the_day_of_the_athletes_zone() -> None:
    late = instant(datetime(2026, 11, 22, 23, 30, tzinfo=UTC))
    assert Formatter(Preferences(zone=ZURICH), late).today == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("locale", "number"), [("de_CH", "1’204.5"), ("de-DE", "1.204,5"), ("en", "1,204.5"), ("no such", "1,204.5")]
)
def test_numbers_are_written_as_the_locale_writes_them(locale: str, number: str) -> None:
    assert words(locale=locale).number(1204.5, 1) == number


def test_days_keep_english_names_in_every_locale() -> None:
    assert words(locale="de_DE").day(THURSDAY) == "Thu 19 Nov"


def test_another_year_is_said() -> None:
    assert words().day(date(2025, 11, 19)) == "Wed 19 Nov 2025"
    assert AMERICAN.day(date(2025, 11, 19)) == "Wed, Nov 19, 2025"


def test_a_moment_of_today_needs_no_day() -> None:
    assert words().moment(NOW) == "07:14"
    assert words().moment(NOW - 4 * 86_400_000) == "Thu 19 Nov, 07:14"


@pytest.mark.parametrize(("minutes", "said"), [(0, "just now"), (1, "1 minute ago"), (12, "12 minutes ago")])
def test_how_long_ago(minutes: int, said: str) -> None:
    assert words().ago(NOW - minutes * 60_000) == said


def test_weeks_are_named_by_their_days() -> None:
    assert words().days(date(2026, 11, 16), date(2026, 11, 22)) == "16 to 22 November"
    assert words().days(date(2026, 11, 30), date(2026, 12, 6)) == "30 November to 6 December"
    assert AMERICAN.days(date(2026, 11, 16), date(2026, 11, 22)) == "November 16 to 22"


def test_a_true_minus_sign_and_never_minus_zero() -> None:
    said = words()
    assert (said.percent(-15), said.number(-0.3), said.signed(3), said.signed(-2)) == ("−15\u202f%", "0", "+3", "−2")


def test_durations() -> None:
    said = words()
    assert [said.duration(seconds).text for seconds in (45, 54 * 60 + 12, 7450)] == ["0:45", "54:12", "2:04:10"]


def test_pace_on_foot_and_in_water_speed_on_a_bike() -> None:
    said = words()
    assert [str(said.pace(speed, sport)).replace("\u202f", " ") for speed, sport in (
        (1000 / 319, "Run"), (100 / 121, "Swim"), (500 / 132, "Rowing"), (30.2 / 3.6, "Ride"), (0.0, "Run"),
        (1e-320, "Run"),
    )] == ["5:19 /km", "2:01 /100 m", "2:12 /500 m", "30.2 km/h", "– /km", "– /km"]  # fmt: skip


@given(st.sampled_from(catalogue.metrics()), st.floats(0, 1e6))
def test_every_metric_can_be_said(metric: catalogue.Metric, value: float) -> None:
    for said in (words(), AMERICAN):
        measure = said.measure(metric.field, value)
        assert isinstance(measure, Measure)
        assert any(sign.isdigit() for sign in measure.text)


def test_short_spans_are_minutes_and_so_are_small_differences_of_long_ones() -> None:
    said = words()
    assert str(said.measure("AwakeTime", 1)) == "1\u202fmin"
    assert str(said.difference("sleepSecs", 900)) == "15\u202fmin"
    assert str(said.difference("sleepSecs", 5400)) == "1:30\u202fh"


def test_a_grade_says_what_it_means() -> None:
    assert str(words().measure("sleepQuality", 2)) == "2\u202fof 4, good"
    assert str(words().measure("sleepQuality", 9)) == "9"


def test_names_of_metrics_can_stand_in_lists() -> None:
    names = [metric.name for metric in catalogue.METRICS]
    assert len(set(names)) == len(names)
    assert not [name for name in names if "," in name or " and " in name or len(name) > 18]


def test_a_word_is_a_measure_too() -> None:
    assert words().measure("menstrualPhase", "PERIOD") == Measure("Period", "")


def test_preferences_come_from_the_stored_record(tmp_path: Path) -> None:
    store = Store(tmp_path)
    context = AppContext(Settings(home=tmp_path, home_zone="America/Denver"), store)
    athlete = context.account().athlete
    assert context.read(preferences) == Preferences(zone=ZoneInfo("America/Denver"))
    with store.write() as connection:
        intervals_cache.save(
            connection, athlete, intervals_cache.ATHLETE, {"locale": "en_US", "icu_form_as_percent": True}, NOW
        )
    found = context.read(preferences)
    assert (found.locale, found.form_as_percent, found.pounds) == ("en_US", True, False)
    store.close()
