"""Erasing. Every table belongs to one group, so that whoever erases can say exactly what goes and what stays."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping
from enum import StrEnum
from pathlib import Path

from attrs import frozen
from sqlalchemy import Connection, Table, delete

from intervals_companion.store import schema
from intervals_companion.store.database import FILE_NAME, Store
from intervals_companion.store.secrets import KEY_FILE


class Group(StrEnum):
    SESSIONS = "sessions"
    SIGN_IN = "sign-in"
    ANSWERS = "answers"
    OTHERS = "others"
    HEALTH = "health"
    LEDGER = "ledger"
    SETTINGS = "settings"
    DEVICES = "devices"
    BINDING = "binding"


TABLES: Mapping[Group, tuple[Table, ...]] = {
    Group.SESSIONS: (schema.browsers, schema.door_links, schema.sign_ins),
    Group.SIGN_IN: (schema.credentials,),
    Group.ANSWERS: (
        schema.answers, schema.theirs_days, schema.theirs_activities, schema.examinations, schema.proofs,
    ),
    Group.OTHERS: (
        schema.looks, schema.others, schema.others_activities, schema.borrowed, schema.chats, schema.opened,
        schema.outbox,
    ),
    Group.HEALTH: (
        schema.sources, schema.blocks, schema.block_versions, schema.imports, schema.windows, schema.retired,
        schema.summaries, schema.native_ids, schema.anchors,
        schema.deliveries, schema.dirty_days, schema.day_values, schema.workout_views,
    ),
    Group.LEDGER: (
        schema.bases, schema.pending_values, schema.links, schema.pending_uploads, schema.tombstones,
        schema.sent_zones, schema.taken_over, schema.kept_theirs, schema.runs, schema.receipts, schema.held,
        schema.held_before, schema.failures, schema.health_writes, schema.jobs,
    ),
    Group.SETTINGS: (schema.choices, schema.dismissed, schema.home_zones),
    Group.DEVICES: (schema.devices,),
    Group.BINDING: (schema.athletes, schema.meta),
}  # fmt: skip
"""Every table, once. What belongs to other athletes than the one signed in, or is said to them, belongs into OTHERS."""


def erase(connection: Connection, athlete: int, groups: Collection[Group]) -> None:
    """Erases these groups of one athlete. BINDING is the whole folder's: that goes by `delete_everything` only."""
    for group in groups:
        for table in TABLES[group]:
            connection.execute(delete(table).where(table.c.athlete == athlete))


# --- everything ------------------------------------------------------------------------------------------------------

OURS = (
    f"{FILE_NAME}*",  # with its log, and what a restore put aside
    f"{KEY_FILE}",
    f".{KEY_FILE}.*",
    "*.lock",
    "*.part",  # what is still on its way in or out
)
"""The files that this program makes in a data folder. `companion.toml` was written by the person."""


@frozen
class Deleted:
    removed: tuple[str, ...]
    left: tuple[str, ...]
    """What this program did not make."""


def delete_everything(store: Store) -> Deleted:
    """Removes every file this program made in the data folder. Raises Busy while anything else has it open.

    The store is of no use afterwards; `store.open()` begins a new one.
    """
    folder = store.folder
    with store.alone():
        removed = sorted({path for pattern in OURS for path in folder.glob(pattern)})
        for path in removed:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
    return Deleted(tuple(_names(removed)), tuple(_names(sorted(folder.iterdir()))))


def _names(paths: list[Path]) -> list[str]:
    return [path.name for path in paths]
