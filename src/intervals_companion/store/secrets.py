"""How tokens and keys are kept: sealed by a box, so that the database alone tells nobody anything."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from intervals_companion.domain.errors import MissingPart, SecretsClosed

KEY_FILE = "secret.key"


class SecretBox(Protocol):
    """Seals and opens small secrets. `place` names the row a secret belongs to: moved elsewhere, it does not open."""

    def seal(self, secret: str, place: str) -> bytes: ...

    def open(self, sealed: bytes, place: str) -> str:
        """Raises SecretsClosed when it was sealed with another key, for another place, or changed since."""
        ...


class Seal(Protocol):
    """Seals the parts of one file with a key made of a password."""

    def seal(self, part: bytes, number: int, context: bytes) -> bytes:
        """`context`: authenticated together with the part, and not in the result."""
        ...

    def open(self, sealed: bytes, number: int, context: bytes) -> bytes | None:
        """None for another password, another place, or a part that was changed."""
        ...


def password_seal(password: str, salt: bytes) -> Seal:
    """Raises MissingPart where the desktop's part is not installed."""
    try:
        from intervals_companion.store.secrets_desktop import DesktopSeal
    except ImportError as problem:
        raise MissingPart("An encrypted backup", "desktop") from problem
    return DesktopSeal.of_password(password, salt)


def secret_box(folder: Path) -> SecretBox:
    """The box of this machine. Raises MissingPart where the desktop's part is not installed."""
    try:
        from intervals_companion.store.secrets_desktop import DesktopBox
    except ImportError as problem:
        raise MissingPart("Keeping a sign-in", "desktop") from problem
    return DesktopBox(key(folder))


def key(folder: Path) -> bytes:
    """The data folder's own key, 32 random bytes in a file only its owner may read; made on first use.

    Raises SecretsClosed when others may read it: a key that was seen is no key.
    """
    path = folder / KEY_FILE
    try:
        if not path.exists():
            _make_key(path)
        open_to_others = path.stat().st_mode & 0o077
        found = path.read_bytes()
    except OSError as problem:
        raise SecretsClosed(
            f"The key file {path} cannot be used ({problem.strerror}).",
            "Check who owns the data folder, or choose another: COMPANION_HOME.",
        ) from problem
    if open_to_others:
        raise SecretsClosed(
            f"The key file {path} can be read by others.",
            f"Let only its owner read {path}. If somebody else may have seen it: log out, then sign in again.",
            terminal_cure=f"Run: chmod 600 {path}. If somebody else may have seen it: companion logout, "
            "then companion login.",
        )
    if len(found) != 32:
        raise SecretsClosed(
            f"The key file {path} is damaged.",
            "Delete it and sign in again.",
            terminal_cure="Delete it and sign in again: companion login.",
        )
    return found


def _make_key(path: Path) -> None:
    """Whole or not at all, and never over a key that another process has just made."""
    handle, draft = tempfile.mkstemp(prefix=f".{KEY_FILE}.", dir=path.parent)  # for its owner's eyes only
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(os.urandom(32))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        Path(draft).unlink()
