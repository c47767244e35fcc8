"""Other athletes, what they did week by week, and what is said about an activity."""

from __future__ import annotations

import unicodedata
from datetime import date

from attrs import frozen

from intervals_companion.domain.remote_activity import RemoteActivity


@frozen
class Followed:
    """An athlete whom the owner of the API key follows or coaches."""

    id: str
    name: str
    coached: bool = False


@frozen
class Week:
    """What one athlete did in a week, Monday to Sunday, as Intervals.icu adds it up."""

    athlete: str
    first: date
    """The first day it counts."""
    count: int
    """Activities, those hidden by Strava included."""
    seconds: float
    metres: float
    load: float
    fitness: float | None
    fatigue: float | None
    form: float | None
    """fitness - fatigue, at the end of the week or now."""


@frozen
class FeedStatus:
    """The feed's last look at Intervals.icu. Times in ms."""

    asked: int
    caught_up: int
    done: int = 0
    """Of the athletes whose activities are read."""
    total: int = 0
    trouble: tuple[str, str] | None = None
    """Cause and cure of why not everything was read."""


@frozen
class Profile:
    """What an athlete shows of themselves."""

    place: tuple[str, ...] = ()
    """City, state and country, as far as they are given."""
    bio: str = ""
    website: str = ""


@frozen
class FollowedAthlete:
    id: str
    name: str
    coached: bool
    shared: bool
    """Whether their activities may be read."""
    weeks: tuple[Week, ...]
    """As Intervals.icu adds them up now."""
    read_weeks: tuple[Week, ...] | None
    """As they were when the activities were read; None where they never were."""
    since: date | None
    """From which day on the activities are known."""
    read: int | None


@frozen
class FriendActivity:
    """An activity of an athlete one follows."""

    other: str
    """The athlete's id."""
    activity: RemoteActivity


@frozen
class Comment:
    """One message in the chat of an activity."""

    id: int
    author: str
    """Athlete id."""
    name: str
    made: int | None
    """ms"""
    text: str
    part: tuple[int, int] | None = None
    """First and last sample of the streams that it speaks of."""
    attachment: str | None = None
    """Address of a picture or file."""
    deleted: bool = False
    seen: bool = True
    """By the one who reads."""


@frozen
class Chat:
    """The chat of an activity, as the list of chats tells of it."""

    id: int
    activity: str
    new: int
    """Messages that were not seen."""


def visible(text: str) -> str:
    """Text that somebody else wrote, without control characters and lone surrogates: screens show them as boxes, and
    terminals obey them. Marks that order right-to-left text and join emoji are none.
    """
    return "".join(letter for letter in text if letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cs"))
