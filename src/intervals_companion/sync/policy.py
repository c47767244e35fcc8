"""What a person has decided, and what is allowed: everything a plan needs beside the values themselves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from attrs import evolve, field, frozen

from intervals_companion.domain.choices import EVERY, Choice, without_kept

__all__ = ["EVERY", "Owner", "Policy", "Wishes"]


class Owner(StrEnum):
    """Who wins where both sides changed."""

    HEALTH = "health"
    INTERVALS = "intervals"
    ASK = "ask"


@frozen
class Wishes:
    """What a person chooses with one run: where Health's value is to count, and where theirs is to stay."""

    take_over: frozenset[Choice] = frozenset()
    keep: frozenset[Choice] = frozenset()


@frozen
class Policy:
    may_send_values: bool = True
    """Whether the sign-in grants Wellness Data, Update."""
    may_upload: bool = True
    """Whether the sign-in grants Activities, Update."""
    fields_off: frozenset[str] = frozenset()
    fields_on: frozenset[str] = frozenset()
    """Fields turned on although the catalogue has them off."""
    sports_off: frozenset[str] = frozenset()
    """Intervals.icu types that are not uploaded."""
    defined: frozenset[str] | None = frozenset()
    """Codes of the custom wellness fields that exist at Intervals.icu; None where they may not be read."""
    into_health: frozenset[str] | None = None
    """Health types that may be written; None where there is no way into Health."""
    activities_to_health: bool = False
    """Whether activities that were recorded elsewhere become workouts in Health."""
    owners: Mapping[str, Owner] = field(factory=dict)
    taken_over: frozenset[Choice] = frozenset()
    """(field, day) where the person chose Health's value; day None: every day; field `all`: every field."""
    kept: frozenset[Choice] = frozenset()
    """The same where the person chose to keep what Intervals.icu holds."""

    def after(self, wishes: Wishes) -> Policy:
        """The same with later words, as the ledger's `take_over` and then its `keep_theirs` would leave it."""
        return evolve(
            self,
            taken_over=without_kept(self.taken_over | wishes.take_over, wishes.keep),
            kept=(self.kept - wishes.take_over) | wishes.keep,
        )

    def owner(self, name: str, day: date) -> Owner:
        """Whose value counts: the person's most specific choice for this field and day, else the field's owner."""
        for choice in ((name, day), (name, None), (EVERY, day), (EVERY, None)):
            if choice in self.taken_over:
                return Owner.HEALTH
            if choice in self.kept:
                return Owner.INTERVALS
        return self.owners.get(name, Owner.ASK)
