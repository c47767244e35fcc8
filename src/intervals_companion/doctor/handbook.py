"""The doctor's sections as something to read: made of its own checks and steps, so that it cannot say anything else."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from intervals_companion.doctor import cures, health, intervals, key
from intervals_companion.doctor.checks import Check
from intervals_companion.doctor.cures import Cure
from intervals_companion.doctor.intervals import NEEDED, SignIn
from intervals_companion.doctor.key import Key
from intervals_companion.intervals import scopes
from intervals_companion.intervals.scopes import Area, Grant, Level, Scope


@frozen
class Topic:
    anchor: str
    title: str
    text: tuple[str, ...] = ()
    """Sentences; a paragraph each."""
    table: tuple[tuple[str, str], ...] = ()
    """What is off, what that blocks."""
    cure: Cure = ()


@frozen
class Chapter:
    anchor: str
    title: str
    text: tuple[str, ...]
    topics: tuple[Topic, ...]


def chapters() -> tuple[Chapter, ...]:
    return (_intervals(), _health(), _key())


def _topic(check: Check, anchor: str | None = None) -> Topic:
    said = tuple(sentence for sentence in (check.cause, check.consequence) if sentence)
    return Topic(anchor or check.id, check.title, said, cure=check.cure)


# --- Intervals.icu ---------------------------------------------------------------------------------------------------

_SOMEBODY = SignIn(name="you", by_key=False, grant=Grant.parse(scopes.REQUESTED))
_NOBODY = SignIn(name="you", by_key=False, grant=Grant(()))


def _intervals() -> Chapter:
    off = {check.id: check for check in intervals.examine(_NOBODY)}
    boxes = [check for name, check in off.items() if name != "sign-in"]
    example = Scope(Area.WELLNESS, Level.WRITE)
    assert example in NEEDED
    dead, stuck, fields = (
        _found(SignIn(name="you", by_key=False, grant=_SOMEBODY.grant, alive=False), "sign-in"),
        _found(SignIn(name="you", by_key=False, grant=_SOMEBODY.grant, stuck=True), intervals.STREAMS),
        _found(SignIn(name="you", by_key=False, grant=_SOMEBODY.grant, defined=frozenset()), intervals.FIELDS),
    )
    return Chapter(
        "intervals",
        "Intervals.icu permissions",
        (
            "At sign-in Intervals.icu shows one row for each area, with the boxes Read and Update. What you leave "
            "unticked stays off until the next sign-in.",
            "The companion finds out what is on by small requests: it reads a little of each area. It never writes a "
            "value, a day, a comment or a field to find out whether it may.",
        ),
        (
            Topic(
                "box", "A box is off", table=tuple((check.cause, f"{check.blocks}.") for check in boxes),
                cure=cures.missing_scope(example),
            ),
            _topic(dead),
            _topic(stuck),
            Topic(
                fields.id, fields.title,
                ("Some values need a custom field at Intervals.icu. Until it exists they stay on this machine.",),
                cure=fields.cure,
            ),
            Topic("by-key", "Signed in by API key", ("A key has all rights: there are no boxes to check.",)),
        ),
    )  # fmt: skip


def _found(sign_in: SignIn, name: str) -> Check:
    return next(check for check in intervals.examine(sign_in) if check.id == name)


# --- Health ----------------------------------------------------------------------------------------------------------


def _health() -> Chapter:
    return Chapter(
        "health",
        "iOS Health permissions",
        (
            "iOS never tells an app that reading was refused: it looks exactly like no data. So the companion says "
            f"what it sees. {health.NO_DATA}",
            f"A type is expected when it was seen on {health.SEEN_DAYS} of the {health.WINDOW} days before its last "
            f"sample. It has stopped when it is silent for more than {health.PATIENCE_DAYS} days and more than "
            f"{health.GAPS} times its usual gap. Silence is measured to the last delivery, never to today.",
            "Writing is another permission. Apple lets an app know about that one, so a refused write is named.",
        ),
        tuple(_ways()),
    )


def _ways() -> Iterator[Topic]:
    for channel, words in cures.WAYS.items():
        if channel == "simulated":
            continue
        yield Topic(f"type-{channel}", f"A type is missing: {words}", cure=cures.health(channel))
        if channel != "export":
            yield Topic(f"way-{channel}", f"Nothing arrives: {words}", cure=cures.silent(channel))


# --- the key ---------------------------------------------------------------------------------------------------------


def _key() -> Chapter:
    states = (Key.NONE, Key.REFUSED, Key.UNSEEN)
    return Chapter(
        "key",
        "API key",
        (
            "Other athletes’ activities and comments need an API key in your account. Your own sync works without it.",
            "With a key that works they stand in Activities under Friends.",
            key.WARNING_OF_POWER,
            "A permission that the sign-in lacks is never got round with the key.",
        ),
        tuple(_topic(check, f"key-{state}") for state in states for check in key.examine(state)),
    )
