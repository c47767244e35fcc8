"""One moment of a data folder: everything a page or a command shows is read in one scope, opened once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar, cast
from zoneinfo import ZoneInfo

from attrs import Factory, frozen

from intervals_companion.domain.days import local_day, zone

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from intervals_companion.app.context import AppContext
    from intervals_companion.domain.days import HomeZone
    from intervals_companion.store.accounts import Account

T = TypeVar("T")


@frozen(eq=False)
class ReadScope:
    """What services that only read take: one connection on one moment, whose athlete it is about, and when it is."""

    context: AppContext
    connection: Connection
    account: Account
    choices: Mapping[str, Any]
    """What the person chose in the app: one JSON value a name."""
    home_zone: HomeZone
    now: int
    """ms since the epoch"""
    zone: ZoneInfo
    today: date
    """The athlete's, in `zone`."""
    _known: dict[Callable[[ReadScope], object], object] = Factory(dict)

    @property
    def athlete(self) -> int:
        return self.account.athlete


def read_scope(
    context: AppContext, connection: Connection, account: Account, choices: Mapping[str, Any], home_zone: HomeZone
) -> ReadScope:
    """The scope of a connection that has just begun to read."""
    now, where = context.now(), zone(home_zone.zone)
    return ReadScope(context, connection, account, choices, home_zone, now, where, local_day(now, where))


def once_per_scope(read: Callable[[ReadScope], T]) -> Callable[[ReadScope], T]:
    """What several parts of a page ask for is read once: nothing changes within a scope."""

    def known(here: ReadScope) -> T:
        if read not in here._known:
            here._known[read] = read(here)
        return cast(T, here._known[read])

    known.__doc__ = read.__doc__
    return known
