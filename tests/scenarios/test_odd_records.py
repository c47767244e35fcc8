"""Records of Intervals.icu that nobody can read are set aside and counted; everything beside them is shown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest

from intervals_companion.app.doctor import examine
from intervals_companion.app.social import feed as social_feed
from intervals_companion.intervals.wire import Request, Response
from intervals_companion.store import ledger
from intervals_companion.web import dashboard
from intervals_companion.web.activities import pages as activities_pages
from intervals_companion.web.social import pages as social_pages
from intervals_sandbox.state import Athlete
from support.app_fixture import TODAY, AppFixture, between, run
from support.web_client import Visit, visit

Record = dict[str, Any]
NO_START = {"start_date_local": "one fine day"}
NO_ID = {"id": 7}


@pytest.fixture
def visitor(home: AppFixture) -> Iterator[Visit]:
    with visit(home, *dashboard.routes, *activities_pages.routes, *social_pages.routes) as made:
        yield made


def said(visitor: Visit, path: str) -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200, answer.text
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).replace("\u202f", " ").split())


def told(home: AppFixture, path: str, change: Callable[[list[Record]], list[Any]]) -> None:
    """The lists of this path come changed from now on."""
    with home.context.transport("") as service:
        inner = service

    def answer(request: Request) -> Response | None:
        if request.method != "GET" or path not in request.url:
            return None
        response = inner(request)
        return Response(response.status, response.headers, json.dumps(change(json.loads(response.body))).encode())

    between(home, answer)


def mine(home: AppFixture) -> None:
    """One run in Health that was uploaded."""
    home.import_(*run(TODAY))
    home.clock.wait(8 * 3600)
    home.sync()


def with_odd(*odd: Any) -> Callable[[list[Record]], list[Any]]:
    return lambda records: [*records, *odd]


def ride(**odd: Any) -> Record:
    return {
        "id": "i99", "start_date_local": f"{TODAY}T08:00:00", "start_date": f"{TODAY}T07:00:00Z", "type": "Ride",
        "name": "Hills", "elapsed_time": 3600, "moving_time": 3500, "source": "UPLOAD", **odd,
    }  # fmt: skip


# --- one's own -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("odd", ["soon", "2026-99-99T00:00:00Z", 5, "", "0001-01-01T00:00:00Z"])
def test_an_odd_start_leaves_the_activity_in_the_list_and_on_today(
    home: AppFixture, visitor: Visit, odd: object
) -> None:
    """Its local start says where it belongs; only the instant is unknown."""
    told(home, "/athlete/0/activities", with_odd(ride(start_date=odd)))
    mine(home)
    assert "Hills" in said(visitor, "/activities")
    assert "Hills" in said(visitor, "/today")
    assert "Hills" in said(visitor, "/activities/i99")


@pytest.mark.parametrize("odd", [NO_START, NO_ID, {"id": None}, {"start_date_local": None}])
def test_what_nobody_can_read_is_counted_and_the_rest_is_shown(home: AppFixture, visitor: Visit, odd: Record) -> None:
    told(home, "/athlete/0/activities", with_odd(ride(), ride(id="i98", name="Odd") | odd, {}))
    mine(home)
    page = said(visitor, "/activities")
    assert "Hills" in page
    assert "Run" in page
    assert "Odd" not in page
    assert "2 activities of Intervals.icu cannot be shown" in page
    said(visitor, "/today")


def test_an_odd_figure_is_left_out_and_its_activity_stays(home: AppFixture, visitor: Visit) -> None:
    odd = dict.fromkeys(("elapsed_time", "moving_time", "distance", "icu_training_load", "average_heartrate"), "much")
    told(home, "/athlete/0/activities", with_odd(ride(**odd, icu_chat_id=[], trainer="yes", source=3)))
    mine(home)
    assert "Hills" in said(visitor, "/activities")
    assert "Hills" in said(visitor, "/activities/i99")


@pytest.mark.parametrize("odd", [NO_START, NO_ID])
def test_an_activity_that_cannot_be_read_any_more_is_not_taken_for_deleted(home: AppFixture, odd: Record) -> None:
    mine(home)
    told(home, "/athlete/0/activities", lambda records: [record | odd for record in records])
    again = home.sync()
    assert again.outcome.error is None
    with home.context.reading() as here:
        assert len(ledger.links(here.connection, here.athlete)) == 1
        assert not ledger.tombstones(here.connection, here.athlete)


@pytest.mark.parametrize("odd", ["much", None, [], True])
def test_a_day_whose_fitness_is_no_number_is_left_out_of_the_chart(
    home: AppFixture, visitor: Visit, odd: object
) -> None:
    told(home, "/athlete/0/wellness", lambda records: [record | {"ctl": odd, "atl": 5.0} for record in records])
    mine(home)
    said(visitor, "/today")


# --- friends' --------------------------------------------------------------------------------------------------------


@pytest.fixture
def friend(home: AppFixture) -> Athlete:
    """As after a sign-in in the web app: the key was read."""
    examine.examine(home.context)
    state = home.sandbox.state
    return sorted((one for one in state.athletes.values() if one.id != state.you), key=lambda one: one.name)[0]


def test_one_odd_record_in_a_friend_s_list_leaves_the_others(home: AppFixture, visitor: Visit, friend: Athlete) -> None:
    odd: tuple[Record, ...] = (
        ride(start_date="soon"),
        ride(id="i98", name="Odd") | NO_START,
        ride(name="Odd") | NO_ID,
        {},
    )
    told(home, f"/athlete/{friend.id}/activities", with_odd(*odd))
    assert social_feed.read(home.context).problems == []
    page = said(visitor, f"/feed?athlete={friend.id}")
    assert "Hills" in page
    assert "Odd" not in page
    assert "3 activities cannot be shown" in page
    found = home.context.read(social_feed.page)
    assert found.odd == 3
    assert len({line.other for line in found.lines}) > 1
