"""What a person has decided, and what is allowed: everything a plan needs beside the values themselves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from attrs import field, frozen


class Owner(StrEnum):
    """Who wins where both sides changed."""

    HEALTH = "health"
    INTERVALS = "intervals"
    ASK = "ask"


EVERY = "all"
"""In `taken_over`: every field."""


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
    owners: Mapping[str, Owner] = field(factory=dict)
    taken_over: frozenset[tuple[str, date | None]] = frozenset()
    """(field, day) where the person chose Health's value; day None: every day; field `all`: every field."""

    def owner(self, name: str, day: date) -> Owner:
        chosen = {(name, day), (name, None), (EVERY, day), (EVERY, None)}
        return Owner.HEALTH if chosen & self.taken_over else self.owners.get(name, Owner.ASK)
