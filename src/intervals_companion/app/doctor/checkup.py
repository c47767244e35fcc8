"""What stands between the athlete's data and Intervals.icu, from all that is stored: pages and commands read this."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress

from attrs import frozen

from intervals_companion.app.account.sign_in import KEY, current
from intervals_companion.app.context import AppContext
from intervals_companion.app.doctor import examine as doctor_examine
from intervals_companion.app.preferences import choices
from intervals_companion.app.scope import ReadScope, once_per_scope
from intervals_companion.doctor import checks, health, intervals, key
from intervals_companion.doctor.checks import Check, Section, State
from intervals_companion.doctor.cures import Face, Step, told
from intervals_companion.doctor.health import Arrivals, Live, Seen, TypeRow
from intervals_companion.doctor.intervals import ScopeRow, SignIn, Trouble
from intervals_companion.doctor.key import Key
from intervals_companion.domain import catalogue
from intervals_companion.domain.catalogue import Direction
from intervals_companion.domain.days import MS_PER_DAY, utc_day
from intervals_companion.domain.errors import NotSignedIn, PermissionMissing, ServiceError, SignInError, UsageError
from intervals_companion.domain.samples import WORKOUT
from intervals_companion.health.port import HealthStore, Share
from intervals_companion.intervals import scopes
from intervals_companion.intervals.scopes import Grant
from intervals_companion.store import anchors, examinations, scope_checks, type_coverage

CUSTOM_FIELDS = intervals.FIELDS
"""The id of the check that is there only once the fields are known."""

__all__ = [
    "Checkup",
    "asked_scopes",
    "blocked_count",
    "dismiss",
    "due",
    "examine",
    "examine_if_due",
    "exit_code",
    "matrix",
    "steps",
    "stored",
    "undismiss",
]

DAILY = MS_PER_DAY


@frozen
class Checkup:
    checks: tuple[Check, ...]
    """All of them but those dismissed."""
    dismissed: tuple[Check, ...] = ()
    matrix: tuple[ScopeRow, ...] = ()
    """Empty where there are no boxes: by an API key, or without a living sign-in."""
    types: tuple[TypeRow, ...] = ()
    delivered: int | None = None
    """When the phone wrote the newest data that came (ms)."""
    ways: tuple[str, ...] = ()
    examined: int | None = None
    """ms; None where the service was never asked with this sign-in."""
    proved: int | None = None
    """When a box was last proved (ms)."""
    by_key: bool = False

    @property
    def ok(self) -> bool:
        return checks.own_data_travels(self.checks)

    @property
    def blocked(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.state is State.BLOCKED)

    @property
    def to_look_at(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.state is State.WARNING)

    def of(self, section: Section) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.section is section)

    def check(self, name: str) -> Check | None:
        return next((check for check in (*self.checks, *self.dismissed) if check.id == name), None)


def steps(check: Check, face: Face) -> tuple[Step, ...]:
    """The cure as this face tells it."""
    return told(check.cure, face)


def asked_scopes() -> tuple[ScopeRow, ...]:
    """The rows of the permissions screen as the companion asks for them."""
    return intervals.matrix(SignIn(name="", by_key=False, grant=Grant.parse(scopes.REQUESTED)))


def exit_code(found: Checkup) -> int:
    """0 only if the athlete's own data can travel; else what stops it: sign-in, permission or service."""
    if found.ok:
        return 0
    sign_in = next(check for check in found.checks if check.id == checks.SIGN_IN)
    if sign_in.state is State.BLOCKED:
        return SignInError.exit_code
    return ServiceError.exit_code if sign_in.state is State.UNKNOWN else PermissionMissing.exit_code


# --- asking, and what is stored ---------------------------------------------------------------------------------------


def examine(context: AppContext) -> Checkup:
    """Asks Intervals.icu, in at most eight requests, and keeps what it said."""
    with suppress(SignInError):  # then that is the finding
        doctor_examine.examine(context)
    with context.reading() as here:
        return stored(here)


def examine_if_due(context: AppContext) -> None:
    with context.reading() as here:
        is_due = due(here)
    if is_due or doctor_examine.readability_changed(context):
        examine(context)


@once_per_scope
def stored(here: ReadScope) -> Checkup:
    """What was found last, with all that was refused or arrived since. Asks nobody."""
    sign_in, examined = _sign_in(here)
    arrivals = _arrivals(here)
    types = health.rows(arrivals)
    found = doctor_examine.last(here.connection, here.athlete)[1]
    unwanted = examinations.dismissed(here.connection, here.athlete)
    made = type_coverage.fields_made(here.connection, here.athlete, health.STRIP_DAYS)
    checked = [
        *intervals.examine(sign_in, _travelling(arrivals, made, sign_in)),
        *health.examine(arrivals, types),
        *key.examine(
            None if sign_in is None else Key.WORKS if sign_in.by_key and sign_in.alive is not False else found.key
        ),
    ]
    hidden = tuple(check for check in checked if check.id in unwanted and check.dismissible)
    return Checkup(
        checks=tuple(check for check in checked if check not in hidden),
        dismissed=hidden,
        matrix=intervals.matrix(sign_in),
        types=types,
        delivered=arrivals.last_delivery(arrivals.deliveries),
        ways=tuple(arrivals.deliveries),
        examined=examined,
        proved=None
        if sign_in is None
        else max((proof.seen for proof in sign_in.proofs.values() if proof.allowed), default=None),
        by_key=sign_in is not None and sign_in.by_key,
    )


def matrix(here: ReadScope) -> tuple[ScopeRow, ...]:
    """The boxes of the sign-in in use; empty where there are none. Asks nobody."""
    return intervals.matrix(_sign_in(here)[0])


def blocked_count(here: ReadScope) -> int:
    """How many things block the athlete's own data: for the banner on each page. Asks nobody, reads three rows."""
    return intervals.blocked(_sign_in(here)[0])


def due(here: ReadScope) -> bool:
    """Whether somebody is signed in, and was never examined, or not for a day, or was refused something since."""
    try:
        current(here)
    except SignInError:
        return False
    examined, _ = doctor_examine.last(here.connection, here.athlete)
    refused = max(
        (proof.seen for proof in scope_checks.known(here.connection, here.athlete).values() if not proof.allowed),
        default=0,
    )
    return examined is None or refused > examined or here.now - examined >= DAILY


def dismiss(context: AppContext, name: str) -> None:
    """`I do not use this`: a warning is not shown any more. Raises UsageError for what blocks and for what is none."""
    with context.reading() as here:
        check = stored(here).check(name)
    if check is None or not check.dismissible:
        raise UsageError(
            "This cannot be put aside.", "What blocks your data needs its cure; what is cured is gone: reload the page."
        )
    athlete = context.account().athlete
    with context.store.write() as connection:
        examinations.dismiss(connection, athlete, name)


def undismiss(context: AppContext, name: str) -> None:
    athlete = context.account().athlete
    with context.store.write() as connection:
        examinations.undismiss(connection, athlete, name)


@once_per_scope
def _sign_in(here: ReadScope) -> tuple[SignIn | None, int | None]:
    """Who is signed in and what is known of it, and when it was last examined (ms)."""
    try:
        owner = current(here)
    except NotSignedIn:
        return None, None
    except SignInError as problem:
        elsewhere = Trouble(problem.cause, problem.cure)
        return SignIn(name="", by_key=False, grant=Grant(()), elsewhere=elsewhere), None
    examined, found = doctor_examine.last(here.connection, here.athlete)
    if found.unreadable is not None:
        return SignIn(name="", by_key=False, grant=Grant(()), elsewhere=found.unreadable), None
    proofs, sign_in = doctor_examine.known_scopes(here.connection, here.athlete)
    return SignIn(
        name=f"{owner.account.name} ({owner.account.intervals_id})",
        by_key=owner.by == KEY,
        grant=owner.grant,
        proofs=proofs,
        alive=None if sign_in is None else sign_in.allowed,
        trouble=None if sign_in is not None and sign_in.seen > (examined or 0) else found.trouble,
        stuck=found.stuck,
        defined=found.defined,
    ), examined


def _arrivals(here: ReadScope) -> Arrivals:
    athlete, now = here.athlete, here.now
    fields_on = frozenset(one.metric.field for one in choices.metrics(here) if one.on)
    types = [*catalogue.health_types(), WORKOUT]
    seen = type_coverage.type_coverage(here.connection, athlete, types, utc_day(now), health.WINDOW)
    return Arrivals(
        seen={kind: Seen(one.days, one.last, frozenset(one.channels)) for kind, one in seen.items()},
        deliveries=type_coverage.deliveries(here.connection, athlete),
        now=now,
        fields_on=fields_on,
        live=_live(here.context.phone, types),
        writes=_writes(here, fields_on),
        vanished=frozenset(gone.type for gone in anchors.recently_vanished(here.connection, athlete)),
    )


def _live(phone: HealthStore | None, types: Iterable[str]) -> dict[str, Live]:
    if phone is None:
        return {}
    may = {Share.AUTHORIZED: True, Share.DENIED: False, Share.NOT_DETERMINED: None}
    return {kind: Live(not phone.should_ask((), (kind,)), may[phone.share_status(kind)]) for kind in types}


def _writes(here: ReadScope, fields_on: Collection[str]) -> frozenset[str]:
    """Types something is to be written to: fields that go both ways, and workouts where that is switched on."""
    wanted = {
        metric.types[0]
        for metric in catalogue.metrics()
        if metric.field in fields_on and metric.direction is Direction.BOTH and metric.writable
    }
    return frozenset(wanted | ({WORKOUT} if choices.settings(here).activities_to_health else set()))


_BEST_KNOWN = ("sleepSecs", "hrvSDNN", "weight")


def _rank(field: str) -> int:
    return _BEST_KNOWN.index(field) if field in _BEST_KNOWN else len(_BEST_KNOWN)


def _travelling(arrivals: Arrivals, made: Collection[str], sign_in: SignIn | None) -> tuple[str, ...]:
    """Names of the metrics that are on, have lately been made, and exist at Intervals.icu; the best known first."""
    defined = (sign_in and sign_in.defined) or ()
    return tuple(
        metric.name
        for metric in sorted(catalogue.metrics(), key=lambda metric: _rank(metric.field))
        if metric.field in arrivals.fields_on
        and metric.field in made
        and (not metric.custom or metric.field in defined)
    )
