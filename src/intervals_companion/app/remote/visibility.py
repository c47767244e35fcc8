"""Asking Intervals.icu about one activity or athlete that may not be shared any more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

from intervals_companion.app.context import AppContext
from intervals_companion.app.remote.activity_ref import ActivityRef
from intervals_companion.app.remote.client import open_api_key_client
from intervals_companion.domain.errors import KeyMissing, NothingToShow, PermissionMissing
from intervals_companion.intervals.client import IntervalsClient
from intervals_companion.store import accounts, friends_cache
from intervals_companion.store.accounts import Account


class NotShared(NothingToShow):
    """Its athlete keeps it to themselves, or does so now."""

    def __init__(self) -> None:
        super().__init__("Not shared with you.", "Its athlete decides that at Intervals.icu. Choose another one.")


@contextmanager
def visible_or_forget(context: AppContext, friend: str | None) -> Iterator[IntervalsClient]:
    """A client to read with. Where that is refused, nothing of that athlete is kept any more: raises NotShared.

    `friend`: whose data it is; None for one's own. Raises NotSignedIn, SignInError, KeyMissing; for one's own
    PermissionMissing.
    """
    try:
        with open_api_key_client(context) as (_, client):
            yield client
    except KeyMissing:
        raise
    except PermissionMissing:
        if friend is None:
            raise
        athlete = context.account().athlete
        with context.store.write() as connection:
            friends_cache.delete_athlete(connection, athlete, friend)
        raise NotShared from None


def save(context: AppContext, kind: str, item: str, other: str, body: object) -> None:
    """What was read of one activity or athlete, as long as it may be."""
    account = context.account()
    with context.store.write() as connection:
        if may_save(connection, account, other):
            friends_cache.save(connection, account.athlete, kind, item, other, body, context.now())


def hide(context: AppContext, ref: ActivityRef, record: Mapping[str, Any]) -> None:
    """Of an activity that is kept from one now, nothing but `record` is shown any more."""
    athlete = context.account().athlete
    with context.store.write() as connection:
        friends_cache.put_hidden(connection, athlete, ref.activity, record)


def may_save(connection: Connection, account: Account, other: str) -> bool:
    """Whether nobody logged out, and their athlete was not dropped, while something was read."""
    if other == account.intervals_id:
        return bool(accounts.saved(connection, account.athlete))
    return friends_cache.is_known(connection, account.athlete, other)
