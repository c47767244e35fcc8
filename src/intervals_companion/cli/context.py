"""The data folder, opened as the environment says."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs
import tzlocal

from intervals_companion.app import settings as app_settings
from intervals_companion.app.context import AppContext, opened
from intervals_companion.app.settings import Settings
from intervals_companion.cli import output
from intervals_companion.domain.errors import CompanionError, UsageError

_OPEN_TO_OTHERS = 0o077


def data_folder() -> Path:
    """COMPANION_HOME, else where this system keeps such data. An absolute path. Raises UsageError without a home."""
    named = os.environ.get("COMPANION_HOME", "")
    if named and not named.startswith("~"):
        return Path(named).absolute()
    try:
        folder = Path(named).expanduser() if named else platformdirs.user_data_path("intervals-companion")
        has_home = Path.home().is_absolute() and os.environ.get("HOME") != ""
    except RuntimeError:  # nobody of that name, or without a home
        folder, has_home = Path(), False
    if not has_home or not folder.is_absolute():
        whose = f"{named} is in a home folder, and there is none" if named else "This user has no home folder"
        raise UsageError(f"{whose}.", "Set COMPANION_HOME to a folder of yours, as an absolute path.")
    return folder


def open_to_others(folder: Path) -> bool:
    """Whether others on this machine may look into the data folder."""
    try:
        return bool(folder.stat().st_mode & _OPEN_TO_OTHERS)
    except OSError:  # opening it says what is wrong
        return False


def read_settings() -> Settings:
    return app_settings.load(data_folder(), os.environ)


@contextmanager
def open_context(chosen: Settings | None = None) -> Iterator[AppContext]:
    """The settings of file and environment, unless a command has added options of its own."""
    settings = chosen or read_settings()
    if open_to_others(settings.home):
        output.print_error(
            CompanionError(
                f"Others on this machine may enter the data folder {settings.home}.",
                f"Its files are for you alone all the same. Shut it: chmod 700 {shlex.quote(str(settings.home))}",
            )
        )
    with opened(settings, machine_zone=tzlocal.get_localzone_name()) as context:
        if context.store.copied is not None:
            output.err().print(
                f"The data folder was brought up to date. As it was before, it is kept in {context.store.copied}.",
                markup=False,
            )
        yield context
