"""The four ways to leave: each erases what it says, keeps what it says, and touches nothing elsewhere."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from attrs import evolve
from sqlalchemy import Connection, Table, func, insert, select

from intervals_companion.app.account import sign_in
from intervals_companion.app.data import erase
from intervals_companion.app.data.erase import DELETE, FULL_LOGOUT, LOGOUT, SIGN_OUT, WAYS, ExitOption
from intervals_companion.domain.errors import Busy, NotSignedIn, ServiceUnreachable
from intervals_companion.intervals.transport import Transport
from intervals_companion.intervals.wire import Request, Response
from intervals_companion.store import erasing, schema
from intervals_companion.store.database import FILE_NAME, Store
from intervals_companion.store.erasing import Group
from intervals_companion.sync import engine
from support.app_fixture import TODAY, AppFixture, run, steps
from support.store_builders import dump

OTHER = 2
"""An athlete who signed in here before."""


def fill(home: AppFixture) -> None:
    """A row in every table, for this athlete and another."""
    home.import_(steps(TODAY, 8000), *run(TODAY))
    with home.context.store.write() as connection:
        for table in schema.metadata.sorted_tables:
            for athlete in (1, OTHER):
                if not rows(connection, table, athlete):
                    connection.execute(insert(table).values(some_row(table, athlete)))


_VALUES: dict[type, object] = {bool: True, date: TODAY}


def some_row(table: Table, athlete: int) -> dict[str, object]:
    kinds = {column.name: column.type.python_type for column in table.columns}
    text = {str: str(athlete), bytes: str(athlete).encode(), int: athlete, float: float(athlete)}
    return {name: (text | _VALUES)[kind] for name, kind in kinds.items()}


def rows(connection: Connection, table: Table, athlete: int) -> int:
    query = select(func.count()).select_from(table)
    if "athlete" in table.columns:
        query = query.where(table.c.athlete == athlete)
    return int(connection.execute(query).scalar_one())


def counts(store: Store, athlete: int) -> dict[str, int]:
    with store.read() as connection:
        return {table.name: rows(connection, table, athlete) for table in schema.metadata.sorted_tables}


def tables(*groups: Group) -> set[str]:
    return {table.name for group in groups for table in erasing.TABLES[group]}


def test_every_table_belongs_to_exactly_one_group() -> None:
    listed = [table.name for group in erasing.TABLES.values() for table in group]
    assert sorted(listed) == sorted(schema.metadata.tables)


@pytest.mark.parametrize("way", [LOGOUT, FULL_LOGOUT])
def test_logging_out_erases_what_it_says_and_nothing_else(home: AppFixture, way: ExitOption) -> None:
    fill(home)
    before = counts(home.context.store, 1)
    assert all(before.values())
    erase.log_out(home.context, way)
    after = counts(home.context.store, 1)
    gone = {name for name, count in after.items() if not count}
    assert gone == tables(*way.gone)
    assert {name: count for name, count in after.items() if count} == {
        name: count for name, count in before.items() if name not in gone
    }
    assert {name for name, count in counts(home.context.store, OTHER).items() if not count} == {"credentials"}


def test_what_stays_and_what_goes_are_all_there_is() -> None:
    for way in WAYS.values():
        assert not set(way.goes) & set(way.stays)
    assert DELETE.stays == ()
    for word in ("sample", "linked", "settings", "phones", "belongs to"):
        assert word in " ".join(LOGOUT.stays)
        assert word in " ".join(FULL_LOGOUT.stays)
    assert "answer of Intervals.icu" in " ".join(LOGOUT.stays)
    assert "answer of Intervals.icu" in " ".join(FULL_LOGOUT.goes)


def test_signing_out_a_browser_ends_that_session_only(home: AppFixture) -> None:
    fill(home)
    before = dump(home.context.store)
    with home.context.store.write() as connection:
        row = some_row(schema.browsers, 1) | {"session": b"this one"}
        connection.execute(insert(schema.browsers).values(row))
    erase.sign_out(home.context, b"this one")
    assert dump(home.context.store) == before
    assert SIGN_OUT.gone == ()


def test_logout_ends_the_access_there_and_signing_in_again_sends_nothing_twice(home: AppFixture) -> None:
    home.import_(steps(TODAY, 8000), *run(TODAY))
    home.sync()
    result = erase.log_out(home.context)
    assert (result.told, result.problem) == (True, None)
    assert not home.sandbox.state.tokens
    with pytest.raises(NotSignedIn):
        home.sync()
    home.sign_in()
    home.forget_requests()
    home.sync()
    assert home.writes() == []


@pytest.mark.parametrize("way", [LOGOUT, FULL_LOGOUT])
def test_without_an_answer_logout_goes_on_and_says_so(home: AppFixture, way: ExitOption) -> None:
    fill(home)

    def silence(_request: Request) -> Response:
        raise ServiceUnreachable("Intervals.icu could not be reached.", "Check the internet connection.")

    @contextlib.contextmanager
    def nobody_there(_origin: str) -> Iterator[Transport]:
        yield silence

    alone = evolve(home.context, transport=nobody_there)
    result = erase.log_out(alone, way)
    assert not result.told
    assert isinstance(result.problem, ServiceUnreachable)
    with pytest.raises(NotSignedIn):
        home.context.read(sign_in.current)
    assert counts(home.context.store, 1)["browsers"] == 0


def test_full_logout_with_nobody_signed_in_still_forgets_the_answers(home: AppFixture) -> None:
    fill(home)
    erase.log_out(home.context)
    result = erase.log_out(home.context, FULL_LOGOUT)
    assert isinstance(result.problem, NotSignedIn)
    assert counts(home.context.store, 1)["answers"] == 0


# --- everything ------------------------------------------------------------------------------------------------------


def test_deleting_everything_leaves_only_what_we_did_not_make(home: AppFixture) -> None:
    fill(home)
    folder = home.context.store.folder
    (folder / "companion.toml").write_text('home_zone = "Europe/Berlin"')
    (folder / "notes.txt").write_text("mine")
    (folder / "export.zip.part").write_bytes(b"half an upload")
    home.forget_requests()

    deleted = erase.delete_everything(home.context)

    assert sorted(path.name for path in folder.iterdir()) == ["companion.toml", "notes.txt"]
    assert deleted.left == ("companion.toml", "notes.txt")
    assert {FILE_NAME, "secret.key", "export.zip.part"} <= set(deleted.removed)
    assert home.sandbox.log.as_json() == []


def test_what_begins_after_deleting_everything_knows_nothing(home: AppFixture) -> None:
    fill(home)
    erase.delete_everything(home.context)
    erase.begin_anew(home.context)
    assert [name for name, count in counts(home.context.store, 1).items() if count] == []
    assert home.context.account().intervals_id is None


def test_nothing_is_deleted_while_a_sync_is_under_way(home: AppFixture) -> None:
    fill(home)
    before = dump(home.context.store)
    with engine.alone(home.context.store, 1), pytest.raises(Busy):
        erase.delete_everything(home.context)
    assert dump(home.context.store) == before


def test_nothing_is_deleted_while_another_program_has_it_open(home: AppFixture) -> None:
    fill(home)
    before = dump(home.context.store)
    with (
        contextlib.closing(Store(home.context.store.folder)) as other,
        other.read(),
        pytest.raises(Busy, match="in use"),
    ):
        erase.delete_everything(home.context)
    assert dump(home.context.store) == before
    assert (home.context.store.folder / "secret.key").exists()


def test_a_folder_that_was_never_used_can_be_deleted(tmp_path: Path) -> None:
    with contextlib.closing(Store(tmp_path)) as store:
        assert erasing.delete_everything(store).left == ()
    assert list(tmp_path.iterdir()) == []
