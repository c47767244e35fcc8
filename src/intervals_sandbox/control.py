"""The sandbox's own addresses below `/sandbox`: request log, faults, switches. For programs on this machine only."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from intervals_sandbox.answers import Json, empty
from intervals_sandbox.sandbox import Sandbox

_LOOPBACK = ("127.0.0.1", "::1", "testclient")
"""The last is what an in-process client calls itself."""

Control = Callable[[Sandbox, Any], Response]


def _endpoint(control: Control) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        if request.client is None or request.client.host not in _LOOPBACK:
            return Json({"error": "Only from this machine"}, 403)
        sandbox: Sandbox = request.app.state.sandbox
        try:
            content = json.loads(await request.body()) if request.method == "PUT" else None
            with sandbox.lock:
                return control(sandbox, content)
        except (ValueError, RecursionError) as problem:
            return Json({"error": str(problem)}, 422)

    return endpoint


def requests(sandbox: Sandbox, _: Any) -> Response:
    return Json(sandbox.log.as_json())


def forget_requests(sandbox: Sandbox, _: Any) -> Response:
    sandbox.log.clear()
    return empty(204)


def faults(sandbox: Sandbox, _: Any) -> Response:
    return Json(sandbox.faults.as_json())


def order_faults(sandbox: Sandbox, wanted: Any) -> Response:
    if not isinstance(wanted, list):
        raise ValueError("Send a list of faults")
    sandbox.faults.order(wanted)
    return Json(sandbox.faults.as_json())


def switches(sandbox: Sandbox, _: Any) -> Response:
    return Json(sandbox.switches.as_json())


def flip_switches(sandbox: Sandbox, changes: Any) -> Response:
    if not isinstance(changes, dict):
        raise ValueError("Send an object with the switches to flip")
    sandbox.switches = sandbox.switches.flipped(changes)
    return Json(sandbox.switches.as_json())


ROUTES = [
    Route("/sandbox/requests", _endpoint(requests), methods=["GET"]),
    Route("/sandbox/requests", _endpoint(forget_requests), methods=["DELETE"]),
    Route("/sandbox/faults", _endpoint(faults), methods=["GET"]),
    Route("/sandbox/faults", _endpoint(order_faults), methods=["PUT"]),
    Route("/sandbox/switches", _endpoint(switches), methods=["GET"]),
    Route("/sandbox/switches", _endpoint(flip_switches), methods=["PUT"]),
]
