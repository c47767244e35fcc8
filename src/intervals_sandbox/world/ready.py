"""Worlds that this process has built already: the next sandbox gets a copy in a few milliseconds."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from datetime import date
from functools import lru_cache

from attrs import frozen

from intervals_sandbox.files.recording import Recording
from intervals_sandbox.state import State
from intervals_sandbox.world.seed import build


def world(seed: int, today: date, followed: int, api_key: bool) -> State:
    """What `seed.build` gives, for the caller alone."""
    return _built(seed, today, followed, api_key).copy()


@frozen
class _Built:
    plain: bytes
    """The state, pickled, without what draws the recordings."""
    draws: tuple[Callable[[], Recording] | None, ...]
    """One for each activity. All copies share them: nobody changes a recording, and what was drawn stays drawn."""

    def copy(self) -> State:
        state: State = pickle.loads(self.plain)  # noqa: S301 - our own, of this process
        for activity, draw in zip(state.activities.values(), self.draws, strict=True):
            activity.record = draw
        return state


@lru_cache(maxsize=8)  # about half a megabyte each
def _built(seed: int, today: date, followed: int, api_key: bool) -> _Built:
    state = build(seed, today, followed, api_key)
    draws = tuple(activity.record for activity in state.activities.values())
    for activity in state.activities.values():
        activity.record = None
    return _Built(pickle.dumps(state, pickle.HIGHEST_PROTOCOL), draws)
