"""The account’s API key: five states, each with its own cure. It opens other athletes’ activities and comments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

from intervals_companion.doctor import cures
from intervals_companion.doctor.checks import Check, Section, State
from intervals_companion.doctor.cures import Cure
from intervals_companion.intervals import scopes
from intervals_companion.intervals.scopes import Area, Level, Scope

KEY = "api-key"
SETTINGS = Scope(Area.SETTINGS, Level.READ)


class Key(StrEnum):
    """What is known about the account's API key."""

    WORKS = "works"
    REFUSED = "refused"
    NONE = "none"
    UNSEEN = "unseen"
    UNTICKED = "unticked"
    """Not shown, or shown as null, to a sign-in without Settings, Read: whether there is one, nobody can tell."""
    UNWANTED = "unwanted"
    """The person does not want it read."""


BLOCKS = "other athletes’ activities and comments are not shown; your own sync works without it"
WARNING_OF_POWER = "A key has full rights to your account. It is kept encrypted on this machine and never shown whole."

_STATES: Mapping[Key, tuple[State, str, str, Cure]] = {
    Key.WORKS: (State.OK, "API key", "The account’s API key works.", ()),
    Key.UNWANTED: (State.OK, "API key", "The API key is not read: you turned that off.", ()),
    Key.REFUSED: (
        State.WARNING,
        "Bring the new API key",
        "The account’s API key is refused: a new one was generated at Intervals.icu, or it was copied in part.",
        cures.KEY_REFUSED,
    ),
    Key.NONE: (
        State.WARNING, "Generate an API key", "No API key was generated in this account.", cures.KEY_NONE,
    ),
    Key.UNSEEN: (
        State.WARNING,
        "Paste the API key",
        "Intervals.icu does not show the API key to this sign-in.",
        cures.KEY_UNSEEN,
    ),
    Key.UNTICKED: (
        State.WARNING,
        "Turn on Read for Settings",
        f"The API key cannot be seen: {scopes.off(SETTINGS)} Whether one was generated is not known.",
        cures.missing_scope(SETTINGS),
    ),
}  # fmt: skip


def examine(key: Key | None) -> Iterator[Check]:
    """None where it could not be tried: no finding."""
    if key is not None:
        state, title, cause, cure = _STATES[key]
        yield Check(KEY, Section.KEY, state, title, cause, "" if state is State.OK else BLOCKS, cure)
