"""A simulated iPhone: a Health store that keeps Apple's rules, for the demo and the tests.

The rules: HealthKit's documentation of HKHealthStore, HKAuthorizationStatus and HKMetadataKeySyncIdentifier. Above all,
a type that may not be read looks exactly like one that holds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from threading import RLock
from uuid import UUID
from zoneinfo import ZoneInfo

from attrs import field, frozen

from intervals_companion.domain import own_samples
from intervals_companion.domain.catalogue import short_type
from intervals_companion.domain.days import instant
from intervals_companion.domain.samples import (
    CATEGORY_PREFIX,
    CORRELATION_PREFIX,
    QUANTITY_PREFIX,
    Batch,
    Row,
    Source,
    pack_metadata,
    unpack_metadata,
)
from intervals_companion.health import simulated_life as life
from intervals_companion.health.port import (
    Changes,
    HealthLocked,
    HealthObject,
    HealthReader,
    NewObject,
    NotOwned,
    Share,
    ShareRefused,
)

READ_ONLY = frozenset(
    QUANTITY_PREFIX + name
    for name in (
        "AppleExerciseTime", "AppleSleepingBreathingDisturbances", "AppleSleepingWristTemperature", "AppleStandTime",
        "AppleWalkingSteadiness", "AtrialFibrillationBurden", "WalkingHeartRateAverage",
    )
) | frozenset(
    CATEGORY_PREFIX + name
    for name in (
        "AppleStandHour", "HeadphoneAudioExposureEvent", "HighHeartRateEvent", "HypertensionEvent", "LowHeartRateEvent",
    )
)  # fmt: skip
"""Types no app may write."""

_APPLE = "com.apple.health"
_OWN_SOURCE = Source(own_samples.NAME, own_samples.NAME, "iPhone")


class InvalidArgument(Exception):
    """NSInvalidArgumentException: HealthKit ends the app. Not an error that an app may handle."""


@frozen
class Sheet:
    """The permission sheet: types that nobody was asked about before."""

    share: frozenset[str] = frozenset()
    read: frozenset[str] = frozenset()


@frozen
class Toggles:
    """Settings > Privacy & Security > Health > the app: every type ever asked for, and whether it is on."""

    share: Mapping[str, bool] = field(factory=dict)
    read: Mapping[str, bool] = field(factory=dict)


class SimulatedPhone:
    """Implements `HealthStore`. Safe for several threads; deterministic but for its clock.

    `clock` is the world's; the phone's own (`now`) can be ahead of it. `zone` is where its owner lives. `origin` is the
    only service that may see its samples: the sandbox this process started.
    """

    channel = "simulated"

    def __init__(self, clock: Callable[[], datetime], origin: str, zone: ZoneInfo) -> None:
        self.origin = origin
        self._zone = zone
        self._clock = clock
        self._ahead = timedelta()
        self._lock = RLock()
        self._count = 0
        self._objects: dict[str, dict[str, HealthObject]] = {}
        self._log: dict[str, list[str]] = {}
        """By type, the ids of objects in the order they came and went: an anchor is a place in it."""
        self._identified: dict[tuple[str, str], tuple[int, str]] = {}
        """(type, sync identifier) -> version, id."""
        self._share: dict[str, bool] = {}
        self._read: dict[str, bool] = {}
        self._sheet: Sheet | None = None
        self._locked = False

    # --- what an app may ask -----------------------------------------------------------------------------------------

    def share_status(self, kind: str) -> Share:
        with self._lock:
            if kind not in self._share:
                return Share.NOT_DETERMINED
            return Share.AUTHORIZED if self._share[kind] else Share.DENIED

    def should_ask(self, share: Collection[str], read: Collection[str]) -> bool:
        with self._lock:
            return bool(set(share) - self._share.keys() or set(read) - self._read.keys())

    def ask(self, share: Collection[str], read: Collection[str]) -> None:
        """Raises InvalidArgument for a type that cannot be asked for."""
        disallowed = [kind for kind in share if kind in READ_ONLY]
        disallowed += [kind for kind in {*share, *read} if kind.startswith(CORRELATION_PREFIX)]
        if disallowed:
            raise InvalidArgument(
                f"Authorization to share the following types is disallowed: {', '.join(sorted(disallowed))}"
            )
        with self._lock:
            if self.should_ask(share, read):
                waiting = self._sheet or Sheet()
                self._sheet = Sheet(
                    waiting.share | (set(share) - self._share.keys()), waiting.read | (set(read) - self._read.keys())
                )

    def changes(self, kind: str, anchor: str | None, limit: int) -> Changes:
        with self._lock:
            self._must_be_unlocked()
            log = self._log.get(kind, [])
            start = int(anchor or 0)
            end = min(start + limit, len(log))
            ids = dict.fromkeys(log[start:end])
            objects = self._objects.get(kind, {})
            found = [objects[native] for native in ids if native in objects]
            # Who may not read a type does not see its deletions either.
            deleted = [native for native in ids if native not in objects] if self._read.get(kind) else []
            return Changes(self._shown(kind, found), deleted, str(end), end < len(log))

    def between(self, kind: str, start: int, end: int) -> Sequence[HealthObject]:
        with self._lock:
            self._must_be_unlocked()
            found = [one for one in self._objects.get(kind, {}).values() if start <= one.row.start < end]
            return self._shown(kind, found)

    def save(self, new: NewObject) -> None:
        with self._lock:
            if not self._share.get(new.type):
                raise ShareRefused(short_type(new.type))
            version, native = self._identified.get((new.type, new.identifier), (-1, ""))
            if new.version <= version:
                return
            self._take(new.type, native)
            metadata = unpack_metadata(new.row.metadata) | {
                own_samples.SYNC_IDENTIFIER: new.identifier, own_samples.SYNC_VERSION: str(new.version),
            }  # fmt: skip
            row = new.row._replace(created=self.instant(), metadata=pack_metadata(metadata.items()))
            self._identified[new.type, new.identifier] = (
                new.version,
                self._put(new.type, _OWN_SOURCE, own_samples.BUNDLE, row),
            )

    def delete(self, kind: str, ids: Collection[str]) -> None:
        with self._lock:
            objects = self._objects.get(kind, {})
            if any(native in objects and objects[native].bundle != own_samples.BUNDLE for native in ids):
                raise NotOwned
            for native in ids:
                self._take(kind, native)

    def _must_be_unlocked(self) -> None:
        if self._locked:
            raise HealthLocked

    def _shown(self, kind: str, found: Iterable[HealthObject]) -> list[HealthObject]:
        """With read off an app sees only what it wrote itself, and that only where it may write."""
        if self._read.get(kind):
            return list(found)
        return [one for one in found if one.bundle == own_samples.BUNDLE] if self._share.get(kind) else []

    # --- what the person does: permissions ---------------------------------------------------------------------------

    @property
    def sheet(self) -> Sheet | None:
        """The permission sheet, while it waits for an answer."""
        with self._lock:
            return self._sheet

    def answer(self, share: Collection[str], read: Collection[str]) -> None:
        """Allow, with these toggles on. Don't Allow is the answer with none. The types are never asked for again."""
        with self._lock:
            if self._sheet is not None:
                self._share |= {kind: kind in share for kind in self._sheet.share}
                self._read |= {kind: kind in read for kind in self._sheet.read}
                self._sheet = None

    @property
    def toggles(self) -> Toggles:
        with self._lock:
            return Toggles(dict(self._share), dict(self._read))

    def set_toggles(self, share: Collection[str], read: Collection[str]) -> None:
        """Exactly these are on, of the types that were asked for. Turn On All is all of them."""
        with self._lock:
            self._share = {kind: kind in share for kind in self._share}
            self._read = {kind: kind in read for kind in self._read}

    def turn_all(self, *, on: bool) -> None:
        with self._lock:
            self.set_toggles(self._share if on else (), self._read if on else ())

    @property
    def locked(self) -> bool:
        with self._lock:
            return self._locked

    def lock(self, *, locked: bool = True) -> None:
        with self._lock:
            self._locked = locked

    # --- what the person does: living --------------------------------------------------------------------------------

    def now(self) -> datetime:
        """What the phone's clock shows."""
        with self._lock:
            return (self._clock() + self._ahead).astimezone(self._zone)

    def instant(self) -> int:
        """The same in ms since the epoch."""
        return instant(self.now())

    def fill(self, reader: HealthReader) -> None:
        """Everything another store holds, as recorded on this phone. Raises what the reader raises."""
        for batch in reader.batches():
            self.record(batch)

    def record(self, batch: Batch, bundle: str = _APPLE) -> list[str]:
        """Another app or a device adds these, whenever they were; gives their ids."""
        with self._lock:
            return [self._put(batch.type, batch.source, bundle, row) for row in batch.rows]

    def remove(self, kind: str, native: str) -> None:
        """The person deletes an object in the Health app, or its own app does; to correct one, it records another."""
        with self._lock:
            self._take(kind, native)

    def let_a_day_pass(self) -> None:
        """A day later: a night, then a day on foot. The clock is a day ahead."""
        with self._lock:
            self._ahead += timedelta(days=1)
            for batch in (*life.night(self.now()), *life.day(self.now())):
                self.record(batch)

    def record_a_night(self) -> None:
        """The Watch has measured the night that ended this morning."""
        self._live(life.night)

    def step_on_the_scale(self) -> None:
        self._live(life.weighing)

    def finish_a_run(self) -> None:
        """The Watch ends a run of 40 minutes, long enough ago for its late samples to be there."""
        self._live(life.run)

    def _live(self, lived: Callable[[datetime], Iterable[Batch]]) -> None:
        with self._lock:
            for batch in lived(self.now()):
                self.record(batch)

    # --- the store itself --------------------------------------------------------------------------------------------

    def _put(self, kind: str, source: Source, bundle: str, row: Row) -> str:
        self._count += 1
        native = str(UUID(int=self._count)).upper()
        self._objects.setdefault(kind, {})[native] = HealthObject(native, source, bundle, row)
        self._log.setdefault(kind, []).append(native)
        return native

    def _take(self, kind: str, native: str) -> None:
        if self._objects.get(kind, {}).pop(native, None) is not None:
            self._log[kind].append(native)
