"""The doctor's round against the service: what it asks, what it never does, and what it remembers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from intervals_companion.app.account import sign_in
from intervals_companion.app.doctor import checkup
from intervals_companion.doctor import probe
from intervals_companion.doctor.checks import Check, State
from intervals_companion.doctor.intervals import ScopeState
from intervals_companion.domain.errors import PermissionMissing, UsageError
from intervals_companion.intervals import protocol
from intervals_companion.intervals.wire import Request, Response
from support.app_fixture import TODAY, AppFixture, app_fixture, between, run, steps

MONDAY = TODAY - timedelta(days=3)
ALL = ["ACTIVITY:READ", "ACTIVITY:WRITE", "WELLNESS:READ", "WELLNESS:WRITE", "CALENDAR:READ", "CHATS:WRITE",
       "CHATS:READ", "SETTINGS:READ"]  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Iterator[AppFixture]:
    """A companion with a day and a run waiting."""
    with app_fixture(tmp_path) as made:
        made.import_(steps(MONDAY, 8000), *run(MONDAY))
        yield made


def without(*scopes: str) -> list[str]:
    return [scope for scope in ALL if scope not in scopes]


def cells(home: AppFixture) -> dict[str, ScopeState]:
    """By `AREA:LEVEL`, as stored."""
    rows = home.context.read(checkup.stored).matrix
    return {f"{row.area}:{level}": cell for row in rows for level, cell in (("READ", row.read), ("WRITE", row.update))}


def finding(home: AppFixture, name: str) -> Check:
    found = home.context.read(checkup.stored).check(name)
    assert found is not None
    return found


# --- what is asked ---------------------------------------------------------------------------------------------------


def test_an_examination_asks_at_most_eight_times_the_first_time_too(home: AppFixture) -> None:
    home.sign_in()
    for _ in range(3):
        home.forget_requests()
        checkup.examine(home.context)
        assert 0 < len(home.sandbox.log.as_json()) <= probe.MOST_REQUESTS


def test_a_service_that_fails_is_not_asked_more_often(home: AppFixture) -> None:
    home.sign_in()
    home.sandbox.faults.order([{"method": "*", "path_prefix": "/api", "times": 100, "kind": "503"}])
    home.forget_requests()
    checkup.examine(home.context)
    assert len(home.sandbox.log.as_json()) <= probe.MOST_REQUESTS


@pytest.mark.parametrize("failing", range(8))
def test_a_service_that_begins_to_fail_half_way_is_not_asked_more_often(home: AppFixture, failing: int) -> None:
    home.sign_in()
    asked: list[str] = []

    def answer(request: Request) -> Response | None:
        asked.append(request.url)
        return Response(503, {}) if len(asked) > failing else None

    between(home, answer)
    found = checkup.examine(home.context)
    assert len(asked) <= probe.MOST_REQUESTS
    assert found.blocked == ()


def test_an_examination_writes_nothing_at_all(home: AppFixture) -> None:
    def everything() -> str:
        state, you = home.sandbox.state, home.sandbox.you
        return repr([state.activities, state.chats, you.facts, you.wellness, you.events, you.custom_items])

    home.sign_in()
    before = everything()
    for _ in range(2):
        checkup.examine(home.context)
    assert everything() == before


def test_updating_is_tried_before_anything_was_sent_and_never_again_after(home: AppFixture) -> None:
    home.sign_in()
    home.forget_requests()
    checkup.examine(home.context)
    assert home.writes() == ["PUT /api/v1/athlete/0/wellness-bulk", "POST /api/v1/athlete/0/activities"]
    assert cells(home)["WELLNESS:WRITE"] is cells(home)["ACTIVITY:WRITE"] is ScopeState.PROVED
    home.forget_requests()
    checkup.examine(home.context)
    assert home.writes() == []


def test_what_a_sync_sends_proves_its_box_without_a_question(home: AppFixture) -> None:
    home.sign_in()
    assert cells(home)["WELLNESS:WRITE"] is ScopeState.GRANTED
    home.sync()
    assert (
        cells(home)["WELLNESS:WRITE"]
        is cells(home)["ACTIVITY:WRITE"]
        is cells(home)["ACTIVITY:READ"]
        is ScopeState.PROVED
    )
    home.forget_requests()
    checkup.examine(home.context)
    assert home.writes() == []


def test_comments_are_never_written_to_prove_a_box(home: AppFixture) -> None:
    home.sign_in()
    home.sync()
    checkup.examine(home.context)
    assert (cells(home)["CHATS:READ"], cells(home)["CHATS:WRITE"]) == (ScopeState.PROVED, ScopeState.GRANTED)


def test_a_box_that_was_left_unticked_is_not_tried(home: AppFixture) -> None:
    home.sign_in(without("WELLNESS:WRITE", "CALENDAR:READ"))
    home.forget_requests()
    checkup.examine(home.context)
    assert home.writes() == ["POST /api/v1/athlete/0/activities"]
    assert not any("events" in entry["path"] for entry in home.sandbox.log.as_json())
    assert cells(home)["CALENDAR:READ"] is ScopeState.MISSING


# --- what is remembered ----------------------------------------------------------------------------------------------


def test_the_stored_result_is_read_without_asking_anybody(home: AppFixture) -> None:
    home.sign_in(without("WELLNESS:WRITE"))
    found = checkup.examine(home.context)
    home.forget_requests()
    assert home.context.read(checkup.stored) == found
    assert home.context.read(checkup.blocked_count) == len(found.blocked) == 1
    assert home.sandbox.log.as_json() == []


def test_a_refusal_met_by_a_sync_is_known_at_once_without_a_question(home: AppFixture) -> None:
    home.sign_in()
    between(home, lambda request: Response(403, {}) if request.method == "PUT" else None)
    home.forget_requests()
    home.sync()
    asked = len(home.sandbox.log.as_json())
    assert finding(home, "wellness-data-update").state is State.BLOCKED
    assert home.context.read(checkup.blocked_count) == 1
    assert len(home.sandbox.log.as_json()) == asked
    assert home.context.read(checkup.due)


def test_a_sign_in_that_a_sync_finds_dead_is_known_at_once(home: AppFixture) -> None:
    home.sign_in()
    checkup.examine(home.context)
    with home.person() as person:
        person.revoke()
    home.sync()
    assert "another device signed in, or access was removed" in finding(home, "sign-in").cause
    assert home.context.read(checkup.blocked_count) == 1


def test_a_new_sign_in_forgets_what_the_one_before_was_refused(home: AppFixture) -> None:
    home.sign_in()
    with home.person() as person:
        person.revoke()
    home.sync()
    home.sign_in()
    assert home.context.read(checkup.blocked_count) == 0
    assert cells(home)["WELLNESS:READ"] is ScopeState.GRANTED


def test_work_begun_with_an_old_sign_in_goes_on_with_the_new_one_and_holds_nothing_against_it(home: AppFixture) -> None:
    home.sign_in()
    with sign_in.signed_in(home.context) as (_, client):
        home.clock.wait(60)
        home.sign_in()
        assert client.ask(protocol.athlete()).id == home.sandbox.you.id
    assert home.context.read(checkup.blocked_count) == 0


def test_what_an_old_sign_in_is_told_late_is_not_held_against_the_new_one(home: AppFixture) -> None:
    home.sign_in()
    between(home, lambda request: Response(403, {}) if request.method == "PUT" else None)
    with sign_in.signed_in(home.context) as (_, client):
        with pytest.raises(PermissionMissing):
            client.ask(protocol.put_wellness({}))
        home.clock.wait(60)
        home.sign_in()
    assert home.context.read(checkup.blocked_count) == 0


def test_an_examination_that_another_sign_in_overtakes_says_nothing_of_it(home: AppFixture) -> None:
    home.sign_in()
    signed_in_anew: list[str] = []

    def answer(request: Request) -> Response | None:
        if "/events" in request.url and not signed_in_anew:
            signed_in_anew.append(request.url)
            home.clock.wait(60)
            home.sign_in()
        return None

    between(home, answer)
    assert checkup.examine(home.context).examined is None
    assert home.context.read(checkup.due)
    assert home.context.read(checkup.blocked_count) == 0


def test_an_examination_is_due_at_sign_in_daily_and_after_a_refusal(home: AppFixture) -> None:
    assert not home.context.read(checkup.due)
    home.sign_in()
    assert home.context.read(checkup.due)
    checkup.examine_if_due(home.context)
    assert not home.context.read(checkup.due)
    home.clock.wait(23 * 3600)
    assert not home.context.read(checkup.due)
    home.clock.wait(3600)
    assert home.context.read(checkup.due)


def test_a_service_that_was_down_is_forgotten_when_something_went_since(home: AppFixture) -> None:
    home.sign_in()
    home.sandbox.faults.order([{"method": "GET", "path_prefix": "/api", "times": 8, "kind": "503"}])
    assert checkup.examine(home.context).check("sign-in").state is State.UNKNOWN  # type: ignore[union-attr]
    home.sandbox.faults.order([])
    home.clock.wait(60)
    home.sync()
    assert finding(home, "sign-in").state is State.OK


def test_a_warning_can_be_dismissed_and_brought_back_and_what_blocks_cannot(home: AppFixture) -> None:
    home.sign_in(without("CALENDAR:READ", "WELLNESS:WRITE"))
    checkup.examine(home.context)
    checkup.dismiss(home.context, "calendar-read")
    for name in ("wellness-data-update", "sign-in", "nothing", "x" * 100_000):
        with pytest.raises(UsageError):
            checkup.dismiss(home.context, name)
    found = home.context.read(checkup.stored)
    assert [check.id for check in found.dismissed] == ["calendar-read"]
    assert "calendar-read" not in [check.id for check in found.checks]
    assert [check.id for check in found.blocked] == ["wellness-data-update"]
    checkup.undismiss(home.context, "calendar-read")
    assert home.context.read(checkup.stored).dismissed == ()


def test_streams_refused_beside_a_summary_that_reads_are_a_stuck_token(home: AppFixture) -> None:
    home.sign_in()
    home.sync()
    checkup.examine(home.context)
    assert home.context.read(checkup.stored).check("streams") is None
    between(home, lambda request: Response(403, {}) if "/streams" in request.url else None)
    assert checkup.examine(home.context).check("streams") is not None
    assert cells(home)["ACTIVITY:READ"] is ScopeState.PROVED


def test_strava_alone_does_not_make_a_token_stuck(tmp_path: Path) -> None:
    with app_fixture(tmp_path, empty=False) as home:
        home.sign_in()
        for activity in home.sandbox.state.activities.values():
            activity.values["source"] = "STRAVA"
        for _ in range(2):
            checkup.examine(home.context)
        assert not any("/streams" in entry["path"] for entry in home.sandbox.log.as_json())
