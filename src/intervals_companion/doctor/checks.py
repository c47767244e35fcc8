"""The doctor's words: a check has a state, a cause and a cure. Each section of the examination gives some.

*Blocked* means that the athlete's own days or workouts cannot travel. Whatever else could be better is a warning, which
a person may dismiss.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from attrs import frozen

from intervals_companion.doctor.cures import Cure


class State(StrEnum):
    OK = "ok"
    BLOCKED = "blocked"
    WARNING = "warning"
    UNKNOWN = "unknown"


class Section(StrEnum):
    INTERVALS = "intervals"
    HEALTH = "health"
    KEY = "key"


@frozen
class Check:
    id: str
    section: Section
    state: State
    title: str
    """What the cure is headed with: `Turn on Update for Wellness Data`."""
    cause: str
    """What was found, in a sentence."""
    blocks: str = ""
    """What does not work because of it; no capital, no full stop. Where it blocks, the things come first."""
    cure: Cure = ()

    @property
    def consequence(self) -> str:
        """What does not work, as a sentence. Only what keeps the athlete's own data here `Blocks`."""
        if not self.blocks:
            return ""
        said = f"Blocks {self.blocks}" if self.state is State.BLOCKED else self.blocks[0].upper() + self.blocks[1:]
        return f"{said}."

    @property
    def dismissible(self) -> bool:
        """Whether a person may say that they do not use it."""
        return self.state is State.WARNING or (self.state is State.UNKNOWN and self.section is Section.HEALTH)


SIGN_IN = "sign-in"


def own_data_travels(checks: Iterable[Check]) -> bool:
    """Whether nothing is blocked, and the sign-in is known to be alive."""
    return all(
        check.state is not State.BLOCKED and not (check.id == SIGN_IN and check.state is State.UNKNOWN)
        for check in checks
    )
