"""The archive: everything once, whatever came when; the same again writes nothing; what is there is whole and found."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from attrs import evolve
from sqlalchemy import event, select, update

from intervals_companion.domain.days import MS_PER_DAY
from intervals_companion.domain.errors import StorageError
from intervals_companion.domain.samples import LONGEST_SPAN, Batch, Row
from intervals_companion.store import additions, archive, codec, retired, schema
from intervals_companion.store.blocks import Renewed
from intervals_companion.store.database import Store
from support.store_builders import (
    ATHLETE,
    HEART_RATE,
    PHONE,
    SCALE,
    STAIRS,
    STEPS,
    WATCH,
    WEIGHT,
    archived,
    at,
    block_hashes,
    deliver,
    dump,
    empty_store,
    export,
    row,
    source,
    weight,
)

MORNING = row("2026-03-01 06:00", "2026-03-01 06:10", 500.0, created=at("2026-03-01 06:11"))
NOON = row("2026-03-01 12:00", "2026-03-01 12:10", 700.0, created=at("2026-03-01 12:11"))
NEXT_DAY = row("2026-03-02 08:00", "2026-03-02 08:10", 300.0, created=at("2026-03-02 08:11"))

OLD_EXPORT = (
    Batch(STEPS, WATCH, [MORNING, NOON]),
    Batch(STEPS, PHONE, [MORNING]),
    Batch(WEIGHT, SCALE, [weight("2026-03-01 06:30", 71.2)]),
)
NEW_EXPORT = (*OLD_EXPORT, Batch(STEPS, WATCH, [NEXT_DAY]), Batch(STAIRS, PHONE, [NOON]))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(empty_store(tmp_path)) as opened:
        yield opened


# --- merging ---------------------------------------------------------------------------------------------------------


def test_everything_is_kept_whatever_its_type(store: Store) -> None:
    deliver(store, *NEW_EXPORT)
    assert archived(store) == {
        (STEPS, WATCH.key): [MORNING, NOON, NEXT_DAY],
        (STEPS, PHONE.key): [MORNING],
        (WEIGHT, SCALE.key): [weight("2026-03-01 06:30", 71.2)],
        (STAIRS, PHONE.key): [NOON],
    }


def counts(renewed: Renewed) -> Renewed:
    return evolve(renewed, days=set(), stretches=set())


def test_a_newer_export_adds_only_what_is_new(store: Store) -> None:
    assert counts(deliver(store, *OLD_EXPORT)) == Renewed(new=4, written=3)
    before = block_hashes(store)
    assert counts(deliver(store, *NEW_EXPORT)) == Renewed(new=2, written=2)
    after = block_hashes(store)
    assert {key: after[key] for key in before} == before


def test_the_same_export_again_writes_nothing(store: Store) -> None:
    deliver(store, *NEW_EXPORT)
    before = dump(store)
    with store.engine.connect() as bystander:
        version = bystander.exec_driver_sql("PRAGMA data_version").scalar()
        assert deliver(store, *NEW_EXPORT) == Renewed()
        assert bystander.exec_driver_sql("PRAGMA data_version").scalar() == version
    assert dump(store) == before


def test_an_older_export_after_a_newer_one_changes_nothing(store: Store) -> None:
    deliver(store, *NEW_EXPORT)
    before = dump(store)
    deliver(store, *OLD_EXPORT)
    assert dump(store) == before


def test_the_same_export_after_days_were_made_leaves_them_clean(store: Store) -> None:
    deliver(store, *NEW_EXPORT)
    with store.write() as connection:
        archive.clear_dirty(connection, ATHLETE, archive.dirty_days(connection, ATHLETE))
    deliver(store, *NEW_EXPORT)
    with store.read() as connection:
        assert archive.dirty_days(connection, ATHLETE) == []


def test_a_copy_that_says_more_replaces_the_one_that_says_less(store: Store) -> None:
    deliver(store, Batch(STEPS, WATCH, [MORNING]))
    fuller = MORNING._replace(metadata='{"HKWasUserEntered":"1"}')
    assert counts(deliver(store, Batch(STEPS, WATCH, [fuller]))) == Renewed(new=0, written=1)
    assert archived(store) == {(STEPS, WATCH.key): [fuller]}
    assert deliver(store, Batch(STEPS, WATCH, [MORNING])) == Renewed()


def test_a_copy_with_milliseconds_or_another_unit_is_the_same_sample(store: Store) -> None:
    deliver(store, Batch(WEIGHT, SCALE, [weight("2026-03-01 06:30", 75.0)]))
    pounds = Row(at("2026-03-01 06:30") + 417, at("2026-03-01 06:30") + 417, 75 / 0.45359237, "lb", "", -1, "", b"")
    assert deliver(store, Batch(WEIGHT, SCALE, [pounds])).new == 0


def test_the_same_moment_from_two_sources_is_two_samples(store: Store) -> None:
    assert deliver(store, Batch(STEPS, WATCH, [MORNING]), Batch(STEPS, PHONE, [MORNING])).new == 2


def test_two_channels_bring_a_sample_once(store: Store) -> None:
    deliver(store, Batch(STEPS, WATCH, [MORNING]), channel="export")
    assert deliver(store, Batch(STEPS, WATCH, [MORNING]), channel="healthkit") == Renewed()


def test_a_block_says_what_it_holds(store: Store) -> None:
    long = row("2026-03-01 23:00", "2026-03-02 07:00")
    deliver(store, Batch(STEPS, WATCH, [NOON, long, MORNING]))
    with store.read() as connection:
        (found,) = connection.execute(select(schema.blocks))
    assert found.day == at("2026-03-01") // MS_PER_DAY
    assert (found._mapping["count"], found.first_start, found.last_end) == (3, MORNING.start, long.end)
    assert found.codec == codec.VERSION
    assert found.hash == codec.digest(codec.encode([MORNING, NOON, long]))


def test_blocks_packed_by_another_zlib_are_the_same_blocks(store: Store) -> None:
    deliver(store, *OLD_EXPORT)
    table = schema.blocks
    with store.write() as connection:
        for day, kind, key, packed in connection.execute(
            select(table.c.day, table.c.type, table.c.source, table.c.rows)
        ).all():
            again = zlib.compress(zlib.decompress(packed), 9)
            where = (table.c.day == day) & (table.c.type == kind) & (table.c.source == key)
            connection.execute(update(table).where(where).values(rows=again))
    before = dump(store)
    assert deliver(store, *OLD_EXPORT) == Renewed()
    assert dump(store) == before
    assert deliver(store, *NEW_EXPORT).new == 2


def test_another_athlete_sees_none_of_it(store: Store) -> None:
    deliver(store, *OLD_EXPORT)
    assert block_hashes(store, athlete=2) == {}
    assert deliver(store, *OLD_EXPORT, athlete=2).new == 4
    with store.read() as connection:
        assert archive.seen(connection, 2) == archive.seen(connection, 1)
        assert archive.seen(connection, 3) == {}
        assert archive.sources(connection, 3) == {}


@pytest.mark.parametrize("year", [1, 1900, 4001, 9999])
def test_a_sample_of_a_year_no_day_is_shown_for_is_kept(store: Store, year: int) -> None:
    """Apps write distant pasts and futures; they must not stop an import."""
    moment = round(datetime(year, 6, 1, tzinfo=UTC).timestamp() * 1000)
    strange = MORNING._replace(start=moment, end=moment)
    assert deliver(store, Batch(STEPS, WATCH, [strange, MORNING])).new == 2
    assert archived(store)[STEPS, WATCH.key] == sorted([strange, MORNING])


# --- stopping --------------------------------------------------------------------------------------------------------


def whole_of(batches: Sequence[Batch]) -> dict[tuple[str, str], list[Row]]:
    found: dict[tuple[str, str], list[Row]] = {}
    for batch in batches:
        found.setdefault((batch.type, batch.source.key), []).extend(batch.rows)
    return found


def test_an_import_stopped_between_two_batches_is_whole_and_can_go_on(store: Store, tmp_path: Path) -> None:
    steps = additions.add(store, ATHLETE, "export", NEW_EXPORT, 1)
    next(steps)
    next(steps)
    del steps
    assert archived(store) == {series: rows for series, rows in whole_of(NEW_EXPORT).items() if series[0] == STEPS}
    deliver(store, *NEW_EXPORT)
    (tmp_path / "other").mkdir()
    with closing(empty_store(tmp_path / "other")) as in_one_go:
        deliver(in_one_go, *NEW_EXPORT)
        assert dump(store) == dump(in_one_go)


def test_a_batch_that_fails_leaves_nothing_of_itself(store: Store) -> None:
    deliver(store, *OLD_EXPORT)
    before = dump(store)
    beyond_all_time = MORNING._replace(start=2**63, end=2**63)
    with pytest.raises(struct.error):
        deliver(store, Batch(HEART_RATE, source("A new source"), [MORNING, beyond_all_time]))
    assert dump(store) == before


def test_a_damaged_block_says_so_and_how_to_mend_it(store: Store) -> None:
    deliver(store, *OLD_EXPORT)
    with store.write() as connection:
        connection.execute(update(schema.blocks).values(rows=b"\x78\x01not what was packed"))
    with store.read() as connection, pytest.raises(StorageError, match="damaged") as refusal:
        archive.overlapping(connection, ATHLETE, [STEPS], at("2026-03-01"), at("2026-03-02"))
    assert "import your newest export again" in refusal.value.cure
    with pytest.raises(StorageError, match="damaged"):
        deliver(store, *NEW_EXPORT, Batch(STEPS, PHONE, [NOON]))


# --- finding ---------------------------------------------------------------------------------------------------------


def found_between(store: Store, start: str, end: str) -> list[Row]:
    with store.read() as connection:
        return archive.overlapping(connection, ATHLETE, [STEPS], at(start), at(end)).get((STEPS, WATCH.key), [])


def test_rows_are_found_by_every_moment_they_cover(store: Store) -> None:
    night = row("2026-03-01 22:00", "2026-03-02 06:00")
    deliver(store, Batch(STEPS, WATCH, [night]))
    assert found_between(store, "2026-03-02 05:00", "2026-03-02 07:00") == [night]
    assert found_between(store, "2026-03-01 20:00", "2026-03-01 22:30") == [night]
    assert found_between(store, "2026-03-02 06:00", "2026-03-02 07:00") == []
    assert found_between(store, "2026-03-01 20:00", "2026-03-01 22:00") == []


def test_an_instant_belongs_to_the_stretch_it_begins(store: Store) -> None:
    instant = row("2026-03-01 06:00")
    deliver(store, Batch(STEPS, WATCH, [instant]))
    assert found_between(store, "2026-03-01 06:00", "2026-03-01 07:00") == [instant]
    assert found_between(store, "2026-03-01 05:00", "2026-03-01 06:00") == []


def test_a_row_that_spans_weeks_is_found_on_its_last_day(store: Store) -> None:
    weeks = MORNING._replace(end=MORNING.start + LONGEST_SPAN)
    deliver(store, Batch(STEPS, WATCH, [weeks, MORNING, NEXT_DAY]))
    assert found_between(store, "2026-04-01 05:00", "2026-04-01 05:01") == [weeks]


def test_rows_come_back_in_order_of_their_start(store: Store) -> None:
    deliver(store, Batch(STEPS, WATCH, [NEXT_DAY, NOON, MORNING]))
    assert found_between(store, "2026-03-01", "2026-03-03") == [MORNING, NOON, NEXT_DAY]


def test_only_the_types_asked_for_are_read(store: Store) -> None:
    deliver(store, *NEW_EXPORT)
    with store.read() as connection:
        found = archive.overlapping(connection, ATHLETE, [WEIGHT, HEART_RATE], at("2026-03-01"), at("2026-03-03"))
    assert set(found) == {(WEIGHT, SCALE.key)}


def test_a_search_walks_the_days_asked_for_and_not_the_whole_archive(store: Store) -> None:
    deliver(store, *NEW_EXPORT)
    searches: list[tuple[str, tuple[object, ...]]] = []

    @event.listens_for(store.engine, "before_cursor_execute")
    def _remember(_: object, __: object, statement: str, parameters: tuple[object, ...], *___: object) -> None:
        if "FROM blocks" in statement and not statement.startswith("EXPLAIN"):
            searches.append((statement, parameters))

    found_between(store, "2026-03-01", "2026-03-03")
    with store.read() as connection:
        plans = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values).all() for text, values in searches]
    of_blocks = [[step.detail for step in plan if " blocks " in step.detail] for plan in plans]
    assert [[detail.partition(" (")[2] for detail in details] for details in of_blocks] == [
        ["athlete=? AND type=? AND day>? AND day<?)"]
    ] * 2


def test_only_the_rows_of_the_blocks_asked_for_are_read(store: Store) -> None:
    deliver(store, *NEW_EXPORT, Batch(STEPS, WATCH, [row("2026-03-03 08:00")]))
    with store.read() as connection:
        every = archive.blocks(connection, ATHLETE, [STEPS], at("2026-03-01"), at("2026-03-04"))
        ends = [block for block in every if block.source == WATCH.key and block.day != at("2026-03-02") // MS_PER_DAY]
        assert archive.rows(connection, ATHLETE, ends) == {(STEPS, WATCH.key): [MORNING, NOON, row("2026-03-03 08:00")]}
        assert archive.rows(connection, ATHLETE, []) == {}


def test_what_was_seen_is_counted_by_type(store: Store) -> None:
    deliver(store, *NEW_EXPORT)
    with store.read() as connection:
        seen = archive.seen(connection, ATHLETE)
        assert archive.first_start(connection, ATHLETE, STEPS) == MORNING.start
        assert archive.first_start(connection, ATHLETE, HEART_RATE) is None
    assert seen[STEPS] == archive.Seen(4, MORNING.start, NEXT_DAY.end)
    assert set(seen) == {STEPS, WEIGHT, STAIRS}


# --- days to make ----------------------------------------------------------------------------------------------------


def dirty(store: Store) -> list[date]:
    with store.read() as connection:
        return archive.dirty_days(connection, ATHLETE)


def test_new_samples_mark_their_days_in_every_zone(store: Store) -> None:
    """A moment late on 1 March in UTC is 2 March in Kiribati, where it may belong to the night ending on the 3rd."""
    deliver(store, Batch(STEPS, WATCH, [NOON]))
    assert {date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)} == set(dirty(store))


def test_a_long_sample_marks_every_day_it_covers(store: Store) -> None:
    deliver(store, Batch(STEPS, WATCH, [row("2026-03-01 06:00", "2026-03-10 06:00")]))
    assert {date(2026, 3, day) for day in range(1, 12)} <= set(dirty(store))


def test_a_sample_that_claims_years_marks_only_the_days_around_its_start(store: Store) -> None:
    deliver(store, Batch(STEPS, WATCH, [row("2026-03-01 06:00", "2046-03-01 06:00")]))
    assert len(dirty(store)) == 4


def test_every_day_that_any_sample_covers_can_be_marked_anew(store: Store) -> None:
    deliver(store, Batch(STEPS, WATCH, [row("2026-03-01 06:00", "2026-03-10 06:00")]), Batch(STEPS, PHONE, [NEXT_DAY]))
    marked = dirty(store)
    with store.write() as connection:
        archive.clear_dirty(connection, ATHLETE, marked)
        archive.mark_all_dirty(connection, ATHLETE)
    assert dirty(store) == marked


def test_a_source_that_turns_out_to_be_a_watch_marks_its_days(store: Store) -> None:
    """Devices decide which source counts: what was made before may change, though no sample did."""
    deliver(store, Batch(STEPS, source("Band"), [MORNING]), Batch(STEPS, PHONE, [NEXT_DAY]))
    with store.write() as connection:
        archive.clear_dirty(connection, ATHLETE, archive.dirty_days(connection, ATHLETE))
    deliver(store, Batch(STEPS, source("Band", "Watch"), [MORNING]))
    assert date(2026, 3, 1) in dirty(store)
    assert date(2026, 3, 4) not in dirty(store)


# --- sources and deliveries ------------------------------------------------------------------------------------------


def test_a_source_keeps_its_fullest_description_in_whatever_order_it_comes(tmp_path: Path) -> None:
    plain, told = Batch(STEPS, source("Ann's"), [MORNING]), Batch(STEPS, source("Ann's", "Watch"), [NOON])
    for order in ((plain, told), (told, plain)):
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        with closing(empty_store(folder)) as store:
            deliver(store, *order)
            with store.read() as connection:
                assert archive.sources(connection, ATHLETE)["Ann's"].product == "Watch"


def test_what_one_channel_says_of_a_source_counts_for_all(store: Store) -> None:
    deliver(store, Batch(STEPS, source("Band"), [MORNING]), channel="shortcuts")
    deliver(store, Batch(STEPS, source("Band", "Watch"), [MORNING]), channel="export")
    with store.read() as connection:
        assert archive.sources(connection, ATHLETE)["Band"].product == "Watch"


def test_a_delivery_is_remembered_once_and_completed_later(store: Store) -> None:
    with store.write() as connection:
        archive.remember_delivery(connection, ATHLETE, "export", at("2026-03-01"), complete=False)
        archive.remember_delivery(connection, ATHLETE, "export", at("2026-03-01"), complete=True)
        archive.remember_delivery(connection, ATHLETE, "export", at("2026-03-01"), complete=False)
    assert dump(store)["deliveries"] == [(ATHLETE, "export", at("2026-03-01"), True)]
    with store.read() as connection:
        assert archive.last_delivery(connection, ATHLETE) == at("2026-03-01")


def test_what_newer_samples_cover_is_forgotten_after_ninety_days_and_nothing_else(store: Store) -> None:
    """Of one export a minute was condensed, and a weight deleted."""
    minute = [row(f"2026-03-02 10:00:{second:02}", f"2026-03-02 10:00:{second + 4:02}", 14.0) for second in (0, 5)]
    first = [row("2026-03-01 10:00", "2026-03-01 10:05")]
    scale = Batch(WEIGHT, SCALE, [weight("2026-03-01 07:00", 72.0), weight("2026-03-02 07:00", 32.0)])
    export(store, [Batch(STEPS, WATCH, [*first, *minute]), scale], at("2026-03-03 12:00"))
    condensed = [*first, row("2026-03-02 10:00", "2026-03-02 10:00:59", 28.0)]
    newer = [Batch(STEPS, WATCH, condensed), Batch(WEIGHT, SCALE, scale.rows[:1])]
    export(store, newer, at("2026-04-01 12:00"))
    for day, left in (("2026-06-29 12:00", {STEPS, WEIGHT}), ("2026-07-02 12:00", {WEIGHT})):
        export(store, newer, at(day))
        with store.read() as connection:
            assert {one.type for one in retired.listed(connection, ATHLETE)} == left
