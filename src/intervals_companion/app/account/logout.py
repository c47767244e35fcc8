"""Signing out: the access at Intervals.icu ends, token and key are forgotten."""

from __future__ import annotations

from attrs import frozen

from intervals_companion.app.account.sign_in import KEY, Revocation, opened_token, revoke
from intervals_companion.app.context import AppContext
from intervals_companion.domain.errors import CompanionError, NotSignedIn
from intervals_companion.store import accounts, jobs
from intervals_companion.store.accounts import Account


@frozen
class SignedOut:
    account: Account
    told: bool
    """Whether Intervals.icu was told; its own list of connected apps shows the companion otherwise."""
    problem: CompanionError | None = None
    ended: tuple[Revocation, ...] = ()
    """Everything that was given up, also of other athletes who had signed in here before."""


def log_out(context: AppContext) -> SignedOut:
    """Ends the access at Intervals.icu and forgets token and key, of everybody who ever signed in here.

    Without an answer, or where a token cannot be opened, it goes on and says so. Samples, ledger, links and settings
    stay: signing in again writes nothing twice. A sync under way is asked to stop.
    Raises NotSignedIn where nothing is stored of anybody.
    """
    account = context.account()
    with context.store.write() as connection:
        holders = accounts.holders(connection)
        for one in holders:
            jobs.ask_all_to_stop(connection, one.athlete, jobs.SYNC, jobs.PLAN)
    if not holders:
        raise NotSignedIn
    ended = [_end(context, one) for one in holders]
    with context.store.write() as connection:
        accounts.delete_all_credentials(connection)
    own = next((one for one in ended if one.account.athlete == account.athlete), Revocation(account))
    return SignedOut(account, own.problem is None, own.problem, tuple(ended))


def _end(context: AppContext, account: Account) -> Revocation:
    token = opened_token(context, account)
    return Revocation(account, by=KEY) if token is None else revoke(context, account, token)
