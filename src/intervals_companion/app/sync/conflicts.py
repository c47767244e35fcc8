"""What waits for a person's choice: two values for one field of one day, and the one both sides last agreed on."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from attrs import frozen
from sqlalchemy import Connection

from intervals_companion.app.context import AppContext
from intervals_companion.app.scope import ReadScope
from intervals_companion.app.sync import history
from intervals_companion.derive import normal
from intervals_companion.derive.normal import Normal
from intervals_companion.domain import catalogue
from intervals_companion.domain.choices import Choice
from intervals_companion.domain.errors import NothingToShow
from intervals_companion.domain.wellness import Base, Value
from intervals_companion.intervals.models import stored_day
from intervals_companion.journal import days as journal_days
from intervals_companion.store import archive, intervals_cache, ledger, queries, runs
from intervals_companion.sync.actions import Reason
from intervals_companion.sync.policy import Owner, Policy

ALREADY_THERE, CONFLICT, NOT_OURS = history.TO_DECIDE


@frozen
class PendingConflict:
    day: date
    field: str
    reason: str
    """already_there | conflict | not_ours"""
    ours: Value
    theirs: Value

    @property
    def name(self) -> str:
        return catalogue.metric(self.field).name

    @property
    def words(self) -> str:
        return Reason(self.reason).words

    @property
    def choice(self) -> Choice:
        return self.field, self.day


@frozen
class ConflictDetails:
    """One item that waits, with what a person needs to choose."""

    item: PendingConflict
    place: int
    """Among those of its reason, from 1."""
    of: int
    sources: tuple[str, ...]
    """Names of the apps and devices that Health's value comes from."""
    seen: int | None
    """When the value of Intervals.icu was read (ms)."""
    base: Base | None
    base_run: int | None
    base_at: int | None
    """ms"""
    usual: Normal | None
    """The 60 days before; None for too few of them, and for words."""


def waiting(here: ReadScope, reason: str | None = None) -> list[PendingConflict]:
    """What is held for a choice and not chosen yet, newest first."""
    found = _waiting(here.connection, here.athlete)
    return [one for one in found if reason in (None, one.reason)]


def _waiting(connection: Connection, athlete: int) -> list[PendingConflict]:
    taken_over, kept = ledger.taken_over_and_kept(connection, athlete)
    chosen = Policy(taken_over=taken_over, kept=kept)
    found = []
    for one in queries.held_for(connection, athlete, history.TO_DECIDE):
        ours, theirs = history.value(one.field, one.ours), history.value(one.field, one.theirs)
        day = date.fromisoformat(one.item)
        if ours is not None and theirs is not None and chosen.owner(one.field, day) is Owner.ASK:
            found.append(PendingConflict(day, one.field, one.reason, ours, theirs))
    return found


def conflict_details(here: ReadScope, day: date, field: str) -> ConflictDetails:
    """Raises NothingToShow for what does not wait, or no longer."""
    everything = _waiting(here.connection, here.athlete)
    item = next((one for one in everything if (one.day, one.field) == (day, field)), None)
    if item is None:
        raise NothingToShow("Nothing waits for a choice here.", "It was decided, or both sides agree by now.")
    alike = [one for one in everything if one.reason == item.reason]
    agreed = queries.agreed(here.connection, here.athlete, day, field)
    run = runs.find(here.connection, here.athlete, agreed[1]) if agreed else None
    return ConflictDetails(
        item=item,
        place=alike.index(item) + 1,
        of=len(alike),
        sources=_sources(here.connection, here.athlete, day, field),
        seen=intervals_cache.day_read(here.connection, here.athlete, day),
        base=ledger.bases(here.connection, here.athlete, day, day).get((day, field)),
        base_run=run.run if run else None,
        base_at=run.started if run else None,
        usual=_usual(here.connection, here.athlete, day, field),
    )


def _sources(connection: Connection, athlete: int, day: date, field: str) -> tuple[str, ...]:
    names = archive.sources(connection, athlete)
    made = next((one for one in journal_days.values(connection, athlete, day, day) if one.field == field), None)
    return tuple(names[key].name for key in made.sources if key in names) if made else ()


def _usual(connection: Connection, athlete: int, day: date, field: str) -> Normal | None:
    first = day - timedelta(days=normal.USUAL_DAYS)
    by_day = {
        one.day: float(one.value)
        for one in journal_days.values(connection, athlete, first, day)
        if one.field == field and not isinstance(one.value, str)
    }
    return normal.usual(normal.ordinals(by_day), day)


def side(here: ReadScope, day: date, field: str, *, ours: bool) -> Value | None:
    """Health's value of a day, or the one of Intervals.icu."""
    if ours:
        made = journal_days.values(here.connection, here.athlete, day, day)
        return next((one.value for one in made if one.field == field), None)
    theirs = stored_day(day, intervals_cache.days(here.connection, here.athlete, day, day).get(day, {}))
    return theirs.stored(field) if any(one.field == field for one in catalogue.metrics()) else None


def take_over(context: AppContext, items: Iterable[PendingConflict]) -> None:
    """Health's value is to replace what Intervals.icu holds, for exactly these: the next sync sends it."""
    athlete = context.account().athlete
    with context.store.write() as connection:
        ledger.take_over(connection, athlete, [one.choice for one in items])


def keep_theirs(context: AppContext, items: Iterable[PendingConflict]) -> None:
    """What Intervals.icu holds stays, for exactly these: nobody is asked about them again."""
    athlete = context.account().athlete
    with context.store.write() as connection:
        ledger.keep_theirs(connection, athlete, [one.choice for one in items])


def chosen(here: ReadScope, names: Collection[str]) -> list[PendingConflict]:
    """Those of what waits that a form names as `YYYY-MM-DD/field`: what no longer waits is left out."""
    return [one for one in waiting(here) if f"{one.day}/{one.field}" in names]
