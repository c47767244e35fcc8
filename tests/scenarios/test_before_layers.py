"""A data folder of before there were layers: it is copied aside, brought up to date, and the next export puts it right.

`stores_of_0005.json` holds the rows that the release before left behind: `condensed-1.xml` imported and synced, and the
same with `condensed-2.xml` after it, which it counted double and sent so.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from intervals_companion.app.ingest.exports import import_export
from intervals_companion.app.wellness import days
from intervals_companion.store.database import FILE_NAME
from intervals_sandbox.server import running
from support.app_fixture import AppFixture, app_fixture
from support.facts import facts_path
from support.store_builders import BEFORE_LAYERS, empty_store
from support.terminal import Terminal

STORIES: dict[str, dict[str, list[dict[str, Any]]]] = json.loads(
    (Path(__file__).parents[1] / "unit" / "stores_of_0005.json").read_text(encoding="utf-8")
)
SENT = {"one export": 168, "both exports, counted double": 336}
DAY = date(2026, 3, 8)


def old_store(home: Path, story: str) -> None:
    home.mkdir(mode=0o700)
    store = empty_store(home)
    with store.write() as connection:
        for statement in BEFORE_LAYERS:
            connection.execute(text(statement))
        for table, rows in STORIES[story].items():
            for row in rows:
                names = ", ".join(row)
                values = ", ".join(f":{name}" for name in row)
                decoded = {name: _decoded(value) for name, value in row.items()}
                connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({values})"), decoded)
    store.close()


def _decoded(value: Any) -> Any:
    return base64.b64decode(value["base64"]) if isinstance(value, dict) else value


@contextmanager
def upgraded(folder: Path, story: str) -> Iterator[AppFixture]:
    old_store(folder / "home", story)
    with app_fixture(folder) as home:
        home.clock.now = datetime(2026, 8, 2, 12, tzinfo=UTC)
        home.sign_in()
        home.type_in(DAY, steps=SENT[story])
        yield home


def steps_here(home: AppFixture) -> object:
    days.make(home.context, lambda *_: None)
    with home.context.store.read() as connection:
        query = text("SELECT number FROM day_values WHERE day = '2026-03-08' AND field = 'steps'")
        return connection.execute(query).scalar()


@pytest.mark.parametrize("story", STORIES)
def test_it_is_copied_aside_and_counts_as_before(tmp_path: Path, story: str) -> None:
    with upgraded(tmp_path, story) as home:
        assert (tmp_path / "home" / f"{FILE_NAME}.before-layers").exists()
        assert steps_here(home) == SENT[story]
        assert [one.value for one in home.sync(since=DAY).outcome.sent] == []


@pytest.mark.parametrize("story", STORIES)
def test_the_first_complete_export_puts_it_right_here_and_at_intervals(tmp_path: Path, story: str) -> None:
    with upgraded(tmp_path, story) as home:
        imported = import_export(home.context, facts_path("cases", "health", "condensed-2.xml"))
        assert (imported.error, imported.waits) == (None, ())
        assert steps_here(home) == 168
        home.sync(since=DAY)
        assert home.theirs(DAY).values["steps"] == 168


def test_an_upgrade_that_says_so(tmp_path: Path) -> None:
    old_store(tmp_path / "home", "one export")
    with running(followed=0) as sandbox:
        terminal = Terminal(tmp_path / "home", sandbox)
        assert f"kept in {tmp_path / 'home' / FILE_NAME}.before-layers" in terminal("metrics").stderr
        assert terminal("metrics").stderr == ""
