"""Workouts between Health and Intervals.icu, as an athlete lives them."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from attrs import evolve

from intervals_companion.app.sync.run import Synced
from intervals_companion.intervals.transport import Transport
from intervals_companion.intervals.wire import Request, Response
from support import exports
from support.app_fixture import NOW, QUANTITY, TODAY, AppFixture, run
from support.workout_files import garmin_run

MONDAY = TODAY - timedelta(days=3)


def reasons(result: Synced) -> list[str]:
    return [one.reason for one in result.outcome.held if one.field == "workout"]


def test_a_run_is_uploaded_once_and_linked(home: AppFixture) -> None:
    home.import_(*run(MONDAY))
    first = home.sync()
    assert first.outcome.workouts_sent == 1
    assert home.at_the_service() == [first.outcome.sent[-1].item]
    home.forget_requests()
    home.sync()
    assert home.writes() == []


def test_a_run_another_device_brought_is_linked_not_sent(home: AppFixture) -> None:
    garmin_run(home, MONDAY, shift=20)
    home.import_(*run(MONDAY))
    result = home.sync()
    assert [one.how for one in result.outcome.linked] == ["matched"]
    assert result.outcome.workouts_sent == 0
    assert len(home.at_the_service()) == 1


def test_what_is_deleted_there_never_comes_back(home: AppFixture) -> None:
    home.import_(*run(MONDAY))
    activity = home.sync().outcome.sent[-1].value
    home.sandbox.remove(home.sandbox.state.activities[str(activity)])
    assert reasons(home.sync()) == ["deleted"]
    assert reasons(home.sync()) == ["deleted"]
    assert home.at_the_service() == []


def test_a_lost_ledger_uploads_nothing_twice(home: AppFixture) -> None:
    home.import_(*run(MONDAY))
    home.sync()
    with home.context.store.write() as connection:
        for table in ("links", "bases", "runs", "receipts", "held"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    result = home.sync()
    assert [one.how for one in result.outcome.linked] == ["external_id"]
    assert len(home.at_the_service()) == 1


def test_a_run_that_has_just_ended_waits(home: AppFixture) -> None:
    start = (NOW + timedelta(hours=1) - timedelta(minutes=45)).strftime("%H:%M")
    home.import_(*run(TODAY, at=start, minutes=40))
    assert reasons(home.sync()) == ["too_fresh"]
    home.clock.wait(11 * 60)
    assert home.sync().outcome.workouts_sent == 1


def test_samples_that_come_after_the_upload_are_held_not_uploaded_again(home: AppFixture) -> None:
    home.import_(*run(MONDAY))
    home.sync()
    late = exports.record(f"{QUANTITY}HeartRate", 171, "count/min", f"{MONDAY} 17:20:05 +0100", source="Watch")
    home.import_(late)
    assert reasons(home.sync()) == ["file_would_differ"]
    assert len(home.at_the_service()) == 1


def test_samples_of_another_hour_change_nothing_about_a_linked_run(home: AppFixture) -> None:
    home.import_(*run(MONDAY))
    home.sync()
    home.import_(exports.record(f"{QUANTITY}HeartRate", 60, "count/min", f"{MONDAY} 21:20:05 +0100", source="Watch"))
    assert reasons(home.sync()) == []


def test_two_runs_of_a_day_stay_two(home: AppFixture) -> None:
    home.import_(*run(MONDAY, at="07:00"), *run(MONDAY, at="17:00"))
    assert home.sync().outcome.workouts_sent == 2
    assert len(home.at_the_service()) == 2


def test_one_run_recorded_by_watch_and_app_goes_once(home: AppFixture) -> None:
    home.import_(*run(MONDAY, at="17:00", source="My Watch"), *run(MONDAY, at="17:01", minutes=38, source="Runner"))
    result = home.sync()
    assert result.outcome.workouts_sent == 1
    assert reasons(result) == ["recorded_twice"]


def test_the_file_that_arrives_says_what_the_watch_said(home: AppFixture) -> None:
    home.import_(*run(MONDAY))
    activity = home.sandbox.state.activities[str(home.sync().outcome.sent[-1].value)].values
    start = datetime.fromisoformat(f"{MONDAY}T17:00:00+01:00")
    assert activity["start_date_local"] == f"{start:%Y-%m-%dT%H:%M:%S}"
    assert activity["type"] == "Run"
    assert activity["elapsed_time"] == 2400
    assert activity["distance"] == 8000
    assert activity["calories"] == 400
    assert activity["average_heartrate"] == 143


@pytest.mark.parametrize("start", [None, "soon", "2026-03-08T17:00:00Z"])
def test_one_odd_activity_does_not_end_a_sync(home: AppFixture, start: str | None) -> None:
    home.import_(*run(MONDAY))
    plain = home.context.transport
    odd = {"id": "i1", "start_date_local": start, "type": "Run", "source": "UPLOAD", "elapsed_time": 60}

    @contextlib.contextmanager
    def with_an_odd_one(origin: str) -> Iterator[Transport]:
        with plain(origin) as inner:

            def send(request: Request) -> Response:
                answer = inner(request)
                if request.method != "GET" or "/activities?" not in request.url:
                    return answer
                return evolve(answer, body=json.dumps([odd, *json.loads(answer.body)]).encode())

            yield send

    home.context = evolve(home.context, transport=with_an_odd_one)
    result = home.sync()
    assert result.outcome.error is None
    assert result.outcome.workouts_sent == 1
