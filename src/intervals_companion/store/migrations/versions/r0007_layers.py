"""What each delivery said is kept beside what counts; what counted so far is one export of unknown date."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0005"

_UNKNOWN = -62_135_596_800_000
"""ms: the year 1, so that every dated export speaks after it."""


def upgrade() -> None:
    op.add_column("blocks", sa.Column("import_id", sa.Integer(), nullable=True))
    op.add_column("blocks", sa.Column("spoken", sa.BigInteger(), nullable=True))
    op.create_table(
        "block_versions",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("type", sa.String(120), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("spoken", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_start", sa.BigInteger(), nullable=False),
        sa.Column("last_end", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(16), nullable=False),
        sa.Column("rows", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("athlete", "type", "day", "source", "import_id", "spoken"),
    )
    op.create_table(
        "imports",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("import_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("layer", sa.String(40), nullable=False),
        sa.Column("road", sa.String(40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("written", sa.BigInteger(), nullable=False),
        sa.Column("arrived", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "import_id"),
    )
    op.create_table(
        "windows",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("import_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("type", sa.String(120), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("retired", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "import_id", "type", "source"),
    )
    op.create_table(
        "retired",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("type", sa.String(120), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("retired", sa.BigInteger(), nullable=False),
        sa.Column("covered", sa.Boolean(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("rows", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "type", "day", "source", "import_id"),
    )
    _make_one_export_of_what_counts()
    # A live store is read from the beginning again: what it shows is a layer of its own from then on.
    op.execute(sa.text("UPDATE anchors SET anchor = NULL"))
    op.execute(sa.text("DELETE FROM native_ids"))
    op.drop_table("deletions")


def _make_one_export_of_what_counts() -> None:
    op.execute(
        sa.text(
            "INSERT INTO imports (athlete, import_id, layer, road, name, written, arrived, state, about) "
            "SELECT DISTINCT athlete, 1, 'export', 'export', '', :unknown, :unknown, 'complete', '{}' FROM blocks"
        ).bindparams(unknown=_UNKNOWN)
    )
    op.execute(
        sa.text(
            "INSERT INTO windows (athlete, import_id, type, source, first, last, state, rows, new, retired) "
            "SELECT athlete, 1, type, source, MIN(first_start), (MAX(day) + 1) * 86400000 - 1, "
            "CASE WHEN type = 'HKWorkoutRouteTypeIdentifier' THEN 'adds' ELSE 'complete' END, SUM(count), 0, 0 "
            "FROM blocks GROUP BY athlete, type, source"
        )
    )
    op.execute(sa.text("UPDATE blocks SET import_id = 1, spoken = :unknown").bindparams(unknown=_UNKNOWN))
