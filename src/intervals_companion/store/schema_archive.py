"""The tables of what Health said: the archive with all that deliveries said of it. `store/schema.py` has them all."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from intervals_companion.store.schema_base import athlete, metadata

sources = Table(
    "sources",
    metadata,
    athlete(),
    Column("key", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("product", Text, nullable=False),
    Column("road", String(40), primary_key=True),
)

blocks = Table(
    "blocks",
    metadata,
    athlete(),
    Column("type", String(120), primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),  # before the source: readers ask for some days
    Column("source", Text, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("first_start", BigInteger, nullable=False),
    Column("last_end", BigInteger, nullable=False),
    Column("codec", Integer, nullable=False),
    Column("hash", LargeBinary(16), nullable=False),
    Column("rows", LargeBinary, nullable=False),
    Column("import_id", Integer),  # whose words these are; none where several deliveries make it together
    Column("spoken", BigInteger),  # when it said so
)
"""What counts of a type, a day and a source."""

block_versions = Table(
    "block_versions",
    metadata,
    athlete(),
    Column("type", String(120), primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("source", Text, primary_key=True),
    Column("import_id", Integer, primary_key=True, autoincrement=False),
    Column("spoken", BigInteger, primary_key=True, autoincrement=False),  # a bridge says several things of a day
    Column("count", Integer, nullable=False),
    Column("first_start", BigInteger, nullable=False),
    Column("last_end", BigInteger, nullable=False),
    Column("hash", LargeBinary(16), nullable=False),  # empty where it says there is nothing
    Column("rows", LargeBinary),  # none where it says the same as the block, or that there is nothing
)
"""What deliveries said of it in other words than count now: earlier exports, other layers, one that is being read."""

imports = Table(
    "imports",
    metadata,
    athlete(),
    Column("import_id", Integer, primary_key=True, autoincrement=False),
    Column("layer", String(40), nullable=False),
    Column("road", String(40), nullable=False),
    Column("name", Text, nullable=False),  # of the file
    Column("written", BigInteger, nullable=False),  # when Health was as it says
    Column("arrived", BigInteger, nullable=False),
    Column("state", String(12), nullable=False),  # reading | complete | adds | live | pinned
    Column("about", Text, nullable=False),  # JSON: whose Health it is, as the file says
)
"""Everything that samples came by: an export each, and one row for a live store or a bridge."""

windows = Table(
    "windows",
    metadata,
    athlete(),
    Column("import_id", Integer, primary_key=True, autoincrement=False),
    Column("type", String(120), primary_key=True),
    Column("source", Text, primary_key=True),
    Column("first", BigInteger, nullable=False),  # of the stretch about which it says everything
    Column("last", BigInteger, nullable=False),
    Column("state", String(12), nullable=False),  # complete | adds | waits
    Column("rows", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("retired", Integer, nullable=False),
)

retired = Table(
    "retired",
    metadata,
    athlete(),
    Column("type", String(120), primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("source", Text, primary_key=True),
    Column("import_id", Integer, primary_key=True, autoincrement=False),  # the delivery after which they count no more
    Column("retired", BigInteger, nullable=False),
    Column("covered", Boolean, nullable=False),  # whether newer samples cover their time
    Column("count", Integer, nullable=False),
    Column("rows", LargeBinary, nullable=False),
)
"""Samples that counted once and do no more."""

summaries = Table(
    "summaries",
    metadata,
    athlete(),
    Column("type", String(120), primary_key=True),
    Column("start", BigInteger, primary_key=True, autoincrement=False),
    Column("end", BigInteger, primary_key=True, autoincrement=False),
    Column("source", Text, primary_key=True),
    Column("label", String(40), primary_key=True),  # a category's value, "" for quantities
    Column("value", Float, nullable=False),
    Column("unit", String(40), nullable=False),
    Column("how", String(12), nullable=False),  # sum | mean | minimum | maximum | last
    Column("road", String(40), nullable=False),
    Column("arrived", BigInteger, nullable=False),
)

native_ids = Table(
    "native_ids",
    metadata,
    athlete(),
    Column("road", String(40), primary_key=True),
    Column("id", String(80), primary_key=True),
    Column("type", String(120), nullable=False),
    Column("day", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("sample", LargeBinary(16), nullable=False),
    Column("deleted", Boolean, nullable=False),
    Index("native_ids_by_day", "athlete", "type", "day"),
)
"""One that was deleted before it was ever shown has an empty source and sample."""

anchors = Table(
    "anchors",
    metadata,
    athlete(),
    Column("road", String(40), primary_key=True),
    Column("type", String(120), primary_key=True),
    Column("anchor", Text),  # none until the store showed something
    Column("asked", BigInteger),  # when the last days were asked for once more
    Column("shown", Integer),  # how many samples the store showed then
)

deliveries = Table(
    "deliveries",
    metadata,
    athlete(),
    Column("road", String(40), primary_key=True),
    Column("written", BigInteger, primary_key=True, autoincrement=False),
    Column("complete", Boolean, nullable=False),
)
