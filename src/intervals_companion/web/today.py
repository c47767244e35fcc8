"""/today: the last sync, the line, today's numbers against one's own, form, and what waits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from intervals_companion.app import activities, preferences
from intervals_companion.app import today as service
from intervals_companion.app.today import Conflict, FormDay, LastSync, Range, Reading
from intervals_companion.domain import catalogue
from intervals_companion.web import activity_words, charts
from intervals_companion.web.drawing import Part, line, ruler, ruler_key
from intervals_companion.web.pages import house, page, render
from intervals_companion.web.words import Measure, Words

_LATEST = 3
_CONFLICTS = 5
_NOON = 12


@frozen
class Row:
    """One metric of the list."""

    field: str
    name: str
    note: str
    warn: bool
    measure: Measure | None
    ruler: Markup


@frozen
class FitnessPart:
    """Fitness, fatigue and form, said and drawn."""

    chart: charts.Chart
    days: Sequence[FormDay]
    fitness: str
    change: str
    fatigue: str
    form: str


def show(request: Request) -> Response:
    companion = house(request).companion
    reach = chosen_range(request)
    found = service.today(companion, reach)
    words = Words(preferences.preferences(companion), companion.now())
    if found.beginning is not None:
        name = companion.account().name or "you"
        drawn = line(
            (), "not connected yet", f"signed in as {name}", "Apple Health is not connected; Intervals.icu is."
        )
        return render(request, "today_empty.html", tab="today", beginning=found.beginning, line=drawn)
    return render(
        request,
        "today.html",
        sync=found.sync,
        line=found.sync and _line(found.sync, words),
        account_words=found.sync and _account_words(found.sync, words),
        running=house(request).jobs.current(),
        fitness=_fitness(found.form, words) if len(found.form) > 1 else None,
        ranges=Range,
        reach=reach,
        rows=[_row(reading, words) for reading in found.readings],
        ruler_key=ruler_key(),
        heading="This morning" if words.hour < _NOON else "Today",
        conflicts=[_conflict(one, words) for one in found.waiting.conflicts[:_CONFLICTS]],
        more_conflicts=max(0, len(found.waiting.conflicts) - _CONFLICTS),
        already_there=found.waiting.already_there,
        form_words=charts.form_words,
        latest=[activity_words.row(entry, words) for entry in activities.latest(companion, _LATEST)],
        tab="today",
    )


def chosen_range(request: Request) -> Range:
    wanted = request.query_params.get("range")
    return Range(wanted) if wanted in set(Range) else Range.SIXTY_DAYS


# --- the last sync ---------------------------------------------------------------------------------------------------


def _line(sync: LastSync, words: Words) -> Markup:
    parts = [
        Part("sent", sync.sent),
        Part("held", 0 if sync.quiet else sync.held),
        Part("held_permission", sync.blocked),
        Part("failed", sync.failed),
    ]
    meant = sync.sent + sync.blocked + sync.failed
    right = f"{words.number(sync.sent)} of {words.number(meant)} arrived" if meant else "both sides agree"
    said = _account_words(sync, words)
    return line(
        parts, f"read {words.moment(sync.at)}", right, f"From Apple Health to Intervals.icu. {said}", words=words
    )


def _account_words(sync: LastSync, words: Words) -> str:
    """What came of it in a sentence or two."""
    if sync.quiet:
        return f"Nothing new since {words.moment(sync.at)}. Both sides agree."
    return " ".join(_sentences(sync, words))


def _sentences(sync: LastSync, words: Words) -> Iterator[str]:
    arrived = [
        counted(number, *noun, words)
        for number, noun in ((sync.workouts, ("workout", "workouts")), (sync.values, ("value", "values")))
        if number
    ]
    if arrived:
        yield f"{' and '.join(arrived)} arrived."
    if sync.blocked:
        wait = "waits" if sync.blocked == 1 else "wait"
        yield f"{counted(sync.blocked, 'value', 'values', words)} {wait} for a permission."
    if sync.failed:
        yield f"{words.number(sync.failed)} did not arrive; the next sync tries again."
    if sync.held:
        yield f"{words.number(sync.held)} held on purpose."
    if sync.error:
        yield f"It stopped early: {sync.error}"


def counted(number: int, one: str, many: str, words: Words) -> str:
    return f"{words.number(number)} {one if number == 1 else many}"


# --- fitness and form ------------------------------------------------------------------------------------------------

_SIX_WEEKS = 42


def _fitness(days: Sequence[FormDay], words: Words) -> FitnessPart:
    last = days[-1]
    before = next((day for day in reversed(days) if (last.day - day.day).days >= _SIX_WEEKS - 1), None)
    change = "" if before is None else f"{words.signed(last.fitness - before.fitness)} in 6 wk"
    return FitnessPart(
        chart=charts.fitness(days, words),
        days=days,
        fitness=words.number(last.fitness),
        change=change,
        fatigue=words.number(last.fatigue),
        form=charts.form_words(last, words),
    )


# --- today against one's own -----------------------------------------------------------------------------------------


def _row(reading: Reading, words: Words) -> Row:
    metric = reading.metric
    measure = None if reading.today is None else words.measure(metric.field, reading.today)
    note, warn = _note(reading, words)
    label = f"{metric.name}: {measure or 'no value yet'}{f', {note}' if note else ''}."
    return Row(
        field=metric.field,
        name=words.name(metric.field),
        note=note,
        warn=warn,
        measure=measure,
        ruler=ruler(reading.today, reading.week, reading.usual, label, counting=reading.counting),
    )


def _note(reading: Reading, words: Words) -> tuple[str, bool]:
    """The word below the name, and whether it is worth a look."""
    if reading.usual is None:
        return "not enough days yet", False
    if reading.today is None:
        return "nothing yet today", False
    if reading.counting:
        return "so far today", False
    beyond = words.difference(reading.metric.field, abs(reading.beyond))
    if not any(digit in "123456789" for digit in beyond.text):
        return "", False
    return f"{beyond.text} {'above' if reading.beyond > 0 else 'below'} normal", True


# --- what waits ------------------------------------------------------------------------------------------------------


def _conflict(one: Conflict, words: Words) -> tuple[str, str, str]:
    """What it is about, what both sides say, and where to choose."""
    name = catalogue.metric(one.field).name
    said = (_said(one.field, value, words) for value in (one.ours, one.theirs))
    both = "Health says {}, Intervals.icu says {}".format(*said)
    return f"{name}, {words.day(one.day)}", both, f"/sync/waiting/{one.day.isoformat()}/{one.field}"


def _said(field: str, value: str | None, words: Words) -> str:
    """A held value, which the ledger keeps as text."""
    if value is None:
        return "nothing"
    try:
        return words.measure(field, float(value)).text
    except ValueError:
        return words.measure(field, value).text


routes: list[BaseRoute] = [page("/today", show)]
