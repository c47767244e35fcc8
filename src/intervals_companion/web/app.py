"""The web app: every page, behind the security middleware."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from intervals_companion.web import dashboard, simulated_phone, webhooks
from intervals_companion.web.account import links
from intervals_companion.web.account import pages as account
from intervals_companion.web.activities import pages as activities
from intervals_companion.web.context import WebContext
from intervals_companion.web.doctor import pages as permissions
from intervals_companion.web.ingest import onboarding, push
from intervals_companion.web.limits.bodies import BodyLimits, BodyRefused, refused
from intervals_companion.web.pages import broken, gone, http_problem
from intervals_companion.web.security import SecurityMiddleware
from intervals_companion.web.settings import pages as settings
from intervals_companion.web.social import athletes, comments
from intervals_companion.web.social import pages as feed
from intervals_companion.web.sync import pages as sync
from intervals_companion.web.wellness import pages as metrics

_WITH_ROUTES = (
    account, links, dashboard, metrics, activities, comments, feed, athletes, sync, onboarding, permissions, settings,
    push, webhooks, simulated_phone,
)  # fmt: skip


class _Static(StaticFiles):
    """Files whose address changes with their content: a browser may keep them for ever."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if b"v=" in scope["query_string"]:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def create_app(web: WebContext) -> Starlette:
    """Serves one data folder. The jobs of `web` are started and stopped by whoever serves it."""
    routes: list[BaseRoute] = [route for module in _WITH_ROUTES for route in module.routes]
    # Files only: a page holds a token, which could be guessed from the length of what it is compressed with.
    static = Mount("/static", GZipMiddleware(_Static(directory=Path(__file__).parent / "static")))
    app = Starlette(
        routes=[*routes, static],
        middleware=[
            Middleware(SecurityMiddleware, web=web, service=web.context.service, broken=broken),
            Middleware(BodyLimits),
        ],
        exception_handlers={HTTPException: http_problem, ClientDisconnect: gone, BodyRefused: refused},
    )
    app.router.redirect_slashes = False  # it would build an address from what the client says of the host
    app.state.web = web
    return app
