"""The request log: what was asked of the API, without bodies, queries and credentials."""

from __future__ import annotations

from collections import deque
from typing import Any

from attrs import asdict, frozen

_KEPT = 100_000


@frozen
class Entry:
    method: str
    path: str
    status: int | None
    """None where the connection was closed without an answer."""
    credential: str
    """What kind was presented, good or not: key, token or none."""
    access: str
    """read or write."""


class RequestLog:
    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=_KEPT)

    def add(self, entry: Entry) -> None:
        self._entries.append(entry)

    def clear(self) -> None:
        self._entries.clear()

    def as_json(self) -> list[dict[str, Any]]:
        return [asdict(entry) for entry in self._entries]
