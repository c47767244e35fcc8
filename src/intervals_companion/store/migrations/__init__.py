"""How an older store becomes today's."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Engine

from intervals_companion.domain.errors import StorageError


def upgrade(engine: Engine) -> None:
    """Brings the store to the newest revision, in one transaction. Raises StorageError when it is newer than we are."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as problem:
            raise StorageError(
                "The data folder was written by a newer version of Intervals Companion.",
                "Install the newest version, or choose another folder: COMPANION_HOME.",
            ) from problem
        connection.commit()
