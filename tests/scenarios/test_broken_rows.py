"""A row that nobody can read breaks the pages that need it, and only until it is mended."""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from intervals_companion.app import sessions
from intervals_companion.app.context import AppContext
from intervals_companion.domain.errors import DamagedRow
from intervals_companion.store.database import FILE_NAME, Store
from support.app_fixture import TODAY, AppFixture, run, steps, weight
from support.browsers import Browser, browser
from support.friends_fixture import used
from support.prepared import prepared

PAGES = ("/today", "/metrics", "/metrics/weight", "/activities", "/feed", "/sync", "/permissions", "/settings")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[AppFixture]:
    with prepared(tmp_path, used) as made:
        yield made


@pytest.fixture
def litter() -> Iterator[None]:
    """What exceptions keep alive is not collected by chance in the middle of a test."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def owner(home: AppFixture) -> Iterator[Browser]:
    with browser(home) as made:
        yield made.let_in()


@contextmanager
def broken(home: AppFixture, table: str, column: str) -> Iterator[None]:
    """Every row of a table, damaged by another hand for as long as this is open."""
    with closing(sqlite3.connect(home.context.store.folder / FILE_NAME)) as database:
        rows = database.execute(f"SELECT rowid, {column} FROM {table}").fetchall()
        assert rows
        database.execute(f"UPDATE {table} SET {column} = ?", ('{"broken": ',))
        database.commit()
        yield
        database.executemany(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", [(old, row) for row, old in rows])
        database.commit()


BREAKS = (
    ("theirs_activities", "record"),
    ("theirs_days", "record"),
    ("answers", "record"),
    ("blocks", "rows"),
    ("runs", "account"),
    ("others_activities", "record"),
    ("day_values", "sources"),
    ("day_values", "number"),
    ("bases", "number"),
)


@pytest.mark.usefixtures("litter")
def test_what_was_mended_is_seen_at_once_and_so_is_who_was_signed_out(home: AppFixture, owner: Browser) -> None:
    """Nothing that broke off in the middle of its rows leaves a connection on the moment of the damage."""
    met = set()
    for table, column in BREAKS:
        with broken(home, table, column):
            met |= {(table, column) for path in PAGES if owner.get(path).status_code != 200}
    assert len(met) > len(BREAKS) // 2, "most of these breaks were met by some page"
    assert {path: owner.get(path).status_code for path in PAGES} == dict.fromkeys(PAGES, 200)

    with closing(Store(home.context.store.folder)) as elsewhere:
        sessions.end_all(AppContext(home.context.settings, elsewhere, clock=home.clock))
    assert {owner.get(path).headers.get("location", "").partition("?")[0] for path in PAGES} == {"/sign-in"}
    with home.context.store.alone():  # nobody has the file open any more
        pass


FLIPPED = {
    "day_values": ("number", "number * 2", ("/today", "/metrics", "/metrics/weight")),
    "bases": ("number", "number * 2", ("/metrics/weight?day={day}",)),
    "links": ("activity", "'i1'", ("/activities",)),
    "runs": ("account", "replace(account, '0', '1')", ("/sync", "/sync/runs/1")),
    "receipts": ("value", "'99'", ("/sync/runs/1/sent",)),
}
"""A change a bit or two can make, and the pages that would have shown it."""


@pytest.mark.parametrize("table", FLIPPED)
def test_a_flipped_bit_is_told_and_never_shown(home: AppFixture, owner: Browser, table: str) -> None:
    column, value, paths = FLIPPED[table]
    with closing(sqlite3.connect(home.context.store.folder / FILE_NAME)) as database:
        assert database.execute(f"UPDATE {table} SET {column} = {value}").rowcount
        database.commit()
    for path in paths:
        answer = owner.get(path.format(day=TODAY))
        assert answer.status_code == 507, (path, answer.status_code)
        assert "The data file is damaged" in answer.text
        assert "backup" in answer.text or "export" in answer.text


def test_damaged_days_are_made_anew_by_the_next_import(home: AppFixture, owner: Browser) -> None:
    before = owner.get("/metrics/weight").text
    with closing(sqlite3.connect(home.context.store.folder / FILE_NAME)) as database:
        database.execute("UPDATE day_values SET number = number + 1")
        database.commit()
    assert isinstance(told := home.sync().outcome.error, DamagedRow)
    assert "Import your newest export again" in told.cure
    home.import_(steps(TODAY, 8000), weight(TODAY, 74.5), *run(TODAY))
    again = home.sync()
    assert (again.outcome.error, again.outcome.sent) == (None, [])
    assert "74.5" in before
    assert "74.5" in owner.get("/metrics/weight").text
