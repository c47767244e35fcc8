"""SQLite's specials, all of them: how transactions begin, the pragmas, and what its errors mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakSet

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.exc import DBAPIError

from intervals_companion.domain.errors import Busy, DiskFull, StorageError
from intervals_companion.store import row_checks

BUSY_SECONDS = 10.0
KEPT_CONNECTIONS = 8
MOST_CONNECTIONS = 64
"""At once: more than the 40 threads in which pages are made, with what runs beside them."""
SYNCHRONOUS = "FULL"
"""What was committed outlives a power cut. The tests' own process sets OFF: no test cuts the power."""
_LONGEST_SCHEMA = 100_000
"""Characters of the text of a table."""
DAMAGED = (
    "The data file is damaged.",
    "Move it away and import your newest export again; what is at Intervals.icu stays there.",
)
"""Cause and cure, whoever finds it: the driver, or who unpacks a block."""


class _Connection(sqlite3.Connection):
    """Knows its cursors. SQLite holds on to the moment of a statement that was not read to its end, whatever is rolled
    back; and an exception in the middle of rows keeps the cursor alive for as long as somebody keeps the exception.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._cursors: WeakSet[sqlite3.Cursor] = WeakSet()

    def cursor(self, *args: Any, **options: Any) -> Any:
        cursor = super().cursor(*args, **options)
        self._cursors.add(cursor)
        return cursor

    def close_cursors(self) -> None:
        while self._cursors:
            self._cursors.pop().close()


def connect(path: Path) -> Engine:
    """An engine on a SQLite file. The driver begins no transaction by itself: `Store.write` says BEGIN IMMEDIATE.

    The driver's default opens a transaction only at the first write, so that a read before it may be out of date by
    then; under WAL such a transaction fails or, retried, loses the other writer's row.
    """
    engine = create_engine(
        URL.create("sqlite", database=str(path.absolute())),  # as text, a ? or % in the path would mean something
        connect_args={"isolation_level": None, "timeout": BUSY_SECONDS, "factory": _Connection},
        hide_parameters=True,  # an error tells what was tried, not with which values
        pool_size=KEPT_CONNECTIONS,
        max_overflow=MOST_CONNECTIONS - KEPT_CONNECTIONS,
        pool_timeout=BUSY_SECONDS,
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _: Any) -> None:
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={SYNCHRONOUS}",
            "secure_delete=ON",
            f"busy_timeout={int(BUSY_SECONDS * 1000)}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "reset")
    def _reset(connection: _Connection, *_: Any) -> None:
        connection.close_cursors()  # the pool rolls back after it

    return engine


def settle(engine: Engine) -> None:
    """Brings everything into the one file. SQLite refuses to leave WAL while anybody else has the file open."""
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
    engine.dispose()


def empty_log(engine: Engine) -> None:
    """Brings everything into the one file, and leaves nothing in the log beside it.

    Where somebody reads for longer than a second it stays until later: who writes then begins it anew.
    """
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=1000")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql(f"PRAGMA busy_timeout={int(BUSY_SECONDS * 1000)}")


@contextmanager
def attached(connection: Connection, file: Path, name: str) -> Iterator[None]:
    """The tables of another file at hand as NAME.table. Outside of any transaction."""
    connection.exec_driver_sql(f"ATTACH DATABASE ? AS {name}", (str(file),))
    try:
        yield
    finally:
        connection.rollback()
        connection.exec_driver_sql(f"DETACH DATABASE {name}")


def copy(engine: Engine, path: Path) -> None:
    """SQLite's online backup: a whole copy, while others read and write."""
    with engine.connect() as connection, closing(sqlite3.connect(path)) as target:
        source = connection.connection.driver_connection
        assert isinstance(source, sqlite3.Connection)
        try:
            source.backup(target)
        except sqlite3.Error as problem:  # not by way of SQLAlchemy, which would wrap it
            raise DBAPIError("backup", None, problem) from problem


def limit_values(connection: Connection, most: int) -> None:
    """No text or bytes longer than that are read or written by this connection: an error of the driver instead."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, most)


def schema_of(path: Path, most: int) -> list[tuple[str, str, str | None]] | None:
    """What a file declares: type, name and text of its tables, indices, views and triggers, at most so many.

    Nothing of it is run. None for a file that is no SQLite file, or a damaged one.
    """
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_SCHEMA)
            connection.execute("PRAGMA trusted_schema=OFF")
            return connection.execute("SELECT type, name, sql FROM sqlite_master LIMIT ?", (most,)).fetchall()
    except sqlite3.Error:
        return None


def upsert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Inserts the rows, with their checksums; where the primary key exists, replaces the other columns."""
    if rows:
        checked = [row_checks.added(table, row) for row in rows]
        connection.execute(_upserting(table, checked[0]), checked)


def upsert_plain(connection: Connection, table: Table, rows: list[tuple[Any, ...]]) -> None:
    """The same for hundreds of thousands of rows of numbers and texts, all columns in the order of the table: handed to
    the driver as they are, which takes a fifth less of a push.
    """
    if rows:
        names = table.columns.keys()
        compiled = _upserting(table, names).compile(dialect=connection.dialect, column_keys=names)
        connection.exec_driver_sql(str(compiled), rows)


def _upserting(table: Table, names: Iterable[str]) -> Insert:
    statement = insert(table)
    keys = [column.name for column in table.primary_key]
    others = {name: statement.excluded[name] for name in names if name not in keys}
    if others:
        return statement.on_conflict_do_update(index_elements=keys, set_=others)
    return statement.on_conflict_do_nothing()


def as_storage_error(problem: DBAPIError) -> StorageError | Busy:
    """The refusal a person can act on, for what the driver said."""
    text = str(problem.orig)
    if "full" in text:
        return DiskFull()
    if "locked" in text or "busy" in text:
        return Busy("Another program is writing to the data folder.", "Wait until it has finished and run this again.")
    if "readonly" in text or "unable to open" in text or "permission" in text.lower():
        return StorageError(
            "The data folder cannot be written.", "Check who owns it, or choose another: COMPANION_HOME."
        )
    if "malformed" in text or "not a database" in text or "not decode" in text:
        return StorageError(*DAMAGED)
    return StorageError(f"The data folder could not be used ({text}).", "Check the disk and run this again.")
