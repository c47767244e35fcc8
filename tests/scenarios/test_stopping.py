"""The end of the program is asked for while something waits: it is let go of, and says truthfully what it did."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from attrs import evolve

from intervals_companion.app.shutdown import Shutdown, interruptible
from intervals_companion.app.sync import run as sync_run
from intervals_companion.intervals.transport import Transport
from intervals_companion.intervals.wire import Request, Response
from intervals_companion.store import runs
from intervals_companion.sync.task import Outcome, Stopped
from intervals_companion.web.limits.log import MOST_LINES_A_MINUTE, LogLimit
from support.app_fixture import TODAY, AppFixture, Clock, run, steps
from support.prepared import prepared

DAYS = [TODAY - timedelta(days=n) for n in range(1, 4)]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[AppFixture]:
    with prepared(tmp_path, fill) as made:
        yield made


def fill(home: AppFixture) -> None:
    home.sign_in()
    home.import_(*(steps(day, 7000) for day in DAYS), *run(DAYS[0]))


def silent_at(
    home: AppFixture, concerned: Callable[[Request], bool], shutdown: Shutdown, *, arrives: bool
) -> AppFixture:
    """The same, at a service that answers the first such request no more; there the end of the program begins."""
    over = threading.Event()
    opened = home.context.transport

    @contextmanager
    def transport(origin: str) -> Iterator[Transport]:
        with opened(origin) as inner:

            def send(request: Request) -> Response:
                if not concerned(request):
                    return inner(request)
                answer = inner(request) if arrives else None
                shutdown.begin()
                over.wait(2)
                assert answer is not None
                return answer

            yield send

    return AppFixture(evolve(home.context, transport=transport), home.app, home.clock, home.folder)


def stopped(home: AppFixture, shutdown: Shutdown) -> Outcome:
    began = time.monotonic()
    found = sync_run.sync(
        interruptible(home.context, shutdown), lambda *_: None, should_stop=shutdown.has_begun
    ).outcome
    assert time.monotonic() - began < 2
    return found


WAITS: dict[str, Callable[[Request], bool]] = {
    "a read": lambda request: "/wellness" in request.url and request.method == "GET",
    "a day": lambda request: "/wellness" in request.url and request.method == "PUT",
    "a workout": lambda request: request.method == "POST" and "/activities" in request.url,
}


@pytest.mark.parametrize("arrives", [True, False])
@pytest.mark.parametrize("what", WAITS)
def test_a_sync_stops_with_its_account_and_the_next_one_sends_nothing_twice(
    home: AppFixture, what: str, arrives: bool
) -> None:
    shutdown = Shutdown()
    outcome = stopped(silent_at(home, WAITS[what], shutdown, arrives=arrives), shutdown)
    assert isinstance(outcome.error, Stopped)
    assert outcome.run is not None
    with home.context.reading() as here:
        kept = runs.find(here.connection, here.athlete, outcome.run)
    assert kept is not None
    assert kept.state == "stopped"
    outcome.check()
    assert home.sync().outcome.error is None
    assert len(home.at_the_service()) == 1
    assert all(home.theirs(day).values["steps"] == 7000 for day in DAYS)
    home.forget_requests()
    assert home.sync().outcome.sent == []
    assert home.writes() == []


def test_whoever_waits_before_a_try_is_let_go_of(home: AppFixture) -> None:
    shutdown = Shutdown()
    waiting = interruptible(evolve(home.context, monotonic=time.monotonic, sleep=time.sleep), shutdown)
    threading.Timer(0.2, shutdown.begin).start()
    began = time.monotonic()
    with pytest.raises(Stopped):
        waiting.sleep(30)
    assert time.monotonic() - began < 2


def test_nothing_is_asked_once_the_end_has_begun(home: AppFixture) -> None:
    shutdown = Shutdown(begun=True)
    home.forget_requests()
    with pytest.raises(Stopped), interruptible(home.context, shutdown).transport("http://localhost:8788") as send:
        send(Request("GET", "http://localhost:8788/api/v1/athlete/0", {}, b""))
    assert home.sandbox.log.as_json() == []


# --- the log ---------------------------------------------------------------------------------------------------------


def lines(limit: LogLimit, count: int, text: str = "refused: %d", level: int = logging.WARNING) -> list[str]:
    made = [logging.LogRecord("web", level, "", 0, text, (number,), None) for number in range(count)]
    return [one.getMessage() for one in made if limit.filter(one)]


def test_a_message_is_written_so_often_a_minute_and_then_its_count() -> None:
    clock = Clock()
    limit = LogLimit(clock.monotonic)
    assert len(lines(limit, 1000)) == MOST_LINES_A_MINUTE
    assert len(lines(limit, 5, "broken: %d")) == 5
    clock.wait(61)
    assert lines(limit, 2) == ["refused: 0 (940 lines like this were left out)", "refused: 1"]


def test_lines_that_were_asked_for_are_all_written() -> None:
    assert len(lines(LogLimit(), 1000, level=logging.INFO)) == 1000
