"""Work in the background: one thread a job, one job at a time, its progress as rows that any process can read."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from attrs import evolve

from intervals_companion.app.activities import detail
from intervals_companion.app.context import AppContext
from intervals_companion.app.crash_site import where
from intervals_companion.app.ingest import imports, payloads
from intervals_companion.app.ingest.uploads import UPLOADS
from intervals_companion.app.jobs import status
from intervals_companion.app.jobs.progress import BROKEN, CUT_OFF, UNTOLD, End, JobProgress
from intervals_companion.app.jobs.timetable import Timetable
from intervals_companion.app.locks import job_lock
from intervals_companion.app.shutdown import wait_until
from intervals_companion.app.sync import first_sync, run
from intervals_companion.domain.errors import Busy, CompanionError, DamagedInput, UsageError
from intervals_companion.store import jobs as rows
from intervals_companion.store.jobs import IMPORT, PLAN, STOPPED, SYNC, WAITING, Job
from intervals_companion.sync.task import Stopped

__all__ = ["IMPORT", "PLAN", "SYNC", "Job"]

log = logging.getLogger("intervals_companion.jobs")

Result = tuple[Mapping[str, Any], CompanionError | None]
"""What came of a job, as JSON, and what ended it early."""
Work = Callable[[JobProgress], Result]


def in_a_thread(work: Callable[[], None]) -> None:
    """The process waits for a job as long as `Runner.wait` does, and no longer."""
    threading.Thread(target=work, name="job", daemon=True).start()


def _by_name(problem: CompanionError, path: Path, name: str) -> CompanionError:
    """The refusal in the words of who sent the file: they never saw the name it has here."""
    if isinstance(problem, DamagedInput):
        return DamagedInput(problem.cause.replace(path.name, name), problem.cure)
    return problem


def _nothing() -> None: ...


def attempt(step: Callable[[], object]) -> None:
    """What goes wrong with one step stops no other. A mistake of ours is logged without the values it had at hand."""
    try:
        step()
    except CompanionError as problem:
        log.warning("%s", type(problem).__name__)
    except Exception as mistake:  # noqa: BLE001
        log.error("broken: %s", where(mistake))


class Runner:
    """The jobs of one data folder, inside the process that serves it."""

    def __init__(
        self,
        context: AppContext,
        *,
        start: Callable[[Callable[[], None]], None] = in_a_thread,
    ) -> None:
        """Jobs whose process is gone are shown as stopped."""
        self.context = context
        self._start = start
        self._one_at_a_time = threading.Lock()
        self._timetable = Timetable()
        self._mine: set[str] = set()
        """Jobs of this process that have not ended."""
        self._ended = False
        self._close_abandoned(CUT_OFF, uploads=True)

    def _unfinished(self) -> list[Job]:
        with self.context.reading() as here:
            return status.unfinished(here)

    def start_sync(self, since: date | None = None, confirmed: bool = False) -> str:
        """The id of a sync that begins now, behind those under way, or of one like it that has not begun yet.

        `since`: as chosen for the first sync if left out. `confirmed`: the person agreed to a plan that replaces much.
        Raises UsageError before the first sync was
        confirmed: nothing is sent before a tap.
        """
        with self.context.reading() as here:
            first = first_sync.confirmed(here)
        if first is None:
            raise UsageError(
                "The first sync has not been confirmed.", "Look at its plan, choose from which day on, and start it."
            )
        begin = since or first.since

        def work(watch: JobProgress) -> Result:
            found = run.sync(
                self.context, watch.progress, since=begin, confirmed=confirmed, should_stop=watch.should_stop,
            )  # fmt: skip
            detail.make_ready(self.context, watch.should_stop)
            return {"run": found.outcome.run}, found.outcome.error

        return self._begin(SYNC, {"since": begin and begin.isoformat(), "confirmed": confirmed}, work)

    def start_plan(self, since: date | None, choice: str = "") -> str:
        """A dry run, for the first sync to be seen before it is sent. None: from the first day that Health knows.

        `choice`: what the person called that day, kept for the page.
        """

        def work(watch: JobProgress) -> Result:
            found = run.sync(
                self.context, watch.progress, since=since, dry_run=True, should_stop=watch.should_stop,
            )  # fmt: skip
            with self.context.reading() as here:
                return first_sync.plan(here.zone, found), found.outcome.error

        return self._begin(PLAN, {"since": since and since.isoformat(), "choice": choice}, work)

    def start_import(self, path: Path, *, name: str, ours: bool = False) -> str:
        """Reads an export. `name`: what the person calls the file; `ours`: it was made for this and goes afterwards,
        also where it is not read. Raises Busy while another one is being read.
        """

        def work(watch: JobProgress) -> Result:
            try:
                found = payloads.import_file(self.context, path, watch.reading, watch.should_stop)
            except DamagedInput as problem:
                raise _by_name(problem, path, name) from problem
            self._timetable.at_the_latest(self.context.now())
            return imports.account(found), found.error and _by_name(found.error, path, name)

        def remove() -> None:
            path.unlink(missing_ok=True)

        afterwards = remove if ours else _nothing
        if self.reads_an_export():
            afterwards()
            raise Busy("Another export is being read.", "Wait until it is done, then send this one.")
        return self._begin(IMPORT, {"name": name}, work, afterwards)

    def reads_an_export(self) -> bool:
        """Whether one is being read, or waits for it."""
        return any(job.kind == IMPORT and job.id in self._mine for job in self._unfinished())

    def cancel(self, name: str) -> None:
        """Asks a job to stop at its next step. What it has done stays."""
        athlete = self.context.account().athlete
        with self.context.store.write() as connection:
            rows.ask_to_stop(connection, athlete, name)

    def stop(self) -> None:
        """Ends what runs by itself, and has what runs here stop at its next step. Waits for nothing."""
        self._ended = True
        self._timetable.woken.set()

    def wait(self, seconds: float) -> bool:
        """Waits at most so long until nothing runs; says whether nothing does."""
        return wait_until(lambda: not self._mine, seconds)

    def _begin(self, kind: str, asked: Mapping[str, Any], work: Work, afterwards: Callable[[], None] = _nothing) -> str:
        """The id of a new job, or of one that is asked the same and has not begun: two taps are one wish."""
        self._close_abandoned(UNTOLD)
        now = self.context.now()
        athlete = self.context.account().athlete
        with self.context.store.write() as connection:
            for job in rows.unfinished(connection, athlete):
                same = job.kind == kind and job.account["asked"] == asked
                if same and job.state == WAITING and not job.cancel and job.id in self._mine:
                    return job.id
            name = self.context.token_bytes(8).hex()
            new = Job(name, kind, WAITING, "", 0, 0, {"asked": asked, "steps": []}, now, now)
            rows.put(connection, athlete, new)
            self._mine.add(name)
        try:
            watch = JobProgress(self.context, athlete, new, lambda: self._ended)
            self._start(lambda: self._carry_out(watch, athlete, work, afterwards))
        except BaseException:
            self._mine.discard(name)
            raise
        return name

    def _carry_out(self, watch: JobProgress, athlete: int, work: Work, afterwards: Callable[[], None]) -> None:
        with self._one_at_a_time:
            end = self._end(watch, athlete, work)
            attempt(afterwards)
            attempt(lambda: watch.finish(end))
            self._mine.discard(watch.name)
        self._timetable.woken.set()

    def _end(self, watch: JobProgress, athlete: int, work: Work) -> End:
        try:
            with job_lock(self.context, athlete):
                if watch.should_stop():
                    raise Stopped
                watch.begin()
                end = End.of(*work(watch))
        except CompanionError as problem:
            end = End.of(None, problem)
        except Exception as mistake:  # noqa: BLE001
            log.error("broken job: %s", where(mistake))
            end = BROKEN
        return evolve(CUT_OFF, result=end.result) if end.state == STOPPED and self._ended else end

    def _strange(self) -> list[Job]:
        return [job for job in self._unfinished() if job.id not in self._mine]

    def _close_abandoned(self, end: End, *, uploads: bool = False) -> None:
        """What is unfinished while nobody holds the lock, and is no job of ours, belongs to a process that is gone, or
        its end could not be written down. `uploads`: so does every file that was being sent.
        """
        athlete = self.context.account().athlete
        if not uploads and not self._strange():
            return
        if not self._one_at_a_time.acquire(blocking=False):
            return  # a job of ours runs: its end is followed by another look
        try:
            with job_lock(self.context, athlete):
                for job in self._strange():
                    JobProgress(self.context, athlete, job).finish(end)
                for left_over in self.context.store.folder.glob(UPLOADS) if uploads else ():
                    left_over.unlink(missing_ok=True)
        except Busy:
            return  # another process serves this folder, and its job is alive
        finally:
            self._one_at_a_time.release()
