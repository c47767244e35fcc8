"""The iPhone beside this companion: Health asked for permission and read, and who may see what a simulated one says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path

from attrs import define, field

from intervals_companion.app.context import AppContext
from intervals_companion.app.ingest.imports import Impossible, cannot_be
from intervals_companion.app.preferences import home_zone
from intervals_companion.domain.days import zone
from intervals_companion.domain.errors import UsageError
from intervals_companion.domain.stages import Progress, Stage
from intervals_companion.health.apple_export import AppleExport
from intervals_companion.health.port import HealthObject, HealthStore
from intervals_companion.health.requested_types import to_read, to_share
from intervals_companion.health.simulated import Sheet, SimulatedPhone, Toggles
from intervals_companion.intervals.wire import service_origin
from intervals_companion.store import anchors, archive, healthkit_changes, native_ids
from intervals_companion.store.accounts import Account
from intervals_companion.store.native_ids import Arrival

__all__ = ["PhoneRead", "Sheet", "SimulatedData", "SimulatedPhone", "Toggles", "ask", "read_phone", "simulated_phone"]

CHANGES_AT_ONCE = 5000


@define
class PhoneRead:
    """What a reading of the phone brought."""

    new: int = 0
    """Objects never met before."""
    deleted: int = 0
    """Samples that were deleted in Health and count no more."""
    impossible: Counter[Impossible] = field(factory=Counter)
    """What was kept and makes no day."""
    asked: bool = False
    """Whether the permission sheet waits for an answer."""


class SimulatedData(UsageError):
    """What a simulated iPhone recorded is about to leave this machine."""


def ask(phone: HealthStore) -> bool:
    """Shows the permission sheet if some type was never asked for; says whether it did."""
    share, read = to_share(), to_read()
    if not phone.should_ask(share, read):
        return False
    phone.ask(share, read)
    return True


def read_phone(context: AppContext, phone: HealthStore, progress: Progress) -> PhoneRead:
    """Asks for what was never asked for, then reads every type on from where it stopped.

    Raises HealthLocked; what was read before stands, and the next reading goes on there.
    """
    account = context.account()
    result = PhoneRead(asked=ask(phone))
    kinds = sorted(to_read())  # what was measured before the workouts: one is never known without its heart rate
    now = context.now()
    shown: dict[str, int] = {}
    for done, kind in enumerate(kinds):
        progress(Stage.READ_HEALTH, done, len(kinds))
        recent = _foreign(phone.between(kind, now - anchors.ASKED_AGAIN, now))
        shown[kind] = len(recent)
        _read_on(context, account, phone, kind, result, recent)
    with context.store.write() as connection:
        for kind, count in shown.items():
            anchors.put_asked(connection, account.athlete, phone.channel, kind, now, count)
        archive.remember_delivery(connection, account.athlete, phone.channel, now, True)
    home_zone.save(context, account, Counter())
    progress(Stage.READ_HEALTH, len(kinds), len(kinds))
    return result


def _read_on(
    context: AppContext, account: Account, phone: HealthStore, kind: str, result: PhoneRead, recent: list[HealthObject]
) -> None:
    """What changed since something was last told. An object of the last days that the anchor did not tell of was hidden
    when the anchor passed it: reading was turned on in the midst, so the type is read again from the beginning.
    """
    with context.store.read() as connection:
        anchor = anchors.anchor(connection, account.athlete, phone.channel, kind)
    _read_from(anchor, context, account, phone, kind, result)
    with context.store.read() as connection:
        met = native_ids.known_ids(connection, account.athlete, phone.channel, [one.id for one in recent])
    if anchor is not None and any(one.id not in met for one in recent):
        _read_from(None, context, account, phone, kind, result)


def _read_from(
    anchor: str | None, context: AppContext, account: Account, phone: HealthStore, kind: str, result: PhoneRead
) -> None:
    athlete, from_the_beginning = account.athlete, anchor is None
    shown: set[str] = set()
    more, told = True, False
    while more:
        changes = phone.changes(kind, anchor, CHANGES_AT_ONCE)
        arrivals = [Arrival(one.id, one.source, one.row) for one in _foreign(changes.found)]
        # A type that tells nothing may be one that may not be read: going on from there would pass over what it hides.
        stop = changes.anchor if arrivals or changes.deleted else None
        taken = healthkit_changes.take(
            context.store, athlete, phone.channel, kind, arrivals, changes.deleted, stop, context.now()
        )
        result.new += taken.new
        result.impossible.update(cannot_be(kind, [one.row for one in arrivals], context.now()))
        result.deleted += taken.deleted
        told = told or bool(arrivals or changes.deleted)
        if from_the_beginning:
            shown.update(one.id for one in arrivals)
        anchor, more = changes.anchor, changes.more
    if from_the_beginning and shown:
        result.deleted += healthkit_changes.forget_missing(
            context.store, athlete, phone.channel, kind, shown, context.now()
        )
    if told:
        healthkit_changes.read_to_the_end(context.store, athlete, phone.channel, kind, context.now())


def _foreign(found: Collection[HealthObject]) -> list[HealthObject]:
    """Without what this program wrote itself."""
    return [one for one in found if not one.is_own]


def simulated_phone(clock: Callable[[], datetime], origin: str, home: str, export: Path) -> SimulatedPhone:
    """A simulated iPhone that holds what an export holds. `origin`: the only service that may see it."""
    phone = SimulatedPhone(clock, origin, zone(home))
    phone.fill(AppleExport(export))
    return phone


def check_destination(context: AppContext, account: Account) -> None:
    """Raises SimulatedData where a simulated iPhone's samples would leave for anywhere but the sandbox beside it."""
    with context.store.read() as connection:
        channels = archive.channels(connection, account.athlete)
    phone = context.phone
    if SimulatedPhone.channel not in channels:
        return
    if isinstance(phone, SimulatedPhone) and service_origin(phone.origin) == account.origin:
        return
    raise SimulatedData(
        "This data folder holds samples of a simulated iPhone. They go nowhere but to the demo’s own Intervals.icu.",
        "For your own account use another data folder: COMPANION_HOME. The demo makes its own.",
        terminal_cure="For your own account use another data folder: COMPANION_HOME. "
        "The demo makes its own: companion demo.",
    )
