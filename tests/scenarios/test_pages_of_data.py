"""Today, Metrics and Activities, as a browser gets them from one athlete's own data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from intervals_companion.app.account import logout
from intervals_companion.app.doctor import examine
from intervals_companion.app.preferences import choices
from intervals_companion.app.wellness import days
from intervals_companion.store import intervals_cache
from intervals_companion.web import dashboard
from intervals_companion.web.activities import pages as activities_pages
from intervals_companion.web.wellness import pages
from support.app_fixture import TODAY, AppFixture, run, steps, weight
from support.fit_decoders import by_fitdecode
from support.web_client import Visit, visit

_ROOMS = (*dashboard.routes, *pages.routes, *activities_pages.routes)
_DAYS = [TODAY - timedelta(days=back) for back in range(30)]
AMERICAN = {"locale": "en_US", "measurement_preference": "IMPERIAL", "weight_pref_lb": True, "fahrenheit": True}


@pytest.fixture
def visitor(home: AppFixture) -> Iterator[Visit]:
    with visit(home, *_ROOMS) as made:
        yield made


def text(visitor: Visit, path: str) -> str:
    """What a page says, without its markup."""
    answer = visitor.get(path)
    assert answer.status_code == 200, answer.text
    plain = re.sub(r"<[^>]+>", " ", answer.text)
    return " ".join(unescape(plain).replace("\u202f", " ").split())


def lived(home: AppFixture) -> None:
    """Thirty days of weight and steps, and one run, in Health and synced."""
    elements = [weight(day, 70 + 0.1 * (place % 3)) for place, day in enumerate(_DAYS[1:])]
    home.import_(weight(TODAY, 75.0), *elements, *(steps(day, 8000) for day in _DAYS), *run(TODAY - timedelta(days=2)))
    home.sync()


def prefers(home: AppFixture, **record: Any) -> None:
    athlete = home.context.account().athlete
    with home.context.store.write() as connection:
        intervals_cache.save(connection, athlete, intervals_cache.ATHLETE, record, home.context.now())


# --- today -----------------------------------------------------------------------------------------------------------


def test_before_anything_arrived_today_offers_the_ways(visitor: Visit) -> None:
    said = text(visitor, "/today")
    assert "Signed in. Next: your health data." in said
    assert "/connect/export" in visitor.get("/today").text
    assert "iPhone app" not in said


def test_today_tells_the_last_sync_in_words(home: AppFixture, visitor: Visit) -> None:
    lived(home)
    assert re.search(r"1 workout and \d+ values arrived", text(visitor, "/today"))
    home.clock.wait(720)
    assert "Synced 12 minutes ago" in text(visitor, "/today")


def test_a_sync_with_nothing_new_says_that_both_sides_agree(home: AppFixture, visitor: Visit) -> None:
    lived(home)
    home.sync()
    assert "Nothing new since 13:00. Both sides agree." in text(visitor, "/today")


def test_both_sides_do_not_agree_while_something_is_held_or_waits(home: AppFixture, visitor: Visit) -> None:
    home.type_in(TODAY, weight=68.0)
    choices.turn_sports(home.context, [])
    lived(home)
    assert "30 values" not in text(visitor, "/today")
    home.sync()
    assert "Nothing new since 13:00. 2 held, 1 waits for your choice." in text(visitor, "/today")
    assert "2 held" in visitor.get("/today").text


def test_both_sides_do_not_agree_while_something_is_blocked(home: AppFixture, visitor: Visit) -> None:
    lived(home)
    home.sync()
    with home.person() as person:
        person.revoke()
    examine.examine(home.context)
    said = text(visitor, "/today")
    assert "Nothing new since 13:00." in said
    assert "Both sides agree" not in said
    assert '<circle class="d-accent" cx="-9"' not in visitor.get("/today").text


def test_before_the_sign_in_today_says_so_and_leads_there(home: AppFixture, visitor: Visit) -> None:
    logout.log_out(home.context)
    page = visitor.get("/today").text
    said = text(visitor, "/today")
    assert "Let in. Next: sign in at Intervals.icu." in said
    assert "not signed in" in said
    assert "Signed in." not in said
    assert '<circle class="d-accent" cx="-9"' not in page
    assert '<a class="button wide" href="/sign-in">' in page


def test_today_shows_the_fitness_that_a_run_s_own_uploads_made(home: AppFixture, visitor: Visit) -> None:
    lived(home)
    athlete = home.context.account().athlete
    with home.context.store.read() as connection:
        kept = intervals_cache.days(connection, athlete, TODAY, TODAY)[TODAY]
    assert kept["ctl"] > 0


def test_what_a_missing_permission_blocks_is_said(home: AppFixture, visitor: Visit) -> None:
    home.sign_in(["ACTIVITY:READ", "ACTIVITY:WRITE", "WELLNESS:READ", "SETTINGS:READ"])
    lived(home)
    assert re.search(r"\d+ values wait for a permission", text(visitor, "/today"))


def test_a_value_beyond_the_normal_range_has_a_word(home: AppFixture, visitor: Visit) -> None:
    lived(home)
    said = text(visitor, "/today")
    assert re.search(r"Weight 4\.8\d? above normal", said)
    assert "Steps so far today" in said


def test_fewer_than_fourteen_days_are_said_to_be_too_few(home: AppFixture, visitor: Visit) -> None:
    home.import_(*(weight(day, 70) for day in _DAYS[:13]))
    home.sync()
    assert "Weight not enough days yet" in text(visitor, "/today")


def test_values_that_were_there_before_wait_for_the_person(home: AppFixture, visitor: Visit) -> None:
    home.type_in(TODAY, weight=68.0)
    lived(home)
    assert "1 value already there" in text(visitor, "/today")


def test_form_is_percent_or_absolute_as_the_athlete_set_it(home: AppFixture, visitor: Visit) -> None:
    lived(home)
    athlete = home.context.account().athlete
    there = {day: {"id": day.isoformat(), "ctl": 60.0, "atl": 69.0} for day in _DAYS}
    with home.context.store.write() as connection:
        intervals_cache.replace_days(connection, athlete, _DAYS[-1], TODAY, there, 0)
    prefers(home, icu_form_as_percent=True)
    assert "Form −15 % of fitness" in text(visitor, "/today")
    prefers(home, icu_form_as_percent=False)
    assert "Form −9 " in text(visitor, "/today")


def test_miles_pounds_and_twelve_hours_on_every_page(home: AppFixture, visitor: Visit) -> None:
    lived(home)
    prefers(home, **AMERICAN)
    assert "165.3 lb" in text(visitor, "/today")
    assert "165.3 lb" in text(visitor, "/metrics")
    assert "5.0 mi" in text(visitor, "/activities")
    assert "Sunday, March 8, 5:00 PM" in text(visitor, _the_run(visitor))


# --- metrics ---------------------------------------------------------------------------------------------------------


def test_every_metric_is_listed_with_value_and_source(home: AppFixture, visitor: Visit) -> None:
    lived(home)
    said = text(visitor, "/metrics")
    assert "Weight Scale 75.0 kg" in said
    assert "Blood glucose No data seen in 60 days Find out why" in said


def test_a_number_is_explained_by_its_samples_source_formula_and_run(home: AppFixture, visitor: Visit) -> None:
    lived(home)
    said = text(visitor, "/metrics/weight")
    for word in (
        "1 of 1 samples used",
        "Last of the day",
        "Source Scale",
        "last-of-day, version 1",
        "run 1",
        "See the run",
    ):
        assert word in said


def test_a_sample_that_did_not_count_says_why(home: AppFixture, visitor: Visit) -> None:
    home.import_(weight(TODAY, 75.0), weight(TODAY, 74.0, at="08:00:00"))
    home.sync()
    said = text(visitor, "/metrics/weight")
    assert "1 of 2 samples used" in said
    assert "did not count: a later one counts" in said


def test_a_sample_that_cannot_be_is_shown_beside_those_that_count(home: AppFixture, visitor: Visit) -> None:
    home.import_(weight(TODAY, 75.0), weight(TODAY, 750.0, at="08:00:00"))
    home.sync()
    said = text(visitor, "/metrics/weight")
    assert "75.0 kg, today" in said
    assert "1 of 2 samples used" in said
    assert "1 sample that cannot be is left out" in said
    assert "did not count: a value that cannot be" in said


def test_a_day_of_nothing_but_what_cannot_be_says_so(home: AppFixture, visitor: Visit) -> None:
    home.import_(weight(TODAY, 75.0), weight(_DAYS[3], -70.0), weight(_DAYS[3], 0, at="08:00:00"))
    home.sync()
    said = text(visitor, f"/metrics/weight?day={_DAYS[3]}")
    assert "Sat 7 Mar: no value; 2 samples that cannot be are left out" in said


def test_another_day_can_be_asked_for(home: AppFixture, visitor: Visit) -> None:
    lived(home)
    assert "Why this number Mon 9 Mar" in text(visitor, f"/metrics/weight?day={_DAYS[1]}")


def test_the_headline_stays_today_s_whatever_day_is_asked_for(home: AppFixture, visitor: Visit) -> None:
    lived(home)
    said = text(visitor, f"/metrics/weight?day={_DAYS[2]}")
    assert "75.0 kg, today" in said
    assert "Sun 8 Mar: 70.1 kg" in said
    assert "Why this number Sun 8 Mar" in said


def test_a_day_without_a_value_is_not_told_as_another_one(home: AppFixture, visitor: Visit) -> None:
    lived(home)
    said = text(visitor, f"/metrics/weight?day={_DAYS[-1] - timedelta(days=3)}")
    assert "Fri 6 Feb: no value" in said
    assert "Why this number" not in said


def test_a_day_and_a_range_are_carried_into_each_other_s_links_and_the_day_is_drawn(
    home: AppFixture, visitor: Visit
) -> None:
    lived(home)
    page = visitor.get(f"/metrics/weight?range=6-weeks&day={_DAYS[2]}").text
    assert f"/metrics/weight?range=1-year&amp;day={_DAYS[2]}" in page
    assert f"?range=6-weeks&amp;day={_DAYS[5]}#why" in page
    assert 'class="c-asked"' in page
    assert 'class="c-asked"' not in visitor.get("/metrics/weight").text


def test_years_are_shown_whole_and_drawn_as_weeks(home: AppFixture, visitor: Visit) -> None:
    home.import_(*(weight(TODAY - timedelta(days=back), 70 + back / 1000) for back in range(0, 1200, 2)))
    home.sync(dry_run=True)
    page = visitor.get("/metrics/weight?range=all").text
    assert 'aria-label="Weight on 172 of 172 spans of 7 days' in page
    assert "Dots: weeks. Line: 60-day mean." in page
    assert len(page) < 100_000
    older = TODAY - timedelta(days=1000)
    assert 'aria-current="true">All</a>' in visitor.get(f"/metrics/weight?day={older}").text


@pytest.mark.parametrize(
    "path", ["/metrics/nothing", "/metrics/weight?day=yesterday", "/activities?until=x", "/activities/i0"]
)
def test_what_is_not_there_is_a_page_that_says_so(home: AppFixture, visitor: Visit, path: str) -> None:
    assert visitor.get(path).status_code == 404


def test_a_chart_has_a_sentence_and_a_row_for_every_day(home: AppFixture, visitor: Visit) -> None:
    lived(home)
    page = visitor.get("/metrics/weight?range=6-weeks").text.partition("Why this number")[0]
    assert 'aria-label="Weight on 30 of 42 days, from 70.0 to 75.0' in page
    assert page.count('<tr><th scope="row">') + page.count("<tr data-y=") == 42


def test_pages_show_what_is_known_and_work_nothing_out(
    home: AppFixture, visitor: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived(home)

    def never(*_: object) -> None:
        raise AssertionError("a page made days anew")

    monkeypatch.setattr(days, "make", never)
    home.import_(weight(TODAY, 60.0, at="09:00:00"))
    home.forget_requests()
    for path in ("/today", "/metrics", "/metrics/weight", "/activities", _the_run(visitor)):
        assert "60.0 kg" not in text(visitor, path)
    assert "New samples arrived" in text(visitor, "/metrics/weight")
    assert home.sandbox.log.as_json() == []


# --- activities ------------------------------------------------------------------------------------------------------


def _the_run(visitor: Visit) -> str:
    found = re.search(r'href="(/activities/ic1-[\d-]+)"', visitor.get("/activities").text)
    assert found
    return found[1]


def test_before_anything_was_read_activities_say_so(home: AppFixture, visitor: Visit) -> None:
    assert "Nothing read from Intervals.icu yet." in text(visitor, "/activities")
    assert 'href="/connect"' in visitor.get("/activities").text
    home.sync()
    assert "No training yet, on either side." in text(visitor, "/activities")


def test_an_activity_of_intervals_icu_alone_fetches_the_rest_after_it_is_shown(
    home: AppFixture, visitor: Visit
) -> None:
    start = f"{TODAY}T08:00:00"
    record = {"id": "i9", "start_date_local": start, "type": "Run", "elapsed_time": 60, "source": "UPLOAD"}
    athlete = home.context.account().athlete
    with home.context.store.write() as connection:
        intervals_cache.replace_activities(connection, athlete, TODAY, TODAY, {"i9": (TODAY, record)}, 0)
    home.forget_requests()
    assert "Reading it from Intervals.icu." in text(visitor, "/activities/i9")
    assert 'hx-get="/activities/i9/body"' in visitor.get("/activities/i9").text
    assert home.sandbox.log.as_json() == []


def test_a_workout_that_was_uploaded_is_one_line_of_both_sides(home: AppFixture, visitor: Visit) -> None:
    lived(home)
    said = text(visitor, "/activities")
    assert said.count("Run Sun 8") == 1
    assert re.search(r"Run Sun 8, 8\.0 km, 40:00.* linked", said)
    assert "All 1 Held 0 Only here 0 Only there 0" in said


def test_before_the_sync_a_workout_is_only_here(home: AppFixture, visitor: Visit) -> None:
    home.import_(*run(TODAY))
    said = text(visitor, "/activities?show=only-here")
    assert "only here" in said
    assert "Only here 1" in said


def test_a_workout_that_is_held_says_why(home: AppFixture, visitor: Visit) -> None:
    home.import_(*run(TODAY, at="12:30", minutes=25))
    home.sync()
    assert "Recorded less than 15 minutes ago." in text(visitor, "/activities?show=held")


def test_a_stub_of_strava_says_why_it_is_hidden(home: AppFixture, visitor: Visit) -> None:
    stub = {"id": "16358453348", "start_date_local": f"{TODAY}T08:00:00", "source": "STRAVA"}
    athlete = home.context.account().athlete
    with home.context.store.write() as connection:
        intervals_cache.replace_activities(connection, athlete, TODAY, TODAY, {stub["id"]: (TODAY, stub)}, 0)
    for path in ("/activities", "/activities/16358453348"):
        assert "Hidden by Strava" in text(visitor, path)
        assert "Strava does not let other apps see it." in text(visitor, path)


def test_an_older_month_is_one_step_away(home: AppFixture, visitor: Visit) -> None:
    home.import_(*run(TODAY), *run(TODAY - timedelta(days=40)))
    older = re.search(r'href="(/activities\?show=all&amp;until=[\d-]+)"', visitor.get("/activities").text)
    assert older
    earlier = visitor.get(unescape(older[1])).text
    assert "February 2026" in earlier
    assert "Nothing recorded in this month." in earlier
    assert "Later" in earlier


def test_the_page_of_a_run_has_figures_splits_and_charts(home: AppFixture, visitor: Visit) -> None:
    lived(home)
    path = _the_run(visitor)
    said = text(visitor, path)
    for word in ("Distance 8.0 km", "Moving 40:00", "Avg pace 5:00 /km", "Avg HR", "Splits", "Uploaded from here"):
        assert word in said
    assert 'role="img" aria-label="Heart rate over time, from 140 to 146 bpm' in visitor.get(path).text


def test_the_charts_get_as_many_readings_as_places(home: AppFixture, visitor: Visit) -> None:
    lived(home)
    told = json.loads(visitor.get(f"{_the_run(visitor)}/streams").text)
    assert 0 < len(told["seconds"]) <= 600
    (panel,) = told["panels"]
    assert panel["stream"] == "heart_rate"
    assert len(panel["read"]) == len(told["seconds"]) == len(panel["line"]) / 2


def test_the_fit_file_is_the_run(home: AppFixture, visitor: Visit) -> None:
    lived(home)
    answer = visitor.get(f"{_the_run(visitor)}.fit")
    assert answer.headers["content-disposition"].endswith('.fit"')
    assert by_fitdecode(answer.content)["session"][0]["sport"] == "running"


def test_more_samples_make_the_page_of_a_workout_anew(home: AppFixture, visitor: Visit) -> None:
    home.import_(*run(TODAY, minutes=20, at="08:00")[-1:])
    path = _the_run(visitor)
    assert "Heart rate" not in text(visitor, path)
    home.import_(*run(TODAY, minutes=20, at="08:00"))
    assert "Heart rate" in text(visitor, path)


def test_a_name_of_an_activity_is_never_markup(home: AppFixture, visitor: Visit) -> None:
    record = {
        "id": "i9", "start_date_local": f"{TODAY}T08:00:00", "type": "Run", "elapsed_time": 60, "source": "UPLOAD",
        "name": "<script>alert(1)</script>",
    }  # fmt: skip
    athlete = home.context.account().athlete
    with home.context.store.write() as connection:
        intervals_cache.replace_activities(connection, athlete, TODAY, TODAY, {"i9": (TODAY, record)}, 0)
    for path in ("/today", "/activities", "/activities/i9"):
        assert "<script>alert" not in visitor.get(path).text
