"""The first day: choose how health data comes in, send an export, see the plan, and start the first sync."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from intervals_companion.app.ingest import uploads
from intervals_companion.app.ingest.uploads import Upload
from intervals_companion.app.jobs import status
from intervals_companion.app.jobs.runner import IMPORT, PLAN, Job
from intervals_companion.app.scope import ReadScope
from intervals_companion.app.sync import first_sync, history
from intervals_companion.domain import catalogue
from intervals_companion.domain.errors import Busy, CompanionError, NothingToShow, NotLetIn, UsageError
from intervals_companion.web.context import WebContext
from intervals_companion.web.dashboard import beginning_line
from intervals_companion.web.ingest.multipart import StreamedForm
from intervals_companion.web.limits.bodies import is_streamed
from intervals_companion.web.limits.threads import CHANGES, PAGES, UPLOADS, in_thread
from intervals_companion.web.pages import (
    action,
    current_visitor,
    page,
    reading,
    redirect,
    refusal,
    render,
    scope,
    web_context,
)
from intervals_companion.web.security import came_from_here
from intervals_companion.web.sync.next_steps import WAYS_ON

# --- choosing a way --------------------------------------------------------------------------------------------------


def choose(request: Request) -> Response:
    here = scope(request)
    found = first_sync.already_here(here)
    return render(
        request, "ingest/connect.html", **_around(here), here=found, confirmed=first_sync.confirmed(here),
        line=beginning_line(found, here.account.name),
    )  # fmt: skip


def _around(here: ReadScope) -> dict[str, Any]:
    """Where these pages belong: to the first day until the first sync, then to the settings."""
    if first_sync.confirmed(here) is None:
        return {"tab": "today", "back": ("/today", "Today")}
    return {"tab": "settings", "back": ("/settings", "Settings")}


def _below(here: ReadScope) -> dict[str, Any]:
    return {**_around(here), "back": ("/connect", "Health data")}


# --- an export -------------------------------------------------------------------------------------------------------


def export(request: Request) -> Response:
    return render(request, "ingest/export.html", **_below(scope(request)), problem=None)


async def receive(request: Request) -> Response:
    """Takes the file as it comes, without ever holding it in memory. It answers with where its reading can be watched:
    as a redirect, or as JSON to the page's own script.
    """
    by_script = request.headers.get("accept") == "application/json"
    try:
        target = await _received(request)
    except CompanionError as problem:
        if by_script:
            status = 403 if isinstance(problem, NotLetIn) else 400
            return JSONResponse({"cause": problem.cause, "cure": problem.cure}, status)
        if isinstance(problem, NotLetIn):
            return await in_thread(PAGES, refusal, request, problem)
        return await in_thread(PAGES, _export_refused, request, problem)
    return JSONResponse({"watch": target}) if by_script else redirect(target)


async def _received(request: Request) -> str:
    found = web_context(request)
    visitor = await in_thread(PAGES, current_visitor, request)
    request.state.visitor = visitor
    if visitor is None or not came_from_here(request.headers, found):
        raise NotLetIn("This did not come from a page of Intervals Companion.", "Reload the page and try again.")
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or len(length) > _MOST_DIGITS:
        raise UsageError("The file came without its length.", "Send it from the page.")
    await in_thread(PAGES, _check, found, int(length))
    is_streamed(request)
    with Upload(found.context) as upload:

        def take(piece: bytes) -> None:
            # The token stands before the file: nothing of a form that is not ours is stored.
            if not visitor.sent(form.fields.get("csrf", "")):
                raise NotLetIn("This page is out of date.", "Reload it and try again; nothing was stored.")
            upload.write(piece)

        form = StreamedForm(request.headers.get("content-type", ""), take)
        async for piece in request.stream():
            await in_thread(UPLOADS, form.write, piece)
        if not form.whole or not form.file_name or not upload.size:
            raise UsageError("No file came with the form.", "Choose the export.zip, then send it.")
        path = upload.hand_on()
    started = await in_thread(CHANGES, found.jobs.start_import, path, name=form.file_name or "", ours=True)
    return f"/sync/running?job={started}"


_MOST_DIGITS = 15
"""Of the length of a file: no number of a thousand digits is read."""


def _check(found: WebContext, length: int) -> None:
    uploads.check_room(found.context, length)
    if found.jobs.reads_an_export():
        raise Busy("Another export is being read.", "Wait until it is done, then send this one.")


def _export_refused(request: Request, problem: CompanionError) -> Response:
    with reading(request) as here:
        return render(request, "ingest/export.html", status=400, **_below(here), problem=problem)


def imported(request: Request) -> Response:
    here = scope(request)
    job = status.find(here, request.path_params["job"])
    if job is None or job.kind != IMPORT:
        raise NothingToShow("There is no such import.", "Open Sync to see what was done.")
    if job.unfinished:
        return redirect(f"/sync/running?job={job.id}")
    return render(
        request, "ingest/imported.html", **_below(here), job=job, r=job.result,
        confirmed=first_sync.confirmed(here), usual=first_sync.USUAL_DAYS,
    )  # fmt: skip


# --- the first sync --------------------------------------------------------------------------------------------------

_SINCE = (("30", "30 days"), ("90", "90 days"), ("365", "One year"), ("all", "Everything"))
_USUAL = "90"


def first(request: Request) -> Response:
    here = scope(request)
    if first_sync.confirmed(here) is not None:
        return redirect("/sync")
    job = status.latest(here, PLAN)
    if job is not None and job.unfinished:
        return redirect(f"/sync/running?job={job.id}")
    plan = job.result if job is not None and job.result and not _outdated(here, job) else None
    return render(
        request, "sync/first_sync.html", tab="sync", back=("/connect", "Health data"),
        job=job, plan=plan, problem=job.error if job else None, since=_SINCE,
        chosen=job.account["asked"].get("choice", _USUAL) if job else _USUAL,
        first=date.fromisoformat(plan["first"]) if plan else None,
        last=date.fromisoformat(plan["last"]) if plan else None,
        fields=[_field(one) for one in plan["fields"]] if plan else [],
        workouts=[date.fromisoformat(day) for day in plan["workouts"]] if plan else [],
        held=[(*history.title_and_words(name), count, WAYS_ON.get(name)) for name, count in plan["held"].items()]
        if plan else [],
    )  # fmt: skip


def _outdated(here: ReadScope, plan: Job) -> bool:
    """Whether an export was read after the plan was made."""
    read = status.latest(here, IMPORT)
    return read is not None and read.changed > plan.made


def _field(one: dict[str, str]) -> dict[str, object]:
    days = {end: date.fromisoformat(one[end]) for end in ("first", "last")}
    return {"name": catalogue.metric(one["field"]).name, "count": one["count"], **days}


def make_plan(request: Request, form: FormData) -> Response:
    choice = str(form.get("since", _USUAL))
    with reading(request) as here:
        since = _since(here.today, choice)
    return redirect(f"/sync/running?job={web_context(request).jobs.start_plan(since, choice)}")


def _since(today: date, choice: str) -> date | None:
    if choice not in dict(_SINCE):
        raise UsageError("There is no such beginning.", "Choose one of those the page shows.")
    return None if choice == "all" else today - timedelta(days=int(choice) - 1)


def confirm(request: Request, form: FormData) -> Response:
    """The tap. It is for the plan that the page showed, with whatever that warned of, and no other."""
    found = web_context(request)
    with reading(request) as here:
        plan = status.latest(here, PLAN)
        is_current = plan is not None and plan.id == form.get("plan") and plan.result and not _outdated(here, plan)
    if plan is None or not is_current:
        raise UsageError("This plan is out of date.", "Look at the new one, then send it.")
    asked = plan.account["asked"]["since"]
    first_sync.confirm(found.context, date.fromisoformat(asked) if asked else None)
    return redirect(f"/sync/running?job={found.jobs.start_sync(confirmed=True)}")


routes: list[BaseRoute] = [
    page("/connect", choose),
    page("/connect/export", export),
    Route("/connect/export", receive, methods=["POST"]),
    page("/connect/imports/{job}", imported),
    page("/connect/first-sync", first),
    action("/connect/first-sync/plan", make_plan),
    action("/connect/first-sync", confirm),
]
