"""Other athletes: what is borrowed of them, what was opened, and comments on their way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "looks",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("caught_up", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("athlete"),
    )
    op.create_table(
        "others",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("other", sa.String(40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("coached", sa.Boolean(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("weeks", sa.Text(), nullable=False),
        sa.Column("read_weeks", sa.Text(), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("read", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("athlete", "other"),
    )
    op.create_table(
        "others_activities",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("activity", sa.String(40), nullable=False),
        sa.Column("other", sa.String(40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "activity"),
    )
    op.create_index("others_activities_by_day", "others_activities", ["athlete", "day"])
    op.create_table(
        "borrowed",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("item", sa.String(40), nullable=False),
        sa.Column("other", sa.String(40), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("read", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "kind", "item"),
    )
    op.create_table(
        "chats",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("activity", sa.String(40), nullable=False),
        sa.Column("other", sa.String(40), nullable=False),
        sa.Column("chat", sa.BigInteger(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "activity"),
    )
    op.create_table(
        "opened",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("activity", sa.String(40), nullable=False),
        sa.Column("other", sa.String(40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "activity"),
    )
    op.create_table(
        "outbox",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("nonce", sa.String(64), nullable=False),
        sa.Column("activity", sa.String(40), nullable=False),
        sa.Column("other", sa.String(40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("comment", sa.BigInteger(), nullable=True),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "nonce"),
    )
