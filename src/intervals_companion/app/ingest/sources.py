"""Who wrote what Health holds, who counts where several measured the same, and what the athlete says of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum

from attrs import frozen
from sqlalchemy import Connection

from intervals_companion.app.context import AppContext
from intervals_companion.app.scope import ReadScope
from intervals_companion.app.wellness import days
from intervals_companion.doctor.cures import WAYS
from intervals_companion.domain.days import local_day, utc_day
from intervals_companion.domain.errors import UsageError
from intervals_companion.domain.samples import Device, Source
from intervals_companion.journal import days as journal_days
from intervals_companion.store import archive, queries, source_choices, summaries
from intervals_companion.store.source_choices import SourceChoices

_DEVICES = {Device.WATCH: "Apple Watch", Device.PHONE: "iPhone", Device.OTHER: "another app or device"}


class Kind(StrEnum):
    """What a source is, in the athlete's words."""

    WATCH = "watch"
    PHONE = "phone"
    OTHER = "other"

    @property
    def device(self) -> Device:
        return Device[self.name]


@frozen
class SourceLine:
    """A source as a person knows it, best first: where several count the same steps, the first of them counts."""

    key: str
    name: str
    device: str
    ways: tuple[str, ...]
    """In words: what it came by."""
    types: int
    samples: int
    last: date
    place: int | None
    """In the athlete's order, from 1; None where they gave it none."""
    is_said: bool
    """Whether the athlete said what it is."""
    same_as: str
    """The name of the source that it is under another name; "" for one of its own."""


def listed(here: ReadScope) -> list[SourceLine]:
    """Every source that has samples; within a kind of device the one with most samples first."""
    where = here.zone
    said = source_choices.chosen(here.connection, here.athlete)
    known = queries.written_by(here.connection, here.athlete, utc_day(here.now))
    names = {one.source.key: one.source.name for one in known}
    ranked = sorted(known, key=lambda one: (*_rank(one.source), -one.samples, one.source.key))
    return [
        SourceLine(
            key=one.source.key,
            name=one.source.name,
            device=_DEVICES[one.source.device],
            ways=tuple(WAYS.get(channel, channel) for channel in sorted(one.channels)),
            types=one.types,
            samples=one.samples,
            last=local_day(one.last, where),
            place=None if one.source.place is None else one.source.place + 1,
            is_said=one.source.kind is not None,
            same_as=names.get(said.same[one.source.key], said.same[one.source.key])
            if one.source.key in said.same
            else "",
        )
        for one in ranked
    ]


def _rank(source: Source) -> tuple[bool, int, Device]:
    return source.place is None, source.place or 0, source.device


# --- what the athlete says -------------------------------------------------------------------------------------------

Wish = Callable[[SourceChoices], SourceChoices]


def in_order(keys: Sequence[str]) -> Wish:
    """These count first among equals, the first of them before the others."""
    return lambda said: said._replace(order=tuple(keys))


def moved(line: Sequence[SourceLine], key: str, up: bool) -> Wish:
    """The order that is shown, with one source a place higher or lower."""
    keys = [one.key for one in line]
    if key not in keys:
        raise UsageError("There is no such source.", "Choose one of those the page shows.")
    place = keys.index(key)
    other = min(max(place + (-1 if up else 1), 0), len(keys) - 1)
    keys[place], keys[other] = keys[other], keys[place]
    return in_order(keys)


def of_kind(key: str, kind: Kind | None) -> Wish:
    """What a source is; None: as Apple wrote it or its name says."""

    def change(said: SourceChoices) -> SourceChoices:
        kinds = {one: device for one, device in said.kinds.items() if one != key}
        return said._replace(kinds=kinds if kind is None else {**kinds, key: kind.device})

    return change


def joined(key: str, main: str | None) -> Wish:
    """A source is another one under another name; None: it is one of its own."""

    def change(said: SourceChoices) -> SourceChoices:
        same = {one: other for one, other in said.same.items() if one != key}
        if main is None:
            return said._replace(same=same)
        target = same.get(main, main)
        same = {one: target if other == key else other for one, other in same.items()}
        return said._replace(same={**same, key: target})

    return change


def check(context: AppContext, *keys: str) -> None:
    """Raises UsageError for a source that has no samples here."""
    with context.reading() as here:
        known = {one.key for one in listed(here)}
    for key in keys:
        if key not in known:
            raise UsageError(f"There is no source {key!r}.", "Choose one of the sources that are listed, by its name.")
    if len(set(keys)) < len(keys):
        raise UsageError("A source is itself already.", "Name two different ones.")


def preview(context: AppContext, wish: Wish) -> tuple[date, ...]:
    """The days of which a value would be another one. Nothing is changed."""
    days.make(context, lambda _stage, _done, _of: None)
    with context.reading() as here:
        first, last, where = days.first_day(here), here.today, here.zone
    if first is None:
        return ()
    athlete = context.account().athlete

    def compared(connection: Connection) -> tuple[date, ...]:
        before = {(one.day, one.field): one.value for one in journal_days.values(connection, athlete, first, last)}
        source_choices.put(connection, athlete, wish(source_choices.chosen(connection, athlete)))
        made = journal_days.in_zone(connection, athlete, where, first, last)
        after = {(one.day, one.field): one.value for one in made}
        return tuple(sorted({day for day, name in before.keys() | after.keys()
                             if before.get((day, name)) != after.get((day, name))}))  # fmt: skip

    return context.store.tried(compared)


def choose(context: AppContext, wish: Wish) -> None:
    """Remembers it, and has the days made anew that it may change."""
    athlete = context.account().athlete
    with context.store.write() as connection:
        before = source_choices.chosen(connection, athlete)
        after = wish(before)
        source_choices.put(connection, athlete, after)
        for key in _touched(before, after):
            archive.mark_all_dirty(connection, athlete, key)
        summaries.mark_all_dirty(connection, athlete)


def _touched(before: SourceChoices, after: SourceChoices) -> set[str]:
    """The sources of which something else is said than before."""
    one, other = dict(enumerate(before.order)), dict(enumerate(after.order))
    moved_keys = {key for place in one.keys() | other.keys() if one.get(place) != other.get(place)
                  for key in (one.get(place), other.get(place)) if key is not None}  # fmt: skip
    kinds = {key for key in before.kinds.keys() | after.kinds.keys() if before.kinds.get(key) != after.kinds.get(key)}
    same = {key for key in before.same.keys() | after.same.keys() if before.same.get(key) != after.same.get(key)}
    return moved_keys | kinds | same
