"""What a person said of their sources: their order, what kind of device one is, and which are one and the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from attrs import evolve
from sqlalchemy import Connection, ScalarSelect, select

from intervals_companion.domain.samples import Device, Source
from intervals_companion.store import choices, schema

_NAME = "sources"
_KINDS = {device.name.lower(): device for device in Device}


class SourceChoices(NamedTuple):
    """All by source key. Nothing chosen: empty."""

    order: tuple[str, ...] = ()
    """The one that counts first among equals."""
    kinds: Mapping[str, Device] = {}
    same: Mapping[str, str] = {}
    """A source that is another one under another name -> that one."""

    def main(self, key: str) -> str:
        """The key under which a source's samples count."""
        return self.same.get(key, key)

    def applied(self, source: Source) -> Source:
        """The source with what was chosen of it."""
        place = self.order.index(source.key) if source.key in self.order else None
        kind = self.kinds.get(source.key)
        return source if place is None and kind is None else evolve(source, place=place, kind=kind)


def chosen(connection: Connection, athlete: int) -> SourceChoices:
    return parsed(connection.execute(select(column(athlete))).scalar())


def column(athlete: int) -> ScalarSelect[str]:
    """What was chosen, as a column beside others: for readers that ask often."""
    table = schema.choices
    query = select(table.c.value).where(table.c.athlete == athlete, table.c.name == _NAME)
    return query.scalar_subquery()


@lru_cache(maxsize=8)
def parsed(text: str | None) -> SourceChoices:
    """What such a column says."""
    found = json.loads(text) if text else None
    if not isinstance(found, dict):
        return SourceChoices()
    return SourceChoices(
        tuple(found.get("order", ())), {key: _KINDS[kind] for key, kind in found.get("kinds", {}).items()},
        found.get("same", {}),
    )  # fmt: skip


def put(connection: Connection, athlete: int, said: SourceChoices) -> None:
    kinds = {key: device.name.lower() for key, device in said.kinds.items()}
    choices.put(connection, athlete, _NAME, {"order": list(said.order), "kinds": kinds, "same": dict(said.same)})
