"""Ctrl-C, and SIGTERM, which is the same: how a command ends."""

from __future__ import annotations

import _thread
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from intervals_companion.app.shutdown import Shutdown

PATIENCE_SECONDS = 5.0
"""From the first signal until a command is interrupted wherever it is."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def sigterm_like_ctrl_c() -> None:
    """For the whole program: what ends it raises KeyboardInterrupt, so that it can tidy up."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@contextmanager
def at_the_next_step() -> Iterator[Shutdown]:
    """Inside, the first signal only begins the end: what is under way stops at its next step and says what it did. A
    second one, or five seconds, raise KeyboardInterrupt.
    """
    shutdown = Shutdown()
    if threading.current_thread() is not threading.main_thread():  # signals are heard in that thread alone
        yield shutdown
        return
    force = threading.Timer(PATIENCE_SECONDS, _thread.interrupt_main)
    force.daemon = True

    def heard(_signal: int, _frame: FrameType | None) -> None:
        if shutdown.begun:
            raise KeyboardInterrupt
        shutdown.begin()
        force.start()

    before = {one: signal.signal(one, heard) for one in _SIGNALS}
    try:
        yield shutdown
    finally:
        force.cancel()
        for one, handler in before.items():
            signal.signal(one, handler)
