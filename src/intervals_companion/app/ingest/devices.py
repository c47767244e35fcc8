"""Phones without our app: the devices that may push, and what they push."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping

from attrs import frozen

from intervals_companion.app.context import AppContext
from intervals_companion.app.ingest import payloads
from intervals_companion.app.scope import ReadScope
from intervals_companion.domain.errors import NothingToShow, UsageError
from intervals_companion.health import auto_export, shortcuts
from intervals_companion.store import devices as rows
from intervals_companion.store.devices import Device

__all__ = [
    "AUTO_EXPORT", "CHANNELS", "SHORTCUTS", "Device", "NewDevice", "Received", "Refused",
    "add_device", "devices", "receive", "recognise", "revoke",
]  # fmt: skip

AUTO_EXPORT, SHORTCUTS = auto_export.CHANNEL, shortcuts.CHANNEL

CHANNELS = AUTO_EXPORT, SHORTCUTS
"""The ways a device may push, as they stand at the end of the address."""

_LONGEST_NAME = 60


@frozen
class NewDevice:
    device: str
    token: str
    """Shown once: only its hash is kept."""


@frozen
class Refused:
    """What of a delivery was left out or does not count, how often, and what to do about it."""

    what: str
    count: int
    cure: str


@frozen
class Received:
    """What a delivery brought: samples, workouts, routes and summaries together."""

    new: int
    known: int
    refused: tuple[Refused, ...]


def add_device(context: AppContext, channel: str, name: str) -> NewDevice:
    """A device with a token of its own, which lets it push and nothing else. Raises UsageError."""
    if channel not in CHANNELS:
        raise UsageError(f"There is no way to push called {channel!r}.", f"Choose one of: {', '.join(CHANNELS)}.")
    shown = " ".join(name.split())[:_LONGEST_NAME] or "Phone"
    device = context.token_bytes(8).hex()
    token = base64.urlsafe_b64encode(context.token_bytes(32)).rstrip(b"=").decode()
    account = context.account()
    with context.store.write() as connection:
        rows.add(connection, account.athlete, Device(device, channel, shown, context.now()), _hash(token))
    return NewDevice(device, token)


def devices(here: ReadScope) -> list[Device]:
    return rows.listed(here.connection, here.athlete)


def revoke(context: AppContext, device: str) -> None:
    """Its token opens nothing any more; what it sent stays. Raises NothingToShow."""
    account = context.account()
    with context.store.write() as connection:
        if not rows.revoke(connection, account.athlete, device):
            raise NothingToShow("There is no such device.", "Reload the page: it may have been removed already.")


def recognise(here: ReadScope, token: str) -> Device | None:
    """Whose token it is. Looked up by its hash, so that how long it takes says nothing about any token."""
    return rows.by_token(here.connection, here.athlete, _hash(token))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def receive(
    context: AppContext, device: Device, channel: str, body: bytes | bytearray, headers: Mapping[str, str]
) -> Received:
    """Reads and stores a delivery; all of it is committed when this returns. `headers`: names in lower case. A
    `bytearray` is emptied once it is read, because it may be the largest part of what the delivery takes.

    Raises DamagedInput for a body that is no delivery, Busy, StorageError. The same again is no news.
    """
    account = context.account()
    with context.reading() as here:
        zone = here.zone
    delivery = payloads.READERS[channel](body, headers, zone)
    if isinstance(body, bytearray):
        body.clear()
    imported = payloads.take(context, delivery)
    new = imported.new + imported.new_workouts + imported.new_routes + imported.new_summaries
    reading = delivery.reading
    came = reading.records - reading.ignored + reading.workouts + reading.routes + len(delivery.summaries)
    with context.store.write() as connection:
        rows.delivered(connection, account.athlete, device.device, context.now(), new)
    told = (*imported.impossible.most_common(), *delivery.left_out.most_common())
    return Received(new, came - new, tuple(Refused(what, count, cure) for (what, cure), count in told))
