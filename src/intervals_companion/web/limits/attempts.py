"""How often somebody nobody knows may try: to sign in, a link, a device's token."""

from __future__ import annotations

import ipaddress
from collections import deque
from collections.abc import Callable

from attrs import define, field, frozen
from starlette.requests import Request

from intervals_companion.domain.errors import Busy

MINUTE_SECONDS = 60.0
_IPV6_NETWORK = 64
"""Bits: who has one IPv6 address has all of its network."""


@frozen
class Allowed:
    """At most so many of a kind in any minute."""

    kind: str
    of_address: int
    of_all: int


SIGN_INS = Allowed("sign-ins", 5, 6)
"""To begin a sign-in, to end one, or to sign in with a key. Each may ask Intervals.icu once."""
LINKS = Allowed("links", 10, 60)
"""Links, and answers of Intervals.icu, that let nobody in."""
TOKENS = Allowed("tokens", 10, 60)
"""Tokens of no device."""
HOOKS = Allowed("hooks", 10, 60)
"""Calls of webhooks with another secret."""


class TooManyAttempts(Busy):
    """More attempts than anybody needs. `seconds` until the next one may come."""

    def __init__(self, seconds: float) -> None:
        super().__init__("There were too many attempts in a short time.", "Wait a minute, then try again.")
        self.seconds = seconds


@define
class Attempts:
    """The attempts of the last minute: no more are remembered than may be made. A restart forgives."""

    clock: Callable[[], float]
    """Seconds that only grow."""
    allowed: Allowed
    _made: deque[tuple[float, str]] = field(init=False, factory=deque)

    def check(self, address: str) -> None:
        """Raises TooManyAttempts where this address, or all together, may make no more for now."""
        now, who = self.clock(), network(address)
        while self._made and self._made[0][0] <= now - MINUTE_SECONDS:
            self._made.popleft()
        of_this = [at for at, one in self._made if one == who]
        if len(self._made) >= self.allowed.of_all:
            raise TooManyAttempts(self._made[0][0] + MINUTE_SECONDS - now)
        if len(of_this) >= self.allowed.of_address:
            raise TooManyAttempts(of_this[0] + MINUTE_SECONDS - now)

    def note(self, address: str) -> None:
        """One more was made."""
        if len(self._made) < self.allowed.of_all:
            self._made.append((self.clock(), network(address)))

    def take(self, address: str) -> None:
        """One more, where it may be made. Raises TooManyAttempts."""
        self.check(address)
        self.note(address)


def attempts(request: Request, allowed: Allowed) -> Attempts:
    """Those of one kind, of the app that serves this request."""
    state = request.app.state
    if not hasattr(state, "attempts"):
        clock = state.web.context.monotonic
        state.attempts = {one: Attempts(clock, one) for one in (SIGN_INS, LINKS, TOKENS, HOOKS)}
    found: Attempts = state.attempts[allowed]
    return found


def address(request: Request) -> str:
    """Of whoever asks; behind a proxy that is believed, as the proxy says."""
    return request.client.host if request.client else ""


def network(address: str) -> str:
    """Whose attempts are counted together."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, _IPV6_NETWORK), strict=False))
    return str(found)
