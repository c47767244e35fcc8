"""Tokens and keys: sealed in the database, opened only in their own row, by a key only the owner can read."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import update

from intervals_companion.domain.errors import StorageError
from intervals_companion.store import accounts, schema, secrets
from intervals_companion.store.accounts import Stored
from intervals_companion.store.database import Store
from intervals_companion.store.secrets import KEY_FILE, secret_box
from support.store_builders import ATHLETE, dump, empty_store

TOKEN = "a-token-nobody-may-read-58131"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(empty_store(tmp_path)) as opened:
        yield opened


def keep(store: Store, secret: str = TOKEN, athlete: int = ATHLETE, kind: str = "token") -> None:
    with store.write() as connection:
        accounts.save(connection, secret_box(store.folder), athlete, kind, Stored(secret, "WELLNESS:WRITE", 1))


def kept(store: Store, athlete: int = ATHLETE, kind: str = "token") -> Stored | None:
    with store.read() as connection:
        return accounts.stored(connection, secret_box(store.folder), athlete, kind)


# --- sealing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", [TOKEN, "", "ключ ✓", "x" * 5000])
def test_a_secret_comes_back_as_it_was(store: Store, secret: str) -> None:
    keep(store, secret)
    assert kept(store) == Stored(secret, "WELLNESS:WRITE", 1)


def test_the_data_folder_holds_no_word_of_a_secret(store: Store) -> None:
    keep(store)
    beside_the_log = [path.read_bytes() for path in store.folder.iterdir()]
    store.close()
    settled = [path.read_bytes() for path in store.folder.iterdir()]
    assert all(TOKEN.encode() not in content for content in beside_the_log + settled)


def test_a_password_is_guessed_at_the_full_price_of_scrypt() -> None:
    """By hashlib's scrypt, 128 MB for each guess. In a process of its own: this one's has a small price."""
    script = "from intervals_companion.store import secrets; print(secrets.password_seal('a', b'salt' * 4).key.hex())"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60).stdout
    key = hashlib.scrypt(b"a", salt=b"salt" * 4, n=2**17, r=8, p=1, dklen=32, maxmem=2**28)
    assert said.strip() == key.hex()


def test_the_same_secret_is_never_sealed_the_same_way(store: Store) -> None:
    box = secret_box(store.folder)
    assert box.seal(TOKEN, "1/token") != box.seal(TOKEN, "1/token")


@pytest.mark.parametrize("place", ["2/token", "1/key", "", "1/token "])
def test_a_secret_moved_to_another_row_does_not_open(store: Store, place: str) -> None:
    box = secret_box(store.folder)
    with pytest.raises(StorageError, match="cannot be opened"):
        box.open(box.seal(TOKEN, "1/token"), place)


def test_a_row_given_to_another_athlete_does_not_open(store: Store) -> None:
    keep(store)
    with store.write() as connection:
        connection.execute(update(schema.credentials).values(athlete=2))
    with pytest.raises(StorageError) as refusal:
        kept(store, athlete=2)
    assert "companion login" in refusal.value.terminal_cure
    assert refusal.value.exit_code == 8


@pytest.mark.parametrize("kept_bytes", [-1, 5, 0])
def test_a_secret_cut_short_does_not_open(store: Store, kept_bytes: int) -> None:
    box = secret_box(store.folder)
    with pytest.raises(StorageError, match="cannot be opened"):
        box.open(box.seal(TOKEN, "1/token")[:kept_bytes], "1/token")


def test_a_secret_sealed_with_a_lost_key_asks_for_a_new_sign_in(store: Store) -> None:
    keep(store)
    (store.folder / KEY_FILE).unlink()
    with pytest.raises(StorageError) as refusal:
        kept(store)
    assert "Sign in again" in refusal.value.cure


def test_forgetting_removes_every_trace_from_the_table(store: Store) -> None:
    keep(store)
    keep(store, kind="key")
    with store.write() as connection:
        accounts.delete_credential(connection, ATHLETE, "token", "key")
    assert kept(store) is None
    assert dump(store)["credentials"] == []


# --- the key ---------------------------------------------------------------------------------------------------------


def test_the_key_is_for_its_owner_alone_and_stays_the_same(tmp_path: Path) -> None:
    made = secrets.key(tmp_path)
    assert len(made) == 32
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert secrets.key(tmp_path) == made
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


def test_two_folders_have_two_keys(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    assert secrets.key(tmp_path) != secrets.key(tmp_path / "other")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_key_that_others_may_read_or_change_is_refused(tmp_path: Path, mode: int) -> None:
    secrets.key(tmp_path)
    (tmp_path / KEY_FILE).chmod(mode)
    with pytest.raises(StorageError, match="can be read by others") as refusal:
        secrets.key(tmp_path)
    assert "chmod 600" in refusal.value.terminal_cure
    assert refusal.value.exit_code == 8
    (tmp_path / KEY_FILE).chmod(0o600)
    assert len(secrets.key(tmp_path)) == 32


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 33])
def test_a_damaged_key_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / KEY_FILE
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(StorageError, match="is damaged") as refusal:
        secrets.key(tmp_path)
    assert "companion login" in refusal.value.terminal_cure
    assert path.read_bytes() == content


def test_a_folder_where_the_key_should_be_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).mkdir()
    with pytest.raises(StorageError, match="cannot be used") as refusal:
        secrets.key(tmp_path)
    assert "COMPANION_HOME" in refusal.value.cure


def test_threads_that_make_the_key_at_once_get_one_key(tmp_path: Path) -> None:
    together = threading.Barrier(8)
    made: list[bytes] = []

    def make() -> None:
        together.wait()
        made.append(secrets.key(tmp_path))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [secrets.key(tmp_path)] * 8
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


def test_two_processes_that_make_the_key_at_once_get_one_key(tmp_path: Path) -> None:
    """Each says when it is ready, and begins when the other is too."""
    script = (
        "import sys; from pathlib import Path; from intervals_companion.store import secrets\n"
        "print('ready', flush=True); sys.stdin.readline(); print(secrets.key(Path(sys.argv[1])).hex())"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) for _ in range(2)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
    made = [process.communicate(timeout=60)[0].strip() for process in processes]
    assert made == [secrets.key(tmp_path).hex()] * 2


def test_a_making_that_was_cut_short_stops_nobody(tmp_path: Path) -> None:
    for draft in (f".{KEY_FILE}.1", f".{KEY_FILE}.2"):
        (tmp_path / draft).write_bytes(b"half")
    assert len(secrets.key(tmp_path)) == 32
