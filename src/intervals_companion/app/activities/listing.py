"""Both sides' training as one list: workouts of Health and activities of Intervals.icu, joined by their links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum

from attrs import evolve, frozen
from sqlalchemy import Connection

from intervals_companion.app.scope import ReadScope
from intervals_companion.app.sync import history
from intervals_companion.derive.stream_types import ASCENDED, HEART_RATE, own_distance, own_figure, own_quantity
from intervals_companion.domain import sports
from intervals_companion.domain.activity import WORKOUT_FIELD
from intervals_companion.domain.days import bounds, instant, local_day
from intervals_companion.domain.remote_activity import ActivityList, Hidden, RemoteActivity
from intervals_companion.intervals import activity_record
from intervals_companion.intervals.activity_record import Record
from intervals_companion.journal import workouts as journal
from intervals_companion.journal.workouts import RecordedWorkout
from intervals_companion.store import intervals_cache, ledger, queries, runs
from intervals_companion.sync.actions import Reason

_ONE_DAY = timedelta(days=1)
_FAR = date(9999, 12, 30)
MOST = 60
"""Entries of a filtered list at once."""


class State(StrEnum):
    """Of one workout or activity; the names are those of the link glyph."""

    LINKED = "linked"
    SENDING = "sending"
    HELD = "held"
    BLOCKED = "held_permission"
    DECIDE = "decide"
    FAILED = "failed"
    ONLY_HERE = "only_here"
    ONLY_THERE = "only_there"
    OFF = "off"


_STATES = {Reason.NO_PERMISSION: State.BLOCKED, Reason.SPORT_OFF: State.OFF}


class Show(StrEnum):
    ALL = "all"
    HELD = "held"
    HERE = "only-here"
    THERE = "only-there"


@frozen
class Entry:
    """One line. Metres, seconds, beats a minute; None where nothing says it."""

    id: str
    """The workout's, else the activity's."""
    type: str | None
    """Intervals.icu type."""
    title: str
    start: int | None
    """ms"""
    day: date
    moving: float | None
    distance: float | None
    ascent: float | None
    heart_rate: float | None
    load: float | None
    state: State
    why: str = ""
    """Why it is held or hidden, or what failed."""
    reason: str = ""
    """The word of `why` for a machine: a Reason, `failed` or `strava`."""
    activity: str | None = None
    """The id at Intervals.icu."""
    hidden: Hidden | None = None


@frozen
class Listed:
    entries: list[Entry]
    """Newest first."""
    counts: Mapping[Show, int]
    month: date | None
    """The first day of the month that is shown, where one is."""
    older: str | None
    """Where the list goes on: `until` of the next page."""
    newer: str | None
    read: bool = True
    """Whether Intervals.icu has told of its activities yet."""
    odd: int = 0
    """Activities of these days that are left out, because nobody can read what Intervals.icu says of them."""


HIDDEN = "Strava does not let other apps see it. Still counted in load. Connect the device itself."


def left_out(count: int, owner: str = "") -> str:
    """What is said of activities whose records cannot be read; "" for none."""
    if not count:
        return ""
    what = f"{'activity' if count == 1 else 'activities'}{owner}"
    record, them = ("its record has", "it") if count == 1 else ("their records have", "them")
    return f"{count} {what} cannot be shown: {record} no readable id or start. Look at {them} at Intervals.icu."


def listed(here: ReadScope, show: Show, until: date | None) -> Listed:
    """A month (`until`: any day of it; else the newest with something in it), or a page of a filter."""
    read = intervals_cache.answer(here.connection, here.athlete, intervals_cache.ACTIVITIES) is not None
    sides = _Sides(here)
    found = _listed(here, sides, show, until)
    return evolve(found, read=read, odd=sides.odd)


def _listed(
    here: ReadScope, sides: _Sides, show: Show, until: date | None
) -> Listed:  # fmt: skip
    found = queries.counts(here.connection, here.athlete)
    counts = {
        Show.ALL: found.workouts + found.activities - found.linked,
        Show.HELD: found.held,
        Show.HERE: found.workouts - found.linked,
        Show.THERE: found.activities - found.linked,
    }
    today = here.today
    if show is Show.HELD:
        return Listed(sides.held(), counts, None, None, None)
    if show is Show.THERE:
        entries = sides.only_there(until or _FAR)
        page, more = _cut(entries)
        return Listed(page, counts, None, None if more is None else (more + _ONE_DAY).isoformat(), None)
    first = sides.first_day()
    if show is Show.HERE:
        last = until or today
        begin = last - timedelta(days=365)
        entries = [entry for entry in sides.between(begin, last) if entry.activity is None]
        page, more = _cut(entries)
        if more is None and first is not None and begin > first:
            more = begin - _ONE_DAY
        return Listed(page, counts, None, more.isoformat() if more else None, None)
    return _month(sides, counts, until, today, first)


def _cut(entries: list[Entry]) -> tuple[list[Entry], date | None]:
    """The first of them, and the day on which the next page begins. A day is never parted."""
    if len(entries) < MOST:
        return entries, None
    day = entries[MOST - 1].day
    page = [entry for entry in entries[:MOST] if entry.day > day]
    return (page, day) if page else (entries[:MOST], day - _ONE_DAY)


def _month(sides: _Sides, counts: Mapping[Show, int], until: date | None, today: date, first: date | None) -> Listed:
    month = (until or today).replace(day=1)
    entries = sides.between(month, _end(month))
    while not entries and until is None and first and month > first:
        month = (month - _ONE_DAY).replace(day=1)
        entries = sides.between(month, _end(month))
    older = (month - _ONE_DAY).replace(day=1) if first and month > first else None
    newer = _end(month) + _ONE_DAY
    return Listed(
        entries, counts, month, older.isoformat() if older else None, newer.isoformat() if newer <= today else None
    )  # fmt: skip


def _end(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1) - _ONE_DAY


def latest(here: ReadScope, most: int) -> list[Entry]:
    """The newest of the last two weeks."""
    return _Sides(here).between(here.today - timedelta(days=13), here.today)[:most]


def one(here: ReadScope, name: str) -> tuple[Entry, RecordedWorkout | None] | None:
    """The entry of a workout's or an activity's id, and the workout where Health has it."""
    connection, athlete = here.connection, here.athlete
    sides = _Sides(here)
    recorded = journal.find(connection, athlete, queries.workout_of(connection, athlete, name) or name)
    if recorded is not None:
        link = sides.links.get(recorded.id)
        remote = None if link is None else stored(connection, athlete, link.activity)
        return sides.ours(recorded, remote), recorded
    remote = stored(connection, athlete, name)
    return None if remote is None else (sides.theirs(remote), None)


def stored(connection: Connection, athlete: int, activity: str) -> RemoteActivity | None:
    """One's own activity as the list told it; None where it is not known or nobody can read what is."""
    record = intervals_cache.activity(connection, athlete, activity)
    found = None if record is None else activity_record.read(record)
    return found if isinstance(found, RemoteActivity) else None


class _Sides:
    """Both sides of one athlete, while a connection is open."""

    def __init__(self, here: ReadScope) -> None:
        connection, athlete = here.connection, here.athlete
        self._connection = connection
        self._athlete = athlete
        self._zone = here.zone
        self.links = ledger.links(connection, athlete)
        self._linked = {link.activity for link in self.links.values()}
        self._held = {item.item: item for item in reversed(queries.held_workouts(connection, athlete))}
        self._buried = ledger.tombstones(connection, athlete)
        self._sending = queries.unfinished_uploads(connection, athlete)
        last = history.newest(here)[:1]
        failed = runs.failures(connection, athlete, last[0].run) if last else []
        self._failed = {one.item: one for one in failed if one.field == WORKOUT_FIELD}
        self.odd = 0
        """Records that were to be listed and cannot be read."""

    def first_day(self) -> date | None:
        start = journal.first_start(self._connection, self._athlete)
        ours = None if start is None else local_day(start, self._zone)
        there = intervals_cache.first_activity(self._connection, self._athlete)
        known = [day for day in (ours, there) if day is not None]
        return min(known) if known else None

    def between(self, first: date, last: date) -> list[Entry]:
        start, end = bounds(first, self._zone)[0], bounds(last, self._zone)[1]
        recorded_workouts = journal.recorded_workouts(self._connection, self._athlete, start, end)
        # A wall clock of another zone may put an activity a day off.
        days = first - _ONE_DAY, last + _ONE_DAY
        found = self._readable(intervals_cache.activities(self._connection, self._athlete, *days).values())
        known = {remote.id: remote for remote in found}
        ours = (self._with_remote(recorded, known) for recorded in recorded_workouts)
        theirs = (self.theirs(remote) for name, remote in known.items() if name not in self._linked)
        return _newest_first(
            entry for entry in (*ours, *theirs) if first <= entry.day <= last
        )  # fmt: skip

    def _readable(self, records: Iterable[Record]) -> ActivityList:
        found = activity_record.sorted_out(map(activity_record.read, records))
        self.odd += len(found.odd)
        return found

    def _with_remote(self, recorded: RecordedWorkout, known: Mapping[str, RemoteActivity]) -> Entry:
        link = self.links.get(recorded.id)
        return self.ours(recorded, None if link is None else known.get(link.activity))

    def held(self) -> list[Entry]:
        found = (journal.find(self._connection, self._athlete, name) for name in list(self._held)[-MOST:])
        return _newest_first(self.ours(recorded, None) for recorded in found if recorded is not None)

    def only_there(self, until: date) -> list[Entry]:
        names = queries.unlinked_days(self._connection, self._athlete, until, MOST)
        records = (intervals_cache.activity(self._connection, self._athlete, name) for name, _ in names)
        return _newest_first(map(self.theirs, self._readable(record for record in records if record is not None)))

    def ours(self, recorded: RecordedWorkout, remote: RemoteActivity | None) -> Entry:
        """A workout; what Intervals.icu says of it comes first."""
        workout = recorded.workout
        entry = Entry(
            id=recorded.id,
            type=sports.intervals_type(workout.activity, workout.metadata),
            title=sports.sport(workout.activity).words,
            start=workout.start,
            day=local_day(workout.start, self._zone),
            moving=workout.elapsed if workout.duration is None else workout.duration,
            distance=own_distance(workout),
            ascent=own_quantity(workout, ASCENDED, "m"),
            heart_rate=own_figure(workout, HEART_RATE, "average", "count/min"),
            load=None,
            state=State.ONLY_HERE,
        )
        link = self.links.get(recorded.id)
        entry = self._judged(entry, None if link is None else link.activity)
        if remote is None:
            return entry
        there = self.theirs(remote)
        return evolve(
            entry,
            type=there.type or entry.type,
            title=there.title,
            distance=_first(there.distance, entry.distance),
            moving=_first(there.moving, entry.moving),
            ascent=_first(there.ascent, entry.ascent),
            heart_rate=_first(there.heart_rate, entry.heart_rate),
            load=there.load,
        )

    def _judged(self, entry: Entry, activity: str | None) -> Entry:
        """With its state, and why."""
        if (failure := self._failed.get(entry.id)) is not None:
            return evolve(entry, state=State.FAILED, why=failure.cause, reason="failed", activity=activity)
        item = self._held.get(entry.id)
        reason = Reason(item.reason) if item else Reason.DELETED if entry.id in self._buried else None
        if reason is not None:
            state = State.LINKED if activity else _STATES.get(reason, State.HELD)
            return evolve(entry, state=state, why=reason.words, reason=reason.value, activity=activity)
        if activity is not None:
            return evolve(entry, state=State.LINKED, activity=activity)
        return evolve(entry, state=State.SENDING) if entry.id in self._sending else entry

    def theirs(self, remote: RemoteActivity) -> Entry:
        """An activity that is only at Intervals.icu, as far as it is known."""
        start = remote.start
        return remote_entry(remote, instant(remote.start_local.replace(tzinfo=self._zone)) if start is None else start)


def remote_entry(remote: RemoteActivity, start: int | None) -> Entry:
    """An activity that is only at Intervals.icu, one's own or another athlete's."""
    by_strava = remote.hidden is Hidden.STRAVA
    return Entry(
        id=remote.id,
        type=remote.type,
        title=remote.title,
        start=start,
        day=remote.day,
        moving=remote.duration,
        distance=remote.distance,
        ascent=remote.ascent,
        heart_rate=remote.heart_rate,
        load=remote.load,
        state=State.ONLY_THERE,
        why=HIDDEN if by_strava else "",
        reason="strava" if by_strava else "",
        activity=remote.id,
        hidden=remote.hidden,
    )


def _first(*figures: float | None) -> float | None:
    return next((figure for figure in figures if figure is not None), None)


def _newest_first(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: (entry.day, entry.start or 0, entry.id), reverse=True)
