"""One workout or activity: its summary, its streams in small, its file."""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve, frozen

from intervals_companion.app.activities import listing
from intervals_companion.app.activities.listing import Entry
from intervals_companion.app.context import AppContext
from intervals_companion.app.remote import activity
from intervals_companion.app.remote.activity_ref import ActivityRef, activity_ref, find
from intervals_companion.domain import sports
from intervals_companion.domain.days import MS_PER_DAY
from intervals_companion.domain.errors import NothingToShow
from intervals_companion.domain.remote_activity import RemoteActivity
from intervals_companion.domain.workout_view import NOTHING, WorkoutView
from intervals_companion.journal import views
from intervals_companion.journal import workouts as journal
from intervals_companion.journal.workouts import RecordedWorkout
from intervals_companion.store import queries
from intervals_companion.store import views as kept


@frozen
class Detail:
    entry: Entry
    view: WorkoutView
    remote: RemoteActivity | None
    """What Intervals.icu says; None where it says nothing."""
    source: str | None
    """Who recorded it, as Health names it."""
    indoor: bool
    linked: tuple[str, int] | None
    """How it was linked (uploaded | external_id | matched), and in which run."""
    about: ActivityRef | None = None
    """The activity at Intervals.icu, one's own or another athlete's; None where it is only here."""
    is_read: bool = True
    """Whether all that Intervals.icu tells of it is here; else `there.bring` reads it."""


def detail(context: AppContext, name: str) -> Detail:
    """By the id of the workout or of the activity, one's own or another athlete's. Asks nobody.

    Raises NothingToShow.
    """
    found = _own(context, name)
    if found is None:
        return _theirs(context, activity_ref(context, name))
    about = None if found.entry.activity is None else find(context, found.entry.activity)
    if about is None:
        return found
    known = activity.known(context, about)
    if known is None:
        return evolve(found, about=about, is_read=found.entry.hidden)
    # Health tells the seconds, Intervals.icu what it made of them.
    view = evolve(found.view, intervals=known.view.intervals, zones=known.view.zones)
    return evolve(found, about=about, remote=known.remote, view=view if found.source is not None else known.view)


def _theirs(context: AppContext, about: ActivityRef) -> Detail:
    known = activity.known(context, about)
    entry = listing.remote_entry(about.remote, about.remote.start)
    return Detail(
        entry=entry, view=NOTHING if known is None else known.view,
        remote=about.remote if known is None else known.remote,
        source=None, indoor=False, linked=None, about=about, is_read=known is not None or about.hidden is not None,
    )  # fmt: skip


def _own(context: AppContext, name: str) -> Detail | None:
    athlete = context.account().athlete
    with context.store.read() as connection:
        found = listing.one(context, connection, athlete, name)
        if found is None:
            return None
        entry, session = found
        remote = listing.stored(connection, athlete, entry.activity) if entry.activity else None
        linked = queries.linked(connection, athlete, entry.id)
    return Detail(
        entry=entry,
        view=NOTHING if session is None else _view(context, athlete, session),
        remote=remote,
        source=None if session is None else session.source.name,
        indoor=session is not None and sports.is_indoor(session.workout.metadata),
        linked=linked,
    )


def _view(context: AppContext, athlete: int, session: RecordedWorkout) -> WorkoutView:
    """The kept view, or a new one that is kept from now on."""
    with context.store.read() as connection:
        made_of = views.made_of(connection, athlete, session)
        known = kept.view(connection, athlete, session.id, made_of)
        made = known or views.make(connection, athlete, session)
    if known is None:
        with context.store.write() as connection:
            kept.save(connection, athlete, session.id, made_of, made)
    return made


RECENT = 30
"""Days whose workouts are made ready before anybody looks."""


def make_ready(context: AppContext, should_stop: Callable[[], bool]) -> None:
    """Works out the views of the newest workouts: the first look at one is then as quick as the second."""
    athlete = context.account().athlete
    now = context.now()
    with context.store.read() as connection:
        sessions = journal.sessions(connection, athlete, now - RECENT * MS_PER_DAY, now)
    for session in reversed(sessions):
        if should_stop():
            return
        _view(context, athlete, session)


def fit_file(context: AppContext, workout: str) -> bytes:
    """The workout as a FIT file. Raises NothingToShow for what Health does not have."""
    athlete = context.account().athlete
    with context.store.read() as connection:
        session = journal.find(connection, athlete, workout)
        if session is None:
            raise NothingToShow(
                "There is no file of this activity here.", "Health does not have it; download it at Intervals.icu."
            )
        made_of = journal.material(connection, athlete, session)
    return journal.file(session, made_of)
