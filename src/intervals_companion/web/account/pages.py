"""Signing in at Intervals.icu from a browser, and coming back."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import quote, unquote

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute

from intervals_companion.app import sessions
from intervals_companion.app.account import consent, logout, notices
from intervals_companion.app.account import sign_in as account_sign_in
from intervals_companion.app.doctor import examine
from intervals_companion.app.sync import first_sync
from intervals_companion.domain.errors import CompanionError, NotLetIn, NotSignedIn, SignInError
from intervals_companion.web.limits.attempts import LINKS, address, attempts
from intervals_companion.web.limits.threads import NETWORK, SIGN_INS
from intervals_companion.web.pages import (
    action,
    browser_name,
    cookie_name,
    local_path,
    page,
    page_without_scope,
    reading,
    redirect,
    render,
    scope,
    set_session,
    status_of,
    web_context,
)
from intervals_companion.web.templating import static

_BEGUN = "companion-signing"
"""The cookie that ties an answer of Intervals.icu to the browser that asked, and the page it asked for: SECRET.PATH."""


def front(request: Request) -> Response:
    """`/`: the way in, and where Intervals.icu sends the browser back."""
    if request.query_params.get("state") or request.query_params.get("error"):
        return land(request)
    return redirect("/today" if request.state.visitor else "/sign-in")


def sign_in(request: Request) -> Response:
    return _sign_in_page(request, next_=local_path(request.query_params.get("next")))


def _sign_in_page(request: Request, *, next_: str = "/today", paste: str | None = None) -> Response:
    found = web_context(request)
    with reading(request) as here:
        return render(
            request, "account/sign_in.html", owned=here.account.intervals_id is not None, welcome=_welcome(request),
            has_client=account_sign_in.has_client(found.context),
            redirect=found.redirect, local=found.local, next=next_, paste=paste, asked=consent.asked(),
        )  # fmt: skip


def _welcome(request: Request) -> bool:
    """Whether a sign-in may begin: this browser was let in, or the athlete is known and has to prove it is them."""
    with reading(request) as here:
        return request.state.visitor is not None or here.account.intervals_id is not None


def begin(request: Request, form: FormData) -> Response:
    found = web_context(request)
    if not _welcome(request):
        raise NotLetIn(*_LINK_FIRST)
    by_hand = "by_hand" in form
    next_ = _next(form)
    redirect_uri = f"http://localhost{_port(found.public_url)}/" if by_hand else found.redirect
    begun = sessions.begin_login(found.context, redirect_uri, create_fields="create_fields" in form)
    if by_hand:
        return _with_start(request, _sign_in_page(request, paste=begun.url), begun.cookie, next_)
    return _with_start(request, RedirectResponse(begun.url, 303), begun.cookie, next_)


def _next(form: FormData) -> str:
    """The page that was asked for before the sign-in."""
    return local_path(str(form.get("next", "")))


_LINK_FIRST = (
    "This companion belongs to nobody yet, and this browser was not let in.",
    "Open the one-time link that the terminal shows. It works once, for 15 minutes; make a new one there.",
)


def _port(public_url: str) -> str:
    _, mark, port = public_url.rpartition(":")
    return f":{port}" if mark and port.isdecimal() else ""


def _with_start(request: Request, response: Response, cookie: str, next_: str) -> Response:
    value = f"{cookie}.{quote(next_, safe='')}"
    response.set_cookie(
        cookie_name(request, _BEGUN), value, max_age=sessions.SIGN_IN_LASTS // 1000, path="/",
        secure=web_context(request).secure, httponly=True, samesite="lax",
    )  # fmt: skip
    return response


def again(request: Request, form: FormData) -> Response:
    """Log out, then sign in: the cure of a missing permission, in one press. This browser stays let in."""
    context = web_context(request).context
    if not account_sign_in.has_client(context):
        return redirect("/sign-in")  # nothing to begin with: do not log out first
    with suppress(NotSignedIn):  # already out: what is left is to sign in
        logout.log_out(context)
    return begin(request, form)


def land(request: Request) -> Response:
    """The browser comes back from the consent screen."""
    return _landed(request, str(request.url.query))


def pasted(request: Request, form: FormData) -> Response:
    """The address somebody landed on in another place, pasted here."""
    return _landed(request, str(form.get("landing", "")).strip())


def _landed(request: Request, landing: str) -> Response:
    context = web_context(request).context
    cookie, _, next_ = request.cookies.get(cookie_name(request, _BEGUN), "").partition(".")
    first = context.account().intervals_id is None
    wrong = attempts(request, LINKS)
    wrong.check(address(request))
    try:
        sessions.finish_login(context, landing, cookie)
    except CompanionError as problem:
        wrong.note(address(request))
        response: Response = render(
            request, "account/not_signed_in.html", status=status_of(problem), cause=problem.cause, cure=problem.cure,
            welcome=_welcome(request),
        )  # fmt: skip
    else:
        response = _let_in(request, local_path(unquote(next_)), first=first)
    response.delete_cookie(
        cookie_name(request, _BEGUN), path="/", secure=web_context(request).secure, httponly=True, samesite="lax"
    )
    return response


def with_key(request: Request, form: FormData) -> Response:
    found = web_context(request)
    if not _welcome(request):
        raise NotLetIn(*_LINK_FIRST)
    key = str(form.get("key", "")).strip()
    if not key:
        raise SignInError("The field was empty.", "Paste your API key: intervals.icu/settings, Developer Settings.")
    account = found.context.account()
    once = request.state.visitor is None  # whoever is nobody here yet has Intervals.icu asked once, not again and again
    account_sign_in.with_key(found.context, key, only=account, once=once)
    return _let_in(request, _next(form), first=account.intervals_id is None)


def _let_in(request: Request, next_: str, *, first: bool) -> Response:
    """A sign-in always brings a new session, in place of the one before. The first one, and one that granted less than
    was asked for, show what was granted.
    """
    found = web_context(request)
    visitor = request.state.visitor
    cookie = sessions.create_session(found.context, browser_name(request), visitor.session if visitor else None)
    examine.examine(found.context)
    found.jobs.after_cure()
    with reading(request) as here:
        less = account_sign_in.current(here).missing
    return set_session(request, redirect("/signed-in" if first or less else next_), cookie)


def signed_in(request: Request) -> Response:
    """What was granted, and what a smaller grant blocks: said at once."""
    here = scope(request)
    owner = account_sign_in.current(here)
    return render(
        request, "account/signed_in.html", owner=owner, scopes=consent.granted(owner),
        missing=notices.what_is_missing(owner),
        zone=notices.about_the_zone(here, owner, "Settings, home time zone"), first=first_sync.confirmed(here) is None,
    )  # fmt: skip


def manifest(_: Request) -> Response:
    """What a phone needs to put the app on its home screen."""
    icons = [
        {"src": static("icons/icon.svg"), "type": "image/svg+xml", "sizes": "any"},
        {"src": static("icons/icon-180.png"), "type": "image/png", "sizes": "180x180"},
        {"src": static("icons/icon-512.png"), "type": "image/png", "sizes": "512x512"},
    ]
    about = {
        "name": "Intervals Companion", "short_name": "Companion", "start_url": "/today", "scope": "/",
        "display": "standalone", "background_color": "#FBFCFB", "theme_color": "#FBFCFB", "icons": icons,
    }  # fmt: skip
    return JSONResponse(about, media_type="application/manifest+json")


routes: list[BaseRoute] = [
    page("/manifest.webmanifest", manifest, open_to_all=True),
    page_without_scope("/", front, open_to_all=True),
    page_without_scope("/oauth/callback", land, open_to_all=True),
    page("/sign-in", sign_in, open_to_all=True),
    action("/sign-in", begin, open_to_all=True, signs_in=True),
    action("/sign-in/again", again, threads=NETWORK),
    action("/sign-in/paste", pasted, open_to_all=True, signs_in=True, threads=SIGN_INS),
    action("/sign-in/key", with_key, open_to_all=True, signs_in=True, threads=SIGN_INS),
    page("/signed-in", signed_in),
]
