"""The tables. Portable types only, so that SQLite and PostgreSQL hold the same.

Every row of accounts, archive, journal and ledger begins with `athlete`: our own number for one Intervals.icu athlete
at one service, so that another origin or another athlete never shares a row. Instants are integer milliseconds since
the epoch; days are dates in the athlete's zone, except `blocks.day`, which counts UTC days since the epoch.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from intervals_companion.store.schema_app import *  # noqa: F403  (all tables go by the name of this module)
from intervals_companion.store.schema_archive import *  # noqa: F403
from intervals_companion.store.schema_base import athlete, checksum
from intervals_companion.store.schema_base import metadata as metadata
from intervals_companion.store.schema_social import *  # noqa: F403

FIRST_WITH_LAYERS = "0007"
REVISION = "0007"
"""The newest migration. A store with another one is upgraded when it is opened, or refused when it is newer."""

revision = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))
"""alembic's own table, one row: which migration the store has."""


# --- who ---------------------------------------------------------------------------------------------------------

meta = Table(
    "meta",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

athletes = Table(
    "athletes",
    metadata,
    Column("athlete", Integer, primary_key=True, autoincrement=True),
    Column("origin", Text),
    Column("intervals_id", String(40)),
    Column("name", Text),
    Column("zone", String(64)),
    UniqueConstraint("origin", "intervals_id"),
)

credentials = Table(
    "credentials",
    metadata,
    athlete(),
    Column("kind", String(10), primary_key=True),  # token | key
    Column("sealed", LargeBinary, nullable=False),
    Column("scope", Text),
    Column("obtained", BigInteger, nullable=False),
)

home_zones = Table(
    "home_zones",
    metadata,
    athlete(),
    Column("zone", String(64), nullable=False),
    Column("reason", Text, nullable=False),
)

# --- what the days are ---------------------------------------------------------------------------------------------

dirty_days = Table("dirty_days", metadata, athlete(), Column("day", Date, primary_key=True))

day_values = Table(
    "day_values",
    metadata,
    athlete(),
    Column("day", Date, primary_key=True),
    Column("field", String(60), primary_key=True),
    Column("number", Float),
    Column("word", Text),
    Column("unit", String(40), nullable=False),
    Column("sources", Text, nullable=False),  # JSON list of source keys
    Column("formula", String(60), nullable=False),
    Column("input", LargeBinary(16), nullable=False),
    checksum(),
)

workout_views = Table(
    "workout_views",
    metadata,
    athlete(),
    Column("workout", String(60), primary_key=True),
    Column("input", LargeBinary(16), nullable=False),  # hash over what it was made of
    Column("view", LargeBinary, nullable=False),  # JSON, compressed: what the screen shows
)

# --- what was agreed -----------------------------------------------------------------------------------------------

bases = Table(
    "bases",
    metadata,
    athlete(),
    Column("day", Date, primary_key=True),
    Column("field", String(60), primary_key=True),
    Column("number", Float),
    Column("word", Text),
    Column("origin", String(12), nullable=False),  # sent | found | to_health
    Column("run", Integer, nullable=False),
    checksum(),
)

pending_values = Table(
    "pending_values",
    metadata,
    athlete(),
    Column("day", Date, primary_key=True),
    Column("field", String(60), primary_key=True),
    Column("number", Float),
    Column("word", Text),
    Column("run", Integer, nullable=False),
    checksum(),
)

links = Table(
    "links",
    metadata,
    athlete(),
    Column("workout", String(60), primary_key=True),
    Column("activity", String(40), nullable=False),
    Column("how", String(20), nullable=False),  # uploaded | external_id | matched
    Column("content", LargeBinary(16)),  # hash of what the uploaded file was made of
    Column("blocks", LargeBinary(16)),  # hash over the blocks that held it
    Column("run", Integer, nullable=False),
    checksum(),
)

pending_uploads = Table(
    "pending_uploads",
    metadata,
    athlete(),
    Column("workout", String(60), primary_key=True),
    Column("sha256", LargeBinary(32), nullable=False),
    Column("content", LargeBinary(16), nullable=False),
    Column("blocks", LargeBinary(16), nullable=False),
    Column("file", LargeBinary, nullable=False),
    Column("name", Text, nullable=False),
    Column("run", Integer, nullable=False),
    checksum(),
)

tombstones = Table(
    "tombstones",
    metadata,
    athlete(),
    Column("workout", String(60), primary_key=True),
    Column("side", String(12), nullable=False),
    Column("run", Integer, nullable=False),
    checksum(),
)

taken_over = Table(
    "taken_over",
    metadata,
    athlete(),
    Column("field", String(60), primary_key=True),
    Column("day", String(10), primary_key=True),  # ISO day, or "" for every day
)

runs = Table(
    "runs",
    metadata,
    athlete(),
    Column("run", Integer, primary_key=True, autoincrement=False),
    Column("started", BigInteger, nullable=False),
    Column("finished", BigInteger),
    Column("state", String(12), nullable=False),  # running | done | stopped
    Column("account", Text),  # JSON: what came of it, in numbers
    checksum(),
)

receipts = Table(
    "receipts",
    metadata,
    athlete(),
    Column("run", Integer, primary_key=True, autoincrement=False),
    Column("item", String(60), primary_key=True),  # ISO day or workout id
    Column("field", String(60), primary_key=True),
    Column("value", Text),
    Column("was", Text),
    Column("receipt", Text, nullable=False),
    checksum(),
)

held = Table(
    "held",
    metadata,
    athlete(),
    Column("item", String(60), primary_key=True),
    Column("field", String(60), primary_key=True),
    Column("reason", String(40), primary_key=True),
    Column("ours", Text),
    Column("theirs", Text),
    Column("since", Integer, nullable=False),  # the run that held it first
    checksum(),
)

held_before = Table(
    "held_before",
    metadata,
    athlete(),
    Column("until", Integer, primary_key=True, autoincrement=False),  # the run that held it no more
    Column("item", String(60), primary_key=True),
    Column("field", String(60), primary_key=True),
    Column("reason", String(40), primary_key=True),
    Column("ours", Text),
    Column("theirs", Text),
    Column("since", Integer, nullable=False),
    checksum(),
)

failures = Table(
    "failures",
    metadata,
    athlete(),
    Column("run", Integer, primary_key=True, autoincrement=False),
    Column("item", String(60), primary_key=True),
    Column("field", String(60), primary_key=True),
    Column("cause", Text, nullable=False),
    Column("cure", Text, nullable=False),
    checksum(),
)

sent_zones = Table(
    "sent_zones",
    metadata,
    athlete(),
    Column("zone", String(64), nullable=False),
)

kept_theirs = Table(
    "kept_theirs",
    metadata,
    athlete(),
    Column("field", String(60), primary_key=True),
    Column("day", String(10), primary_key=True),  # ISO day, or "" for every day
)

health_writes = Table(
    "health_writes",
    metadata,
    athlete(),
    Column("identifier", String(80), primary_key=True),  # the sync identifier of our object in Health
    Column("version", Integer, nullable=False),
    Column("item", String(60), nullable=False),  # ISO day or activity id
    Column("field", String(60), nullable=False),
    Column("value", Text),
    Column("instead", Text),  # what Health itself said then
    Column("run", Integer, nullable=False),
    checksum(),
)

# --- what Intervals.icu answered -------------------------------------------------------------------------------------

theirs_days = Table(
    "theirs_days",
    metadata,
    athlete(),
    Column("day", Date, primary_key=True),
    Column("record", Text, nullable=False),  # JSON
    Column("read", BigInteger, nullable=False),
)

theirs_activities = Table(
    "theirs_activities",
    metadata,
    athlete(),
    Column("activity", String(40), primary_key=True),
    Column("day", Date, nullable=False),
    Column("record", Text, nullable=False),  # JSON
    Column("read", BigInteger, nullable=False),
)

answers = Table(
    "answers",
    metadata,
    athlete(),
    Column("name", String(60), primary_key=True),
    Column("record", Text, nullable=False),  # JSON
    Column("read", BigInteger, nullable=False),
)
