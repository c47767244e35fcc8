"""Event streams: how many pages may watch at once, and for how long."""

from __future__ import annotations

from collections.abc import AsyncIterator

import anyio
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

MOST_STREAMS = 16
"""At once: more pages than anybody looks at. Each asks the store twice a second."""
LONGEST_SECONDS = 15 * 60.0
"""Then a stream ends, and the browser of a page that is still open opens another by itself."""
SEND_SECONDS = 30.0
"""In which a browser has to take what it is sent."""


class EventStream(EventSourceResponse):
    """What a page watches. One more than may be is refused: its page stands as it was drawn."""

    def __init__(self, request: Request, events: AsyncIterator[ServerSentEvent]) -> None:
        super().__init__(events, send_timeout=SEND_SECONDS)
        self._app_state = request.app.state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        under_way = getattr(self._app_state, "streams", 0)
        if under_way >= MOST_STREAMS:
            refusal = PlainTextResponse(
                "Too many pages watch at once. Close some, then reload this one.", 503, {"Retry-After": "60"}
            )
            await refusal(scope, receive, send)
            return
        self._app_state.streams = under_way + 1
        try:
            with anyio.move_on_after(LONGEST_SECONDS) as limit:
                await super().__call__(scope, receive, send)
            if limit.cancelled_caught:
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self._app_state.streams -= 1
