"""The web app: browsers and phones, what the doctor found, what Intervals.icu answered, summaries and deletions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("runs", sa.Column("account", sa.Text(), nullable=True))
    op.create_table(
        "summaries",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("type", sa.String(120), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("end", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("label", sa.String(40), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("how", sa.String(12), nullable=False),
        sa.Column("road", sa.String(40), nullable=False),
        sa.Column("arrived", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "type", "start", "end", "source", "label"),
    )
    op.create_table(
        "workout_views",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("workout", sa.String(60), nullable=False),
        sa.Column("input", sa.LargeBinary(16), nullable=False),
        sa.Column("view", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "workout"),
    )
    op.create_table(
        "deletions",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("type", sa.String(120), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("sample", sa.LargeBinary(16), nullable=False),
        sa.Column("arrived", sa.BigInteger(), nullable=False),
        sa.Column("row", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "type", "day", "source", "sample"),
    )
    op.create_table(
        "native_ids",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("road", sa.String(40), nullable=False),
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("type", sa.String(120), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("sample", sa.LargeBinary(16), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "road", "id"),
    )
    op.create_index("native_ids_by_day", "native_ids", ["athlete", "type", "day"])
    op.create_table(
        "anchors",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("road", sa.String(40), nullable=False),
        sa.Column("type", sa.String(120), nullable=False),
        sa.Column("anchor", sa.Text(), nullable=True),
        sa.Column("asked", sa.BigInteger(), nullable=True),
        sa.Column("shown", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("athlete", "road", "type"),
    )
    op.create_table(
        "held_before",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("until", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("item", sa.String(60), nullable=False),
        sa.Column("field", sa.String(60), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("ours", sa.Text(), nullable=True),
        sa.Column("theirs", sa.Text(), nullable=True),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "until", "item", "field", "reason"),
    )
    op.create_table(
        "failures",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("run", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("item", sa.String(60), nullable=False),
        sa.Column("field", sa.String(60), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("cure", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "run", "item", "field"),
    )
    op.create_table(
        "sent_zones",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("athlete"),
    )
    op.create_table(
        "kept_theirs",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("field", sa.String(60), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "field", "day"),
    )
    op.create_table(
        "health_writes",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("identifier", sa.String(80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(60), nullable=False),
        sa.Column("field", sa.String(60), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("instead", sa.Text(), nullable=True),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "identifier"),
    )
    op.create_table(
        "theirs_days",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("read", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "day"),
    )
    op.create_table(
        "theirs_activities",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("activity", sa.String(40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("read", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "activity"),
    )
    op.create_table(
        "answers",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("read", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "name"),
    )
    op.create_table(
        "examinations",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("examined", sa.BigInteger(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("athlete"),
    )
    op.create_table(
        "proofs",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("box", sa.String(40), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "box"),
    )
    op.create_table(
        "dismissed",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("check", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "check"),
    )
    op.create_table(
        "choices",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "name"),
    )
    op.create_table(
        "browsers",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("session", sa.LargeBinary(32), nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "session"),
    )
    op.create_table(
        "door_links",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("link", sa.LargeBinary(32), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("athlete", "link"),
    )
    op.create_table(
        "sign_ins",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("state", sa.LargeBinary(32), nullable=False),
        sa.Column("session", sa.LargeBinary(32), nullable=False),
        sa.Column("redirect", sa.Text(), nullable=False),
        sa.Column("create_fields", sa.Boolean(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("athlete", "state"),
    )
    op.create_table(
        "devices",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("device", sa.String(20), nullable=False),
        sa.Column("road", sa.String(40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token", sa.LargeBinary(32), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=True),
        sa.Column("seen", sa.BigInteger(), nullable=True),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "device"),
        sa.UniqueConstraint("token"),
    )
    op.create_table(
        "jobs",
        sa.Column("athlete", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("job", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("cancel", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("athlete", "job"),
    )
