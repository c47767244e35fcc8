"""An examination: asks Intervals.icu what this sign-in may do, with few requests, and keeps what it said."""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve
from cattrs.preconf.json import make_converter
from sqlalchemy import Connection

from intervals_companion.app.account import api_key, custom_fields
from intervals_companion.app.account import sign_in as account_sign_in
from intervals_companion.app.account.sign_in import KEY, SignedIn, signed_in
from intervals_companion.app.context import AppContext
from intervals_companion.app.scope import ReadScope
from intervals_companion.doctor.intervals import Trouble
from intervals_companion.doctor.key import Key
from intervals_companion.doctor.probe import OwnKey, Probe, ProbeResult
from intervals_companion.domain import catalogue
from intervals_companion.domain.errors import SignInError, SignInUnreadable
from intervals_companion.domain.scope_check import ScopeCheck
from intervals_companion.intervals.client import IntervalsClient
from intervals_companion.intervals.scopes import Scope
from intervals_companion.store import accounts, examinations, scope_checks
from intervals_companion.store.examinations import Examination

_JSON = make_converter()


def last(connection: Connection, athlete: int) -> tuple[int | None, ProbeResult]:
    kept = examinations.last(connection, athlete)
    return (None, ProbeResult()) if kept is None else (kept.examined, _JSON.loads(kept.found, ProbeResult))


def known_scopes(connection: Connection, athlete: int) -> tuple[dict[Scope, ScopeCheck], ScopeCheck | None]:
    """What the answers to this sign-in said of each box, and of the sign-in itself."""
    known = scope_checks.known(connection, athlete)
    sign_in = known.pop(scope_checks.SIGN_IN, None)
    return {Scope(*name.split(":", 1)): proof for name, proof in known.items()}, sign_in


def examine(context: AppContext) -> None:
    """At most `probe.MOST_REQUESTS` requests. Nothing is ever written: no value, day, comment or field.

    Reading is tried where the sign-in grants it. Updating is tried only before anything was ever sent with this
    sign-in, by a list of no days and a form without a file. What does not fit into the requests comes first next time.
    Raises SignInError where nobody is signed in, or the sign-in cannot be opened; the latter is kept too.
    """
    try:
        _ask_service(context)
    except SignInUnreadable as problem:
        unreadable = Trouble(problem.cause, problem.cure)
        note(context, lambda found: evolve(found, unreadable=unreadable), examined=context.now())
        raise


def _ask_service(context: AppContext) -> None:
    with signed_in(context) as (owner, client):
        athlete = owner.account.athlete
        with context.store.read() as connection:
            examined = accounts.saved(connection, athlete).get(owner.by)
        found = _probe(context, owner, client)
    with context.store.write() as connection:
        if accounts.saved(connection, athlete).get(owner.by) == examined:  # else somebody has signed in anew meanwhile
            examinations.save(connection, athlete, Examination(context.now(), _JSON.dumps(found)))


def _probe(context: AppContext, owner: SignedIn, client: IntervalsClient) -> ProbeResult:
    with context.reading() as here:
        today = here.today
        _, found = last(here.connection, owner.account.athlete)
        before = evolve(found, unreadable=None)  # it has just been opened
        known, _ = known_scopes(here.connection, owner.account.athlete)
    own_key = OwnKey(
        may_read=lambda: context.read(api_key.may_read),
        known=lambda: context.read(api_key.own_key),
        save=lambda key: api_key.save(context, key),
    )
    return Probe(
        client=client, key_client=lambda key: context.client(client.origin, key), by_key=owner.by == KEY,
        grant=owner.grant, own_key=own_key, today=today, before=before, known=known,
    ).go()  # fmt: skip


def readability_changed(context: AppContext) -> bool:
    """Whether the stored token or key can be opened, and could not at the last examination, or the other way round."""
    try:
        account_sign_in.open_stored(context)
    except SignInUnreadable:
        can_open = False
    except SignInError:
        return False
    else:
        can_open = True
    return can_open == context.read(is_unreadable)


def create_fields(context: AppContext) -> None:
    """Creates the custom fields that are missing, and remembers that they exist: after so many requests the service may
    well leave the next examination without an answer.
    """
    custom_fields.create_custom_fields(context)
    codes = frozenset(metric.field for metric in catalogue.metrics() if metric.custom)
    note(context, lambda found: evolve(found, defined=codes | (found.defined or codes)))


def is_unreadable(here: ReadScope) -> bool:
    """Whether the stored token or key could not be opened when it was last tried."""
    return last(here.connection, here.athlete)[1].unreadable is not None


def note(context: AppContext, learnt: Callable[[ProbeResult], ProbeResult], *, examined: int | None = None) -> None:
    """Adds to what the last examination found. `examined`: when (ms), where this is an examination of its own."""
    athlete = context.account().athlete
    with context.store.write() as connection:
        before, found = last(connection, athlete)
        known = Examination(examined or before or context.now(), _JSON.dumps(learnt(found)))
        examinations.save(connection, athlete, known)


def note_key(context: AppContext, key: Key) -> None:
    """What became known of the API key outside of an examination: the doctor says it from now on."""
    athlete = context.account().athlete
    with context.store.write() as connection:
        examined, found = last(connection, athlete)
        if examined is not None:
            known = evolve(found, key=key)
            examinations.save(connection, athlete, Examination(examined, _JSON.dumps(known)))
