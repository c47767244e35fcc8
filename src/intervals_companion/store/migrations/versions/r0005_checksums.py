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


def upgrade() -> None:
    connection = op.get_bind()
    for table in _TABLES:
        if all(column["name"] != "checksum" for column in sa.inspect(connection).get_columns(table)):
            op.add_column(table, sa.Column("checksum", sa.BigInteger(), nullable=True))
        _fill(connection, table)


def _fill(connection: sa.Connection, table: str) -> None:
    last = 0
    while True:
        query = f"SELECT rowid, * FROM {table} WHERE rowid > ? ORDER BY rowid LIMIT {_AT_ONCE}"  # noqa: S608
        rows = connection.exec_driver_sql(query, (last,)).all()
        if not rows:
            return
        found = [(zlib.crc32(marshal.dumps(tuple(row[2:-1]), 2)), row[0]) for row in rows]
        connection.exec_driver_sql(f"UPDATE {table} SET checksum = ? WHERE rowid = ?", found)  # noqa: S608
        last = rows[-1][0]
