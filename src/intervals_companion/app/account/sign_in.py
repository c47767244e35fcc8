"""Signing in to Intervals.icu, and who is signed in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from attrs import define, field, frozen
from sqlalchemy import Connection

from intervals_companion.app.account import response_cache
from intervals_companion.app.context import AppContext
from intervals_companion.app.preferences import home_zone
from intervals_companion.app.scope import ReadScope, once_per_scope
from intervals_companion.domain.errors import (
    CompanionError,
    NotSignedIn,
    OtherAthlete,
    SecretsClosed,
    ServiceError,
    SignInError,
    SignInUnreadable,
)
from intervals_companion.intervals import client as intervals
from intervals_companion.intervals import oauth, protocol, scopes
from intervals_companion.intervals.client import IntervalsClient
from intervals_companion.intervals.credentials import ApiKey, Bearer, Credential
from intervals_companion.intervals.scopes import Grant, Scope
from intervals_companion.intervals.wire import service_origin
from intervals_companion.store import accounts, examinations, scope_checks
from intervals_companion.store.accounts import Account, SavedCredential, Stored

TOKEN, KEY = "token", "key"
BESIDE = "beside a token"
"""In place of a scope: this key is kept for other athletes' pages, and signs nobody in."""


@frozen
class LoginRequest:
    """A sign-in that has begun: where to send the browser, and what its landing has to carry."""

    url: str
    redirect: str
    state: str = field(repr=False)


@frozen
class Revocation:
    """An access that was given up. `problem`: why Intervals.icu was not told; SignInExpired: it had ended already."""

    account: Account
    problem: CompanionError | None = None
    by: str = TOKEN
    """With a `key` there is nothing to end at Intervals.icu: it stays valid there."""


@frozen
class SignedIn:
    account: Account
    by: str
    """`token` (OAuth) or `key`."""
    grant: Grant
    missing: tuple[Scope, ...] = ()
    """Boxes that were asked for and left unticked."""
    zone_before: str | None = None
    """The home zone until now, where this sign-in brought another one."""
    replaced: Revocation | None = None
    """The token that an API key has just taken the place of."""


def has_client(context: AppContext) -> bool:
    """Whether an OAuth client is set up; without one the API key is the only way in."""
    return bool(context.settings.client_id and context.settings.client_secret)


def begin(context: AppContext, redirect: str, *, create_fields: bool = False) -> LoginRequest:
    """`redirect` is an address of this machine, http://localhost:PORT/. Raises SignInError without a client id."""
    settings = context.settings
    if not settings.client_id or not settings.client_secret:
        raise SignInError(
            "No OAuth client is set up.",
            "Set COMPANION_CLIENT_ID and COMPANION_CLIENT_SECRET to those of your own app at Intervals.icu, "
            "or sign in with your API key.",
            terminal_cure="Set COMPANION_CLIENT_ID and COMPANION_CLIENT_SECRET to those of your own app at "
            "Intervals.icu, or sign in with your API key: companion login --api-key.",
        )
    state = oauth.new_state(context.token_bytes)
    origin = service_origin(settings.intervals_url)
    scope = scopes.requested(create_fields=create_fields)
    return LoginRequest(oauth.authorize_url(origin, settings.client_id, redirect, scope, state), redirect, state)


def finish(
    context: AppContext,
    start: LoginRequest,
    landing: str,
    *,
    create_fields: bool = False,
    only: Account | None = None,
) -> SignedIn:
    """Takes the address the browser landed on, and stores what was granted. A start serves once.

    `only`: the account whose athlete alone may sign in. Raises OtherAthlete for another one, whose access is ended
    again and of whom nothing is stored.
    """
    settings = context.settings
    code = oauth.landed_code(landing, start.state)
    assert settings.client_id is not None
    assert settings.client_secret is not None
    origin = service_origin(settings.intervals_url)
    with context.transport(origin) as transport:
        answer = intervals.sign_in(
            origin, transport, settings.client_id, settings.client_secret, code,
            sleep=context.sleep, random=context.random,
        )  # fmt: skip
    token = Bearer(answer.access_token)
    zone = _zone(context, origin, token)
    stored = Stored(answer.access_token, str(answer.grant), context.now())
    try:
        account, before = _bind(context, origin, answer.athlete_id, answer.athlete_name, zone, TOKEN, stored, only)
    except OtherAthlete:
        with suppress(CompanionError), context.client(origin, token) as client:
            client.ask(protocol.disconnect())
        raise
    asked = scopes.expanded(scopes.requested(create_fields=create_fields))
    return SignedIn(account, TOKEN, answer.grant, scopes.missing(answer.grant, asked), before)


def _zone(context: AppContext, origin: str, credential: Credential) -> str | None:
    """The athlete's zone at Intervals.icu; unknown while the service does not say, which stops no sign-in."""
    try:
        with context.client(origin, credential) as client:
            return client.ask(protocol.athlete()).timezone
    except ServiceError:
        return None


def _is_another(account: Account, origin: str, intervals_id: str) -> bool:
    return account.intervals_id is not None and (account.origin, account.intervals_id) != (origin, intervals_id)


def _other() -> OtherAthlete:
    return OtherAthlete(
        "This companion already belongs to an athlete. Another one signed in; nothing of them was kept.",
        "Sign in as that athlete, or give this one a data folder of their own: COMPANION_HOME.",
    )


def with_key(context: AppContext, key: str, *, only: Account | None = None, once: bool = False) -> SignedIn:
    """Signs in with the account's API key, after trying it. Raises OtherAthlete, SignInError, ServiceError.

    `once`: a try without an answer is not repeated.
    """
    origin = service_origin(context.settings.intervals_url)
    with context.client(origin, ApiKey(key)) as client:
        client.tries = 1 if once else client.tries
        athlete = client.ask(protocol.athlete())
    with context.store.read() as connection:
        known = accounts.find(connection, origin, athlete.id)
    replaced = None if known is None else opened_token(context, known)
    stored = Stored(key, None, context.now())
    account, before = _bind(context, origin, athlete.id, athlete.name, athlete.timezone, KEY, stored, only)
    ended = None if replaced is None else revoke(context, account, replaced)
    return SignedIn(account, KEY, Grant.everything(), zone_before=before, replaced=ended)


def _bind(
    context: AppContext, origin: str, intervals_id: str, name: str, zone: str | None, kind: str, stored: Stored,
    only: Account | None,
) -> tuple[Account, str | None]:  # fmt: skip
    """The account, and the home zone until now where this sign-in brought another one.

    Whose folder it is is looked up here, where nobody else can write: of two first sign-ins one comes too late.
    """
    box = context.box()
    with context.store.write() as connection:
        owner = None if only is None else accounts.account(connection, only.athlete)
        if owner is not None and _is_another(owner, origin, intervals_id):
            raise _other()
        account = accounts.bind(
            context.store, connection, origin=origin, intervals_id=intervals_id, name=name, zone=zone
        )
        kept = accounts.saved(connection, account.athlete)
        beside = kind == TOKEN and KEY in kept and kept[KEY].scope == BESIDE
        accounts.delete_credential(connection, account.athlete, TOKEN, *(() if beside else (KEY,)))
        accounts.save(connection, box, account.athlete, kind, stored)
        scope_checks.delete_all(connection, account.athlete)
        examinations.delete_all(connection, account.athlete)
    return account, home_zone.changed(context, account)[1]


@contextmanager
def signed_in(context: AppContext, *, low_priority: bool = False) -> Iterator[tuple[SignedIn, IntervalsClient]]:
    """The stored sign-in, and a client that uses it: a new one of the same athlete in its place is used from the next
    request on. Raises NotSignedIn, SignInError; so does the client, once nobody is signed in any more.

    What it answers is kept for the pages. What its answers say about the boxes of the sign-in is remembered at the end,
    however that comes about; a refusal at once.
    """
    with context.reading() as here:
        owner = current(here)
    access = _Access(context, owner.account, _stored(context, owner.account))
    assert owner.account.origin is not None
    with context.client(owner.account.origin, _credential(access.used), low_priority=low_priority) as client:
        client.get_credential = access.renew
        client.on_response = response_cache.listener(context, owner.account.athlete, access.is_current)
        client.on_refused = lambda: access.learn(client)
        try:
            yield owner, client
        finally:
            access.learn(client)


@define
class _Access:
    """The sign-in a piece of work goes by, read for each request: the work survives a new one of its athlete."""

    context: AppContext
    account: Account
    used: tuple[str, Stored]
    """By the latest request."""

    def renew(self) -> Credential:
        """Raises NotSignedIn after a logout, OtherAthlete when somebody else has signed in."""
        if self.context.account().athlete != self.account.athlete:
            raise OtherAthlete("Another athlete has signed in here meanwhile.", "Sign in as the first to go on.")
        self.used = _stored(self.context, self.account)
        return _credential(self.used)

    def is_current(self, connection: Connection) -> bool:
        """Whether nobody has signed in or out since the latest request."""
        kind, stored = self.used
        known = accounts.saved(connection, self.account.athlete).get(kind)
        return known is not None and known.obtained == stored.obtained

    def learn(self, client: IntervalsClient) -> None:
        """Keeps what was proved, unless somebody has signed in anew meanwhile: that sign-in is another one."""
        said = {str(scope): allowed for scope, allowed in client.scopes.items()}
        if client.alive is not None:
            said[scope_checks.SIGN_IN] = client.alive
        if not said:
            return
        with self.context.store.write() as connection:
            if self.is_current(connection):
                scope_checks.save(connection, self.account.athlete, said, self.context.now())


@once_per_scope
def _kept(here: ReadScope) -> Mapping[str, SavedCredential]:
    return accounts.saved(here.connection, here.athlete)


def current(here: ReadScope) -> SignedIn:
    """Who is signed in, from what is stored: nobody is asked, and no secret is opened.

    Raises NotSignedIn; SignInError where that sign-in is one at another service than the settings name.
    """
    account, kept = here.account, _kept(here)
    kind = _in_use(kept)
    if kind is None or account.origin is None:
        raise NotSignedIn
    wanted = service_origin(here.context.settings.intervals_url)
    if account.origin != wanted:
        raise SignInError(
            f"You are signed in at {account.origin}, but the settings name {wanted}.",
            "Set COMPANION_INTERVALS_URL to the first, or sign in at the second.",
            terminal_cure="Set COMPANION_INTERVALS_URL to the first, or sign in at the second: companion login.",
        )
    if kind == KEY:
        return SignedIn(account, KEY, Grant.everything())
    grant = Grant.parse(kept[kind].scope or "")
    return SignedIn(account, TOKEN, grant, scopes.missing(grant, scopes.expanded(scopes.REQUESTED)))


def anybody(here: ReadScope) -> SignedIn | None:
    """Who is signed in here, whether or not their token or key can be opened; None where nobody is."""
    try:
        return current(here)
    except SignInError:
        return None


def since(here: ReadScope) -> int | None:
    """When the sign-in in use was made (ms); None when nobody is signed in."""
    return made(here.connection, here.athlete)


def made(connection: Connection, athlete: int) -> int | None:
    """When this athlete's sign-in in use was made (ms), as it is known to `connection`; None without one."""
    kept = accounts.saved(connection, athlete)
    kind = _in_use(kept)
    return None if kind is None else kept[kind].obtained


def _in_use(kept: Mapping[str, SavedCredential]) -> str | None:
    """The kind of the credential that signs in: the token if there is one. A refusal of one is never answered with the
    other, and a key that was only kept beside a token stays that, even when the token is gone.
    """
    if TOKEN in kept:
        return TOKEN
    return KEY if KEY in kept and kept[KEY].scope != BESIDE else None


def open_stored(context: AppContext) -> None:
    """Tries to open the credential in use. Raises NotSignedIn, SignInUnreadable."""
    _stored(context, context.account())


def _stored(context: AppContext, account: Account) -> tuple[str, Stored]:
    """The credential in use, opened. Raises NotSignedIn, SignInUnreadable."""
    with context.store.read() as connection:
        kind = _in_use(accounts.saved(connection, account.athlete))
        if kind is None:
            raise NotSignedIn
        try:
            found = accounts.stored(connection, context.box(), account.athlete, kind)
        except SecretsClosed as problem:
            raise SignInUnreadable(problem.cause, problem.cure, terminal_cure=problem.terminal_cure) from problem
    if found is None:
        raise NotSignedIn
    return kind, found


def _credential(stored: tuple[str, Stored]) -> Credential:
    kind, found = stored
    return Bearer(found.secret) if kind == TOKEN else ApiKey(found.secret)


def opened_token(context: AppContext, account: Account) -> Bearer | SecretsClosed | None:
    """The athlete's token, or why it cannot be opened; None without one."""
    with context.store.read() as connection:
        if TOKEN not in accounts.saved(connection, account.athlete):
            return None
        try:
            found = accounts.stored(connection, context.box(), account.athlete, TOKEN)
        except SecretsClosed as problem:
            return problem
    return None if found is None else Bearer(found.secret)


def revoke(context: AppContext, account: Account, token: Bearer | SecretsClosed) -> Revocation:
    """Tells Intervals.icu that a token is given up, as well as it can."""
    if isinstance(token, SecretsClosed):
        return Revocation(account, token)
    assert account.origin is not None
    try:
        with context.client(account.origin, token) as client:
            client.ask(protocol.disconnect())
    except CompanionError as refusal:
        return Revocation(account, refusal)
    return Revocation(account)
