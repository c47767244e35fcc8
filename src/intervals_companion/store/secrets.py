"""How tokens and keys are kept: sealed by a box, so that the database alone tells nobody anything."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

from intervals_companion.domain.errors import MissingPart, StorageError

KEY_FILE = "secret.key"


class SecretBox(Protocol):
    """Seals and opens small secrets. `place` names the row a secret belongs to: moved elsewhere, it does not open."""

    def seal(self, secret: str, place: str) -> bytes: ...

    def open(self, sealed: bytes, place: str) -> str:
        """Raises StorageError when it was sealed with another key, for another place, or changed since."""
        ...


def secret_box(folder: Path) -> SecretBox:
    """The box of this machine. Raises MissingPart where the desktop's part is not installed."""
    try:
        from intervals_companion.store.secrets_desktop import DesktopBox
    except ImportError as problem:
        raise MissingPart("Keeping a sign-in", "desktop") from problem
    return DesktopBox(key(folder))


def key(folder: Path) -> bytes:
    """The data folder's own key, 32 random bytes in a file only its owner may read; made on first use.

    Raises StorageError when others may read it: a key that was seen is no key.
    """
    path = folder / KEY_FILE
    if path.exists():
        return _existing_key(path)
    made = os.urandom(32)
    draft = path.with_name(f".{KEY_FILE}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(made)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # whole or not at all, and never over a key another process has just made
    except FileExistsError:
        return _existing_key(path)
    finally:
        draft.unlink()
    return made


def _existing_key(path: Path) -> bytes:
    if path.stat().st_mode & 0o077:
        raise StorageError(
            f"The key file {path} can be read by others.",
            f"Run: chmod 600 {path}. If somebody else may have seen it: companion logout, then companion login.",
        )
    found = path.read_bytes()
    if len(found) != 32:
        raise StorageError(f"The key file {path} is damaged.", "Delete it and sign in again: companion login.")
    return found
