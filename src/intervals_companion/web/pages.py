"""How a page is made: who may see it, how it is drawn, and how a refusal looks."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
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
from intervals_companion.web.charts import icons, svg
from intervals_companion.web.context import WebContext
from intervals_companion.web.formatting import Formatter
from intervals_companion.web.security import came_from_here

log = logging.getLogger("intervals_companion.web")

HERE = Path(__file__).parent
MOST_FORM = 1_000_000
"""Bytes of a form that is not an upload."""

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
            response = to_sign_in(request) if visitor is None and not open_to_all else endpoint(request)
        sessions.note_visit(web_context(request).context, visitor)
        return response

    return _get(path, shown, name)


def page_without_scope(path: str, endpoint: Endpoint, *, name: str | None = None, open_to_all: bool = False) -> Route:
    """A GET that writes or asks Intervals.icu before it reads, or goes on after its response has begun: its endpoint
    opens what it reads with `reading`.
    """

    def shown(request: Request) -> Response:
        visitor = current_visitor(request)
        if visitor is None and not open_to_all:
            return to_sign_in(request)
        sessions.note_visit(web_context(request).context, visitor)
        response = endpoint(request)
        # Who was signed in when it began may have been signed out while it asked.
        return to_sign_in(request) if request.state.visitor is None and not open_to_all else response

    return _get(path, shown, name)


def _get(path: str, shown: Endpoint, name: str | None) -> Route:
    async def serve(request: Request) -> Response:
        return await run_in_threadpool(_refusals, request, lambda: shown(request))

    return Route(path, serve, methods=["GET"], name=name or path)


def action(path: str, endpoint: Action, *, open_to_all: bool = False, most: int = MOST_FORM) -> Route:
    """A change: the form has to come from a page of ours and, where there is a session, of this session.

    `most`: bytes of the form. One larger than usual is read only after its session was looked at.
    """

    async def serve(request: Request) -> Response:
        if not came_from_here(request.headers, web_context(request)):
            return await run_in_threadpool(_refused, request, 403, *_ELSEWHERE)
        if not (request.headers.get("content-length") or "").isdecimal():
            return await run_in_threadpool(_refused, request, 411, "The form has no length.", "Send it from the page.")
        if int(request.headers["content-length"]) > most:
            return await run_in_threadpool(_refused, request, 413, "The form is too large.", "Send less at once.")
        if most > MOST_FORM and await run_in_threadpool(current_visitor, request) is None:
            return await run_in_threadpool(to_sign_in, request)
        async with request.form(max_files=2, max_fields=2000) as form:  # files are closed with it
            return await run_in_threadpool(_refusals, request, lambda: _changed(request, form, endpoint, open_to_all))

    return Route(path, serve, methods=["POST"], name=f"POST {path}")


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

TABS = (
    ("today", "/today", "Today"),
    ("metrics", "/metrics", "Metrics"),
    ("activities", "/activities", "Activities"),
    ("friends", "/feed", "Friends"),
    ("sync", "/sync", "Sync"),
    ("permissions", "/permissions", "Permissions"),
    ("settings", "/settings", "Settings"),
)


@cache
def templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.globals.update(
        static=static, icon=icons.icon, logo=icons.logo, glyph=svg.glyph, tabs=TABS, tab="", back=None
    )
    environment.filters["initials"] = initials
    return environment


def initials(name: str | None) -> str:
    """`MS` of `Mika Sommer`."""
    words = (name or "").split()
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


@cache
def static(path: str) -> str:
    """The address of a static file, which changes when the file does, so that browsers may keep it for ever."""
    digest = hashlib.sha256((HERE / "static" / path).read_bytes()).hexdigest()[:12]
    return f"/static/{path}?v={digest}"


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
    (Busy, 409),
    (ServiceError, 502),
    (StorageError, 507),
)


def refusal(request: Request, problem: CompanionError) -> Response:
    """A refusal as a page: cause, cure, and a way on."""
    return _refused(request, status_of(problem), problem.cause, problem.cure)


def status_of(problem: CompanionError) -> int:
    return next((code for kind, code in _STATUS if isinstance(problem, kind)), 400)


def _refused(request: Request, status: int, cause: str, cure: str) -> Response:
    log.warning("refused: %s, %d", request.method, status)
    if request.headers.get("hx-request"):
        words = Markup("<p class=note role=alert><strong>{}</strong> {}</p>").format(cause, cure)
        return HTMLResponse(words, status)
    with reading(request):
        inside: dict[str, Any] = {"tab": "settings", "back": ("/today", "Today")} if request.state.visitor else {}
        return render(request, "problem.html", status=status, cause=cause, cure=cure, **inside)


async def http_problem(request: Request, problem: Exception) -> Response:
    """404 and its like."""
    assert isinstance(problem, HTTPException)
    words = {404: ("There is no such page.", "Go back, or choose one below.")}
    cause, cure = words.get(problem.status_code, (f"{escape(problem.detail)}.", "Go back, or choose a page below."))
    return await run_in_threadpool(_with_visitor, request, problem.status_code, cause, cure)


def _with_visitor(request: Request, status: int, cause: str, cure: str) -> Response:
    current_visitor(request)
    return _refused(request, status, cause, cure)


async def gone(_: Request, __: Exception) -> Response:
    """The browser left half way: nobody is there to read an answer."""
    return Response(status_code=400)


async def broken(request: Request, problem: Exception) -> Response:
    """A mistake of ours: the log says where, without the values that were at hand."""
    log.error("broken: %s %s", request.method, where(problem))
    request.state.as_nobody = True  # what draws a session may be what is broken
    cause, cure = _MISTAKE if not isinstance(problem, CompanionError) else (problem.cause, problem.cure)
    try:
        return await run_in_threadpool(_refused, request, 500, cause, cure)
    except Exception:  # noqa: BLE001  (where what is broken breaks every page: the words alone)
        return PlainTextResponse(f"{cause}\n{cure}\n", 500)


_MISTAKE = (
    "This page met a mistake of ours. Nothing was changed. The log says where.",
    "Try again; if it stays, report it with the log.",
)
