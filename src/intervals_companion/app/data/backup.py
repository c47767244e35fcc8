"""A person's own data, as they may take it along and bring it back: encrypted backups."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

from intervals_companion.app.context import AppContext
from intervals_companion.app.jobs.progress import job_lock
from intervals_companion.domain.errors import UsageError
from intervals_companion.store import backup
from intervals_companion.store.backup import Restored
from intervals_companion.sync import engine

__all__ = ["SHORTEST", "Restored", "backup_name", "here", "make", "restore", "stored_bytes"]

SHORTEST = 10
"""Characters of a password."""


def make(companion: AppContext, password: str, again: str) -> Iterator[bytes]:
    """The backup, piece by piece. Raises UsageError for a password that is too short or not the same twice."""
    if len(password) < SHORTEST:
        raise UsageError(
            f"The password has {len(password)} characters.", f"Choose one of at least {SHORTEST}: a sentence is good."
        )
    if password != again:
        raise UsageError("The two passwords are not the same.", "Type the same one twice: nobody can look it up later.")
    return backup.make(companion.store, companion.account().athlete, password, companion.now())


def backup_name(companion: AppContext) -> str:
    day = companion.today(companion.zone(companion.account()))
    return f"intervals-companion-{day}.backup"


def here(companion: AppContext) -> Restored:
    """What a restore replaces."""
    return backup.here(companion.store, companion.account().athlete, companion.now())


def restore(companion: AppContext, file: BinaryIO, password: str) -> Restored:
    """Makes the data what the backup holds, all of it or nothing; sign-in, browsers and phones stay as they are.

    Raises DamagedInput, UsageError (wrong password, another athlete's backup), Busy while a job or run is under way.
    """
    account = companion.account()
    with job_lock(companion, account.athlete), engine.alone(companion.store, account.athlete):
        return backup.restore(companion.store, account, file, password)


def stored_bytes(companion: AppContext) -> int:
    """What the data folder takes on disk."""
    found = 0
    for path in companion.store.folder.rglob("*"):
        with suppress(FileNotFoundError):  # one that has just gone takes nothing
            found += path.stat().st_size
    return found
