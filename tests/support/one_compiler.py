"""Each statement of the store is compiled once in this process, whatever number of stores its tests open.

SQLAlchemy keeps what it compiled with each engine, and every test has an engine of its own.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

_COMPILED: LRUCache[Any, Any] = LRUCache(1000)


class OneCompiler(SQLiteDialect_pysqlite):
    """SQLite's own dialect. Its objects are one key of what was compiled, as they all make the same of a statement."""

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        engine.update_execution_options(compiled_cache=_COMPILED)


def install() -> None:
    """For every engine on SQLite that is made from now on."""
    registry.register("sqlite", __name__, OneCompiler.__name__)
