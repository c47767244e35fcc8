"""What goes over the wire and what comes back, as values. Nothing here opens a connection."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Generic, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from attrs import field, frozen

from intervals_companion import __version__
from intervals_companion.domain.errors import UsageError
from intervals_companion.intervals.credentials import Credential
from intervals_companion.intervals.scopes import Scope

T_co = TypeVar("T_co", covariant=True)

USER_AGENT = f"intervals-companion/{__version__}"
"""The service refuses the default names of HTTP libraries."""

_ORIGIN = re.compile(r"(?P<origin>(?P<scheme>https?)://[a-z0-9.-]+(?::(?P<port>[0-9]{1,5}))?)/?")
_HIGHEST_PORT = 65535
_LOOPBACK = ("localhost", "127.0.0.1")


@frozen
class AnswerLimit:
    """How large an answer may be and how long a request may take, whatever the service does."""

    bytes: int
    """Of the body, both as it comes and unpacked."""
    seconds: float
    """From the beginning of the request to the last byte of its answer."""


ANSWER = AnswerLimit(16 * 2**20, 60)
"""Twenty years of days, or ten thousand rows of activities, are 12 MB; JSON takes ten times its size in memory."""
STREAMS = AnswerLimit(32 * 2**20, 120)
"""Twelve streams of a ride of four days, a sample a second."""
UPLOAD = AnswerLimit(2**20, 300)
"""The file of a day's recording, 10 MB, over a slow line; the answer names one activity."""


@frozen
class Request:
    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)
    limit: AnswerLimit = ANSWER


@frozen
class Response:
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes = field(default=b"", repr=False)
    by: Credential | None = field(default=None, repr=False)
    """What the request went by, where the client says it."""


class DataOwner(Enum):
    """Whose data a call is about: that alone decides what it goes by."""

    OWN = "own"
    OTHERS = "others"


@frozen
class Call(Generic[T_co]):
    """One operation of the API: what to send, which permission it needs, and how its answer is read."""

    method: str
    path: str
    needs: Scope | None
    """None: any sign-in that is alive will do."""
    read: Callable[[Response], T_co]
    """Raises WrongShape."""
    query: tuple[tuple[str, str], ...] = ()
    body: bytes = field(default=b"", repr=False)
    content_type: str = ""
    owner: DataOwner = DataOwner.OWN
    limit: AnswerLimit = ANSWER

    @property
    def writes(self) -> bool:
        return self.method != "GET"

    @property
    def name(self) -> str:
        """For messages: it holds no query, so no name or date of the athlete."""
        return f"{self.method} {self.path}"


def request(call: Call[object], origin: str, credential: Credential) -> Request:
    """The call as it is sent."""
    query = f"?{urlencode(call.query, quote_via=quote)}" if call.query else ""
    headers = {"authorization": credential.header, **plain_headers(call.content_type)}
    return Request(call.method, f"{origin}{call.path}{query}", headers, call.body, call.limit)


def plain_headers(content_type: str = "") -> dict[str, str]:
    headers = {"user-agent": USER_AGENT, "accept": "application/json"}
    return headers | {"content-type": content_type} if content_type else headers


def service_origin(text: str) -> str:
    """The service's address, checked: https, or http on this machine. Raises UsageError."""
    found = _ORIGIN.fullmatch(text.strip().lower())
    if not found or int(found["port"] or 0) > _HIGHEST_PORT:
        raise UsageError("That is not the address of a service.", "Write it like https://intervals.icu.")
    origin = found["origin"]
    if found["scheme"] == "http" and not is_loopback(origin):
        raise UsageError(
            "Plain http would show your sign-in to everybody on the way.",
            f"Use https instead: https://{origin.removeprefix('http://')}.",
        )
    return origin


def is_loopback(origin: str) -> bool:
    """Whether the service runs on this machine."""
    return urlsplit(origin).hostname in _LOOPBACK
