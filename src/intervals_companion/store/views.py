"""Workouts made ready for the screen, kept with a hash of what they are made of: working one out takes longer than
showing it. Everything here can be made again.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from intervals_companion.store import schema, sqlite


def view(connection: Connection, athlete: int, workout: str, made_of: bytes) -> dict[str, Any] | None:
    """None where there is none, or only one that was made of something else."""
    table = schema.workout_views
    query = select(table.c.view).where(table.c.athlete == athlete, table.c.workout == workout, table.c.input == made_of)
    packed = connection.execute(query).scalar()
    if packed is None:
        return None
    found: dict[str, Any] = json.loads(zlib.decompress(packed))
    return found


def save(connection: Connection, athlete: int, workout: str, made_of: bytes, view: Mapping[str, Any]) -> None:
    packed = zlib.compress(json.dumps(view, separators=(",", ":")).encode(), 6)
    row = {"athlete": athlete, "workout": workout, "input": made_of, "view": packed}
    sqlite.upsert(connection, schema.workout_views, [row])
