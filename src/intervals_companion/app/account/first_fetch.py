"""The first look at Intervals.icu after a sign-in, so that no page is empty until the first sync."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from intervals_companion.app.account.sign_in import anybody, signed_in
from intervals_companion.app.context import AppContext
from intervals_companion.app.wellness.days import EARLIEST
from intervals_companion.domain.errors import PermissionMissing
from intervals_companion.store import intervals_cache


def fetch_if_never(context: AppContext) -> None:
    """Reads days and activities once, two requests; the client's listener keeps them. Writes nothing anywhere else.

    Raises SignInError, ServiceError.
    """
    with context.reading() as here:
        fetched = intervals_cache.answer(here.connection, here.athlete, intervals_cache.ACTIVITIES) is not None
        if fetched or anybody(here) is None:
            return
        today = here.today
    with signed_in(context) as (_, client):
        with suppress(PermissionMissing):  # the permission check says so
            client.wellness(EARLIEST, today)
        with suppress(PermissionMissing):
            client.activities(EARLIEST, today + timedelta(days=1))
