"""The tables of what is borrowed from other athletes, and of the comments written here. `store/schema.py` has them all.

Everything that belongs to another athlete carries their id in `other`, so that it can be dropped at once.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Integer, LargeBinary, String, Table, Text

from intervals_companion.store.schema_base import athlete, metadata

looks = Table(
    "looks",
    metadata,
    athlete(),
    Column("asked", BigInteger, nullable=False),  # when athletes, weeks and chats were read
    Column("caught_up", BigInteger, nullable=False),  # what began before that is not marked as new
    Column("done", Integer, nullable=False),  # of the athletes whose activities are read
    Column("total", Integer, nullable=False),
    Column("trouble", Text),  # JSON: cause and cure of what ended the last one early
)

others = Table(
    "others",
    metadata,
    athlete(),
    Column("other", String(40), primary_key=True),
    Column("name", Text, nullable=False),
    Column("coached", Boolean, nullable=False),
    Column("shared", Boolean, nullable=False),  # whether their activities may be read
    Column("weeks", Text, nullable=False),  # JSON
    Column("read_weeks", Text),  # JSON: the weeks as they were when the activities were read; null: never
    Column("since", Date),  # from which day on the activities are known
    Column("read", BigInteger),
)

others_activities = Table(
    "others_activities",
    metadata,
    athlete(),
    Column("activity", String(40), primary_key=True),
    Column("other", String(40), nullable=False),
    Column("day", Date, nullable=False),
    Column("record", Text, nullable=False),  # JSON
)
Index("others_activities_by_day", others_activities.c.athlete, others_activities.c.day)

borrowed = Table(
    "borrowed",
    metadata,
    athlete(),
    Column("kind", String(20), primary_key=True),  # detail | shape | comments | profile
    Column("item", String(40), primary_key=True),  # activity, or athlete
    Column("other", String(40), nullable=False),
    Column("body", LargeBinary, nullable=False),  # packed JSON
    Column("read", BigInteger, nullable=False),
)

chats = Table(
    "chats",
    metadata,
    athlete(),
    Column("activity", String(40), primary_key=True),
    Column("other", String(40), nullable=False),  # whose activity it is; empty for one's own
    Column("chat", BigInteger, nullable=False),
    Column("new", Integer, nullable=False),
)

opened = Table(
    "opened",
    metadata,
    athlete(),
    Column("activity", String(40), primary_key=True),
    Column("other", String(40), nullable=False),
    Column("at", BigInteger, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    athlete(),
    Column("nonce", String(64), primary_key=True),
    Column("activity", String(40), nullable=False),
    Column("other", String(40), nullable=False),
    Column("text", Text, nullable=False),  # empty once it is known what became of it
    Column("after", BigInteger, nullable=False),  # id of the last comment before it
    Column("state", String(12), nullable=False),  # taken | sending | sent | unknown | not_sent
    Column("comment", BigInteger),
    Column("made", BigInteger, nullable=False),
)
