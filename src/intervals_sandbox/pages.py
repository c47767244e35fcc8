"""The pages: sign-in, consent dialog, settings. Plain forms that work without JavaScript."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from attrs import frozen
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from intervals_sandbox import oauth, scopes
from intervals_sandbox.errors import Refusal
from intervals_sandbox.sandbox import Sandbox
from intervals_sandbox.service import refuse_agent
from intervals_sandbox.state import Athlete, Session

COOKIE = "intervals_sandbox_session"
_SESSIONS = 1000
_HERE = Path(__file__).parent
_TEMPLATES = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@frozen
class Visit:
    """A browser's request for a page."""

    sandbox: Sandbox
    session: Session
    method: str
    path: str
    query: Mapping[str, str]
    form: FormData
    parameters: Mapping[str, str]
    """Those of the path."""

    @property
    def athlete(self) -> Athlete | None:
        return self.sandbox.state.athletes.get(self.session.athlete_id or "")

    def field(self, name: str) -> str:
        value = self.form.get(name, "")
        return value if isinstance(value, str) else ""

    def show(self, template: str, status: int = 200, **values: Any) -> Response:
        page = _TEMPLATES.get_template(template)
        return HTMLResponse(page.render(athlete=self.athlete, csrf=self.session.csrf, **values), status)


Page = Callable[[Visit], Response]


def endpoint(page: Page) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        async with request.form() as form:
            return await run_in_threadpool(_visit, page, request, form)

    return endpoint


def _visit(page: Page, request: Request, form: FormData) -> Response:
    sandbox: Sandbox = request.app.state.sandbox
    with sandbox.serving():
        try:
            refuse_agent(request.headers)
        except Refusal as refusal:
            return PlainTextResponse(refusal.body, refusal.status)
        session = _session(sandbox, request.cookies.get(COOKIE))
        visit = Visit(
            sandbox, session, request.method, request.url.path, request.query_params, form, request.path_params
        )
        if request.method == "POST" and visit.field("csrf") != session.csrf:
            response = message(visit, 403, "This form is out of date", "Go back, reload the page and send it again.")
        else:
            response = page(visit)
        response.set_cookie(COOKIE, session.id, httponly=True, samesite="lax")
        return response


def _session(sandbox: Sandbox, cookie: str | None) -> Session:
    sessions, ids = sandbox.state.sessions, sandbox.state.ids
    if cookie in sessions:
        return sessions[cookie]
    while len(sessions) >= _SESSIONS:
        del sessions[next(iter(sessions))]
    session = Session(ids.token("session"), ids.token("csrf"))
    sessions[session.id] = session
    return session


def message(visit: Visit, status: int, title: str, text: str) -> Response:
    return visit.show("message.html", status, title=title, text=text)


def go(address: str) -> Response:
    return RedirectResponse(address, 303)


def _local(address: str) -> str:
    """A path of this site to return to; anything else is the settings page."""
    plain = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if plain else "/settings"


def to_sign_in(visit: Visit) -> Response:
    address = f"{visit.path}?{urlencode(visit.query)}" if visit.query else visit.path
    return go(f"/login?{urlencode({'next': address})}")


def front(visit: Visit) -> Response:
    return go("/settings" if visit.athlete else "/login")


def show_sign_in(visit: Visit) -> Response:
    athletes, you = visit.sandbox.state.athletes.values(), visit.sandbox.state.you
    return visit.show("login.html", athletes=athletes, you=you, next=_local(visit.query.get("next", "")))


def sign_in(visit: Visit) -> Response:
    if visit.field("athlete") not in visit.sandbox.state.athletes:
        return message(visit, 422, "No such athlete", "Pick one of the athletes on the sign-in page.")
    visit.session.athlete_id = visit.field("athlete")
    return go(_local(visit.field("next")))


def sign_out(visit: Visit) -> Response:
    visit.session.athlete_id = None
    return go(_local(visit.field("next") or "/login"))


def show_consent(visit: Visit) -> Response:
    try:
        asked = oauth.asked(visit.sandbox.state, visit.sandbox.switches, visit.query)
    except oauth.BadRequest as problem:
        return message(visit, 400, "This app's request is not valid", str(problem))
    if visit.athlete is None:
        return to_sign_in(visit)
    here = f"{visit.path}?{urlencode(visit.query)}"
    return visit.show("consent.html", asked=asked, areas=scopes.AREAS, scope=scopes.text(asked.scopes), here=here)


def consent(visit: Visit) -> Response:
    """OK grants what is ticked; nothing ticked is a refusal, as CANCEL is."""
    form = {name: visit.field(name) for name in visit.form}
    try:
        asked = oauth.asked(visit.sandbox.state, visit.sandbox.switches, form)
    except oauth.BadRequest as problem:
        return message(visit, 400, "This app's request is not valid", str(problem))
    if visit.athlete is None:
        return go("/login")
    ticked = [value for value in visit.form.getlist("grant") if isinstance(value, str)]
    granted = scopes.grant(asked.scopes, ticked)
    if visit.field("decision") != "allow" or not granted:
        return go(oauth.declined(asked))
    return go(oauth.accepted(visit.sandbox, asked, visit.athlete.id, granted))


def show_settings(visit: Visit) -> Response:
    return _settings(visit, key_dialog=False)


def show_api_key(visit: Visit) -> Response:
    return _settings(visit, key_dialog=True)


def _settings(visit: Visit, key_dialog: bool) -> Response:
    if visit.athlete is None:
        return to_sign_in(visit)
    state = visit.sandbox.state
    connected = [
        (
            state.apps[grant.client_id],
            [f"{scopes.AREAS[area]}: {_LEVELS[level]}" for area, level in grant.scopes.items()],
        )
        for grant in state.tokens.values()
        if grant.athlete_id == visit.athlete.id
    ]
    return visit.show("settings.html", connected=connected, key_dialog=key_dialog)


_LEVELS = {scopes.READ: "Read", scopes.WRITE: "Read and Update"}


def generate_api_key(visit: Visit) -> Response:
    """A new key; an earlier one is good no longer."""
    if visit.athlete is None:
        return go("/login")
    visit.athlete.api_key = visit.sandbox.state.ids.api_key()
    return go("/settings/api-key")


def revoke_app(visit: Visit) -> Response:
    if visit.athlete is None:
        return go("/login")
    for app in list(visit.sandbox.state.apps.values()):
        if str(app.client_id) == visit.field("client_id"):
            oauth.revoke(visit.sandbox.state, app.client_id, visit.athlete.id)
    return go("/settings")


async def _style(_: Request) -> Response:
    return Response((_HERE / "templates" / "style.css").read_bytes(), media_type="text/css")


_PAGES: tuple[tuple[str, str, Page], ...] = (
    ("GET", "/", front),
    ("GET", "/login", show_sign_in),
    ("POST", "/login", sign_in),
    ("POST", "/logout", sign_out),
    ("GET", "/oauth/authorize", show_consent),
    ("POST", "/oauth/authorize", consent),
    ("GET", "/settings", show_settings),
    ("GET", "/settings/api-key", show_api_key),
    ("POST", "/settings/api-key", generate_api_key),
    ("POST", "/settings/revoke", revoke_app),
)


async def _token_elsewhere(_: Request) -> Response:
    """`/oauth/token` is known but answers no verb: the token endpoint is below `/api`."""
    return PlainTextResponse("Method Not Allowed", 405)


ROUTES = [
    *(Route(path, endpoint(page), methods=[method]) for method, path, page in _PAGES),
    Route("/oauth/token", _token_elsewhere, methods=["GET", "POST", "PUT", "DELETE", "OPTIONS"]),
    Route("/sandbox/style.css", _style),
]
