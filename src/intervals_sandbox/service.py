"""The road of an API request: fault, address limit, route, credential, quota, scope, handler, log."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Message, Receive

from intervals_sandbox import faults, oauth
from intervals_sandbox.access import Caller, check_scope, identify, kind_of
from intervals_sandbox.answers import Json, refused
from intervals_sandbox.api import HANDLERS
from intervals_sandbox.call import Body, Call, Incoming
from intervals_sandbox.errors import Refusal, bad_request, denied, framework_refusal, not_played, too_large
from intervals_sandbox.log import Entry
from intervals_sandbox.operations import Found, Operation, exists, find
from intervals_sandbox.queries import Query
from intervals_sandbox.sandbox import Sandbox

PREFIX = "/api/v1"


async def api(request: Request) -> Response:
    """Starlette endpoint of everything below `/api`."""
    sandbox: Sandbox = request.app.state.sandbox
    try:
        body = await _read(Request(request.scope, _bounded(request.receive, sandbox.limits.upload_bytes)))
    except ClientDisconnect:
        return faults.HangUp()
    method = "GET" if request.method == "HEAD" else request.method
    address = request.client.host if request.client else ""
    incoming = Incoming(method, request.url.path, request.query_params, request.headers, address, body)
    response = await run_in_threadpool(_serve, sandbox, incoming)
    if sandbox.latency:  # after the work: whoever gives up waiting has still changed what they asked to change
        await sandbox.sleep(sandbox.latency)
    return response


async def _read(request: Request) -> Body:
    """The body, or why there is none: that is told only to those who may send one."""
    try:
        if request.headers.get("content-type", "").startswith("multipart/form-data"):
            async with request.form() as form:
                files = {name: await part.read() for name, part in form.items() if isinstance(part, UploadFile)}
            return Body(files=files)
        return Body(await request.body())
    except HTTPException:
        return Body(problem=bad_request())
    except Refusal as refusal:
        return Body(problem=refusal)


def _bounded(receive: Receive, limit: int) -> Receive:
    read = 0

    async def bounded() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > limit:
            raise too_large()
        return message

    return bounded


def _serve(sandbox: Sandbox, incoming: Incoming) -> Response:
    with sandbox.serving():
        fault = sandbox.faults.take(incoming.method, incoming.path)
        response = faults.refusal_of(fault) if fault else None
        if response is None:
            response = _answer(sandbox, incoming)
            response = faults.spoiled(fault, response) if fault else response
        _log(sandbox, incoming, response)
        return response


def _log(sandbox: Sandbox, incoming: Incoming, response: Response) -> None:
    found = find(incoming.method, incoming.path.removeprefix(PREFIX))
    reads = found.operation.level == "READ" if found else incoming.method == "GET"
    status = None if isinstance(response, faults.HangUp) else response.status_code
    credential = kind_of(incoming.authorization)
    sandbox.log.add(Entry(incoming.method, incoming.path, status, credential, "read" if reads else "write"))


def _answer(sandbox: Sandbox, incoming: Incoming) -> Response:
    quota: Mapping[str, str] = {}
    try:
        refuse_agent(incoming.headers)
        if sandbox.switches.rate_limits:
            sandbox.limiter.admit(incoming.address, sandbox.now())
        if incoming.path == oauth.TOKEN_PATH and incoming.method == "POST":
            return Json(oauth.token_response(sandbox, incoming.body.content))
        operation, parameters = _route(sandbox, incoming)
        caller = identify(sandbox.state, sandbox.switches, incoming.authorization)
        quota = _spend(sandbox, caller)
        response = _handle(sandbox, incoming, caller, operation, parameters)
    except Refusal as refusal:
        response = refused(refusal)
    response.headers.update(quota)
    return response


def refuse_agent(headers: Headers) -> None:
    """The site's gatekeeper turns away the default agent of Python's urllib."""
    if headers.get("user-agent", "").startswith("Python-urllib"):
        raise Refusal(403, "error code: 1010")


def _route(sandbox: Sandbox, incoming: Incoming) -> Found:
    path = incoming.path.removeprefix(PREFIX)
    found = find(incoming.method, path) if path != incoming.path else None
    if found is None:
        known = incoming.path == oauth.TOKEN_PATH or (path != incoming.path and exists(path))
        raise framework_refusal(405 if known else 404, incoming.path, sandbox.now())
    return found


def _spend(sandbox: Sandbox, caller: Caller) -> Mapping[str, str]:
    if not sandbox.switches.rate_limits:
        return {}
    limits = sandbox.limits
    users = sandbox.state.users_of(caller.grant.client_id) if caller.grant else 0
    quota = limits.of_app(users) if caller.grant else limits.of_key()
    return sandbox.limiter.spend(caller.meter, quota, sandbox.now())


def _handle(
    sandbox: Sandbox, incoming: Incoming, caller: Caller, operation: Operation, parameters: Mapping[str, str]
) -> Response:
    check_scope(caller, operation, sandbox.switches)
    if operation.name == "listActivityPaceCurves" and parameters["id"] == "0":
        raise denied()  # the one path that does not know the alias
    handler = HANDLERS.get(operation.name)
    if handler is None:
        raise not_played(f"{operation.name} ({operation.method} {PREFIX}{operation.path})")
    if incoming.body.problem:
        raise incoming.body.problem
    query = Query(incoming.query, sandbox.switches.leak_bad_types)
    return handler(Call(sandbox, caller, operation, parameters, query, incoming))
