"""Phones that may push: who they are, what they have sent, and the hash of what they show at the door."""

from __future__ import annotations

from typing import Any

from attrs import frozen
from sqlalchemy import Connection, delete, func, insert, select, update

from intervals_companion.store import schema


@frozen
class Device:
    """`device` is its id, `channel` the way it sends by. Instants in ms; `first` and `seen` are None before its first
    delivery.
    """

    device: str
    channel: str
    name: str
    made: int
    first: int | None = None
    seen: int | None = None
    samples: int = 0
    """New samples and summaries it has brought."""


def add(connection: Connection, athlete: int, device: Device, token: bytes) -> None:
    """`token`: the hash of it."""
    row = {
        "athlete": athlete, "device": device.device, "road": device.channel, "name": device.name, "token": token,
        "made": device.made, "first": device.first, "seen": device.seen, "samples": device.samples,
    }  # fmt: skip
    connection.execute(insert(schema.devices).values(row))


def listed(connection: Connection, athlete: int) -> list[Device]:
    """Oldest first."""
    table = schema.devices
    query = select(table).where(table.c.athlete == athlete).order_by(table.c.made, table.c.device)
    return [_device(row) for row in connection.execute(query)]


def by_token(connection: Connection, athlete: int, token: bytes) -> Device | None:
    table = schema.devices
    row = connection.execute(select(table).where(table.c.athlete == athlete, table.c.token == token)).one_or_none()
    return None if row is None else _device(row)


def _device(row: Any) -> Device:
    return Device(row.device, row.road, row.name, row.made, row.first, row.seen, row.samples)


def revoke(connection: Connection, athlete: int, device: str) -> bool:
    """Whether there was one."""
    table = schema.devices
    return connection.execute(delete(table).where(table.c.athlete == athlete, table.c.device == device)).rowcount > 0


def delivered(connection: Connection, athlete: int, device: str, now: int, new: int) -> None:
    """Notes a delivery and how much of it was new."""
    table = schema.devices
    connection.execute(
        update(table)
        .where(table.c.athlete == athlete, table.c.device == device)
        .values(first=func.coalesce(table.c.first, now), seen=now, samples=table.c.samples + new)
    )
