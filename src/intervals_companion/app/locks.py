"""The named locks of a data folder, across processes; a sync has its own: `sync.engine.alone`."""

from __future__ import annotations

from contextlib import AbstractContextManager

from intervals_companion.app.context import AppContext
from intervals_companion.domain.errors import Busy


def job_lock(context: AppContext, athlete: int) -> AbstractContextManager[None]:
    """Held while a job runs. Raises Busy when entered while another process is at work."""
    busy = Busy(
        "Another companion on this data folder is at work.", "Wait until it has finished, then start this again."
    )
    return context.store.held(f"jobs-{athlete}", busy)


_MOMENT = 0.5
"""Seconds that somebody who only looks whether anybody reads may be in the way."""


def feed_lock(context: AppContext, patience: float = _MOMENT) -> AbstractContextManager[None]:
    """One reader of a data folder at a time. Raises Busy when entered."""
    busy = Busy("Your friends’ activities are being read already.", "Wait a few seconds.")
    return context.store.held(f"feed-{context.account().athlete}", busy, patience)
