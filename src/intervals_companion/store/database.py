"""The store: one file, one way to read, one way to write."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout
from sqlalchemy import Connection, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from intervals_companion.domain.errors import Busy, CompanionError, StorageError
from intervals_companion.store import schema, sqlite
from intervals_companion.store.secrets import KEY_FILE

_T = TypeVar("_T")

FILE_NAME = "companion.sqlite"
ASIDE = f"{FILE_NAME}.before-"
"""Begins the names of copies from before something that cannot be undone."""
PRIVATE = 0o600
"""The mode of every file of a data folder: its owner reads and writes it, nobody else does either."""
PRIVATE_FOLDER = 0o700
OPEN_TO_OTHERS = 0o077
"""Bits of a mode by which others may read, write or enter."""


class Store:
    """A data folder's database. Cheap to open; safe for several threads and processes."""

    def __init__(self, folder: Path) -> None:
        """Opens or creates the database in `folder`, upgrading an older one. Raises StorageError, Busy."""
        self.folder = folder
        self.copied: Path | None = None
        """Where the database was copied to before it was upgraded, if it was just now."""
        self._thread = threading.local()
        self.engine = sqlite.connect(folder / FILE_NAME)
        self.open()

    def open(self) -> None:
        """What making a store does; again, after its file was replaced or removed."""
        folder = self.folder
        try:
            if not folder.exists():
                folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
            # One at a time: where two switch a new file to WAL together, SQLite refuses one of them without waiting.
            with self._lock("opening").acquire(timeout=sqlite.BUSY_SECONDS), self._errors_in_words():
                self._make_ready(folder / FILE_NAME)
        except Timeout as busy:
            raise Busy("Another program is opening the data folder.", "Wait a little and run this again.") from busy
        except OSError as problem:
            raise StorageError(
                f"The data folder {folder} cannot be used ({problem.strerror}).",
                "Check who owns it, or choose another: COMPANION_HOME.",
            ) from problem
        except CompanionError:
            self.close()
            raise

    def _make_ready(self, file: Path) -> None:
        _check_not_gone(file)
        if not file.exists():
            file.touch(PRIVATE)  # whoever made the folder: health data is for its owner's eyes only
        elif file.stat().st_mode & OPEN_TO_OTHERS:  # copied here by somebody, from a backup for one
            file.chmod(PRIVATE)
        revision = self._revision()
        if revision is None:
            self._create()
        elif revision != schema.REVISION:
            # Imported only now: alembic costs as much as a small import, and a current store never needs it.
            from intervals_companion.store import migrations

            if revision < schema.FIRST_WITH_LAYERS:
                self.copied = self.copy_aside("layers")
            migrations.upgrade(self.engine)

    def _create(self) -> None:
        """A new store is made as the tables are today; a test holds that the migrations lead to the same."""
        with self.write() as connection:
            schema.metadata.create_all(connection, checkfirst=False)  # a new file has none
            schema.revision.create(connection)
            connection.execute(insert(schema.revision).values(version_num=schema.REVISION))

    def _revision(self) -> str | None:
        with self.engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view: everything read inside belongs to one moment.

        Raises RuntimeError inside of another one, or of a `write`, of the same thread: each takes a connection, and
        threads that hold one while they wait for a second wait for each other.
        """
        with self._errors_in_words(), self._alone_in_thread(), self.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """The only way to write. All or nothing; nobody else writes meanwhile. Never hold it across a network call.

        Raises RuntimeError inside of a `read` or another `write` of the same thread.
        """
        with self._errors_in_words(), self._alone_in_thread(), self.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
            connection.commit()

    def tried(self, work: Callable[[Connection], _T]) -> _T:
        """What a change would give. Nothing of it stays."""
        with self._errors_in_words(), self._alone_in_thread(), self.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                return work(connection)
            finally:
                connection.rollback()

    @contextmanager
    def write_from(self, file: Path) -> Iterator[Connection]:
        """As `write`; the tables of another database are at hand under the schema name `other`."""
        with (
            self._errors_in_words(),
            self._alone_in_thread(),
            self.engine.connect() as connection,
            sqlite.attached(connection, file, "other"),
        ):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
            connection.commit()

    @contextmanager
    def held(self, name: str, busy: Busy, patience: float = 0) -> Iterator[None]:
        """A lock of this data folder. The operating system lets go of it when the process dies, however it dies.

        Raises `busy` where another holds it for longer than `patience` seconds.
        """
        lock = self._lock(name)
        try:
            lock.acquire(timeout=patience)
        except Timeout as taken:
            raise busy from taken
        try:
            yield
        finally:
            lock.release()

    def _lock(self, name: str) -> FileLock:
        """Private under any umask, also one that an older version made."""
        path = self.folder / f"{name}.lock"
        if path.exists() and path.stat().st_mode & OPEN_TO_OTHERS:
            path.chmod(PRIVATE)
        return FileLock(path, mode=PRIVATE)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """The database file at rest and for nobody else: inside, it may be replaced or removed.

        Afterwards the store has to be opened again. Raises Busy while any other connection is open.
        """
        self.close()
        try:
            with self._errors_in_words():
                sqlite.settle(self.engine)
        except Busy as busy:
            raise Busy(
                "The data folder is in use: by a run, another page or another program.",
                "Wait until it has finished, or stop it; then do this again. Nothing was changed.",
            ) from busy
        try:
            yield
        finally:
            self.close()  # whoever came in meanwhile holds a file that may be gone

    @contextmanager
    def _alone_in_thread(self) -> Iterator[None]:
        if getattr(self._thread, "is_open", False):
            raise RuntimeError("reads and writes of one store do not nest")
        self._thread.is_open = True
        try:
            yield
        finally:
            self._thread.is_open = False

    @contextmanager
    def _errors_in_words(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as problem:
            raise sqlite.as_storage_error(problem) from problem
        except PoolTimeout as busy:
            raise Busy("Too much is asked of the data folder at once.", "Wait a few seconds, then try again.") from busy

    def copy(self, folder: Path) -> Store:
        """The same store in another, empty folder, as it is at one moment; others may write meanwhile."""
        with self._errors_in_words():
            sqlite.copy(self.engine, folder / FILE_NAME)
        return Store(folder)

    def copy_aside(self, before: str) -> Path | None:
        """A copy of the database in the data folder, from before something is done for the first time; None where
        there is one already.
        """
        path = self.folder / f"{ASIDE}{before}"
        if path.exists():
            return None
        half = path.with_name(f"{path.name}.part")
        half.unlink(missing_ok=True)
        half.touch(PRIVATE)
        with self._errors_in_words():
            sqlite.copy(self.engine, half)
        half.rename(path)
        return path

    def pack(self) -> None:
        """Leaves nothing of what was deleted in the file, and everything in that one file. Raises StorageError."""
        with self._errors_in_words(), self.engine.connect() as connection:
            connection.exec_driver_sql("VACUUM")
        with self.alone():
            pass

    def empty_log(self) -> None:
        """What was deleted is gone from the disk too, not only from the tables."""
        with self._errors_in_words():
            sqlite.empty_log(self.engine)

    def sound(self) -> bool:
        """Whether the file is whole, as far as SQLite can tell."""
        with self._errors_in_words(), self.engine.connect() as connection:
            return connection.exec_driver_sql("PRAGMA quick_check").scalar() == "ok"

    def close(self) -> None:
        self.engine.dispose()

    def setting(self, connection: Connection, key: str) -> str | None:
        """A value that belongs to the whole data folder."""
        return connection.execute(select(schema.meta.c.value).where(schema.meta.c.key == key)).scalar()

    def set_setting(self, connection: Connection, key: str, value: str) -> None:
        sqlite.upsert(connection, schema.meta, [{"key": key, "value": value}])


def _check_not_gone(file: Path) -> None:
    """A key is made when there is something to seal, so beside it an empty file was not empty before.

    A file that is not there at all was moved away by somebody: that is how to begin anew. Raises StorageError.
    """
    is_empty = file.exists() and file.stat().st_size == 0
    if is_empty and (file.parent / KEY_FILE).exists():
        raise StorageError(
            f"The data is gone: the file {FILE_NAME} in {file.parent} is empty.",
            f"Put a copy of it back. Without one, remove the empty {FILE_NAME} to begin anew, then restore a backup in "
            "Settings or import your newest export; what is at Intervals.icu stays there.",
        )
