"""Answers of Intervals.icu as values. Keys nobody here knows are ignored; a wrong type raises WrongShape.

Shapes: the service's OpenAPI document, corrected by its published notes (explicit nulls). Activities:
`activity_record.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from attrs import field, frozen

from intervals_companion.domain import numbers
from intervals_companion.domain.catalogue import METRICS
from intervals_companion.domain.wellness import Value, WellnessRecord
from intervals_companion.intervals.answers import Node, WrongShape, is_number, nodes
from intervals_companion.intervals.scopes import Grant


@frozen
class KeyState:
    """What the athlete object says about the athlete's API key.

    Not shown (the property is absent): it may exist or not. Shown without a value (null): none was generated.
    Shown with a value: the key itself.
    """

    shown: bool
    value: str | None = field(default=None, repr=False)


@frozen
class Athlete:
    id: str
    """`i` and digits, or bare digits: `i123` and `123` are different athletes."""
    name: str
    timezone: str | None
    api_key: KeyState
    fields: frozenset[str] | None = None
    """Codes of the custom wellness fields; None where the record does not tell."""


@frozen
class Upload:
    """A file that Intervals.icu holds now. A multisport file gives several activities."""

    ids: tuple[str, ...]
    created: bool
    """False where the service already had exactly these bytes."""


@frozen
class SignIn:
    """The token answer. `grant` is what the person really allowed, which may be less than what was asked for."""

    access_token: str = field(repr=False)
    grant: Grant
    athlete_id: str
    athlete_name: str


def athlete(value: object) -> Athlete:
    node = Node.of(value)
    return Athlete(
        id=node.text("id"),
        name=node.optional_text("name") or "",
        timezone=node.optional_text("timezone"),
        api_key=KeyState("icu_api_key" in node.values, node.optional_text("icu_api_key")),
        fields=custom_fields(items) if isinstance(items := node.values.get("custom_items"), list) else None,
    )


def fitness(record: Mapping[str, object]) -> tuple[float, float] | None:
    """Fitness and fatigue (`ctl`, `atl`) of a stored day; None where one of them is not told as a number."""
    ctl, atl = record.get("ctl"), record.get("atl")
    return (float(ctl), float(atl)) if is_number(ctl) and is_number(atl) else None


_NOT_VALUES = frozenset({"id", "updated", "ctl", "atl", "rampRate", "ctlLoad", "atlLoad", "menstrualPhasePredicted"})
"""Bookkeeping, and what the service computes itself. Flags and lists are no values by their type."""

_TEMPORARY = {"weight": "tempWeight", "restingHR": "tempRestingHR"}
_WORDS = frozenset({"menstrualPhase"})
_NUMBERS = frozenset(row.field for row in METRICS if not row.custom) - _WORDS


def wellness(value: object) -> list[WellnessRecord]:
    """One record per day of the answer, days without a measured value included."""
    return [_wellness_day(node) for node in nodes(value)]


def _wellness_day(node: Node) -> WellnessRecord:
    return WellnessRecord(
        day=_day(node),
        values={key: value for key in node.values if (value := _wellness_value(node, key)) is not None},
        locked=node.flag("locked"),
        temporary=frozenset(name for name, mark in _TEMPORARY.items() if node.flag(mark)),
    )


def stored_day(day: date, record: Mapping[str, object]) -> WellnessRecord:
    """A day as an answer that was kept says it. A field that cannot be read is absent."""
    node = Node.of({**record, "id": day.isoformat()})
    readable = {key: value for key, value in node.values.items() if key == "id" or _is_readable(node, key)}
    return _wellness_day(Node.of(readable))


def _is_readable(node: Node, key: str) -> bool:
    try:
        _wellness_value(node, key)
        if key in ("locked", *_TEMPORARY.values()):
            node.flag(key)
    except WrongShape:
        return False
    return True


def _day(node: Node) -> date:
    try:
        return numbers.day(node.text("id"))
    except ValueError:
        raise WrongShape(f"{node.at('id')} is not a day") from None


def _wellness_value(node: Node, key: str) -> Value | None:
    """The value of a field, known or custom; None for null, for bookkeeping, and for shapes that are no value."""
    value = node.values[key]
    if value is None or key in _NOT_VALUES:
        return None
    if is_number(value) and key not in _WORDS:
        return value
    if isinstance(value, str) and key not in _NUMBERS:
        return value
    if key in _NUMBERS or key in _WORDS:
        raise WrongShape(f"{node.at(key)} is not {'a word' if key in _WORDS else 'a number'}")
    return None


def custom_fields(value: object) -> frozenset[str]:
    """The codes of the athlete's custom wellness fields. Fields of activities and intervals do not count."""
    fields = (node for node in nodes(value) if node.optional_text("type") == "INPUT_FIELD")
    contents = (node.optional_node("content") for node in fields)
    codes = (content.optional_text("code") for content in contents if content)
    return frozenset(code for code in codes if code)


def upload(value: object, *, created: bool) -> Upload:
    node = Node.of(value)
    ids = tuple(each.text("id") for each in node.nodes("activities")) or (node.text("id"),)
    return Upload(ids, created)


_TOKEN = re.compile(r"[!-~]+")
"""What may stand in a header."""


def sign_in(value: object) -> SignIn:
    node = Node.of(value)
    who = Node.of(node.values.get("athlete"), "athlete")
    token = node.text("access_token")
    if not _TOKEN.fullmatch(token):
        raise WrongShape("access_token is not a token")
    return SignIn(
        access_token=token,
        grant=Grant.parse(node.optional_text("scope") or ""),
        athlete_id=who.text("id"),
        athlete_name=who.optional_text("name") or "",
    )
