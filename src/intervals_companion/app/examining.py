"""An examination: asks Intervals.icu what this sign-in may do, with few requests, and keeps what it said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from attrs import evolve, frozen
from cattrs.preconf.json import make_converter
from sqlalchemy import Connection

from intervals_companion.app import answering, api_key
from intervals_companion.app.companion import Companion
from intervals_companion.app.signing_in import KEY, SignedIn, signed_in
from intervals_companion.doctor.intervals import Trouble
from intervals_companion.doctor.key import SETTINGS, Key
from intervals_companion.domain.errors import (
    CompanionError,
    NotFound,
    PermissionMissing,
    ServiceError,
    ServiceRefused,
    SignInExpired,
)
from intervals_companion.intervals.client import IntervalsClient
from intervals_companion.intervals.credentials import ApiKey
from intervals_companion.intervals.models import KeyState
from intervals_companion.intervals.scopes import Area, Level, Scope
from intervals_companion.store import accounts, examinations, proofs
from intervals_companion.store.examinations import Examination
from intervals_companion.store.proofs import Proof

T = TypeVar("T")

MOST_REQUESTS = 8
"""In one examination, tries included."""


@frozen
class Found:
    """What an examination learnt beyond the boxes: those are remembered as proofs, by whoever asks for something."""

    trouble: Trouble | None = None
    key: Key | None = None
    """None where it could not be tried."""
    stuck: bool = False
    defined: frozenset[str] | None = None


_JSON = make_converter()


def last(connection: Connection, athlete: int) -> tuple[int | None, Found]:
    kept = examinations.last(connection, athlete)
    return (None, Found()) if kept is None else (kept.examined, _JSON.loads(kept.found, Found))


def known_boxes(connection: Connection, athlete: int) -> tuple[dict[Scope, Proof], Proof | None]:
    """What the answers to this sign-in said of each box, and of the sign-in itself."""
    known = proofs.known(connection, athlete)
    sign_in = known.pop(proofs.SIGN_IN, None)
    return {Scope(*name.split(":", 1)): proof for name, proof in known.items()}, sign_in


# --- asking ----------------------------------------------------------------------------------------------------------

_TRIES = 2
"""Of one question: enough for a limit that is over in a second."""
_DAYS_BACK = timedelta(days=90)
_FEW = 5


def examine(companion: Companion) -> None:
    """At most `MOST_REQUESTS` requests. Nothing is ever written: no value, day, comment or field.

    Reading is tried where the sign-in grants it. Updating is tried only before anything was ever sent with this
    sign-in, by a list of no days and a form without a file. What does not fit into the requests is tried the next time.
    Raises SignInError where nobody is signed in.
    """
    with signed_in(companion) as (who, client):
        athlete = who.account.athlete
        with companion.store.read() as connection:
            examined = accounts.kept(connection, athlete).get(who.by)
        found = _Round(companion, who, client).go()
    with companion.store.write() as connection:
        if accounts.kept(connection, athlete).get(who.by) == examined:  # else somebody has signed in anew meanwhile
            examinations.keep(connection, athlete, Examination(companion.now(), _JSON.dumps(found)))


class _Round:
    """One examination: asks in the order of what matters, and ends where the service stops answering."""

    def __init__(self, companion: Companion, who: SignedIn, client: IntervalsClient) -> None:
        self.companion = companion
        self.who = who
        self.client = client
        self.keys_tried = 0
        self.over = False
        with companion.store.read() as connection:
            _, self.before = last(connection, who.account.athlete)
            self.known, _ = known_boxes(connection, who.account.athlete)

    def go(self) -> Found:
        self.client.heard = answering.listener(self.companion, self.who.account.athlete)
        self.client.tries = _TRIES
        try:
            state = self.client.athlete().api_key
        except SignInExpired:
            return evolve(self.before, trouble=None)  # the client has heard it
        except ServiceError as problem:
            return evolve(self.before, trouble=Trouble(problem.cause, problem.cure))
        except PermissionMissing:
            state = KeyState(shown=False)
        self.client.heard = None
        if self.who.by == KEY:
            return Found(key=Key.WORKS, defined=self._read(Area.SETTINGS, self.client.custom_fields))
        return self._boxes(state)

    def _boxes(self, state: KeyState) -> Found:
        client = self.client
        today = self.companion.today(self.companion.zone(self.who.account))
        recent = self._read(Area.ACTIVITY, lambda: client.latest_activities(today - _DAYS_BACK, _FEW))
        self._read(Area.WELLNESS, lambda: client.wellness(today, today))
        self._update(Area.WELLNESS, lambda: client.put_wellness({}))
        self._update(Area.ACTIVITY, client.try_upload)
        key = self._key(state)
        defined = self._read(Area.SETTINGS, client.custom_fields)
        self._read(Area.CALENDAR, lambda: client.try_calendar(today))
        own = next((one.id for one in recent or () if one.type is not None and one.source != _STRAVA), None)
        stuck = self.before.stuck
        if own is not None:
            self._read(Area.CHATS, lambda: client.try_comments(own))
            stuck = self._stuck(own)
        return Found(key=key, stuck=stuck, defined=self.before.defined if defined is None else defined)

    def _may_ask(self) -> bool:
        """Whether one more question fits; a second try of it counts as another."""
        left = MOST_REQUESTS - self.client.requests.read - self.client.requests.write - self.keys_tried
        self.client.tries = min(_TRIES, left)
        return not self.over and left > 0

    def _read(self, area: Area, ask: Callable[[], T]) -> T | None:
        return self._ask(ask) if self.who.grant.covers(Scope(area, Level.READ)) else None

    def _update(self, area: Area, ask: Callable[[], None]) -> None:
        box = Scope(area, Level.WRITE)
        proof = self.known.get(box)
        if self.who.grant.covers(box) and (proof is None or not proof.allowed):
            self._ask(ask)

    def _ask(self, ask: Callable[[], T]) -> T | None:
        """None where it was not asked or not allowed: the client hears what a refusal says of a box."""
        if not self._may_ask():
            return None
        try:
            return ask()
        except (PermissionMissing, ServiceRefused, NotFound):
            return None
        except (ServiceError, SignInExpired):
            self.over = True
            return None

    def _stuck(self, own: str) -> bool:
        """Whether the streams of an own activity are refused although its summary has just been read."""
        if not self._may_ask():
            return self.before.stuck
        try:
            self.client.try_streams(own)
        except PermissionMissing:
            return True
        except CompanionError:
            return False
        return False

    def _key(self, state: KeyState) -> Key | None:
        if not api_key.may_read(self.companion):
            return Key.UNWANTED
        unticked = not self.who.grant.covers(SETTINGS)
        if state.shown and state.value is None and not unticked:
            return Key.NONE
        known = api_key.own_key(self.companion)
        if state.value is not None and state.value != known:
            api_key.keep(self.companion, state.value)
        tried = state.value or known
        if tried is None:
            return Key.UNTICKED if unticked else Key.UNSEEN
        return self._tried(tried)

    def _tried(self, text: str) -> Key | None:
        if not self._may_ask():
            return self.before.key
        self.keys_tried += 1
        try:
            with self.companion.client(self.client.origin, ApiKey(text)) as client:
                client.tries = 1
                client.athlete()
        except SignInExpired:
            return Key.REFUSED
        except CompanionError:
            return self.before.key
        return Key.WORKS


_STRAVA = "STRAVA"
