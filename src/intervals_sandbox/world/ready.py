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
class Kept:
    """A state at rest, of which copies are made."""

    plain: bytes
    """Pickled, without what gives the recordings."""
    records: tuple[Callable[[], Recording] | None, ...]
    """One for each activity. All copies share them: nobody changes a recording, and what was drawn stays drawn."""

    def copy(self) -> State:
        state: State = pickle.loads(self.plain)  # noqa: S301 - our own, of this process
        for activity, record in zip(state.activities.values(), self.records, strict=True):
            activity.record = record
        return state


def keep(state: State) -> Kept:
    """Takes over the state: it is not to be used afterwards."""
    records = tuple(activity.record for activity in state.activities.values())
    for activity in state.activities.values():
        activity.record = None
    return Kept(pickle.dumps(state, pickle.HIGHEST_PROTOCOL), records)


@lru_cache(maxsize=8)  # less than a megabyte each
def _built(seed: int, today: date, followed: int, api_key: bool) -> Kept:
    return keep(build(seed, today, followed, api_key))
