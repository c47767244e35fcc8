"""Who is let in: one-time links, browser sessions, and sign-ins that a browser has begun.

A link, a session and a state are 256 random bits each. Only their hashes are stored. Limits are in ms.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from contextlib import suppress

from attrs import frozen

from intervals_companion.app.account import custom_fields, sign_in
from intervals_companion.app.account.sign_in import LoginRequest, SignedIn
from intervals_companion.app.context import AppContext
from intervals_companion.app.doctor import examine
from intervals_companion.app.scope import ReadScope
from intervals_companion.domain.errors import CompanionError, NotLetIn, SignInError
from intervals_companion.intervals import oauth
from intervals_companion.store import sessions

_MINUTE = 60_000
_DAY = 24 * 60 * _MINUTE
LINK_LASTS = 15 * _MINUTE
SIGN_IN_LASTS = 10 * _MINUTE
IDLE = 14 * _DAY
LONGEST = 90 * _DAY
_NOTED_EVERY = _MINUTE
"""Between two notes of a browser's visits: not every request is a write."""


@frozen
class Visitor:
    """A browser that was let in."""

    session: bytes
    """Hash of its cookie."""
    athlete: int
    csrf: str
    seen: int
    """When its last visit was written down (ms)."""

    def sent(self, token: str) -> bool:
        """Whether a form came from a page of this session."""
        return hmac.compare_digest(token.encode(), self.csrf.encode())


@frozen
class Browser:
    """A line of the list of browsers. Instants in ms."""

    id: str
    name: str
    made: int
    seen: int
    this: bool


def _secret(context: AppContext) -> str:
    return base64.urlsafe_b64encode(context.token_bytes(32)).decode().rstrip("=")


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


# --- links -----------------------------------------------------------------------------------------------------------


def new_link(context: AppContext, public_url: str) -> str:
    """An address that lets one browser in, once, within a quarter of an hour."""
    secret = _secret(context)
    athlete = context.account().athlete
    with context.store.write() as connection:
        sessions.sweep(connection, context.wall_now())
        sessions.add_link(connection, athlete, _hash(secret), context.wall_now() + LINK_LASTS)
    return f"{public_url}/link/{secret}"


def link_is_good(here: ReadScope, secret: str) -> bool:
    return sessions.link_is_good(here.connection, here.athlete, _hash(secret), here.context.wall_now())


def spend_link(context: AppContext, secret: str, browser: str, instead_of: bytes | None = None) -> str:
    """Lets a browser in, in place of its old session; gives its cookie. Raises NotLetIn for a link that is spent, too
    old or made up.
    """
    athlete = context.account().athlete
    with context.store.write() as connection:
        if not sessions.spend_link(connection, athlete, _hash(secret), context.wall_now()):
            raise NotLetIn(
                "This link was used already, or it is more than 15 minutes old.",
                "Make a new one at the terminal, or in a browser that is signed in: Settings, Add a browser.",
                terminal_cure="Make a new one: companion link.",
            )
    return create_session(context, browser, instead_of)


# --- sessions --------------------------------------------------------------------------------------------------------


def create_session(context: AppContext, browser: str, instead_of: bytes | None = None) -> str:
    """A new session for this browser, in place of its old one; gives its cookie."""
    secret = _secret(context)
    athlete = context.account().athlete
    now = context.wall_now()
    fresh = sessions.Browser(athlete, _hash(secret), _secret(context), browser, now, now, now + LONGEST)
    with context.store.write() as connection:
        sessions.sweep(connection, now)
        if instead_of is not None:
            sessions.end_browser(connection, athlete, instead_of)
        sessions.add_browser(connection, fresh)
    return secret


def current_visitor(here: ReadScope, cookie: str | None) -> Visitor | None:
    """Who this cookie belongs to; None for nobody, or for a session of another athlete, or one that has ended."""
    if not cookie:
        return None
    session, now = _hash(cookie), here.context.wall_now()
    found = sessions.browser(here.connection, session)
    if found is None or found.athlete != here.athlete or now >= found.ends or now - found.seen > IDLE:
        return None
    return Visitor(session, here.athlete, found.csrf, found.seen)


def is_visit_due(context: AppContext, visitor: Visitor) -> bool:
    """Whether the visit of this browser is to be written down: not more often than once a minute."""
    return context.wall_now() - visitor.seen > _NOTED_EVERY


def note_visit(context: AppContext, visitor: Visitor) -> None:
    """Writes down that a browser was here."""
    with context.store.write() as connection:
        sessions.saw_browser(connection, visitor.session, context.wall_now())


def browsers(here: ReadScope, this: bytes | None = None) -> list[Browser]:
    now = here.context.wall_now()
    found = sessions.browsers(here.connection, here.athlete)
    return [
        Browser(one.session.hex(), one.name, one.made, one.seen, one.session == this)
        for one in found
        if now < one.ends and now - one.seen <= IDLE
    ]


def end_browser(context: AppContext, session: bytes) -> None:
    athlete = context.account().athlete
    with context.store.write() as connection:
        sessions.end_browser(connection, athlete, session)


def end_all(context: AppContext) -> None:
    athlete = context.account().athlete
    with context.store.write() as connection:
        sessions.end_browsers(connection, athlete)


# --- signing in ------------------------------------------------------------------------------------------------------


@frozen
class PendingLogin:
    """Where to send the browser, and the cookie by which it is known when it comes back."""

    url: str
    cookie: str


def begin_login(context: AppContext, redirect: str, *, create_fields: bool = False) -> PendingLogin:
    """Raises SignInError without a client id."""
    start = sign_in.begin(context, redirect, create_fields=create_fields)
    cookie = _secret(context)
    begun = sessions.SignIn(_hash(cookie), redirect, create_fields)
    athlete = context.account().athlete
    with context.store.write() as connection:
        sessions.sweep(connection, context.wall_now())
        sessions.add_sign_in(connection, athlete, _hash(start.state), begun, context.wall_now() + SIGN_IN_LASTS)
    return PendingLogin(start.url, cookie)


def finish_login(context: AppContext, landing: str, cookie: str | None) -> SignedIn:
    """The browser is back, at the address `landing` or at what follows its question mark.

    Only the athlete this data folder belongs to is taken.

    Raises SignInError (declined, too old, another browser's), OtherAthlete, ServiceError.
    """
    account = context.account()
    state = oauth.landed_state(landing)
    with context.store.write() as connection:
        begun = sessions.spend_sign_in(connection, account.athlete, _hash(state), context.wall_now())
    if begun is None:
        raise SignInError(*_STALE)
    if cookie is None or not hmac.compare_digest(_hash(cookie), begun.session):
        raise SignInError("This sign-in was begun in another browser.", "Begin it again here: Sign in.")
    start = LoginRequest("", begun.redirect, state)
    owner = sign_in.finish(context, start, landing, create_fields=begun.create_fields, only=account)
    with context.reading() as here:
        may_create = custom_fields.may_create_fields(here)
    if begun.create_fields and may_create:
        with suppress(CompanionError):  # the sign-in stands; the permission check names the fields that are missing
            examine.create_fields(context)
    return owner


_STALE = (
    "This sign-in took too long, or its answer was used already.",
    "Sign in again: nothing was connected, and nothing is lost.",
)
