"""Syncing: what the person decided and what they granted, made into one run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from attrs import evolve, field, frozen

from intervals_companion.app.account import response_cache
from intervals_companion.app.account.sign_in import signed_in
from intervals_companion.app.context import AppContext
from intervals_companion.app.ingest import phone
from intervals_companion.app.ingest.imports import Impossible
from intervals_companion.app.preferences import choices
from intervals_companion.app.scope import ReadScope
from intervals_companion.app.wellness import days
from intervals_companion.domain import catalogue
from intervals_companion.domain.days import parse_day
from intervals_companion.domain.errors import UsageError
from intervals_companion.domain.stages import Progress
from intervals_companion.health.port import HealthLocked
from intervals_companion.intervals.client import Requests
from intervals_companion.intervals.protocol import OPERATIONS
from intervals_companion.intervals.scopes import Grant
from intervals_companion.store import ledger
from intervals_companion.sync import engine
from intervals_companion.sync.actions import Reason
from intervals_companion.sync.policy import EVERY, Owner, Policy, Wishes
from intervals_companion.sync.task import Outcome, Task

__all__ = ["Outcome", "Synced", "exit_code", "sync"]


@frozen
class Synced:
    """A run as a person sees it."""

    outcome: Outcome
    first: date
    last: date
    requests: Requests
    seconds: float
    dry_run: bool = False
    impossible: Mapping[Impossible, int] = field(factory=dict)
    """What the phone at hand told that cannot be, and how often: kept, and nothing is made of it."""


def sync(
    context: AppContext,
    progress: Progress,
    *,
    since: date | None = None,
    until: date | None = None,
    dry_run: bool = False,
    confirmed: bool = False,
    take_over: Iterable[str] = (),
    keep: Iterable[str] = (),
    should_stop: Callable[[], bool] = lambda: False,
) -> Synced:
    """One run over the days from `since` (else the first that Health knows) to `until` (else today), both included.

    `take_over` and `keep` name where Health's value, or theirs, is to count (FIELD, FIELD@DAY, `all`): remembered when
    the run goes on, so not on a dry one. `should_stop` is asked between steps.
    Where a phone is at hand it is read first. A locked one is read next time: what is here already goes meanwhile, and
    the run says so; only a dry run, which would tell half, is refused. Raises UsageError, SimulatedData, HealthLocked,
    NotSignedIn, SignInError, Busy; anything later that ends it early is in the outcome.
    """
    began = context.monotonic()
    wishes = Wishes(frozenset(map(_choice, take_over)), frozenset(map(_choice, keep)))
    with signed_in(context) as (owner, client):
        athlete = owner.account.athlete
        phone.check_destination(context, owner.account)
        locked, impossible = _read_phone(context, progress, dry_run=dry_run)
        days.make(context, progress, until)
        with context.reading() as here:
            where, last = here.zone, min(until or here.today, here.today)
            # What was sent of days that Health no longer has is looked at too.
            known = (days.first_day(here), ledger.first_sent(here.connection, athlete))
            begin = min((day for day in known if day is not None), default=last)
            first = min(last, begin) if since is None else max(since, days.EARLIEST)
            taken_over, kept = ledger.taken_over_and_kept(here.connection, athlete)
            sent_zone = ledger.sent_zone(here.connection, athlete)
            policy = evolve(_policy(here, owner.grant), taken_over=taken_over, kept=kept).after(wishes)
            ask_athlete = response_cache.athlete_is_old(here)
        if first > last:
            raise UsageError(f"There are no days from {first} to {last}.", "Give --since a day that is not later.")
        task = Task(
            athlete, where, first, last, policy, dry_run=dry_run, confirmed=confirmed, wishes=wishes,
            sent_zone=sent_zone, ask_athlete=ask_athlete, should_stop=should_stop,
            health=context.phone, unread=locked,
        )  # fmt: skip
        outcome = engine.run(context.store, client, task, context.now, progress)
    return Synced(outcome, first, last, client.requests, context.monotonic() - began, dry_run, impossible)


def _read_phone(
    context: AppContext, progress: Progress, *, dry_run: bool
) -> tuple[HealthLocked | None, Mapping[Impossible, int]]:
    """Why the phone at hand could not be read whole; None where it was, or where there is none. And what cannot be."""
    try:
        return None, {} if context.phone is None else phone.read_phone(context, context.phone, progress).impossible
    except HealthLocked as locked:
        if dry_run:
            raise
        return locked, {}


def exit_code(outcome: Outcome) -> int:
    """0 when all went that could; 1 when something failed or a missing permission holds it; else the error's own."""
    if outcome.error is not None:
        return outcome.error.exit_code
    blocked = any(one.reason is Reason.NO_PERMISSION for one in outcome.held)
    return 1 if outcome.failed or blocked else 0


def _policy(here: ReadScope, grant: Grant) -> Policy:
    settings = choices.settings(here)
    return Policy(
        may_send_values=_may(grant, "put_wellness"),
        may_upload=_may(grant, "upload"),
        fields_on=settings.metrics_on,
        fields_off=settings.metrics_off,
        sports_off=settings.sports_off,
        activities_to_health=settings.activities_to_health,
        owners={name: Owner(owner) for name, owner in settings.owners.items()},
    )


def _may(grant: Grant, operation: str) -> bool:
    needed = OPERATIONS[operation]
    return needed is None or grant.covers(needed)


def _choice(text: str) -> tuple[str, date | None]:
    name, at, day = text.partition("@")
    fields = [metric.field for metric in catalogue.metrics()]
    if name != EVERY and name not in fields:
        raise UsageError(f"No metric is called {name!r}.", f"Known are: {', '.join(fields)}; or {EVERY}.")
    return name, parse_day(day) if at else None
