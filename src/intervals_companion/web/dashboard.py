"""/today: the last sync, the line, today's numbers against one's own, form, and what waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from attrs import frozen
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from intervals_companion.app import dashboard as service
from intervals_companion.app.activities import listing
from intervals_companion.app.dashboard import FormDay, LastSync, Reading
from intervals_companion.app.jobs import status
from intervals_companion.app.sync import conflicts as sync_conflicts
from intervals_companion.app.sync import history
from intervals_companion.app.sync.conflicts import PendingConflict
from intervals_companion.app.sync.first_sync import AlreadyHere
from intervals_companion.app.wellness.ranges import OF_FORM, Range
from intervals_companion.web.activities import presenter as activities_presenter
from intervals_companion.web.charts import days as charts_days
from intervals_companion.web.charts.svg import line, ruler, ruler_key
from intervals_companion.web.formatting import Formatter, Measure
from intervals_companion.web.pages import formatter, page, render, scope
from intervals_companion.web.sync import presenter

_LATEST = 3
_CONFLICTS = 5
_NOON = 12


@frozen
class DashboardRow:
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

    chart: charts_days.Chart
    days: Sequence[FormDay]
    fitness: str
    change: str
    fatigue: str
    form: str


def show(request: Request) -> Response:
    here = scope(request)
    range_ = chosen_range(request, OF_FORM)
    found = service.today(here, range_)
    words = formatter(here)
    if found.beginning is not None:
        return render(
            request, "dashboard/empty.html", tab="today", here=found.beginning,
            line=beginning_line(found.beginning, here.account.name),
        )  # fmt: skip
    conflicts = [one for one in found.waiting if one.reason == sync_conflicts.CONFLICT]
    return render(
        request,
        "dashboard/today.html",
        sync=found.sync,
        line=found.sync and _line(found.sync, found.blocked, words),
        account_words=found.sync
        and presenter.told(found.sync.account, words, found.sync.at, waiting=len(found.waiting), blocked=found.blocked),
        imports_waiting=found.imports_waiting,
        running=status.current(here),
        fitness=_fitness(found.form, words) if len(found.form) > 1 else None,
        ranges=OF_FORM,
        range_=range_,
        rows=[_row(reading, words) for reading in found.readings],
        ruler_key=ruler_key(),
        heading="This morning" if words.hour < _NOON else "Today",
        conflicts=[_conflict(one, words) for one in conflicts[:_CONFLICTS]],
        more_conflicts=max(0, len(conflicts) - _CONFLICTS),
        kept=Counter(one.reason for one in found.waiting if one.reason != sync_conflicts.CONFLICT),
        words_of=history.title_and_words,
        form_words=charts_days.form_words,
        latest=[activities_presenter.row(entry, words) for entry in listing.latest(here, _LATEST)],
        tab="today",
    )


def chosen_range(request: Request, among: Collection[Range] = tuple(Range)) -> Range:
    wanted = request.query_params.get("range")
    return next((range_ for range_ in among if range_.value == wanted), Range.SIXTY_DAYS)


def beginning_line(here: AlreadyHere, name: str | None) -> Markup:
    """The line before anything came from Apple Health: what is there of either side."""
    if not here.signed_in:
        said = "Neither Apple Health nor Intervals.icu is connected."
        return line((), "not connected yet", "not signed in", said, signed_in=False)
    said = "Apple Health is not connected; Intervals.icu is."
    return line((), "not connected yet", f"signed in as {name or 'you'}", said)


# --- the last sync ---------------------------------------------------------------------------------------------------


def _line(sync: LastSync, blocked: int, words: Formatter) -> Markup:
    read, there = f"read {words.moment(sync.at)}", presenter.share(sync.account, words)
    return presenter.line(sync.account, words, read, there, blocked=blocked)


# --- fitness and form ------------------------------------------------------------------------------------------------

_SIX_WEEKS = 42


def _fitness(days: Sequence[FormDay], words: Formatter) -> FitnessPart:
    last = days[-1]
    before = next((day for day in reversed(days) if (last.day - day.day).days >= _SIX_WEEKS - 1), None)
    change = "" if before is None else f"{words.signed(last.fitness - before.fitness)} in 6 wk"
    return FitnessPart(
        chart=charts_days.fitness(days, words),
        days=days,
        fitness=words.number(last.fitness),
        change=change,
        fatigue=words.number(last.fatigue),
        form=charts_days.form_words(last, words),
    )


# --- today against one's own -----------------------------------------------------------------------------------------


def _row(reading: Reading, words: Formatter) -> DashboardRow:
    metric = reading.metric
    measure = None if reading.today is None else words.measure(metric.field, reading.today)
    note, warn = _note(reading, words)
    label = f"{metric.name}: {measure or 'no value yet'}{f', {note}' if note else ''}."
    return DashboardRow(
        field=metric.field,
        name=metric.name,
        note=note,
        warn=warn,
        measure=measure,
        ruler=ruler(reading.today, reading.week, reading.usual, label, counting=reading.counting),
    )


def _note(reading: Reading, words: Formatter) -> tuple[str, bool]:
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
    much = str(beyond) if beyond.unit in ("min", "h") else beyond.text
    return f"{much} {'above' if reading.beyond > 0 else 'below'} normal", True


# --- what waits ------------------------------------------------------------------------------------------------------


def _conflict(one: PendingConflict, words: Formatter) -> tuple[str, str, str]:
    """What it is about, what both sides say, and where to choose."""
    ours, theirs = (words.measure(one.field, value).text for value in (one.ours, one.theirs))
    both = f"Health says {ours}, Intervals.icu says {theirs}"
    return f"{one.name}, {words.day(one.day)}", both, f"/sync/waiting/{one.day.isoformat()}/{one.field}"


routes: list[BaseRoute] = [page("/today", show)]
