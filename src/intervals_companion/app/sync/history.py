"""Runs told to a person: what arrived, what is held and why, what failed and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from attrs import frozen
from sqlalchemy import Connection

from intervals_companion.app.scope import ReadScope, once_per_scope
from intervals_companion.domain import catalogue, sports
from intervals_companion.domain.activity import WORKOUT_FIELD
from intervals_companion.domain.days import local_day
from intervals_companion.domain.errors import NothingToShow
from intervals_companion.domain.remote_activity import RemoteActivity
from intervals_companion.domain.wellness import Value
from intervals_companion.intervals import activity_record
from intervals_companion.journal import workouts as journal
from intervals_companion.store import intervals_cache, ledger, runs
from intervals_companion.store.runs import HeldCount, Run
from intervals_companion.sync import engine
from intervals_companion.sync.actions import Reason
from intervals_companion.sync.run_summary import BLOCKED, CONFLICT, TO_DECIDE, RunSummary

__all__ = [
    "BLOCKED",
    "CONFLICT",
    "TO_DECIDE",
    "Group",
    "Item",
    "Run",
    "RunDetails",
    "RunSummary",
    "latest",
    "run_details",
]

PAGE = 100
"""Items a page shows at once."""


def account(run: Run) -> RunSummary:
    return RunSummary.from_json(run.account)


class Item(NamedTuple):
    """One value of one day, or one workout."""

    id: str
    field: str
    name: str
    day: date | None
    """None for an activity that is not known here any more."""
    sport: str | None
    """Intervals.icu type of a workout."""
    ours: Value | None = None
    theirs: Value | None = None
    cause: str = ""
    cure: str = ""

    @property
    def is_workout(self) -> bool:
        return self.field == WORKOUT_FIELD


@frozen
class Group:
    """What is held for one reason."""

    reason: str
    title: str
    words: str
    count: int
    names: tuple[str, ...]
    """Of the fields, the commonest first."""


@frozen
class RunDetails:
    run: Run
    account: RunSummary
    failed: tuple[Item, ...]
    failed_count: int
    groups: tuple[Group, ...]
    """Of what is held, the commonest reason first; those that wait for a choice before them."""


def latest(here: ReadScope, most: int) -> list[Run]:
    """Newest first. One that was cut off says so, also before the next one closes it."""
    return [_as_it_is(here, run) for run in runs.latest(here.connection, here.athlete, most)]


def _as_it_is(here: ReadScope, run: Run) -> Run:
    if run.account or (run.state == ledger.RUNNING and _is_under_way(here)):
        return run
    planned = runs.planned(here.connection, here.athlete, run.run)
    summary = engine.cut_off(here.connection, here.athlete, run.run, planned)
    return run._replace(state="stopped", account=summary.as_json())


@once_per_scope
def _is_under_way(here: ReadScope) -> bool:
    return engine.is_under_way(here.context.store, here.athlete)


@once_per_scope
def newest(here: ReadScope) -> list[Run]:
    """The three newest: of one under way, one that could not begin and one that ended, pages show the last."""
    return latest(here, 3)


def run_details(here: ReadScope, number: int) -> RunDetails:
    """Raises NothingToShow."""
    run = _found(here, number)
    failures = runs.failures(here.connection, here.athlete, number)
    named = _Names(here, [one.item for one in failures[:PAGE] if one.field == WORKOUT_FIELD])
    held = _held_counts(here.connection, here.athlete, run)
    failed = [named.item(one.item, one.field)._replace(cause=one.cause, cure=one.cure) for one in failures[:PAGE]]
    reasons: Counter[str] = Counter()
    for one in held:
        reasons[one.reason] += one.number
    order = sorted(reasons, key=lambda reason: (reason not in TO_DECIDE, -reasons[reason]))
    groups = [_group(reason, [one for one in held if one.reason == reason]) for reason in order]
    return RunDetails(run, account(run), tuple(failed), len(failures), tuple(groups))


def held_items(here: ReadScope, number: int, reason: str, start: int = 0) -> tuple[list[Item], int]:
    """A page of what a run held for one reason, and how many there are. Raises NothingToShow."""
    run = _found(here, number)
    total = account(run).held.get(reason, 0)
    page = runs.held(here.connection, here.athlete, number, *_days(run), reason, start, PAGE) if total else []
    named = _Names(here, [one.item for one in page if one.field == WORKOUT_FIELD])
    items = [
        named.item(one.item, one.field)._replace(ours=value(one.field, one.ours), theirs=value(one.field, one.theirs))
        for one in page
    ]
    return items, total


def sent_items(here: ReadScope, number: int, start: int = 0) -> tuple[list[Item], int]:
    """A page of what a run sent, newest first, and how many there are. Raises NothingToShow."""
    _found(here, number)
    total = runs.count_receipts(here.connection, here.athlete, number)
    page = runs.receipts(here.connection, here.athlete, number, start, PAGE)
    named = _Names(here, [one.item for one in page if one.field == WORKOUT_FIELD])
    items = [
        named.item(one.item, one.field)._replace(ours=value(one.field, one.value), theirs=value(one.field, one.was))
        for one in page
    ]
    return items, total


def title_and_words(reason: str) -> tuple[str, str]:
    """`Day is locked` and what more there is to say."""
    said = Reason(reason).words
    if reason in _TITLES:
        return _TITLES[reason], said
    title, _, words = said.partition(". ")
    return title.removesuffix("."), words


_TITLES = {CONFLICT: "Conflict"}
"""Where the first sentence says more than a title should."""


def value(name: str, text: str | None) -> Value | None:
    """A value as the ledger's tables for people hold it, back again; an activity's id stays a text."""
    if text is None or name == WORKOUT_FIELD:
        return text
    try:
        return float(text)
    except ValueError:
        return text


def _found(here: ReadScope, number: int) -> Run:
    run = runs.find(here.connection, here.athlete, number)
    if run is None:
        raise NothingToShow(f"There is no run {number}.", "Open Sync: it lists the runs there are.")
    return _as_it_is(here, run)


def _held_counts(connection: Connection, athlete: int, run: Run) -> list[HeldCount]:
    """What that run held; nothing where it ended before it could look."""
    return runs.held_counts(connection, athlete, run.run, *_days(run)) if run.account.get("held") else []


def _days(run: Run) -> tuple[date, date]:
    return date.fromisoformat(run.account["first"]), date.fromisoformat(run.account["last"])


def _group(reason: str, held: Iterable[HeldCount]) -> Group:
    names = Counter({field_name(one.field): one.number for one in held})
    return Group(reason, *title_and_words(reason), names.total(), tuple(name for name, _ in names.most_common()))


def field_name(name: str) -> str:
    return "Workout" if name == WORKOUT_FIELD else catalogue.metric(name).name


class _Names:
    """Names what a person sees: a workout by its sport, whose archive is asked once for all of a page; an activity of
    Intervals.icu, which was to go into Health, by its name there.
    """

    def __init__(self, here: ReadScope, items: Sequence[str]) -> None:
        self._here = here
        starts = [_start(item) for item in items if _is_workout(item)]
        between = (min(starts), max(starts) + 1000) if starts else (0, 0)
        found = journal.recorded_workouts(here.connection, here.athlete, *between) if starts else []
        self._workouts = {one.id: one for one in found}

    def item(self, item: str, name: str) -> Item:
        if name != WORKOUT_FIELD:
            return Item(item, name, catalogue.metric(name).name, date.fromisoformat(item), None)
        if not _is_workout(item):
            return self._activity(item)
        recorded = self._workouts.get(item)
        day = local_day(_start(item), self._here.zone)
        if recorded is None:
            return Item(item, name, "Workout", day, None)
        activity = recorded.workout.activity
        sport = sports.intervals_type(activity, recorded.workout.metadata)
        return Item(item, name, sports.sport(activity).words, day, sport)

    def _activity(self, item: str) -> Item:
        record = intervals_cache.activity(self._here.connection, self._here.athlete, item)
        known = None if record is None else activity_record.read(record)
        if not isinstance(known, RemoteActivity):
            return Item(item, WORKOUT_FIELD, "Activity", None, None)
        return Item(item, WORKOUT_FIELD, known.name or known.type or "Activity", known.start_local.date(), known.type)


def _is_workout(item: str) -> bool:
    """A workout of Health, whose id says when it began; else an activity."""
    return item.startswith("ic1-")


def _start(workout: str) -> int:
    """ms"""
    return int(workout.split("-")[1]) * 1000
