"""The sandbox's own addresses below `/sandbox`: request log, faults, switches, delay, streams, webhook.

For this machine only.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from attrs import asdict, fields
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from intervals_sandbox.answers import Json, empty
from intervals_sandbox.sandbox import Sandbox, checked_latency
from intervals_sandbox.streams import odd_stream
from intervals_sandbox.summary import stream_types
from intervals_sandbox.webhooks import Subscription

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


def delay(sandbox: Sandbox, _: Any) -> Response:
    return Json({"seconds": sandbox.latency})


def set_delay(sandbox: Sandbox, wanted: Any) -> Response:
    """How long every answer of the API takes from now on."""
    if not isinstance(wanted, dict) or set(wanted) != {"seconds"}:
        raise ValueError("Send an object with the key seconds")
    sandbox.latency = checked_latency(wanted["seconds"])
    return delay(sandbox, None)


def set_streams(sandbox: Sandbox, wanted: Any) -> Response:
    """Streams as no recording has them: of unequal length, all null, custom. They stand in place of its own."""
    if not isinstance(wanted, dict) or set(wanted) != {"activity_id", "streams"}:
        raise ValueError("Send an object with the keys activity_id and streams")
    activity = sandbox.state.activities.get(str(wanted["activity_id"]))
    if activity is None or activity.record is None or not isinstance(wanted["streams"], list):
        raise ValueError("Send the id of an activity that was recorded, and a list of streams")
    activity.odd_streams = [odd_stream(stream) for stream in wanted["streams"]]
    odd = [stream["type"] for stream in activity.odd_streams]
    activity.values["stream_types"] = list(dict.fromkeys((*stream_types(activity.record()), *odd)))
    return Json(activity.odd_streams)


def webhook(sandbox: Sandbox, _: Any) -> Response:
    found = sandbox.webhooks.subscription
    return Json(None if found is None else asdict(found))


def set_webhook(sandbox: Sandbox, wanted: Any) -> Response:
    """An address to tell of changes, or null for none."""
    sandbox.webhooks.subscription = None if wanted is None else _subscription(sandbox, wanted)
    return webhook(sandbox, None)


def _subscription(sandbox: Sandbox, wanted: Any) -> Subscription:
    known = {key.name for key in fields(Subscription)}
    if not isinstance(wanted, dict) or set(wanted) - known or not all(wanted.get(key) for key in ("url", "secret")):
        raise ValueError("Send url and secret, and perhaps client_id and authorization")
    client_id = wanted.get("client_id", next(iter(sandbox.state.apps)))
    if client_id not in sandbox.state.apps:
        raise ValueError(f"No such app: {client_id}")
    authorization = wanted.get("authorization")
    return Subscription(
        str(wanted["url"]), str(wanted["secret"]), client_id, None if authorization is None else str(authorization)
    )


ROUTES = [
    Route("/sandbox/requests", _endpoint(requests), methods=["GET"]),
    Route("/sandbox/requests", _endpoint(forget_requests), methods=["DELETE"]),
    Route("/sandbox/faults", _endpoint(faults), methods=["GET"]),
    Route("/sandbox/faults", _endpoint(order_faults), methods=["PUT"]),
    Route("/sandbox/switches", _endpoint(switches), methods=["GET"]),
    Route("/sandbox/switches", _endpoint(flip_switches), methods=["PUT"]),
    Route("/sandbox/delay", _endpoint(delay), methods=["GET"]),
    Route("/sandbox/delay", _endpoint(set_delay), methods=["PUT"]),
    Route("/sandbox/streams", _endpoint(set_streams), methods=["PUT"]),
    Route("/sandbox/webhook", _endpoint(webhook), methods=["GET"]),
    Route("/sandbox/webhook", _endpoint(set_webhook), methods=["PUT"]),
]
