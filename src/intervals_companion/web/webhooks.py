"""`POST /hooks/intervals`: Intervals.icu says that something changed there. The secret in its body decides."""

from __future__ import annotations

import logging

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from intervals_companion.app import webhooks
from intervals_companion.app.doctor import checkup
from intervals_companion.app.social import feed
from intervals_companion.app.webhooks import Hint
from intervals_companion.domain.errors import CompanionError, NothingToShow, PermissionMissing
from intervals_companion.web.context import WebContext
from intervals_companion.web.limits.attempts import HOOKS, TooManyAttempts, address, attempts
from intervals_companion.web.limits.threads import CHANGES, NETWORK, in_thread
from intervals_companion.web.pages import web_context

log = logging.getLogger("intervals_companion.web")

MOST_BYTES = 1_000_000


async def intervals(request: Request) -> Response:
    """200 at once: the service repeats a call that is answered otherwise. What it hints at is done afterwards."""
    wrong, who = attempts(request, HOOKS), address(request)
    try:
        wrong.check(who)
    except TooManyAttempts:
        return _refused(429, "Too many calls with another secret.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            return PlainTextResponse("Too large.", 413)
    answer = await in_thread(CHANGES, _answer, web_context(request), bytes(body))
    if answer.status_code == 403:
        wrong.note(who)
    return answer


def _answer(here: WebContext, body: bytes) -> Response:
    try:
        hints = webhooks.hints(here.context, body)
    except NothingToShow:
        return PlainTextResponse("There is no such page.", 404)
    except PermissionMissing:
        return _refused(403, "Another secret.")
    except CompanionError:
        return _refused(400, "Not a call of a webhook.")
    return PlainTextResponse("", 200, background=BackgroundTask(_follow, here, hints))


def _refused(status: int, text: str) -> Response:
    log.warning("refused: webhook, %d", status)
    return PlainTextResponse(text, status)


async def _follow(here: WebContext, hints: frozenset[Hint]) -> None:
    await in_thread(NETWORK, _do, here, hints)


def _do(here: WebContext, hints: frozenset[Hint]) -> None:
    if Hint.RIGHTS in hints:
        checkup.examine(here.context)
    if Hint.DATA in hints:
        here.jobs.after_push()
    if Hint.CHAT in hints:
        feed.invalidate(here.context)


routes: list[BaseRoute] = [Route("/hooks/intervals", intervals, methods=["POST"])]
