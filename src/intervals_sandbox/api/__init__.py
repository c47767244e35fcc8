"""The operations the sandbox plays, by their name."""

from __future__ import annotations

from intervals_sandbox.api import (
    activities,
    activity_streams,
    athlete,
    chats,
    custom_items,
    events,
    messages,
    summary,
    uploads,
    wellness,
)
from intervals_sandbox.call import Handler

HANDLERS: dict[str, Handler] = {
    **athlete.HANDLERS,
    **summary.HANDLERS,
    **custom_items.HANDLERS,
    **wellness.HANDLERS,
    **activities.HANDLERS,
    **uploads.HANDLERS,
    **activity_streams.HANDLERS,
    **messages.HANDLERS,
    **chats.HANDLERS,
    **events.HANDLERS,
}
