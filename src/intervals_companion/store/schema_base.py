"""What all tables have in common."""

from __future__ import annotations

from sqlalchemy import Column, Integer, MetaData

metadata = MetaData()


def athlete() -> Column[int]:
    """Our own number for an athlete: the first column of every table that belongs to one."""
    return Column("athlete", Integer, primary_key=True, autoincrement=False)
