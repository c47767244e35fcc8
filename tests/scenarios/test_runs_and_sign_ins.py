"""A run under way while somebody signs in, signs out or is refused: it goes on where it may, stops where it must."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from attrs import evolve
from sqlalchemy import func, select

from intervals_companion.app import sessions
from intervals_companion.app.account import sign_in
from intervals_companion.app.data import erase
from intervals_companion.app.doctor import checkup
from intervals_companion.app.jobs import status
from intervals_companion.app.jobs.schedule import Jobs
from intervals_companion.app.sync import first_sync
from intervals_companion.domain.errors import NotSignedIn, OtherAthlete
from intervals_companion.intervals.transport import Transport
from intervals_companion.intervals.wire import Request, Response
from intervals_companion.store import schema
from support.app_fixture import TODAY, AppFixture, app_fixture, run, steps, weight

MONDAY = TODAY - timedelta(days=4)
DAYS = [MONDAY + timedelta(days=n) for n in range(4)]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[AppFixture]:
    """A companion with four days and a run waiting, and nobody signed in."""
    with app_fixture(tmp_path) as made:
        made.import_(*(element for day in DAYS for element in (steps(day, 8000), weight(day, 74.5))), *run(DAYS[0]))
        yield made


def during(home: AppFixture, method: str, act: Callable[[], object]) -> None:
    """Something happens once, while the first request of this method is on its way."""
    open_inner = home.context.transport
    waiting = [act]

    @contextlib.contextmanager
    def transport(origin: str) -> Iterator[Transport]:
        with open_inner(origin) as inner:

            def send(request: Request) -> Response:
                if waiting and request.method == method:
                    waiting.pop()()
                return inner(request)

            yield send

    home.context = evolve(home.context, transport=transport)


def stranger(home: AppFixture) -> str:
    state = home.sandbox.state
    return next(name for name in state.athletes if name != state.you)


def landing(home: AppFixture, athlete: str | None = None) -> tuple[sign_in.LoginRequest, str]:
    start = sign_in.begin(home.context, "http://localhost:5000/")
    with home.person(athlete) as person:
        return start, person.allow(start.url)


def sign_in_anew(home: AppFixture) -> Callable[[], None]:
    def act() -> None:
        home.clock.wait(60)
        home.sign_in()

    return act


# --- a new sign-in ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "PUT", "POST"])
def test_a_run_survives_a_new_sign_in_of_its_athlete(home: AppFixture, method: str) -> None:
    home.sign_in()
    during(home, method, sign_in_anew(home))
    outcome = home.sync().outcome
    assert outcome.error is None
    assert (outcome.values_sent, outcome.workouts_sent, outcome.failed) == (8, 1, [])


def test_a_run_by_key_goes_on_with_the_token_that_took_its_place(home: AppFixture) -> None:
    sign_in.with_key(home.context, home.sandbox.you.api_key or "")
    during(home, "PUT", sign_in_anew(home))
    home.forget_requests()
    assert home.sync().outcome.workouts_sent == 1
    assert home.credentials_used() >= {"key", "token"}


def test_what_a_smaller_new_sign_in_may_not_do_is_held_and_not_done_with_the_larger_one(home: AppFixture) -> None:
    home.sign_in()

    def act() -> None:
        home.clock.wait(60)
        home.sign_in(["ACTIVITY:READ", "ACTIVITY:WRITE", "WELLNESS:READ", "SETTINGS:READ"])

    during(home, "PUT", act)
    outcome = home.sync().outcome
    assert (outcome.values_sent, outcome.workouts_sent) == (0, 1)
    assert {one.reason for one in outcome.held} == {"no_permission"}


def test_a_run_stops_when_another_athlete_takes_the_folder(home: AppFixture) -> None:
    home.sign_in()

    def act() -> None:
        sign_in.finish(home.context, *landing(home, stranger(home)))

    during(home, "GET", act)
    assert isinstance(home.sync().outcome.error, OtherAthlete)
    assert home.theirs(DAYS[0]).values.get("steps") is None
    assert home.at_the_service() == []


# --- logging out -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", [erase.LOGOUT, erase.FULL_LOGOUT], ids=lambda way: way.id)
@pytest.mark.parametrize("by_key", [True, False], ids=["key", "token"])
def test_nothing_is_sent_and_nothing_kept_after_a_logout(home: AppFixture, way: erase.ExitOption, by_key: bool) -> None:
    if by_key:
        sign_in.with_key(home.context, home.sandbox.you.api_key or "")
    else:
        home.sign_in()
    home.forget_requests()
    during(home, "GET", lambda: erase.log_out(home.context, way))
    assert isinstance(home.sync().outcome.error, NotSignedIn)
    assert home.writes() == ([] if by_key else ["DELETE /api/v1/disconnect-app"])
    with home.context.store.read() as connection:
        for table in (schema.answers, schema.theirs_days, schema.theirs_activities, schema.credentials):
            assert connection.execute(select(func.count()).select_from(table)).scalar() == 0


def test_a_logout_asks_a_sync_to_stop_and_lets_an_import_go_on(home: AppFixture) -> None:
    home.sign_in()
    first_sync.confirm(home.context, None)
    jobs = Jobs(home.context, start=lambda _: None)
    sync, plan = jobs.start_sync(), jobs.start_plan(None)
    reading = jobs.start_import(home.export(steps(TODAY, 1)), name="export.zip")
    erase.log_out(home.context)
    asked = {name: found.cancel for name in (sync, plan, reading) if (found := home.context.read(status.find, name))}
    assert asked == {sync: True, plan: True, reading: False}


# --- a refusal -------------------------------------------------------------------------------------------------------


def test_a_box_refused_in_the_midst_of_a_run_is_in_the_banner_at_once(home: AppFixture) -> None:
    home.sign_in()
    open_inner = home.context.transport
    blocked: list[int] = []

    @contextlib.contextmanager
    def transport(origin: str) -> Iterator[Transport]:
        with open_inner(origin) as inner:

            def send(request: Request) -> Response:
                blocked.append(home.context.read(checkup.blocked_count))
                return Response(403, {}) if request.method == "PUT" else inner(request)

            yield send

    home.context = evolve(home.context, transport=transport)
    home.sync()
    assert (blocked[0], blocked[-1]) == (0, 1)


# --- whose folder it is ----------------------------------------------------------------------------------------------


def test_of_two_first_sign_ins_at_once_the_second_athlete_is_refused_and_disconnected(home: AppFixture) -> None:
    mine, theirs = (sessions.begin_login(home.context, "http://localhost:5000/") for _ in range(2))
    with home.person() as person:
        my_landing = person.allow(mine.url)
    with home.person(stranger(home)) as person:
        their_landing = person.allow(theirs.url)
    plain = home.context
    during(home, "GET", lambda: sessions.finish_login(plain, my_landing, mine.cookie))
    with pytest.raises(OtherAthlete):
        sessions.finish_login(home.context, their_landing, theirs.cookie)
    assert home.context.read(sign_in.current).account.intervals_id == home.sandbox.you.id
    assert {token.athlete_id for token in home.sandbox.state.tokens.values()} == {home.sandbox.you.id}
    with home.context.store.read() as connection:
        assert len(connection.execute(select(schema.athletes)).all()) == 1


def test_a_key_of_another_athlete_comes_too_late_as_well(home: AppFixture) -> None:
    unbound = home.context.account()
    with home.person(stranger(home)) as person:
        person.generate_key()
    key = home.sandbox.state.athletes[stranger(home)].api_key or ""
    during(home, "GET", home.sign_in)
    with pytest.raises(OtherAthlete):
        sign_in.with_key(home.context, key, only=unbound)
    assert home.context.read(sign_in.current).account.intervals_id == home.sandbox.you.id
