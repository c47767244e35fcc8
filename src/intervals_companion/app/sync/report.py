"""The account of a first sync: what came in, what travelled, what was held and why, and what a second sync did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from attrs import frozen

from intervals_companion.app.ingest.imports import Imported
from intervals_companion.app.sync.run import Synced
from intervals_companion.domain import catalogue
from intervals_companion.domain.activity import WORKOUT_FIELD
from intervals_companion.sync.actions import Held, Reason


class Line(NamedTuple):
    """One line of a table: what it is about, how many, and more in words."""

    what: str
    number: int
    words: str = ""
    reason: Reason | None = None
    """Why it is held, where it is."""


@frozen
class Report:
    records: int
    health_types: int
    zone: str
    days: int
    """Days on which something was sent."""
    values: int
    workouts: int
    """Uploaded."""
    linked: int
    """Already there."""
    held_count: int
    failed: int
    left: int
    """Not tried, because the run ended before."""
    fields: tuple[Line, ...]
    """Sent values by field; `words` gives the first and last day."""
    held: tuple[Line, ...]
    """One line a reason; `words` names the fields."""
    reads: int
    writes: int
    seconds: float
    again_reads: int
    again_writes: int


def report(imported: Imported, first: Synced, again: Synced) -> Report:
    sent = [one for one in first.outcome.sent if one.field != WORKOUT_FIELD]
    fields = Counter(one.field for one in sent)
    return Report(
        records=imported.reading.records,
        health_types=len(imported.reading.types),
        zone=imported.zone.zone if imported.zone else "",
        days=len({one.item for one in sent}),
        values=len(sent),
        workouts=first.outcome.workouts_sent,
        linked=len(first.outcome.linked),
        held_count=len(first.outcome.held),
        failed=len(first.outcome.failed),
        left=len(first.outcome.left),
        fields=tuple(
            Line(_name(name), count, _span([one.item for one in sent if one.field == name]))
            for name, count in fields.most_common()
        ),
        held=held_by_reason(first.outcome.held),
        reads=first.requests.read,
        writes=first.requests.write,
        seconds=first.seconds,
        again_reads=again.requests.read,
        again_writes=again.requests.write,
    )


_MOST_NAMED = 4


def held_by_reason(held: Sequence[Held]) -> tuple[Line, ...]:
    """One line a reason, the commonest first: its words, how many items, of which fields."""
    lines = []
    for reason, number in Counter(one.reason for one in held).most_common():
        names = list(dict.fromkeys(_name(one.field) for one in held if one.reason is reason))
        more = len(names) - _MOST_NAMED
        lines.append(
            Line(
                reason.words,
                number,
                ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else ""),
                reason,
            )
        )
    return tuple(lines)


def _name(field: str) -> str:
    return "Workout" if field == WORKOUT_FIELD else catalogue.metric(field).name


def _span(days: list[str]) -> str:
    return f"{min(days)} to {max(days)}"
