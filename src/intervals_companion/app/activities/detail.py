"""One workout or activity: its summary, its streams in small, its file."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from attrs import evolve, frozen

from intervals_companion.app.activities import listing
from intervals_companion.app.activities.listing import Entry
from intervals_companion.app.context import AppContext
from intervals_companion.app.remote import activity
from intervals_companion.app.remote.activity_ref import ActivityRef, activity_ref, find
from intervals_companion.app.scope import ReadScope
from intervals_companion.domain import sports
from intervals_companion.domain.days import MS_PER_DAY
from intervals_companion.domain.errors import Busy, NothingToShow, StorageError
from intervals_companion.domain.remote_activity import RemoteActivity
from intervals_companion.domain.workout_view import NOTHING, WorkoutView
from intervals_companion.journal import views
from intervals_companion.journal import workouts as journal
from intervals_companion.journal.workouts import RecordedWorkout
from intervals_companion.store import queries
from intervals_companion.store import views as saved


@frozen
class MadeView:
    """The view of one workout, and the hash of what it is made of."""

    workout: str
    made_of: bytes
    view: WorkoutView
    is_saved: bool


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
    ref: ActivityRef | None = None
    """The activity at Intervals.icu, one's own or another athlete's; None where it is only here."""
    is_read: bool = True
    """Whether all that Intervals.icu tells of it is here; else `activity.fetch` reads it."""
    new_view: MadeView | None = None
    """To be saved once nothing is read any more."""


def detail(here: ReadScope, name: str) -> Detail:
    """By the id of the workout or of the activity, one's own or another athlete's. Asks nobody.

    Raises NothingToShow.
    """
    found = _own(here, name)
    if found is None:
        return _theirs(here, activity_ref(here, name))
    ref = None if found.entry.activity is None else find(here, found.entry.activity)
    if ref is None:
        return found
    known = activity.known(here, ref)
    if known is None:
        return evolve(found, ref=ref, is_read=found.entry.hidden is not None)
    # Health tells the seconds, Intervals.icu what it made of them.
    view = evolve(found.view, intervals=known.view.intervals, zones=known.view.zones)
    return evolve(found, ref=ref, remote=known.remote, view=view if found.source is not None else known.view)


def _theirs(here: ReadScope, ref: ActivityRef) -> Detail:
    known = activity.known(here, ref)
    entry = listing.remote_entry(ref.remote, ref.remote.start)
    return Detail(
        entry=entry, view=NOTHING if known is None else known.view,
        remote=ref.remote if known is None else known.remote,
        source=None, indoor=False, linked=None, ref=ref, is_read=known is not None or ref.hidden is not None,
    )  # fmt: skip


def _own(here: ReadScope, name: str) -> Detail | None:
    found = listing.one(here, name)
    if found is None:
        return None
    entry, recorded = found
    remote = listing.stored(here.connection, here.athlete, entry.activity) if entry.activity else None
    linked = queries.linked(here.connection, here.athlete, entry.id)
    view = None if recorded is None else _view(here, recorded)
    return Detail(
        entry=entry,
        view=NOTHING if view is None else view.view,
        new_view=None if view is None or view.is_saved else view,
        remote=remote,
        source=None if recorded is None else recorded.source.name,
        indoor=recorded is not None and sports.is_indoor(recorded.workout.metadata),
        linked=linked,
    )


def _view(here: ReadScope, recorded: RecordedWorkout) -> MadeView:
    """The saved view, or a new one for `save_view`."""
    made_of = views.made_of(here.connection, here.athlete, recorded)
    known = saved.view(here.connection, here.athlete, recorded.id, made_of)
    made = known or views.make(here.connection, here.athlete, recorded)
    return MadeView(recorded.id, made_of, made, known is not None)


def save_view(context: AppContext, made: MadeView) -> None:
    """Working a view out takes longer than reading it: once is enough. Where it cannot be saved it is made again."""
    athlete = context.account().athlete
    with suppress(Busy, StorageError), context.store.write() as connection:
        saved.save(connection, athlete, made.workout, made.made_of, made.view)


RECENT = 30
"""Days whose workouts are made ready before anybody looks."""


def make_ready(context: AppContext, should_stop: Callable[[], bool]) -> None:
    """Works out the views of the newest workouts: the first look at one is then as quick as the second."""
    with context.reading() as here:
        recorded_workouts = journal.recorded_workouts(
            here.connection, here.athlete, here.now - RECENT * MS_PER_DAY, here.now
        )
    for recorded in reversed(recorded_workouts):
        if should_stop():
            return
        made = context.read(_view, recorded)
        if not made.is_saved:
            save_view(context, made)


def fit_file(here: ReadScope, workout: str) -> bytes:
    """The workout as a FIT file. Raises NothingToShow for what Health does not have."""
    recorded = journal.find(here.connection, here.athlete, workout)
    if recorded is None:
        raise NothingToShow(
            "There is no file of this activity here.", "Health does not have it; download it at Intervals.icu."
        )
    made_of = journal.material(here.connection, here.athlete, recorded)
    return journal.file(recorded, made_of)
