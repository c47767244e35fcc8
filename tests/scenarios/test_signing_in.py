"""Signing in with less than everything, signing out, and what it means for the data."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from attrs import evolve
from sqlalchemy import text

from intervals_companion.app.account import api_key, custom_fields, logout, notices
from intervals_companion.app.account import sign_in as account_sign_in
from intervals_companion.app.doctor import checkup
from intervals_companion.app.sync import run as sync_run
from intervals_companion.app.sync.run import Synced
from intervals_companion.doctor.checks import Check, State
from intervals_companion.doctor.cures import Face
from intervals_companion.domain.errors import (
    NotSignedIn,
    SecretsClosed,
    ServiceUnreachable,
    SignInDeclined,
    SignInError,
    SignInExpired,
)
from intervals_companion.intervals import oauth
from intervals_companion.intervals.client import sign_in
from intervals_companion.intervals.transport import Transport
from intervals_companion.intervals.wire import Request, Response
from intervals_companion.store import accounts
from intervals_companion.store.secrets import KEY_FILE
from support.app_fixture import ORIGIN, TODAY, ZONE, AppFixture, app_fixture, run, steps

MONDAY = TODAY - timedelta(days=3)
ALL = ["ACTIVITY:READ", "ACTIVITY:WRITE", "WELLNESS:READ", "WELLNESS:WRITE", "CALENDAR:READ", "CHATS:WRITE",
       "CHATS:READ", "SETTINGS:READ"]  # fmt: skip


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[AppFixture]:
    """A companion where nobody is signed in, with a day and a run waiting."""
    with app_fixture(tmp_path) as made:
        made.import_(steps(MONDAY, 8000), *run(MONDAY))
        yield made


def without(*scopes: str) -> list[str]:
    return [scope for scope in ALL if scope not in scopes]


def finding(home: AppFixture, name: str) -> Check:
    return next(check for check in checkup.examine(home.context).checks if check.id == name)


def reasons(result: Synced) -> set[tuple[str, str]]:
    return {(one.field, one.reason) for one in result.outcome.held}


def test_wellness_update_left_unticked_is_named_held_and_cured(stranger: AppFixture) -> None:
    who = stranger.sign_in(without("WELLNESS:WRITE"))
    (line,) = notices.what_is_missing(who)
    assert line.startswith("Wellness Data, Update is off.")
    check = finding(stranger, "wellness-data-update")
    assert check.state is State.BLOCKED
    assert "stay on this machine" in check.blocks
    assert any("Read and Update" in step.plain for step in checkup.steps(check, Face.WEB))

    held = stranger.sync()
    assert ("steps", "no_permission") in reasons(held)
    assert held.outcome.workouts_sent == 1
    assert sync_run.exit_code(held.outcome) == 1
    assert "steps" not in stranger.theirs(MONDAY).values

    stranger.sign_in()
    assert finding(stranger, "wellness-data-update").state is State.OK
    assert stranger.sync().outcome.values_sent > 0
    assert stranger.theirs(MONDAY).values["steps"] == 8000


def test_activities_update_left_unticked_holds_workouts_and_days_go(stranger: AppFixture) -> None:
    stranger.sign_in(without("ACTIVITY:WRITE"))
    result = stranger.sync()
    assert ("workout", "no_permission") in reasons(result)
    assert stranger.theirs(MONDAY).values["steps"] == 8000
    assert stranger.at_the_service() == []


def test_a_whole_area_left_unticked_holds_what_cannot_be_compared(stranger: AppFixture) -> None:
    stranger.sign_in(without("WELLNESS:READ", "WELLNESS:WRITE"))
    result = stranger.sync()
    assert ("steps", "no_permission") in reasons(result)
    assert result.outcome.workouts_sent == 1
    stranger.sign_in(without("ACTIVITY:READ", "ACTIVITY:WRITE"))
    result = stranger.sync()
    assert result.outcome.values_sent > 0


def test_a_refusal_of_the_token_is_never_tried_again_with_the_key(stranger: AppFixture) -> None:
    stranger.sign_in(without("WELLNESS:WRITE"))
    with stranger.context.store.write() as connection:
        account = accounts.current(stranger.context.store, connection)
        key = accounts.Stored(stranger.sandbox.you.api_key or "", None, 0)
        accounts.save(connection, stranger.context.box(), account.athlete, account_sign_in.KEY, key)
        # As if the grant had been larger when it was stored: the service refuses, and nothing may go round it.
        connection.execute(text("UPDATE credentials SET scope = 'ACTIVITY:WRITE,WELLNESS:WRITE' WHERE kind = 'token'"))
    stranger.forget_requests()
    result = stranger.sync()
    assert ("steps", "no_permission") in reasons(result)
    assert stranger.credentials_used() == {"token"}
    assert "steps" not in stranger.theirs(MONDAY).values


def test_the_key_signs_in_for_everything(stranger: AppFixture) -> None:
    who = account_sign_in.with_key(stranger.context, stranger.sandbox.you.api_key or "")
    assert who.missing == ()
    result = stranger.sync()
    assert (result.outcome.values_sent > 0, result.outcome.workouts_sent) == (True, 1)
    assert checkup.examine(stranger.context).ok


def test_a_wrong_key_is_refused_and_not_stored(stranger: AppFixture) -> None:
    with pytest.raises(SignInExpired):
        account_sign_in.with_key(stranger.context, "abcdefghijklmnopqrstuvwxy")
    with pytest.raises(NotSignedIn):
        stranger.context.read(account_sign_in.current)


def test_pressing_cancel_connects_nothing(stranger: AppFixture) -> None:
    start = account_sign_in.begin(stranger.context, "http://localhost:5000/")
    with stranger.person() as person:
        landing = person.decline(start.url)
    with pytest.raises(SignInDeclined):
        account_sign_in.finish(stranger.context, start, landing)
    with pytest.raises(NotSignedIn):
        stranger.context.read(account_sign_in.current)


def test_a_landing_of_another_start_is_refused(stranger: AppFixture) -> None:
    one = account_sign_in.begin(stranger.context, "http://localhost:5000/")
    other = account_sign_in.begin(stranger.context, "http://localhost:5000/")
    with stranger.person() as person:
        landing = person.allow(one.url)
    with pytest.raises(SignInError):
        account_sign_in.finish(stranger.context, other, landing)


def test_an_address_pasted_twice_works_once(stranger: AppFixture) -> None:
    start = account_sign_in.begin(stranger.context, "http://localhost:5000/")
    with stranger.person() as person:
        landing = person.allow(start.url)
    account_sign_in.finish(stranger.context, start, landing)
    with pytest.raises(SignInError):
        account_sign_in.finish(stranger.context, start, landing)


def test_access_removed_there_says_sign_in_again_and_loses_nothing(stranger: AppFixture) -> None:
    stranger.sign_in()
    with stranger.person() as person:
        person.revoke()
    result = stranger.sync()
    assert isinstance(result.outcome.error, SignInExpired)
    assert sync_run.exit_code(result.outcome) == 4
    check = finding(stranger, "sign-in")
    assert check.state is State.BLOCKED
    assert "another device signed in, or access was removed" in check.cause
    stranger.sign_in()
    assert stranger.sync().outcome.workouts_sent == 1


def test_a_second_device_signing_in_stops_the_first(stranger: AppFixture, tmp_path: Path) -> None:
    stranger.sign_in()
    elsewhere = account_sign_in.begin(stranger.context, "http://localhost:5001/")
    with stranger.person() as person:
        landing = person.allow(elsewhere.url)
    settings = stranger.context.settings
    with stranger.context.transport(ORIGIN) as transport:
        sign_in(
            ORIGIN, transport, settings.client_id or "", settings.client_secret or "",
            oauth.landed_code(landing, elsewhere.state), sleep=stranger.clock.wait, random=lambda: 0.5,
        )  # fmt: skip
    assert isinstance(stranger.sync().outcome.error, SignInExpired)


def test_logout_tells_the_service_and_signing_in_again_sends_nothing_twice(stranger: AppFixture) -> None:
    stranger.sign_in()
    stranger.sync()
    assert logout.log_out(stranger.context).told
    assert not stranger.sandbox.state.tokens
    with pytest.raises(NotSignedIn):
        stranger.sync()
    stranger.sign_in()
    stranger.forget_requests()
    assert stranger.sync().outcome.sent == []
    assert stranger.writes() == []


def test_logout_without_an_answer_goes_on_and_says_so(stranger: AppFixture) -> None:
    stranger.sign_in()
    quiet = stranger.context

    def silence(_request: Request) -> Response:
        raise ServiceUnreachable("Intervals.icu could not be reached.", "Check the internet connection.")

    @contextlib.contextmanager
    def nobody_there(_origin: str) -> Iterator[Transport]:
        yield silence

    stranger.context = evolve(quiet, transport=nobody_there)
    result = logout.log_out(stranger.context)
    assert not result.told
    assert result.problem is not None
    with pytest.raises(NotSignedIn):
        stranger.context.read(account_sign_in.current)


def test_logout_ends_the_access_of_everybody_who_signed_in_here(stranger: AppFixture) -> None:
    first = stranger.sign_in().account
    stranger.sandbox.state.you = next(one for one in stranger.sandbox.state.athletes if one != first.intervals_id)
    second = stranger.sign_in().account
    assert len(stranger.sandbox.state.tokens) == 2
    result = logout.log_out(stranger.context)
    assert {one.account.athlete for one in result.ended} == {first.athlete, second.athlete}
    assert not stranger.sandbox.state.tokens
    with stranger.context.store.read() as connection:
        assert accounts.holders(connection) == []


def test_a_key_in_place_of_a_token_ends_the_token_at_the_service(stranger: AppFixture) -> None:
    stranger.sign_in()
    who = account_sign_in.with_key(stranger.context, stranger.sandbox.you.api_key or "")
    assert who.replaced is not None
    assert who.replaced.problem is None
    assert not stranger.sandbox.state.tokens


def test_a_token_that_cannot_be_ended_stops_no_sign_in_by_key_and_is_said(stranger: AppFixture) -> None:
    stranger.sign_in()
    with stranger.person() as person:
        person.revoke()
    who = account_sign_in.with_key(stranger.context, stranger.sandbox.you.api_key or "")
    assert who.replaced is not None
    assert isinstance(who.replaced.problem, SignInExpired)


def test_logout_after_a_401_says_that_the_sign_in_had_ended(stranger: AppFixture) -> None:
    stranger.sign_in()
    with stranger.person() as person:
        person.revoke()
    result = logout.log_out(stranger.context)
    assert [type(one.problem) for one in result.ended] == [SignInExpired]


def test_with_its_key_lost_a_sign_in_is_a_finding_and_logout_forgets_it(stranger: AppFixture) -> None:
    stranger.sign_in()
    api_key.save_key(stranger.context, stranger.sandbox.you.api_key or "")
    (stranger.context.store.folder / KEY_FILE).unlink()
    check = finding(stranger, "sign-in")
    assert check.state is State.BLOCKED
    assert "cannot be opened" in check.cause
    assert stranger.context.read(api_key.masked) is None
    result = logout.log_out(stranger.context)
    assert not result.told
    assert isinstance(result.problem, SecretsClosed)
    with pytest.raises(NotSignedIn):
        stranger.context.read(account_sign_in.current)


def test_a_sign_in_that_can_be_opened_again_is_sound_again_and_is_examined_once(stranger: AppFixture) -> None:
    stranger.sign_in()
    key = stranger.context.store.folder / KEY_FILE
    away = key.rename(key.with_suffix(".away"))
    assert finding(stranger, "sign-in").state is State.BLOCKED
    stranger.forget_requests()
    checkup.examine_if_due(stranger.context)
    assert not stranger.sandbox.log.as_json()
    assert not stranger.context.read(checkup.due)
    away.rename(key)
    checkup.examine_if_due(stranger.context)
    check = stranger.context.read(checkup.stored).check("sign-in")
    assert check is not None
    assert check.state is State.OK
    stranger.forget_requests()
    checkup.examine_if_due(stranger.context)
    assert not stranger.sandbox.log.as_json()


def test_an_athlete_s_zone_is_said_where_days_are_made_in_another(stranger: AppFixture) -> None:
    stranger.sandbox.you.facts["timezone"] = "Asia/Tokyo"
    told = evolve(stranger.context.settings, home_zone="Europe/Lisbon")
    stranger.context = evolve(stranger.context, settings=told)
    words = stranger.context.read(notices.about_the_zone, stranger.sign_in(), "choose {zone}")
    assert words is not None
    assert "Europe/Lisbon" in words
    assert "Asia/Tokyo" in words


def test_a_sign_in_brings_a_better_zone_than_the_machine_s_and_says_so(stranger: AppFixture) -> None:
    assert stranger.context.read(lambda here: here.home_zone).reason == "this machine uses it"
    stranger.sandbox.you.facts["timezone"] = "Asia/Tokyo"
    who = stranger.sign_in()
    assert who.zone_before == ZONE
    assert stranger.context.read(lambda here: here.home_zone).zone == "Asia/Tokyo"
    assert "It was Europe/Berlin until now" in (stranger.context.read(notices.about_the_zone, who, "") or "")


def test_another_athlete_gets_a_number_of_their_own(stranger: AppFixture) -> None:
    first = stranger.sign_in().account
    stranger.sync()
    stranger.sandbox.state.you = next(one for one in stranger.sandbox.state.athletes if one != first.intervals_id)
    other = stranger.sign_in().account
    assert other.athlete != first.athlete
    result = stranger.sync()
    assert result.outcome.sent == []
    stranger.sandbox.state.you = first.intervals_id or ""
    assert stranger.sign_in().account.athlete == first.athlete
    assert stranger.sync().outcome.sent == []


def test_a_token_is_never_sent_to_another_service(stranger: AppFixture) -> None:
    stranger.sign_in()
    stranger.forget_requests()
    settings = evolve(stranger.context.settings, intervals_url="https://intervals.icu")
    stranger.context = evolve(stranger.context, settings=settings)
    with pytest.raises(SignInError, match="the settings name"):
        stranger.sync()
    assert stranger.credentials_used() == set()


def test_custom_fields_are_created_only_when_asked_for(stranger: AppFixture) -> None:
    stranger.sign_in()
    assert "DeepSleep" in finding(stranger, "custom-fields").cause
    stranger.sign_in(create_fields=True)
    created = custom_fields.create_custom_fields(stranger.context)
    assert "DeepSleep" in created
    assert finding(stranger, "custom-fields").state is State.OK
    assert custom_fields.create_custom_fields(stranger.context) == []
