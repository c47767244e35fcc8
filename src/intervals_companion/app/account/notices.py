"""What a person should know after signing in, in sentences."""

from __future__ import annotations

from intervals_companion.app.account.sign_in import SignedIn
from intervals_companion.app.scope import ReadScope
from intervals_companion.domain.days import is_zone
from intervals_companion.intervals import scopes


def about_the_zone(here: ReadScope, owner: SignedIn, how: str) -> str | None:
    """What a person should know of their days after signing in, in words; None where nothing is odd. `how` says how the
    zone of the account, `{zone}`, is chosen.
    """
    home = here.home_zone
    if owner.zone_before is not None:
        return (
            f"Days are days in {home.zone} now: {home.reason}. It was {owner.zone_before} until now. "
            "Before a sync changes days that were sent, it stops."
        )
    theirs = owner.account.zone
    if theirs is None or not is_zone(theirs) or theirs == home.zone:
        return None
    return (
        f"Days are days in {home.zone}: {home.reason}. Your account at Intervals.icu says {theirs}. "
        f"To use that: {how.format(zone=theirs)}."
    )


def what_is_missing(owner: SignedIn) -> list[str]:
    """What was left unticked, what that blocks and how to put it right: a sentence each."""
    return [f"{scopes.off(scope)} {_sentence(scopes.BLOCKS[scope])} {scopes.cure(scope)}" for scope in owner.missing]


def _sentence(clause: str) -> str:
    return f"{clause[0].upper()}{clause[1:]}."
