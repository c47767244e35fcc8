"""In which threads work is done: what waits for somebody else has threads of its own, and keeps no page waiting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import ParamSpec, TypeVar

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar

P = ParamSpec("P")
T = TypeVar("T")

PAGES = "pages"
"""Reads the store. Waits for nobody."""
CHANGES = "changes"
"""Writes to the store: waits while another writes, for a large push that is a second or two."""
NETWORK = "network"
"""Asks Intervals.icu, or reads so much that it takes seconds."""
SIGN_INS = "sign-ins"
"""Asks Intervals.icu who somebody is, before anybody is known here."""
PUSHES = "pushes"
"""Reads and stores what a phone has sent."""
UPLOADS = "uploads"
"""Writes pieces of a file to the disk."""
STREAMS = "streams"
"""Looks for what an open page is to be told."""

MOST_THREADS: Mapping[str, int] = {PAGES: 12, CHANGES: 6, NETWORK: 12, SIGN_INS: 2, PUSHES: 1, UPLOADS: 2, STREAMS: 2}
"""At once, of each kind. Together fewer than the store has connections (`store.sqlite.MOST_CONNECTIONS`), which each of
them may hold one of. One push at a time: two would only share one processor, and need twice the memory.
"""

_limiters: RunVar[Mapping[str, CapacityLimiter]] = RunVar("thread limiters")


async def in_thread(kind: str, work: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
    """What `work` gives, done in one of the threads of this kind."""
    try:
        limiters = _limiters.get()
    except LookupError:
        limiters = {name: CapacityLimiter(most) for name, most in MOST_THREADS.items()}
        _limiters.set(limiters)
    return await to_thread.run_sync(partial(work, *args, **options), limiter=limiters[kind])
