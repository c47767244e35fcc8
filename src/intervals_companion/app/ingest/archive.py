"""What Health data there is and what it came by; what was retired; and the answers that imports wait for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from functools import partial
from pathlib import Path

from attrs import frozen
from sqlalchemy import Connection

from intervals_companion.app.context import AppContext
from intervals_companion.app.scope import ReadScope
from intervals_companion.doctor.cures import WAYS
from intervals_companion.domain.catalogue import short_type
from intervals_companion.domain.days import local_day
from intervals_companion.domain.errors import NothingToShow, UsageError
from intervals_companion.journal import changes as journal_changes
from intervals_companion.journal import days as journal_days
from intervals_companion.store import answers, imports, queries, retired, versions
from intervals_companion.store.answers import Missing
from intervals_companion.store.blocks import Renewed
from intervals_companion.store.imports import Import, ImportState
from intervals_companion.store.versions import BRIDGE, EXPORT, LIVE, PINNED, State


class Answer(StrEnum):
    """What a person says of an import."""

    CONFIRM = "confirm"
    SECOND_PHONE = "second-phone"
    REMOVE = "remove"
    RESTORE = "restore"
    MISSING = "missing"
    """Retire what the newest export no longer holds at all; of no single import."""


@frozen
class ImportLine:
    """One import as a person sees it."""

    number: int
    name: str
    """Of the file; the way it came where there is none."""
    layer: str
    written: date | None
    """The day Health was as it says; None where it does not say."""
    arrived: date
    state: str
    rows: int
    new: int
    retired: int
    waits: tuple[str, ...]
    """The types that wait for an answer, by short name."""
    waits_whole: bool
    """Whether all of it waits: it may be of another phone or person."""


@frozen
class RetiredLine:
    """Samples of one type that count no more since one import."""

    number: int
    type: str
    samples: int
    at: date


@frozen
class MissingLine:
    """Samples that the newest export does not speak of at all."""

    type: str
    source: str
    samples: int
    first: date
    last: date


@frozen
class Archive:
    imports: tuple[ImportLine, ...]
    types: Mapping[str, Mapping[str, int]]
    """Samples by short type and layer."""
    retired: tuple[RetiredLine, ...]
    missing: tuple[MissingLine, ...]

    @property
    def waiting(self) -> tuple[ImportLine, ...]:
        return tuple(one for one in self.imports if one.waits)


@frozen
class Change:
    """What an answer does, or would."""

    new: int
    """Samples that count and did not."""
    gone: int
    """Samples that count no more."""
    days: tuple[date, ...]
    """The days whose samples change, oldest first."""
    copied: Path | None = None
    """Where the data was copied to before."""


LAYERS = {
    EXPORT: "Apple Health exports",
    LIVE: "the iPhone itself",
    BRIDGE: "apps on the iPhone",
    PINNED: "brought back",
}
SEVERAL = "several together"


def layer_words(layer: str) -> str:
    number = layer.removeprefix(f"{EXPORT} ")
    return LAYERS.get(layer) or f"Apple Health exports of phone {number}"


def archive(here: ReadScope) -> Archive:
    """Everything there is to say of it."""
    connection, athlete = here.connection, here.athlete
    totals = imports.totals(connection, athlete)
    waiting = versions.waiting_types(connection, athlete)
    held: dict[str, dict[str, int]] = {}
    for kind, layer, samples in queries.held_by_layer(connection, athlete):
        held.setdefault(short_type(kind), {})[layer_words(layer) if layer else SEVERAL] = samples
    known = [one for one in imports.listed(connection, athlete) if one.state is not ImportState.READING]
    return Archive(
        imports=tuple(
            _line(here, one, totals.get(one.import_id, imports.Totals(0, 0, 0)), waiting.get(one.import_id, {}))
            for one in known
        ),
        types=dict(sorted(held.items())),
        retired=tuple(
            RetiredLine(one.import_id, short_type(one.type), one.samples, local_day(one.at, here.zone))
            for one in retired.listed(connection, athlete)
        ),
        missing=tuple(_missing(here, one) for one in answers.missing(connection, athlete)),
    )


def waiting_count(here: ReadScope) -> int:
    """How many imports wait for an answer."""
    return len(versions.waiting_types(here.connection, here.athlete))


def _line(here: ReadScope, one: Import, totals: imports.Totals, waits: Mapping[str, State]) -> ImportLine:
    waiting = sorted(short_type(kind) for kind, state in waits.items() if state is State.WAITS)
    return ImportLine(
        one.import_id, one.name or WAYS.get(one.channel, one.channel), layer_words(one.layer),
        local_day(one.written, here.zone) if one.written > answers.ALWAYS_BEFORE else None,
        local_day(max(one.arrived, 0), here.zone), one.state.value, *totals, tuple(waiting),
        len(waiting) == len(waits),
    )  # fmt: skip


def _missing(here: ReadScope, one: Missing) -> MissingLine:
    first, last = local_day(one.first, here.zone), local_day(one.last, here.zone)
    return MissingLine(short_type(one.type), one.source, one.samples, first, last)


# --- answers ---------------------------------------------------------------------------------------------------------


def preview(context: AppContext, answer: Answer, number: int | None = None) -> Change:
    """What an answer would do. Nothing is changed. Raises NothingToShow, UsageError."""
    found = context.store.tried(_answer(context, answer, number))
    return _change(context, found)


def carry_out(context: AppContext, answer: Answer, number: int | None = None) -> Change:
    """Does it. Before the first one that retires anything, the data is copied aside. Raises NothingToShow, UsageError,
    Busy, StorageError.
    """
    work = _answer(context, answer, number)
    retires = answer in (Answer.CONFIRM, Answer.MISSING)
    copied = context.store.copy_aside("retiring") if retires else None
    with context.store.write() as connection:
        found = work(connection)
    journal_days.mend(context.store, context.account().athlete)
    return _change(context, found, copied)


def empty_retired(context: AppContext) -> int:
    """Forgets for good what counts no more; says how many samples that were."""
    with context.store.write() as connection:
        return retired.forget_all(connection, context.account().athlete)


def _answer(context: AppContext, answer: Answer, number: int | None) -> Callable[[Connection], Renewed]:
    athlete, now = context.account().athlete, context.now()
    if answer is Answer.MISSING:
        with context.reading() as here:
            if waiting_count(here):
                raise UsageError("A file waits for your answer. Answer it first.", _LOOK)
        return partial(answers.retire_missing, athlete=athlete, now=now)
    with context.reading() as here:
        _check(archive(here), answer, number)
    assert number is not None
    work = {
        Answer.CONFIRM: answers.confirm, Answer.SECOND_PHONE: answers.second_phone, Answer.REMOVE: answers.remove,
        Answer.RESTORE: answers.restore,
    }[answer]  # fmt: skip
    return partial(work, athlete=athlete, import_id=number, now=now)


def _check(found: Archive, answer: Answer, number: int | None) -> None:
    if answer is Answer.RESTORE:
        if not any(one.number == number for one in found.retired):
            raise NothingToShow(
                f"Import {number} retired nothing that could come back.",
                _LOOK,
                terminal_cure="See the numbers with: companion archive",
            )
        return
    known = next((one for one in found.imports if one.number == number), None)
    if known is None:
        raise NothingToShow(
            f"There is no import {number}.", _LOOK, terminal_cure="See the numbers with: companion archive"
        )
    if known.state == ImportState.LASTING:
        raise UsageError(
            f"{known.name} sends new data by itself: it is no single file that could be answered for.",
            "Turn it off on the iPhone, or remove its device under Settings.",
        )
    if answer is Answer.CONFIRM and not known.waits:
        raise UsageError(
            f"Import {number} waits for nothing: it counts already.",
            _LOOK,
            terminal_cure="See the numbers with: companion archive",
        )


_LOOK = "Look under Settings, Your data, what is asked."


def _change(context: AppContext, found: Renewed, copied: Path | None = None) -> Change:
    with context.reading() as here:
        days = journal_changes.days_of(found.stretches, here.zone, here.today)
    return Change(found.new, found.gone, days, copied)
