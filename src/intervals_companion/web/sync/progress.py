"""A job under way, as a page shows it: what is done, how fast it goes, how long it will take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen
from markupsafe import Markup

from intervals_companion.app.jobs import stages
from intervals_companion.app.jobs.runner import IMPORT, PLAN, SYNC, Job
from intervals_companion.domain.stages import Stage
from intervals_companion.web.charts import svg
from intervals_companion.web.charts.svg import Part
from intervals_companion.web.formatting import Formatter

TITLES: Mapping[str, str] = {SYNC: "Syncing", PLAN: "Making the plan", IMPORT: "Reading your export"}

_PLANNING = (Stage.MAKE_DAYS, Stage.READ_INTERVALS, Stage.DECIDE)
_STEPS: Mapping[str, tuple[Stage, ...]] = {
    SYNC: (*_PLANNING, Stage.SEND_DAYS, Stage.UPLOAD_WORKOUTS),
    PLAN: _PLANNING,
    IMPORT: (Stage.READ_EXPORT,),
}
"""By kind of job; where a phone is at hand, Health is read before."""
_COUNTED: Mapping[str, str] = {
    Stage.READ_EXPORT: "MB unpacked",
    Stage.MAKE_DAYS: "days",
    Stage.DECIDE: "to send",
    Stage.SEND_DAYS: "days",
    Stage.UPLOAD_WORKOUTS: "workouts",
}
"""What a stage counts; of the others no number is shown."""
_SENDS = (Stage.SEND_DAYS, Stage.UPLOAD_WORKOUTS)


@frozen
class Step:
    words: str
    state: str
    """done | current | todo"""
    count: str


@frozen
class Progress:
    job: Job
    done: int
    total: int
    unit: str
    rate: str
    left: str
    elapsed: str
    steps: tuple[Step, ...]
    line: Markup

    @property
    def title(self) -> str:
        return TITLES[self.job.kind]


def progress(job: Job, now: int, words: Formatter) -> Progress:
    """`now` in ms."""
    found: Mapping[str, Any] = {step["stage"]: step for step in job.account["steps"]}
    known = (*((Stage.READ_HEALTH,) if Stage.READ_HEALTH in found else ()), *_STEPS[job.kind])
    steps: list[str] = [*known, *(stage for stage in found if stage not in known)]
    unit = _COUNTED.get(job.stage, "")
    rate, left = _speed(job, found.get(job.stage), unit, words)
    return Progress(
        job=job, done=job.done, total=job.total, unit=unit, rate=rate, left=left,
        elapsed=str(words.duration((now - job.made) / 1000)),
        steps=tuple(_step(job, found.get(stage), stage, words) for stage in steps),
        line=_line(job, unit, words),
    )  # fmt: skip


def _step(job: Job, found: Mapping[str, Any] | None, stage: str, words: Formatter) -> Step:
    name, unit = stages.words(stage), _COUNTED.get(stage, "")
    if found is None:
        return Step(name, "todo", "")
    done, total = found["done"], found["total"]
    if stage == Stage.DECIDE:
        return Step(name, "done", f"{words.number(done)} {unit}")
    over = done >= total
    state = "done" if over and (total or stage != job.stage) else "current" if stage == job.stage or done else "todo"
    count = f"{words.number(done)} / {words.number(total)}" if not over else f"{words.number(total)} {unit}"
    return Step(name, state, count if unit and total else "")


def _speed(job: Job, step: Mapping[str, Any] | None, unit: str, words: Formatter) -> tuple[str, str]:
    """How many a second, and how long what is left will take at that rate; empty while nobody can say."""
    seconds = 0 if step is None else (job.changed - step["began"]) / 1000
    if not unit or not job.done or seconds <= 0:
        return "", ""
    rate = job.done / seconds
    left = (job.total - job.done) / rate
    per_second = f"{words.number(rate, 0 if rate >= 10 else 1)} {unit.removesuffix(' unpacked')}/s"
    return per_second, f"about {took(left)} left" if left >= 1 else ""


def _line(job: Job, unit: str, words: Formatter) -> Markup:
    done, total = job.done, max(job.total, job.done)
    parts = [Part("sent", done), Part("todo", total - done)] if total else [Part("todo", 1)]
    right = f"{words.number(done)} {unit} there" if job.stage in _SENDS else ""
    label = f"{words.number(done)} of {words.number(total)} {unit} done" if total else "Nothing done yet"
    return svg.line(parts, "", right, label)


def took(seconds: float) -> str:
    """`less than 1 s`, `26 s`, `1 min 26 s`, `2 h 5 min`."""
    whole = round(seconds)
    if whole < 1:
        return "less than 1 s"
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
