"""companion sandbox: a local Intervals.icu."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from intervals_companion.domain.days import parse_day
from intervals_companion.domain.errors import MissingPart, UsageError


def sandbox(
    *,
    port: int = 8788,
    seed: int = 1,
    today: str | None = None,
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
    as_json
        Print one line of JSON when ready, for a script to read.
    """
    try:
        from intervals_sandbox.errors import SandboxError
        from intervals_sandbox.server import serve
    except ImportError as problem:
        raise MissingPart("The sandbox", "sandbox") from problem
    try:
        serve(port=port, seed=seed, today=parse_day(today) if today else None, as_json=as_json)
    except SandboxError as problem:
        raise UsageError(str(problem), "Look at what else runs on this machine, or choose another --port.") from problem
    return 0
