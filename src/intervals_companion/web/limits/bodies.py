"""The bodies of requests: how fast they have to come, and how much of all of them together is held in memory."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FIRST_SECONDS = 20.0
"""In which the first bytes have to come, and which a slow body has in all beside its pace."""
LEAST_BYTES_A_SECOND = 16 * 1024
"""Slower than any network a phone or a browser sends a file over: the largest push takes an hour at that pace."""
MOST_BYTES = 96 * 2**20
"""Of all bodies under way together: one of the largest pushes beside many small ones."""

_SLOW = "The request came too slowly.", "Send it again over a better connection; nothing of it was stored."
_FULL = "Too much is being sent at once.", "Wait a minute, then send it again; nothing of it was stored."

_STREAMED = "body_is_streamed"


class BodyRefused(Exception):
    """A body that came too slowly, or for which there is no room now. `headers` of the answer."""

    def __init__(self, status: int, words: tuple[str, str], headers: dict[str, str]) -> None:
        super().__init__(status)
        self.status = status
        self.cause, self.cure = words
        self.headers = headers


async def refused(_: Request, problem: Exception) -> Response:
    """The words alone: whoever sends like that reads no page."""
    assert isinstance(problem, BodyRefused)
    return PlainTextResponse(f"{problem.cause}\n{problem.cure}\n", problem.status, problem.headers)


def is_streamed(request: Request) -> None:
    """Says that the body of this request is written to a file as it comes: it takes no room in memory."""
    request.scope[_STREAMED] = True


class BodyLimits:
    """Around the app. Its `receive` raises BodyRefused."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._held = 0
        """Bytes of all bodies under way."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        now = asyncio.get_running_loop().time
        waited, came, held, whole = 0.0, 0, 0, False

        async def limited() -> Message:
            nonlocal waited, came, held, whole
            if whole:  # what comes now is the word that the client has gone
                return await receive()
            began = now()
            try:
                async with asyncio.timeout(FIRST_SECONDS + came / LEAST_BYTES_A_SECOND - waited):
                    message = await receive()
            except TimeoutError as slow:
                raise BodyRefused(408, _SLOW, {"Connection": "close"}) from slow
            waited += now() - began  # not what we took in between
            size = len(message.get("body", b""))
            came += size
            whole = not message.get("more_body", False)
            if not scope.get(_STREAMED):
                if self._held + size > MOST_BYTES:
                    raise BodyRefused(503, _FULL, {"Connection": "close", "Retry-After": "60"})
                self._held += size
                held += size
            return message

        try:
            await self.app(scope, limited, send)
        finally:
            self._held -= held
