"""What all tables have in common."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, MetaData

metadata = MetaData()


def athlete() -> Column[int]:
    """Our own number for an athlete: the first column of every table that belongs to one."""
    return Column("athlete", Integer, primary_key=True, autoincrement=False)


def checksum() -> Column[int]:
    """Over all other columns but the athlete (`row_checks`): the last column of tables whose rows are proven."""
    return Column("checksum", BigInteger)
