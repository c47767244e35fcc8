"""Who gets into the web app, and who does not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from attrs import evolve
from starlette.testclient import TestClient

from intervals_companion.app import sessions
from intervals_companion.app.account.sign_in import current
from intervals_companion.domain.errors import NotSignedIn
from support.app_fixture import AppFixture, app_fixture
from support.browsers import HERE, Browser, browser


@pytest.fixture
def home(tmp_path: Path) -> Iterator[AppFixture]:
    with app_fixture(tmp_path) as made:
        yield made


@pytest.fixture
def visitor(home: AppFixture) -> Iterator[Browser]:
    with browser(home) as made:
        yield made


def link(visitor: Browser) -> str:
    return sessions.new_link(visitor.web.context, HERE).removeprefix(HERE)


def test_a_page_without_a_session_leads_to_the_sign_in(visitor: Browser) -> None:
    answer = visitor.get("/metrics")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/metrics")


def test_nobody_signs_in_before_a_link_let_them_in(visitor: Browser) -> None:
    assert "one-time link" in visitor.get("/sign-in").text
    answer = visitor.post("/sign-in", csrf="")
    assert answer.status_code == 403
    assert "make a new one there" in answer.text


def test_looking_at_a_link_spends_nothing(visitor: Browser) -> None:
    path = link(visitor)
    assert visitor.get(path).status_code == visitor.get(path).status_code == 200
    assert visitor.post(path, csrf="").headers["location"] == "/sign-in"


def test_a_link_lets_in_once(visitor: Browser, home: AppFixture) -> None:
    path = link(visitor)
    visitor.post(path, csrf="")
    with browser(home) as second:
        assert second.get(path).status_code == 410
        answer = second.post(path, csrf="")
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers


def test_a_link_spent_by_a_browser_that_was_in_already_ends_its_old_session(visitor: Browser, home: AppFixture) -> None:
    visitor.let_in()
    old = visitor.client.cookies["companion"]
    assert visitor.post(link(visitor)).status_code == 303
    assert home.context.read(sessions.current_visitor, old) is None
    assert len(home.context.read(sessions.browsers)) == 1


def test_a_link_ends_after_a_quarter_of_an_hour(visitor: Browser, home: AppFixture) -> None:
    path = link(visitor)
    home.clock.now += timedelta(minutes=15)
    assert visitor.post(path, csrf="").status_code == 403


def test_a_made_up_link_lets_nobody_in(visitor: Browser) -> None:
    assert visitor.post(f"/link/{'a' * 43}", csrf="").status_code == 403


def test_the_folder_belongs_to_the_athlete_who_signs_in_first(visitor: Browser, home: AppFixture) -> None:
    answer = visitor.let_in().sign_in(home)
    assert (answer.status_code, answer.headers["location"]) == (303, "/signed-in")
    assert home.context.read(current).account.intervals_id == home.sandbox.you.id


def test_signing_in_changes_the_session(visitor: Browser, home: AppFixture) -> None:
    visitor.let_in()
    before = visitor.client.cookies["companion"]
    visitor.sign_in(home)
    assert visitor.client.cookies["companion"] != before
    assert home.context.read(sessions.current_visitor, before) is None


def test_a_link_of_another_terminal_lets_in_where_a_demo_is_days_ahead(home: AppFixture) -> None:
    path = sessions.new_link(home.context, HERE).removeprefix(HERE)
    machine = home.clock.now
    home.clock.wait(3 * 24 * 3600)
    home.context = evolve(home.context, wall_clock_source=lambda: machine)
    with browser(home) as visitor:
        assert visitor.post(path, csrf="").status_code == 303


def test_the_same_athlete_may_sign_in_from_another_browser(visitor: Browser, home: AppFixture) -> None:
    visitor.let_in().sign_in(home)
    with browser(home) as second:
        assert second.sign_in(home).headers["location"] == "/today"
        assert second.get("/today").status_code == 200


def test_another_athlete_is_refused_disconnected_and_stored_nowhere(visitor: Browser, home: AppFixture) -> None:
    visitor.let_in().sign_in(home)
    mine = home.context.read(current)
    other = next(one for one in home.sandbox.state.athletes.values() if one.id != home.sandbox.you.id)
    with browser(home) as second:
        answer = second.sign_in(home, athlete=other.id)
        assert answer.status_code == 403
        assert "belongs to" in answer.text
        assert second.get("/today").status_code == 303
    assert home.context.read(current) == mine
    assert not any(token.athlete_id == other.id for token in home.sandbox.state.tokens.values())
    raw = (home.context.settings.home / "companion.sqlite").read_bytes()
    assert other.id.encode() not in raw
    assert other.name.encode() not in raw


def test_a_declined_consent_says_that_nothing_was_connected(visitor: Browser, home: AppFixture) -> None:
    sent = visitor.let_in().post("/sign-in")
    with home.person() as person:
        landing = person.decline(sent.headers["location"])
    answer = visitor.get(landing.removeprefix(HERE))
    assert "You pressed Cancel at Intervals.icu. Nothing was connected." in answer.text
    with pytest.raises(NotSignedIn):
        home.context.read(current)


def test_an_answer_is_taken_once(visitor: Browser, home: AppFixture) -> None:
    sent = visitor.let_in().post("/sign-in")
    with home.person() as person:
        landing = person.allow(sent.headers["location"], None).removeprefix(HERE)
    cookie = visitor.client.cookies["companion-signing"]
    assert visitor.get(landing).status_code == 303
    visitor.client.cookies.set("companion-signing", cookie)
    answer = visitor.get(landing)
    assert answer.status_code == 403
    assert "took too long, or its answer was used already" in answer.text


def test_an_answer_after_ten_minutes_is_too_late(visitor: Browser, home: AppFixture) -> None:
    sent = visitor.let_in().post("/sign-in")
    with home.person() as person:
        landing = person.allow(sent.headers["location"], None)
    home.clock.now += timedelta(minutes=10)
    assert "took too long" in visitor.get(landing.removeprefix(HERE)).text


def test_a_code_that_intervals_icu_no_longer_takes_has_a_page_with_a_way_on(visitor: Browser, home: AppFixture) -> None:
    sent = visitor.let_in().post("/sign-in")
    with home.person() as person:
        landing = person.allow(sent.headers["location"], None)
    home.clock.now += timedelta(minutes=3)
    answer = visitor.get(landing.removeprefix(HERE))
    assert (answer.status_code, "The code has expired or was already used." in answer.text) == (403, True)
    assert visitor.sign_in(home).headers["location"] == "/signed-in"


THERE = "https://companion.example.org"


def sign_in_page_elsewhere(home: AppFixture) -> str:
    """For a browser that was let in, of a companion that is not on this machine's localhost."""
    with browser(home, THERE) as visitor:
        client = TestClient(visitor.client.app, base_url=THERE, follow_redirects=False)
        client.post(sessions.new_link(home.context, ""), data={"x": "1"}, headers={"origin": THERE})
        return client.get("/sign-in").text


def test_without_a_client_the_key_is_the_way_in_and_the_other_says_what_it_needs(home: AppFixture) -> None:
    home.context = evolve(home.context, settings=evolve(home.context.settings, client_id=None))
    page = sign_in_page_elsewhere(home)
    assert '<button class="button wide">Sign in with the key</button>' in page
    assert page.count('class="button wide"') == 1
    assert "COMPANION_CLIENT_ID" in page
    assert f"Register exactly this redirect address: <code>{THERE}/oauth/callback</code>" in page


def test_from_another_device_the_address_to_register_is_shown_exactly(home: AppFixture) -> None:
    assert f"Register exactly this: <code>{THERE}/oauth/callback</code>" in sign_in_page_elsewhere(home)


def test_a_phone_may_put_it_on_its_home_screen(visitor: Browser) -> None:
    manifest = visitor.get("/manifest.webmanifest").json()
    assert (manifest["start_url"], manifest["display"]) == ("/today", "standalone")
    assert [visitor.get(one["src"]).status_code for one in manifest["icons"]] == [200, 200, 200]


def test_an_answer_belongs_to_the_browser_that_asked(visitor: Browser, home: AppFixture) -> None:
    sent = visitor.let_in().post("/sign-in")
    with home.person() as person:
        landing = person.allow(sent.headers["location"], None)
    with browser(home) as second:
        second.let_in()
        assert "another browser" in second.get(landing.removeprefix(HERE)).text
    with pytest.raises(NotSignedIn):
        home.context.read(current)


def test_a_service_that_is_down_has_a_page_with_a_way_on(visitor: Browser, home: AppFixture) -> None:
    sent = visitor.let_in().post("/sign-in")
    with home.person() as person:
        landing = person.allow(sent.headers["location"], None)
    home.sandbox.faults.order([{"method": "*", "path_prefix": "/", "times": 20, "kind": "503"}])
    answer = visitor.get(landing.removeprefix(HERE))
    assert answer.status_code == 502
    assert "Sign in again" in answer.text


def test_a_smaller_grant_is_said_at_once(visitor: Browser, home: AppFixture) -> None:
    answer = visitor.let_in().sign_in(home, boxes=["ACTIVITY:READ", "ACTIVITY:WRITE", "WELLNESS:READ"])
    assert answer.headers["location"] == "/signed-in"
    assert "Wellness Data, Update is off." in visitor.get("/signed-in").text


def test_the_first_sign_in_shows_what_was_granted_and_leads_on(visitor: Browser, home: AppFixture) -> None:
    visitor.let_in().sign_in(home)
    page = visitor.get("/signed-in").text
    assert "Every box is ticked." in page
    assert 'href="/connect"' in page


def test_a_key_signs_in_too(visitor: Browser, home: AppFixture) -> None:
    visitor.let_in()
    answer = visitor.post("/sign-in/key", {"key": home.sandbox.you.api_key})
    assert answer.headers["location"] == "/signed-in"


def test_an_address_from_elsewhere_can_be_pasted(visitor: Browser, home: AppFixture) -> None:
    visitor.let_in()
    page = visitor.post("/sign-in", {"by_hand": "1"})
    assert page.status_code == 200
    with home.person() as person:
        url = next(part for part in page.text.split('"') if part.startswith("http") and "/oauth/authorize" in part)
        landing = person.allow(url.replace("&amp;", "&"), None)
    assert visitor.post("/sign-in/paste", {"landing": landing}).headers["location"] == "/signed-in"


def test_a_session_ends_when_it_is_not_used(visitor: Browser, home: AppFixture) -> None:
    visitor.let_in().sign_in(home)
    home.clock.now += timedelta(days=15)
    assert visitor.get("/today").status_code == 303


def test_a_session_ends_however_much_it_is_used(visitor: Browser, home: AppFixture) -> None:
    visitor.let_in().sign_in(home)
    for _ in range(8):
        home.clock.now += timedelta(days=10)
        assert visitor.get("/settings").status_code == 200
    home.clock.now += timedelta(days=10)
    assert visitor.get("/settings").status_code == 303


def test_only_hashes_of_links_sessions_and_states_are_stored(visitor: Browser, home: AppFixture) -> None:
    secret = link(visitor).rpartition("/")[2]
    sent = visitor.let_in().post("/sign-in")
    state = sent.headers["location"].partition("state=")[2].partition("&")[0]
    home.context.store.close()
    raw = b"".join(path.read_bytes() for path in home.context.settings.home.iterdir() if path.is_file())
    begun = visitor.client.cookies["companion-signing"].partition(".")[0]
    for one in (secret, state, visitor.client.cookies["companion"], begun):
        assert one.encode() not in raw
