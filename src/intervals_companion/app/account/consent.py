"""The boxes of the consent screen: what is asked for and what for, and what was granted."""

from __future__ import annotations

from attrs import frozen

from intervals_companion.app.account.sign_in import KEY, SignedIn
from intervals_companion.intervals import scopes
from intervals_companion.intervals.scopes import Area, Level, Scope


@frozen
class Asked:
    """A row of the consent screen as the companion asks for it."""

    area: str
    levels: str
    """`Read` or `Read, Update`."""
    purpose: str


@frozen
class Granted:
    """A row of the consent screen as it was answered; None where a box was not asked for."""

    area: str
    read: bool | None
    update: bool | None


_PURPOSES = {
    Area.ACTIVITY: "send workouts",
    Area.WELLNESS: "send nights, weight",
    Area.CALENDAR: "pair with your plan",
    Area.CHATS: "friends’ comments",
    Area.SETTINGS: "zones, form setting",
}


def asked() -> list[Asked]:
    needed = scopes.expanded(scopes.REQUESTED)
    return [
        Asked(
            scopes.AREA_WORDS[area],
            ", ".join(scopes.LEVEL_WORDS[scope.level] for scope in needed if scope.area == area),
            purpose,
        )
        for area, purpose in _PURPOSES.items()
    ]


def granted(owner: SignedIn) -> list[Granted]:
    """What this sign-in may do. By an API key there are no boxes: it may do everything."""
    if owner.by == KEY:
        return []
    needed = scopes.expanded(scopes.REQUESTED)

    def on(area: Area, level: Level) -> bool | None:
        scope = Scope(area, level)
        return owner.grant.covers(scope) if scope in needed else None

    return [Granted(scopes.AREA_WORDS[area], on(area, Level.READ), on(area, Level.WRITE)) for area in _PURPOSES]
