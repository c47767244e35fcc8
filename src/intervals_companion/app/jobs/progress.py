"""One job under way, written down as it goes: its steps, whether the person wants it stopped, and its end."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from attrs import evolve, frozen

from intervals_companion.app.context import AppContext
from intervals_companion.domain.errors import CompanionError
from intervals_companion.domain.stages import Stage
from intervals_companion.health.port import Reading
from intervals_companion.store import jobs
from intervals_companion.store.jobs import DONE, FAILED, RUNNING, STOPPED, Job
from intervals_companion.sync.task import Stopped

log = logging.getLogger("intervals_companion.jobs")

WRITE_EVERY = 0.25
"""Seconds between two notes of progress: more often nobody can read them, and each is a write to disk."""
_MEBIBYTE = 2**20


@frozen
class End:
    state: str
    result: Mapping[str, Any] | None = None
    error: CompanionError | None = None

    @classmethod
    def of(cls, result: Mapping[str, Any] | None, error: CompanionError | None) -> End:
        if error is None:
            return cls(DONE, result)
        return cls(STOPPED if isinstance(error, Stopped) else FAILED, result, error)


BROKEN = End(FAILED, error=CompanionError("This met a mistake of ours.", "Start it again; if it stays, report it."))
CUT_OFF = End(
    STOPPED,
    error=CompanionError(
        "The companion was ended while this ran.", "What was done before stays. Start it again: nothing is doubled."
    ),
)

UNTOLD = End(
    FAILED,
    error=CompanionError(
        "How this ended could not be written down.",
        "Make sure that the disk has room. Start it again: nothing is doubled.",
    ),
)


class JobProgress:
    """For the thread that does the job."""

    def __init__(self, context: AppContext, athlete: int, job: Job, ended: Callable[[], bool] = lambda: False) -> None:
        """`ended`: whether the program ends, which stops every job of it."""
        self._context = context
        self._ended = ended
        self._athlete = athlete
        self._job = job
        self._steps: dict[str, dict[str, Any]] = {}
        self._written = context.monotonic() - WRITE_EVERY

    @property
    def name(self) -> str:
        return self._job.id

    def begin(self) -> None:
        self._job = evolve(self._job, state=RUNNING)
        self._write()

    def progress(self, stage: Stage, done: int, total: int) -> None:
        """What is done of a stage and how much there is. Written down when there is something new to read."""
        now = self._context.now()
        known = self._steps.get(stage)
        began = known["began"] if known and known["done"] else self._job.changed if known else now
        self._steps[stage] = {"stage": stage.value, "done": done, "total": total, "began": began}
        news = stage != self._job.stage or done == total
        self._job = evolve(self._job, stage=stage.value, done=done, total=total, changed=now)
        if news or self._context.monotonic() - self._written >= WRITE_EVERY:
            self._write()

    def reading(self, so_far: Reading) -> None:
        """The progress of an import, in MiB of its file."""
        self.progress(Stage.READ_EXPORT, so_far.bytes_done // _MEBIBYTE, max(1, so_far.bytes_total // _MEBIBYTE))

    def should_stop(self) -> bool:
        """Whether the person asked for it, in whatever process, or this one ends."""
        if self._ended():
            return True
        with self._context.store.read() as connection:
            asked = jobs.find(connection, self._athlete, self._job.id)
        return asked is not None and asked.cancel

    def finish(self, end: End) -> None:
        error = end.error
        if error is not None:
            log.warning("%s %s: %s", self._job.kind, end.state, type(error).__name__)
        about = {
            "result": end.result,
            "error": error and error.as_json(),
        }
        account = {**self._job.account, **about}
        self._job = evolve(self._job, state=end.state, account=account, changed=self._context.now())
        self._write()

    def _write(self) -> None:
        self._written = self._context.monotonic()
        steps = list(self._steps.values()) or self._job.account["steps"]
        self._job = evolve(self._job, account={**self._job.account, "steps": steps})
        with self._context.store.write() as connection:
            jobs.put(connection, self._athlete, self._job)
