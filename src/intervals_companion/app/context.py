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

from attrs import Factory, frozen

from intervals_companion.app.settings import Settings
from intervals_companion.domain.days import instant, local_day, zone
from intervals_companion.intervals.limits import TokenBucket
from intervals_companion.intervals.wire import service_origin
from intervals_companion.journal import home_zone as journal_home_zone
from intervals_companion.store import accounts, choices, secrets
from intervals_companion.store.accounts import Account, HomeZone
from intervals_companion.store.database import Store
from intervals_companion.store.secrets import SecretBox

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from intervals_companion.health.port import HealthStore
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
    pace: TokenBucket = Factory(lambda self: TokenBucket(self.monotonic, self.sleep), takes_self=True)
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

    def today(self, where: ZoneInfo) -> date:
        return local_day(self.now(), where)

    def account(self) -> Account:
        with self.store.read() as connection:
            known = accounts.known(self.store, connection)
        if known is not None:
            return known
        with self.store.write() as connection:
            return accounts.current(self.store, connection)

    def box(self) -> SecretBox:
        return secrets.secret_box(self.store.folder)

    @contextmanager
    def client(self, origin: str, credential: Credential, *, low_priority: bool = False) -> Iterator[IntervalsClient]:
        """`gives_way`: whatever else this process asks of Intervals.icu goes first."""
        from intervals_companion.intervals.client import IntervalsClient

        with self.transport(origin) as transport:
            yield IntervalsClient(
                origin, credential, transport,
                pace=self.pace, sleep=self.sleep, random=self.random, low_priority=low_priority,
            )  # fmt: skip

    def home_zone(self, account: Account) -> HomeZone:
        """In which zone a day is a day, and why: as the settings say, else as remembered. Asking stores nothing."""
        with self.store.read() as connection:
            found = self._wanted_zone(connection, account) or accounts.home_zone(connection, account.athlete)
        return found or self._default_zone(account, Counter())

    def keep_home_zone(self, account: Account, zone_counts: Counter[str] | None = None) -> HomeZone:
        """The same, remembered: for an import, whose data has those `votes` (how often each zone was written), and for
        a sign-in. An option is remembered as the person's choice; other settings only where nothing was before.
        """
        found = self._default_zone(account, zone_counts or Counter())
        with self.store.write() as connection:
            wanted = self._wanted_zone(connection, account)
            known = accounts.home_zone(connection, account.athlete)
            told = wanted is not None and "home_zone" in self.settings.from_option
            stays = (
                known is not None and not told and (wanted is not None or journal_home_zone.is_current(known, found))
            )
            has_evidence = wanted is not None or (
                found != journal_home_zone.UNKNOWN and bool(account.zone or zone_counts is not None)
            )
            if told and wanted is not None:
                choices.put(connection, account.athlete, "home_zone", wanted.zone)
            if has_evidence and not stays:
                accounts.set_home_zone(connection, account.athlete, wanted or found)
        return wanted or (known if known is not None and stays else found)

    def remembered_zone(self, account: Account) -> str | None:
        with self.store.read() as connection:
            known = accounts.home_zone(connection, account.athlete)
        return None if known is None else known.zone

    def _wanted_zone(self, connection: Connection, account: Account) -> HomeZone | None:
        """The zone of the settings, and who said it."""
        chosen = choices.everything(connection, account.athlete).get("home_zone")
        name = self.settings.home_zone
        if "home_zone" in self.settings.overridden and name is not None:
            return HomeZone(
                name,
                journal_home_zone.CHOSEN if "home_zone" in self.settings.from_option else "COMPANION_HOME_ZONE says so",
            )
        if chosen is not None:
            instead = f", in place of {name} in companion.toml" if name not in (None, chosen) else ""
            return HomeZone(chosen, journal_home_zone.CHOSEN + instead)
        return None if name is None else HomeZone(name, "companion.toml says so")

    def _default_zone(self, account: Account, zone_counts: Counter[str]) -> HomeZone:
        return journal_home_zone.choose(
            wanted=None, account=account.zone, zone_counts=zone_counts, machine=self.machine_zone
        )

    def zone(self, account: Account) -> ZoneInfo:
        return zone(self.home_zone(account).zone)


@contextmanager
def opened(settings: Settings, machine_zone: str | None = None) -> Iterator[AppContext]:
    """The data folder of these settings, for as long as it is needed. Raises StorageError."""
    store = Store(settings.home)
    try:
        yield AppContext(settings, store, machine_zone)
    finally:
        store.close()
