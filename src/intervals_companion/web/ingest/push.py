"""Where phones without our app push to: a token in the Authorization header, nothing else, no session.

A token opens only this. What is answered with a 2xx is stored.
"""

from __future__ import annotations

import hashlib
import logging
import zlib
from collections import deque
from collections.abc import Callable
from math import ceil
from typing import Any

from attrs import asdict
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from intervals_companion.app.ingest import compressed, devices, payloads
from intervals_companion.app.ingest.devices import Device
from intervals_companion.domain.errors import Busy, CompanionError, DamagedInput, StorageError
from intervals_companion.web.context import WebContext
from intervals_companion.web.limits.attempts import TOKENS, TooManyAttempts, address, attempts
from intervals_companion.web.limits.bodies import BodyRefused
from intervals_companion.web.limits.threads import PAGES, PUSHES, in_thread
from intervals_companion.web.pages import web_context

log = logging.getLogger("intervals_companion.web")

MOST_BYTES = payloads.MOST_BYTES
"""Of a body, decoded."""
MOST_A_MINUTE = 120
_MINUTE = 60.0

_TOO_LARGE = (
    "The delivery is larger than 64 MB.",
    "Turn on Batch Requests in the automation, or choose a shorter period.",
)
_NO_TOKEN = (
    "The device is not known here.",
    "Add the header Authorization: Bearer, with the token shown when the device was added in Settings > Devices.",
)
_OTHER_CHANNEL = "This token is for the other address.", "Use the address that was shown together with the token."
_TOO_MANY = "This device sends more than 120 requests a minute.", "Wait a minute; make the automation run less often."
_ENCODING = "The body is compressed in a way that is not known here.", "Send it plain, or with gzip or deflate."
_BROKEN = "The compressed body is damaged.", "Send it again."
_CUT_OFF = "The connection ended before the whole body came.", "Send it again; nothing was stored."


class RateLimit:
    """At most so many requests of a device in any minute. In memory: a restart forgives."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._ticks = monotonic
        self._seen: dict[str, deque[float]] = {}

    def wait(self, device: str) -> float:
        """Seconds until the device may come again; 0.0 lets it in and counts it."""
        now = self._ticks()
        seen = self._seen.setdefault(device, deque())
        while seen and seen[0] <= now - _MINUTE:
            seen.popleft()
        if len(seen) >= MOST_A_MINUTE:
            return seen[0] + _MINUTE - now
        seen.append(now)
        return 0.0


class _Refusal(Exception):
    def __init__(self, status: int, words: tuple[str, str], **headers: str) -> None:
        super().__init__(status)
        self.response = _refused(status, *words, **headers)


def _refused(status: int, cause: str, cure: str, **headers: str) -> Response:
    log.warning("push refused: %d", status)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return JSONResponse({"cause": cause, "cure": cure}, status, named)


def _endpoint(channel: str) -> Callable[[Request], Any]:
    async def push(request: Request) -> Response:
        try:
            device = await _device(request, channel)
            body = await _body(request)
            return await in_thread(PUSHES, _receive, request, device, channel, body)
        except _Refusal as refusal:
            return refusal.response
        except BodyRefused as refusal:
            return _refused(refusal.status, refusal.cause, refusal.cure, **refusal.headers)
        except ClientDisconnect:
            return _refused(400, *_CUT_OFF)

    return push


async def _device(request: Request, channel: str) -> Device:
    """Who asks: known and not too often, before a byte of the body is read."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip() if scheme.casefold() == "bearer" else ""
    digest = hashlib.sha256(token.encode()).digest()
    known, wrong = _known_tokens(request.app), attempts(request, TOKENS)
    if digest not in known:  # a phone that was let in before is, whoever else tries from its network
        try:
            wrong.check(address(request))
        except TooManyAttempts as problem:
            raise _Refusal(429, (problem.cause, problem.cure), Retry_After=str(ceil(problem.seconds))) from problem
    found = await in_thread(PAGES, _recognised, request, token) if token else None
    if found is None:
        known.discard(digest)
        wrong.note(address(request))
        raise _Refusal(401, _NO_TOKEN, WWW_Authenticate="Bearer")
    known.add(digest)
    if found.channel != channel:
        raise _Refusal(403, _OTHER_CHANNEL)
    wait = _limit(request.app, web_context(request)).wait(found.device)
    if wait > 0:
        raise _Refusal(429, _TOO_MANY, Retry_After=str(ceil(wait)))
    return found


def _recognised(request: Request, token: str) -> Device | None:
    with web_context(request).context.reading() as here:
        return devices.recognise(here, token)


def _known_tokens(app: Starlette) -> set[bytes]:
    """Hashes of tokens that let a device in since this app began: no more than there are devices."""
    if not hasattr(app.state, "known_tokens"):
        app.state.known_tokens = set()
    found: set[bytes] = app.state.known_tokens
    return found


def _limit(app: Starlette, here: WebContext) -> RateLimit:
    """One for the app, whichever request comes first."""
    if not hasattr(app.state, "push_limit"):
        app.state.push_limit = RateLimit(here.context.monotonic)
    found: RateLimit = app.state.push_limit
    return found


async def _body(request: Request) -> bytearray:
    """The body as it came, no more of it than may be."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and (len(announced) > len(str(MOST_BYTES)) or int(announced) > MOST_BYTES):
        raise _Refusal(413, _TOO_LARGE)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise _Refusal(413, _TOO_LARGE)
    return body


def decoded(body: bytes | bytearray, encoding: str) -> bytes | bytearray:
    """The body without its Content-Encoding. It is never unpacked beyond `MOST_BYTES`, however small it came."""
    for name in reversed([name.strip().casefold() for name in encoding.split(",")]):
        if name in ("gzip", "x-gzip"):
            body = _inflated(body, compressed.GZIP)
        elif name == "deflate":  # zlib by the standard; some send it bare
            body = _inflated(body, zlib.MAX_WBITS if body[:1] == b"\x78" else -zlib.MAX_WBITS)
        elif name not in ("", "identity"):
            raise _Refusal(415, _ENCODING, Accept_Encoding="gzip, deflate")
    return body


def _inflated(body: bytes | bytearray, window: int) -> bytearray:
    try:
        return compressed.unpacked(body, window, MOST_BYTES)
    except compressed.TooLarge as problem:
        raise _Refusal(413, _TOO_LARGE) from problem
    except DamagedInput as problem:
        raise _Refusal(400, _BROKEN) from problem


def _receive(request: Request, device: Device, channel: str, body: bytearray) -> Response:
    here, headers = web_context(request), dict(request.headers)
    try:
        plain = decoded(body, headers.get("content-encoding", ""))
        if plain is not body:
            body.clear()
        received = devices.receive(here.context, device, channel, plain, headers)
        here.jobs.after_push()
    except DamagedInput as problem:
        return _refused(400, problem.cause, problem.cure)
    except Busy as problem:
        return _refused(503, problem.cause, problem.cure, Retry_After="30")
    except StorageError as problem:
        return _refused(507, problem.cause, problem.cure)
    except CompanionError as problem:
        return _refused(400, problem.cause, problem.cure)
    refused = [asdict(one) for one in received.refused]
    return JSONResponse({"new": received.new, "known": received.known, "refused": refused})


routes: list[BaseRoute] = [
    Route(f"/push/{channel}", _endpoint(channel), methods=["POST"]) for channel in devices.CHANNELS
]
