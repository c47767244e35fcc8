"""Other athletes: whom one follows or coaches, what they did, and one activity of theirs or of one's own.

Paths and shapes: the service's OpenAPI document and its published notes. Of other athletes only an API key reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import quote

from intervals_companion.domain import numbers
from intervals_companion.domain.social import Followed, Profile, Week
from intervals_companion.intervals import activity_record, protocol
from intervals_companion.intervals.answers import Node, WrongShape, as_json, nodes
from intervals_companion.intervals.wire import STREAMS, Call, DataOwner

Record = Mapping[str, Any]
"""An activity, a profile, as Intervals.icu wrote it."""

_READ = protocol.OPERATIONS["activities"]
_LIST_FIELDS = (
    "id,icu_athlete_id,start_date,start_date_local,type,name,elapsed_time,moving_time,source,_note,distance,"
    "icu_training_load,average_heartrate,total_elevation_gain,trainer,device_name,icu_chat_id,stream_types,"
    "icu_ftp,icu_power_zones,icu_hr_zones"
)
"""What a line of the feed says, and what its small drawing needs."""


def followed() -> Call[list[Followed]]:
    """Everybody the owner of the key follows or coaches, the owner included."""
    return Call("GET", "/api/v1/athletes", None, as_json(_followed), owner=DataOwner.OTHERS)


def weeks(start: date, end: date) -> Call[list[Week]]:
    """What all of them did, a week each."""
    return Call(
        "GET", "/api/v1/athlete/0/athlete-summary", None, as_json(_weeks),
        query=(("start", start.isoformat()), ("end", end.isoformat())), owner=DataOwner.OTHERS,
    )  # fmt: skip


def profile(athlete: str) -> Call[Record]:
    """What an athlete shows of themselves, as it was written, to be stored: `read_profile` reads it."""
    path = f"/api/v1/athlete/{quote(athlete, safe='')}/profile"
    return Call("GET", path, None, as_json(_profile), owner=DataOwner.OTHERS)


def activities_of(athlete: str, oldest: date, newest: date) -> Call[list[Record]]:
    """The activities of another athlete whose local start lies in these days, both included, latest first.

    As they were written, to be stored: `activity_record.read` reads each.
    """
    return Call(
        "GET", f"/api/v1/athlete/{quote(athlete, safe='')}/activities", None, as_json(activity_record.records),
        query=(("oldest", oldest.isoformat()), ("newest", newest.isoformat()), ("fields", _LIST_FIELDS)),
        owner=DataOwner.OTHERS,
    )  # fmt: skip


def activity(name: str, owner: DataOwner) -> Call[Record]:
    """One activity with its intervals, as it was written: `activity_record.read_one` reads it."""
    path = f"/api/v1/activity/{quote(name, safe='')}"
    return Call("GET", path, _READ, as_json(_record), query=(("intervals", "true"),), owner=owner)


def streams(name: str, owner: DataOwner, types: str) -> Call[list[Record]]:
    """The streams of one activity, as they were written; `types`: their names, parted by commas."""
    path = f"/api/v1/activity/{quote(name, safe='')}/streams"
    return Call(
        "GET", path, _READ, as_json(activity_record.records), query=(("types", types),), owner=owner, limit=STREAMS
    )


def _followed(value: object) -> list[Followed]:
    return [
        Followed(node.text("id"), node.optional_text("name") or "", coached=_COACHED in _texts(node, "icu_tags"))
        for node in nodes(value)
    ]


_COACHED = "Coaching"
"""The tag that the athletes of a coach carry."""


def _texts(node: Node, key: str) -> list[str]:
    value = node.values.get(key)
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _weeks(value: object) -> list[Week]:
    return [_week(node) for node in nodes(value)]


def _week(node: Node) -> Week:
    try:
        first = numbers.day(node.text("date")[:10])
    except ValueError:
        raise WrongShape(f"{node.at('date')} is not a day") from None
    return Week(
        athlete=node.text("athlete_id"),
        first=first,
        count=round(node.known_number("count") or 0),
        seconds=node.known_number("time") or node.known_number("moving_time") or 0.0,
        metres=node.known_number("distance") or 0.0,
        load=node.known_number("training_load") or 0.0,
        fitness=node.known_number("fitness"),
        fatigue=node.known_number("fatigue"),
        form=node.known_number("form"),
    )


def read_profile(record: Record) -> Profile:
    """From what `profile` answers. What is no text counts as absent."""
    words = {key: text for key, text in record.items() if isinstance(text, str) and text.strip()}
    place = tuple(words[key] for key in ("city", "state", "country") if key in words)
    return Profile(place, words.get("bio", ""), words.get("website", ""))


def _profile(value: object) -> Record:
    return Node.of(Node.of(value).values.get("athlete"), "athlete").values


def _record(value: object) -> Record:
    activity_record.read_one(value)
    return Node.of(value).values
