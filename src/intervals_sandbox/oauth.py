"""Sign-in for apps: what may be asked for, codes of two minutes, one token per app and athlete."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from attrs import frozen

from intervals_sandbox import scopes
from intervals_sandbox.errors import Refusal, missing_parameter
from intervals_sandbox.sandbox import Sandbox
from intervals_sandbox.state import App, Grant, State
from intervals_sandbox.switches import Switches

TOKEN_PATH = "/api/oauth/token"  # noqa: S105 - an address
CODE_LIFE = timedelta(minutes=2)


class BadRequest(Exception):
    """The app's request for authorization cannot be shown to a person; the text says why."""


@frozen
class Asked:
    """A valid request for authorization."""

    app: App
    redirect_uri: str
    scopes: scopes.Scopes
    state: str | None


def asked(state: State, switches: Switches, query: Mapping[str, str]) -> Asked:
    """Reads the parameters of `/oauth/authorize`. Raises BadRequest."""
    app = state.apps.get(_number(query.get("client_id", "")))
    if app is None:
        raise BadRequest("Unknown client_id")
    redirect_uri = query.get("redirect_uri", "")
    if redirect_uri not in app.redirects and not _is_localhost(redirect_uri, switches.localhost_any_port):
        raise BadRequest("redirect_uri is not registered for this app. http://localhost is always allowed.")
    if query.get("response_type", "code") != "code":
        raise BadRequest("response_type must be code")
    try:
        return Asked(app, redirect_uri, scopes.parse(query.get("scope", "")), query.get("state"))
    except ValueError as problem:
        raise BadRequest(str(problem)) from problem


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _is_localhost(uri: str, any_port: bool) -> bool:
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return False
    plain = parts.scheme == "http" and parts.netloc in ("localhost", f"localhost:{port}") and not parts.fragment
    return plain and (any_port or port is None)


def redirect(request: Asked, answer: Mapping[str, str]) -> str:
    """Where the browser goes with the answer; the app's own query stays."""
    parts = urlsplit(request.redirect_uri)
    state = {} if request.state is None else {"state": request.state}
    query = "&".join(filter(None, (parts.query, urlencode({**answer, **state}))))
    return urlunsplit(parts._replace(query=query))


def declined(request: Asked) -> str:
    return redirect(request, {"error": "access_denied"})


def accepted(sandbox: Sandbox, request: Asked, athlete_id: str, granted: scopes.Scopes) -> str:
    """Makes a code for what was granted; the address that carries it to the app."""
    code = sandbox.state.ids.token("code")
    sandbox.state.codes[code] = Grant(request.app.client_id, athlete_id, granted, sandbox.now())
    return redirect(request, {"code": code})


def token_response(sandbox: Sandbox, form: bytes) -> dict[str, object]:
    """Exchanges a code for a token, which replaces the athlete's earlier one of the same app. Raises Refusal."""
    sent = {name: values[0] for name, values in parse_qs(form.decode("utf-8", "replace")).items()}
    for name in ("client_id", "client_secret", "code"):
        if name not in sent:
            raise missing_parameter(name)
    state, switches = sandbox.state, sandbox.switches
    app = state.apps.get(_number(sent["client_id"]))
    if app is None or app.secret != sent["client_secret"]:
        raise Refusal(404, "Client and/or secret not found")
    grant = state.codes.get(sent["code"])
    if grant is None or grant.client_id != app.client_id or sandbox.now() - grant.made > CODE_LIFE:
        raise Refusal(switches.bad_code_status, {"status": switches.bad_code_status, "error": "Invalid code"})
    if switches.code_single_use:
        del state.codes[sent["code"]]
    revoke(state, app.client_id, grant.athlete_id)
    token = state.ids.token("access token")
    state.tokens[token] = grant
    athlete = state.athletes[grant.athlete_id]
    return {
        "token_type": "Bearer",
        "access_token": token,
        "scope": scopes.text(grant.scopes),
        "athlete": {"id": athlete.id, "name": athlete.name},
    }


def revoke(state: State, client_id: int, athlete_id: str) -> None:
    """The athlete's token of an app is good no longer."""
    for token, grant in list(state.tokens.items()):
        if (grant.client_id, grant.athlete_id) == (client_id, athlete_id):
            del state.tokens[token]
