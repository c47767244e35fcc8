"""Work in the background: told by its rows, stopped by a wish, and never begun before a tap."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from attrs import define, field
from sqlalchemy import select

from intervals_companion.app.context import AppContext
from intervals_companion.app.doctor import checkup
from intervals_companion.app.jobs import status
from intervals_companion.app.jobs.runner import IMPORT, SYNC, Job
from intervals_companion.app.jobs.schedule import Jobs
from intervals_companion.app.jobs.timetable import EVERY
from intervals_companion.app.locks import job_lock
from intervals_companion.app.sync import first_sync
from intervals_companion.domain.errors import UsageError
from intervals_companion.store import runs, schema
from intervals_companion.store.secrets import KEY_FILE
from intervals_companion.sync import engine
from support.app_fixture import NOW, TODAY, AppFixture, app_fixture, run, steps, weight

MONDAY = TODAY - timedelta(days=4)
DAYS = [MONDAY + timedelta(days=n) for n in range(4)]
MINUTE = 60.0


@define
class Later:
    """Threads that begin when the test says so."""

    works: list[Callable[[], None]] = field(factory=list)

    def __call__(self, work: Callable[[], None]) -> None:
        self.works.append(work)

    def go(self) -> None:
        while self.works:
            self.works.pop(0)()


def at_once(work: Callable[[], None]) -> None:
    work()


def confirmed(home: AppFixture, start: Callable[[Callable[[], None]], None] = at_once) -> Jobs:
    first_sync.confirm(home.context, None)
    return Jobs(home.context, start=start)


def job(jobs: Jobs, name: str) -> Job:
    found = jobs.context.read(status.find, name)
    assert found is not None
    return found


def filled(home: AppFixture) -> None:
    home.import_(*(element for day in DAYS for element in (steps(day, 8000), weight(day, 74.5))), *run(DAYS[0]))


# --- nothing before a tap --------------------------------------------------------------------------------------------


def test_nothing_is_sent_before_the_first_sync_is_confirmed(home: AppFixture) -> None:
    filled(home)
    jobs = Jobs(home.context, start=at_once)
    home.forget_requests()
    with pytest.raises(UsageError):
        jobs.start_sync()
    jobs.after_push()
    home.clock.wait(2 * MINUTE)
    jobs.tick()
    assert home.writes() == []


def test_the_plan_of_a_first_sync_counts_and_sends_nothing(home: AppFixture) -> None:
    filled(home)
    jobs = Jobs(home.context, start=at_once)
    home.forget_requests()
    plan = job(jobs, jobs.start_plan(DAYS[2])).result
    assert (plan["values"], plan["days"], plan["workouts"]) == (4, 2, [])
    assert {one["field"]: one["count"] for one in plan["fields"]} == {"steps": 2, "weight": 2}
    whole = job(jobs, jobs.start_plan(None)).result
    assert (whole["values"], whole["days"], whole["workouts"]) == (8, 4, [DAYS[0].isoformat()])
    assert home.writes() == []


def test_later_syncs_begin_where_the_first_did(home: AppFixture) -> None:
    filled(home)
    first_sync.confirm(home.context, DAYS[3])
    jobs = Jobs(home.context, start=at_once)
    jobs.start_sync()
    assert "steps" in home.theirs(DAYS[3]).values
    assert "steps" not in home.theirs(DAYS[2]).values


# --- a job as others see it ------------------------------------------------------------------------------------------


def test_a_sync_tells_its_steps_and_its_run(home: AppFixture) -> None:
    filled(home)
    jobs = confirmed(home)
    found = job(jobs, jobs.start_sync())
    assert (found.state, found.kind, found.result["run"], found.error) == ("done", SYNC, 1, None)
    told = {step["stage"]: (step["done"], step["total"]) for step in found.account["steps"]}
    assert told["send_days"] == (4, 4)
    assert told["upload_workouts"] == (1, 1)


def test_a_job_that_waits_is_the_current_one_until_it_is_done(home: AppFixture) -> None:
    later = Later()
    jobs = confirmed(home, later)
    name = jobs.start_sync()
    assert jobs.context.read(status.current) == job(jobs, name)
    assert job(jobs, name).state == "waiting"
    later.go()
    assert jobs.context.read(status.current) is None
    assert jobs.context.read(status.latest, SYNC) == job(jobs, name)


def test_two_taps_are_one_sync(home: AppFixture) -> None:
    later = Later()
    jobs = confirmed(home, later)
    assert jobs.start_sync() == jobs.start_sync()
    assert len(later.works) == 1


def test_a_sync_of_the_command_line_under_way_is_shown_as_busy(home: AppFixture) -> None:
    jobs = confirmed(home)
    with engine.alone(home.context.store, home.context.account().athlete):
        found = job(jobs, jobs.start_sync())
    assert found.state == "failed"
    assert found.error is not None
    assert (found.error["kind"], found.error["exit_code"]) == ("Busy", 7)


def test_a_job_whose_process_is_gone_is_shown_as_stopped_at_the_next_start(home: AppFixture) -> None:
    name = confirmed(home, Later()).start_sync()
    found = job(Jobs(home.context), name)
    assert found.state == "stopped"
    assert found.error is not None
    assert "ended" in found.error["cause"]


def test_a_job_of_another_living_process_is_left_alone(home: AppFixture) -> None:
    jobs = confirmed(home, Later())
    name = jobs.start_sync()
    with job_lock(home.context, home.context.account().athlete):
        assert job(Jobs(home.context), name).state == "waiting"


def test_the_doctor_looks_by_itself_where_a_look_is_due(home: AppFixture) -> None:
    assert home.context.read(checkup.due)
    jobs = Jobs(home.context, start=at_once, wait=lambda _woken, _seconds: jobs.stop())
    jobs.run_forever()
    assert not home.context.read(checkup.due)


def test_what_a_browser_sent_to_a_process_that_is_gone_is_removed(home: AppFixture) -> None:
    left_over = home.context.store.folder / "upload-12ab.part"
    left_over.write_bytes(b"PK")
    Jobs(home.context)
    assert not left_over.exists()


# --- stopping --------------------------------------------------------------------------------------------------------


def test_a_job_stopped_before_it_began_does_nothing(home: AppFixture) -> None:
    later = Later()
    filled(home)
    jobs = confirmed(home, later)
    name = jobs.start_sync()
    home.forget_requests()
    jobs.cancel(name)
    later.go()
    assert job(jobs, name).state == "stopped"
    assert home.sandbox.log.as_json() == []


class StopsAt:
    """Presses Cancel when the service has seen so many writes."""

    def __init__(self, home: AppFixture, writes: int) -> None:
        self.home, self.writes = home, writes

    def __call__(self) -> bool:
        return len(self.home.writes()) >= self.writes


def test_what_was_done_before_a_stop_stays_and_the_next_sync_goes_on(home: AppFixture) -> None:
    home.import_(*(steps(day, 8000) for day in DAYS), *run(DAYS[0]), *run(DAYS[1]), *run(DAYS[2]))
    home.forget_requests()
    first = home.sync(should_stop=StopsAt(home, 2))  # the days, and one workout
    assert first.outcome.error is not None
    assert first.outcome.error.exit_code == 130
    assert (first.outcome.values_sent, first.outcome.workouts_sent, len(first.outcome.left)) == (4, 1, 2)
    assert first.outcome.failed == []
    second = home.sync()
    assert (second.outcome.values_sent, second.outcome.workouts_sent) == (0, 2)


def test_a_sync_stopped_before_it_sends_leaves_everything_to_the_next(home: AppFixture) -> None:
    filled(home)
    home.forget_requests()
    stops = iter([False] * 4)  # between four reads
    first = home.sync(should_stop=lambda: next(stops, True))
    assert home.writes() == []
    assert (first.outcome.sent, first.outcome.failed, len(first.outcome.left)) == ([], [], 9)
    assert home.sync().outcome.workouts_sent == 1


def test_an_import_that_is_stopped_leaves_no_file_behind(home: AppFixture) -> None:
    path = home.export(*(steps(day, 1) for day in DAYS))
    later = Later()
    jobs = Jobs(home.context, start=later)
    name = jobs.start_import(path, name="export.zip", ours=True)
    jobs.cancel(name)
    later.go()
    assert job(jobs, name).state == "stopped"
    assert not path.exists()


# --- imports ---------------------------------------------------------------------------------------------------------


def test_an_import_tells_what_it_found_and_removes_its_file(home: AppFixture) -> None:
    jobs = Jobs(home.context, start=at_once)
    path = home.export(*(steps(day, 1) for day in DAYS))
    found = job(jobs, jobs.start_import(path, name="export.zip", ours=True))
    assert (found.state, found.kind, found.result["new"]) == ("done", IMPORT, 4)
    assert not path.exists()


def test_a_file_that_is_no_export_fails_with_a_cure_and_is_removed_too(home: AppFixture, tmp_path: Path) -> None:
    jobs = Jobs(home.context, start=at_once)
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"\xff\xd8 not health data")
    found = job(jobs, jobs.start_import(path, name="photo.jpg", ours=True))
    assert found.state == "failed"
    assert found.error is not None
    assert found.error["cure"]
    assert not path.exists()


def test_a_job_runs_in_a_thread_of_its_own(home: AppFixture) -> None:
    jobs = Jobs(home.context)
    name = jobs.start_import(home.export(*(steps(day, 1) for day in DAYS)), name="export.zip")
    for thread in threading.enumerate():
        if thread.name == "job":
            thread.join()
    assert job(jobs, name).state == "done"


# --- by itself -------------------------------------------------------------------------------------------------------


def test_pushes_are_followed_by_one_sync_a_minute_later(home: AppFixture) -> None:
    later = Later()
    jobs = confirmed(home, later)
    jobs.after_push()
    home.clock.wait(30)
    jobs.after_push()
    jobs.tick()
    assert later.works == []
    home.clock.wait(30)
    jobs.tick()
    jobs.tick()
    assert len(later.works) == 1


def test_a_cure_is_followed_by_a_sync_at_once(home: AppFixture) -> None:
    later = Later()
    jobs = confirmed(home, later)
    jobs.after_cure()
    jobs.tick()
    assert len(later.works) == 1


def test_nobody_signed_in_means_no_sync_by_itself(tmp_path: Path) -> None:
    with app_fixture(tmp_path) as home:
        later = Later()
        jobs = confirmed(home, later)
        jobs.after_cure()
        jobs.tick()
        assert later.works == []


def test_no_sync_begins_by_itself_while_the_sign_in_cannot_be_opened(home: AppFixture) -> None:
    later = Later()
    jobs = confirmed(home, later)
    key = home.context.store.folder / KEY_FILE
    away = key.rename(key.with_suffix(".away"))
    checkup.examine_if_due(home.context)
    home.forget_requests()
    jobs.after_cure()
    jobs.tick()
    later.go()
    assert home.sandbox.log.as_json() == []
    assert home.context.read(status.latest, SYNC) is None
    away.rename(key)
    checkup.examine_if_due(home.context)
    jobs.after_cure()
    jobs.tick()
    later.go()
    assert home.context.read(status.latest, SYNC) is not None


def test_while_it_is_served_it_syncs_every_hour(home: AppFixture) -> None:
    started: list[float] = []

    def note(work: Callable[[], None]) -> None:
        started.append((home.clock() - NOW).total_seconds())
        work()

    jobs = confirmed(home)
    first_sync.confirm(home.context, None)

    def wait(_woken: threading.Event, seconds: float) -> None:
        home.clock.wait(seconds)
        if len(started) == 3:
            jobs.stop()

    began = home.clock()
    jobs = Jobs(home.context, start=note, wait=wait)
    jobs.run_forever()
    since = [seconds - (began - NOW).total_seconds() for seconds in started]
    assert [round(seconds) for seconds in since] == [60, 60 + EVERY // 1000, 60 + 2 * EVERY // 1000]


# --- what is kept of a run -------------------------------------------------------------------------------------------


def run_of(context: AppContext, number: int) -> runs.Run:
    with context.reading() as here:
        found = runs.find(here.connection, here.athlete, number)
    assert found is not None
    return found


def test_a_run_keeps_its_account_in_numbers(home: AppFixture) -> None:
    filled(home)
    home.type_in(DAYS[1], weight=80.0, steps=8000)
    home.sync()
    account = run_of(home.context, 1).account
    assert (account["values"], account["days"], account["workouts"]) == (6, 3, 1)
    assert (account["agreed"], account["held"]["already_there"], account["failed"]) == (1, 1, 0)
    assert account["error"] is None
    assert account["requests"]["write"] == 2


def test_every_run_can_be_told_whole_later(home: AppFixture) -> None:
    filled(home)
    home.type_in(DAYS[1], weight=80.0)
    home.sync()
    home.type_in(DAYS[1], weight=74.5)
    home.sync()
    athlete = home.context.account().athlete
    with home.context.store.read() as connection:
        first, second = (
            [one.item for one in runs.held(connection, athlete, number, MONDAY, TODAY, "already_there", 0, 100)]
            for number in (1, 2)
        )
        assert first == [DAYS[1].isoformat()]
        assert second == []
        assert len(runs.receipts(connection, athlete, 1, 0, 100)) == runs.count_receipts(connection, athlete, 1) == 8


def test_a_run_that_could_not_begin_is_told_with_its_reason(home: AppFixture) -> None:
    with home.person() as person:
        person.revoke()
    home.sync()
    error = run_of(home.context, 1).account["error"]
    assert (error["kind"], error["exit_code"]) == ("SignInExpired", 4)


def test_a_sync_leaves_the_newest_workouts_ready_to_be_looked_at(tmp_path: Path) -> None:
    with app_fixture(tmp_path) as home:
        home.sign_in()
        home.import_(*run(TODAY - timedelta(days=1)))
        first_sync.confirm(home.context, None)
        Jobs(home.context, start=lambda work: work()).start_sync()
        with home.context.store.read() as connection:
            ready = connection.execute(select(schema.workout_views.c.workout)).scalars().all()
    assert len(ready) == 1
