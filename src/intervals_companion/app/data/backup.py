"""A person's own data, as they may take it along and bring it back: encrypted backups."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

from intervals_companion.app.context import AppContext
from intervals_companion.app.locks import job_lock
from intervals_companion.app.scope import ReadScope
from intervals_companion.domain.errors import UsageError
from intervals_companion.store import backup
from intervals_companion.store.backup import Restored
from intervals_companion.sync import engine

__all__ = ["SHORTEST", "Restored", "backup_name", "make", "replaced", "restore", "stored_bytes"]

SHORTEST = 10
"""Characters of a password."""


def make(context: AppContext, password: str, again: str) -> Iterator[bytes]:
    """The backup, piece by piece. Raises UsageError for a password that is too short or not the same twice."""
    if len(password) < SHORTEST:
        raise UsageError(
            f"The password has {len(password)} characters.", f"Choose one of at least {SHORTEST}: a sentence is good."
        )
    if password != again:
        raise UsageError("The two passwords are not the same.", "Type the same one twice: nobody can look it up later.")
    return backup.make(context.store, context.account().athlete, password, context.now())


def backup_name(here: ReadScope) -> str:
    day = here.today
    return f"intervals-companion-{day}.backup"


def replaced(here: ReadScope) -> Restored:
    """What a restore replaces."""
    return backup.counted(here.connection, here.athlete, here.now)


def restore(context: AppContext, file: BinaryIO, password: str) -> Restored:
    """Makes the data what the backup holds, all of it or nothing; sign-in, browsers and phones stay as they are.

    Raises DamagedInput, UsageError (wrong password, another athlete's backup), Busy while a job or run is under way.
    """
    account = context.account()
    with job_lock(context, account.athlete), engine.alone(context.store, account.athlete):
        return backup.restore(context.store, account, file, password)


def stored_bytes(context: AppContext) -> int:
    """What the data folder takes on disk."""
    found = 0
    for path in context.store.folder.rglob("*"):
        with suppress(FileNotFoundError):  # one that has just gone takes nothing
            found += path.stat().st_size
    return found
