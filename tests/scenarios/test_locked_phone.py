"""A locked iPhone cannot be read: that is "try later", never "no data", and keeps back nothing that is here already."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from attrs import evolve

from intervals_companion.app.sync import first_sync, history
from intervals_companion.health.port import HealthLocked
from intervals_companion.health.simulated import SimulatedPhone
from intervals_companion.store import archive
from support.app_fixture import ORIGIN, TODAY, AppFixture, steps
from support.browsers import Browser, browser
from support.phones import BERLIN, allowed, weigh
from support.prepared import prepared, sign_in

YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def iphone(home: AppFixture) -> SimulatedPhone:
    assert isinstance(home.context.phone, SimulatedPhone)
    return home.context.phone


@pytest.fixture
def home(tmp_path: Path) -> Iterator[AppFixture]:
    """Signed in. An export brought yesterday's steps; the phone, which is locked, has a weight that nobody read."""
    with prepared(tmp_path, sign_in) as made:
        made.import_(steps(YESTERDAY, 8000))
        iphone = SimulatedPhone(made.clock, ORIGIN, BERLIN)
        allowed(iphone)
        weigh(iphone, f"{YESTERDAY} 06:00", 71.0)
        iphone.lock()
        made.context = evolve(made.context, phone=iphone)
        yield made


@pytest.fixture
def visitor(home: AppFixture) -> Iterator[Browser]:
    first_sync.confirm(home.context, None)
    with browser(home) as made:
        yield made.let_in()


def test_what_is_here_already_goes(home: AppFixture) -> None:
    home.sync()
    assert home.theirs(YESTERDAY).values["steps"] == 8000


def test_the_run_says_why_the_phone_was_not_read_and_that_is_no_error(home: AppFixture) -> None:
    outcome = home.sync().outcome
    told = history.account(home.context.read(history.latest, 1)[0])
    assert outcome.error is None
    assert told.unread == {"cause": HealthLocked().cause, "cure": HealthLocked().cure}


def test_nobody_says_then_that_both_sides_agree(home: AppFixture, visitor: Browser) -> None:
    home.sync()
    home.sync()
    for page in ("/today", "/sync"):
        assert "The iPhone is locked" in visitor.get(page).text
        assert "Both sides agree" not in visitor.get(page).text


def test_once_it_is_unlocked_the_rest_arrives(home: AppFixture, iphone: SimulatedPhone) -> None:
    home.sync()
    assert "weight" in home.theirs(YESTERDAY).temporary
    iphone.lock(locked=False)
    home.sync()
    assert home.theirs(YESTERDAY).values["weight"] == 71.0
    assert "weight" not in home.theirs(YESTERDAY).temporary
    assert history.account(home.context.read(history.latest, 1)[0]).unread is None


def test_a_reading_that_met_a_lock_is_not_taken_for_a_delivery(home: AppFixture) -> None:
    """The doctor counts silence up to the last delivery: a locked phone is not one."""
    home.sync()
    with home.context.reading() as here:
        channels = archive.channels(here.connection, here.athlete)
    assert SimulatedPhone.channel not in channels


def test_a_plan_without_the_phone_would_tell_half_and_is_refused(home: AppFixture) -> None:
    with pytest.raises(HealthLocked):
        home.sync(dry_run=True)
