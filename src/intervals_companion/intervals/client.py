"""The Intervals.icu client: a pace, and retries where they are safe.

Everything that decides lives in `protocol`, what goes over the network in `transport`; clock, sleep, randomness and
the transport are handed in.
"""

from __future__ import annotations

import random as _random
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from attrs import define, evolve, field, frozen

from intervals_companion.domain.errors import KeyMissing, ServiceUnreachable
from intervals_companion.intervals import oauth, protocol
from intervals_companion.intervals.credentials import ApiKey, Credential
from intervals_companion.intervals.limits import Quota, TokenBucket, quota
from intervals_companion.intervals.models import SignIn
from intervals_companion.intervals.refusals import used_up
from intervals_companion.intervals.retry import TRIES, patience
from intervals_companion.intervals.scopes import Scope
from intervals_companion.intervals.transport import Transport
from intervals_companion.intervals.wire import Call, DataOwner, Response, request, service_origin

T = TypeVar("T")

_SIGNING_IN = 2.0
"""Seconds that a sign-in takes at most from its token to the note of it here."""


@define
class Requests:
    """How many requests were sent, tries included."""

    read: int = 0
    write: int = 0
    _lock: threading.Lock = field(init=False, factory=threading.Lock, eq=False, repr=False)

    def count(self, *, writes: bool) -> None:
        with self._lock:
            self.write += writes
            self.read += not writes


@frozen
class Keys:
    """Where the API key comes from that opens other athletes' data beside a token."""

    now: Callable[[], ApiKey]
    """Asked before each such request. Raises KeyMissing."""
    is_new: Callable[[ApiKey], bool]
    """After the service refused this one: whether there is another in its place."""


class IntervalsClient:
    """The operations of `protocol` for the owner of a credential. For one thread; calls about other athletes (`ask`)
    may come from several.

    What a call goes by is decided by whose data it is about, and by nothing else: own data by the sign-in, other
    athletes' by the API key. A refusal of the one is never retried with the other.

    GETs are tried again when no answer or a 5xx came. A write is sent again only after a 429, which says that it was
    not executed; otherwise its outcome may be unknown, and ServiceUnreachable or ServiceError says so.
    """

    def __init__(
        self,
        origin: str,
        credential: Credential,
        transport: Transport,
        *,
        rate_limiter: TokenBucket,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = _random.random,
        low_priority: bool = False,
    ) -> None:
        """`rate_limiter`: shared by all who ask from this address; `low_priority`: others on it go first."""
        self.origin = service_origin(origin)
        self.requests = Requests()
        self.keys: Keys | None = None
        """None: by a token nothing of other athletes can be read."""
        self.on_response: Callable[[Call[object], Response], None] | None = None
        """Told of every answer that could be read: who wants to keep what the service said."""
        self.get_credential: Callable[[], Credential] | None = None
        """Asked before each request for the credential of now; None: the client keeps the one it was made with."""
        self.on_refused: Callable[[], None] | None = None
        """Told when the sign-in, or a box of it, was refused: `alive` and `scopes` say which."""
        self.scopes: dict[Scope, bool] = {}
        """Which boxes of the sign-in the answers spoke of: True where something went, False where all was refused."""
        self.alive: bool | None = None
        """False when the last answer was a 401; None before the first answer."""
        self.tries = TRIES
        """How often a request is sent at most."""
        self._credential = credential
        self._transport = transport
        self._rate_limiter = rate_limiter
        self._low_priority = low_priority
        self._quotas: dict[Credential, Quota | None] = {}
        self._sleep = sleep
        self._random = random

    @property
    def quota(self) -> Quota | None:
        """What the service last said is left to the sign-in; the key beside it has its own. Nothing is sent that it
        would only refuse: RateLimited is raised.
        """
        return self._quotas.get(self._credential)

    def ask(self, call: Call[T]) -> T:
        """The answer to one call.

        Raises KeyMissing, SignInExpired, PermissionMissing, NotFound, ServiceRefused, RateLimited, ServiceUnreachable,
        ServiceError: `protocol.read` says after which of them a write had no effect.
        """
        tries = patience(writes=call.writes, sleep=self._sleep, random=self._random, tries=self.tries)
        response = tries(self._send, call)
        if response.status == 401 and self._is_replaced(_used(response)):
            response = tries(self._send, call)
        if _used(response) == self._credential:
            self._learn(call, response.status)
        value = protocol.read(call, response, _used(response))
        if self.on_response is not None:
            self.on_response(call, response)
        return value

    def _learn(self, call: Call[object], status: int) -> None:
        """One answer that went proves its box; a refusal beside it has another reason. What another athlete allows
        says nothing of it, also where a key signed in.
        """
        went = 200 <= status < 300
        if went or status in (401, 403):
            self.alive = status != 401
        scope = call.needs if call.owner is DataOwner.OWN else None
        if scope is not None and (went or status == 403):
            self.scopes[scope] = went or self.scopes.get(scope, False)
        refused = status == 401 or (status == 403 and scope is not None and not self.scopes[scope])
        if refused and self.on_refused is not None:
            self.on_refused()

    def _is_replaced(self, refused: Credential) -> bool:
        """Whether another credential of the same kind took the place of the one that was refused, which did not execute
        the request. The service knows of a new sign-in a little earlier than this machine.
        """
        if refused != self._credential:
            assert isinstance(refused, ApiKey)
            return self.keys is not None and self.keys.is_new(refused)
        if self.get_credential is None:
            return False
        self._sleep(_SIGNING_IN)
        return self.get_credential() != self._credential

    def _renew(self) -> None:
        """What was said of one credential says nothing of the next."""
        now = self._credential if self.get_credential is None else self.get_credential()
        if now != self._credential:
            self._credential, self.scopes, self.alive = now, {}, None

    def _goes_by(self, call: Call[object]) -> Credential:
        """The one rule. Where an API key signed in, everything goes by it."""
        self._renew()
        if call.owner is DataOwner.OWN or isinstance(self._credential, ApiKey):
            return self._credential
        if self.keys is None:
            raise KeyMissing(*NO_KEY)
        return self.keys.now()

    def _send(self, call: Call[object]) -> Response:
        credential = self._goes_by(call)
        left = self._quotas.get(credential)
        if left is not None and not left.allows(writes=call.writes):
            raise used_up(left)
        self._rate_limiter.take(low_priority=self._low_priority)
        self.requests.count(writes=call.writes)
        try:
            response = self._transport(request(call, self.origin, credential))
        except ServiceUnreachable as lost:
            if call.writes:
                raise ServiceUnreachable(lost.cause, _PERHAPS) from lost
            raise
        # After a 429 the wait that the service asks for is what counts.
        self._quotas[credential] = None if response.status == 429 else quota(response.headers) or left
        return evolve(response, by=credential)


def _used(response: Response) -> Credential:
    assert response.by is not None
    return response.by


NO_KEY = (
    "Other athletes’ activities and comments need an API key in the account, and none is known here.",
    "Generate one at intervals.icu/settings under Developer Settings, then log out and log back in.",
)
_PERHAPS = "It may have arrived all the same; it is looked up before it is sent again."


def sign_in(
    origin: str,
    transport: Transport,
    client_id: str,
    client_secret: str,
    code: str,
    *,
    sleep: Callable[[float], None] = time.sleep,
    random: Callable[[], float] = _random.random,
) -> SignIn:
    """Trades the code for a token. A code works once: only a 429 is tried again. Raises SignInError, ServiceError."""
    sent = oauth.token_request(service_origin(origin), client_id, client_secret, code)
    return oauth.read_token(patience(writes=True, sleep=sleep, random=random)(transport, sent))
