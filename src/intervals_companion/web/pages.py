"""How a page is made: who may see it, how it is drawn, and how a refusal looks."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from urllib.parse import quote, urlsplit

from markupsafe import Markup, escape
from starlette.background import BackgroundTask
from starlette.datastructures import FormData, QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from intervals_companion.app import sessions
from intervals_companion.app.crash_site import where
from intervals_companion.app.doctor import checkup
from intervals_companion.app.preferences import display
from intervals_companion.app.scope import ReadScope, once_per_scope
from intervals_companion.app.sessions import Visitor
from intervals_companion.domain.days import parse_day
from intervals_companion.domain.errors import (
    Busy,
    CompanionError,
    NothingToShow,
    PermissionMissing,
    ServiceError,
    SignInError,
    StorageError,
    UsageError,
)
from intervals_companion.web.context import WebContext
from intervals_companion.web.formatting import Formatter
from intervals_companion.web.limits.attempts import SIGN_INS, TooManyAttempts, address, attempts
from intervals_companion.web.limits.bodies import is_streamed
from intervals_companion.web.limits.threads import CHANGES, NETWORK, PAGES, in_thread
from intervals_companion.web.security import came_from_here
from intervals_companion.web.templating import templates

log = logging.getLogger("intervals_companion.web")

MOST_FORM = 1_000_000
"""Bytes of a form that is not an upload."""
MOST_OF_STRANGERS = 64 * 1024
"""Bytes of a form that are read before anybody looked who sends it."""

Endpoint = Callable[[Request], Response]
Action = Callable[[Request, FormData], Response]


def web_context(request: Request) -> WebContext:
    found: WebContext = request.app.state.web
    return found


def scope(request: Request) -> ReadScope:
    """The one moment that a page shows, read in one scope from its beginning to its end."""
    found: ReadScope = request.state.scope
    return found


@contextmanager
def reading(request: Request) -> Iterator[ReadScope]:
    """The scope of this request: the one that is open, or one that is open until the end. It says who asks, too."""
    if hasattr(request.state, "scope"):
        yield scope(request)
        return
    with web_context(request).context.reading() as here:
        cookie = None if hasattr(request.state, "as_nobody") else request.cookies.get(cookie_name(request))
        request.state.visitor = sessions.current_visitor(here, cookie)
        request.state.scope = here
        try:
            yield here
        finally:
            del request.state.scope


@once_per_scope
def formatter(here: ReadScope) -> Formatter:
    """Numbers and dates as this athlete wants them."""
    return Formatter(display.preferences(here), here.now)


def visitor(request: Request) -> Visitor:
    """The browser that asks. Only where a session is needed."""
    found: Visitor = request.state.visitor
    return found


# --- routes ----------------------------------------------------------------------------------------------------------


def page(path: str, endpoint: Endpoint, *, name: str | None = None, open_to_all: bool = False) -> Route:
    """A GET, read in one `scope`. Without a session it leads to the sign-in, unless it is open to all."""

    def shown(request: Request) -> Response:
        with reading(request):
            visitor = request.state.visitor
            return to_sign_in(request) if visitor is None and not open_to_all else endpoint(request)

    return _get(path, shown, name, PAGES)


def page_without_scope(path: str, endpoint: Endpoint, *, name: str | None = None, open_to_all: bool = False) -> Route:
    """A GET that writes or asks Intervals.icu before it reads, or goes on after its response has begun: its endpoint
    opens what it reads with `reading`.
    """

    def shown(request: Request) -> Response:
        if current_visitor(request) is None and not open_to_all:
            return to_sign_in(request)
        response = endpoint(request)
        # Who was signed in when it began may have been signed out while it asked.
        return to_sign_in(request) if request.state.visitor is None and not open_to_all else response

    return _get(path, shown, name, NETWORK)


def _get(path: str, shown: Endpoint, name: str | None, threads: str) -> Route:
    async def serve(request: Request) -> Response:
        response = await in_thread(threads, _refusals, request, lambda: shown(request))
        visitor: Visitor | None = getattr(request.state, "visitor", None)
        if visitor is not None and response.background is None:
            response.background = BackgroundTask(_note_visit, request, visitor)
        return response

    return Route(path, serve, methods=["GET"], name=name or path)


async def _note_visit(request: Request, visitor: Visitor) -> None:
    """After the answer: whoever reads a page does not wait for others who write. One that cannot be noted now is noted
    with the next page.
    """
    if not hasattr(request.app.state, "visits_under_way"):
        request.app.state.visits_under_way = set()
    under_way: set[bytes] = request.app.state.visits_under_way
    context = web_context(request).context
    if visitor.session in under_way or not sessions.is_visit_due(context, visitor):
        return
    under_way.add(visitor.session)
    try:
        await in_thread(CHANGES, sessions.note_visit, context, visitor)
    except CompanionError as problem:
        log.info("visit not noted: %s", type(problem).__name__)
    finally:
        under_way.discard(visitor.session)


def action(
    path: str, endpoint: Action, *, open_to_all: bool = False, most: int = MOST_FORM, threads: str = CHANGES,
    signs_in: bool = False,
) -> Route:  # fmt: skip
    """A change: the form has to come from a page of ours and, where there is a session, of this session.

    `most`: bytes of the form; those of strangers are at most `MOST_OF_STRANGERS`. `threads`: NETWORK where it asks
    Intervals.icu. `signs_in`: a sign-in, of which a browser without a session may make few.
    """

    async def serve(request: Request) -> Response:
        if not came_from_here(request.headers, web_context(request)):
            return await _refused_at_once(request, 403, *_ELSEWHERE)
        length = request.headers.get("content-length") or ""
        if not (length.isascii() and length.isdecimal()):
            return await _refused_at_once(request, 411, "The form has no length.", "Send it from the page.")
        if len(length) > _MOST_DIGITS or int(length) > most:
            return await _refused_at_once(request, 413, *_TOO_LARGE)
        where = threads
        if signs_in or int(length) > MOST_OF_STRANGERS:
            if await in_thread(PAGES, current_visitor, request) is not None:
                where = NETWORK if signs_in else threads
            elif (refused := await _refused_stranger(request, int(length), open_to_all)) is not None:
                return refused
        if most > MOST_FORM:
            is_streamed(request)  # files of forms are kept on the disk
        async with request.form(max_files=2, max_fields=2000) as form:  # files are closed with it
            return await in_thread(
                where, lambda: _refusals(request, lambda: _changed(request, form, endpoint, open_to_all))
            )

    return Route(path, serve, methods=["POST"], name=f"POST {path}")


async def _refused_stranger(request: Request, length: int, open_to_all: bool) -> Response | None:
    """Before the form of a browser without a session is read: why it is not."""
    if not open_to_all:
        return await in_thread(PAGES, to_sign_in, request)
    if length > MOST_OF_STRANGERS:
        return await _refused_at_once(request, 413, *_TOO_LARGE)
    try:
        attempts(request, SIGN_INS).take(address(request))
    except TooManyAttempts as problem:
        return await _refused_at_once(request, 429, problem.cause, problem.cure)
    return None


async def _refused_at_once(request: Request, status: int, cause: str, cure: str) -> Response:
    """Before anything of the form is read."""
    return await in_thread(PAGES, _refused, request, status, cause, cure)


_MOST_DIGITS = 12
"""Of the length of a form: no number of a thousand digits is read."""
_TOO_LARGE = "The form is too large.", "Send less at once."

_ELSEWHERE = ("This did not come from a page of Intervals Companion.", "Go back, reload the page and try again.")


def _changed(request: Request, form: FormData, endpoint: Action, open_to_all: bool) -> Response:
    visitor = current_visitor(request)
    if visitor is None and not open_to_all:
        return to_sign_in(request)
    token = request.headers.get("x-csrf") or form.get("csrf")
    if visitor is not None and not (isinstance(token, str) and visitor.sent(token)):
        return _refused(request, 403, "This page is out of date.", "Reload it and try again; nothing was changed.")
    return endpoint(request, form)


def _refusals(request: Request, serve: Callable[[], Response]) -> Response:
    """What is refused, as a page."""
    try:
        return serve()
    except CompanionError as problem:
        return refusal(request, problem)


def current_visitor(request: Request) -> Visitor | None:
    """Who this browser is; `visitor` from then on. Reads the store: not on the event loop."""
    with reading(request):
        found: Visitor | None = request.state.visitor
    return found


def to_sign_in(request: Request) -> Response:
    path = request.url.path
    address = "/sign-in" if path in ("/", "/today") else f"/sign-in?next={quote(path)}"
    if request.headers.get("hx-request"):
        return Response(status_code=401, headers={"HX-Redirect": address})
    return RedirectResponse(address, 303) if request.method == "GET" else _refused(request, 401, *_NO_SESSION)


_NO_SESSION = ("This browser is not signed in.", "Sign in, then try again.")


def local_path(text: str | None, otherwise: str = "/today") -> str:
    """A path of ours, whatever a link or form says."""
    if not text or not text.startswith("/") or text.startswith(("//", "/\\")) or not text.isprintable():
        return otherwise
    parts = urlsplit(text)
    return text if not parts.scheme and not parts.netloc and "\\" not in text else otherwise


def redirect(path: str) -> Response:
    return RedirectResponse(local_path(path), 303)


def until(asked: QueryParams) -> date | None:
    """The day from which on a list goes backwards; None where it begins with the newest. Raises NothingToShow."""
    text = asked.get("until")
    try:
        return parse_day(text) if text else None
    except UsageError as problem:
        raise NothingToShow(problem.cause, problem.cure) from problem


# --- cookies ---------------------------------------------------------------------------------------------------------


def cookie_name(request: Request, name: str = "companion") -> str:
    """Under TLS only this very host can set a cookie of that name."""
    return f"__Host-{name}" if web_context(request).secure else name


def set_session(request: Request, response: Response, cookie: str) -> Response:
    response.set_cookie(
        cookie_name(request), cookie, max_age=sessions.LONGEST // 1000, path="/",
        secure=web_context(request).secure, httponly=True, samesite="lax",
    )  # fmt: skip
    return response


def browser_name(request: Request) -> str:
    """`Safari on iPhone`: enough to tell one's browsers apart."""
    agent = request.headers.get("user-agent", "")
    browsers = {"Firefox": "Firefox", "Edg": "Edge", "Chrome": "Chrome", "Chromium": "Chrome", "Safari": "Safari"}
    places = {"iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Macintosh": "Mac", "Windows": "Windows"}
    browser = next((name for word, name in browsers.items() if word in agent), "A browser")
    place = next((name for word, name in (places | {"Linux": "Linux"}).items() if word in agent), "a device")
    return f"{browser} on {place}"


# --- drawing ---------------------------------------------------------------------------------------------------------


def render(request: Request, template: str, /, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page, with what every page needs; within the scope of the request, or in one of its own."""
    with reading(request) as here:
        visitor: Visitor | None = request.state.visitor
        common: dict[str, Any] = {
            "w": formatter(here),
            "account": here.account if visitor else None,
            "visitor": visitor,
            "csrf_field": Markup("<input type=hidden name=csrf value={}>").format(visitor.csrf) if visitor else "",
            "csrf": visitor.csrf if visitor else "",
            "blocked_count": checkup.blocked_count(here) if visitor else 0,
            "simulated": web_context(request).phone is not None,
        }
    return HTMLResponse(templates().get_template(template).render(common | values), status)


# --- refusals --------------------------------------------------------------------------------------------------------

_STATUS: tuple[tuple[type[CompanionError], int], ...] = (
    (NothingToShow, 404),
    (UsageError, 400),
    (SignInError, 403),
    (PermissionMissing, 403),
    (TooManyAttempts, 429),
    (Busy, 409),
    (ServiceError, 502),
    (StorageError, 507),
)


def refusal(request: Request, problem: CompanionError) -> Response:
    """A refusal as a page: cause, cure, and a way on."""
    if isinstance(problem, Busy | StorageError):
        return _without_store(request, status_of(problem), problem.cause, problem.cure)
    return _refused(request, status_of(problem), problem.cause, problem.cure)


def status_of(problem: CompanionError) -> int:
    return next((code for kind, code in _STATUS if isinstance(problem, kind)), 400)


def _refused(request: Request, status: int, cause: str, cure: str) -> Response:
    if request.headers.get("hx-request"):
        return _note(request, status, cause, cure)
    log.warning("refused: %s, %d", request.method, status)
    with reading(request):
        inside: dict[str, Any] = {"tab": "settings", "back": ("/today", "Today")} if request.state.visitor else {}
        home = "To today’s page" if request.state.visitor else "To the sign-in"
        return render(request, "problem.html", status=status, cause=cause, cure=cure, home=home, **inside)


def _without_store(request: Request, status: int, cause: str, cure: str) -> Response:
    """The same where it is the store that fails: it is not asked once more who is there."""
    if request.headers.get("hx-request"):
        return _note(request, status, cause, cure)
    log.warning("refused: %s, %d", request.method, status)
    page = templates().get_template("problem.html")
    return HTMLResponse(page.render(cause=cause, cure=cure, visitor=None, home="To today’s page"), status)


def _note(request: Request, status: int, cause: str, cure: str) -> Response:
    """A refusal in the place of a part of a page."""
    log.warning("refused: %s, %d", request.method, status)
    words = Markup("<p class=note role=alert><strong>{}</strong> {}</p>").format(cause, cure)
    return HTMLResponse(words, status)


async def http_problem(request: Request, problem: Exception) -> Response:
    """404 and its like."""
    assert isinstance(problem, HTTPException)
    words = {404: ("There is no such page.", "Go back, or choose one below.")}
    cause, cure = words.get(problem.status_code, (f"{escape(problem.detail)}.", "Go back, or choose a page below."))
    return await in_thread(PAGES, _with_visitor, request, problem.status_code, cause, cure)


def _with_visitor(request: Request, status: int, cause: str, cure: str) -> Response:
    current_visitor(request)
    return _refused(request, status, cause, cure)


async def gone(_: Request, __: Exception) -> Response:
    """The browser left half way: nobody is there to read an answer."""
    return Response(status_code=400)


async def broken(request: Request, problem: Exception) -> Response:
    """A mistake of ours: the log says where, without the values that were at hand."""
    log.error("broken: %s %s", request.method, where(problem))
    cause, cure = _MISTAKE if not isinstance(problem, CompanionError) else (problem.cause, problem.cure)
    return _without_store(request, 500, cause, cure)  # what reads a session may be what is broken


_MISTAKE = (
    "This page met a mistake of ours. Nothing was changed. The log says where.",
    "Try again; if it stays, report it with the log.",
)
