"""A file that a browser sends: kept in the data folder while it arrives, never longer than it is needed."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import TracebackType

from intervals_companion.app.context import AppContext
from intervals_companion.domain.errors import StorageError, UsageError

UPLOADS = "upload-*.part"
"""Files in the data folder that a browser has sent, until they are read."""
MOST_BYTES = 8 * 2**30
"""Larger than any export that was ever reported."""
SPARE = 512 * 2**20
"""Bytes that stay free beside the file: what is read from it is stored too."""
_PREFIX, _SUFFIX = UPLOADS.split("*")

_TOO_LARGE = UsageError(
    "The file is larger than 8 GB.",
    "Choose the export.zip that the iPhone made. If it really is that large, import it at the terminal.",
)


def check_room(context: AppContext, length: int) -> None:
    """Before a byte is taken: whether so many bytes may come. Raises UsageError, StorageError."""
    if length > MOST_BYTES:
        raise _TOO_LARGE
    free = shutil.disk_usage(context.store.folder).free
    if length + SPARE > free:
        raise StorageError(
            f"The disk has {_gigabytes(free)} left, and this file needs {_gigabytes(length + SPARE)}.",
            "Free some space where the data folder is, then send it again. Nothing was stored.",
        )


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB"


class Upload:
    """A file on its way in. As a context it is removed at the end, unless it was handed on."""

    def __init__(self, context: AppContext) -> None:
        self.path: Path = context.store.folder / f"{_PREFIX}{context.token_bytes(8).hex()}{_SUFFIX}"
        self.size = 0
        self._handed_on = False

    def __enter__(self) -> Upload:
        self.path.touch(0o600)
        self._file = self.path.open("wb")
        return self

    def write(self, piece: bytes) -> None:
        """Raises UsageError beyond the limit, StorageError when the disk is full."""
        self.size += len(piece)
        if self.size > MOST_BYTES:
            raise _TOO_LARGE
        try:
            self._file.write(piece)
        except OSError as problem:
            raise StorageError(
                f"The file could not be stored ({problem.strerror}).", "Free some space, then send it again."
            ) from problem

    def hand_on(self) -> Path:
        """The whole file, for somebody who removes it."""
        try:
            self._file.close()
        except OSError as problem:
            raise StorageError(
                f"The file could not be stored ({problem.strerror}).", "Free some space, then send it again."
            ) from problem
        self._handed_on = True
        return self.path

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        if not self._handed_on:
            self.path.unlink(missing_ok=True)
