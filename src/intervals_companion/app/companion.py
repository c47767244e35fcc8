"""What every service works with: the settings, the store, and the ways out of this process, all handed in."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from attrs import frozen

from intervals_companion.app.settings import Settings
from intervals_companion.domain.days import instant, local_day, zone
from intervals_companion.journal import zones
from intervals_companion.store import accounts, secrets
from intervals_companion.store.accounts import Account, HomeZone
from intervals_companion.store.database import Store
from intervals_companion.store.secrets import SecretBox

if TYPE_CHECKING:
    from intervals_companion.intervals.client import IntervalsClient, Transport
    from intervals_companion.intervals.credentials import Credential

OpenTransport = Callable[[str], AbstractContextManager["Transport"]]
"""A way to the service of that origin, closed at the end."""


def _over_the_network(origin: str) -> AbstractContextManager[Transport]:
    from intervals_companion.intervals.client import (
        default_transport,  # costs a quarter second, and an import needs none
    )

    return default_transport(origin)


def _now() -> datetime:
    return datetime.now(UTC)


@frozen
class Companion:
    """One data folder, open. Faces make it; services take it."""

    settings: Settings
    store: Store
    machine_zone: str | None = None
    """The zone of this machine, where the face could tell."""
    clock: Callable[[], datetime] = _now
    ticks: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
    entropy: Callable[[int], bytes] = os.urandom
    transport: OpenTransport = _over_the_network

    def now(self) -> int:
        """ms since the epoch."""
        return instant(self.clock())

    def today(self, where: ZoneInfo) -> date:
        return local_day(self.now(), where)

    def account(self) -> Account:
        with self.store.write() as connection:
            return accounts.current(self.store, connection)

    def box(self) -> SecretBox:
        return secrets.secret_box(self.store.folder)

    @contextmanager
    def client(self, origin: str, credential: Credential) -> Iterator[IntervalsClient]:
        from intervals_companion.intervals.client import IntervalsClient

        with self.transport(origin) as transport:
            yield IntervalsClient(origin, credential, transport, clock=self.ticks, sleep=self.pause, random=self.chance)

    def home_zone(self, account: Account, votes: Counter[str] | None = None) -> HomeZone:
        """The home zone; chosen when something first speaks for one, and then kept. A zone in the settings is the
        person's word. `votes`: how often each zone was written in data that has just been read.
        """
        with self.store.read() as connection:
            known = accounts.home_zone(connection, account.athlete)
        wanted = self.settings.home_zone
        if known is not None and wanted in (None, known.zone):
            return known
        chosen = zones.choose(wanted=wanted, account=account.zone, votes=votes or Counter(), machine=self.machine_zone)
        if chosen == zones.UNKNOWN or not (wanted or account.zone or votes is not None):
            return chosen
        with self.store.write() as connection:
            known = accounts.home_zone(connection, account.athlete)  # another process may have been quicker
            if known is not None and not wanted:
                return known
            accounts.set_home_zone(connection, account.athlete, chosen)
        return chosen

    def zone(self, account: Account) -> ZoneInfo:
        return zone(self.home_zone(account).zone)


@contextmanager
def opened(settings: Settings, machine_zone: str | None = None) -> Iterator[Companion]:
    """The data folder of these settings, for as long as it is needed. Raises StorageError."""
    store = Store(settings.home)
    try:
        yield Companion(settings, store, machine_zone)
    finally:
        store.close()
