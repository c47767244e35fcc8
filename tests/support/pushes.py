"""What phones push, in short words."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from intervals_companion.domain.samples import Row
from intervals_companion.health import auto_export, shortcuts
from intervals_companion.health.bridge import Read

BERLIN = ZoneInfo("Europe/Berlin")
QUANTITY = "HKQuantityTypeIdentifier"
STEPS, WEIGHT, HEART_RATE = (QUANTITY + name for name in ("StepCount", "BodyMass", "HeartRate"))

Item = dict[str, Any]


def at(written: str) -> int:
    """ms of an ISO stamp with its offset."""
    return round(datetime.fromisoformat(written).timestamp() * 1000)


def utc(instant: int) -> str:
    return datetime.fromtimestamp(instant / 1000, UTC).isoformat(sep=" ", timespec="seconds")


def item(date: str, qty: Any, source: str = "Ann’s Watch", **others: Any) -> Item:
    return {"date": date, "qty": qty, "source": source, **others}


def metric(name: str, units: str, *items: Item) -> Item:
    return {"name": name, "units": units, "data": list(items)}


def body(*metrics: Item, workouts: tuple[Item, ...] = (), **others: Any) -> bytes:
    data: Item = {"metrics": list(metrics)} if metrics else {}
    if workouts:
        data["workouts"] = list(workouts)
    return json.dumps({"data": {**data, **others}}).encode()


def pushed(*metrics: Item, grouped: str = "", workouts: tuple[Item, ...] = (), **others: Any) -> Read:
    """A delivery of Health Auto Export, read."""
    return read_push(body(*metrics, workouts=workouts, **others), grouped)


def read_push(content: bytes, grouped: str = "", home: ZoneInfo = BERLIN) -> Read:
    return auto_export.read(content, {"automation-aggregation": grouped}, home)


def shortcut(content: Any, content_type: str = "application/json", home: ZoneInfo = BERLIN) -> Read:
    """A delivery of a shortcut, read; a value is sent as JSON, a text or bytes as they are."""
    if not isinstance(content, str | bytes):
        content = json.dumps(content)
    raw = content.encode() if isinstance(content, str) else content
    return shortcuts.read(raw, {"content-type": content_type}, home)


def rows(read: Read, kind: str) -> list[Row]:
    return [row for batch in read.batches() if batch.type == kind for row in batch.rows]


def reasons(read: Read) -> dict[str, int]:
    """What was left out, and how often."""
    return {reason.what: count for reason, count in read.left_out.items()}


def run(start: str = "2026-03-10 07:00:00 +0100", end: str = "2026-03-10 07:30:00 +0100", **fields: Any) -> Item:
    return {"id": "A-1", "name": "Outdoor Run", "start": start, "end": end, "duration": 1800.0, **fields}
