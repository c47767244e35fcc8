"""What the people of the seeded world say to one another about their activities."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import count

from intervals_sandbox.state import Activity, Athlete, Chat, State, Values, take_back
from intervals_sandbox.times import stamp
from intervals_sandbox.world.life import stream

_TALK = (
    "Strong finish!",
    "How were the legs?",
    "That loop again, I am jealous.",
    "Windy out there?",
    "Nice and steady.",
    "See you on Sunday?",
    "New shoes?",
    "Perfect pacing.",
    "You make it look easy.",
    "Save some for the race.",
)
_SHARE = 0.125
"""Of the activities that others can see."""
_UNREAD = timedelta(days=3)
"""What is younger has been read by its author only."""

_EVERY = 9
_TURNS = ("picture", "part", "taken back")
"""Every ninth message is something else than plain words, in turns."""


def talk(state: State, seed: int, today: date) -> None:
    """Every eighth activity that others can see gets a few words, yours among them."""
    numbers = count(1)
    for activity in state.activities.values():
        rnd = stream(seed, "comments", activity.values["start_date"], activity.athlete_id)
        authors = [athlete for athlete in state.athletes.values() if athlete.id != activity.athlete_id]
        hidden = activity.stub or activity.private or "name" not in activity.values
        if hidden or not authors or rnd.random() > _SHARE:
            continue
        moment = datetime.fromisoformat(activity.values["created"])
        chat = state.open_chat(activity)
        for author in rnd.sample(authors, min(len(authors), rnd.randint(1, 3))):
            moment += timedelta(seconds=rnd.randrange(300, 9000))
            said = state.post(chat, author, rnd.choice(_TALK), stamp(moment))
            turn, plain = divmod(next(numbers), _EVERY)
            if not plain:
                _embellish(said, activity, author, _TURNS[turn % len(_TURNS)])
        if moment.date() < today - _UNREAD:
            _read_by_all(state, chat)


def _embellish(message: Values, activity: Activity, author: Athlete, turn: str) -> None:
    """Adds a picture, points at a part of the activity, or takes the words back."""
    if turn == "picture":
        message["attachment_url"] = f"https://example.com/attachments/{message['id']}.jpg"
        message["attachment_mime_type"] = "image/jpeg"
    elif turn == "part":
        middle = int(activity.values["moving_time"]) // 2
        message |= {"start_index": middle, "end_index": middle + 300}
    else:
        take_back(message, author, message["created"])


def _read_by_all(state: State, chat: Chat) -> None:
    last = max(chat.messages)
    chat.seen = {athlete: last for athlete in state.athletes if state.takes_part(athlete, chat)}
