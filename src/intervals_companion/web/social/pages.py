"""/feed: what the athletes one follows did, read while somebody looks; /athletes: everybody's weeks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import date
from itertools import chain, repeat
from typing import Any

from sse_starlette import ServerSentEvent
from starlette.datastructures import FormData, QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from intervals_companion.app.account import sign_in
from intervals_companion.app.activities.listing import left_out
from intervals_companion.app.context import AppContext
from intervals_companion.app.doctor.checkup import steps
from intervals_companion.app.remote.client import is_open
from intervals_companion.app.scope import ReadScope
from intervals_companion.app.social import feed, thumbnails
from intervals_companion.app.social.feed import MOST, Choice
from intervals_companion.doctor.cures import Act, Face
from intervals_companion.domain.errors import Busy, CompanionError
from intervals_companion.domain.numbers import whole_or
from intervals_companion.domain.remote_activity import Hidden
from intervals_companion.domain.social import FeedStatus
from intervals_companion.web.doctor.pages import bold
from intervals_companion.web.formatting import Formatter
from intervals_companion.web.limits.event_streams import EventStream
from intervals_companion.web.limits.threads import NETWORK, STREAMS, in_thread
from intervals_companion.web.pages import (
    action,
    current_visitor,
    formatter,
    page,
    page_without_scope,
    redirect,
    render,
    scope,
    to_sign_in,
    web_context,
)
from intervals_companion.web.pages import reading as moment
from intervals_companion.web.pages import until as until_of
from intervals_companion.web.social import presenter

log = logging.getLogger("intervals_companion.web")

LOOK_EVERY = 0.5
"""Seconds between two looks at a reading that somebody watches."""
_SOONER = (0.2, 0.2, 0.2)
"""The first looks: whoever waits for the first lines sees nothing yet."""
_MOST_SHOWN = 600
"""Lines of a list that is drawn anew below somebody who has scrolled."""
_WEEKS_SHOWN = 6
"""Athletes of last week's table; the rest is one press away."""


# --- the page --------------------------------------------------------------------------------------------------------


def show(request: Request) -> Response:
    """From what is kept. Asks nobody: the page itself connects to `/feed/watch` where that is due."""
    here = scope(request)
    if not is_open(here):
        return _closed(request, here)
    until = until_of(request.query_params)
    due = until is None and feed.is_due(here)
    shown = _list(here, _choice(request.query_params), until, reading=due)
    return render(request, "social/feed.html", tab="friends", due=due, **shown)


def _closed(request: Request, here: ReadScope) -> Response:
    """Why nothing of others can be read, and the doctor's steps."""
    check = feed.closed(here) if sign_in.anybody(here) else None
    return render(
        request, "social/feed_closed.html", tab="friends", check=check,
        steps=[(bold(step.text), step.link) for step in steps(check, Face.WEB)] if check else [],
        signs_in=check is not None and Act.LOG_OUT_AND_IN in check.cure,
    )  # fmt: skip


def _choice(asked: QueryParams) -> Choice:
    return Choice(asked.get("athlete") or None, asked.get("sport") or None, asked.get("coached") == "yes")


def _list(
    here: ReadScope, choice: Choice, until: date | None = None, *, reading: bool,
    problem: CompanionError | None = None, most: int = MOST,
) -> dict[str, Any]:  # fmt: skip
    """What `feed_list.html` needs."""
    words = formatter(here)
    found = feed.page(here, choice, until, most=most)
    look, trouble = found.look, None if reading else _trouble(here, found.look, problem)
    state = "not read" if trouble else presenter.state(look, words, reading=reading, due=feed.is_due(here))
    return {
        "reading": reading,
        "state": state,
        "trouble": trouble,
        "filters": presenter.filters(found, choice),
        "menu": presenter.menu(found, choice),
        "alone": look is not None and not found.others and not reading,
        "nothing": presenter.nothing(found, choice, reading=reading),
        "unread": sum(line.unread for line in found.lines),
        "table": None if until else presenter.last_week(feed.weeks(here), words, _WEEKS_SHOWN),
        "everybody": len(found.others),
        "odd": left_out(found.odd),
        "silent": [other.name for other in found.others if not other.shared],
        "query": presenter.query(choice),
        "until": until,
        **_days(found, choice, words, reading=reading),
    }


def _days(found: feed.Page, choice: Choice, words: Formatter, *, reading: bool) -> dict[str, Any]:
    """What `feed_days.html` needs: lines, and the way to those before."""
    older = None if reading or found.look is None else found.older
    return {
        "days": presenter.days(found, words),
        "asks": not reading,
        "older": older and presenter.address("/feed", choice, until=older.isoformat()),
        "more": older and presenter.address("/feed/more", choice, until=older.isoformat()),
        "ends": not reading and found.older is None and any(one.shared and one.since for one in found.others),
        "stubs": any(line.hidden is Hidden.STRAVA for line in found.lines),
    }


def _trouble(
    here: ReadScope, look: FeedStatus | None, problem: CompanionError | None
) -> tuple[str, str, str] | None:  # fmt: skip
    """Cause, cure, and the page that has the steps ("" where there is none)."""
    said = (problem.cause, problem.cure) if problem is not None else look.trouble if look is not None else None
    if said is None:
        return None
    refused = feed.closed(here)
    return (*said, "") if refused is None else (refused.cause, "", f"/permissions/{refused.id}")


def more(request: Request) -> Response:
    """The page before: from what is kept, or read first where these days are not known."""
    context = web_context(request).context
    choice, until = _choice(request.query_params), until_of(request.query_params)
    problem: CompanionError | None = None
    known = context.read(feed.page, choice, until)
    if until is not None and known.older is not None and known.older >= until:
        try:
            problem = next(iter(feed.read_back(context, known.older)), None)
        except CompanionError as raised:
            problem = raised
    with moment(request) as here:
        days = _days(feed.page(here, choice, until), choice, formatter(here), reading=False)
        return render(request, "social/feed_more.html", problem=problem, **days)


def beside(request: Request) -> Response:
    """What stands beside one line, read once it is seen."""
    context = web_context(request).context
    try:
        line = context.read(feed.line, request.path_params["id"])
        found = thumbnails.row_extras(context, line.id)
    except CompanionError as problem:  # the place stays empty; the cause is shown where lists are read
        log.info("aside: %s", type(problem).__name__)
        return Response(status_code=204)
    with moment(request) as here:
        row = presenter.row(line, formatter(here), found.thumbnail, found.comments)
        return render(request, "social/feed_aside.html", row=row)


# --- reading, while somebody looks -----------------------------------------------------------------------------------


def due(request: Request) -> Response:
    """What makes a page connect again, where it is time to. Asked by a page that is looked at; asks nobody. A key that
    is refused is not tried every minute: whoever has put it right presses, or opens the page anew.
    """
    here = scope(request)
    if not is_open(here) or feed.closed(here) is not None or not feed.is_due(here):
        return Response(status_code=204)
    return render(
        request, "social/feed_watch.html", query=presenter.query(_choice(request.query_params)),
        shown=_shown(request.query_params),
    )  # fmt: skip


def _shown(asked: QueryParams) -> int:
    text = asked.get("shown", "")
    return min(max(MOST, whole_or(text, MOST)), _MOST_SHOWN)


async def watch(request: Request) -> Response:
    """Reads what is new, and sends the list as it comes in."""
    request.state.visitor = await in_thread(STREAMS, current_visitor, request)
    if request.state.visitor is None:
        return to_sign_in(request)
    return EventStream(request, _told(request))


async def _told(request: Request) -> AsyncIterator[ServerSentEvent]:
    """The list while it grows, at most twice a second, and at last as `over`.

    A reading runs to its end, also when nobody watches it any more. Where somebody else reads already, theirs is
    watched.
    """
    context, before, pauses = web_context(request).context, "", chain(_SOONER, repeat(LOOK_EVERY))
    problem: CompanionError | None = None
    while await in_thread(STREAMS, _may_read, request):
        reading = asyncio.ensure_future(in_thread(NETWORK, _read, context))
        while await _goes_on(context, reading, next(pauses)):
            text = await in_thread(STREAMS, _drawn, request, reading=True)
            if text != before:
                yield ServerSentEvent(event="rows", data=text)
            before = text
        problem = reading.result()
        if not isinstance(problem, Busy):
            break
    yield ServerSentEvent(event="over", data=await in_thread(STREAMS, _drawn, request, problem=problem))


def _may_read(request: Request) -> bool:
    with moment(request) as here:
        return request.state.visitor is not None and is_open(here) and feed.is_due(here)


def _read(context: AppContext) -> CompanionError | None:
    """What ended it early, or went wrong with one of the athletes."""
    if not context.read(feed.is_due):  # somebody else has just done it
        return None
    try:
        problems = feed.read(context).problems
    except CompanionError as problem:
        return problem
    return next(iter(problems), None)


async def _goes_on(context: AppContext, reading: asyncio.Future[CompanionError | None], seconds: float) -> bool:
    """Waits a little, and says whether anybody still reads."""
    if reading.done():
        await asyncio.sleep(seconds)
    else:
        await asyncio.wait([reading], timeout=seconds)
    if not reading.done():
        return True
    return isinstance(reading.result(), Busy) and await in_thread(STREAMS, feed.is_being_read, context)


def _drawn(request: Request, *, reading: bool = False, problem: CompanionError | None = None) -> str:
    """The list, and how far it is, as it stands now."""
    with moment(request) as here:
        if request.state.visitor is None:
            return ""
        shown = _list(
            here, _choice(request.query_params), None,
            reading=reading, problem=problem, most=_shown(request.query_params),
        )  # fmt: skip
        return bytes(render(request, "social/feed_part.html", **shown).body).decode()


def read(request: Request, form: FormData) -> Response:
    """For a browser without scripts, and for whoever presses it: reads now, and comes back when all is there."""
    context = web_context(request).context
    asked = QueryParams({name: str(value) for name, value in form.items()})
    until = until_of(asked)
    if until is None:
        feed.invalidate(context)
        feed.read(context)
    elif (older := context.read(feed.page, until=until).older) is not None and older >= until:
        for problem in feed.read_back(context, older):
            raise problem
    return redirect(presenter.address("/feed", _choice(asked), **({"until": until.isoformat()} if until else {})))


def check(request: Request, _: FormData) -> Response:
    """The page that follows connects, and reads."""
    feed.invalidate(web_context(request).context)
    return redirect("/feed")


def catch_up(request: Request, _: FormData) -> Response:
    feed.catch_up(web_context(request).context)
    return redirect("/feed")


# --- everybody -------------------------------------------------------------------------------------------------------


def athletes(request: Request) -> Response:
    here = scope(request)
    if not is_open(here):
        return redirect("/feed")
    words = formatter(here)
    found = feed.weeks(here)
    known = {other.id for other, _ in found}
    return render(
        request, "social/athletes.html", tab="friends", back=("/feed", "Friends"),
        tables=presenter.week_tables(found, words),
        silent=[other.name for other in feed.everybody(here) if other.id not in known],
    )  # fmt: skip


routes: list[BaseRoute] = [
    page("/feed", show),
    page_without_scope("/feed/more", more),
    page("/feed/due", due),
    Route("/feed/watch", watch, methods=["GET"]),
    page_without_scope("/feed/{id}/aside", beside),
    action("/feed/read", read, threads=NETWORK),
    action("/feed/check", check),
    action("/feed/seen", catch_up),
    page("/athletes", athletes),
]
