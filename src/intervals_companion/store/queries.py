"""Small questions of pages about large tables: counts, and the few rows a screen shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, case, func, not_, select

from intervals_companion.domain.activity import WORKOUT_FIELD
from intervals_companion.domain.samples import WORKOUT, Source
from intervals_companion.domain.summaries import parts
from intervals_companion.store import archive, row_checks, schema
from intervals_companion.store.ledger import HeldItem, held_item


class Counts(NamedTuple):
    workouts: int
    """In Health."""
    activities: int
    """At Intervals.icu."""
    linked: int
    """In both."""
    held: int
    """Workouts deliberately not sent."""


def counts(connection: Connection, athlete: int) -> Counts:
    blocks, theirs, links, held = schema.blocks, schema.theirs_activities, schema.links, schema.held
    in_health = select(func.coalesce(func.sum(blocks.c.count), 0)).where(
        blocks.c.athlete == athlete, blocks.c.type == WORKOUT
    )
    there = select(func.count()).select_from(theirs).where(theirs.c.athlete == athlete)
    both = (
        select(func.count())
        .select_from(links.join(theirs, _same_activity()))
        .where(links.c.athlete == athlete)
    )  # fmt: skip
    waiting = (
        select(func.count(held.c.item.distinct()))
        .select_from(held)
        .where(held.c.athlete == athlete, held.c.field == WORKOUT_FIELD)
    )
    numbers = [int(connection.execute(query).scalar_one()) for query in (in_health, there, both, waiting)]
    return Counts(*numbers)


def _same_activity() -> ColumnElement[bool]:
    links, theirs = schema.links, schema.theirs_activities
    return and_(links.c.athlete == theirs.c.athlete, links.c.activity == theirs.c.activity)


def unlinked_days(connection: Connection, athlete: int, until: date, most: int) -> list[tuple[str, date]]:
    """The activities that are only at Intervals.icu, newest first, from before `until`: id and day."""
    theirs, links = schema.theirs_activities, schema.links
    linked = select(links.c.activity).where(links.c.athlete == athlete)
    query = (
        select(theirs.c.activity, theirs.c.day)
        .where(theirs.c.athlete == athlete, theirs.c.day < until, not_(theirs.c.activity.in_(linked)))
        .order_by(theirs.c.day.desc(), theirs.c.activity.desc())
        .limit(most)
    )
    return [(name, day) for name, day in connection.execute(query)]


def held_workouts(connection: Connection, athlete: int) -> list[HeldItem]:
    """Workouts deliberately not sent, newest first."""
    return _held(connection, athlete, schema.held.c.field == WORKOUT_FIELD)


def held_for(connection: Connection, athlete: int, reasons: Sequence[str]) -> list[HeldItem]:
    """Values held for one of these reasons, newest first."""
    return _held(connection, athlete, schema.held.c.reason.in_(list(reasons)))


def held_field(connection: Connection, athlete: int, field: str, first: date, last: date) -> list[HeldItem]:
    """What is held of one field within a range of days, newest first."""
    table = schema.held
    within = table.c.item.between(first.isoformat(), last.isoformat())
    return _held(connection, athlete, and_(table.c.field == field, within))


def _held(connection: Connection, athlete: int, condition: ColumnElement[bool]) -> list[HeldItem]:
    table = schema.held
    query = select(table).where(table.c.athlete == athlete, condition).order_by(table.c.item.desc())
    return [held_item(row) for row in row_checks.proven(connection, table, query)]


def unfinished_uploads(connection: Connection, athlete: int) -> frozenset[str]:
    """Workouts whose upload has begun and is not settled."""
    table = schema.pending_uploads
    rows = row_checks.proven(connection, table, select(table).where(table.c.athlete == athlete))
    return frozenset(row.workout for row in rows)


def agreed(connection: Connection, athlete: int, day: date, field: str) -> tuple[str, int] | None:
    """How both sides came to agree on a value (sent | found | to_health), and in which run."""
    table = schema.bases
    query = select(table).where(table.c.athlete == athlete, table.c.day == day, table.c.field == field)
    found = row_checks.proven(connection, table, query)
    return (found[0].origin, found[0].run) if found else None


def linked(connection: Connection, athlete: int, workout: str) -> tuple[str, int] | None:
    """How a workout was linked (uploaded | external_id | matched), and in which run."""
    table = schema.links
    query = select(table).where(table.c.athlete == athlete, table.c.workout == workout)
    found = row_checks.proven(connection, table, query)
    return (found[0].how, found[0].run) if found else None


def workout_of(connection: Connection, athlete: int, activity: str) -> str | None:
    """The workout that is known to be this activity."""
    table = schema.links
    query = select(table).where(table.c.athlete == athlete, table.c.activity == activity).limit(1)
    found = row_checks.proven(connection, table, query)
    return found[0].workout if found else None


def is_dirty(connection: Connection, athlete: int, day: date) -> bool:
    """Whether samples arrived that the day's values do not know yet."""
    table = schema.dirty_days
    query = select(func.count()).where(table.c.athlete == athlete, table.c.day == day)
    return bool(connection.execute(query).scalar_one())


def first_theirs(connection: Connection, athlete: int) -> date | None:
    """The first day Intervals.icu told us of."""
    table = schema.theirs_days
    return connection.execute(select(func.min(table.c.day)).where(table.c.athlete == athlete)).scalar()


class Written(NamedTuple):
    """What one source wrote, over all types."""

    source: Source
    channels: frozenset[str]
    types: int
    samples: int
    """Summaries among them."""
    last: int
    """When its newest sample ended (ms), the distant future left out."""


def written_by(connection: Connection, athlete: int, today: int) -> list[Written]:
    """Every source that has samples or summaries. today: UTC day since the epoch; blocks of later days count, but not
    for `last`.
    """
    table, known = schema.blocks, schema.sources
    until_now = case((table.c.day <= today + 1, table.c.last_end), else_=0)
    query = (
        select(table.c.source, func.count(table.c.type.distinct()), func.sum(table.c.count), func.max(until_now))
        .where(table.c.athlete == athlete)
        .group_by(table.c.source)
    )
    by_source: dict[str, set[str]] = {}
    for key, channel in connection.execute(select(known.c.key, known.c.road).where(known.c.athlete == athlete)):
        by_source.setdefault(key, set()).add(channel)
    described = archive.sources(connection, athlete)
    found = {key: (types, samples, last) for key, types, samples, last in connection.execute(query)}
    said = schema.summaries
    told = (
        select(said.c.source, func.count(said.c.type.distinct()), func.count(), func.max(said.c.end))
        .where(said.c.athlete == athlete)
        .group_by(said.c.source)
    )
    for joined, types, number, last in connection.execute(told):
        for key in parts(joined):
            before = found.get(key, (0, 0, 0))
            found[key] = max(before[0], types), before[1] + number, max(before[2], last)
    return [
        Written(described[key], frozenset(by_source[key]), *figures)
        for key, figures in found.items()
        if key in described
    ]


def held_by_layer(connection: Connection, athlete: int) -> list[tuple[str, str | None, int]]:
    """What counts: type, layer (None where several deliveries make it together) and samples."""
    table, known = schema.blocks, schema.imports
    query = (
        select(table.c.type, known.c.layer, func.sum(table.c.count))
        .outerjoin(known, (known.c.athlete == table.c.athlete) & (known.c.import_id == table.c.import_id))
        .where(table.c.athlete == athlete)
        .group_by(table.c.type, known.c.layer)
    )
    return [(kind, layer, samples) for kind, layer, samples in connection.execute(query)]
