"""Webhooks: what changed, told to an app that wants to hear of it.

Section 9 of the notes on the API: one POST may carry several events; anything but a 2xx is tried again; Strava's
activities are never told of, though what is said about them is. An event goes to an app whose token covers its area; a
changed grant needs none. What an event about a chat carries is not known: here it is the chat and what was said.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from threading import Thread
from typing import Any, NamedTuple

import httpx2
from attrs import define, field, frozen

from intervals_sandbox import scopes, shapes
from intervals_sandbox.access import sees
from intervals_sandbox.chats import shown_chat
from intervals_sandbox.scopes import Scopes
from intervals_sandbox.state import Chat, State, Values
from intervals_sandbox.times import stamp

TRIES = 3
_TIMEOUT = 5.0
_AGENT = "Java-http-client/21"

Event = dict[str, Any]
Send = Callable[[str, bytes, Mapping[str, str]], int]
"""Posts a body to an address; gives the status, 0 without an answer."""


@frozen
class Subscription:
    """Where an app wants to be told, and how it knows the caller."""

    url: str
    secret: str
    client_id: int
    authorization: str | None = None
    """Value of the Authorization header, where the app set one."""


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    try:
        return httpx2.post(url, content=body, headers=dict(headers), timeout=_TIMEOUT, trust_env=False).status_code
    except httpx2.RequestError:
        return 0


def in_background(work: Callable[[], None]) -> None:
    Thread(target=work, name="webhooks", daemon=True).start()


@define
class Webhooks:
    """Compares the state before and after a change, so that no operation has to know of it."""

    send: Send = post
    start: Callable[[Callable[[], None]], None] = in_background
    subscription: Subscription | None = None
    _waiting: list[Event] = field(factory=list)

    @contextmanager
    def watching(self, state: State, now: Callable[[], datetime]) -> Iterator[None]:
        """Around anything that may change the state. Hold the sandbox's lock."""
        subscribed = self.subscription
        before = picture(state, subscribed.client_id) if subscribed else None
        yield
        if subscribed and before:
            app = state.apps[subscribed.client_id]
            named = {"client_id": app.client_id, "client_name": app.name}
            self._waiting += events(before, picture(state, app.client_id), named, stamp(now()))

    def deliver(self) -> None:
        """Sends what has gathered. Not under the lock: whoever is told may ask back at once."""
        told, self._waiting = self._waiting, []
        subscribed = self.subscription
        if told and subscribed:
            body = json.dumps({"secret": subscribed.secret, "events": told}, ensure_ascii=False).encode()
            self.start(lambda: self._post(subscribed, body))

    def _post(self, subscribed: Subscription, body: bytes) -> None:
        headers = {"Content-Type": "application/json", "User-Agent": _AGENT}
        if subscribed.authorization:
            headers["Authorization"] = subscribed.authorization
        for _ in range(TRIES):
            if 200 <= self.send(subscribed.url, body, headers) < 300:
                return


class Shown(NamedTuple):
    """An activity as it is told of."""

    athlete: str
    values: Values
    deleted: bool


class Talk(NamedTuple):
    """A chat as one who takes part in it is told of it."""

    chat: Values
    messages: Mapping[int, Values]


class Picture(NamedTuple):
    """All that an app may be told of."""

    grants: Mapping[str, Scopes]
    """By athlete."""
    days: Mapping[tuple[str, date], Values]
    activities: Mapping[str, Shown]
    talks: Mapping[tuple[str, int], Talk]
    """By athlete and chat."""


def picture(state: State, client_id: int) -> Picture:
    grants = {grant.athlete_id: grant.scopes for grant in state.tokens.values() if grant.client_id == client_id}
    return Picture(
        grants,
        {(name, day): dict(record) for name in grants for day, record in state.athletes[name].wellness.items()},
        {
            activity.id: Shown(name, dict(activity.values), activity.deleted)
            for name in grants
            for activity in state.activities_of(name)
            if not activity.stub
        },
        {
            (name, chat.id): Talk(
                shown_chat(state, state.athletes[name], chat),
                {number: dict(message) for number, message in chat.messages.items()},
            )
            for name in grants
            for chat in state.chats.values()
            if _talks(state, name, chat)
        },
    )


def _talks(state: State, athlete_id: str, chat: Chat) -> bool:
    """Whether they take part in a chat, and the activity it is about is still shown to them."""
    activity = state.activities.get(chat.activity_id or "")
    shown = activity is None or sees(state, state.athletes[athlete_id], activity)
    return shown and state.takes_part(athlete_id, chat)


def events(before: Picture, after: Picture, app: Mapping[str, Any], moment: str) -> list[Event]:
    """What happened between two pictures. app: `client_id` and `client_name`."""

    def event(athlete: str, kind: str, **more: Any) -> Event:
        return {"athlete_id": athlete, "type": kind, "timestamp": moment, **more}

    found: list[Event] = []
    for athlete in dict.fromkeys((*before.grants, *after.grants)):
        was, now = before.grants.get(athlete), after.grants.get(athlete)
        if was != now:
            scope = scopes.text(now or {})
            found.append(event(athlete, "APP_SCOPE_CHANGED", **app, scope=scope, deauthorized=now is None))
    for athlete, granted in after.grants.items():
        if athlete not in before.grants:
            continue
        if scopes.allow(granted, "WELLNESS", scopes.READ):
            changed = [
                {"id": day.isoformat(), **{key: value for key, value in record.items() if value is not None}}
                for (owner, day), record in sorted(after.days.items(), key=lambda one: one[0])
                if owner == athlete and before.days.get((owner, day)) != record
            ]
            if changed:
                found.append(event(athlete, "WELLNESS_UPDATED", records=changed))
        if scopes.allow(granted, "ACTIVITY", scopes.READ):
            for name, shown in after.activities.items():
                if shown.athlete == athlete and (kind := _happened(before.activities.get(name), shown)):
                    found.append(event(athlete, kind, activity=_told(shown)))
        if scopes.allow(granted, "CHATS", scopes.READ):
            for (owner, number), talk in after.talks.items():
                if owner == athlete and (said := _said(before.talks.get((owner, number)), talk)):
                    found.append(event(athlete, "CHAT_UPDATE", chat=talk.chat, messages=said))
    return found


def _happened(before: Shown | None, now: Shown) -> str | None:
    if before and (before.deleted, _own(before)) == (now.deleted, _own(now)):
        return None
    if now.deleted:
        return "ACTIVITY_DELETED"
    return "ACTIVITY_UPLOADED" if before is None or before.deleted else "ACTIVITY_UPDATED"


def _own(shown: Shown) -> Values:
    """An activity without its chat, which is told of by itself."""
    return {key: value for key, value in shown.values.items() if key != "icu_chat_id"}


def _said(before: Talk | None, now: Talk) -> list[Values]:
    """The messages that were posted, edited or deleted. Whoever joins a chat is told from then on."""
    known = before.messages if before else {number: now.messages[number] for number in list(now.messages)[:-1]}
    return [message for number, message in now.messages.items() if known.get(number) != message]


def _told(shown: Shown) -> Values:
    """The whole object; of a deleted one a husk."""
    keys = ("id", "icu_athlete_id", "source") if shown.deleted else shapes.ACTIVITY
    return shapes.full(keys, shown.values)
