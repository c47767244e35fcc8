"""Workouts made ready for the screen, kept with a hash of what they are made of: working one out takes longer than
showing it. Everything here can be made again.
"""

from __future__ import annotations

import json
import zlib

from sqlalchemy import Connection, select

from intervals_companion.domain.workout_view import WorkoutView
from intervals_companion.store import schema, sqlite, view_codec


def view(connection: Connection, athlete: int, workout: str, made_of: bytes) -> WorkoutView | None:
    """None where there is none, or only one that was made of something else or cannot be read: it is made anew."""
    table = schema.workout_views
    query = select(table.c.view).where(table.c.athlete == athlete, table.c.workout == workout, table.c.input == made_of)
    packed = connection.execute(query).scalar()
    if packed is None:
        return None
    try:
        return view_codec.view_of(json.loads(zlib.decompress(packed)))
    except (zlib.error, ValueError):
        return None


def save(connection: Connection, athlete: int, workout: str, made_of: bytes, view: WorkoutView) -> None:
    packed = zlib.compress(json.dumps(view_codec.view_json(view), separators=(",", ":")).encode(), 6)
    row = {"athlete": athlete, "workout": workout, "input": made_of, "view": packed}
    sqlite.upsert(connection, schema.workout_views, [row])
