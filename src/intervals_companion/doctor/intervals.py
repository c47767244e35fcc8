"""Section 1: what this sign-in may do at Intervals.icu, box by box."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from attrs import field, frozen

from intervals_companion.doctor import cures
from intervals_companion.doctor.checks import SIGN_IN, Check, Section, State
from intervals_companion.domain import catalogue
from intervals_companion.domain.scope_check import ScopeCheck
from intervals_companion.intervals import scopes
from intervals_companion.intervals.credentials import ApiKey, Bearer
from intervals_companion.intervals.scopes import AREA_WORDS, LEVEL_WORDS, Area, Grant, Level, Scope

NEEDED = scopes.expanded(scopes.REQUESTED)
"""The boxes the companion asks for."""
OWN_DATA = tuple(Scope(area, level) for area in (Area.ACTIVITY, Area.WELLNESS) for level in (Level.READ, Level.WRITE))
"""The boxes without which the athlete's own data cannot travel."""
STREAMS, FIELDS = "streams", "custom-fields"

USED_FOR: Mapping[str, str] = {
    Area.ACTIVITY: "upload, streams",
    Area.WELLNESS: "sleep, HRV, weight",
    Area.CALENDAR: "planned workouts",
    Area.CHATS: "comments",
    Area.SETTINGS: "zones, custom fields",
}


@frozen
class Trouble:
    """Why the last examination learnt nothing: the service was down."""

    cause: str
    cure: str


@frozen
class SignIn:
    """The stored sign-in, and what is known of it."""

    name: str
    by_key: bool
    grant: Grant
    proofs: Mapping[Scope, ScopeCheck] = field(factory=dict)
    alive: bool | None = None
    """False after a 401, None while nothing was asked."""
    trouble: Trouble | None = None
    elsewhere: Trouble | None = None
    """It belongs to another service than the settings name."""
    stuck: bool = False
    """The streams of an own activity are refused although its summary reads."""
    defined: frozenset[str] | None = None
    """Codes of the custom fields that exist; None where they could not be read."""


# --- the matrix ------------------------------------------------------------------------------------------------------


class ScopeState(StrEnum):
    PROVED = "proved"
    GRANTED = "granted"
    """Ticked, and not used yet."""
    MISSING = "missing"
    NOT_NEEDED = "not needed"


class ScopeRow(NamedTuple):
    area: str
    words: str
    used_for: str
    read: ScopeState
    update: ScopeState

    @property
    def off(self) -> int:
        """How many of its boxes are missing."""
        return (self.read, self.update).count(ScopeState.MISSING)


def scope_state(sign_in: SignIn, scope: Scope) -> ScopeState:
    """A refusal counts for more than the word of the sign-in: what was granted may have been taken back since."""
    proof = sign_in.proofs.get(scope)
    if not sign_in.grant.covers(scope) or (proof is not None and not proof.allowed):
        return ScopeState.MISSING
    return ScopeState.GRANTED if proof is None else ScopeState.PROVED


def matrix(sign_in: SignIn | None) -> tuple[ScopeRow, ...]:
    """Empty for a key, which has all rights, and while no sign-in is alive."""
    if sign_in is None or sign_in.by_key or sign_in.alive is False or sign_in.elsewhere is not None:
        return ()
    areas = dict.fromkeys(scope.area for scope in NEEDED)
    return tuple(
        ScopeRow(
            area,
            AREA_WORDS[area],
            USED_FOR[area],
            *(_cell(sign_in, Scope(area, level)) for level in (Level.READ, Level.WRITE)),
        )
        for area in areas
    )


def _cell(sign_in: SignIn, scope: Scope) -> ScopeState:
    return scope_state(sign_in, scope) if scope in NEEDED else ScopeState.NOT_NEEDED


# --- the findings ----------------------------------------------------------------------------------------------------

_ALL = "everything: nothing can travel between Apple Health and Intervals.icu"


def examine(sign_in: SignIn | None, travelling: Sequence[str] = ()) -> list[Check]:
    """`travelling`: names of the metrics that are on and have data, for saying what is blocked."""
    return [_sign_in(sign_in), *_scopes(sign_in, travelling), *_streams(sign_in), *_fields(sign_in)]


def blocked(sign_in: SignIn | None) -> int:
    """How many things block the athlete's own data."""
    return sum(check.state is State.BLOCKED for check in (_sign_in(sign_in), *_scopes(sign_in, ())))


def _sign_in(sign_in: SignIn | None) -> Check:
    def found(state: State, cause: str, cure: cures.Cure = ()) -> Check:
        blocks = "" if state is State.OK else _ALL
        return Check(SIGN_IN, Section.INTERVALS, state, "Sign in again", cause, blocks, cure)

    if sign_in is None:
        return found(State.BLOCKED, "Nobody is signed in to Intervals.icu here.", cures.SIGN_IN)
    if sign_in.elsewhere is not None:
        return found(State.BLOCKED, sign_in.elsewhere.cause, (cures.Step(sign_in.elsewhere.cure), cures.Act.SIGN_IN))
    if sign_in.alive is False:
        if sign_in.by_key:
            return found(State.BLOCKED, ApiKey.expired.cause, (cures.Step(ApiKey.expired.cure), cures.Act.SIGN_IN))
        return found(State.BLOCKED, Bearer.expired.cause, cures.SIGN_IN)
    if sign_in.trouble is not None:
        return found(State.UNKNOWN, sign_in.trouble.cause, (cures.Step(sign_in.trouble.cure), cures.Act.CHECK_AGAIN))
    how = "an API key: a key has all rights" if sign_in.by_key else "OAuth"
    return found(State.OK, f"Signed in as {sign_in.name} by {how}.")


def _scopes(sign_in: SignIn | None, travelling: Sequence[str]) -> Iterator[Check]:
    for row in matrix(sign_in):
        for level, state in ((Level.READ, row.read), (Level.WRITE, row.update)):
            scope = Scope(row.area, level)
            if state is ScopeState.NOT_NEEDED or sign_in is None:
                continue
            words = LEVEL_WORDS[level]
            name = f"{row.words}-{words}".replace(" ", "-").lower()
            title = f"Turn on {words} for {row.words}"
            if state is not ScopeState.MISSING:
                yield Check(name, Section.INTERVALS, State.OK, title, f"{row.words}, {words} is on.")
                continue
            weight = State.BLOCKED if scope in OWN_DATA else State.WARNING
            blocks = _blocks(scope, sign_in, travelling)
            yield Check(name, Section.INTERVALS, weight, title, scopes.off(scope), blocks, cures.missing_scope(scope))


_MOST_NAMED = 3
_WELLNESS_UPDATE, _ACTIVITY_UPDATE = Scope(Area.WELLNESS, Level.WRITE), Scope(Area.ACTIVITY, Level.WRITE)
_BLOCKED: Mapping[Scope, str] = {
    Scope(Area.ACTIVITY, Level.READ): "workouts: they cannot be compared with Intervals.icu, so none is sent",
    _ACTIVITY_UPDATE: "workouts: they stay on this machine",
    Scope(Area.WELLNESS, Level.READ): "daily values: they cannot be compared with Intervals.icu, so none is sent",
    _WELLNESS_UPDATE: "daily values: sleep, HRV, weight and others stay on this machine",
}
"""What cannot travel without one of the athlete's own boxes."""


def _blocks(scope: Scope, sign_in: SignIn, travelling: Sequence[str]) -> str:
    """What a missing box blocks, with the athlete's own values named; the box that is not hit is said too."""
    if scope != _WELLNESS_UPDATE or not travelling:
        return _BLOCKED.get(scope) or scopes.BLOCKS[scope]
    named, more = map(_in_a_sentence, travelling[:_MOST_NAMED]), len(travelling) - _MOST_NAMED
    listed = ", ".join(named) + (f" and {more} more" if more > 0 else "")
    also = ". Workouts still go out" if scope_state(sign_in, _ACTIVITY_UPDATE) is not ScopeState.MISSING else ""
    values = "value" if len(travelling) == 1 else "values"
    return f"{len(travelling)} {values} a day: {listed} stay on this machine{also}"


def _in_a_sentence(name: str) -> str:
    """`sleep` of Sleep, `HRV` of HRV (SDNN)."""
    short = name.partition(" (")[0]
    return short if short[:2].isupper() else short[:1].lower() + short[1:]


def _streams(sign_in: SignIn | None) -> Iterator[Check]:
    if sign_in is not None and sign_in.stuck and matrix(sign_in):
        yield Check(
            STREAMS,
            Section.INTERVALS,
            State.WARNING,
            "Get a fresh sign-in",
            "The streams of an activity of your own are refused although its summary reads: this sign-in is stuck.",
            "streams of activities are not shown",
            cures.STUCK,
        )


def _fields(sign_in: SignIn | None) -> Iterator[Check]:
    if sign_in is None or sign_in.defined is None or sign_in.alive is False:
        return
    custom = [metric.field for metric in catalogue.metrics() if metric.custom]
    absent = [name for name in custom if name not in sign_in.defined]
    title = "Create the custom fields"
    if not absent:
        said = f"All {len(custom)} custom fields exist at Intervals.icu."
        yield Check(FIELDS, Section.INTERVALS, State.OK, title, said)
        return
    yield Check(
        FIELDS,
        Section.INTERVALS,
        State.WARNING,
        title,
        f"{len(absent)} of {len(custom)} custom fields do not exist at Intervals.icu: {', '.join(absent)}.",
        "values of these fields stay on this machine",
        cures.CUSTOM_FIELDS,
    )
