"""The data folder, opened as the environment says."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from pathlib import Path

import platformdirs
import tzlocal

from intervals_companion.app import settings as app_settings
from intervals_companion.app.context import AppContext, opened
from intervals_companion.app.settings import Settings


def data_folder() -> Path:
    """COMPANION_HOME, else where this system keeps such data."""
    named = os.environ.get("COMPANION_HOME")
    return Path(named).expanduser() if named else platformdirs.user_data_path("intervals-companion")


def read_settings() -> Settings:
    return app_settings.load(data_folder(), os.environ)


def open_context(chosen: Settings | None = None) -> AbstractContextManager[AppContext]:
    """The settings of file and environment, unless a command has added options of its own."""
    return opened(chosen or read_settings(), machine_zone=tzlocal.get_localzone_name())
