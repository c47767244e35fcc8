"""Hundreds of thousands of values in little room: what is different as numbers in columns, what is shared once."""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

About = TypeVar("About", bound=Hashable)


class Columns(Generic[About]):
    """Spans (ms) with a value each, and what the value is about. 28 bytes each; as tuples they take 200."""

    def __init__(self) -> None:
        self.starts = array("q")
        self._ends = array("q")
        self._values = array("d")
        self._abouts = array("I")
        self._known: dict[About, int] = {}
        self._told: list[About] = []

    def append(self, start: int, end: int, value: float, about: About) -> None:
        number = self._known.setdefault(about, len(self._told))
        if number == len(self._told):
            self._told.append(about)
        self.starts.append(start)
        self._ends.append(end)
        self._values.append(value)
        self._abouts.append(number)

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, place: int) -> tuple[int, int, float, About]:
        return self.starts[place], self._ends[place], self._values[place], self._told[self._abouts[place]]

    def __iter__(self) -> Iterator[tuple[int, int, float, About]]:
        told = self._told
        for start, end, value, number in zip(self.starts, self._ends, self._values, self._abouts, strict=True):
            yield start, end, value, told[number]
