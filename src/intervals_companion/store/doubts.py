"""Whether so much is gone that it may be a mistake, and whether a file is of the same phone and person as before."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from intervals_companion.store import imports, schema, versions
from intervals_companion.store.imports import ImportState
from intervals_companion.store.versions import EXPORT, State

RECENT = 90
"""Days, the last of which something is held, whose devices a file should know."""
UNSAID = frozenset({"", "HKBiologicalSexNotSet", "HKBloodTypeNotSet", "HKFitzpatrickSkinTypeNotSet"})
"""What the file says of its owner where they told Health nothing."""


FEW = 20
"""So many samples may go without a question."""
SHARE = 0.1
"""Or so large a part of those there were."""


def is_suspicious(lost: int, held: int, share: float = SHARE) -> bool:
    """Whether so many of those held, lost without newer ones over the same time, ask for an answer first."""
    return lost > FEW and lost > share * held


def is_of_another(
    connection: Connection, athlete: int, layer: str, devices: Collection[str], about: Mapping[str, str]
) -> bool:
    """Whether a file shares under half of the devices that wrote last in its layer, or says that its owner is somebody
    else. An import that waits for an answer says nothing of whose Health this is.
    """
    waiting = versions.waiting_types(connection, athlete).keys()
    known = [
        one for one in imports.listed(connection, athlete)
        if one.layer == layer and one.state is ImportState.COMPLETE and one.import_id not in waiting
    ]  # fmt: skip
    if any(_differ(one.about, about) for one in known[:1]):
        return True
    lately = recent_devices(connection, athlete, layer)
    return bool(lately) and 2 * len(lately & set(devices)) < len(lately)


def _differ(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    return any(
        one[name] != other[name]
        for name in one.keys() & other.keys()
        if one[name] not in UNSAID and other[name] not in UNSAID
    )


def recent_devices(connection: Connection, athlete: int, layer: str) -> set[str]:
    """Source keys of the devices of a layer's exports that wrote in the last `RECENT` days of which it holds any."""
    blocks, sources, windows, known = schema.blocks, schema.sources, schema.windows, schema.imports
    of_layer = (
        select(windows.c.source)
        .join(known, (known.c.athlete == windows.c.athlete) & (known.c.import_id == windows.c.import_id))
        .where(windows.c.athlete == athlete, known.c.layer == layer, windows.c.state != State.WAITS)
    )
    own = (
        blocks.c.athlete == athlete, blocks.c.source.in_(of_layer), sources.c.road == "export", sources.c.product != "",
    )  # fmt: skip
    both = blocks.join(sources, (sources.c.athlete == blocks.c.athlete) & (sources.c.key == blocks.c.source))
    newest = connection.execute(select(func.max(blocks.c.day)).select_from(both).where(*own)).scalar()
    if newest is None:
        return set()
    query = select(blocks.c.source).select_from(both).where(*own, blocks.c.day >= newest - RECENT).distinct()
    return set(connection.execute(query).scalars())


class Layer(NamedTuple):
    """Which phone's exports a file belongs to."""

    name: str
    is_sure: bool = True
    """Not where two phones know as many of its devices: their names may be the same."""


def layer_of(connection: Connection, athlete: int, devices: Collection[str], second: bool) -> Layer:
    """Of the phones known, the one that shares most devices with a file; a new one where it is said to be of a second
    phone and shares none.
    """
    by_layer: dict[str, set[str]] = {}
    windows, known, sources = schema.windows, schema.imports, schema.sources
    query = (
        select(known.c.layer, windows.c.source)
        .join(windows, (windows.c.athlete == known.c.athlete) & (windows.c.import_id == known.c.import_id))
        .join(sources, (sources.c.athlete == known.c.athlete) & (sources.c.key == windows.c.source))
        .where(
            known.c.athlete == athlete, known.c.layer.startswith(EXPORT), sources.c.product != "",
            windows.c.state != State.WAITS,
        )
        .distinct()
    )  # fmt: skip
    for layer, source in connection.execute(query):
        by_layer.setdefault(layer, set()).add(source)
    shared = {layer: len(found & set(devices)) for layer, found in by_layer.items()}
    others = {layer: number for layer, number in shared.items() if layer != EXPORT}
    best = max(others, key=lambda layer: (others[layer], layer), default="")
    most = others.get(best, 0)
    if second:
        return Layer(best if most else f"{EXPORT} {len(others) + 2}")
    own = shared.get(EXPORT, 0)
    return Layer(best if most > own else EXPORT, is_sure=not most or most != own)
