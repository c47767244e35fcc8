"""What runs by itself, and when: syncs, the daily look of the doctor, and letting go of what was borrowed."""

from __future__ import annotations

import threading
from collections.abc import Callable

from intervals_companion.app.account import first_fetch, sign_in
from intervals_companion.app.context import AppContext
from intervals_companion.app.doctor import checkup, examine
from intervals_companion.app.jobs.progress import UNTOLD
from intervals_companion.app.jobs.runner import Runner, attempt, in_a_thread
from intervals_companion.app.jobs.timetable import AFTER_PUSH
from intervals_companion.app.scope import ReadScope
from intervals_companion.app.social import feed
from intervals_companion.app.sync import first_sync


class Jobs(Runner):
    """The runner, with what it begins without a tap."""

    def __init__(
        self,
        context: AppContext,
        *,
        start: Callable[[Callable[[], None]], None] = in_a_thread,
        wait: Callable[[threading.Event, float], object] = threading.Event.wait,
    ) -> None:
        super().__init__(context, start=start)
        self._wait = wait

    def after_push(self) -> None:
        """Something came from a phone: a sync a minute later, one for all that comes until then."""
        self._timetable.at_the_latest(self.context.now() + AFTER_PUSH)

    def after_cure(self) -> None:
        """What was in the way is gone: a sync at once."""
        self._timetable.at_the_latest(self.context.now())

    def run_forever(self) -> None:
        """Syncs by itself, hourly and when something has come, has the doctor look daily and after a refusal, and lets
        go of what was borrowed, until `stop` is called from another thread.
        """
        self._timetable.at_the_latest(self.context.now() + AFTER_PUSH)
        while not self._ended:
            attempt(self.tick)
            attempt(lambda: checkup.examine_if_due(self.context))
            attempt(self._fetch_first)
            attempt(lambda: feed.delete_old(self.context))
            self._wait(self._timetable.woken, self._timetable.seconds_left(self.context.now()))
            self._timetable.woken.clear()

    def _fetch_first(self) -> None:
        if self.context.read(_can_ask):
            first_fetch.fetch_if_never(self.context)

    def tick(self) -> None:
        """Starts a sync if one is due, the first was confirmed and somebody is signed in. While one runs, the next
        begins behind it: what a push has brought may be past what the first one reads.
        """
        self._close_abandoned(UNTOLD)
        if not self._timetable.take_due(self.context.now()):
            return
        with self.context.reading() as here:
            may_sync = first_sync.confirmed(here) is not None and _can_ask(here)
        if may_sync:
            self.start_sync()


def _can_ask(here: ReadScope) -> bool:
    """Whether somebody is signed in whose token or key can be opened, as far as is known."""
    return sign_in.anybody(here) is not None and not examine.is_unreadable(here)
