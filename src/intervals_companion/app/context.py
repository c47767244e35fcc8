"""What every service works with: the settings, the store, and the ways out of this process, all handed in."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from attrs import Factory, frozen

from intervals_companion.app.current_zone import current_zone
from intervals_companion.app.scope import ReadScope, read_scope
from intervals_companion.app.settings import Settings
from intervals_companion.domain.days import instant
from intervals_companion.intervals.limits import TokenBucket
from intervals_companion.intervals.wire import service_origin
from intervals_companion.store import accounts, choices, secrets
from intervals_companion.store.accounts import Account
from intervals_companion.store.database import Store
from intervals_companion.store.secrets import SecretBox

if TYPE_CHECKING:
    from intervals_companion.health.port import HealthStore
    from intervals_companion.intervals.client import IntervalsClient
    from intervals_companion.intervals.credentials import Credential
    from intervals_companion.intervals.transport import Transport

P = ParamSpec("P")
T = TypeVar("T")

OpenTransport = Callable[[str], AbstractContextManager["Transport"]]
"""A way to the service of that origin, closed at the end."""


def _over_the_network(origin: str) -> AbstractContextManager[Transport]:
    from intervals_companion.intervals.transport import (
        default_transport,  # costs a tenth of a second, and an import needs none
    )

    return default_transport(origin)


def _now() -> datetime:
    return datetime.now(UTC)


@frozen
class AppContext:
    """One data folder, open. Faces make it; services take it."""

    settings: Settings
    store: Store
    machine_zone: str | None = None
    """The zone of this machine, where the face could tell."""
    clock: Callable[[], datetime] = _now
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = random.random
    token_bytes: Callable[[int], bytes] = os.urandom
    transport: OpenTransport = _over_the_network
    wall_clock_source: Callable[[], datetime] | None = None
    """The clock of links and sessions, where `clock` is another one than the machine's: a demo lets days pass."""
    phone: HealthStore | None = None
    """The Health store this process can reach: the phone it runs on, or a simulated one."""
    rate_limiter: TokenBucket = Factory(lambda self: TokenBucket(self.monotonic, self.sleep), takes_self=True)
    """Of all requests of this process: Intervals.icu counts them by address."""

    @property
    def service(self) -> str:
        """The origin of Intervals.icu, as the settings name it. Raises UsageError."""
        return service_origin(self.settings.intervals_url)

    def now(self) -> int:
        """ms since the epoch."""
        return instant(self.clock())

    def wall_now(self) -> int:
        """ms since the epoch, for links and sessions: the same in every process on this machine."""
        return instant((self.wall_clock_source or self.clock)())

    def account(self) -> Account:
        """Whose data folder it is, for what writes; what reads has it in its scope."""
        with self.store.read() as connection:
            known = accounts.known(connection)
        if known is not None:
            return known
        with self.store.write() as connection:
            return accounts.current(self.store, connection)

    def box(self) -> SecretBox:
        return secrets.secret_box(self.store.folder)

    @contextmanager
    def client(self, origin: str, credential: Credential, *, low_priority: bool = False) -> Iterator[IntervalsClient]:
        """`low_priority`: whatever else this process asks of Intervals.icu goes first."""
        from intervals_companion.intervals.client import IntervalsClient

        with self.transport(origin) as transport:
            yield IntervalsClient(
                origin, credential, transport,
                rate_limiter=self.rate_limiter, sleep=self.sleep, random=self.random, low_priority=low_priority,
            )  # fmt: skip

    @contextmanager
    def reading(self) -> Iterator[ReadScope]:
        """One moment of the data folder, for as long as a page or a command reads. Scopes do not nest."""
        with self.store.read() as connection:
            account = accounts.known(connection)
            if account is not None:
                chosen = choices.everything(connection, account.athlete)
                zone = current_zone(connection, account, self.settings, chosen, self.machine_zone)
                yield read_scope(self, connection, account, chosen, zone)
                return
        self.account()  # a new folder gets its first one
        with self.reading() as here:
            yield here

    def read(self, service: Callable[Concatenate[ReadScope, P], T], *args: P.args, **options: P.kwargs) -> T:
        """What one service says, in a scope of its own."""
        with self.reading() as here:
            return service(here, *args, **options)


@contextmanager
def opened(settings: Settings, machine_zone: str | None = None) -> Iterator[AppContext]:
    """The data folder of these settings, for as long as it is needed. Raises StorageError."""
    store = Store(settings.home)
    try:
        yield AppContext(settings, store, machine_zone)
    finally:
        store.close()
