"""The first schema, frozen: it stays as it was when later ones change the tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "meta",
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "athletes",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("intervals_id", sa.String(40), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("zone", sa.String(64), nullable=True),
        sa.PrimaryKeyConstraint("athlete"),
        sa.UniqueConstraint("origin", "intervals_id"),
    )
    op.create_table(
        "credentials",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.Column("obtained", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "kind"),
    )
    op.create_table(
        "home_zones",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("athlete"),
    )
    op.create_table(
        "sources",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("road", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "key", "road"),
    )
    op.create_table(
        "blocks",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("type", sa.String(120), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_start", sa.BigInteger(), nullable=False),
        sa.Column("last_end", sa.BigInteger(), nullable=False),
        sa.Column("codec", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(16), nullable=False),
        sa.Column("rows", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "type", "day", "source"),
    )
    op.create_table(
        "deliveries",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("road", sa.String(40), nullable=False),
        sa.Column("written", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "road", "written"),
    )
    op.create_table(
        "dirty_days",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "day"),
    )
    op.create_table(
        "day_values",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("field", sa.String(60), nullable=False),
        sa.Column("number", sa.Float(), nullable=True),
        sa.Column("word", sa.Text(), nullable=True),
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("sources", sa.Text(), nullable=False),
        sa.Column("formula", sa.String(60), nullable=False),
        sa.Column("input", sa.LargeBinary(16), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "day", "field"),
    )
    op.create_table(
        "bases",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("field", sa.String(60), nullable=False),
        sa.Column("number", sa.Float(), nullable=True),
        sa.Column("word", sa.Text(), nullable=True),
        sa.Column("origin", sa.String(12), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "day", "field"),
    )
    op.create_table(
        "pending_values",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("field", sa.String(60), nullable=False),
        sa.Column("number", sa.Float(), nullable=True),
        sa.Column("word", sa.Text(), nullable=True),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "day", "field"),
    )
    op.create_table(
        "links",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("workout", sa.String(60), nullable=False),
        sa.Column("activity", sa.String(40), nullable=False),
        sa.Column("how", sa.String(20), nullable=False),
        sa.Column("content", sa.LargeBinary(16), nullable=True),
        sa.Column("blocks", sa.LargeBinary(16), nullable=True),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "workout"),
    )
    op.create_table(
        "pending_uploads",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("workout", sa.String(60), nullable=False),
        sa.Column("sha256", sa.LargeBinary(32), nullable=False),
        sa.Column("content", sa.LargeBinary(16), nullable=False),
        sa.Column("blocks", sa.LargeBinary(16), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "workout"),
    )
    op.create_table(
        "tombstones",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("workout", sa.String(60), nullable=False),
        sa.Column("side", sa.String(12), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "workout"),
    )
    op.create_table(
        "taken_over",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("field", sa.String(60), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "field", "day"),
    )
    op.create_table(
        "runs",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("run", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("started", sa.BigInteger(), nullable=False),
        sa.Column("finished", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "run"),
    )
    op.create_table(
        "receipts",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("run", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("item", sa.String(60), nullable=False),
        sa.Column("field", sa.String(60), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("was", sa.Text(), nullable=True),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "run", "item", "field"),
    )
    op.create_table(
        "held",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("item", sa.String(60), nullable=False),
        sa.Column("field", sa.String(60), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("ours", sa.Text(), nullable=True),
        sa.Column("theirs", sa.Text(), nullable=True),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "item", "field", "reason"),
    )
