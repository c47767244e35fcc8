"""Webhooks of Intervals.icu: a hint that something changed there, never data. Everything works without them.

Shape of a call: the service's notes on webhooks. What a hint says is read again with our own sign-in, or not at all.
"""

from __future__ import annotations

import hmac
import json
from enum import StrEnum

from intervals_companion.app.context import AppContext
from intervals_companion.domain.errors import NothingToShow, PermissionMissing, UsageError


class Hint(StrEnum):
    RIGHTS = "rights"
    """What was granted may have changed: examine."""
    DATA = "data"
    """A day or an activity changed: sync."""
    CHAT = "chat"
    """A comment changed: the next page of the feed asks for it."""


def hints(context: AppContext, body: bytes) -> frozenset[Hint]:
    """What a call hints at for this folder's athlete; other athletes and other types of event count for nothing.

    Raises NothingToShow where no secret is set up, UsageError for a call nobody can read, PermissionMissing for one
    with another secret.
    """
    secret = context.settings.webhook_secret
    if not secret:
        raise NothingToShow("Nobody listens here.", "Set COMPANION_WEBHOOK_SECRET to take hints of Intervals.icu.")
    call = _call(body)
    sent = call.get("secret")
    if not isinstance(sent, str) or not hmac.compare_digest(sent.encode(errors="replace"), secret.encode()):
        raise PermissionMissing("This call has another secret.", "Compare it with the app’s page at Intervals.icu.")
    own = context.account().intervals_id
    events = call.get("events")
    ours = [
        event
        for event in (events if isinstance(events, list) else [])
        if isinstance(event, dict) and own is not None and event.get("athlete_id") == own
    ]
    return frozenset(hint for event in ours if (hint := _hint(event)) is not None)


def _call(body: bytes) -> dict[str, object]:
    try:
        call = json.loads(body)
    except (ValueError, RecursionError):
        call = None
    if not isinstance(call, dict):
        raise UsageError("This is no call of a webhook.", "Send what Intervals.icu sends.")
    return call


def _hint(event: dict[str, object]) -> Hint | None:
    kind = str(event.get("type"))
    if kind == "APP_SCOPE_CHANGED":
        return Hint.RIGHTS
    if kind == "CHAT_UPDATE":
        return Hint.CHAT
    return Hint.DATA if kind == "WELLNESS_UPDATED" or kind.startswith("ACTIVITY_") else None
