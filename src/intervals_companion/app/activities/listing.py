"""Both sides' training as one list: workouts of Health and activities of Intervals.icu, joined by their links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from attrs import evolve, frozen
from sqlalchemy import Connection

from intervals_companion.app.context import AppContext
from intervals_companion.derive.stream_types import HEART_RATE, own_distance, own_figure, own_quantity
from intervals_companion.domain import sports
from intervals_companion.domain.days import bounds, instant, local_day
from intervals_companion.journal import workouts as journal
from intervals_companion.journal.workouts import RecordedWorkout
from intervals_companion.social.feed import number
from intervals_companion.store import intervals_cache, ledger, queries, runs
from intervals_companion.sync.actions import Reason

Record = Mapping[str, Any]
"""An activity as Intervals.icu wrote it."""

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
    hidden: bool = False


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


HIDDEN = "Strava does not let other apps see it. Still counted in load. Connect the device itself."


def listed(context: AppContext, show: Show, until: date | None) -> Listed:
    """A month (`until`: any day of it; else the newest with something in it), or a page of a filter."""
    account = context.account()
    with context.store.read() as connection:
        read = intervals_cache.answer(connection, account.athlete, intervals_cache.ACTIVITIES) is not None
        return evolve(_listed(context, connection, show, until), read=read)


def _listed(context: AppContext, connection: Connection, show: Show, until: date | None) -> Listed:
    account = context.account()
    zone = context.zone(account)
    sides = _Sides(context, connection, account.athlete)
    found = queries.counts(connection, account.athlete)
    counts = {
        Show.ALL: found.workouts + found.activities - found.linked,
        Show.HELD: found.held,
        Show.HERE: found.workouts - found.linked,
        Show.THERE: found.activities - found.linked,
    }
    today = context.today(zone)
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


def latest(context: AppContext, most: int) -> list[Entry]:
    """The newest of the last two weeks."""
    account = context.account()
    today = context.today(context.zone(account))
    with context.store.read() as connection:
        return _Sides(context, connection, account.athlete).between(today - timedelta(days=13), today)[:most]


def one(
    context: AppContext, connection: Connection, athlete: int, name: str
) -> tuple[Entry, RecordedWorkout | None] | None:
    """The entry of a workout's or an activity's id, and the workout where Health has it."""
    sides = _Sides(context, connection, athlete)
    session = journal.find(connection, athlete, queries.workout_of(connection, athlete, name) or name)
    if session is not None:
        link = sides.links.get(session.id)
        record = None if link is None else intervals_cache.activity(connection, athlete, link.activity)
        return sides.ours(session, record), session
    record = intervals_cache.activity(connection, athlete, name)
    return None if record is None else (sides.theirs(record), None)


class _Sides:
    """Both sides of one athlete, while a connection is open."""

    def __init__(self, context: AppContext, connection: Connection, athlete: int) -> None:
        self._connection = connection
        self._athlete = athlete
        self._zone = context.zone(context.account())
        self.links = ledger.links(connection, athlete)
        self._linked = {link.activity for link in self.links.values()}
        self._held = {item.item: item for item in reversed(queries.held_workouts(connection, athlete))}
        self._buried = ledger.tombstones(connection, athlete)
        self._sending = queries.unfinished_uploads(connection, athlete)
        last = runs.latest(connection, athlete, 1)
        failed = runs.failures(connection, athlete, last[0].run) if last else []
        self._failed = {one.item: one for one in failed if one.field == ledger.WORKOUT_FIELD}

    def first_day(self) -> date | None:
        start = journal.first_start(self._connection, self._athlete)
        ours = None if start is None else local_day(start, self._zone)
        there = intervals_cache.first_activity(self._connection, self._athlete)
        known = [day for day in (ours, there) if day is not None]
        return min(known) if known else None

    def between(self, first: date, last: date) -> list[Entry]:
        start, end = bounds(first, self._zone)[0], bounds(last, self._zone)[1]
        sessions = journal.sessions(self._connection, self._athlete, start, end)
        # A wall clock of another zone may put an activity a day off.
        records = intervals_cache.activities(self._connection, self._athlete, first - _ONE_DAY, last + _ONE_DAY)
        ours = (self._with_record(session, records) for session in sessions)
        theirs = (self.theirs(record) for name, record in records.items() if name not in self._linked)
        return _newest_first(
            entry for entry in (*ours, *theirs) if first <= entry.day <= last
        )  # fmt: skip

    def _with_record(self, session: RecordedWorkout, records: Mapping[str, Record]) -> Entry:
        link = self.links.get(session.id)
        return self.ours(session, None if link is None else records.get(link.activity))

    def held(self) -> list[Entry]:
        found = (journal.find(self._connection, self._athlete, name) for name in list(self._held)[-MOST:])
        return _newest_first(self.ours(session, None) for session in found if session is not None)

    def only_there(self, until: date) -> list[Entry]:
        names = queries.unlinked_days(self._connection, self._athlete, until, MOST)
        records = (intervals_cache.activity(self._connection, self._athlete, name) for name, _ in names)
        return _newest_first(self.theirs(record) for record in records if record is not None)

    def ours(self, session: RecordedWorkout, record: Record | None) -> Entry:
        """A workout; what Intervals.icu says of it comes first."""
        workout = session.workout
        entry = Entry(
            id=session.id,
            type=sports.intervals_type(workout.activity, workout.metadata),
            title=sports.sport(workout.activity).words,
            start=workout.start,
            day=local_day(workout.start, self._zone),
            moving=workout.elapsed if workout.duration is None else workout.duration,
            distance=own_distance(workout),
            ascent=own_quantity(workout, "HKElevationAscended", "m"),
            heart_rate=own_figure(workout, HEART_RATE, "average", "count/min"),
            load=None,
            state=State.ONLY_HERE,
        )
        link = self.links.get(session.id)
        entry = self._judged(entry, None if link is None else link.activity)
        if record is None:
            return entry
        there = self.theirs(record)
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

    def theirs(self, record: Record) -> Entry:
        """An activity that is only at Intervals.icu, as far as it is told."""
        stub = record.get("source") == "STRAVA" or (record.get("type") is None and record.get("elapsed_time") is None)
        local = datetime.fromisoformat(record["start_date_local"]).replace(tzinfo=None)
        start = record.get("start_date")
        return Entry(
            id=record["id"],
            type=record.get("type"),
            title="Hidden by Strava" if stub else record.get("name") or record.get("type") or "Activity",
            start=instant(datetime.fromisoformat(start) if start else local.replace(tzinfo=self._zone)),
            day=local.date(),
            moving=number(record.get("moving_time")) or number(record.get("elapsed_time")),
            distance=number(record.get("distance")),
            ascent=number(record.get("total_elevation_gain")),
            heart_rate=number(record.get("average_heartrate")),
            load=number(record.get("icu_training_load")),
            state=State.ONLY_THERE,
            why=HIDDEN if stub else "",
            reason="strava" if stub else "",
            activity=record["id"],
            hidden=stub,
        )


def _first(*figures: float | None) -> float | None:
    return next((figure for figure in figures if figure is not None), None)


def _newest_first(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: (entry.day, entry.start or 0, entry.id), reverse=True)
