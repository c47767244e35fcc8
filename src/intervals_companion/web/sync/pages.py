"""Sync: what runs now, what every run did, and what waits for a choice."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date

import anyio
from sse_starlette import ServerSentEvent
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from intervals_companion.app.doctor import checkup
from intervals_companion.app.jobs import status
from intervals_companion.app.jobs.runner import IMPORT, PLAN, SYNC, Job
from intervals_companion.app.scope import ReadScope
from intervals_companion.app.sync import conflicts, first_sync, history
from intervals_companion.app.sync.conflicts import ConflictDetails
from intervals_companion.app.sync.history import BLOCKED, PAGE, TO_DECIDE, RunDetails
from intervals_companion.domain.days import parse_day
from intervals_companion.domain.errors import NothingToShow
from intervals_companion.domain.numbers import whole_or
from intervals_companion.web.charts import svg
from intervals_companion.web.charts.scale import scale
from intervals_companion.web.context import WebContext
from intervals_companion.web.formatting import Formatter
from intervals_companion.web.limits.event_streams import EventStream
from intervals_companion.web.limits.threads import STREAMS, in_thread
from intervals_companion.web.pages import (
    action,
    current_visitor,
    formatter,
    page,
    reading,
    redirect,
    render,
    scope,
    to_sign_in,
    web_context,
)
from intervals_companion.web.sync import presenter
from intervals_companion.web.sync.next_steps import WAYS_ON, WayOn
from intervals_companion.web.sync.presenter import outcome
from intervals_companion.web.sync.progress import progress, took
from intervals_companion.web.templating import templates

RUNS_SHOWN = 50
UNDER_WAY = "Under way"
LOOK_EVERY = 0.5
"""Seconds between two looks at a job that somebody watches."""


# --- the page --------------------------------------------------------------------------------------------------------


def show(request: Request) -> Response:
    here = scope(request)
    words = formatter(here)
    runs = [(run, history.account(run)) for run in history.latest(here, RUNS_SHOWN)]
    last, told = next(((run, account) for run, account in runs if run.account), (None, None))
    waiting, blocked = _counts(here), checkup.blocked_count(here)
    return render(
        request, "sync/sync.html", tab="sync",
        job=status.current(here),
        failed=_unseen_failure(here),
        confirmed=first_sync.confirmed(here),
        last=last, told=told, title=told and outcome(told, words, waiting=sum(waiting.values()), blocked=blocked),
        line=told and presenter.line(told, words, blocked=blocked),
        unread=told and told.unread,
        runs=runs, under_way=UNDER_WAY, did=_did(request), waiting=waiting, words_of=history.title_and_words,
        outcome=outcome,
    )  # fmt: skip


def _unseen_failure(here: ReadScope) -> Job | None:
    """A sync that failed before it became a run: nothing else would tell of it."""
    job = status.latest(here, SYNC)
    return job if job is not None and job.error is not None and not job.result.get("run") else None


def _counts(here: ReadScope) -> dict[str, int]:
    waiting = conflicts.waiting(here)
    counts = {reason: sum(1 for one in waiting if one.reason == reason) for reason in TO_DECIDE}
    return {reason: count for reason, count in counts.items() if count}


def start(request: Request, form: FormData) -> Response:
    with reading(request) as here:
        if first_sync.confirmed(here) is None:
            return redirect("/connect/first-sync")
    return redirect(_watch(web_context(request).jobs.start_sync(confirmed=form.get("confirmed") == "yes")))


def cancel(request: Request, form: FormData) -> Response:
    name = str(form.get("job", ""))
    web_context(request).jobs.cancel(name)
    return redirect(_watch(name))


def _watch(job: str) -> str:
    return f"/sync/running?job={job}"


# --- under way -------------------------------------------------------------------------------------------------------


def running(request: Request) -> Response:
    """A job while it runs; once it is over, what came of it."""
    here = scope(request)
    job = _named(request) or status.current(here)
    if job is None:
        return redirect("/sync")
    if not job.unfinished:
        return redirect(_result(job))
    shown = progress(job, here.now, formatter(here))
    first = job.kind == SYNC and not history.latest(here, 1)
    return render(request, "sync/running.html", tab="sync", p=shown, first=first, watch=f"/sync/events?job={job.id}")


def _named(request: Request) -> Job | None:
    return status.find(scope(request), request.query_params.get("job", ""))


def _result(job: Job) -> str:
    """Where the outcome of a finished job is shown."""
    if job.kind == IMPORT:
        return f"/connect/imports/{job.id}"
    if job.kind == PLAN:
        return "/connect/first-sync"
    run = job.result.get("run")
    return f"/sync/runs/{run}" if run else "/sync"


async def events(request: Request) -> Response:
    """The progress of a job, as it goes."""
    if await in_thread(STREAMS, current_visitor, request) is None:
        return to_sign_in(request)

    def look() -> tuple[bool, str]:
        with reading(request) as here:
            job = _named(request)
            if job is None or not job.unfinished or request.state.visitor is None:
                return True, templates().get_template("sync/over.html").render(job=request.query_params.get("job", ""))
            words = formatter(here)
            shown = progress(job, here.now, words)
            return False, templates().get_template("sync/progress.html").render(p=shown, w=words)

    return EventStream(request, told_as_it_goes(lambda: in_thread(STREAMS, look), next_look))


async def next_look() -> None:
    await anyio.sleep(LOOK_EVERY)


async def told_as_it_goes(
    look: Callable[[], Awaitable[tuple[bool, str]]], sleep: Callable[[], Awaitable[None]]
) -> AsyncIterator[ServerSentEvent]:
    """Each new state once, and the last one as `over`. `look` gives whether it is over, and the words."""
    before = ""
    while True:
        over, text = await look()
        if over:
            yield ServerSentEvent(event="over", data=text)
            return
        if text != before:
            yield ServerSentEvent(event="progress", data=text)
        before = text
        await sleep()


def over(request: Request) -> Response:
    """Sends a page that watched a job to what came of it."""
    job = _named(request)
    return Response(status_code=204, headers={"HX-Redirect": _result(job) if job else "/sync"})


# --- one run ---------------------------------------------------------------------------------------------------------


def run(request: Request) -> Response:
    here = scope(request)
    told = history.run_details(here, request.path_params["number"])
    shown = request.query_params.get("show", "all")
    w = formatter(here)
    return render(
        request, "sync/run.html", tab="sync", back=("/sync", "Sync"), told=told, run=told.run, a=told.account,
        title=outcome(told.account, w) if told.run.account else UNDER_WAY,
        line=presenter.line(told.account, w) if told.run.account else None, show=shown, took=_took(told),
        blocked=BLOCKED, ways_on=WAYS_ON, waiting=_counts(here), sport_icon=svg.sport_icon,
        suspicious=told.account.is_suspicious,
    )  # fmt: skip


def _took(told: RunDetails) -> str:
    return took((told.run.finished - told.run.started) / 1000) if told.run.finished else ""


def held(request: Request) -> Response:
    reason = request.path_params["reason"]
    try:
        title, words = history.title_and_words(reason)
    except ValueError as problem:
        raise NothingToShow("There is no such reason.", "Go back to the run.") from problem
    number, start = request.path_params["number"], _start(request)
    items, total = history.held_items(scope(request), number, reason, start)
    way_on = WAYS_ON.get(reason)
    return _items(request, f"/sync/runs/{number}", number, title, words, items, total, start, way_on)


def sent(request: Request) -> Response:
    number, start = request.path_params["number"], _start(request)
    items, total = history.sent_items(scope(request), number, start)
    return _items(request, f"/sync/runs/{number}", number, "Sent", "", items, total, start, emptied=True)


def _items(
    request: Request, back: str, number: int, title: str, words: str, items: list[history.Item], total: int, start: int,
    way_on: WayOn | None = None, *, emptied: bool = False,
) -> Response:  # fmt: skip
    """`emptied`: no value of ours says that the field was emptied there."""
    return render(
        request, "sync/items.html", tab="sync", back=(back, f"Run {number}"), title=title, words=words, items=items,
        counted=_counted(items, total, formatter(scope(request))), start=start, way_on=way_on,
        emptied=emptied, more=start + PAGE if start + PAGE < total else None, sport_icon=svg.sport_icon,
    )  # fmt: skip


def _counted(items: list[history.Item], total: int, w: Formatter) -> str:
    """`150 values`; of more than a page of both kinds nobody looks which is which."""
    kinds = {one.is_workout for one in items}
    noun = " and ".join(word for word, kind in (("values", False), ("workouts", True)) if kind in kinds or not kinds)
    return f"{w.number(total)} {noun.removesuffix('s') if total == 1 else noun}"


def _start(request: Request) -> int:
    text = request.query_params.get("from", "0")
    return whole_or(text, 0, 8)


# --- what waits for a choice -----------------------------------------------------------------------------------------


def waiting(request: Request) -> Response:
    return _waiting_page(request)


def _waiting_page(request: Request, *, wanted: str = "", missing: bool = False) -> Response:
    with reading(request) as here:
        counts = _counts(here)
        asked = wanted or request.query_params.get("reason")
        reason = asked if asked in TO_DECIDE else next(iter(counts), TO_DECIDE[0])
        items = conflicts.waiting(here, reason)
        field = request.query_params.get("field")
        fields = {one.field: one.name for one in items}
        shown = [one for one in items if field in (None, one.field)]
        return render(
            request, "sync/waiting.html", status=400 if missing else 200, missing=missing, did=_did(request),
            tab="sync", back=("/sync", "Sync"), counts=counts, reason=reason,
            words_of=history.title_and_words, items=shown[:PAGE], total=len(shown), everything=len(items),
            fields=fields, field=field,
        )  # fmt: skip


def decide_many(request: Request, form: FormData) -> Response:
    """Those that are ticked, or all of one field, or all: `which` says it."""
    which, reason = str(form.get("which", "")), str(form.get("reason", ""))
    with reading(request) as here:
        if which == "ticked":
            items = conflicts.chosen(here, {str(name) for name in form.getlist("item")})
        else:
            items = [one for one in conflicts.waiting(here, reason) if which in ("all", one.field)]
    use = str(form.get("use", ""))
    if not items or use not in _USES:
        return _waiting_page(request, wanted=reason, missing=True)
    _decide(web_context(request), items, use)
    with reading(request) as here:
        then = f"/sync/waiting?reason={reason}" if reason in _counts(here) else _then(here)
    return redirect(_with_word(then, items, use))


def case(request: Request) -> Response:
    return _case(request, conflicts.conflict_details(scope(request), *_place(request)))


def _place(request: Request) -> tuple[date, str]:
    return parse_day(request.path_params["item"]), request.path_params["field"]


def _case(request: Request, shown: ConflictDetails, *, missing: bool = False) -> Response:
    item = shown.item
    axis = None
    with reading(request) as here:
        if not isinstance(item.ours, str) and not isinstance(item.theirs, str):
            base = shown.base.value if shown.base and not isinstance(shown.base.value, str) else None
            axis = scale(item.field, item.ours, item.theirs, base, shown.usual, formatter(here))
        return render(
            request, "sync/conflict.html", status=400 if missing else 200, tab="sync", c=shown, item=item, axis=axis,
            missing=missing, did=_did(request), back=(f"/sync/waiting?reason={item.reason}", "Your choice"),
        )  # fmt: skip


def decide(request: Request, form: FormData) -> Response:
    use = str(form.get("use", ""))
    with reading(request) as here:
        shown = conflicts.conflict_details(here, *_place(request))
        if use not in _USES:
            return _case(request, shown, missing=True)
        rest = [one for one in conflicts.waiting(here, shown.item.reason) if one != shown.item]
        then = f"/sync/waiting/{rest[0].day}/{rest[0].field}" if rest else _then(here)
    _decide(web_context(request), [shown.item], use)
    return redirect(_with_word(then, [shown.item], use))


_USES = ("ours", "theirs")


def _with_word(path: str, items: list[conflicts.PendingConflict], use: str) -> str:
    """The address of the page that follows a choice, which tells what was chosen."""
    said = f"one={items[0].day}/{items[0].field}" if len(items) == 1 else f"many={len(items)}"
    return f"{path}{'&' if '?' in path else '?'}did={use}&{said}"


def _did(request: Request) -> str:
    """What the choice just made does, in words. An address can only name it: the values come from the store."""
    here, asked = scope(request), request.query_params
    use, many, (day, _, field) = asked.get("did"), asked.get("many", ""), asked.get("one", "").partition("/")
    if use not in _USES:
        return ""
    count = whole_or(many, 0, 6)
    what = f"{formatter(here).number(count)} values" if count else ""
    if field:
        what = _value_words(here, parse_day(day), field, use)
    if not what:
        return ""
    first = first_sync.confirmed(here) is None
    if use == "theirs":
        return f"Kept {what}."
    return f"The first sync sends {what}." if first else f"Sending {what}."


def _value_words(here: ReadScope, day: date, field: str, use: str) -> str:
    """`72.77 kg for Sat 31 Oct`."""
    value = conflicts.side(here, day, field, ours=use == "ours")
    w = formatter(here)
    return "" if value is None else f"{w.measure(field, value)} for {w.day(day)}"


def _then(here: ReadScope) -> str:
    """Where a choice is carried out: by the sync that follows, or, before the first one, by its plan."""
    return "/sync" if first_sync.confirmed(here) else "/connect/first-sync"


def _decide(found: WebContext, items: list[conflicts.PendingConflict], use: str) -> None:
    if use == "ours":
        conflicts.take_over(found.context, items)
        found.jobs.after_cure()
    elif use == "theirs":
        conflicts.keep_theirs(found.context, items)


class _RunNumber(IntegerConvertor):
    """As many digits as a run can have."""

    regex = "[0-9]{1,9}"


register_url_convertor("run", _RunNumber())

routes: list[BaseRoute] = [
    page("/sync", show),
    action("/sync", start),
    action("/sync/cancel", cancel),
    page("/sync/running", running),
    page("/sync/over", over),
    Route("/sync/events", events, methods=["GET"]),
    page("/sync/runs/{number:run}", run),
    page("/sync/runs/{number:run}/sent", sent),
    page("/sync/runs/{number:run}/held/{reason}", held),
    page("/sync/waiting", waiting),
    action("/sync/waiting", decide_many),
    page("/sync/waiting/{item}/{field}", case),
    action("/sync/waiting/{item}/{field}", decide),
]
