"""Numbers and tokens that are the same in every run with the same seed."""

from __future__ import annotations

from hashlib import sha256
from itertools import count


class Ids:
    """Hands out ids. Each kind counts for itself, so one kind more shifts no other."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._counts: dict[str, count[int]] = {}

    def _draw(self, kind: str) -> str:
        number = next(self._counts.setdefault(kind, count()))
        return sha256(f"{self._seed}:{kind}:{number}".encode()).hexdigest()

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
        return first + next(self._counts.setdefault(kind, count()))
