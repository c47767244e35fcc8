"""The migration that takes back bases of values that Intervals.icu never stored.

`stores_of_0003.json` holds what the code before it left behind in a data folder, per story, with the sandbox as the
service and both settings (74.25 kg, 48 bpm) equal to what Health says; of `theirs_days` only what matters here.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Date, delete, text

from intervals_companion.store import ledger, runs, schema, sqlite
from intervals_companion.store.database import Store
from support.app_fixture import TODAY, app_fixture, weight
from support.store_builders import BEFORE_LAYERS, empty_store

STORIES: dict[str, dict[str, list[dict[str, Any]]]] = json.loads(
    Path(__file__).with_name("stores_of_0003.json").read_text()
)
ATHLETE = 1
MONDAY = date(2026, 3, 7)
NEVER_STORED = {
    "a_lone_value_after_a_write_that_failed": {"weight"},
    "values_of_a_day_after_a_write_that_failed": {"weight", "restingHR"},
    "a_write_that_failed_and_no_look_since": {"weight"},
    "a_value_noted_by_a_run_whose_answer_got_lost": {"weight"},
    "a_write_that_a_permission_stopped": {"weight"},
}
CLEARED = sorted(set(STORIES) - set(NEVER_STORED))


def put(store: Store, story: str) -> None:
    """Fills a store with what the old code left."""
    with store.write() as connection:
        for name, rows in STORIES[story].items():
            table = schema.metadata.tables[name]
            days = [column.name for column in table.columns if isinstance(column.type, Date)]
            typed = [{**row, **{day: date.fromisoformat(row[day]) for day in days}} for row in rows]
            sqlite.upsert(connection, table, typed)


def make_old(store: Store) -> None:
    with store.write() as connection:
        for statement in BEFORE_LAYERS:
            connection.execute(text(statement))
        connection.execute(text("UPDATE alembic_version SET version_num = '0003'"))


def migrated(folder: Path, story: str) -> Store:
    store = empty_store(folder)
    put(store, story)
    make_old(store)
    store.close()
    return Store(folder)


def bases(store: Store) -> set[tuple[date, str]]:
    with store.read() as connection:
        return set(ledger.bases(connection, ATHLETE, MONDAY, TODAY))


@pytest.mark.parametrize("story", NEVER_STORED)
def test_a_base_whose_value_was_never_stored_is_taken_back_and_no_other(tmp_path: Path, story: str) -> None:
    before = {(date.fromisoformat(row["day"]), row["field"]) for row in STORIES[story]["bases"]}
    store = migrated(tmp_path, story)
    assert before - bases(store) == {(MONDAY, field) for field in NEVER_STORED[story]}
    store.close()


def test_after_a_full_logout_what_is_held_as_cleared_was_the_last_look(tmp_path: Path) -> None:
    store = empty_store(tmp_path)
    put(store, "a_lone_value_after_a_write_that_failed")
    with store.write() as connection:
        for table in (schema.answers, schema.theirs_days, schema.theirs_activities):
            connection.execute(delete(table))
    make_old(store)
    store.close()
    opened = Store(tmp_path)
    assert bases(opened) == set()
    opened.close()


@pytest.mark.parametrize("story", CLEARED)
def test_what_the_athlete_cleared_stays_cleared(tmp_path: Path, story: str) -> None:
    def dump(store: Store) -> dict[str, list[Any]]:
        with store.read() as connection:
            return {name: list(connection.execute(schema.metadata.tables[name].select())) for name in STORIES[story]}

    untouched = empty_store(tmp_path)
    put(untouched, story)
    before = dump(untouched)
    make_old(untouched)
    untouched.close()
    store = Store(tmp_path)
    assert dump(store) == before
    store.close()


@pytest.mark.parametrize("story", NEVER_STORED)
def test_a_false_receipt_becomes_a_failure_and_the_run_still_adds_up(tmp_path: Path, story: str) -> None:
    store = migrated(tmp_path, story)
    with store.read() as connection:
        for run in runs.latest(connection, ATHLETE, 10):
            sent = runs.receipts(connection, ATHLETE, run.run, 0, 100)
            failed = runs.failures(connection, ATHLETE, run.run)
            assert (run.account["values"], run.account["failed"]) == (len(sent), len(failed))
            assert run.account["days"] == len({one.item for one in sent})
            false = [one.field for one in sent if (one.item, one.field) == (MONDAY.isoformat(), "weight")]
            assert false == []
    store.close()


def test_the_value_is_sent_at_the_next_sync(tmp_path: Path) -> None:
    with app_fixture(tmp_path) as home:
        home.sign_in()
        home.sandbox.you.facts["icu_weight"] = 74.25
        home.type_in(MONDAY, mood=2)
        home.import_(weight(MONDAY, 74.25))
        store = home.context.store
        put(store, "a_lone_value_after_a_write_that_failed")
        assert [one.reason for one in home.sync(dry_run=True).outcome.held] == ["cleared"]
        make_old(store)
        store.open()
        assert home.sync().outcome.values_sent == 1
        assert home.sandbox.you.wellness[MONDAY]["weight"] == 74.25


def test_an_athlete_who_clears_it_again_is_believed(tmp_path: Path) -> None:
    with app_fixture(tmp_path) as home:
        home.sign_in()
        home.sandbox.you.facts["icu_weight"] = 74.25
        home.type_in(MONDAY, mood=2)
        home.import_(weight(MONDAY, 74.25))
        put(home.context.store, "a_lone_value_after_a_write_that_failed")
        make_old(home.context.store)
        home.context.store.open()
        home.sync()
        home.type_in(MONDAY, weight=-1)
        assert [one.reason for one in home.sync().outcome.held] == ["cleared"]
