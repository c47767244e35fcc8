"""The first look at Intervals.icu after a sign-in, so that no page is empty until the first sync."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from intervals_companion.app.account import sign_in
from intervals_companion.app.context import AppContext
from intervals_companion.app.scope import ReadScope
from intervals_companion.app.wellness.days import EARLIEST
from intervals_companion.domain.errors import PermissionMissing
from intervals_companion.intervals import protocol
from intervals_companion.intervals.scopes import Area, Level, Scope
from intervals_companion.store import intervals_cache, scope_checks

_ACTIVITIES = str(Scope(Area.ACTIVITY, Level.READ))


def fetch_if_never(context: AppContext) -> None:
    """Reads days and activities, two requests; the client's listener keeps them. Writes nothing anywhere else.

    A sign-in that may not read activities asks once, and again when that permission was seen to be there.
    Raises SignInError, ServiceError.
    """
    with context.reading() as here:
        if not _is_due(here):
            return
        athlete, today, signed_in = here.athlete, here.today, sign_in.since(here)
    with sign_in.signed_in(context) as (_, client):
        with suppress(PermissionMissing):  # the permission check says so
            client.ask(protocol.wellness(EARLIEST, today))
        with suppress(PermissionMissing):
            client.ask(protocol.activities(EARLIEST, today + timedelta(days=1)))
    with context.store.write() as connection:
        if sign_in.made(connection, athlete) == signed_in:
            asked = {"signed_in": signed_in}
            intervals_cache.save(connection, athlete, intervals_cache.FIRST_FETCH, asked, context.now())


def _is_due(here: ReadScope) -> bool:
    fetched = intervals_cache.answer(here.connection, here.athlete, intervals_cache.ACTIVITIES) is not None
    if fetched or sign_in.anybody(here) is None:
        return False
    asked = intervals_cache.answer(here.connection, here.athlete, intervals_cache.FIRST_FETCH)
    if asked is None or asked.record["signed_in"] != sign_in.since(here):
        return True
    check = scope_checks.known(here.connection, here.athlete).get(_ACTIVITIES)
    return check is not None and check.allowed
