"""What the service refuses, and in which words. Every refusal is raised as a Refusal and answered as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import field, frozen

from intervals_sandbox.times import stamp


@frozen
class Refusal(Exception):
    status: int
    body: Any
    headers: Mapping[str, str] = field(factory=dict)


class SandboxError(Exception):
    """The sandbox cannot start. Says why and what helps."""


def invalid(sentence: str) -> Refusal:
    """Validation failed or something is missing."""
    return Refusal(422, {"status": 422, "error": sentence})


def missing_parameter(name: str, kind: str = "String") -> Refusal:
    return invalid(f"Required request parameter '{name}' for method parameter type {kind} is not present")


def unauthorized() -> Refusal:
    return Refusal(401, {"status": 401, "error": "Unauthorized"})


def denied() -> Refusal:
    return Refusal(403, {"status": 403, "error": "Access denied"})


def bad_request(sentence: str = "Bad Request") -> Refusal:
    return Refusal(400, {"status": 400, "error": sentence})


def not_found(what: str) -> Refusal:
    """An object that is not there; for a path that is not there see `framework_refusal`."""
    return Refusal(404, {"status": 404, "error": f"{what} not found"})


def too_large() -> Refusal:
    return Refusal(413, {"status": 413, "error": "Upload is too large"})


def not_played(what: str) -> Refusal:
    """Something the service does and the sandbox does not."""
    return Refusal(501, {"status": 501, "error": f"{what} is not part of this sandbox"})


_REASONS = {404: "Not Found", 405: "Method Not Allowed"}


def framework_refusal(status: int, path: str, now: datetime) -> Refusal:
    """What the framework answers before any code of the service ran: unknown path, wrong verb."""
    return Refusal(status, {"timestamp": stamp(now), "status": status, "error": _REASONS[status], "path": path})
