"""What Intervals.icu answered while syncing is kept for the pages, and costs no request more than once a day."""

from __future__ import annotations

from datetime import timedelta

from intervals_companion.app.account import first_fetch, logout
from intervals_companion.app.sync import first_sync
from intervals_companion.store import intervals_cache, scope_checks
from support.app_fixture import TODAY, AppFixture, run, steps

MONDAY = TODAY - timedelta(days=4)
WITHOUT_ACTIVITIES = ["WELLNESS:READ", "WELLNESS:WRITE", "CALENDAR:READ", "CHATS:WRITE", "SETTINGS:READ"]


def kept_days(home: AppFixture) -> dict[str, intervals_cache.Record]:
    with home.context.reading() as here:
        found = intervals_cache.days(here.connection, here.athlete, MONDAY, TODAY)
    return {day.isoformat(): record for day, record in found.items()}


def athlete_record(home: AppFixture) -> intervals_cache.Answer | None:
    with home.context.reading() as here:
        return intervals_cache.answer(here.connection, here.athlete, intervals_cache.ATHLETE)


def asked_for_the_athlete(home: AppFixture) -> int:
    return sum(1 for one in home.sandbox.log.as_json() if one["path"] == "/api/v1/athlete/0")


def test_the_days_are_kept_as_they_stand_after_the_sync(home: AppFixture) -> None:
    home.import_(steps(MONDAY, 8000))
    home.sync()
    assert kept_days(home)[MONDAY.isoformat()]["steps"] == 8000


def test_activities_are_kept_with_what_was_just_uploaded(home: AppFixture) -> None:
    home.import_(*run(MONDAY))
    home.sync()
    with home.context.reading() as here:
        found = intervals_cache.activities(here.connection, here.athlete, MONDAY, TODAY)
    (record,) = found.values()
    assert record["type"] == "Run"
    assert record["distance"] > 0


def test_what_is_gone_there_is_forgotten_here(home: AppFixture) -> None:
    home.import_(steps(MONDAY, 8000))
    home.sync()
    home.sandbox.you.wellness.clear()
    home.sync()
    assert kept_days(home)[MONDAY.isoformat()]["steps"] is None


def test_the_athlete_record_is_read_once_a_day(home: AppFixture) -> None:
    home.import_(steps(MONDAY, 8000))
    home.forget_requests()
    home.sync()
    home.sync()
    assert asked_for_the_athlete(home) == 1
    home.clock.wait(24 * 3600)
    home.sync()
    assert asked_for_the_athlete(home) == 2


def test_the_api_key_in_the_athlete_record_is_not_kept_in_the_clear(home: AppFixture) -> None:
    with home.person() as person:
        person.generate_key()
    home.sign_in()
    home.import_(steps(MONDAY, 8000))
    home.sync()
    kept = athlete_record(home)
    assert kept is not None
    assert kept.record["name"]
    assert str(home.sandbox.you.api_key) not in str(kept.record)


def test_a_second_sync_with_nothing_new_asks_at_most_six_times(home: AppFixture) -> None:
    home.import_(steps(MONDAY, 8000), *run(MONDAY))
    home.sync()
    home.forget_requests()
    home.clock.wait(24 * 3600)
    home.sync()
    assert len(home.sandbox.log.as_json()) <= 6
    assert home.writes() == []


def test_the_first_look_after_a_sign_in_shows_what_is_there_and_is_taken_once(home: AppFixture) -> None:
    home.type_in(TODAY, weight=70.0)
    home.forget_requests()
    first_fetch.fetch_if_never(home.context)
    assert home.context.read(first_sync.already_here).since is not None
    assert home.writes() == []
    first_fetch.fetch_if_never(home.context)
    assert len(home.sandbox.log.as_json()) == 2


def test_nobody_signed_in_is_no_first_look(home: AppFixture) -> None:
    logout.log_out(home.context)
    home.forget_requests()
    first_fetch.fetch_if_never(home.context)
    assert home.sandbox.log.as_json() == []


def test_without_activities_read_the_first_look_is_taken_once_a_sign_in(home: AppFixture) -> None:
    home.clock.wait(1)
    home.sign_in(WITHOUT_ACTIVITIES)
    home.forget_requests()
    first_fetch.fetch_if_never(home.context)
    assert len(home.sandbox.log.as_json()) == 2
    first_fetch.fetch_if_never(home.context)
    home.clock.wait(3600)
    first_fetch.fetch_if_never(home.context)
    assert len(home.sandbox.log.as_json()) == 2

    home.sign_in(WITHOUT_ACTIVITIES)
    home.forget_requests()
    first_fetch.fetch_if_never(home.context)
    first_fetch.fetch_if_never(home.context)
    assert len(home.sandbox.log.as_json()) == 2


def test_the_first_look_is_taken_again_when_activities_may_be_read(home: AppFixture) -> None:
    home.clock.wait(1)
    home.sign_in(WITHOUT_ACTIVITIES)
    first_fetch.fetch_if_never(home.context)
    home.forget_requests()
    athlete = home.context.account().athlete
    with home.context.store.write() as connection:
        scope_checks.save(connection, athlete, {"ACTIVITY:READ": True}, home.context.now())
    first_fetch.fetch_if_never(home.context)
    first_fetch.fetch_if_never(home.context)
    assert len(home.sandbox.log.as_json()) == 2
