"""The account's API key in the doctor's round: read, tried, kept sealed, and never used in place of the token."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from intervals_companion.app.account import api_key, sign_in
from intervals_companion.app.doctor import checkup
from intervals_companion.app.preferences import choices
from intervals_companion.doctor.checks import Check, State
from intervals_companion.domain.errors import NotSignedIn, OtherAthlete, SignInExpired, UsageError
from intervals_companion.store import accounts
from support.app_fixture import TODAY, AppFixture, app_fixture, run, steps

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


def finding(home: AppFixture, name: str) -> Check:
    found = home.context.read(checkup.stored).check(name)
    assert found is not None
    return found


def kept(home: AppFixture) -> dict[str, accounts.SavedCredential]:
    with home.context.reading() as here:
        return accounts.saved(here.connection, here.athlete)


def test_the_accounts_own_key_is_read_and_sealed_and_shown_masked(home: AppFixture) -> None:
    home.sign_in()
    checkup.examine(home.context)
    key = home.sandbox.you.api_key or ""
    assert home.context.read(api_key.own_key) == key
    assert home.context.read(api_key.masked) == f"•••• {key[-4:]}"
    folder = home.context.store.folder
    assert not any(key.encode() in path.read_bytes() for path in folder.iterdir() if path.is_file())


def test_a_key_beside_a_token_signs_nobody_in_even_when_the_token_is_gone(home: AppFixture) -> None:
    home.sign_in()
    checkup.examine(home.context)
    athlete = home.context.account().athlete
    with home.context.store.write() as connection:
        accounts.delete_credential(connection, athlete, sign_in.TOKEN)
    assert sign_in.KEY in kept(home)
    with pytest.raises(NotSignedIn):
        home.context.read(sign_in.current)


def test_with_wellness_update_off_and_a_key_present_nobody_writes_wellness(home: AppFixture) -> None:
    home.sign_in(without("WELLNESS:WRITE"))
    home.forget_requests()
    checkup.examine(home.context)
    assert home.context.read(api_key.own_key) is not None
    home.sync()
    checkup.examine(home.context)
    home.sync()
    writes = [entry for entry in home.sandbox.log.as_json() if entry["access"] == "write"]
    assert [entry for entry in writes if "wellness" in entry["path"]] == []
    assert {entry["credential"] for entry in writes} == {"token"}
    assert "steps" not in home.theirs(MONDAY).values


def test_a_regenerated_key_is_read_again_by_the_next_examination(home: AppFixture) -> None:
    home.sign_in()
    checkup.examine(home.context)
    with home.person() as person:
        person.generate_key()
    assert checkup.examine(home.context).check("api-key").state is State.OK  # type: ignore[union-attr]
    assert home.context.read(api_key.own_key) == home.sandbox.you.api_key


def test_a_key_generated_where_there_was_none_is_found(home: AppFixture) -> None:
    home.sandbox.you.api_key = None
    home.sign_in()
    checkup.examine(home.context)
    assert "No API key was generated" in finding(home, "api-key").cause
    with home.person() as person:
        person.generate_key()
    checkup.examine(home.context)
    assert finding(home, "api-key").state is State.OK


def test_a_key_that_cannot_be_seen_may_be_pasted_and_outlives_a_sign_in(home: AppFixture) -> None:
    home.sandbox.switches = home.sandbox.switches.flipped({"api_key_property": "absent"})
    home.sign_in()
    checkup.examine(home.context)
    assert "does not show the API key" in finding(home, "api-key").cause
    api_key.save_key(home.context, f"  {home.sandbox.you.api_key}\n")
    home.sign_in()
    checkup.examine(home.context)
    assert finding(home, "api-key").state is State.OK


def test_a_pasted_key_that_was_regenerated_is_refused(home: AppFixture) -> None:
    home.sandbox.switches = home.sandbox.switches.flipped({"api_key_property": "absent"})
    home.sign_in()
    api_key.save_key(home.context, home.sandbox.you.api_key or "")
    with home.person() as person:
        person.generate_key()
    checkup.examine(home.context)
    assert "refused" in finding(home, "api-key").cause
    assert home.context.read(checkup.stored).ok


@pytest.mark.parametrize("text", ["", "   ", "two words", "kéy"])
def test_what_is_no_key_is_not_kept(home: AppFixture, text: str) -> None:
    home.sign_in()
    with pytest.raises(UsageError):
        api_key.save_key(home.context, text)


def test_somebody_elses_key_is_not_kept(home: AppFixture) -> None:
    home.sign_in()
    other = next(one for one in home.sandbox.state.athletes.values() if one is not home.sandbox.you)
    other.api_key = "abcdefghijklmnopqrstuvwxy"
    with pytest.raises(OtherAthlete):
        api_key.save_key(home.context, other.api_key)
    with pytest.raises(SignInExpired):
        api_key.save_key(home.context, "zyxwvutsrqponmlkjihgfedcb")
    assert sign_in.KEY not in kept(home)


def test_a_forgotten_key_is_not_read_again_until_it_is_wanted(home: AppFixture) -> None:
    home.sign_in()
    checkup.examine(home.context)
    api_key.delete_key(home.context)
    checkup.examine(home.context)
    assert home.context.read(api_key.own_key) is None
    assert finding(home, "api-key").cause == "The API key is not read: you turned that off."
    choices.switch(home.context, "read_key", True)
    checkup.examine(home.context)
    assert home.context.read(api_key.own_key) is not None


def test_forgetting_the_key_does_not_end_a_sign_in_by_key(home: AppFixture) -> None:
    sign_in.with_key(home.context, home.sandbox.you.api_key or "")
    api_key.delete_key(home.context)
    found = checkup.examine(home.context)
    assert (found.ok, found.by_key, found.matrix) == (True, True, ())


def test_the_key_is_in_no_stored_answer(home: AppFixture) -> None:
    home.sign_in()
    checkup.examine(home.context)
    with home.context.store.read() as connection:
        found = connection.exec_driver_sql("SELECT record FROM answers").scalars().all()
    assert found
    assert not any((home.sandbox.you.api_key or "?") in record for record in found)
