"""What the doctor says after a sign-in: of the API key, of what is missing, and of data that never came."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from attrs import evolve

from intervals_companion.app.doctor import checkup
from intervals_companion.doctor.checks import Check, State
from intervals_companion.doctor.cures import Face
from intervals_companion.domain.errors import (
    ServiceUnreachable,
)
from intervals_companion.intervals.transport import Transport
from intervals_companion.intervals.wire import Request, Response
from support.app_fixture import TODAY, AppFixture, app_fixture, run, steps
from support.prepared import prepared

MONDAY = TODAY - timedelta(days=3)
ALL = ["ACTIVITY:READ", "ACTIVITY:WRITE", "WELLNESS:READ", "WELLNESS:WRITE", "CALENDAR:READ", "CHATS:WRITE",
       "CHATS:READ", "SETTINGS:READ"]  # fmt: skip


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[AppFixture]:
    """A companion where nobody is signed in, with a day and a run waiting."""
    with prepared(tmp_path, with_a_day) as made:
        yield made


def with_a_day(home: AppFixture) -> None:
    home.import_(steps(MONDAY, 8000), *run(MONDAY))


def without(*scopes: str) -> list[str]:
    return [scope for scope in ALL if scope not in scopes]


def finding(home: AppFixture, name: str) -> Check:
    return next(check for check in checkup.examine(home.context).checks if check.id == name)


@pytest.mark.parametrize(
    ("shown", "state"),
    [("visible", State.OK), ("null", State.WARNING), ("absent", State.WARNING)],
)
def test_the_doctor_tells_the_states_of_the_api_key_apart(stranger: AppFixture, shown: str, state: State) -> None:
    stranger.sign_in()
    stranger.sandbox.switches = stranger.sandbox.switches.flipped({"api_key_property": shown})
    check = finding(stranger, "api-key")
    assert check.state is state
    assert (check.cure == ()) is (state is State.OK)
    assert (stranger.sandbox.you.api_key or "?") not in repr(check)


@pytest.mark.parametrize("shown", ["null", "absent"])
def test_without_settings_read_the_doctor_never_says_that_no_key_exists(stranger: AppFixture, shown: str) -> None:
    stranger.sign_in(without("SETTINGS:READ"))
    stranger.sandbox.switches = stranger.sandbox.switches.flipped({"api_key_property": shown})
    check = finding(stranger, "api-key")
    assert check.state is State.WARNING
    assert "cannot be seen: Settings, Read is off." in check.cause
    assert any("Settings" in step.plain for step in checkup.steps(check, Face.TERMINAL))


def test_the_doctor_says_that_a_key_is_refused(stranger: AppFixture) -> None:
    stranger.sign_in()
    open_inner = stranger.context.transport

    @contextlib.contextmanager
    def old_key(origin: str) -> Iterator[Transport]:
        with open_inner(origin) as inner:

            def send(request: Request) -> Response:
                if any(value.startswith("Basic") for value in request.headers.values()):
                    return Response(401, {}, b"")
                return inner(request)

            yield send

    stranger.context = evolve(stranger.context, transport=old_key)
    assert "refused" in finding(stranger, "api-key").cause
    assert checkup.examine(stranger.context).ok


@pytest.mark.parametrize("scope", ["ACTIVITY:READ", "ACTIVITY:WRITE", "WELLNESS:READ", "WELLNESS:WRITE"])
def test_the_doctor_ends_with_0_only_if_own_data_can_travel(stranger: AppFixture, scope: str) -> None:
    area = scope.partition(":")[0]
    left = without(scope, f"{area}:WRITE") if scope.endswith("READ") else without(scope)
    stranger.sign_in(left)
    found = checkup.examine(stranger.context)
    assert not found.ok
    assert checkup.exit_code(found) == 5
    stranger.sign_in()
    assert checkup.exit_code(checkup.examine(stranger.context)) == 0


@pytest.mark.parametrize("scope", ["CALENDAR:READ", "CHATS:WRITE", "SETTINGS:READ"])
def test_a_missing_extra_is_a_warning_and_stops_nothing(stranger: AppFixture, scope: str) -> None:
    stranger.sign_in(without(scope))
    found = checkup.examine(stranger.context)
    assert found.ok
    assert any(check.state is State.WARNING for check in found.checks)


def test_the_doctor_says_when_the_service_does_not_answer(stranger: AppFixture) -> None:
    stranger.sign_in()

    @contextlib.contextmanager
    def nobody_there(_origin: str) -> Iterator[Transport]:
        def silence(_request: Request) -> Response:
            raise ServiceUnreachable("Intervals.icu could not be reached.", "Check the internet connection.")

        yield silence

    stranger.context = evolve(stranger.context, transport=nobody_there)
    found = checkup.examine(stranger.context)
    assert next(check for check in found.checks if check.id == "sign-in").state is State.UNKNOWN
    assert checkup.exit_code(found) == 6


def test_an_empty_health_type_is_no_data_seen_never_denied(stranger: AppFixture) -> None:
    stranger.sign_in()
    check = finding(stranger, "health-BloodGlucose")
    assert check.state is State.UNKNOWN
    assert check.cause == "No data seen. Permission may be off, or nothing recorded it."
    assert finding(stranger, "health-StepCount").state is State.OK


def test_without_any_data_the_doctor_says_how_to_get_some(tmp_path: Path) -> None:
    with app_fixture(tmp_path) as empty:
        empty.sign_in()
        check = finding(empty, "health-data")
        assert check.state is State.WARNING
        assert any("companion import" in step.plain for step in checkup.steps(check, Face.TERMINAL))
