"""The tables of the app people see: the doctor, choices, doors and jobs. `store/schema.py` has them all."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, String, Table, Text

from intervals_companion.store.schema_base import athlete, metadata

# --- what the doctor found -------------------------------------------------------------------------------------------

examinations = Table(
    "examinations",
    metadata,
    athlete(),
    Column("examined", BigInteger, nullable=False),
    Column("found", Text, nullable=False),  # JSON
)

proofs = Table(
    "proofs",
    metadata,
    athlete(),
    Column("box", String(40), primary_key=True),  # AREA:LEVEL
    Column("allowed", Boolean, nullable=False),
    Column("seen", BigInteger, nullable=False),
)

dismissed = Table(
    "dismissed",
    metadata,
    athlete(),
    Column("check", String(80), primary_key=True),
)

# --- what a person chose in the app ----------------------------------------------------------------------------------

choices = Table(
    "choices",
    metadata,
    athlete(),
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),  # JSON
)

# --- doors: browsers, links, phones ----------------------------------------------------------------------------------

browsers = Table(
    "browsers",
    metadata,
    athlete(),
    Column("session", LargeBinary(32), primary_key=True),  # hash of the cookie
    Column("csrf", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("made", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("ends", BigInteger, nullable=False),
)

door_links = Table(
    "door_links",
    metadata,
    athlete(),
    Column("link", LargeBinary(32), primary_key=True),  # hash of what the address holds
    Column("ends", BigInteger, nullable=False),
    Column("spent", BigInteger),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    athlete(),
    Column("state", LargeBinary(32), primary_key=True),  # hash of the state that Intervals.icu hands back
    Column("session", LargeBinary(32), nullable=False),
    Column("redirect", Text, nullable=False),
    Column("create_fields", Boolean, nullable=False),
    Column("ends", BigInteger, nullable=False),
    Column("spent", BigInteger),
)

devices = Table(
    "devices",
    metadata,
    athlete(),
    Column("device", String(20), primary_key=True),
    Column("road", String(40), nullable=False),
    Column("name", Text, nullable=False),
    Column("token", LargeBinary(32), nullable=False, unique=True),  # hash
    Column("made", BigInteger, nullable=False),
    Column("first", BigInteger),
    Column("seen", BigInteger),
    Column("samples", Integer, nullable=False),
)

# --- work under way --------------------------------------------------------------------------------------------------

jobs = Table(
    "jobs",
    metadata,
    athlete(),
    Column("job", String(20), primary_key=True),
    Column("kind", String(20), nullable=False),  # sync | import
    Column("state", String(12), nullable=False),  # waiting | running | done | failed | stopped
    Column("stage", Text, nullable=False),
    Column("done", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("account", Text, nullable=False),  # JSON: what it was asked, what came of it
    Column("made", BigInteger, nullable=False),
    Column("changed", BigInteger, nullable=False),
    Column("cancel", Boolean, nullable=False),
)
