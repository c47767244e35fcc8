"""Syncing: what the person decided and what they granted, made into one run."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from attrs import frozen

from intervals_companion.app import days
from intervals_companion.app.companion import Companion
from intervals_companion.app.signing_in import signed_in
from intervals_companion.domain import catalogue
from intervals_companion.domain.days import parse_day
from intervals_companion.domain.errors import UsageError
from intervals_companion.intervals.client import Requests
from intervals_companion.intervals.protocol import OPERATIONS
from intervals_companion.intervals.scopes import Grant
from intervals_companion.store import ledger
from intervals_companion.sync import engine
from intervals_companion.sync.actions import Held, Reason
from intervals_companion.sync.policy import EVERY, Owner, Policy
from intervals_companion.sync.task import Outcome, Progress, Task

__all__ = ["WORKOUT_FIELD", "Held", "Outcome", "Synced", "exit_code", "sync", "take_over"]

WORKOUT_FIELD = ledger.WORKOUT_FIELD


@frozen
class Synced:
    """A run as a person sees it."""

    outcome: Outcome
    first: date
    last: date
    requests: Requests
    seconds: float


def sync(
    companion: Companion,
    progress: Progress,
    *,
    since: date | None = None,
    until: date | None = None,
    dry_run: bool = False,
    confirmed: bool = False,
) -> Synced:
    """One run over the days from `since` (else the first that Health knows) to `until` (else today), both included.

    Raises NotSignedIn, SignInError, Busy; anything later that ends it early is in the outcome.
    """
    began = companion.ticks()
    with signed_in(companion) as (who, client):
        athlete = who.account.athlete
        where = companion.zone(who.account)
        today = companion.today(where)
        last = min(until or today, today)
        days.make(companion, who.account, where, last, progress)
        first = since or min(last, days.first_day(companion, who.account, where) or last)
        with companion.store.read() as connection:
            taken_over = ledger.taken_over(connection, athlete)
        if first > last:
            raise UsageError(f"There are no days from {first} to {last}.", "Give --since a day that is not later.")
        policy = _policy(companion, who.grant, taken_over)
        task = Task(athlete, where, first, last, policy, dry_run=dry_run, confirmed=confirmed)
        outcome = engine.run(companion.store, client, task, companion.now, progress)
    return Synced(outcome, first, last, client.requests, companion.ticks() - began)


def exit_code(outcome: Outcome) -> int:
    """0 when all went that could; 1 when something failed or a missing permission holds it; else the error's own."""
    if outcome.error is not None:
        return outcome.error.exit_code
    blocked = any(one.reason is Reason.NO_PERMISSION for one in outcome.held)
    return 1 if outcome.failed or blocked else 0


def _policy(companion: Companion, grant: Grant, taken_over: frozenset[tuple[str, date | None]]) -> Policy:
    settings = companion.settings
    return Policy(
        may_send_values=_may(grant, "put_wellness"),
        may_upload=_may(grant, "upload"),
        fields_on=settings.metrics_on,
        fields_off=settings.metrics_off,
        sports_off=settings.sports_off,
        owners={name: Owner(owner) for name, owner in settings.owners.items()},
        taken_over=taken_over,
    )


def _may(grant: Grant, operation: str) -> bool:
    needed = OPERATIONS[operation]
    return needed is None or grant.covers(needed)


def take_over(companion: Companion, choices: Iterable[str]) -> None:
    """Remembers where Health's value is to replace what Intervals.icu holds: FIELD, FIELD@DAY, or `all`."""
    chosen = [_choice(text) for text in choices]
    athlete = companion.account().athlete
    with companion.store.write() as connection:
        ledger.take_over(connection, athlete, chosen)


def _choice(text: str) -> tuple[str, date | None]:
    name, at, day = text.partition("@")
    fields = [metric.field for metric in catalogue.metrics()]
    if name != EVERY and name not in fields:
        raise UsageError(f"No metric is called {name!r}.", f"Known are: {', '.join(fields)}; or {EVERY}.")
    return name, parse_day(day) if at else None
