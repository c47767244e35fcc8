"""A job under way, as a page shows it: what is done, how fast it goes, how long it will take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen
from markupsafe import Markup

from intervals_companion.app.jobs.runner import IMPORT, PLAN, SYNC, Job
from intervals_companion.web.charts import svg
from intervals_companion.web.charts.svg import Part
from intervals_companion.web.formatting import Formatter

TITLES: Mapping[str, str] = {SYNC: "Syncing", PLAN: "Making the plan", IMPORT: "Reading your export"}

_OF_A_PHONE = ("Reading Health", "Read Health", "")
"""The first step, where a phone is at hand."""
_STEPS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    SYNC: (
        ("Working out days", "Make days", "days"),
        ("Reading Intervals.icu", "Read Intervals.icu", ""),
        ("Deciding", "Decide", "to send"),
        ("Sending days", "Send wellness", "days"),
        ("Uploading workouts", "Send workouts", "workouts"),
    ),
    PLAN: (
        ("Working out days", "Make days", "days"),
        ("Reading Intervals.icu", "Read Intervals.icu", ""),
        ("Deciding", "Decide", "to send"),
    ),
    IMPORT: (("Reading the export", "Read the export", "MB unpacked"),),
}
"""By kind: the stage as the job calls it, as the page does, and what it counts."""
_COUNTS_ONLY_DONE = "Deciding"


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
    known = (*((_OF_A_PHONE,) if _OF_A_PHONE[0] in found else ()), *_STEPS[job.kind])
    extra = [(stage, stage, "") for stage in found if stage not in {stage for stage, _, _ in known}]
    steps = [*known, *extra]
    unit = next((unit for stage, _, unit in steps if stage == job.stage), "")
    rate, left = _speed(job, found.get(job.stage), unit, words)
    return Progress(
        job=job, done=job.done, total=job.total, unit=unit, rate=rate, left=left,
        elapsed=str(words.duration((now - job.made) / 1000)),
        steps=tuple(_step(job, found.get(stage), stage, name, unit, words) for stage, name, unit in steps),
        line=_line(job, unit, words),
    )  # fmt: skip


def _step(job: Job, found: Mapping[str, Any] | None, stage: str, name: str, unit: str, words: Formatter) -> Step:
    if found is None:
        return Step(name, "todo", "")
    done, total = found["done"], found["total"]
    if stage == _COUNTS_ONLY_DONE:
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
    right = f"{words.number(done)} {unit} there" if job.stage.startswith(("Sending", "Uploading")) else ""
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
