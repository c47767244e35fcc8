"""Asks Intervals.icu what a sign-in may do, with few requests, none of which writes anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import TypeVar

from attrs import define, evolve, field, frozen

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
from intervals_companion.domain.scope_check import ScopeCheck
from intervals_companion.intervals import protocol
from intervals_companion.intervals.client import IntervalsClient
from intervals_companion.intervals.credentials import ApiKey
from intervals_companion.intervals.models import KeyState
from intervals_companion.intervals.scopes import Area, Grant, Level, Scope

T = TypeVar("T")

MOST_REQUESTS = 8
"""In one examination, tries included."""


@frozen
class ProbeResult:
    """What an examination learnt beyond the boxes: those are remembered as proofs, by whoever asks for something."""

    trouble: Trouble | None = None
    key: Key | None = None
    """None where it could not be tried."""
    unreadable: Trouble | None = None
    """Why the stored token or key could not be opened."""
    stuck: bool = False
    defined: frozenset[str] | None = None
    left_out: frozenset[str] = frozenset()
    """Questions that did not fit: they come first the next time."""


_TRIES = 2
"""Of one question: enough for a limit that is over in a second."""
_DAYS_BACK = timedelta(days=90)
_FEW = 5

Question = Callable[[ProbeResult], ProbeResult]
"""One request: what was found so far, and with its answer."""


@frozen
class OwnKey:
    """What an examination may do with the API key that is stored here."""

    may_read: Callable[[], bool]
    """Whether the person wants it read."""
    known: Callable[[], str | None]
    save: Callable[[str], None]


@define
class Probe:
    """One examination: asks in the order of what matters, and ends where the service stops answering."""

    client: IntervalsClient
    key_client: Callable[[ApiKey], AbstractContextManager[IntervalsClient]]
    by_key: bool
    """Whether the sign-in is the API key itself."""
    grant: Grant
    own_key: OwnKey
    today: date
    before: ProbeResult
    """By the last examination."""
    known: Mapping[Scope, ScopeCheck]
    """What answers to this sign-in have said of each box."""
    keys_tried: int = field(init=False, default=0)
    over: bool = field(init=False, default=False)

    def go(self) -> ProbeResult:
        self.client.tries = _TRIES
        try:
            athlete = self.client.ask(protocol.athlete())
            state, defined = athlete.api_key, athlete.fields
        except SignInExpired:
            return evolve(self.before, trouble=None)  # the client has heard it
        except ServiceError as problem:
            return evolve(self.before, trouble=Trouble(problem.cause, problem.cure))
        except PermissionMissing:
            state, defined = KeyState(shown=False), None
        self.client.on_response = None
        if self.by_key:
            found = ProbeResult(key=Key.WORKS, defined=defined)
            return found if defined is not None else self._fields(found)
        return self._scopes(state, defined)

    def _scopes(self, state: KeyState, defined: frozenset[str] | None) -> ProbeResult:
        key = self._key(state)
        before = self.before
        found = evolve(
            before, trouble=None, key=key if isinstance(key, Key) else before.key,
            defined=before.defined if defined is None else defined,
        )  # fmt: skip
        questions = dict(self._questions(key, told=defined is not None))
        left_out: set[str] = set()
        for name in sorted(questions, key=lambda name: name not in self.before.left_out):
            if self._may_ask():
                found = questions[name](found)
            else:
                left_out.add(name)
        if defined is not None:  # the athlete record told of settings: they can be read
            self.client.scopes.setdefault(SETTINGS, True)
        return evolve(found, left_out=frozenset(left_out))

    def _questions(self, key: Key | ApiKey, *, told: bool) -> Iterator[tuple[str, Question]]:
        """In the order of what matters: reading in each area, then updating, then what a warning hangs on.

        `told`: whether the athlete record told of the custom fields.
        """
        client = self.client
        today = self.today
        own = self._own_activity(today) if self._reads(Area.ACTIVITY) else None
        if self._reads(Area.WELLNESS):
            yield "wellness", self._scope(lambda: client.ask(protocol.wellness(today, today)))
        if self._reads(Area.CALENDAR):
            yield "calendar", self._scope(lambda: client.ask(protocol.try_calendar(today)))
        if own is not None and self._reads(Area.CHATS):
            yield "comments", self._scope(lambda: client.ask(protocol.try_comments(own)))
        if self._unproved(Area.WELLNESS):
            yield "values", self._scope(lambda: client.ask(protocol.put_wellness({})))
        if self._unproved(Area.ACTIVITY):
            yield "upload", self._scope(self._try_upload)
        if isinstance(key, ApiKey):
            yield "key", lambda found: evolve(found, key=self._tried(key))
        if own is not None:
            yield "streams", lambda found: evolve(found, stuck=self._stuck(own))
        if self._reads(Area.SETTINGS) and not told:
            yield "fields", self._fields

    def _own_activity(self, today: date) -> str | None:
        recent = self._ask(lambda: self.client.ask(protocol.latest_activities(today - _DAYS_BACK, _FEW))) or ()
        return next((one.id for one in recent if one.hidden is None), None)

    def _fields(self, found: ProbeResult) -> ProbeResult:
        defined = self._ask(lambda: self.client.ask(protocol.custom_fields()))
        return found if defined is None else evolve(found, defined=defined)

    def _scope(self, ask: Callable[[], object]) -> Question:
        """The client hears what an answer says of a box."""

        def question(found: ProbeResult) -> ProbeResult:
            self._ask(ask)
            return found

        return question

    def _may_ask(self) -> bool:
        """Whether one more question fits; a second try of it counts as another."""
        left = MOST_REQUESTS - self.client.requests.read - self.client.requests.write - self.keys_tried
        self.client.tries = min(_TRIES, left)
        return not self.over and left > 0

    def _reads(self, area: Area) -> bool:
        return self.grant.covers(Scope(area, Level.READ))

    def _unproved(self, area: Area) -> bool:
        """Whether updating is granted, and nothing has gone there yet."""
        scope = Scope(area, Level.WRITE)
        proof = self.known.get(scope)
        return self.grant.covers(scope) and (proof is None or not proof.allowed)

    def _ask(self, ask: Callable[[], T]) -> T | None:
        """None where it is not allowed."""
        try:
            return ask()
        except (PermissionMissing, ServiceRefused, NotFound):
            return None
        except (ServiceError, SignInExpired):
            self.over = True
            return None

    def _try_upload(self) -> None:
        """Sends no file. The refusal that only a file was wanting proves the box."""
        call = protocol.try_upload()
        try:
            self.client.ask(call)
        except ServiceRefused as refusal:
            if call.needs is None or not refusal.sentence.startswith(protocol.NO_FILE):
                raise
            self.client.scopes[call.needs] = True

    def _stuck(self, own: str) -> bool:
        """Whether the streams of an own activity are refused although its summary has just been read."""
        try:
            self.client.ask(protocol.try_streams(own))
        except PermissionMissing:
            return True
        except CompanionError:
            return False
        return False

    def _key(self, state: KeyState) -> Key | ApiKey:
        """What is known of the key without a question, or the key to try."""
        if not self.own_key.may_read():
            return Key.UNWANTED
        known = self.own_key.known()
        unticked = not self.grant.covers(SETTINGS)
        if state.shown and state.value is None and not unticked:
            return Key.NONE
        if state.value is not None and state.value != known:
            self.own_key.save(state.value)
        tried = state.value or known
        if tried is None:
            return Key.UNTICKED if unticked else Key.UNSEEN
        return ApiKey(tried)

    def _tried(self, key: ApiKey) -> Key | None:
        self.keys_tried += 1
        try:
            with self.key_client(key) as client:
                client.tries = 1
                client.ask(protocol.athlete())
        except SignInExpired:
            return Key.REFUSED
        except CompanionError:
            return self.before.key
        return Key.WORKS
