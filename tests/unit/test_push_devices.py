"""Devices, and what the service does with what they push."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from intervals_companion.app.context import AppContext
from intervals_companion.app.ingest import devices
from intervals_companion.app.ingest.devices import AUTO_EXPORT, SHORTCUTS, NewDevice, Received
from intervals_companion.app.settings import Settings
from intervals_companion.domain.errors import DamagedInput, NothingToShow, UsageError
from intervals_companion.store import archive, schema
from intervals_companion.store.database import Store
from support.pushes import body, item, metric, run
from support.store_builders import archived, dump, empty_store

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
AT_NOW = round(NOW.timestamp() * 1000)
DAY = {"automation-aggregation": "Days"}
STEPS = body(metric("step_count", "count", item("2026-03-10 00:00:00 +0100", 8500)))


@pytest.fixture
def context(tmp_path: Path) -> Iterator[AppContext]:
    with closing(empty_store(tmp_path)) as store:
        yield made(store)


def made(store: Store) -> AppContext:
    return AppContext(Settings(store.folder), store, "Europe/Berlin", clock=lambda: NOW)


def phone(context: AppContext, channel: str = AUTO_EXPORT) -> NewDevice:
    return devices.add_device(context, channel, "Ann’s iPhone")


def push(context: AppContext, content: bytes, device: NewDevice | None = None) -> Received:
    known = context.read(devices.recognise, (device or phone(context)).token)
    assert known is not None
    return devices.receive(context, known, known.channel, content, DAY)


# --- devices ---------------------------------------------------------------------------------------------------------


def test_a_token_is_32_random_bytes_and_only_its_hash_is_kept(context: AppContext) -> None:
    new = phone(context)
    assert len(new.token) == 43
    assert new.token != phone(context).token
    assert new.token not in repr(dump(context.store))
    assert new.token.encode() not in b"".join(file.read_bytes() for file in context.store.folder.glob("companion*"))
    with context.store.read() as connection:
        hashes = set(connection.execute(select(schema.devices.c.token)).scalars())
    assert hashlib.sha256(new.token.encode()).digest() in hashes


def test_a_device_is_known_by_its_token_and_nothing_near_it(context: AppContext) -> None:
    new = phone(context)
    found = context.read(devices.recognise, new.token)
    assert found is not None
    assert (found.device, found.channel, found.name, found.samples) == (new.device, AUTO_EXPORT, "Ann’s iPhone", 0)
    assert context.read(devices.recognise, new.token[:-1]) is None
    assert context.read(devices.recognise, "") is None
    assert context.read(devices.recognise, new.device) is None


def test_a_revoked_device_is_a_stranger_and_what_it_sent_stays(context: AppContext) -> None:
    new = phone(context)
    push(context, body(workouts=(run(),)), new)
    devices.revoke(context, new.device)
    assert context.read(devices.recognise, new.token) is None
    assert context.read(devices.devices) == []
    assert archived(context.store)


def test_revoking_a_stranger_says_so(context: AppContext) -> None:
    with pytest.raises(NothingToShow):
        devices.revoke(context, "nobody")


def test_a_way_that_does_not_exist_is_refused(context: AppContext) -> None:
    with pytest.raises(UsageError, match="health-auto-export, shortcuts"):
        devices.add_device(context, "pigeon", "Ann’s pigeon")


@pytest.mark.parametrize(("name", "shown"), [("  My \n phone ", "My phone"), ("", "Phone"), ("x" * 99, "x" * 60)])
def test_a_name_is_made_fit_to_show(context: AppContext, name: str, shown: str) -> None:
    devices.add_device(context, SHORTCUTS, name)
    assert [one.name for one in context.read(devices.devices)] == [shown]


def test_tokens_of_another_athlete_open_nothing(context: AppContext) -> None:
    new = phone(context)
    with context.store.write() as connection:
        connection.execute(schema.athletes.insert().values(athlete=9, origin=None))
        context.store.set_setting(connection, "athlete", "9")
    assert context.read(devices.recognise, new.token) is None


# --- deliveries ------------------------------------------------------------------------------------------------------


def test_what_is_new_and_what_is_known_is_counted(context: AppContext) -> None:
    new = phone(context)
    both = body(
        metric("weight_body_mass", "kg", item("2026-03-10 00:00:00 +0100", 72.4)), workouts=(run(),)
    )  # a summary of the day, and a workout
    assert push(context, both, new) == Received(2, 0, ())
    assert push(context, both, new) == Received(0, 2, ())


def test_what_is_refused_is_counted_and_the_rest_is_stored(context: AppContext) -> None:
    content = body(
        metric("aura_strength", "au", *[item("2026-03-10 00:00:00 +0100", 1)] * 3),
        metric("step_count", "count", item("2026-03-10 00:00:00 +0100", 8500), item("someday", 1)),
    )
    found = push(context, content)
    assert found.new == 1
    assert [(one.what, one.count) for one in found.refused] == [
        ("aura_strength of a metric that is not known here", 3), ("step_count without a readable date", 1),
    ]  # fmt: skip
    assert all(one.cure for one in found.refused)


def test_a_delivery_is_remembered_by_channel_and_by_device(context: AppContext) -> None:
    new = phone(context)
    push(context, STEPS, new)
    (device,) = context.read(devices.devices)
    assert (device.first, device.seen, device.samples) == (AT_NOW, AT_NOW, 1)
    with context.reading() as here:
        assert archive.last_delivery(here.connection, here.athlete) == AT_NOW
        assert here.connection.execute(select(schema.deliveries.c.road)).scalars().all() == [AUTO_EXPORT]


def test_a_body_that_is_no_delivery_changes_nothing(context: AppContext) -> None:
    new = phone(context)
    before = dump(context.store)
    with pytest.raises(DamagedInput):
        push(context, b'{"data":', new)
    assert dump(context.store) == before


def test_a_shortcut_pushes_by_its_own_channel(context: AppContext) -> None:
    new = phone(context, SHORTCUTS)
    content = b'{"type": "Weight", "value": "72,5 kg", "date": "2026-03-10T07:02:00+01:00"}'
    assert push(context, content, new) == Received(1, 0, ())
    with context.reading() as here:
        assert set(archive.sources(here.connection, here.athlete)) == {"Shortcuts"}
