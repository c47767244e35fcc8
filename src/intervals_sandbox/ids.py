"""Numbers and tokens that are the same in every run with the same seed."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256


class Ids:
    """Hands out ids. Each kind counts for itself, so one kind more shifts no other."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._counts: Counter[str] = Counter()

    def _draw(self, kind: str) -> str:
        return sha256(f"{self._seed}:{kind}:{self._next(kind)}".encode()).hexdigest()

    def _next(self, kind: str) -> int:
        self._counts[kind] += 1
        return self._counts[kind] - 1

    def token(self, kind: str) -> str:
        """32 hexadecimal digits."""
        return self._draw(kind)[:32]

    def api_key(self) -> str:
        """25 lower-case letters and digits, the first a letter."""
        number, letters = int(self._draw("api key"), 16), "abcdefghijklmnopqrstuvwxyz0123456789"
        key = letters[number % 26]
        while len(key) < 25:
            number //= 36
            key += letters[number % 36]
        return key

    def number(self, kind: str, first: int) -> int:
        """The next integer of a kind, counted from `first`."""
        return first + self._next(kind)
