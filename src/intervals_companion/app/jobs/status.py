"""What runs in the background and what ran, as every process on the data folder can read it."""

from __future__ import annotations

from intervals_companion.app.scope import ReadScope
from intervals_companion.store import jobs
from intervals_companion.store.jobs import RUNNING, Job


def current(here: ReadScope) -> Job | None:
    """What is under way: the job that runs, else the one that has waited longest."""
    found = unfinished(here)
    return next((job for job in found if job.state == RUNNING), found[-1] if found else None)


def find(here: ReadScope, name: str) -> Job | None:
    return jobs.find(here.connection, here.athlete, name)


def latest(here: ReadScope, kind: str) -> Job | None:
    return jobs.latest(here.connection, here.athlete, kind)


def unfinished(here: ReadScope) -> list[Job]:
    return jobs.unfinished(here.connection, here.athlete)
