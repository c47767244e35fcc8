"""Everything the service remembers: athletes, activities, calendars, chats, apps and their tokens. All in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from attrs import define, field, frozen

from intervals_sandbox.files.recording import Recording
from intervals_sandbox.files.write_fit import write_fit
from intervals_sandbox.fitness import Fitness
from intervals_sandbox.ids import Ids
from intervals_sandbox.scopes import Scopes

Values = dict[str, Any]
"""Fields by their name on the wire; a field without a value has no key."""


@define
class Athlete:
    id: str
    facts: Values
    """The fields of the athlete object."""
    api_key: str | None = None
    follows: set[str] = field(factory=set)
    coaches: set[str] = field(factory=set)
    """Ids of other athletes."""
    sport_settings: list[Values] = field(factory=list)
    custom_items: dict[int, Values] = field(factory=dict)
    wellness: dict[date, Values] = field(factory=dict)
    """What was written, by local day."""
    events: dict[int, Values] = field(factory=dict)
    calendar_id: int = 1
    fitness: tuple[date, Fitness] | None = None
    """The day it was computed, and the numbers; None once a training load has changed."""

    @property
    def name(self) -> str:
        return str(self.facts["name"])

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.facts["timezone"])


@define
class Activity:
    id: str
    athlete_id: str
    values: Values
    """The fields of the activity object, training load included even where they are not shown (Strava)."""
    record: Callable[[], Recording] | None = None
    """Gives the recording: kept from the upload, or drawn from the seed on demand."""
    file: bytes | None = None
    """What it was made of: as it was uploaded; of a seeded one written when somebody asks, see `original`."""
    digest: str | None = None
    """SHA-256 of the file: same digest, same activity."""
    app: int | None = None
    """Client id of the app that made it."""
    private: bool = False
    deleted: bool = False
    odd_streams: list[Values] = field(factory=list)
    """Streams as no recording has them, ordered by `/sandbox/streams`."""

    def keep(self, recording: Recording) -> None:
        """This is its recording from now on."""
        self.record = lambda: recording

    def original(self) -> bytes | None:
        """The file, by whose digest it is known again; None for what never had one: manual ones, Strava's."""
        if self.file is None and self.record is not None:
            self.file = write_fit(self.record(), serial=int(self.id.strip("i")))
            self.digest = sha256(self.file).hexdigest()
        return self.file

    @property
    def stub(self) -> bool:
        return self.values.get("source") == "STRAVA"

    @property
    def day(self) -> date:
        return date.fromisoformat(self.values["start_date_local"][:10])

    @property
    def load(self) -> int:
        return int(self.values.get("icu_training_load") or 0)


@define
class Chat:
    """The comments on an activity, or what two athletes say to each other."""

    id: int
    activity_id: str | None = None
    """None for a private chat."""
    members: frozenset[str] = frozenset()
    """The two of a private chat; an activity's is open to whoever sees the activity."""
    messages: dict[int, Values] = field(factory=dict)
    """By id, oldest first."""
    seen: dict[str, int] = field(factory=dict)
    """Athlete id -> the last message they have read."""

    @property
    def updated(self) -> str | None:
        """When the last message was written; None before the first."""
        return str(self.messages[max(self.messages)]["created"]) if self.messages else None

    def unread(self, athlete_id: str) -> int:
        """How many messages of others came after the last one that athlete has read."""
        seen = self.seen.get(athlete_id, 0)
        others = (one for one in self.messages.values() if one["athlete_id"] != athlete_id and "deleted" not in one)
        return sum(one["id"] > seen for one in others)


@frozen
class App:
    client_id: int
    secret: str
    name: str
    redirects: tuple[str, ...] = ()
    """Registered redirect URIs; `http://localhost` needs none."""


@frozen
class Grant:
    """What an athlete allowed an app: the content of a code, then of a token."""

    client_id: int
    athlete_id: str
    scopes: Scopes
    made: datetime


@define
class Session:
    """A browser that visits the pages."""

    id: str
    csrf: str
    athlete_id: str | None = None


@define
class State:
    ids: Ids
    you: str
    """Id of the athlete whose account the demo signs in to."""
    athletes: dict[str, Athlete] = field(factory=dict)
    activities: dict[str, Activity] = field(factory=dict)
    chats: dict[int, Chat] = field(factory=dict)
    apps: dict[int, App] = field(factory=dict)
    codes: dict[str, Grant] = field(factory=dict)
    tokens: dict[str, Grant] = field(factory=dict)
    sessions: dict[str, Session] = field(factory=dict)

    def key_owner(self, key: str) -> Athlete | None:
        return next((athlete for athlete in self.athletes.values() if athlete.api_key == key), None)

    def activities_of(self, athlete_id: str) -> list[Activity]:
        """Neither order nor deletions: see `api.activities`."""
        return [activity for activity in self.activities.values() if activity.athlete_id == athlete_id]

    def register(self, name: str, redirects: tuple[str, ...] = ()) -> App:
        """A new OAuth app, as the service registers them by hand."""
        app = App(self.ids.number("app", 101), self.ids.token("client secret"), name, redirects)
        self.apps[app.client_id] = app
        return app

    def users_of(self, client_id: int) -> int:
        return len({grant.athlete_id for grant in self.tokens.values() if grant.client_id == client_id})

    def chat_of(self, activity: Activity) -> Chat | None:
        return self.chats.get(activity.values.get("icu_chat_id", 0))

    def open_chat(self, activity: Activity) -> Chat:
        """The chat of an activity that had none."""
        chat = self._keep(Chat(self._chat_id(), activity.id))
        activity.values["icu_chat_id"] = chat.id
        return chat

    def private_chat(self, one: Athlete, other: Athlete) -> Chat | None:
        members = {one.id, other.id}
        return next((chat for chat in self.chats.values() if chat.members == members), None)

    def open_private_chat(self, one: Athlete, other: Athlete) -> Chat:
        return self._keep(Chat(self._chat_id(), members=frozenset((one.id, other.id))))

    def _chat_id(self) -> int:
        return self.ids.number("chat", 300_001)

    def _keep(self, chat: Chat) -> Chat:
        self.chats[chat.id] = chat
        return chat

    def takes_part(self, athlete_id: str, chat: Chat) -> bool:
        """A member, the owner of the activity, or whoever has written there."""
        owner = self.activities[chat.activity_id].athlete_id if chat.activity_id else None
        wrote = any(message["athlete_id"] == athlete_id for message in chat.messages.values())
        return athlete_id in (*chat.members, owner) or wrote

    def post(self, chat: Chat, author: Athlete, content: str, created: str, **more: Any) -> Values:
        """A message at the end of a chat. `more`: further fields of a message."""
        message: Values = {
            "id": self.ids.number("message", 20_000_001),
            "athlete_id": author.id,
            "name": author.name,
            "created": created,
            "type": "TEXT",
            "content": content,
            **({"activity_id": chat.activity_id} if chat.activity_id else {}),
            **more,
        }
        chat.messages[message["id"]] = message
        chat.seen[author.id] = message["id"]
        return message


def take_back(message: Values, by: Athlete, moment: str) -> None:
    """Deletes a message: a mark without words stays."""
    message.update(deleted=moment, deleted_by_id=by.id)
    for key in ("content", "attachment_url", "attachment_mime_type"):
        message.pop(key, None)


def custom_codes(athlete: Athlete, shared_only: bool = False) -> Mapping[str, str]:
    """Code -> type (numeric, text, select) of the athlete's custom wellness fields, or of those not kept private."""
    items = (item for item in athlete.custom_items.values() if item["type"] == "INPUT_FIELD")
    contents = (item["content"] for item in items if not shared_only or item["visibility"] != "PRIVATE")
    return {content["code"]: content.get("type", "numeric") for content in contents}
