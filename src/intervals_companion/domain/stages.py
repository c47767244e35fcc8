"""The stages of a longer piece of work, as its progress names them. What a person reads is for the faces to say."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Stage(StrEnum):
    """The value is what the rows of jobs store: it never changes."""

    READ_EXPORT = "read_export"
    READ_HEALTH = "read_health"
    MAKE_DAYS = "make_days"
    READ_WORKOUTS = "read_workouts"
    READ_INTERVALS = "read_intervals"
    DECIDE = "decide"
    WRITE_HEALTH = "write_health"
    SEND_DAYS = "send_days"
    UPLOAD_WORKOUTS = "upload_workouts"
    READ_ATHLETES = "read_athletes"
    MAKE_EXPORT = "make_export"
    """The invented one of the demo."""


Progress = Callable[[Stage, int, int], None]
"""Called with the stage, what of it is done and how much there is."""
