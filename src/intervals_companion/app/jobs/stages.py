"""What a person reads for a stage: the web app and the command line say the same."""

from __future__ import annotations

from collections.abc import Mapping

from intervals_companion.domain.stages import Stage

__all__ = ["words"]

_WORDS: Mapping[str, str] = {
    Stage.READ_EXPORT: "Read the export",
    Stage.READ_HEALTH: "Read Health",
    Stage.MAKE_DAYS: "Make days",
    Stage.READ_WORKOUTS: "Read workouts",
    Stage.READ_INTERVALS: "Read Intervals.icu",
    Stage.DECIDE: "Decide",
    Stage.WRITE_HEALTH: "Write into Health",
    Stage.SEND_DAYS: "Send wellness",
    Stage.UPLOAD_WORKOUTS: "Send workouts",
    Stage.READ_ATHLETES: "Read athletes",
    Stage.MAKE_EXPORT: "Make the export",
}


def words(stage: str) -> str:
    """A stage stored by another version of the companion may have a name that is not known here: it is shown as is."""
    return _WORDS.get(stage, stage)
