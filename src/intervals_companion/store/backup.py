"""Backups: one athlete's data as one sealed file, and back.

The file is a line that names it, 16 bytes of salt, and parts: a byte that says whether it is the last one, its length
in four bytes, and the sealed part. What is sealed is a packed SQLite file without sign-in, sessions, phones, answers of
Intervals.icu, jobs and anything of other athletes.
"""

from __future__ import annotations

import errno
import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from attrs import frozen
from sqlalchemy import Connection, MetaData, delete, func, insert, literal, select, update
from sqlalchemy.exc import SQLAlchemyError

from intervals_companion.domain.errors import DamagedInput, DiskFull, StorageError, UsageError
from intervals_companion.store import backup_check, erasing, schema, secrets
from intervals_companion.store.accounts import Account
from intervals_companion.store.database import FILE_NAME, Store
from intervals_companion.store.erasing import Group
from intervals_companion.store.secrets import Seal

NAME = b"Intervals Companion backup 1\n"
PART = 1 << 20
_SALT = 16
_GROUPS_LEFT_OUT = (Group.SESSIONS, Group.SIGN_IN, Group.ANSWERS, Group.OTHERS, Group.DEVICES)
_LEFT_OUT = {schema.jobs, *(table for group in _GROUPS_LEFT_OUT for table in erasing.TABLES[group])}
_OF_THE_FOLDER = {schema.athletes, schema.meta}
_INSIDE = [table for table in schema.metadata.sorted_tables if table not in _LEFT_OUT | _OF_THE_FOLDER]
_MADE = "backup_made"


@frozen
class Restored:
    made: int
    """When the backup was made (ms)."""
    samples: int
    runs: int


# --- making ----------------------------------------------------------------------------------------------------------


def make(store: Store, athlete: int, password: str, now: int) -> Iterator[bytes]:
    """The backup, piece by piece. What it needs on disk meanwhile is gone afterwards."""
    salt = os.urandom(_SALT)
    seal = secrets.password_seal(password, salt)
    with _disk_in_words("The backup could not be made"), _workplace(store) as folder:
        with closing(store.copy(folder)) as copy:
            _strip(copy, athlete, now)
            copy.pack()
        yield NAME + salt
        yield from _sealed(_packed(folder / FILE_NAME), seal, NAME + salt)


@contextmanager
def _disk_in_words(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        if problem.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull from problem
        raise StorageError(f"{what} ({problem.strerror}).", "Check the disk where the data folder is.") from problem


@contextmanager
def _workplace(store: Store) -> Iterator[Path]:
    """A folder for its owner's eyes only, beside the data: the same disk, and gone with it."""
    with TemporaryDirectory(prefix="backup-", suffix=".part", dir=store.folder) as folder:
        yield Path(folder)


def _strip(copy: Store, athlete: int, now: int) -> None:
    with copy.write() as connection:
        for table in _LEFT_OUT:
            connection.execute(delete(table))
        for table in (*_INSIDE, schema.athletes):
            connection.execute(delete(table).where(table.c.athlete != athlete))
        connection.execute(delete(schema.meta))
        copy.set_setting(connection, _MADE, str(now))


def _packed(path: Path) -> Iterator[bytes]:
    packer = zlib.compressobj(1)
    with path.open("rb") as file:
        while piece := file.read(PART):
            yield packer.compress(piece)
    yield packer.flush()


def _sealed(pieces: Iterator[bytes], seal: Seal, head: bytes) -> Iterator[bytes]:
    """Each part is bound to its place, and the last one is known as the last: nothing can be cut off unseen."""
    number, gathered = 0, bytearray()
    for piece in pieces:
        gathered += piece
        while len(gathered) > PART:
            yield _part(seal, bytes(gathered[:PART]), number, b"\0", head)
            del gathered[:PART]
            number += 1
    yield _part(seal, bytes(gathered), number, b"\1", head)


def _part(seal: Seal, plain: bytes, number: int, last: bytes, head: bytes) -> bytes:
    sealed = seal.seal(plain, number, head + last)
    return last + len(sealed).to_bytes(4, "big") + sealed


# --- restoring -------------------------------------------------------------------------------------------------------

_FOREIGN = (
    "This is not a backup of Intervals Companion.",
    "Choose the file that was downloaded at Settings, Your data, Backup.",
)
_BOMB = (
    "This backup unpacks to a size that none has.",
    "Nothing was changed. Restore a backup that you made yourself.",
)
_MOST_RATIO = 100
"""How many times its size a backup may unpack to: what is inside is packed already, and gets to two or three times."""
_ALWAYS_ALLOWED = 256 * 2**20
_LAST_INSTANT = 253_402_300_799_999
_CUT = ("The backup is damaged, or not whole.", "Nothing was changed. Copy the file again from where you keep it.")


def restore(store: Store, account: Account, file: BinaryIO, password: str) -> Restored:
    """Makes this athlete's data what the backup holds, in one transaction: all of it or nothing.

    Raises DamagedInput for a foreign or damaged file, UsageError for a wrong password or another athlete's backup,
    StorageError.
    """
    with _disk_in_words("The backup could not be unpacked"), _workplace(store) as folder:
        _unpack(file, password, folder / FILE_NAME)
        with _opened(folder) as backup:
            owner, made = _looked_through(backup)
            _check_owner(owner, account)
            backup.pack()
        with store.write_from(folder / FILE_NAME) as connection:
            _replace(connection, owner, account)
            store.set_setting(connection, f"formulas/{account.athlete}", "")  # the days are looked through once more
            return counted(connection, account.athlete, made)


def _unpack(file: BinaryIO, password: str, path: Path) -> None:
    if file.read(len(NAME)) != NAME:
        raise DamagedInput(*_FOREIGN)
    salt = file.read(_SALT)
    opened = _opened_parts(file, secrets.password_seal(password, salt), NAME + salt)
    packed = written = 0
    unpacker = zlib.decompressobj()
    try:
        with path.open("wb") as out:
            for part in opened:
                packed += len(part)
                while part:
                    written += out.write(unpacker.decompress(part, PART))
                    if written > max(_ALWAYS_ALLOWED, packed * _MOST_RATIO):
                        raise DamagedInput(*_BOMB)
                    part = unpacker.unconsumed_tail
            out.write(unpacker.flush())  # less than a window: all input was taken
    except zlib.error as problem:
        raise DamagedInput(*_CUT) from problem


def _opened_parts(file: BinaryIO, seal: Seal, head: bytes) -> Iterator[bytes]:
    number, last = 0, b""
    while last != b"\1":
        last, length = file.read(1), int.from_bytes(file.read(4), "big")
        if length > PART + 1024:
            raise DamagedInput(*_CUT)
        part = seal.open(file.read(length), number, head + last)
        if part is None and number == 0:
            raise UsageError(
                "The password is wrong, or the backup is damaged.",
                "Type the password it was made with. Nothing was changed.",
            )
        if part is None:
            raise DamagedInput(*_CUT)
        yield part
        number += 1
    if file.read(1):
        raise DamagedInput(*_CUT)


@contextmanager
def _opened(folder: Path) -> Iterator[Store]:
    """The unpacked backup, brought up to this version. Raises DamagedInput, DiskFull."""
    backup_check.check_schema(folder / FILE_NAME)
    with _forgery_in_words():
        backup_check.check_before_migrating(folder / FILE_NAME)
        opened = Store(folder)
    with closing(opened) as backup:
        with _forgery_in_words():
            is_sound = backup.sound()
        if not is_sound:
            raise DamagedInput(*_CUT)
        yield backup


@contextmanager
def _forgery_in_words() -> Iterator[None]:
    """Migrations and checks expect what this program wrote. Raises DamagedInput, DiskFull."""
    try:
        yield
    except (DamagedInput, DiskFull):
        raise
    except _BY_FORGERY as problem:
        raise DamagedInput(*_CUT) from problem


_BY_FORGERY = (
    StorageError, SQLAlchemyError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError,
    zlib.error, struct.error,
)  # fmt: skip
"""What reading raises where a value is another than expected."""


def _looked_through(backup: Store) -> tuple[Account, int]:
    """Whose data it is and when it was made (ms), once every row has been looked at. Raises DamagedInput."""
    with _forgery_in_words(), backup.read() as connection:
        numbers = connection.execute(select(schema.athletes.c.athlete).limit(2)).scalars().all()
        if len(numbers) != 1:
            raise DamagedInput(*_FOREIGN)
        backup_check.check_rows(connection, numbers[0], (*_INSIDE, schema.athletes))
        owner = Account(*connection.execute(select(schema.athletes)).one())
        return owner, _made(backup.setting(connection, _MADE))


def _made(written: str | None) -> int:
    """When it was made (ms); 0 where it does not say."""
    found = int(written) if written and written.isascii() and written.isdecimal() and len(written) < 15 else 0
    return min(found, _LAST_INSTANT)


def _check_owner(owner: Account, account: Account) -> None:
    if owner.intervals_id is None or account.intervals_id is None:
        return
    if (owner.origin, owner.intervals_id) != (account.origin, account.intervals_id):
        raise UsageError(
            f"This backup is of {owner.name}, and this companion belongs to {account.name}.",
            "Restore it in a data folder of that athlete: COMPANION_HOME. Nothing was changed.",
        )


def _replace(connection: Connection, owner: Account, account: Account) -> None:
    there = MetaData()
    for table in _INSIDE:
        other = table.to_metadata(there, schema="other")
        columns = [
            literal(account.athlete) if column.name == "athlete" else column for column in other.columns
        ]  # our own number for the athlete may be another one here
        connection.execute(delete(table).where(table.c.athlete == account.athlete))
        connection.execute(insert(table).from_select(list(table.columns.keys()), select(*columns)))
    if account.intervals_id is None and owner.intervals_id is not None:
        bound = {name: getattr(owner, name) for name in ("origin", "intervals_id", "name", "zone")}
        connection.execute(update(schema.athletes).where(schema.athletes.c.athlete == account.athlete).values(bound))


def counted(connection: Connection, athlete: int, made: int) -> Restored:
    """What a backup of that time (ms) holds, and a restore now would replace."""
    samples = select(func.sum(schema.blocks.c.count)).where(schema.blocks.c.athlete == athlete)
    runs = select(func.count()).select_from(schema.runs).where(schema.runs.c.athlete == athlete)
    return Restored(made, connection.execute(samples).scalar() or 0, connection.execute(runs).scalar_one())
