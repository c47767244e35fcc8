"""Another athlete: what is kept of them, or read when somebody looks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from attrs import field, frozen

from intervals_companion.app.context import AppContext
from intervals_companion.app.remote.activity import is_old
from intervals_companion.app.remote.visibility import save, visible_or_forget
from intervals_companion.app.scope import ReadScope
from intervals_companion.domain.days import monday
from intervals_companion.domain.errors import NothingToShow
from intervals_companion.domain.social import FollowedAthlete, Profile, Week
from intervals_companion.intervals import people
from intervals_companion.social import feed
from intervals_companion.store import friends_cache

WEEKS = 12


@frozen
class Person:
    """Another athlete: what they show of themselves, and their last weeks."""

    other: FollowedAthlete
    profile: Profile = field(factory=Profile)
    """Empty until it is read."""
    weeks: list[Week] = field(factory=list)
    """Newest first."""
    read: bool = False


def person(here: ReadScope, name: str) -> Person:
    """What is kept of an athlete. Raises NothingToShow."""
    other = next(
        (one for one in friends_cache.followed_athletes(here.connection, here.athlete) if one.id == name), None
    )
    kept = friends_cache.saved(here.connection, here.athlete, friends_cache.PROFILE, name)
    if other is None:
        raise NothingToShow("You do not follow such an athlete.", "Choose one under Friends.")
    if kept is None or is_old(here, kept.read):
        return Person(other, weeks=feed.by_week(other.weeks))
    profile = people.read_profile(kept.body["profile"])
    return Person(other, profile, feed.by_week(friends_cache.weeks_of(name, kept.body["weeks"])), read=True)


def fetch_person(context: AppContext, name: str) -> Person:
    """The same, read with two requests where it is not known.

    Raises NothingToShow, NotShared, NotSignedIn, SignInError, KeyMissing, ServiceError.
    """
    found = context.read(person, name)
    if found.read:
        return found
    today = context.read(lambda here: here.today)
    start = monday(today) - timedelta(weeks=WEEKS - 1)
    with visible_or_forget(context, name) as client:
        profile = client.ask(people.profile(name))
        weeks = [week for week in client.ask(people.weeks(start, today)) if week.athlete == name]
    body = {"profile": _shown(profile), "weeks": friends_cache.weeks_written(weeks)}
    save(context, friends_cache.PROFILE, name, name, body)
    return context.read(person, name)


_SHOWN = ("city", "state", "country", "bio", "website")


def _shown(profile: people.Record) -> dict[str, Any]:
    return {key: profile[key] for key in _SHOWN if profile.get(key)}
