"""One workout or activity: its summary, its streams in small, its file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import frozen

from intervals_companion.app import activities
from intervals_companion.app.activities import Entry, Record
from intervals_companion.app.companion import Companion
from intervals_companion.domain import sports
from intervals_companion.domain.days import MS_PER_DAY
from intervals_companion.domain.errors import NothingToShow
from intervals_companion.journal import views
from intervals_companion.journal import workouts as journal
from intervals_companion.journal.workouts import Session
from intervals_companion.store import answers, glance
from intervals_companion.store import views as kept

_EMPTY: dict[str, Any] = {
    "whole": {}, "laps": [], "splits": {"metric": [], "imperial": []},
    "bins": {"width": 1, "seconds": [], "means": {}, "extremes": {}},
}  # fmt: skip


@frozen
class Detail:
    entry: Entry
    view: dict[str, Any]
    """See `journal/views.py`; empty for what Health does not have."""
    record: Record
    """What Intervals.icu says; empty where it says nothing."""
    source: str | None
    """Who recorded it, as Health names it."""
    indoor: bool
    linked: tuple[str, int] | None
    """How it was linked (uploaded | external_id | matched), and in which run."""


def detail(companion: Companion, name: str) -> Detail:
    """By the id of the workout or of the activity. Raises NothingToShow."""
    athlete = companion.account().athlete
    with companion.store.read() as connection:
        found = activities.one(companion, connection, athlete, name)
        if found is None:
            raise NothingToShow("There is no such activity here.", "Choose one under Activities.")
        entry, session = found
        record = answers.activity(connection, athlete, entry.activity) if entry.activity else None
        linked = glance.linked(connection, athlete, entry.id)
    return Detail(
        entry=entry,
        view=_EMPTY if session is None else _view(companion, athlete, session),
        record=record or {},
        source=None if session is None else session.source.name,
        indoor=session is not None and sports.is_indoor(session.workout.metadata),
        linked=linked,
    )


def _view(companion: Companion, athlete: int, session: Session) -> dict[str, Any]:
    """The kept view, or a new one that is kept from now on."""
    with companion.store.read() as connection:
        made_of = views.made_of(connection, athlete, session)
        known = kept.view(connection, athlete, session.id, made_of)
        made = known or views.make(connection, athlete, session)
    if known is None:
        with companion.store.write() as connection:
            kept.keep(connection, athlete, session.id, made_of, made)
    return made


RECENT = 30
"""Days whose workouts are made ready before anybody looks."""


def make_ready(companion: Companion, should_stop: Callable[[], bool]) -> None:
    """Works out the views of the newest workouts: the first look at one is then as quick as the second."""
    athlete = companion.account().athlete
    now = companion.now()
    with companion.store.read() as connection:
        sessions = journal.sessions(connection, athlete, now - RECENT * MS_PER_DAY, now)
    for session in reversed(sessions):
        if should_stop():
            return
        _view(companion, athlete, session)


def fit_file(companion: Companion, workout: str) -> bytes:
    """The workout as a FIT file. Raises NothingToShow for what Health does not have."""
    athlete = companion.account().athlete
    with companion.store.read() as connection:
        session = journal.find(connection, athlete, workout)
        if session is None:
            raise NothingToShow(
                "There is no file of this activity here.", "Health does not have it; download it at Intervals.icu."
            )
        made_of = journal.material(connection, athlete, session)
    return journal.file(session, made_of)
