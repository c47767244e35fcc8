"""A backup is anybody's file who has its password: what is inside is looked through before anything of it is taken."""

from __future__ import annotations

import errno
import io
import shutil
import sqlite3
import tracemalloc
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from intervals_companion.app.data import backup
from intervals_companion.domain.errors import DamagedInput, DiskFull
from intervals_companion.domain.samples import Row
from intervals_companion.store import backup as parts
from intervals_companion.store import codec, migrations, row_checks, schema, secrets
from intervals_companion.store import sqlite as sqlite_store
from intervals_companion.store.database import FILE_NAME
from support.app_fixture import TODAY, AppFixture, app_fixture, run, steps, weight
from support.store_builders import BEFORE_LAYERS, dump

PASSWORD = "a sentence nobody guesses"


def made(home: AppFixture) -> bytes:
    return b"".join(backup.make(home.context, PASSWORD, PASSWORD))


def sealed(*pieces: bytes) -> bytes:
    """Whatever is in it, under the right password."""
    salt = bytes(16)
    packer = zlib.compressobj(1)
    packed = (*map(packer.compress, pieces), packer.flush())
    head = parts.NAME + salt
    return b"".join((head, *parts._sealed(iter(packed), secrets.password_seal(PASSWORD, salt), head)))


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is inside a real backup: samples, a run with receipts, choices."""
    with app_fixture(tmp_path_factory.mktemp("home")) as home:
        home.sign_in()
        home.import_(steps(TODAY, 8000), weight(TODAY, 74.5), *run(TODAY))
        home.sync()
        folder = tmp_path_factory.mktemp("unpacked")
        parts._unpack(io.BytesIO(made(home)), PASSWORD, folder / FILE_NAME)
    return folder / FILE_NAME


def forged(unpacked: Path, folder: Path, *statements: str) -> Path:
    """The same, changed by somebody who has the password."""
    file = folder / FILE_NAME
    shutil.copyfile(unpacked, file)
    with closing(sqlite3.connect(file)) as connection:
        for statement in statements:
            connection.execute(statement)
        for table in _CHECKED:
            with_checksums(connection, table)
        connection.commit()
    return file


_CHECKED = [table.name for table in schema.metadata.sorted_tables if row_checks.NAME in table.c]


def with_checksums(connection: sqlite3.Connection, table: str) -> None:
    """As this program would have written the rows."""
    there = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")]
    if row_checks.NAME in there:
        rows = connection.execute(f"SELECT rowid, * FROM {table}").fetchall()
        checksums = [(row_checks.of(row[2:-1]), row[0]) for row in rows]
        connection.executemany(f"UPDATE {table} SET checksum = ? WHERE rowid = ?", checksums)


def refusal(home: AppFixture, content: bytes) -> str:
    """What a restore says; it changes nothing and leaves nothing lying about."""
    before = dump(home.context.store)
    with pytest.raises(DamagedInput) as refused:
        backup.restore(home.context, io.BytesIO(content), PASSWORD)
    assert dump(home.context.store) == before
    assert list(home.context.store.folder.glob("*.part")) == []
    assert refused.value.cure
    return refused.value.cause


def said_of(file: Path) -> str:
    """Why it is refused when it is looked through."""
    with pytest.raises(DamagedInput) as refused, parts._opened(file.parent) as opened:
        parts._looked_through(opened)
    assert refused.value.cure
    return refused.value.cause


def test_what_was_not_changed_is_taken(unpacked: Path, tmp_path: Path) -> None:
    with parts._opened(forged(unpacked, tmp_path).parent) as opened:
        assert parts._looked_through(opened)[0].athlete == 1


def test_a_forged_backup_changes_nothing(home: AppFixture, unpacked: Path, tmp_path: Path) -> None:
    home.import_(steps(TODAY, 1))
    file = forged(unpacked, tmp_path, "UPDATE receipts SET run = 77")
    assert "receipts of a run" in refusal(home, sealed(file.read_bytes()))


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE blocks SET first_start = 'soon'", "a value of blocks.first_start"),
        ("UPDATE blocks SET first_start = 9223372036854775807", "a value of blocks.first_start"),
        ("UPDATE blocks SET rows = 'text'", "a value of blocks.rows"),
        ("UPDATE blocks SET rows = x'00'", "a block of samples"),
        ("UPDATE blocks SET hash = x'00112233445566778899aabbccddeeff'", "a block of samples"),
        ("UPDATE blocks SET count = count + 1", "a block of samples"),
        ("UPDATE blocks SET type = x'ff' WHERE type LIKE '%BodyMass'", "a value of blocks.type"),
        ("UPDATE blocks SET source = CAST(x'ff' AS TEXT)", "its tables are not"),
        ("UPDATE blocks SET source = hex(zeroblob(600000))", "a value of blocks.source"),
        ("UPDATE blocks SET athlete = 2", "belongs to somebody else"),
        ("UPDATE day_values SET day = 'today' WHERE field = 'steps'", "a value of day_values.day"),
        ("UPDATE day_values SET number = 9e999", "a value of day_values.number"),
        ("UPDATE day_values SET sources = '['", "a value of day_values.sources"),
        ("UPDATE runs SET account = '" + "[" * 100_000 + "'", "a value of runs.account"),
        ("UPDATE runs SET state = 'asleep'", "a value of runs.state"),
        ("UPDATE bases SET origin = 'elsewhere'", "a value of bases.origin"),
        ("UPDATE receipts SET run = 77", "receipts of a run"),
        ("UPDATE home_zones SET zone = '../../etc/passwd'", "a value of home_zones.zone"),
        ("INSERT INTO choices VALUES (1, 'metrics', 'no JSON')", "a value of choices.value"),
        ("INSERT INTO athletes VALUES (2, 'http://localhost', 'i2', 'Another', 'UTC')", "not a backup"),
        ("UPDATE athletes SET name = zeroblob(5)", "a value of athletes.name"),
        ("DELETE FROM athletes", "not a backup"),
        ("CREATE TRIGGER more AFTER DELETE ON jobs BEGIN DELETE FROM blocks; END", "the trigger 'more'"),
        ("CREATE VIEW extra AS SELECT 1", "the view 'extra'"),
        ("ALTER TABLE blocks DROP COLUMN codec", "its tables are not"),
        ("DROP TABLE receipts", "its tables are not"),
        ("UPDATE alembic_version SET version_num = '0001'", "damaged"),
        ("UPDATE alembic_version SET version_num = '9999'", "damaged"),
        ("DROP TABLE alembic_version", "its tables are not"),
    ],
)
def test_what_no_backup_holds_is_refused_in_words(unpacked: Path, tmp_path: Path, statement: str, words: str) -> None:
    assert words in said_of(forged(unpacked, tmp_path, statement))


@pytest.mark.parametrize("table", ["day_values", "bases", "runs", "receipts"])
def test_a_row_that_does_not_fit_its_checksum_is_refused(unpacked: Path, tmp_path: Path, table: str) -> None:
    file = forged(unpacked, tmp_path)
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute(f"UPDATE {table} SET checksum = (checksum + 1) % 4294967296").rowcount
        connection.commit()
    assert f"a row of {table} does not fit its checksum" in said_of(file)


# --- an older one ----------------------------------------------------------------------------------------------------

_OLDER = (
    *BEFORE_LAYERS,
    *(f"ALTER TABLE {table} DROP COLUMN checksum" for table in _CHECKED),
    "UPDATE alembic_version SET version_num = '0004'",
)
"""What makes it one of before there were checksums."""
_UPLOAD = "INSERT INTO pending_uploads VALUES (1, '{}', zeroblob(32), zeroblob(16), zeroblob(16), zeroblob({}), '', 1)"


def test_an_older_backup_is_taken_with_every_row_whatever_its_number(unpacked: Path, tmp_path: Path) -> None:
    file = forged(
        unpacked, tmp_path, *_OLDER, "UPDATE day_values SET rowid = -rowid", "UPDATE bases SET rowid = -rowid"
    )
    with parts._opened(file.parent) as opened:
        assert parts._looked_through(opened)[0].athlete == 1


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE day_values SET word = zeroblob(5)", "a value of day_values.word"),
        ("UPDATE runs SET account = hex(zeroblob(600000))", "a value of runs.account"),
        (_UPLOAD.format("w", 65 << 20), "its tables are not"),
        ("INSERT INTO theirs_days VALUES (1, '2026-03-10', x'05', 5)", "a value of theirs_days.record"),
        ("ALTER TABLE day_values ADD COLUMN more TEXT", "its tables are not"),
        ("ALTER TABLE runs ADD COLUMN checksum INT AS (length(hex(zeroblob(90000000))))", "its tables are not"),
    ],
)
def test_an_older_backup_is_looked_through_before_it_is_migrated(
    unpacked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, statement: str, words: str
) -> None:
    monkeypatch.setattr(migrations, "upgrade", lambda _: pytest.fail("was migrated"))
    assert words in said_of(forged(unpacked, tmp_path, *_OLDER, statement))


@pytest.mark.parametrize("record", ["[]", "5", '"text"', "[" * 20_000, '{"weight": 1e999}', "not JSON"])
def test_an_answer_that_no_migration_expects_is_no_error_of_the_program(
    unpacked: Path, tmp_path: Path, record: str
) -> None:
    file = forged(
        unpacked, tmp_path, *_OLDER, "UPDATE alembic_version SET version_num = '0003'", "DELETE FROM theirs_days",
        "INSERT OR REPLACE INTO bases VALUES (1, '2026-03-01', 'weight', 70, NULL, 'sent', 1)",
        f"INSERT INTO theirs_days VALUES (1, '2026-03-01', '{record}', 5)",
    )  # fmt: skip
    if record.startswith("{"):
        with parts._opened(file.parent):
            return
    assert "damaged" in said_of(file)


def test_the_files_of_an_older_backup_are_never_all_in_memory(unpacked: Path, tmp_path: Path) -> None:
    """Four of 20 MB: one at a time, in the check and in the migration."""
    file = forged(unpacked, tmp_path, *_OLDER, *(_UPLOAD.format(number, 20 << 20) for number in range(4)))
    tracemalloc.start()
    try:
        with parts._opened(file.parent) as opened:
            parts._looked_through(opened)
        assert tracemalloc.get_traced_memory()[1] < 70 << 20
    finally:
        tracemalloc.stop()


def test_a_view_in_the_place_of_a_table_is_not_read(unpacked: Path, tmp_path: Path) -> None:
    endless = "CREATE VIEW blocks AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n"
    assert "the view 'blocks'" in said_of(forged(unpacked, tmp_path, "DROP TABLE blocks", endless))


def test_a_block_that_unpacks_without_end_is_not_unpacked(unpacked: Path, tmp_path: Path) -> None:
    bomb = zlib.compress(bytes(80 << 20), 9)
    assert "a block of samples" in said_of(forged(unpacked, tmp_path, f"UPDATE blocks SET rows = x'{bomb.hex()}'"))


def test_a_block_with_an_instant_that_has_no_date_is_refused(unpacked: Path, tmp_path: Path) -> None:
    raw = codec.encode([Row(2**62, 2**62, 1.0, "kg", "", -1, "", b"")])
    rows, digest = codec.compress(raw).hex(), codec.digest(raw).hex()
    statement = f"UPDATE blocks SET rows = x'{rows}', hash = x'{digest}', count = 1"
    assert "a block of samples" in said_of(forged(unpacked, tmp_path, statement))


def test_what_is_no_database_inside_is_told(home: AppFixture) -> None:
    assert "tables cannot be read" in refusal(home, sealed(b"no SQLite file at all" * 1000))


def test_a_backup_that_unpacks_without_end_is_left_early(home: AppFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "_ALWAYS_ALLOWED", 2**20)
    assert "unpacks to a size" in refusal(home, sealed(bytes(64 << 20)))


# --- a full disk -----------------------------------------------------------------------------------------------------


def test_a_full_disk_is_told_when_a_backup_is_made(home: AppFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_packed: Path) -> Iterator[bytes]:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(parts, "_packed", full)
    with pytest.raises(DiskFull, match="The disk is full"):
        made(home)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_full_disk_is_told_when_a_backup_is_unpacked(home: AppFixture, tmp_path: Path) -> None:
    content = made(home)
    (tmp_path / "full").symlink_to("/dev/full")
    with pytest.raises(DiskFull), parts._disk_in_words("The backup could not be unpacked"):
        parts._unpack(io.BytesIO(content), PASSWORD, tmp_path / "full")


def test_a_full_disk_is_told_when_an_unpacked_backup_is_opened(
    unpacked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise DBAPIError("PRAGMA journal_mode=WAL", None, sqlite3.OperationalError("database or disk is full"))

    file = forged(unpacked, tmp_path)
    monkeypatch.setattr(sqlite_store, "limit_values", full)
    with pytest.raises(DiskFull), parts._opened(file.parent):
        pass
