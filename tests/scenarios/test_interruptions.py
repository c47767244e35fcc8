"""Whatever cuts a sync short, the next one ends where an uninterrupted one would have."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from sqlalchemy import text

from intervals_companion.app.sync import history
from intervals_companion.domain.errors import Busy, ServiceUnreachable
from intervals_companion.intervals.transport import Transport
from intervals_companion.intervals.wire import Request, Response
from intervals_companion.sync import engine
from support.app_fixture import TODAY, AppFixture, app_fixture, run, steps, weight
from support.crash_injection import Death, Killed, MortalStore, mortal_transport
from support.prepared import prepared
from support.workout_files import garmin_run

MONDAY = TODAY - timedelta(days=4)
DAYS = [MONDAY + timedelta(days=n) for n in range(4)]


def fill(home: AppFixture) -> None:
    home.sign_in()
    home.type_in(DAYS[1], weight=75.0)
    daily = [element for n, day in enumerate(DAYS) for element in (steps(day, 7000 + n), weight(day, 74 + n / 4))]
    home.import_(*daily, *run(DAYS[0]), *run(DAYS[2]))


def end_of(home: AppFixture) -> dict[str, Any]:
    """Everything that matters after a sync: what Intervals.icu holds, and what is remembered here."""
    wellness = {
        str(day): {name: value for name, value in record.items() if name != "updated"}
        for day, record in sorted(home.sandbox.you.wellness.items())
    }
    with home.context.store.read() as connection:
        remembered = {
            table: sorted(map(tuple, connection.execute(text(f"SELECT {columns} FROM {table}"))))
            for table, columns in (
                ("bases", "day, field, number, origin"),
                ("links", "workout, how, hex(content)"),
                ("held", "item, field, reason"),
                ("pending_values", "day, field"),
                ("pending_uploads", "workout"),
            )
        }
    return {"wellness": wellness, "activities": home.at_the_service(), **remembered}


def live_through(home: AppFixture, context: Any) -> None:
    """A sync that may be killed, then a quiet one."""
    mortal = evolve(home.context, **context)
    quiet = home.context
    home.context = mortal
    try:
        home.sync()
    except Killed:
        pass
    finally:
        home.context = quiet
    home.sync()
    assert every_run_adds_up(home)


def every_run_adds_up(home: AppFixture) -> bool:
    """Every run, also one that was killed, has told what became of all that it had planned."""
    told = [history.account(run) for run in home.context.read(history.latest, 10)]
    return all(one.planned == one.done + one.left for one in told) and len(told) > 0 and told[0].planned == told[0].done


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    with prepared(tmp_path_factory.mktemp("undisturbed"), fill) as home:
        home.sync()
        return end_of(home)


REQUESTS, WRITES = 10, 18
"""As many as such a sync needs; a test below says so when that changes."""


@pytest.mark.slow
def places(most: int) -> list[Any]:
    """Every place of a death: each second one in `make test`, the others in the soak."""
    return [pytest.param(at, marks=() if at % 2 else pytest.mark.soak) for at in range(1, most + 1)]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", places(REQUESTS))
def test_killed_at_a_request_it_ends_the_same(
    tmp_path: Path, undisturbed: dict[str, Any], at: int, after: bool
) -> None:
    with prepared(tmp_path, fill) as home:
        live_through(home, {"transport": mortal_transport(home, Death(at, after))})
        assert end_of(home) == undisturbed


@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", places(WRITES))
def test_killed_at_a_write_to_disk_it_ends_the_same(
    tmp_path: Path, undisturbed: dict[str, Any], at: int, after: bool
) -> None:
    with prepared(tmp_path, fill) as home:
        store = MortalStore(home.context.store.folder)
        store.death = Death(at, after)
        live_through(home, {"store": store})
        store.close()
        assert end_of(home) == undisturbed


def test_the_counts_above_cover_a_whole_sync(tmp_path: Path) -> None:
    with prepared(tmp_path, fill) as home:
        requests = Death()
        store = MortalStore(home.context.store.folder)
        store.death = Death()
        home.context = evolve(home.context, store=store, transport=mortal_transport(home, requests))
        home.sync()
        store.close()
        assert (requests.count, store.death.count) == (REQUESTS, WRITES)


# --- no answer --------------------------------------------------------------------------------------------------------


def _losing(home: AppFixture, method: str, path: str, *, after: bool) -> Any:
    """A transport that loses the first answer to such a request, carried out or not."""
    open_inner = home.context.transport
    lost: list[Request] = []

    @contextmanager
    def opened(origin: str) -> Iterator[Transport]:
        with open_inner(origin) as inner:

            def send(request: Request) -> Response:
                if not lost and request.method == method and path in request.url:
                    lost.append(request)
                    if after:
                        inner(request)
                    raise ServiceUnreachable("Intervals.icu did not answer in 30 s.", "Try again.")
                return inner(request)

            yield send

    return opened


@pytest.mark.parametrize("after", [False, True], ids=["not carried out", "carried out"])
@pytest.mark.parametrize(("method", "path"), [("PUT", "wellness-bulk"), ("POST", "/activities")])
def test_an_answer_that_gets_lost_costs_nothing_and_doubles_nothing(
    tmp_path: Path, undisturbed: dict[str, Any], method: str, path: str, after: bool
) -> None:
    with prepared(tmp_path, fill) as home:
        quiet = home.context
        home.context = evolve(quiet, transport=_losing(home, method, path, after=after))
        first = home.sync().outcome
        assert (first.error, bool(first.failed), first.left) == (None, not after, [])
        home.context = quiet
        home.sync()
        assert end_of(home) == undisturbed


def test_a_lost_answer_to_a_write_that_was_carried_out_counts_as_sent_once_it_is_seen(tmp_path: Path) -> None:
    with prepared(tmp_path, fill) as home:
        home.context = evolve(home.context, transport=_losing(home, "POST", "/activities", after=True))
        first = home.sync()
        assert first.outcome.workouts_sent == 2  # the list showed both, although nobody answered the first upload
        assert len(home.at_the_service()) == 2


def test_what_the_settings_lend_a_day_proves_no_write_of_an_earlier_run(tmp_path: Path) -> None:
    with app_fixture(tmp_path) as home:
        home.sign_in()
        home.type_in(MONDAY, mood=2)
        home.import_(weight(MONDAY, 74.25))
        quiet = home.context
        home.context = evolve(quiet, transport=_losing(home, "PUT", "wellness-bulk", after=False))
        assert home.sync().outcome.values_sent == 0
        home.context = quiet
        home.sandbox.you.facts["icu_weight"] = 74.25
        assert home.sync().outcome.values_sent == 1
        assert home.sandbox.you.wellness[MONDAY]["weight"] == 74.25


def test_a_recording_from_elsewhere_is_no_proof_that_a_cut_off_upload_arrived(tmp_path: Path) -> None:
    with app_fixture(tmp_path) as home:
        home.sign_in()
        home.import_(*run(MONDAY))
        quiet = home.context
        home.context = evolve(quiet, transport=_losing(home, "POST", "/activities", after=False))
        home.sync()
        home.context = quiet
        garmin_run(home, MONDAY)
        outcome = home.sync().outcome
        assert ([one.how for one in outcome.linked], outcome.workouts_sent) == (["matched"], 0)
        assert home.sync().outcome.sent == []


def test_a_lost_read_is_simply_asked_again(tmp_path: Path, undisturbed: dict[str, Any]) -> None:
    with prepared(tmp_path, fill) as home:
        home.context = evolve(home.context, transport=_losing(home, "GET", "/wellness", after=False))
        assert home.sync().outcome.error is None
        assert end_of(home) == undisturbed


def test_a_second_sync_at_the_same_time_is_refused_and_harmless(tmp_path: Path) -> None:
    with prepared(tmp_path, fill) as home:
        with engine.alone(home.context.store, home.context.account().athlete), pytest.raises(Busy):
            home.sync()
        assert home.sync().outcome.workouts_sent == 2
