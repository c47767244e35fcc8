"""JSON to and from somebody else: every value that is read is checked, and what is wrong is named by its place."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import NoReturn, TypeGuard, TypeVar

from attrs import frozen

from intervals_companion.intervals.wire import Response

JSON = "application/json"
T = TypeVar("T")
_BEYOND = 1e15
"""No number of the API comes near; NaN, infinities and numbers too long for a float stay out with it."""


class WrongShape(ValueError):
    """An answer that is not as documented. The text names the place and never the value in it."""


def load(body: bytes) -> object:
    """The JSON in an answer. Raises WrongShape.

    Half a pair of UTF-16, which JSON can write and no text can hold (RFC 8259, 8.2), becomes the replacement character.
    """
    try:
        value = json.loads(body)
        return _whole_texts(value) if _HALF_A_PAIR.search(body) else value
    except (ValueError, RecursionError):
        raise WrongShape("it is not JSON") from None


_HALF_A_PAIR = re.compile(rb"\\u[dD][89a-fA-F]")
"""Or a whole one: only who has any is looked through."""


def _whole_texts(value: object) -> object:
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case list():
            return [_whole_texts(one) for one in value]
        case dict():
            return {_whole_texts(key): _whole_texts(one) for key, one in value.items()}
        case _:
            return value


def as_json(read: Callable[[object], T]) -> Callable[[Response], T]:
    """How an answer that is JSON is read."""
    return lambda response: read(load(response.body))


def acknowledged(response: Response) -> None:
    """Empty, or some JSON: a page of a captive portal is no acknowledgement."""
    if response.body.strip():
        load(response.body)


def body_of(value: object) -> bytes:
    """The body of a request."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and -_BEYOND < value < _BEYOND


@frozen
class Node:
    """A JSON object and where it stands, such as `[3]` or `activities[0]`. A null counts as absent."""

    values: Mapping[str, object]
    place: str = ""

    @classmethod
    def of(cls, value: object, place: str = "") -> Node:
        return cls(_checked(value, dict, place, "an object"), place)

    def text(self, key: str) -> str:
        """A text that has to be there and not be empty."""
        return self.optional_text(key) or self.refuse(key, "a text")

    def optional_text(self, key: str) -> str | None:
        return self._optional(key, str, "a text")

    def flag(self, key: str) -> bool:
        """True or false; absent is false."""
        return self._optional(key, bool, "true or false") or False

    def optional_whole(self, key: str) -> int | None:
        """A number, rounded."""
        value = self.values.get(key)
        if value is None:
            return None
        if not is_number(value):
            self.refuse(key, "a number")
        return round(value)

    def known_number(self, key: str) -> float | None:
        """None also for what is no number: one absurd number of somebody else is no reason to read nothing."""
        value = self.values.get(key)
        return float(value) if is_number(value) else None

    def optional_node(self, key: str) -> Node | None:
        value = self.values.get(key)
        return None if value is None else Node.of(value, self.at(key))

    def nodes(self, key: str) -> Iterator[Node]:
        """The objects of a list; none where it is absent."""
        value = self.values.get(key)
        return iter(()) if value is None else nodes(value, self.at(key))

    def at(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place else key

    def _optional(self, key: str, kind: type[T], words: str) -> T | None:
        value = self.values.get(key)
        return None if value is None else _checked(value, kind, self.at(key), words)

    def refuse(self, key: str, words: str) -> NoReturn:
        raise WrongShape(f"{self.at(key)} is not {words}")


def nodes(value: object, place: str = "") -> Iterator[Node]:
    """The objects of a list. Raises WrongShape while they are drawn."""
    for index, each in enumerate(_checked(value, list, place, "a list")):
        yield Node.of(each, f"{place}[{index}]")


def _checked(value: object, kind: type[T], place: str, words: str) -> T:
    if not isinstance(value, kind):
        raise WrongShape(f"{place or 'the answer'} is not {words}")
    return value
