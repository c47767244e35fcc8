"""Faults of the wire, ordered in advance: the next so many requests to a path fail in a given way. Nothing sleeps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import asdict, evolve, field, fields, frozen
from attrs.validators import and_, ge, in_, instance_of, le, matches_re, max_len
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

HANG_UP = "intervals_sandbox.hang_up"
"""Name of the ASGI extension by which the server closes the connection."""

_STATUSES = {"429": 429, "500": 500, "502": 502, "503": 503}
KINDS: Mapping[str, str] = {
    "timeout_before": "The connection is closed without an answer; nothing was done.",
    "timeout_after": "The request is carried out, then the connection is closed without an answer.",
    "truncated": "The request is carried out; the answer breaks off in the middle.",
    "429": "Too many requests, with `Retry-After: 1`; nothing was done.",
    "500": "Server error; nothing was done.",
    "502": "A proxy's HTML page; nothing was done.",
    "503": "Unavailable, with `Retry-After: 1`; nothing was done.",
    "500_after": "The request is carried out, then answered with a server error.",
}
_MOST = 1000


@frozen
class Fault:
    method: str = field(validator=and_(instance_of(str), matches_re(r"\*|[A-Z]+")))
    """HTTP method, or `*` for any."""
    path_prefix: str = field(validator=and_(instance_of(str), matches_re("/.*"), max_len(500)))
    times: int = field(validator=and_(instance_of(int), ge(1), le(_MOST)))
    kind: str = field(validator=in_(tuple(KINDS)))

    def concerns(self, method: str, path: str) -> bool:
        return self.method in ("*", method) and path.startswith(self.path_prefix)


class Faults:
    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def order(self, faults: Iterable[Any]) -> None:
        """Replaces what was ordered before. Raises ValueError."""
        wanted = list(faults)
        names = {attribute.name for attribute in fields(Fault)}
        if len(wanted) > _MOST or any(not isinstance(fault, Mapping) or set(fault) != names for fault in wanted):
            raise ValueError(f"Send a list of at most {_MOST} objects with the keys {', '.join(sorted(names))}")
        try:
            self._waiting = [Fault(**fault) for fault in wanted]
        except (TypeError, ValueError) as problem:
            raise ValueError(str(problem.args[0])) from problem

    def take(self, method: str, path: str) -> str | None:
        """The kind of fault this request meets, if any; it counts as met."""
        for place, fault in enumerate(self._waiting):
            if fault.concerns(method, path):
                self._waiting[place : place + 1] = [evolve(fault, times=fault.times - 1)] if fault.times > 1 else []
                return fault.kind
        return None

    def as_json(self) -> list[dict[str, Any]]:
        return [asdict(fault) for fault in self._waiting]


def refusal_of(kind: str) -> Response | None:
    """The answer of a fault that does nothing; None where the request is to be carried out first."""
    if kind == "timeout_before":
        return HangUp()
    if kind == "502":
        page = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
        return Response(page, 502, media_type="text/html")
    if kind in _STATUSES:
        return _plain(_STATUSES[kind])
    return None


def spoiled(kind: str, answer: Response) -> Response:
    """The answer of a fault that strikes after the request was carried out."""
    if kind == "500_after":
        return _plain(500)
    return Truncated(answer) if kind == "truncated" and answer.body else HangUp()


def _plain(status: int) -> Response:
    headers = {"Retry-After": "1"} if status in (429, 503) else {}
    return Response(f'{{"status":{status},"error":"Fault"}}', status, headers, "application/json")


async def _close(scope: Scope, receive: Receive) -> None:
    close = scope.get("extensions", {}).get(HANG_UP)
    if close is None:  # in-process: there is no connection to close, so the caller meets the break itself
        raise ConnectionResetError("The sandbox closed the connection, as ordered by /sandbox/faults")
    close()
    while (await receive())["type"] != "http.disconnect":
        pass


class HangUp(Response):
    """No answer: the connection closes."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        await _close(scope, receive)


class Truncated(Response):
    """An answer that announces its full length and stops halfway."""

    def __init__(self, whole: Response) -> None:
        super().__init__(whole.body, whole.status_code, dict(whole.headers))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        half = bytes(self.body[: len(self.body) // 2])
        await send({"type": "http.response.body", "body": half, "more_body": True})
        await _close(scope, receive)
