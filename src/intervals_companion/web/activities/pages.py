"""/activities: both sides' training; /activities/<id>: one workout or activity, its streams and its file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any

from attrs import frozen
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from intervals_companion.app.activities import detail as one_service
from intervals_companion.app.activities import listing as service
from intervals_companion.app.activities.detail import Detail
from intervals_companion.app.activities.listing import Entry, Listed, Show
from intervals_companion.app.remote import activity
from intervals_companion.app.scope import ReadScope
from intervals_companion.domain.days import monday
from intervals_companion.domain.errors import CompanionError
from intervals_companion.web.activities import body as activities_body
from intervals_companion.web.activities import presenter
from intervals_companion.web.activities.presenter import ActivityRow
from intervals_companion.web.charts import streams
from intervals_companion.web.formatting import Formatter
from intervals_companion.web.pages import (
    formatter,
    page,
    page_without_scope,
    reading,
    render,
    scope,
    until,
    web_context,
)
from intervals_companion.web.social import comments

_FILTERS = {Show.ALL: "All", Show.HELD: "Held", Show.HERE: "Only here", Show.THERE: "Only there"}


@frozen
class Week:
    heading: str
    sum: str
    rows: list[ActivityRow]


def every(request: Request) -> Response:
    here = scope(request)
    words = formatter(here)
    wanted = request.query_params.get("show", Show.ALL.value)
    show = Show(wanted) if wanted in set(Show) else Show.ALL
    found = service.listed(here, show, until(request.query_params))
    return render(
        request,
        "activities/activities.html",
        tab="activities",
        show=show,
        filters=[(one, word, words.number(max(0, found.counts[one]))) for one, word in _FILTERS.items()],
        weeks=list(_weeks(found.entries, words)),
        month=found.month and words.month(found.month),
        older=_link(show, found.older),
        newer=_link(show, found.newer),
        nothing=_nothing(found, show),
        odd=service.left_out(found.odd, " of Intervals.icu"),
        read=found.read,
    )


def _link(show: Show, until: str | None) -> str | None:
    return None if until is None else f"/activities?show={show.value}&until={until}"


def _nothing(found: Listed, show: Show) -> str:
    if found.entries:
        return ""
    if not found.read and not found.counts[Show.ALL] and show in (Show.ALL, Show.THERE):
        return "Nothing read from Intervals.icu yet. The first sync reads it."
    said = {
        Show.ALL: "Nothing recorded in this month." if found.counts[Show.ALL] else "No training yet, on either side.",
        Show.HELD: "Nothing is held.",
        Show.HERE: "Every workout of Health is at Intervals.icu too.",
        Show.THERE: "Every activity of Intervals.icu is in Health too.",
    }
    return said[show]


def _weeks(entries: Sequence[Entry], words: Formatter) -> Iterator[Week]:
    for first, of_week in groupby(entries, key=lambda entry: monday(entry.day)):
        found = list(of_week)
        moving = sum(entry.moving or 0 for entry in found)
        load = sum(entry.load or 0 for entry in found)
        told = [str(words.hours(moving))] if moving else []
        told += [f"load {words.number(load)}"] if load else []
        yield Week(
            heading=words.days(first, first + timedelta(days=6)),
            sum=", ".join(told),
            rows=[presenter.row(entry, words) for entry in found],
        )


# --- one -------------------------------------------------------------------------------------------------------------


def one(request: Request) -> Response:
    """From what is kept; what Intervals.icu alone tells is fetched into it afterwards."""
    here = scope(request)
    found = one_service.detail(here, request.path_params["id"])
    response = _one(request, here, found)
    if found.new_view is not None:  # saved once the page is sent, and nothing is read any more
        response.background = BackgroundTask(one_service.save_view, here.context, found.new_view)
    return response


def _one(request: Request, here: ReadScope, found: Detail) -> Response:
    words = formatter(here)
    other = None if found.ref is None or found.ref.own else found.ref
    awaits = not found.is_read and found.source is None
    below = _body(here, found, _READING if awaits else "")
    return render(
        request,
        "activities/activity.html",
        tab="friends" if other else "activities",
        back=("/feed", "Friends") if other else ("/activities", "Activities"),
        entry=found.entry,
        row=presenter.row(found.entry, words),
        when=_when(found, words),
        has_file=found.entry.id != found.entry.activity,
        other=other,
        is_read=found.is_read,
        talk=None if found.ref is None or found.ref.hidden else comments.talk(here, found.ref),
        awaits=awaits,
        **(below | {"origins": []} if awaits else below),  # else it would be pushed away by what comes
    )


_READING = "Reading it from Intervals.icu."
"""While nothing of it is here but the line of a list: what Health knows is shown at once."""


def body(request: Request) -> Response:
    """What is below the head, with all that Intervals.icu tells: asked for it where it is not known."""
    context, name, note = web_context(request).context, request.path_params["id"], ""
    known = context.read(one_service.detail, name)
    if known.ref is not None and not known.is_read:
        try:
            activity.fetch(context, known.ref)
        except CompanionError as problem:  # what is known stays on the page, with the reason why there is no more
            note = f"{problem.cause} {problem.cure}"
    with reading(request) as here:
        return render(request, "activities/body.html", **_body(here, one_service.detail(here, name), note))


def _body(here: ReadScope, found: Detail, note: str) -> dict[str, Any]:
    return activities_body.body(
        found,
        formatter(here),
        streams_url=f"/activities/{found.entry.id}/streams",
        intervals_url=_at_intervals(here.context.settings.intervals_url, found.entry),
        note=note,
    )


def _when(found: Detail, words: Formatter) -> str:
    entry, remote = found.entry, found.remote
    told = [words.long_day(entry.day)]
    if found.ref is not None and not found.ref.own:  # the day is theirs, and so is the clock
        told.append(words.clock(found.ref.remote.start_local))
    elif entry.start is not None:
        told.append(words.time(entry.start))
    if found.indoor or (remote is not None and remote.trainer):
        told.append("inside")
    if remote is not None and remote.figures.temperature is not None:
        told.append(str(words.temperature(remote.figures.temperature)))
    return ", ".join(told)


def _at_intervals(service_url: str, entry: Entry) -> str | None:
    return None if entry.activity is None else f"{service_url}/activities/{entry.activity}"


def stream_data(request: Request) -> Response:
    """What the charts draw, in the athlete's units."""
    here = scope(request)
    found = one_service.detail(here, request.path_params["id"])
    drawn: dict[str, Any] = streams.data(found.view, found.entry.type, formatter(here))
    return JSONResponse(drawn)


def fit(request: Request) -> Response:
    name = request.path_params["id"]
    content = one_service.fit_file(scope(request), name)
    headers = {"Content-Disposition": f'attachment; filename="{name}.fit"'}
    return Response(content, media_type="application/vnd.ant.fit", headers=headers)


routes: list[BaseRoute] = [
    page("/activities", every),
    page("/activities/{id}.fit", fit),
    page("/activities/{id}/streams", stream_data),
    page_without_scope("/activities/{id}/body", body),
    page("/activities/{id}", one),
]
