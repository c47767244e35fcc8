"""A chat as the service shows it, to its readers and to those who are told of changes."""

from __future__ import annotations

from typing import Any

from intervals_sandbox import shapes
from intervals_sandbox.state import Athlete, Chat, State, Values


def shown_chat(state: State, reader: Athlete, chat: Chat) -> dict[str, Any]:
    """A chat as one of its readers sees it."""
    values = {
        "id": chat.id,
        "new_message_count": chat.unread(reader.id),
        "last_seen_message_id": chat.seen.get(reader.id),
        "updated": chat.updated,
    }
    return shapes.full(shapes.CHAT, values | (_of_activity(state, chat) or _of_two(state, reader, chat)))


def _of_activity(state: State, chat: Chat) -> Values:
    if chat.activity_id is None:
        return {}
    activity = state.activities[chat.activity_id]
    owner, name = activity.athlete_id, activity.values.get("name")
    return {"type": "ACTIVITY", "activity_id": activity.id, "athlete_id": owner, "name": name}


def _of_two(state: State, reader: Athlete, chat: Chat) -> Values:
    (other,) = (state.athletes[member] for member in chat.members if member != reader.id)
    sex = other.facts.get("sex")
    return {"type": "PRIVATE", "name": other.name, "other_athlete_id": other.id, "other_athlete_sex": sex}
