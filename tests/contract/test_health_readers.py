"""What every channel out of Apple Health keeps to: one suite for the export and for both pushes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from intervals_companion.domain.samples import ROUTE, WORKOUT, Batch, Source, source_key
from intervals_companion.formats.details import row_route, row_workout
from intervals_companion.health.apple_export import AppleExport
from intervals_companion.health.port import HealthReader
from intervals_companion.store.database import Store
from support import exports
from support.pushes import body, item, metric, read_push, run, shortcut
from support.store_builders import block_hashes, deliver, empty_store

MORNING = "2026-03-10 07:02:13 +0100"


def export(folder: Path) -> HealthReader:
    path = folder / "export.zip"
    kilos = exports.record("HKQuantityTypeIdentifierBodyMass", 72.4, "kg", MORNING, source="Scale")
    broken = exports.record("HKQuantityTypeIdentifierBodyMass", "much", "kg", MORNING, source="Scale")
    session = exports.workout("Running", MORNING, "2026-03-10 07:32:13 +0100", minutes=30, source="Watch")
    exports.zip_export(path, exports.export_xml(kilos, broken, session))
    return AppleExport(path)


def auto_export(_: Path) -> HealthReader:
    point = {"latitude": 48.1, "longitude": 11.5, "timestamp": MORNING}
    kilos = metric("weight_body_mass", "kg", item(MORNING, 72.4, "Sca\u00a0le"), item(MORNING, "much"))
    return read_push(body(kilos, workouts=(run(route=[point]),)))


def by_shortcut(_: Path) -> HealthReader:
    return shortcut([{"type": "Weight", "value": value, "date": "2026-03-10T07:02:13Z"} for value in
                     ("72,4 kg", "much")])  # fmt: skip


Channel = Callable[[Path], HealthReader]


@pytest.fixture(params=[export, auto_export, by_shortcut])
def channel(request: pytest.FixtureRequest) -> Channel:
    found: Channel = request.param
    return found


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(empty_store(tmp_path)) as opened:
        yield opened


def drawn(reader: HealthReader) -> list[Batch]:
    return list(reader.batches())


def test_a_channel_has_a_word_that_fits_the_tables(channel: Channel, tmp_path: Path) -> None:
    assert 0 < len(channel(tmp_path).channel) <= 40


def test_what_was_handed_out_was_counted_and_what_was_not_is_told(channel: Channel, tmp_path: Path) -> None:
    reader = channel(tmp_path)
    batches = drawn(reader)
    records = sum(len(batch.rows) for batch in batches if batch.type not in (WORKOUT, ROUTE))
    assert reader.reading.records - reader.reading.ignored == records
    assert reader.reading.workouts == sum(len(batch.rows) for batch in batches if batch.type == WORKOUT)
    assert reader.reading.ignored == 1
    assert [bool(problem.what and problem.cure) for problem in reader.reading.problems] == [True]


def test_at_the_end_the_reading_is_complete(channel: Channel, tmp_path: Path) -> None:
    reader = channel(tmp_path)
    drawn(reader)
    assert reader.reading.complete
    assert reader.reading.bytes_done == reader.reading.bytes_total > 0


def test_no_batch_is_empty_and_each_source_has_its_key(channel: Channel, tmp_path: Path) -> None:
    for batch in drawn(channel(tmp_path)):
        assert batch.rows
        assert batch.source == Source(source_key(batch.source.name), batch.source.name)


def test_samples_begin_before_they_end_and_details_can_be_read(channel: Channel, tmp_path: Path) -> None:
    for batch in drawn(channel(tmp_path)):
        for row in batch.rows:
            assert row.start <= row.end
            if batch.type == WORKOUT:
                assert row_workout(row, batch.source.key).start == row.start
            if batch.type == ROUTE:
                assert row_route(row)[0].time == row.start


def test_the_same_again_adds_nothing(channel: Channel, tmp_path: Path, store: Store) -> None:
    first = deliver(store, *drawn(channel(tmp_path)))
    before = block_hashes(store)
    again = deliver(store, *drawn(channel(tmp_path)))
    assert first.new > 0
    assert (again.new, again.written) == (0, 0)
    assert block_hashes(store) == before


def test_a_weight_is_the_same_sample_on_every_channel(tmp_path: Path, store: Store) -> None:
    one = "HKQuantityTypeIdentifierBodyMass"
    kilos = exports.record(one, 72.4, "kg", MORNING, source="Scale")
    exports.zip_export(tmp_path / "one.zip", exports.export_xml(kilos))
    pushed = read_push(body(metric("weight_body_mass", "lb", item(MORNING, 159.614678, "Scale"))))
    sent = shortcut({"type": "Weight", "value": "72,4 kg", "date": "2026-03-10T06:02:13Z", "source": "Scale"})
    news = [deliver(store, *drawn(reader)).new for reader in (AppleExport(tmp_path / "one.zip"), pushed, sent)]
    assert news == [1, 0, 0]
