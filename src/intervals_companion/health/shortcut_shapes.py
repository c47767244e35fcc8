"""How the samples stand in what a shortcut sends: as objects that say their type, or under the name of their type.

    {"type": "step", "value": "7961", "unit": "count", "date": "2025-07-14"}
    {"date": "2025-07-14", "steps": 7961, "restingHeartRate": 52}
    {"date": "2020-11-01", "heart": {"values": "86\\n127", "timestamps": "2020-11-01T17:12:24-05:00\\n..."}}

The first and the last are those of shortcuts that many people share.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from intervals_companion.domain.errors import DamagedInput
from intervals_companion.health.bridge import Json, objects, text
from intervals_companion.health.bridge_names import is_sleep, kind
from intervals_companion.health.shortcut_bodies import HELP, MOST_BYTES, MOST_LAYERS, opened, unpacked

FIELDS: Mapping[str, tuple[str, ...]] = {
    "type": ("type", "name", "metric"),
    "value": ("value", "values", "qty", "quantity"),
    "unit": ("unit", "units"),
    "start": ("start", "date", "startdate", "dates", "starts", "timestamp", "timestamps"),
    "end": ("end", "enddate", "ends"),
    "source": ("source", "sources"),
}
"""What an entry is read for, and the names it may have; of several the first counts."""
_AROUND = ("samples", "data", "json", "metrics")
"""The fields in which entries stand."""
_NAMES = {name: field for field, names in FIELDS.items() for name in names} | dict.fromkeys((*_AROUND, "locale"), "")
_BEGINS = re.compile(rb'"(?:type|name|metric)\\*"\s*:', re.IGNORECASE)
"""The field that says the type, in JSON inside a string too."""
_HEAD = 8192
"""Bytes in which it is looked for."""


def is_delivery(body: bytes | bytearray) -> bool:
    """Whether something in it says of which type it is, or would have before it was cut off."""
    try:
        return any("type" in entry for entry in entries(unpacked(bytes(body[: MOST_BYTES + 1]), ""))[0])
    except DamagedInput:
        return _BEGINS.search(body, 0, _HEAD) is not None


def entries(value: Any, layers: int = MOST_LAYERS) -> tuple[list[Json], str]:
    """The entries by the fields above, each with what stands around it, and the locale if one is given.

    Raises DamagedInput for what has none.
    """
    if isinstance(value, list):
        return [entry for one in objects([_object(one) for one in value]) for entry in _of_object(one)], ""
    if not isinstance(value, dict) or not layers:
        raise DamagedInput("This is JSON, but holds no samples.", HELP)
    around = {key.casefold(): inner for key, inner in value.items()}
    locale = text(around.get("locale"))
    for key in _AROUND:
        if key in around:
            nested, inner_locale = entries(opened(around[key]), layers - 1)
            shared = _fields(around)
            return [{**shared, **entry} for entry in nested], locale or inner_locale
    return _of_object(value), locale


def _object(value: Any) -> Any:
    return opened(value) if isinstance(value, str) and value.lstrip().startswith("{") else value


def _of_object(one: Json) -> list[Json]:
    """An entry; where it says no type, those under the names of types."""
    shared = _fields(one)
    if "type" not in shared:
        others = {name: value for name, value in one.items() if name.casefold() not in _NAMES and value is not None}
        if any(_is_type(name) for name in others):
            return [entry for name, value in others.items() for entry in _under(name, value, shared)]
    return [shared]


def _is_type(name: str) -> bool:
    return kind(name) is not None or is_sleep(name)


def _under(name: str, value: Any, shared: Json) -> Iterator[Json]:
    """Entries of one name. Of names that are no type, texts are left: who sent it, and from which device."""
    of_name = {**shared, "type": name}
    if isinstance(value, dict):
        yield {**of_name, **_fields(value), "type": name}
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
        yield from ({**of_name, **_fields(one), "type": name} for one in objects(value))
    elif _is_type(name) or not isinstance(value, str):
        yield {**of_name, "value": value}


def _fields(entry: Json) -> Json:
    """What is read of an object: one that holds all the others may have any number of fields beside."""
    found = {name: value for key, value in entry.items() if (name := key.casefold()) in _NAMES}
    first = ((field, next((name for name in names if name in found), None)) for field, names in FIELDS.items())
    return {field: found[name] for field, name in first if name is not None} if found else {}
