"""Jobs behind jobs, full disks, mistakes of ours, the end of the program: no wish is lost and nothing gets stuck."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest

from intervals_companion.app.doctor import checkup
from intervals_companion.app.ingest import exports
from intervals_companion.app.jobs import progress, status
from intervals_companion.app.jobs.runner import IMPORT, SYNC, Job
from intervals_companion.app.jobs.schedule import Jobs
from intervals_companion.app.sync import first_sync, run
from intervals_companion.domain.errors import Busy, StorageError
from intervals_companion.store import schema
from support.app_fixture import TODAY, AppFixture, steps, weight

SECRET = "Mika weighs 72.5 kg"


class Works(list[Callable[[], None]]):
    """Threads that begin when the test says so."""

    def __call__(self, work: Callable[[], None]) -> None:
        self.append(work)

    def go(self) -> None:
        while self:
            self.pop(0)()


def found(jobs: Jobs, name: str) -> Job:
    job = jobs.context.read(status.find, name)
    assert job is not None
    return job


def confirmed(home: AppFixture, works: Works) -> Jobs:
    first_sync.confirm(home.context, None)
    return Jobs(home.context, start=works)


def while_syncing(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Something happens while the next sync is under way."""
    real, waiting = run.sync, [act]

    def sync(*args: Any, **options: Any) -> run.Synced:
        if waiting:
            waiting.pop()()
        return real(*args, **options)

    monkeypatch.setattr(run, "sync", sync)


def breaking(monkeypatch: pytest.MonkeyPatch, place: object, name: str) -> None:
    """A mistake of ours, with something personal at hand."""

    def broken(*_: object, **__: object) -> None:
        raise ValueError(SECRET)

    monkeypatch.setattr(place, name, broken)


# --- one behind another ----------------------------------------------------------------------------------------------


def test_what_a_push_brought_while_a_sync_ran_goes_with_the_next_one(
    home: AppFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.import_(steps(TODAY, 1000))
    works = Works()
    jobs = confirmed(home, works)

    def push() -> None:
        jobs.after_push()
        home.clock.wait(61)
        jobs.tick()

    while_syncing(monkeypatch, push)
    first = jobs.start_sync()
    works.pop(0)()
    (behind,) = works
    home.import_(weight(TODAY, 74.5))
    behind()
    latest = jobs.context.read(status.latest, SYNC)
    assert latest is not None
    assert (latest.id != first, latest.state) == (True, "done")
    assert home.theirs(TODAY).values["weight"] == 74.5


def test_a_sync_that_was_agreed_to_is_not_lost_behind_one_that_was_not(home: AppFixture) -> None:
    works = Works()
    jobs = confirmed(home, works)
    plain, agreed = jobs.start_sync(), jobs.start_sync(confirmed=True)
    shorter = jobs.start_sync(since=TODAY)
    assert len({plain, agreed, shorter}) == 3
    assert jobs.start_sync(confirmed=True) == agreed
    assert found(jobs, agreed).account["asked"]["confirmed"]
    works.go()
    assert {found(jobs, name).state for name in (plain, agreed, shorter)} == {"done"}


def test_a_second_export_is_refused_and_never_taken_for_the_first(home: AppFixture) -> None:
    works = Works()
    jobs = Jobs(home.context, start=works)
    one, other = home.export(steps(TODAY, 1)), home.export(steps(TODAY, 2))
    name = jobs.start_import(one, name="export.zip", ours=True)
    with pytest.raises(Busy):
        jobs.start_import(other, name="export.zip", ours=True)
    assert (one.exists(), other.exists()) == (True, False)
    works.go()
    assert found(jobs, name).state == "done"
    again = jobs.start_import(home.export(steps(TODAY, 2)), name="export.zip", ours=True)
    works.go()
    assert found(jobs, again).result["new"] == 1


# --- full disks ------------------------------------------------------------------------------------------------------


def test_a_job_whose_end_could_not_be_written_is_closed_when_there_is_room_again(
    home: AppFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    works = Works()
    jobs = confirmed(home, works)
    name = jobs.start_sync()
    with monkeypatch.context() as full:

        def finish(*_: object) -> None:
            raise StorageError("The disk is full.", "Make room.")

        full.setattr(progress.JobProgress, "finish", finish)
        works.go()
    assert found(jobs, name).state == "running"
    jobs.tick()
    closed = found(jobs, name)
    assert closed.state == "failed"
    assert closed.error is not None
    assert "could not be written down" in closed.error["cause"]
    again = jobs.start_sync()
    works.go()
    assert found(jobs, again).state == "done"


def test_a_thread_that_cannot_begin_blocks_nothing(home: AppFixture) -> None:
    def none_left(_: Callable[[], None]) -> None:
        raise RuntimeError("can't start new thread")

    first_sync.confirm(home.context, None)
    jobs = Jobs(home.context, start=none_left)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            jobs.start_sync()
    with home.context.store.read() as connection:
        states = connection.execute(schema.jobs.select().order_by(schema.jobs.c.made)).all()
    assert sorted(row.state for row in states) == ["failed", "waiting"]


def test_a_file_that_cannot_be_removed_does_not_hide_how_the_import_ended(
    home: AppFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    works = Works()
    jobs = Jobs(home.context, start=works)
    path = home.export(steps(TODAY, 1))
    name = jobs.start_import(path, name="export.zip", ours=True)
    monkeypatch.setattr(type(path), "unlink", lambda *_, **__: (_ for _ in ()).throw(PermissionError()))
    works.go()
    assert found(jobs, name).state == "done"


# --- mistakes of ours ------------------------------------------------------------------------------------------------


def test_a_job_that_meets_a_mistake_is_marked_and_the_log_says_kind_and_place_only(
    home: AppFixture, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    works = Works()
    jobs = Jobs(home.context, start=works)
    breaking(monkeypatch, exports, "import_export")
    name = jobs.start_import(home.export(steps(TODAY, 1)), name="export.zip")
    works.go()
    job = found(jobs, name)
    assert (job.kind, job.state) == (IMPORT, "failed")
    assert job.error is not None
    assert "mistake of ours" in job.error["cause"]
    assert "broken job: ValueError at test_jobs_in_trouble.py:" in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize("part", [(checkup, "examine_if_due"), (first_sync, "confirmed")], ids=lambda part: part[1])
def test_a_mistake_does_not_end_the_timetable(
    home: AppFixture, part: tuple[object, str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    works = Works()
    first_sync.confirm(home.context, None)
    rounds: list[float] = []

    def wait(_: threading.Event, seconds: float) -> None:
        home.clock.wait(seconds)
        rounds.append(seconds)
        if len(rounds) == 2:
            monkeypatch.undo()
        if works:
            jobs.stop()

    jobs = Jobs(home.context, start=works, wait=wait)
    breaking(monkeypatch, *part)
    caplog.set_level(logging.INFO)
    jobs.run_forever()
    assert len(works) == 1
    assert "broken: ValueError at test_jobs_in_trouble.py:" in caplog.text
    assert SECRET not in caplog.text


# --- the end of the program ------------------------------------------------------------------------------------------


def test_a_job_that_the_end_of_the_program_cut_off_says_so(home: AppFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    home.import_(steps(TODAY, 8000))
    works = Works()
    jobs = confirmed(home, works)
    while_syncing(monkeypatch, jobs.stop)
    name = jobs.start_sync()
    works.go()
    job = found(jobs, name)
    assert (job.state, job.result["run"]) == ("stopped", 1)
    assert job.error is not None
    assert job.error["cause"] == "The companion was ended while this ran."
