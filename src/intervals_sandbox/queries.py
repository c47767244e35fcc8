"""Query parameters, read as the service reads them: required ones, typed ones, lists joined by commas or repeated."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from starlette.datastructures import QueryParams

from intervals_sandbox.errors import Refusal, bad_request, missing_parameter
from intervals_sandbox.times import parse_day, parse_local, wall_text

T = TypeVar("T")

INT32, INT64 = 2**31, 2**63
_FLAGS = {"true": True, "false": False}
_JAVA = {int: "java.lang.Integer", float: "java.lang.Float", bool: "java.lang.Boolean", date: "java.time.LocalDate"}


class Query:
    def __init__(self, parameters: QueryParams, leak_bad_types: bool) -> None:
        self._parameters = parameters
        self._leak = leak_bad_types

    def text(self, name: str) -> str | None:
        return self._parameters.get(name)

    def required(self, name: str) -> str:
        value = self.text(name)
        if value is None:
            raise missing_parameter(name)
        return value

    def names(self, name: str) -> list[str] | None:
        """An array: comma-joined and repeated parameters are the same."""
        if name not in self._parameters:
            return None
        return [part for value in self._parameters.getlist(name) for part in value.split(",") if part]

    def integer(self, name: str, bound: int = INT32) -> int | None:
        value = self._typed(name, int, int)
        if value is not None and not -bound <= value < bound:
            raise self._bad(str(value), int)
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        value = self._typed(name, bool, lambda text: _FLAGS[text.lower()])
        return default if value is None else value

    def day(self, name: str) -> date | None:
        """A day; of a date-time its day."""
        return self._typed(name, date, _day)

    def oldest(self, name: str = "oldest") -> str | None:
        """A day or a local date-time as the lower bound of local times written as text."""
        return self._typed(name, date, _local_bound)

    def newest(self, name: str = "newest") -> str | None:
        """The upper bound; a day counts to its end."""
        bound = self._typed(name, date, _local_bound)
        return f"{bound}T23:59:59" if bound and "T" not in bound else bound

    def _typed(self, name: str, kind: type, parse: Callable[[str], T]) -> T | None:
        text = self.text(name)
        if not text:
            return None
        try:
            return parse(text)
        except (ValueError, KeyError):
            raise self._bad(text, kind) from None

    def _bad(self, text: str, kind: type) -> Refusal:
        return bad_type(text, kind, self._leak)


def bad_type(text: str, kind: type, leak: bool) -> Refusal:
    """A value of the wrong type: a 400, or the service's 500 with the exception's text."""
    types = f"of type 'java.lang.String' to required type '{_JAVA[kind]}'"
    sentence = f'Failed to convert value {types}; For input string: "{text}"'
    return Refusal(500, {"status": 500, "error": sentence}) if leak else bad_request(sentence)


def _local_bound(text: str) -> str:
    return wall_text(parse_local(text)) if "T" in text else parse_day(text).isoformat()


def _day(text: str) -> date:
    return parse_local(text).date() if "T" in text else parse_day(text)
