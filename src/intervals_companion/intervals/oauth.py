"""Signing in: OAuth 2 authorization code, as Intervals.icu does it. Pure: addresses, forms and answers as values.

No PKCE and no refresh at this service; the code lives two minutes. `state` ties the landing to the start.
Source: the service's API access guide.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode

from intervals_companion.domain.errors import CompanionError, ServiceError, SignInDeclined, SignInError
from intervals_companion.intervals import answers, models
from intervals_companion.intervals.answers import WrongShape
from intervals_companion.intervals.models import SignIn
from intervals_companion.intervals.refusals import LATER, broken, limited, moved
from intervals_companion.intervals.wire import Request, Response, plain_headers

_TOKEN_PATH = "/api/oauth/token"  # noqa: S105  a path, not a secret
_STATE_BYTES = 32


def new_state(random: Callable[[int], bytes]) -> str:
    """A fresh state from a source of unpredictable bytes. It is used once and kept with the person's session."""
    return random(_STATE_BYTES).hex()


def authorize_url(origin: str, client_id: str, redirect_uri: str, scope: str, state: str) -> str:
    """Where the person's browser is sent. `redirect_uri` has to equal a registered one, or begin http://localhost."""
    query = {"client_id": client_id, "redirect_uri": redirect_uri, "scope": scope, "state": state}
    return f"{origin}/oauth/authorize?{urlencode(query)}"


def landed_code(landing: str, state: str) -> str:
    """The code in the address the browser landed on: the whole address, or only what follows the question mark.

    Raises SignInDeclined when the person pressed Cancel, SignInError when the landing does not belong to this start.
    """
    found = _query(landing)
    ours = _same(found.get("state", ""), state)
    if "error" in found and (ours or "state" not in found):
        raise _not_allowed(found["error"])
    if not ours:
        raise SignInError(
            "This answer does not belong to the sign-in that was started here.",
            "Start again, and use the address of the page you land on this time.",
        )
    if not found.get("code"):
        raise SignInError("The address holds no code.", "Sign in again and copy the whole address of the last page.")
    return found["code"]


def landed_state(landing: str) -> str:
    """The state in the address the browser landed on, "" without one."""
    return _query(landing).get("state", "")


def _query(landing: str) -> dict[str, str]:
    _, mark, query = landing.strip().partition("?")
    return dict(parse_qsl(query.partition("#")[0] if mark else landing.strip()))


def _same(one: str, other: str) -> bool:
    """Takes the same time wherever two texts differ."""
    return hmac.compare_digest(one.encode(errors="replace"), other.encode(errors="replace"))


def _not_allowed(word: str) -> SignInError:
    if word == "access_denied":
        return SignInDeclined(
            "You pressed Cancel at Intervals.icu. Nothing was connected.", "Sign in again, or use an API key."
        )
    named = f" ({word})" if re.fullmatch(r"[a-z_]{1,40}", word) else ""
    return SignInError(
        f"Intervals.icu did not take the sign-in{named}.",
        "Check the client id and the redirect address registered there, then sign in again.",
    )


def token_request(origin: str, client_id: str, client_secret: str, code: str) -> Request:
    """Trades the code for a token. To be sent once: a code works once."""
    form = urlencode({"client_id": client_id, "client_secret": client_secret, "code": code})
    headers = plain_headers("application/x-www-form-urlencoded")
    return Request("POST", f"{origin}{_TOKEN_PATH}", headers, form.encode())


def read_token(response: Response) -> SignIn:
    """The sign-in of a token answer. Raises SignInError, RateLimited or ServiceError."""
    if not 200 <= response.status < 300:
        raise _refused(response)
    try:
        return models.sign_in(answers.load(response.body))
    except WrongShape as problem:
        raise ServiceError(f"Intervals.icu answered the sign-in with something unreadable: {problem}.", LATER) from None


def _refused(response: Response) -> CompanionError:
    if response.status == 429:
        return limited(response)
    if 300 <= response.status < 400:
        return moved(response)
    if response.status >= 500:
        return broken(f"POST {_TOKEN_PATH}", response)
    if b"client" in response.body.lower():  # "Client and/or secret not found", or a missing 'client_id'
        return SignInError(
            "Intervals.icu does not know this client id and secret.",
            "Compare both with the app’s page at Intervals.icu: Settings, Developer Settings.",
        )
    return SignInError("The code has expired or was already used.", "Sign in again.")
