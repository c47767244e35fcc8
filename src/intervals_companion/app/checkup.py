"""The doctor's round: finds out what its checks need, asking the service as little as it can."""

from __future__ import annotations

from attrs import evolve, frozen

from intervals_companion.app.companion import Companion
from intervals_companion.app.signing_in import KEY, SignedIn, signed_in
from intervals_companion.doctor import checks
from intervals_companion.doctor.checks import Check, Facts, Key, SeenType, SignIn, State
from intervals_companion.domain.days import local_day
from intervals_companion.domain.errors import (
    CompanionError,
    NotSignedIn,
    PermissionMissing,
    ServiceError,
    SignInError,
    SignInExpired,
)
from intervals_companion.intervals.client import IntervalsClient
from intervals_companion.intervals.credentials import ApiKey
from intervals_companion.intervals.models import KeyState
from intervals_companion.intervals.scopes import Grant
from intervals_companion.store import archive

__all__ = ["Check", "Checkup", "State", "examine", "exit_code"]


@frozen
class Checkup:
    checks: list[Check]

    @property
    def ok(self) -> bool:
        return checks.own_data_travels(self.checks)


def examine(companion: Companion) -> Checkup:
    """At most three requests, all reads."""
    return Checkup(checks.examine(_facts(companion)))


def _facts(companion: Companion) -> Facts:
    account = companion.account()
    where = companion.zone(account)
    with companion.store.read() as connection:
        seen = archive.seen(connection, account.athlete)
        delivered = archive.last_delivery(connection, account.athlete)
    return Facts(
        sign_in=_sign_in(companion),
        health={kind: SeenType(found.samples, local_day(found.last_end, where)) for kind, found in seen.items()},
        delivered=None if delivered is None else local_day(delivered, where),
    )


def _sign_in(companion: Companion) -> SignIn | None:
    try:
        with signed_in(companion) as (who, client):
            return _tried(companion, who, client)
    except NotSignedIn:
        return None
    except SignInError as problem:
        return SignIn(name="", by_key=False, grant=Grant(()), problem=problem, expired=True)


def _tried(companion: Companion, who: SignedIn, client: IntervalsClient) -> SignIn:
    """The sign-in after one look at its own athlete: that needs no permission, only a sign-in that is alive."""
    found = SignIn(name=f"{who.account.name} ({who.account.intervals_id})", by_key=who.by == KEY, grant=who.grant)
    try:
        athlete = client.athlete()
    except SignInExpired as problem:
        return evolve(found, problem=problem, expired=True)
    except CompanionError as problem:
        return evolve(found, problem=problem)
    key = Key.WORKS if found.by_key else _key(companion, client.origin, athlete.api_key)
    return evolve(found, key=key, defined=_defined(client))


def _key(companion: Companion, origin: str, state: KeyState) -> Key | None:
    if not state.shown:
        return Key.UNSEEN
    if state.value is None:
        return Key.NONE
    try:
        with companion.client(origin, ApiKey(state.value)) as client:
            client.athlete()
    except SignInExpired:
        return Key.REFUSED
    except ServiceError:
        return None
    return Key.WORKS


def _defined(client: IntervalsClient) -> frozenset[str] | None:
    try:
        return client.custom_fields()
    except (PermissionMissing, ServiceError):
        return None  # Settings, Read is a finding of its own


def exit_code(found: Checkup) -> int:
    """0 only if the athlete's own data can travel; else what stops it: sign-in, permission or service."""
    if found.ok:
        return 0
    by_id = {check.id: check for check in found.checks}
    if by_id["sign-in"].state is State.BLOCKED:
        return SignInError.exit_code
    if by_id["sign-in"].state is State.UNKNOWN:
        return ServiceError.exit_code
    return PermissionMissing.exit_code
