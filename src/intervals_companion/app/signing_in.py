"""Signing in to Intervals.icu, and out again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from attrs import field, frozen

from intervals_companion.app.companion import Companion
from intervals_companion.domain import catalogue
from intervals_companion.domain.errors import CompanionError, NotSignedIn, ServiceError, SignInError
from intervals_companion.intervals import client as intervals
from intervals_companion.intervals import oauth, scopes
from intervals_companion.intervals.client import IntervalsClient
from intervals_companion.intervals.credentials import ApiKey, Bearer, Credential
from intervals_companion.intervals.scopes import Grant, Scope
from intervals_companion.intervals.wire import service_origin
from intervals_companion.store import accounts
from intervals_companion.store.accounts import Account, Stored

TOKEN, KEY = "token", "key"


@frozen
class Start:
    """A sign-in that has begun: where to send the browser, and what its landing has to carry."""

    url: str
    redirect: str
    state: str = field(repr=False)


@frozen
class SignedIn:
    account: Account
    by: str
    """`token` (OAuth) or `key`."""
    grant: Grant
    missing: tuple[Scope, ...] = ()
    """Boxes that were asked for and left unticked."""


@frozen
class SignedOut:
    account: Account
    told: bool
    """Whether Intervals.icu was told; its own list of connected apps shows the companion otherwise."""
    problem: CompanionError | None = None


def begin(companion: Companion, redirect: str, *, create_fields: bool = False) -> Start:
    """`redirect` is an address of this machine, http://localhost:PORT/. Raises SignInError without a client id."""
    settings = companion.settings
    if not settings.client_id or not settings.client_secret:
        raise SignInError(
            "No OAuth client is set up.",
            "Set COMPANION_CLIENT_ID and COMPANION_CLIENT_SECRET to those of your own app at Intervals.icu, "
            "or sign in with your API key: companion login --api-key.",
        )
    state = oauth.new_state(companion.entropy)
    origin = service_origin(settings.intervals_url)
    scope = scopes.requested(create_fields=create_fields)
    return Start(oauth.authorize_url(origin, settings.client_id, redirect, scope, state), redirect, state)


def finish(companion: Companion, start: Start, landing: str, *, create_fields: bool = False) -> SignedIn:
    """Takes the address the browser landed on, and stores what was granted. A start serves once."""
    settings = companion.settings
    code = oauth.landed_code(landing, start.state)
    assert settings.client_id is not None
    assert settings.client_secret is not None
    origin = service_origin(settings.intervals_url)
    with companion.transport(origin) as transport:
        answer = intervals.sign_in(
            origin, transport, settings.client_id, settings.client_secret, code,
            sleep=companion.pause, random=companion.chance,
        )  # fmt: skip
    zone = _zone(companion, origin, Bearer(answer.access_token))
    stored = Stored(answer.access_token, str(answer.grant), companion.now())
    account = _bind(companion, origin, answer.athlete_id, answer.athlete_name, zone, TOKEN, stored)
    asked = scopes.boxes(scopes.requested(create_fields=create_fields))
    return SignedIn(account, TOKEN, answer.grant, scopes.missing(answer.grant, asked))


def _zone(companion: Companion, origin: str, credential: Credential) -> str | None:
    """The athlete's zone at Intervals.icu; unknown while the service does not say, which stops no sign-in."""
    try:
        with companion.client(origin, credential) as client:
            return client.athlete().timezone
    except ServiceError:
        return None


def with_key(companion: Companion, key: str) -> SignedIn:
    """Signs in with the account's API key, after trying it once."""
    origin = service_origin(companion.settings.intervals_url)
    with companion.client(origin, ApiKey(key)) as client:
        athlete = client.athlete()
    stored = Stored(key, None, companion.now())
    account = _bind(companion, origin, athlete.id, athlete.name, athlete.timezone, KEY, stored)
    return SignedIn(account, KEY, Grant.everything())


def _bind(
    companion: Companion, origin: str, intervals_id: str, name: str, zone: str | None, kind: str, stored: Stored
) -> Account:
    box = companion.box()
    with companion.store.write() as connection:
        account = accounts.bind(
            companion.store, connection, origin=origin, intervals_id=intervals_id, name=name, zone=zone
        )
        accounts.forget(connection, account.athlete, TOKEN, KEY)
        accounts.keep(connection, box, account.athlete, kind, stored)
    return account


def what_is_missing(who: SignedIn) -> list[str]:
    """What was left unticked, what that blocks and how to put it right: a sentence each."""
    return [f"{scopes.off(scope)} Blocked: {scopes.BLOCKS[scope]}. {scopes.cure(scope)}" for scope in who.missing]


def create_custom_fields(companion: Companion) -> list[str]:
    """Defines at Intervals.icu every custom field of the catalogue that is missing; gives their codes."""
    with signed_in(companion) as (_, client):
        defined = client.custom_fields()
        created = [metric for metric in catalogue.metrics() if metric.custom and metric.field not in defined]
        for metric in created:
            client.create_field(metric)
    return [metric.field for metric in created]


@contextmanager
def signed_in(companion: Companion) -> Iterator[tuple[SignedIn, IntervalsClient]]:
    """The stored sign-in, and a client that uses it. Raises NotSignedIn, SignInError."""
    who = current(companion)
    credential = _credential(companion, who.account)
    assert who.account.origin is not None
    with companion.client(who.account.origin, credential) as client:
        yield who, client


def current(companion: Companion) -> SignedIn:
    """Who is signed in, from what is stored; nobody is asked. Raises NotSignedIn, SignInError."""
    account = companion.account()
    stored = _stored(companion, account)
    if stored is None or account.origin is None:
        raise NotSignedIn
    wanted = service_origin(companion.settings.intervals_url)
    if account.origin != wanted:
        raise SignInError(
            f"You are signed in at {account.origin}, but the settings name {wanted}.",
            "Set COMPANION_INTERVALS_URL to the first, or sign in at the second: companion login.",
        )
    kind, found = stored
    if kind == KEY:
        return SignedIn(account, KEY, Grant.everything())
    grant = Grant.parse(found.scope or "")
    return SignedIn(account, TOKEN, grant, scopes.missing(grant, scopes.boxes(scopes.REQUESTED)))


def _stored(companion: Companion, account: Account) -> tuple[str, Stored] | None:
    """The credential in use: the token if there is one. A refusal of one is never answered with the other."""
    box = companion.box()
    with companion.store.read() as connection:
        for kind in (TOKEN, KEY):
            found = accounts.stored(connection, box, account.athlete, kind)
            if found is not None:
                return kind, found
    return None


def _credential(companion: Companion, account: Account) -> Credential:
    stored = _stored(companion, account)
    if stored is None:
        raise NotSignedIn
    kind, found = stored
    return Bearer(found.secret) if kind == TOKEN else ApiKey(found.secret)


def log_out(companion: Companion) -> SignedOut:
    """Ends the access at Intervals.icu and forgets token and key. Without an answer it goes on, and says so.

    Samples, ledger, links and settings stay: signing in again writes nothing twice.
    """
    account = companion.account()
    stored = _stored(companion, account)
    if stored is None or account.origin is None:
        raise NotSignedIn
    kind, found = stored
    told, problem = True, None
    if kind == TOKEN:
        try:
            with companion.client(account.origin, Bearer(found.secret)) as client:
                client.disconnect()
        except CompanionError as refusal:
            told, problem = False, refusal
    with companion.store.write() as connection:
        accounts.forget(connection, account.athlete, TOKEN, KEY)
    return SignedOut(account, told, problem)
