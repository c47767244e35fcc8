"""What a sign-in may do at Intervals.icu: areas, levels, the granted set, and the service's own words for them.

Areas, levels and the scope string: the service's API access guide. Words: its consent dialog, one row per area with
the boxes Read and Update. A person may untick boxes, so a grant can be smaller than the request.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from attrs import field, frozen


class Area(StrEnum):
    ACTIVITY = "ACTIVITY"
    WELLNESS = "WELLNESS"
    CALENDAR = "CALENDAR"
    CHATS = "CHATS"
    LIBRARY = "LIBRARY"
    SETTINGS = "SETTINGS"


class Level(StrEnum):
    READ = "READ"
    WRITE = "WRITE"


class Scope(NamedTuple):
    """One box of the consent dialog. Both are plain text, so that an area the service adds later is kept."""

    area: str
    level: str

    def __str__(self) -> str:
        return f"{self.area}:{self.level}" if self.level else self.area


REQUESTED = "ACTIVITY:WRITE,WELLNESS:WRITE,CALENDAR:READ,CHATS:WRITE,SETTINGS:READ"
"""Each area once (the service rejects a repeated one); WRITE includes READ."""


def requested(*, create_fields: bool = False) -> str:
    """The scope string to ask for. SETTINGS:WRITE only when a person wants the companion to create custom fields."""
    return REQUESTED.replace("SETTINGS:READ", "SETTINGS:WRITE") if create_fields else REQUESTED


def _covering(scope: Scope) -> tuple[Scope, ...]:
    """The scopes any of which is enough for this one."""
    return (scope, Scope(scope.area, Level.WRITE)) if scope.level == Level.READ else (scope,)


def _without_covered(scopes: Iterable[Scope]) -> frozenset[Scope]:
    given = frozenset(scopes)
    return frozenset(scope for scope in given if not any(other in given for other in _covering(scope)[1:]))


def _split(text: str) -> tuple[Scope, ...]:
    words = (word.partition(":") for word in re.split(r"[,\s]+", text.upper()) if word)
    return tuple(Scope(area, level) for area, _, level in words)


@frozen
class Grant:
    """What was really granted. Two grants that allow the same are equal."""

    scopes: frozenset[Scope] = field(converter=_without_covered)

    @classmethod
    def parse(cls, text: str) -> Grant:
        """From the token answer's `scope`; order, spaces and repetitions do not matter, unknown words are kept."""
        return cls(_split(text))

    @classmethod
    def everything(cls) -> Grant:
        """What an API key may do with its owner's data."""
        return cls(Scope(area, Level.WRITE) for area in Area)

    def covers(self, scope: Scope) -> bool:
        return any(enough in self.scopes for enough in _covering(scope))

    def __str__(self) -> str:
        return ",".join(sorted(map(str, self.scopes)))


def missing(grant: Grant, needed: Iterable[Scope]) -> tuple[Scope, ...]:
    """Those of `needed` that the grant does not cover, in their order."""
    return tuple(scope for scope in needed if not grant.covers(scope))


def expanded(text: str) -> tuple[Scope, ...]:
    """The boxes of the consent dialog that a scope string asks for: WRITE shows two, Read and Update."""
    return tuple(
        Scope(scope.area, level)
        for scope in _split(text)
        for level in ((Level.READ, Level.WRITE) if scope.level == Level.WRITE else (scope.level,))
    )


AREA_WORDS: Mapping[str, str] = {
    Area.ACTIVITY: "Activities",
    Area.WELLNESS: "Wellness Data",
    Area.CALENDAR: "Calendar",
    Area.CHATS: "Chats",
    Area.LIBRARY: "Library",
    Area.SETTINGS: "Settings",
}

LEVEL_WORDS: Mapping[str, str] = {Level.READ: "Read", Level.WRITE: "Update"}

BLOCKS: Mapping[Scope, str] = {
    Scope(Area.ACTIVITY, Level.READ): "workouts cannot be compared with Intervals.icu, so none is sent",
    Scope(Area.ACTIVITY, Level.WRITE): "workouts stay on this machine",
    Scope(Area.WELLNESS, Level.READ): "daily values cannot be compared with Intervals.icu, so none is sent",
    Scope(Area.WELLNESS, Level.WRITE): "sleep, HRV, weight and other daily values stay on this machine",
    Scope(Area.CALENDAR, Level.READ): "planned workouts are not shown",
    Scope(Area.CHATS, Level.READ): "comments are not shown",
    Scope(Area.CHATS, Level.WRITE): "comments cannot be written here",
    Scope(Area.SETTINGS, Level.READ): "custom fields are not known, so values that need one stay on this machine",
    Scope(Area.SETTINGS, Level.WRITE): "the companion cannot create custom fields for you",
}
"""What each missing box blocks. A box that is absent here blocks nothing: the companion does not use it."""

_TO_CHECK: Mapping[str, str] = {Level.READ: "Read is", Level.WRITE: "Read and Update are"}


def off(scope: Scope) -> str:
    """`Wellness Data, Update is off.`"""
    return f"{_area(scope)}, {LEVEL_WORDS.get(scope.level, scope.level)} is off."


def cure(scope: Scope) -> str:
    """How a person turns a missing box on: only a new sign-in brings a new grant."""
    check = _TO_CHECK.get(scope.level, f"{scope.level} is")
    return f"Log out, log back in and make sure {check} checked beside {_area(scope)}."


def _area(scope: Scope) -> str:
    return AREA_WORDS.get(scope.area, scope.area)
