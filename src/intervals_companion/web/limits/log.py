"""A log that cannot run away: of each message no more lines a minute than anybody reads."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from attrs import define, field

MOST_LINES_A_MINUTE = 60
"""Of one message, whatever values it is written with. Without file descriptors asyncio writes thousands a second."""
MOST_MESSAGES = 200
"""That are counted apart: the program has fewer. What is written with its values in its text counts together."""
_MINUTE_SECONDS = 60.0

LIMITED = ("asyncio", "uvicorn.error", "sse_starlette", "sse_starlette.sse", "intervals_companion.web")


@define(eq=False)
class LogLimit(logging.Filter):
    """For a logger. The first line of the next minute says how many were left out. Lines that a person asked for with
    `--log` (INFO) are theirs: one for each request.
    """

    clock: Callable[[], float] = time.monotonic
    _minute: float = field(init=False, default=float("-inf"))
    _counts: dict[tuple[str, str], int] = field(init=False, factory=dict)

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno <= logging.INFO:
            return True
        now = self.clock()
        if now - self._minute >= _MINUTE_SECONDS:
            left_out = sum(max(0, count - MOST_LINES_A_MINUTE) for count in self._counts.values())
            self._counts.clear()
            self._minute = now
            if left_out:
                record.msg, record.args = f"{record.getMessage()} ({left_out:,} lines like this were left out)", ()
        key = record.name, str(record.msg) if len(self._counts) < MOST_MESSAGES else ""
        self._counts[key] = count = self._counts.get(key, 0) + 1
        return count <= MOST_LINES_A_MINUTE


def limit() -> None:
    """Puts the limit on the loggers that others can make write."""
    for name in LIMITED:
        logger = logging.getLogger(name)
        if not any(isinstance(one, LogLimit) for one in logger.filters):
            logger.addFilter(LogLimit())
