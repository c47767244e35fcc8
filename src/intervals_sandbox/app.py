"""The service as an ASGI app."""

from __future__ import annotations

import asyncio
from datetime import date
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from intervals_sandbox import control, pages, social_pages
from intervals_sandbox.limits import Limits
from intervals_sandbox.sandbox import Sandbox, Sleep
from intervals_sandbox.service import api
from intervals_sandbox.switches import Switches
from intervals_sandbox.times import Clock, clock_from_noon, machine_clock
from intervals_sandbox.webhooks import Webhooks
from intervals_sandbox.world.life import ZONE
from intervals_sandbox.world.ready import world
from intervals_sandbox.world.seed import FOLLOWED

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def create_app(
    clock: Clock | None = None,
    limits: Limits | None = None,
    switches: Switches | None = None,
    *,
    seed: int = 1,
    today: date | None = None,
    followed: int = FOLLOWED,
    api_key: bool = True,
    webhooks: Webhooks | None = None,
    latency: float = 0.0,
    sleep: Sleep = asyncio.sleep,
) -> Starlette:
    """A service with a seeded world that ends `today`; the running sandbox is `app.state.sandbox`.

    `clock` tells the present moment in UTC; without one it starts at noon of `today`, or is the machine's where no day
    is given either. `followed` athletes are there for you to follow. `api_key` False starts with an account that never
    made a key. Every answer of the API takes `latency` seconds, waited for by `sleep`. Same seed, `today` and
    `followed`: same ids, names and values.
    """
    here = ZoneInfo(ZONE)
    clock = clock or (machine_clock if today is None else clock_from_noon(today, here))
    state = world(seed, today or clock().astimezone(here).date(), followed, api_key)
    app = Starlette(
        routes=[*pages.ROUTES, *social_pages.ROUTES, *control.ROUTES, Route("/api/{path:path}", api, methods=_METHODS)],
        exception_handlers={404: _nothing_here},
    )
    app.state.sandbox = Sandbox(state, clock, limits or Limits(), switches or Switches(), webhooks, latency, sleep)
    return app


async def _nothing_here(*_: object) -> Response:
    return PlainTextResponse("There is no such page.", 404)
