"""What a person chose in the app: one JSON value a name."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, select

from intervals_companion.store import schema, sqlite


def everything(connection: Connection, athlete: int) -> dict[str, Any]:
    table = schema.choices
    query = select(table.c.name, table.c.value).where(table.c.athlete == athlete)
    return {name: json.loads(value) for name, value in connection.execute(query)}


def put(connection: Connection, athlete: int, name: str, value: object) -> None:
    sqlite.upsert(connection, schema.choices, [{"athlete": athlete, "name": name, "value": json.dumps(value)}])
