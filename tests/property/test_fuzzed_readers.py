"""Whatever a reader of foreign bytes gets, it reads it or refuses it with words, soon; and no number it gives is none.

Some tenths of a second a reader in `make test`, two minutes in `make soak`.
"""

from __future__ import annotations

import gzip
import io
import json
import math
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from intervals_companion.domain.errors import CompanionError
from intervals_companion.formats.gpx import read_route
from intervals_companion.health import auto_export, shortcuts
from intervals_companion.health.apple_export import AppleExport
from intervals_companion.health.bridge import Delivery
from intervals_companion.health.port import HealthReader
from intervals_companion.intervals import activity_record, protocol
from intervals_companion.intervals.answers import WrongShape
from intervals_companion.intervals.models import stored_day
from intervals_companion.intervals.wire import Response
from intervals_companion.web.ingest import push
from support import exports
from support.app_fixture import run, steps, weight
from support.depth import SOAK
from support.fuzzing import fuzz

HOME = ZoneInfo("Europe/Berlin")
SECONDS = 135.0 if os.environ.get(SOAK) else 0.4
"""CPU, for each reader."""
LONGEST = 2.0
"""CPU seconds of one input: some ten thousand bytes."""
DAY = date(2026, 11, 20)

_POINTS = [exports.Point(f"{DAY}T16:{n:02d}:00Z", 52.5 + n / 1000, 13.4) for n in range(5)]
_XML = exports.export_xml(
    steps(DAY, 8000), weight(DAY, 74.5), *run(DAY),
    exports.correlation(
        "HKCorrelationTypeIdentifierBloodPressure",
        exports.record("HKQuantityTypeIdentifierBloodPressureSystolic", 120, "mmHg", f"{DAY} 07:00:00 +0100"),
        start=f"{DAY} 07:00:00 +0100",
    ),
)  # fmt: skip
_ITEM = {"date": f"{DAY} 07:00:00 +0100", "qty": 72.5, "source": "Ann’s Watch"}
_NIGHT = {"date": f"{DAY} 00:00:00 +0100", "asleep": 7, "sleepStart": f"{DAY} 00:10:00 +0100",
          "sleepEnd": f"{DAY} 07:10:00 +0100", "source": "Watch"}  # fmt: skip
_PUSH = json.dumps({"data": {
    "metrics": [
        {"name": "weight_body_mass", "units": "kg", "data": [_ITEM]},
        {"name": "heart_rate", "units": "bpm", "data": [{"date": _ITEM["date"], "Min": 50, "Avg": 60, "Max": 70}]},
        {"name": "sleep_analysis", "units": "hr", "data": [_NIGHT]},
    ],
    "workouts": [{
        "id": "A-1", "name": "Running", "duration": 1800,
        "start": f"{DAY} 07:00:00 +0100", "end": f"{DAY} 07:30:00 +0100",
        "heartRateData": [{"date": f"{DAY} 07:00:00 +0100", "Avg": 120, "units": "bpm"}],
        "route": [{"latitude": 52.5, "longitude": 13.4, "timestamp": f"{DAY} 07:00:00 +0100"}],
    }],
}}).encode()  # fmt: skip
_SAID = {"type": "Weight", "value": "72,5 kg", "date": f"{DAY}T07:00:00+01:00", "source": "Scale", "locale": "de_DE"}
_SHORTCUTS = [
    json.dumps(_SAID).encode(),
    json.dumps({"samples": [_SAID, {**_SAID, "type": "Steps", "value": "8000 count"}]}).encode(),
    json.dumps({"type": "Weight", "value": "72 kg\n73 kg", "date": f"{DAY}\n{DAY}"}).encode(),
    b'{"type": "Weight"}\n{"type": "Weight", "value": "72 kg", "date": "2026-11-20"}',
]
_ACTIVITY = {
    "id": "i1", "start_date_local": f"{DAY}T07:00:00", "start_date": f"{DAY}T06:00:00Z", "type": "Run", "name": "Run",
    "distance": 10000.0, "moving_time": 3600, "icu_intervals": [{"start_index": 0, "end_index": 10, "distance": 100.5}],
}  # fmt: skip
_WELLNESS = {
    "id": str(DAY), "weight": 72.5, "tempWeight": True, "restingHR": 48, "steps": 8000, "ctl": 50.5, "locked": False,
}  # fmt: skip


def _zip(xml: str) -> bytes:
    found = io.BytesIO()
    exports.zip_export(found, xml, {"route_1.gpx": exports.gpx(_POINTS)})  # type: ignore[arg-type]
    return found.getvalue()


def _checked(reader: HealthReader) -> None:
    """Every number of every row is one."""
    for batch in reader.batches():
        for row in batch.rows:
            assert math.isfinite(row.value), row
            assert isinstance(row.start, int), row


def _delivered(delivery: Delivery) -> None:
    _checked(delivery)
    assert all(math.isfinite(one.value) for one in delivery.summaries)


def _refusing(read: Callable[[bytes], object], *refusals: type[Exception]) -> Callable[[bytes], object]:
    def safely(body: bytes) -> None:
        with suppress(CompanionError, *refusals):
            read(body)

    return safely


def _answered(body: bytes) -> None:
    for call in (
        protocol.wellness(DAY, DAY),
        protocol.activities(DAY, DAY),
        protocol.athlete(),
        protocol.custom_fields(),
    ):
        with suppress(WrongShape):
            call.read(Response(200, {}, body))


def _kept(body: bytes) -> None:
    """As the store hands them back: JSON, but of any shape."""
    with suppress(ValueError, RecursionError):
        record = json.loads(body)
        activity_record.read(record)
        if isinstance(record, dict):
            stored_day(DAY, record)


@pytest.fixture
def file(tmp_path: Path) -> Callable[[bytes, str], Path]:
    def write(content: bytes, name: str) -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


READERS: Mapping[str, tuple[Callable[[bytes], object], Sequence[bytes]]] = {
    "Health Auto Export": (
        _refusing(lambda body: _delivered(auto_export.read(body, {}, HOME))),
        [_PUSH],
    ),
    "Shortcuts JSON": (_refusing(lambda body: _delivered(shortcuts.read(body, {}, HOME))), _SHORTCUTS),
    "Shortcuts form": (
        _refusing(lambda body: _delivered(
            shortcuts.read(body, {"content-type": "multipart/form-data; boundary=x"}, HOME)
        )),
        [b'--x\r\nContent-Disposition: form-data; name="type"\r\n\r\nWeight\r\n'
         b'--x\r\nContent-Disposition: form-data; name="value"\r\n\r\n72 kg\r\n--x--\r\n'],
    ),
    "a route": (_refusing(read_route), [exports.gpx(_POINTS).encode()]),
    "an answer of Intervals.icu": (
        _refusing(_answered),
        [json.dumps([_WELLNESS]).encode(), json.dumps([_ACTIVITY]).encode(), json.dumps({"id": "i1"}).encode()],
    ),
    "what was kept of an answer": (_kept, [json.dumps(_WELLNESS).encode(), json.dumps(_ACTIVITY).encode()]),
}  # fmt: skip
FILES: Mapping[str, tuple[str, Sequence[bytes]]] = {
    "an export": ("export.xml", [_XML.encode()]),
    "a zip": ("export.zip", [_zip(_XML)]),
}


@pytest.mark.parametrize("what", READERS)
def test_changed_bytes_are_read_or_refused(what: str) -> None:
    read, good = READERS[what]
    for one in good:
        read(one)
    assert list(fuzz(read, good, SECONDS, LONGEST))[:3] == []


@pytest.mark.parametrize("what", FILES)
def test_a_changed_export_is_read_or_refused(what: str, file: Callable[[bytes, str], Path]) -> None:
    name, good = FILES[what]
    read = _refusing(lambda body: _checked(AppleExport(file(body, name))))
    assert list(fuzz(read, good, SECONDS, LONGEST))[:3] == []


def test_a_changed_push_behind_gzip_is_read_or_refused() -> None:
    def read(body: bytes) -> None:
        _delivered(auto_export.read(push.decoded(body, "gzip"), {}, HOME))

    assert list(fuzz(_refusing(read, push._Refusal), [gzip.compress(_PUSH)], SECONDS, LONGEST))[:3] == []
