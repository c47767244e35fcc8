"""Views of workouts to and from the JSON that is stored.

Every value is checked when it is read: what was stored by another version, or is damaged, is refused whole.
"""

from __future__ import annotations

from itertools import chain
from types import NoneType
from typing import Any, cast

from cattrs import Converter
from cattrs.errors import ForbiddenExtraKeysError

from intervals_companion.domain.activity import Stretch
from intervals_companion.domain.workout_view import Bins, Thumbnail, WorkoutView


class UnreadableView(ValueError):
    """What is stored is no view of this version."""


def _number(value: object, _: type) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise TypeError(f"{type(value).__name__} is no number")


def _bins(value: object, _: type) -> Bins:
    """By hand, for a view has thousands of these numbers and somebody waits."""
    if not isinstance(value, dict) or value.keys() != {"width", "seconds", "means", "extremes"}:
        raise TypeError("bins of another version")
    width, seconds = value["width"], value["seconds"]
    if type(width) is not int or not set(map(type, seconds)) <= {int}:
        raise TypeError("bins without whole seconds")
    return Bins(
        width,
        seconds,
        means={name: _column(column) for name, column in value["means"].items()},
        extremes={name: _pairs(column) for name, column in value["extremes"].items()},
    )


def _column(column: object) -> list[float | None]:
    if isinstance(column, list) and set(map(type, column)) <= {int, float, NoneType}:
        return column
    raise TypeError("a column of something else than numbers")


def _pairs(column: list[list[float] | None]) -> list[tuple[float, float] | None]:
    pairs = [None if pair is None else tuple(pair) for pair in column]
    known = [pair for pair in pairs if pair is not None]
    if {2} >= set(map(len, known)) and {int, float} >= set(map(type, chain.from_iterable(known))):
        return cast("list[tuple[float, float] | None]", pairs)
    raise TypeError("a pair of something else than numbers")


def _text(value: object, _: type) -> str:
    if isinstance(value, str):
        return value
    raise TypeError(f"{type(value).__name__} is no text")


def _stretch(value: object, _: type) -> Stretch:
    if not isinstance(value, dict):
        raise TypeError(f"{type(value).__name__} is no object")
    given = {key: None if figure is None else _number(figure, float) for key, figure in value.items()}
    found = Stretch(**given)  # type: ignore[arg-type]
    if None in (found.start, found.end, found.timer, found.lengths):
        raise TypeError("a stretch without its times")
    return found


_CONVERTER = Converter(detailed_validation=False, forbid_extra_keys=True)
_CONVERTER.register_structure_hook(float, _number)
_CONVERTER.register_structure_hook(str, _text)
_CONVERTER.register_structure_hook(Bins, _bins)
_CONVERTER.register_structure_hook(Stretch, _stretch)
_CONVERTER.register_unstructure_hook(Stretch, Stretch._asdict)

_REFUSED = (ArithmeticError, AttributeError, ForbiddenExtraKeysError, LookupError, TypeError, ValueError)


def view_json(view: WorkoutView) -> Any:
    return _CONVERTER.unstructure(view)


def view_of(stored: object) -> WorkoutView:
    """Raises UnreadableView."""
    try:
        return _CONVERTER.structure(stored, WorkoutView)
    except _REFUSED as problem:
        raise UnreadableView from problem


def thumbnail_json(thumbnail: Thumbnail | None) -> Any:
    return _CONVERTER.unstructure(thumbnail)


def thumbnail_of(stored: object) -> Thumbnail | None:
    """Raises UnreadableView."""
    try:
        found: Thumbnail | None = _CONVERTER.structure(stored, Thumbnail | None)  # type: ignore[arg-type]
    except _REFUSED as problem:
        raise UnreadableView from problem
    return found
