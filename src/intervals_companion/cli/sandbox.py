"""companion sandbox: a local Intervals.icu."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter, validators

from intervals_companion.domain.days import parse_day
from intervals_companion.domain.errors import MissingPart, UsageError


def sandbox(
    *,
    port: int = 8788,
    seed: int = 1,
    today: str | None = None,
    followed: Annotated[int, Parameter(validator=validators.Number(gte=0, lte=500))] = 8,
    latency: Annotated[float, Parameter(validator=validators.Number(gte=0, lte=60))] = 0.0,
    as_json: Annotated[bool, Parameter(name="--json")] = False,
) -> int:
    """Run a local Intervals.icu to try things on, until Ctrl-C.

    Parameters
    ----------
    port
        Where it listens, on this machine only.
    seed
        Another number, another world.
    today
        The day on which its world ends, YYYY-MM-DD; today if left out.
    followed
        How many athletes you follow.
    latency
        Seconds that every answer of its API takes.
    as_json
        Print one line of JSON when ready, for a script to read.
    """
    try:
        from intervals_sandbox.errors import SandboxError
        from intervals_sandbox.server import serve
    except ImportError as problem:
        raise MissingPart("The sandbox", "sandbox") from problem
    try:
        day = parse_day(today) if today else None
        serve(port=port, seed=seed, today=day, as_json=as_json, followed=followed, latency=latency)
    except SandboxError as problem:
        raise UsageError(str(problem), "Look at what else runs on this machine, or choose another --port.") from problem
    return 0
