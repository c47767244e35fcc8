"""Security: which hosts are served, what a browser may do with a page, and what the access log says.

Plain ASGI, so that uploads and event streams pass through without being gathered first.
"""

from __future__ import annotations

import hmac
import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from intervals_companion.web.context import WebContext

log = logging.getLogger("intervals_companion.web")

_LOCAL_HOSTS = ("localhost", "127.0.0.1")
_NAME_AND_PORT = re.compile(r"([a-z0-9._-]{1,253}|\[[0-9a-f:.]{1,45}\])(?::[0-9]{1,5})?", re.ASCII)


def headers(web: WebContext, service: str) -> dict[str, str]:
    """What every page carries. `service`: the origin of Intervals.icu, where the sign-in form leads."""
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        f"manifest-src 'self'; form-action 'self' {service}; base-uri 'none'; frame-ancestors 'none'"
    )
    found = {
        "Content-Security-Policy": policy,
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
        # Without fetch metadata (plain http on a network) a form must be able to say where it came from.
        "Referrer-Policy": "no-referrer" if web.secure or web.local else "same-origin",
        "Cache-Control": "no-store",
    }
    if web.secure and not web.local:  # all that is served on localhost shares that name
        found["Strict-Transport-Security"] = "max-age=31536000"
    return found


def came_from_here(found: Mapping[str, str], web: WebContext) -> bool:
    """Whether a change was asked for by one of our own pages.

    Under `no-referrer` a browser sends `Origin: null` with a form; then its own word for the relation of the two
    pages, which no page can forge, decides.
    """
    origin = found.get("origin")
    if origin is None or origin == "null":
        return found.get("sec-fetch-site") == "same-origin"
    return hmac.compare_digest(origin.encode(), web.public_url.encode())


Broken = Callable[[Request, Exception], Awaitable[Response]]
"""Logs a mistake of ours and makes the page that says so. Raises nothing."""


class SecurityMiddleware:
    """Around the whole app. A mistake of ours ends here: the server outside would print what was at hand."""

    def __init__(self, app: ASGIApp, web: WebContext, service: str, broken: Broken) -> None:
        self.app = app
        self.web = web
        self.broken = broken
        self.headers = headers(web, service)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        status, answering = 500, False

        async def guarded(message: Message) -> None:
            nonlocal status, answering
            if message["type"] == "http.response.start":
                status, answering = message["status"], True
                own = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    own.setdefault(name, value)
            await send(message)

        try:
            refusal = self._refusal(scope)
            await (refusal or self.app)(scope, receive, guarded)
        except Exception as problem:  # noqa: BLE001  (the last one there is: it says where, never what)
            said = await self.broken(Request(scope), problem)
            if not answering:
                await said(scope, receive, guarded)
        finally:
            # Never the query: it may hold the code of a sign-in. Nor the path of a link: it is a key.
            shown = _without_secrets(scope["path"])
            log.info("%s %s %d %.0f ms", scope["method"], shown, status, (time.perf_counter() - began) * 1000)

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        host = _host(Headers(scope=scope).getlist("host"))
        # A target with a host of its own (`GET http://other/ HTTP/1.1`) is meant for a proxy, which this is not.
        if host not in (*_LOCAL_HOSTS, self.web.host) or not scope["path"].startswith("/"):
            return PlainTextResponse("This address is not served here.", status_code=421)
        if host == "127.0.0.1" and self.web.local and scope["method"] in ("GET", "HEAD"):
            query = scope["query_string"].decode("ascii", "replace")
            return RedirectResponse(f"{self.web.public_url}{scope['path']}{'?' if query else ''}{query}", 307)
        return None


def _host(said: list[str]) -> str:
    """The name in the one Host header there may be, without its port; "" where it is more than name and port."""
    found = _NAME_AND_PORT.fullmatch(said[0].lower()) if len(said) == 1 else None
    return found[1].strip("[]") if found else ""


def _without_secrets(path: str) -> str:
    return "/link/…" if path.startswith("/link/") else path.encode("unicode_escape").decode()[:200]
