"""What stands between the athlete's data and Intervals.icu. Pure: what was found out goes in, findings come out.

*Blocked* means that the athlete's own days or workouts cannot travel. Whatever else could be better is a warning.
An empty Health type is "no data seen", never "denied": iOS does not tell an app that reading was refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum

from attrs import frozen

from intervals_companion.domain import catalogue
from intervals_companion.domain.catalogue import short_type
from intervals_companion.domain.errors import CompanionError
from intervals_companion.intervals import scopes
from intervals_companion.intervals.scopes import Area, Grant, Level, Scope


class State(StrEnum):
    OK = "ok"
    BLOCKED = "blocked"
    WARNING = "warning"
    UNKNOWN = "unknown"


@frozen
class Check:
    id: str
    state: State
    cause: str
    """What was found, in a sentence."""
    blocks: str = ""
    """What does not work because of it."""
    cure: tuple[str, ...] = ()
    """Steps, one act each."""


class Key(StrEnum):
    """What is known about the account's API key."""

    WORKS = "works"
    REFUSED = "refused"
    NONE = "none"
    UNSEEN = "unseen"


@frozen
class SignIn:
    """The stored sign-in, and what came of trying it."""

    name: str
    by_key: bool
    grant: Grant
    problem: CompanionError | None = None
    """What Intervals.icu said to it; None: it is alive."""
    expired: bool = False
    key: Key | None = None
    """None where it could not be tried."""
    defined: frozenset[str] | None = None
    """Codes of the custom fields that exist; None where they could not be read."""


@frozen
class SeenType:
    samples: int
    last: date


@frozen
class Facts:
    sign_in: SignIn | None
    health: Mapping[str, SeenType]
    """By full identifier: every type the archive holds."""
    delivered: date | None
    """When the phone wrote the newest data that came."""


OWN_DATA = tuple(Scope(area, level) for area in (Area.ACTIVITY, Area.WELLNESS) for level in (Level.READ, Level.WRITE))
"""The boxes without which the athlete's own data cannot travel."""

_ALL = "nothing can travel between Apple Health and Intervals.icu"
_LOGIN = ("Run: companion login",)


def examine(facts: Facts) -> list[Check]:
    return [
        *_sign_in(facts.sign_in),
        *_boxes(facts.sign_in),
        *_key(facts.sign_in),
        *_fields(facts.sign_in),
        *_health(facts),
    ]


def _sign_in(who: SignIn | None) -> Iterator[Check]:
    if who is None:
        yield Check("sign-in", State.BLOCKED, "Nobody is signed in to Intervals.icu here.", _ALL, _LOGIN)
    elif who.problem is None:
        how = "an API key" if who.by_key else "OAuth"
        yield Check("sign-in", State.OK, f"Signed in as {who.name} by {how}.")
    elif who.expired:
        yield Check("sign-in", State.BLOCKED, who.problem.cause, _ALL, (who.problem.cure, *_LOGIN))
    else:
        yield Check("sign-in", State.UNKNOWN, who.problem.cause, _ALL, (who.problem.cure,))


def _boxes(who: SignIn | None) -> Iterator[Check]:
    """A key has all rights; a token those that were ticked, while it is alive."""
    if who is None or who.by_key or who.expired:
        return
    for scope in scopes.boxes(scopes.REQUESTED):
        name = f"{scopes.AREA_WORDS[scope.area]}-{scopes.LEVEL_WORDS[scope.level]}".replace(" ", "-").lower()
        if who.grant.covers(scope):
            yield Check(name, State.OK, f"{scopes.AREA_WORDS[scope.area]}, {scopes.LEVEL_WORDS[scope.level]} is on.")
        else:
            state = State.BLOCKED if scope in OWN_DATA else State.WARNING
            yield Check(name, state, scopes.off(scope), scopes.BLOCKS[scope], _relogin(scope))


def _relogin(scope: Scope) -> tuple[str, ...]:
    both = "Read and Update are" if scope.level == Level.WRITE else "Read is"
    return (
        "Run: companion logout",
        "Run: companion login",
        f"On the permissions screen make sure {both} checked beside {scopes.AREA_WORDS[scope.area]}.",
        "Press OK.",
    )


_KEY_BLOCKS = "other athletes' activities and comments are not shown; your own sync works without it"
_OPEN_SETTINGS = "Open intervals.icu/settings in a browser."
_KEYS: Mapping[Key, tuple[State, str, tuple[str, ...]]] = {
    Key.WORKS: (State.OK, "The account's API key works.", ()),
    Key.REFUSED: (
        State.WARNING,
        "The account's API key is refused.",
        (_OPEN_SETTINGS, "Under Developer Settings generate the API Key again.", "Log out and log back in here."),
    ),
    Key.NONE: (
        State.WARNING,
        "No API key was generated in this account.",
        (
            _OPEN_SETTINGS,
            "Scroll to Developer Settings.",
            "Press (view) under API Key.",
            "Press Generate.",
            "Log out and log back in here.",
        ),
    ),
    Key.UNSEEN: (
        State.UNKNOWN,
        "Intervals.icu does not show the API key to this sign-in.",
        (_OPEN_SETTINGS, "Copy the API Key under Developer Settings.", "Run: companion login --api-key"),
    ),
}


def _key(who: SignIn | None) -> Iterator[Check]:
    if who is None or who.key is None:
        return
    state, cause, cure = _KEYS[who.key]
    yield Check("api-key", state, cause, "" if state is State.OK else _KEY_BLOCKS, cure)


def _fields(who: SignIn | None) -> Iterator[Check]:
    if who is None or who.defined is None:
        return
    custom = [metric.field for metric in catalogue.metrics() if metric.custom]
    absent = [name for name in custom if name not in who.defined]
    if not absent:
        yield Check("custom-fields", State.OK, f"All {len(custom)} custom fields exist at Intervals.icu.")
        return
    yield Check(
        "custom-fields",
        State.WARNING,
        f"{len(absent)} of {len(custom)} custom fields do not exist at Intervals.icu: {', '.join(absent)}.",
        "values of these fields stay on this machine",
        ("Define them at Intervals.icu: Settings, Wellness, custom fields.", "Or run: companion login --create-fields"),
    )


_EMPTY = "No data seen. Permission may be off, or nothing recorded it."


def _health(facts: Facts) -> Iterator[Check]:
    if not facts.health:
        yield Check(
            "health-data",
            State.WARNING,
            "Nothing has arrived from Apple Health yet.",
            "there is nothing to send",
            (
                "On the iPhone open Health, tap your picture, then Export All Health Data.",
                "Copy export.zip to this machine.",
                "Run: companion import export.zip",
            ),
        )
        return
    when = "" if facts.delivered is None else f" The newest was written on {facts.delivered}."
    samples = sum(seen.samples for seen in facts.health.values())
    yield Check("health-data", State.OK, f"{samples:,} samples of {len(facts.health)} types arrived.{when}")
    for identifier, metrics in catalogue.health_types().items():
        seen = facts.health.get(identifier)
        name = f"health-{short_type(identifier)}"
        if seen is None:
            fields = ", ".join(metric.name for metric in metrics)
            yield Check(name, State.UNKNOWN, _EMPTY, f"not made: {fields}", _EXPORT_AGAIN)
        else:
            yield Check(name, State.OK, f"Last seen {seen.last}, {seen.samples:,} samples.")


_EXPORT_AGAIN = (
    "On the iPhone open Health, Browse, and look whether this type has data.",
    "If it has: make a new export and import it.",
)


def own_data_travels(checks: Sequence[Check]) -> bool:
    """Whether nothing is blocked, and the sign-in is known to be alive."""
    unknown = any(check.id == "sign-in" and check.state is State.UNKNOWN for check in checks)
    return not unknown and all(check.state is not State.BLOCKED for check in checks)
