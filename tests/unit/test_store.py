"""The store: all or nothing, one writer at a time, readers undisturbed, and every refusal in words."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    Engine,
    Float,
    Integer,
    LargeBinary,
    String,
    Text,
    event,
    inspect,
    text,
)
from sqlalchemy.exc import IntegrityError

from intervals_companion.domain.errors import Busy, StorageError
from intervals_companion.domain.samples import Batch
from intervals_companion.store import migrations, schema, sqlite
from intervals_companion.store.database import FILE_NAME, Store
from intervals_companion.store.secrets import secret_box
from support.store_builders import STEPS, WATCH, archived, deliver, dump, empty_store, row, set_pragma

THREADS, PROCESSES, ROUNDS = 4, 2, 15


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(empty_store(tmp_path)) as opened:
        yield opened


@pytest.fixture
def elsewhere(store: Store) -> Iterator[Store]:
    """The same folder, as another process has it open."""
    with closing(Store(store.folder)) as opened:
        yield opened


def put(store: Store, key: str, value: str) -> None:
    with store.write() as connection:
        store.set_setting(connection, key, value)


def get(store: Store, key: str) -> str | None:
    with store.read() as connection:
        return store.setting(connection, key)


# --- one connection a thread -----------------------------------------------------------------------------------------


def test_what_is_open_in_a_thread_is_the_only_thing_that_is(store: Store) -> None:
    """A thread that held one connection while it waited for a second one would wait for others that do the same."""
    for outer in (store.read, store.write):
        for inner in (store.read, store.write):
            with outer(), pytest.raises(RuntimeError, match="do not nest"), inner():
                pass
    put(store, "after", "it goes on")
    assert get(store, "after") == "it goes on"


def test_another_thread_reads_and_another_store_is_written_meanwhile(store: Store, tmp_path: Path) -> None:
    found: list[str | None] = []
    other = tmp_path / "other"
    other.mkdir()
    with store.read(), closing(Store(other)) as elsewhere:
        thread = threading.Thread(target=lambda: found.append(get(store, "nothing")))
        thread.start()
        thread.join()
        put(elsewhere, "key", "value")
    assert found == [None]


def test_a_store_that_is_asked_too_much_at_once_is_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"KEPT_CONNECTIONS": 1, "MOST_CONNECTIONS": 1, "BUSY_SECONDS": 0.05}.items():
        monkeypatch.setattr(sqlite, name, value)
    refusals: list[Busy] = []

    def look(small: Store) -> None:
        try:
            get(small, "key")
        except Busy as refusal:
            refusals.append(refusal)

    with closing(Store(tmp_path)) as small:
        with small.read():
            thread = threading.Thread(target=look, args=(small,))
            thread.start()
            thread.join()
        assert [one.cause for one in refusals] == ["Too much is asked of the data folder at once."]
        assert get(small, "key") is None


# --- an empty file ---------------------------------------------------------------------------------------------------


def test_an_empty_file_beside_a_key_is_no_new_start(tmp_path: Path) -> None:
    with closing(empty_store(tmp_path)) as store:
        put(store, "key", "value")
    secret_box(tmp_path).seal("token", "place")
    for file in tmp_path.glob(f"{FILE_NAME}*"):
        file.write_bytes(b"")
    with pytest.raises(StorageError) as gone:
        Store(tmp_path)
    assert "The data is gone" in gone.value.cause
    assert "restore a backup" in gone.value.cure
    assert (tmp_path / FILE_NAME).stat().st_size == 0, "nothing was begun"

    (tmp_path / FILE_NAME).unlink()  # on purpose
    with closing(Store(tmp_path)) as anew:
        assert get(anew, "key") is None


def test_an_empty_file_without_a_key_is_a_start_that_was_interrupted(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).touch()
    with closing(Store(tmp_path)) as store:
        assert get(store, "key") is None


# --- no old moment ---------------------------------------------------------------------------------------------------


def test_who_breaks_off_in_the_middle_of_rows_leaves_no_old_moment_behind(store: Store, elsewhere: Store) -> None:
    """SQLite keeps the moment of a statement that was not read to its end, also after a ROLLBACK; and what was raised
    holds the statement for as long as anybody holds it: a log, a traceback, a cycle.
    """
    for number in range(50):
        put(store, f"key-{number}", "before")
    rows = "SELECT value FROM meta"
    held = []
    for _ in range(sqlite.KEPT_CONNECTIONS):
        with pytest.raises(TypeError) as raised, store.read() as connection:
            [row / 0 for row in connection.exec_driver_sql(rows).scalars()]
        held.append(raised)
    put(elsewhere, "key-0", "after")
    assert get(store, "key-0") == "after"
    with store.read() as connection:
        assert "after" in connection.exec_driver_sql(rows).scalars().all()
    elsewhere.close()
    with store.alone():  # nobody has the file open any more
        assert len(held) == sqlite.KEPT_CONNECTIONS


# --- one writer at a time --------------------------------------------------------------------------------------------

COUNTING = """
import sys, threading
from pathlib import Path
from intervals_companion.store.database import Store

folder, threads, rounds = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
store = Store(folder)

def count():
    for _ in range(rounds):
        with store.write() as connection:
            number = int(store.setting(connection, "counter") or 0)
            store.set_setting(connection, "counter", str(number + 1))

running = [threading.Thread(target=count) for _ in range(threads)]
for thread in running:
    thread.start()
for thread in running:
    thread.join()
store.close()
"""


def test_four_threads_in_each_of_two_processes_lose_nothing(store: Store) -> None:
    """They read, then write what they read plus one: an update that overtakes another would be missing at the end."""
    command = [sys.executable, "-c", COUNTING, str(store.folder), str(THREADS), str(ROUNDS)]
    processes = [subprocess.Popen(command) for _ in range(PROCESSES)]
    assert [process.wait(timeout=60) for process in processes] == [0] * PROCESSES
    assert get(store, "counter") == str(THREADS * PROCESSES * ROUNDS)


def test_a_writer_holds_others_off_before_its_first_write(store: Store, elsewhere: Store) -> None:
    """BEGIN IMMEDIATE: what was read inside `write` cannot be changed by anybody until it ends."""
    set_pragma(elsewhere, "busy_timeout=0")
    with store.write() as connection:
        store.setting(connection, "counter")
        with pytest.raises(Busy), elsewhere.write():
            pass


def test_an_error_inside_a_write_undoes_all_of_it(store: Store) -> None:
    def half() -> None:
        with store.write() as connection:
            store.set_setting(connection, "one", "1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert get(store, "one") is None
    put(store, "one", "2")
    assert get(store, "one") == "2"


def test_an_error_of_the_database_inside_a_write_undoes_all_of_it(store: Store) -> None:
    def half() -> None:
        with store.write() as connection:
            store.set_setting(connection, "one", "1")
            connection.execute(text("INSERT INTO home_zones (athlete) VALUES (1)"))

    with pytest.raises(StorageError) as refusal:
        half()
    assert isinstance(refusal.value.__cause__, IntegrityError)
    assert get(store, "one") is None


def test_a_process_killed_while_writing_leaves_the_store_as_it_was(store: Store) -> None:
    put(store, "one", "before")
    script = (
        "import os, sys; from pathlib import Path; from intervals_companion.store.database import Store\n"
        "store = Store(Path(sys.argv[1]))\n"
        "with store.write() as connection:\n"
        "    store.set_setting(connection, 'one', 'half'); os._exit(9)\n"
    )
    assert subprocess.run([sys.executable, "-c", script, str(store.folder)], timeout=60).returncode == 9
    assert get(store, "one") == "before"
    put(store, "one", "after")
    assert get(store, "one") == "after"


# --- readers ---------------------------------------------------------------------------------------------------------


def test_a_reader_sees_one_moment_while_others_write(store: Store, elsewhere: Store) -> None:
    put(store, "one", "before")
    with store.read() as connection:
        assert store.setting(connection, "one") == "before"
        put(elsewhere, "one", "after")
        put(elsewhere, "two", "after")
        assert store.setting(connection, "one") == "before"
        assert store.setting(connection, "two") is None
    assert get(store, "one") == "after"


def test_a_reader_neither_waits_for_a_writer_nor_sees_half_of_it(store: Store, elsewhere: Store) -> None:
    set_pragma(elsewhere, "busy_timeout=0")
    put(store, "one", "before")
    with store.write() as connection:
        store.set_setting(connection, "one", "after")
        assert get(elsewhere, "one") == "before"
    assert get(store, "one") == "after"


def test_readers_in_many_threads_see_only_whole_writes(store: Store) -> None:
    """Both rows are always written together: a reader that finds them apart has seen half a write."""
    torn: list[tuple[str | None, str | None]] = []
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            with store.read() as connection:
                pair = store.setting(connection, "left"), store.setting(connection, "right")
            if pair[0] != pair[1]:
                torn.append(pair)

    readers = [threading.Thread(target=look) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(50):
        with store.write() as connection:
            store.set_setting(connection, "left", str(number))
            store.set_setting(connection, "right", str(number))
    stop.set()
    for reader in readers:
        reader.join()
    assert torn == []


# --- refusals in words -----------------------------------------------------------------------------------------------


def test_another_writer_is_named_as_what_it_is(store: Store, elsewhere: Store) -> None:
    set_pragma(elsewhere, "busy_timeout=0")
    with store.write(), pytest.raises(Busy) as refusal, elsewhere.write():
        pass
    assert refusal.value.exit_code == 7
    assert "Another program is writing" in refusal.value.cause
    assert "Wait" in refusal.value.cure


def test_a_full_disk_is_named_and_leaves_what_was_there_whole(store: Store) -> None:
    first = Batch(STEPS, WATCH, [row("2026-03-01 06:00")])
    deliver(store, first)
    before = dump(store)
    with store.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    set_pragma(store, f"max_page_count={pages}")
    large = Batch(STEPS, WATCH, [row("2026-03-02 06:00", detail=os.urandom(100_000)), row("2026-03-01 07:00")])
    with pytest.raises(StorageError, match="disk is full") as refusal:
        deliver(store, large)
    assert refusal.value.exit_code == 8
    assert "Free some space" in refusal.value.cure
    assert dump(store) == before
    set_pragma(store, "max_page_count=1000000")
    assert deliver(store, first, large).new == 2
    assert len(archived(store)[STEPS, WATCH.key]) == 3


def test_a_disk_that_is_full_from_the_start_leaves_a_store_that_can_be_made_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def on_a_small_disk(path: Path) -> Engine:
        engine = connect(path)
        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA max_page_count=3"))
        return engine

    connect = sqlite.connect
    with monkeypatch.context() as patch:
        patch.setattr(sqlite, "connect", on_a_small_disk)
        with pytest.raises(StorageError, match="disk is full"):
            Store(tmp_path)
    with closing(Store(tmp_path)) as store:
        put(store, "one", "1")


def test_a_file_where_the_folder_should_be_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    with pytest.raises(StorageError, match="cannot be used") as refusal:
        Store(tmp_path / "data")
    assert "COMPANION_HOME" in refusal.value.cure
    assert refusal.value.exit_code == 8


def test_a_folder_where_the_file_should_be_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(StorageError, match="cannot be written") as refusal:
        Store(tmp_path)
    assert "COMPANION_HOME" in refusal.value.cure


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere: no folder is read-only for it")
def test_a_read_only_folder_is_refused_in_words(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StorageError, match="cannot be used"):
            Store(tmp_path)
    finally:
        tmp_path.chmod(0o700)


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    content = b"Dear diary, " * 500
    (tmp_path / FILE_NAME).write_bytes(content)
    with pytest.raises(StorageError, match="damaged") as refusal:
        Store(tmp_path)
    assert "Move it away and import your newest export again" in refusal.value.cure
    assert (tmp_path / FILE_NAME).read_bytes() == content


def test_a_database_with_torn_pages_is_refused_in_words(tmp_path: Path) -> None:
    with closing(empty_store(tmp_path)) as store:
        deliver(
            store, Batch(STEPS, WATCH, [row(f"2026-03-{day:02} 06:00", detail=os.urandom(900)) for day in range(1, 29)])
        )
    content = bytearray((tmp_path / FILE_NAME).read_bytes())
    for page in range(4096, len(content), 4096):
        content[page : page + 64] = b"\xa5" * 64
    (tmp_path / FILE_NAME).write_bytes(content)
    with pytest.raises(StorageError, match="damaged"), closing(Store(tmp_path)) as store:
        deliver(store, Batch(STEPS, WATCH, [row("2026-03-01 07:00")]))


def test_what_is_stored_is_for_its_owner_alone_whoever_made_the_folder(tmp_path: Path) -> None:
    with closing(Store(tmp_path / "deep" / "data")):
        assert (tmp_path / "deep" / "data").stat().st_mode & 0o077 == 0
    (tmp_path / "open").mkdir(mode=0o755)
    with closing(Store(tmp_path / "open")) as store:
        put(store, "one", "1")
        files = [path for path in store.folder.iterdir() if path.name.startswith(FILE_NAME)]
        assert len(files) == 3
        assert [path.stat().st_mode & 0o077 for path in files] == [0, 0, 0]


# --- migrations ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store made by running every migration, from an empty file on."""
    folder = tmp_path_factory.mktemp("migrated")
    engine = sqlite.connect(folder / FILE_NAME)
    migrations.upgrade(engine)
    engine.dispose()
    with closing(Store(folder)) as opened:
        yield opened


def test_the_migrations_lead_to_the_tables_the_code_uses(migrated: Store) -> None:
    with migrated.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, schema.metadata) == []
        assert context.get_current_revision() == schema.REVISION


def test_the_migrations_lead_to_the_same_columns_and_keys_in_the_same_order(migrated: Store) -> None:
    found = inspect(migrated.engine)
    for table in schema.metadata.sorted_tables:
        key = [column.name for column in table.primary_key]
        assert found.get_pk_constraint(table.name)["constrained_columns"] == key
        assert [column["name"] for column in found.get_columns(table.name)] == [column.name for column in table.columns]


def test_the_revision_checked_at_opening_is_the_newest() -> None:
    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert scripts.get_current_head() == schema.REVISION


def test_migrations_do_not_look_at_the_tables_of_today() -> None:
    """One that did would change with them, and stores of different ages would differ."""
    scripts = list((Path(migrations.__file__).parent / "versions").glob("r*.py"))
    assert scripts
    assert [path.name for path in scripts if "intervals_companion" in path.read_text()] == []


def test_opening_a_current_store_does_not_load_the_migration_tool(store: Store) -> None:
    script = (
        "import sys; from pathlib import Path; from intervals_companion.store.database import Store\n"
        "Store(Path(sys.argv[1])).close()\n"
        "print([name for name in sys.modules if name.partition('.')[0] in ('alembic', 'mako')])"
    )
    run = subprocess.run([sys.executable, "-c", script, str(store.folder)], capture_output=True, text=True, timeout=60)
    assert run.stdout.strip() == "[]", run.stderr


def test_what_was_committed_outlives_a_power_cut(store: Store) -> None:
    script = (
        "import sys; from pathlib import Path; from intervals_companion.store.database import Store\n"
        "with Store(Path(sys.argv[1])).write() as writer:\n"
        "    print(writer.exec_driver_sql('PRAGMA synchronous').scalar())"
    )
    run = subprocess.run([sys.executable, "-c", script, str(store.folder)], capture_output=True, text=True, timeout=60)
    assert run.stdout.strip() == "2", run.stderr  # FULL: every commit waits for the disk


def test_a_store_of_a_newer_version_is_refused_and_left_alone(store: Store) -> None:
    put(store, "one", "1")
    with store.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = dump(store)
    with pytest.raises(StorageError, match="newer version") as refusal:
        Store(store.folder)
    assert "Install the newest version" in refusal.value.cure
    assert refusal.value.exit_code == 8
    assert dump(store) == before


def test_many_may_open_a_new_folder_at_once(tmp_path: Path) -> None:
    """SQLite refuses one of two that switch a new file to its write-ahead log at the same moment."""
    refusals: list[Exception] = []
    together = threading.Barrier(4)

    def make(folder: Path) -> None:
        together.wait()
        try:
            Store(folder).close()
        except Exception as problem:  # noqa: BLE001 - a thread cannot raise into the test
            refusals.append(problem)

    for number in range(5):
        threads = [threading.Thread(target=make, args=[tmp_path / str(number)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert refusals == []


# --- the tables ------------------------------------------------------------------------------------------------------

PORTABLE = {BigInteger, Boolean, Date, Float, Integer, LargeBinary, String, Text}


def test_every_column_is_of_a_type_that_all_databases_have() -> None:
    columns = [column for table in schema.metadata.sorted_tables for column in table.columns]
    assert [str(column) for column in columns if type(column.type) not in PORTABLE] == []


def test_every_row_begins_with_the_athlete() -> None:
    tables = [table for table in schema.metadata.sorted_tables if table.name not in ("meta", "athletes")]
    assert {next(iter(table.primary_key)).name for table in tables} == {"athlete"}
    assert {next(iter(table.columns)).name for table in tables} == {"athlete"}
