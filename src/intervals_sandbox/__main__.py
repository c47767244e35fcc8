"""`python -m intervals_sandbox`: serves the sandbox until Ctrl-C."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from intervals_sandbox.errors import SandboxError
from intervals_sandbox.sandbox import checked_latency
from intervals_sandbox.server import PORT, serve
from intervals_sandbox.times import parse_day
from intervals_sandbox.world.seed import FOLLOWED


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser("intervals_sandbox", description="A local stand-in for Intervals.icu.")
    parser.add_argument("--port", type=int, default=PORT, help=f"port on localhost, 0 for any (default {PORT})")
    parser.add_argument("--seed", type=int, default=1, help="which world (default 1)")
    parser.add_argument("--today", type=parse_day, metavar="DATE", help="the world's today, YYYY-MM-DD")
    parser.add_argument("--followed", type=int, default=FOLLOWED, help=f"athletes you follow (default {FOLLOWED})")
    parser.add_argument("--latency", type=_seconds, default=0.0, help="seconds each API answer takes (default 0)")
    parser.add_argument("--no-key", action="store_true", help="your account has no API key yet")
    parser.add_argument("--json", action="store_true", help="print one line of JSON when ready")
    given = parser.parse_args(arguments)
    try:
        serve(
            given.port,
            seed=given.seed,
            today=given.today,
            as_json=given.json,
            followed=given.followed,
            api_key=not given.no_key,
            latency=given.latency,
        )
    except SandboxError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def _seconds(text: str) -> float:
    return checked_latency(float(text))


if __name__ == "__main__":
    sys.exit(main())
