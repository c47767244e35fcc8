"""What an operation's handler gets to see."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from attrs import define, field, frozen
from starlette.datastructures import Headers, QueryParams
from starlette.responses import Response

from intervals_sandbox.access import Caller, reach_activity, reach_athlete, reach_chat
from intervals_sandbox.errors import Refusal, bad_request
from intervals_sandbox.operations import Operation
from intervals_sandbox.queries import INT32, Query, bad_type
from intervals_sandbox.sandbox import Sandbox
from intervals_sandbox.state import Activity, Athlete, Chat

_NUMBER = re.compile(r"-?[0-9]{1,20}")


@frozen
class Body:
    content: bytes = b""
    files: Mapping[str, bytes] = field(factory=dict)
    """Part name -> content of a multipart request."""
    problem: Refusal | None = None
    """Why it could not be read."""


@frozen
class Incoming:
    """A request, read to its end."""

    method: str
    path: str
    query: QueryParams
    headers: Headers
    address: str
    body: Body

    @property
    def authorization(self) -> str | None:
        return self.headers.get("authorization")


@define
class Call:
    """What a handler gets: an operation, its parameters and who asks."""

    sandbox: Sandbox
    caller: Caller
    operation: Operation
    parameters: Mapping[str, str]
    query: Query
    incoming: Incoming

    def athlete(self) -> Athlete:
        """The athlete of the path, if the caller may do this there."""
        athlete_id = self.parameters.get("athleteId") or self.parameters["id"]
        box = self.sandbox
        return reach_athlete(box.state, self.caller, athlete_id, self.operation.level, box.switches)

    def activity(self, level: str | None = None) -> Activity:
        """The activity of the path, if the caller may do this there."""
        box, wanted = self.sandbox, level or self.operation.level
        return reach_activity(box.state, self.caller, self.parameters["id"], wanted, box.switches)

    def chat(self) -> Chat:
        """The chat of the path, if the caller may read it."""
        return self.chat_of(self.number("id"))

    def chat_of(self, chat_id: int) -> Chat:
        """A chat by its number, if the caller may read it."""
        box = self.sandbox
        return reach_chat(box.state, self.caller, chat_id, self.operation.level, box.switches)

    def number(self, name: str, bound: int = INT32) -> int:
        """A number of the path. Raises Refusal."""
        text = self.parameters[name]
        if not _NUMBER.fullmatch(text) or not -bound <= int(text) < bound:
            raise bad_type(text, int, self.sandbox.switches.leak_bad_types)
        return int(text)

    def json_object(self) -> dict[str, Any]:
        body = self._json()
        return body if isinstance(body, dict) else _wrong()

    def json_objects(self) -> list[dict[str, Any]]:
        body = self._json()
        return body if isinstance(body, list) and all(isinstance(item, dict) for item in body) else _wrong()

    def _json(self) -> Any:
        try:
            return json.loads(self.incoming.body.content, parse_constant=_wrong)
        except (ValueError, RecursionError):
            raise bad_request() from None


def _wrong(_: str = "") -> NoReturn:
    raise bad_request()


Handler = Callable[[Call], Response]
