"""The page that draws the simulated iPhone, pressed as a person presses it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import evolve

from intervals_companion.domain.days import zone
from intervals_companion.domain.samples import SLEEP, WORKOUT
from intervals_companion.health.port import Share
from intervals_companion.health.requested_types import to_read, to_share
from intervals_companion.health.simulated import SimulatedPhone
from intervals_companion.web.simulated_phone import type_name
from support.app_fixture import ORIGIN, ZONE, AppFixture, app_fixture
from support.browsers import HERE, Browser, browser
from support.phones import allowed
from support.store_builders import STEPS, WEIGHT


@pytest.fixture
def home(tmp_path: Path) -> Iterator[AppFixture]:
    with app_fixture(tmp_path) as made:
        made.context = evolve(made.context, phone=SimulatedPhone(made.clock, ORIGIN, zone(ZONE)))
        yield made


@pytest.fixture
def visitor(home: AppFixture) -> Iterator[Browser]:
    with browser(home) as made:
        made.let_in().sign_in(home)
        yield made


@pytest.fixture
def phone(home: AppFixture) -> SimulatedPhone:
    assert isinstance(home.context.phone, SimulatedPhone)
    return home.context.phone


def press(visitor: Browser, what: str, **fields: str | list[str]) -> str:
    """Presses a button; gives where it led."""
    answer = visitor.post(f"/phone/{what}", fields)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].removeprefix(HERE)


def test_outside_the_demo_there_is_no_such_page(visitor: Browser, home: AppFixture) -> None:
    home.context = evolve(home.context, phone=None)
    with browser(home) as other:
        other.let_in().sign_in(home)
        assert other.get("/phone").status_code == 404
        for what in ("answer", "toggle", "all", "open", "act"):
            assert other.post(f"/phone/{what}").status_code == 404


def test_it_says_that_it_is_simulated(visitor: Browser) -> None:
    text = visitor.get("/phone").text
    assert "Simulated iPhone" in text
    assert "has not asked for Health data yet" in text


def test_the_sheet_comes_when_the_app_is_opened_and_lists_every_type(visitor: Browser) -> None:
    assert press(visitor, "open") == "/phone"
    text = visitor.get("/phone").text
    assert "Don’t Allow" in text
    assert len(re.findall(r'role="switch"', text)) == len(to_share()) + len(to_read())
    assert " checked" not in text


def test_turn_on_all_checks_every_switch_and_allows_nothing_yet(visitor: Browser, phone: SimulatedPhone) -> None:
    press(visitor, "open")
    path = press(visitor, "answer", answer="all")
    text = visitor.get(path).text
    assert text.count(" checked") == len(to_share()) + len(to_read())
    assert phone.share_status(WEIGHT) is Share.NOT_DETERMINED


def test_allow_allows_what_is_on(visitor: Browser, phone: SimulatedPhone) -> None:
    press(visitor, "open")
    press(visitor, "answer", answer="allow", share=[WEIGHT], read=[SLEEP, STEPS])
    assert (phone.share_status(WEIGHT), phone.share_status(WORKOUT)) == (Share.AUTHORIZED, Share.DENIED)
    assert {kind for kind, on in phone.toggles.read.items() if on} == {SLEEP, STEPS}
    assert "Settings › Privacy" in visitor.get("/phone").text


def test_dont_allow_allows_nothing_whatever_was_on(visitor: Browser, phone: SimulatedPhone) -> None:
    press(visitor, "open")
    press(visitor, "answer", answer="never", share=[WEIGHT], read=[SLEEP])
    assert not any([*phone.toggles.share.values(), *phone.toggles.read.values()])


def test_a_switch_in_settings_turns_over_alone(visitor: Browser, phone: SimulatedPhone) -> None:
    allowed(phone)
    press(visitor, "toggle", read=SLEEP)
    assert [kind for kind, on in phone.toggles.read.items() if not on] == [SLEEP]
    press(visitor, "toggle", read=SLEEP)
    assert all(phone.toggles.read.values())


def test_turn_off_all_and_turn_on_all(visitor: Browser, phone: SimulatedPhone) -> None:
    allowed(phone)
    press(visitor, "all", turn="off")
    assert not any(phone.toggles.share.values())
    press(visitor, "all", turn="on")
    assert all(phone.toggles.read.values())


def test_opening_the_app_when_all_was_asked_leads_to_the_app(visitor: Browser, phone: SimulatedPhone) -> None:
    press(visitor, "open")
    press(visitor, "answer", answer="allow")
    assert press(visitor, "open") == "/today"


@pytest.mark.parametrize("act", ["day", "night", "scale", "run"])
def test_each_act_records_something(visitor: Browser, phone: SimulatedPhone, act: str) -> None:
    allowed(phone)
    press(visitor, "act", act=act)
    assert any(phone.between(kind, 0, 2**62) for kind in (SLEEP, WEIGHT, WORKOUT))


def test_letting_a_day_pass_moves_the_clock(visitor: Browser, home: AppFixture, phone: SimulatedPhone) -> None:
    press(visitor, "act", act="day")
    assert (phone.now() - home.clock.now).days == 1


def test_lock_and_unlock(visitor: Browser, phone: SimulatedPhone) -> None:
    press(visitor, "act", act="lock")
    assert phone.locked
    assert "Health cannot be read" in visitor.get("/phone").text
    press(visitor, "act", act="unlock")
    assert not phone.locked


def test_an_act_that_nobody_knows_is_refused(visitor: Browser) -> None:
    assert visitor.post("/phone/act", {"act": "fly"}).status_code == 400


def test_types_have_the_names_of_the_health_app() -> None:
    names = {type_name(kind) for kind in to_read()}
    assert {"Weight", "Blood Oxygen", "Heart Rate", "Heart Rate Variability", "Respiratory Rate", "Sleep"} <= names
    assert len(names) == len(to_read())
    assert not any("HK" in name or "Identifier" in name for name in names)
