"""An examination: asks Intervals.icu what this sign-in may do, with few requests, and keeps what it said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import TypeVar

from attrs import evolve, frozen
from cattrs.preconf.json import make_converter
from sqlalchemy import Connection

from intervals_companion.app.account import api_key, custom_fields
from intervals_companion.app.account import sign_in as account_sign_in
from intervals_companion.app.account.sign_in import KEY, SignedIn, signed_in
from intervals_companion.app.context import AppContext
from intervals_companion.doctor.intervals import Trouble
from intervals_companion.doctor.key import SETTINGS, Key
from intervals_companion.domain import catalogue
from intervals_companion.domain.errors import (
    CompanionError,
    NotFound,
    PermissionMissing,
    ServiceError,
    ServiceRefused,
    SignInError,
    SignInExpired,
    SignInUnreadable,
)
from intervals_companion.domain.scope_check import ScopeCheck
from intervals_companion.intervals.client import IntervalsClient
from intervals_companion.intervals.credentials import ApiKey
from intervals_companion.intervals.models import KeyState
from intervals_companion.intervals.scopes import Area, Level, Scope
from intervals_companion.store import accounts, examinations, scope_checks
from intervals_companion.store.examinations import Examination

T = TypeVar("T")

MOST_REQUESTS = 8
"""In one examination, tries included."""


@frozen
class Found:
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


_JSON = make_converter()


def last(connection: Connection, athlete: int) -> tuple[int | None, Found]:
    kept = examinations.last(connection, athlete)
    return (None, Found()) if kept is None else (kept.examined, _JSON.loads(kept.found, Found))


def known_boxes(connection: Connection, athlete: int) -> tuple[dict[Scope, ScopeCheck], ScopeCheck | None]:
    """What the answers to this sign-in said of each box, and of the sign-in itself."""
    known = scope_checks.known(connection, athlete)
    sign_in = known.pop(scope_checks.SIGN_IN, None)
    return {Scope(*name.split(":", 1)): proof for name, proof in known.items()}, sign_in


# --- asking ----------------------------------------------------------------------------------------------------------

_TRIES = 2
"""Of one question: enough for a limit that is over in a second."""
_DAYS_BACK = timedelta(days=90)
_FEW = 5

Question = Callable[[Found], Found]
"""One request: what was found so far, and with its answer."""


def examine(context: AppContext) -> None:
    """At most `MOST_REQUESTS` requests. Nothing is ever written: no value, day, comment or field.

    Reading is tried where the sign-in grants it. Updating is tried only before anything was ever sent with this
    sign-in, by a list of no days and a form without a file. What does not fit into the requests comes first next time.
    Raises SignInError where nobody is signed in, or the sign-in cannot be opened; the latter is kept too.
    """
    try:
        _ask_service(context)
    except SignInUnreadable as problem:
        unreadable = Trouble(problem.cause, problem.cure)
        note(context, lambda found: evolve(found, unreadable=unreadable))
        raise


def _ask_service(context: AppContext) -> None:
    with signed_in(context) as (who, client):
        athlete = who.account.athlete
        with context.store.read() as connection:
            examined = accounts.kept(connection, athlete).get(who.by)
        found = _Round(context, who, client).go()
    with context.store.write() as connection:
        if accounts.kept(connection, athlete).get(who.by) == examined:  # else somebody has signed in anew meanwhile
            examinations.keep(connection, athlete, Examination(context.now(), _JSON.dumps(found)))


def readability_changed(context: AppContext) -> bool:
    """Whether the stored token or key can be opened, and could not at the last examination, or the other way round."""
    try:
        account_sign_in.open_stored(context)
    except SignInUnreadable:
        can_open = False
    except SignInError:
        return False
    else:
        can_open = True
    with context.reading() as here:
        return can_open == (last(here.connection, here.athlete)[1].unreadable is not None)


def create_fields(context: AppContext) -> None:
    """Creates the custom fields that are missing, and remembers that they exist: after so many requests the service may
    well leave the next examination without an answer.
    """
    custom_fields.create_custom_fields(context)
    codes = frozenset(metric.field for metric in catalogue.metrics() if metric.custom)
    note(context, lambda found: evolve(found, defined=codes | (found.defined or codes)))


def note(context: AppContext, learnt: Callable[[Found], Found]) -> None:
    """Adds to what the last examination found."""
    athlete = context.account().athlete
    with context.store.write() as connection:
        examined, found = last(connection, athlete)
        known = Examination(examined or context.now(), _JSON.dumps(learnt(found)))
        examinations.keep(connection, athlete, known)


def note_key(context: AppContext, key: Key) -> None:
    """What became known of the API key outside of an examination: the doctor says it from now on."""
    athlete = context.account().athlete
    with context.store.write() as connection:
        examined, found = last(connection, athlete)
        if examined is not None:
            known = evolve(found, key=key)
            examinations.keep(connection, athlete, Examination(examined, _JSON.dumps(known)))


class _Round:
    """One examination: asks in the order of what matters, and ends where the service stops answering."""

    def __init__(self, context: AppContext, who: SignedIn, client: IntervalsClient) -> None:
        self.context = context
        self.who = who
        self.client = client
        self.keys_tried = 0
        self.over = False
        with context.reading() as here:
            self.today = here.today
            _, self.before = last(here.connection, who.account.athlete)
            self.known, _ = known_boxes(here.connection, who.account.athlete)

    def go(self) -> Found:
        self.client.tries = _TRIES
        try:
            athlete = self.client.athlete()
            state, defined = athlete.api_key, athlete.fields
        except SignInExpired:
            return evolve(self.before, trouble=None)  # the client has heard it
        except ServiceError as problem:
            return evolve(self.before, trouble=Trouble(problem.cause, problem.cure))
        except PermissionMissing:
            state, defined = KeyState(shown=False), None
        self.client.heard = None
        if self.who.by == KEY:
            found = Found(key=Key.WORKS, defined=defined)
            return found if defined is not None else self._fields(found)
        return self._boxes(state, defined)

    def _boxes(self, state: KeyState, defined: frozenset[str] | None) -> Found:
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
            self.client.boxes.setdefault(SETTINGS, True)
        return evolve(found, left_out=frozenset(left_out))

    def _questions(self, key: Key | ApiKey, *, told: bool) -> Iterator[tuple[str, Question]]:
        """In the order of what matters: reading in each area, then updating, then what a warning hangs on.

        `told`: whether the athlete record told of the custom fields.
        """
        client = self.client
        today = self.today
        own = self._own_activity(today) if self._reads(Area.ACTIVITY) else None
        if self._reads(Area.WELLNESS):
            yield "wellness", self._box(lambda: client.wellness(today, today))
        if self._reads(Area.CALENDAR):
            yield "calendar", self._box(lambda: client.try_calendar(today))
        if own is not None and self._reads(Area.CHATS):
            yield "comments", self._box(lambda: client.try_comments(own))
        if self._unproved(Area.WELLNESS):
            yield "values", self._box(lambda: client.put_wellness({}))
        if self._unproved(Area.ACTIVITY):
            yield "upload", self._box(client.try_upload)
        if isinstance(key, ApiKey):
            yield "key", lambda found: evolve(found, key=self._tried(key))
        if own is not None:
            yield "streams", lambda found: evolve(found, stuck=self._stuck(own))
        if self._reads(Area.SETTINGS) and not told:
            yield "fields", self._fields

    def _own_activity(self, today: date) -> str | None:
        recent = self._ask(lambda: self.client.latest_activities(today - _DAYS_BACK, _FEW)) or ()
        return next((one.id for one in recent if one.hidden is None), None)

    def _fields(self, found: Found) -> Found:
        defined = self._ask(self.client.custom_fields)
        return found if defined is None else evolve(found, defined=defined)

    def _box(self, ask: Callable[[], object]) -> Question:
        """The client hears what an answer says of a box."""

        def question(found: Found) -> Found:
            self._ask(ask)
            return found

        return question

    def _may_ask(self) -> bool:
        """Whether one more question fits; a second try of it counts as another."""
        left = MOST_REQUESTS - self.client.requests.read - self.client.requests.write - self.keys_tried
        self.client.tries = min(_TRIES, left)
        return not self.over and left > 0

    def _reads(self, area: Area) -> bool:
        return self.who.grant.covers(Scope(area, Level.READ))

    def _unproved(self, area: Area) -> bool:
        """Whether updating is granted, and nothing has gone there yet."""
        box = Scope(area, Level.WRITE)
        proof = self.known.get(box)
        return self.who.grant.covers(box) and (proof is None or not proof.allowed)

    def _ask(self, ask: Callable[[], T]) -> T | None:
        """None where it is not allowed."""
        try:
            return ask()
        except (PermissionMissing, ServiceRefused, NotFound):
            return None
        except (ServiceError, SignInExpired):
            self.over = True
            return None

    def _stuck(self, own: str) -> bool:
        """Whether the streams of an own activity are refused although its summary has just been read."""
        try:
            self.client.try_streams(own)
        except PermissionMissing:
            return True
        except CompanionError:
            return False
        return False

    def _key(self, state: KeyState) -> Key | ApiKey:
        """What is known of the key without a question, or the key to try."""
        with self.context.reading() as here:
            may_read, known = api_key.may_read(here), api_key.own_key(here)
        if not may_read:
            return Key.UNWANTED
        unticked = not self.who.grant.covers(SETTINGS)
        if state.shown and state.value is None and not unticked:
            return Key.NONE
        if state.value is not None and state.value != known:
            api_key.save(self.context, state.value)
        tried = state.value or known
        if tried is None:
            return Key.UNTICKED if unticked else Key.UNSEEN
        return ApiKey(tried)

    def _tried(self, key: ApiKey) -> Key | None:
        self.keys_tried += 1
        try:
            with self.context.client(self.client.origin, key) as client:
                client.tries = 1
                client.athlete()
        except SignInExpired:
            return Key.REFUSED
        except CompanionError:
            return self.before.key
        return Key.WORKS
