"""Rows of day values and of the ledger carry a checksum, by which a flipped bit is told.

What is stored so far is taken for right: it gets the checksum of what is there.
"""

from __future__ import annotations

import marshal
import zlib

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_TABLES = (
    "day_values", "bases", "pending_values", "links", "pending_uploads", "tombstones", "runs", "receipts", "held",
    "held_before", "failures", "health_writes",
)  # fmt: skip
_AT_ONCE = 10_000
"""Rows that are written together. They are read one by one: some hold whole files."""


def upgrade() -> None:
    connection = op.get_bind()
    for table in _TABLES:
        if all(column["name"] != "checksum" for column in sa.inspect(connection).get_columns(table)):
            op.add_column(table, sa.Column("checksum", sa.BigInteger(), nullable=True))
        _fill(connection, table)


def _fill(connection: sa.Connection, table: str) -> None:
    found = _checksums(connection, table, "", ())
    while found:
        connection.exec_driver_sql(f"UPDATE {table} SET checksum = ? WHERE rowid = ?", found)  # noqa: S608
        found = _checksums(connection, table, "WHERE rowid > ?", found[-1][1:])


def _checksums(connection: sa.Connection, table: str, where: str, after: tuple[int, ...]) -> list[tuple[int, int]]:
    """Checksum and rowid of the next rows."""
    query = f"SELECT rowid, * FROM {table} {where} ORDER BY rowid LIMIT {_AT_ONCE}"  # noqa: S608
    rows = connection.exec_driver_sql(query, after, execution_options={"yield_per": 1})
    return [(zlib.crc32(marshal.dumps(tuple(row[2:-1]), 2)), row[0]) for row in rows]
