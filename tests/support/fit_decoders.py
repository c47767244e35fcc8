"""Three independent readers of FIT files, each giving the same shape: message name -> list of field name -> value.

Instants come as seconds since the epoch, positions in semicircles, as the file has them. Every reader raises when the
file is not sound.
"""

from __future__ import annotations

import io
import warnings
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import fitdecode
import fitparse
from garmin_fit_sdk import Decoder, Stream

Messages = Mapping[str, list[dict[str, Any]]]


def by_garmin(data: bytes) -> Messages:
    """Garmin's own SDK, with its integrity check; no error may be reported while reading."""
    assert Decoder(Stream.from_byte_array(bytearray(data))).check_integrity()
    messages, errors = Decoder(Stream.from_byte_array(bytearray(data))).read()
    assert errors == []
    found: dict[str, Any] = dict(messages)
    return {name.removesuffix("_mesgs"): [_named(fields) for fields in rows] for name, rows in found.items()}


def by_fitdecode(data: bytes) -> Messages:
    messages: dict[str, list[dict[str, Any]]] = defaultdict(list)
    with fitdecode.FitReader(
        io.BytesIO(data), check_crc=fitdecode.CrcCheck.RAISE, error_handling=fitdecode.ErrorHandling.RAISE
    ) as reader:
        for frame in reader:
            if isinstance(frame, fitdecode.FitDataMessage):
                messages[frame.name].append({field.name: _plain(field.value) for field in frame.fields})
    return messages


def by_fitparse(data: bytes) -> Messages:
    messages: dict[str, list[dict[str, Any]]] = defaultdict(list)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it asks for UTC in a way that Python 3.12 warns about
        for message in fitparse.FitFile(io.BytesIO(data), check_crc=True).get_messages():
            messages[message.name].append({field.name: _plain(field.value) for field in message.fields})
    return messages


READERS: Mapping[str, Callable[[bytes], Messages]] = {
    "garmin-fit-sdk": by_garmin,
    "fitdecode": by_fitdecode,
    "fitparse": by_fitparse,
}


def _named(fields: Mapping[Any, Any]) -> dict[str, Any]:
    """Garmin's reader leaves the local time in seconds since the end of 1989."""
    named = {str(name): _plain(value) for name, value in fields.items()}
    return named | {name: named[name] + 631_065_600 for name in ("local_timestamp",) if name in named}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return round((value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp())
    return value
