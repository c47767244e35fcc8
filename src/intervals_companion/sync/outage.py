"""Whether Intervals.icu is down: three different items in a row and a harmless read tell, never one item."""

from __future__ import annotations

from attrs import define

from intervals_companion.domain.errors import CompanionError

MOST_IN_A_ROW = 3
"""Different items that may go without an answer before a read has to show that the service is there."""


@define
class Outage:
    """What the answers of one run say about the service."""

    in_a_row: int = 0
    """Different items without an answer since the last answer."""
    silence: CompanionError | None = None
    """Why the last read failed, while nothing was answered since."""

    @property
    def suspected(self) -> bool:
        """Whether a harmless read has to decide before anything else is sent."""
        return self.in_a_row >= MOST_IN_A_ROW

    def answered(self) -> None:
        """Also a refusal is an answer."""
        self.in_a_row, self.silence = 0, None

    def unanswered(self, items: int = 1) -> None:
        self.in_a_row += items

    def read_failed(self, problem: CompanionError) -> None:
        """Raises `problem`, which ends the run, where too many items in a row went without an answer before."""
        self.silence = problem
        if self.suspected:
            raise problem
