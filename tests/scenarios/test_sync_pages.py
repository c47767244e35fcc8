"""Sync as a person sees it in the browser: under way, afterwards, and where a choice waits."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from attrs import define, field

from intervals_companion.app import sessions
from intervals_companion.app.preferences import choices
from intervals_companion.app.preferences.display import Preferences
from intervals_companion.app.sync import conflicts, first_sync
from intervals_companion.app.sync.history import RunSummary
from intervals_companion.store import ledger
from intervals_companion.sync import engine
from intervals_companion.web.formatting import Formatter
from intervals_companion.web.ingest import onboarding
from intervals_companion.web.sync import pages, presenter
from support.app_fixture import TODAY, AppFixture, run, steps, weight
from support.web_client import Visit, visit

FILLED = '<circle class="d-accent" cx="-9"'
"""The right dot of the line: all that was meant to arrive did."""
MONDAY = TODAY - timedelta(days=4)
DAYS = [MONDAY + timedelta(days=n) for n in range(4)]


@pytest.fixture
def browser(home: AppFixture) -> Iterator[Visit]:
    first_sync.confirm(home.context, None)
    with visit(home, *pages.routes, *onboarding.routes) as made:
        yield made


@define
class Later:
    """Threads that begin when the test says so."""

    works: list[Callable[[], None]] = field(factory=list)

    def __call__(self, work: Callable[[], None]) -> None:
        self.works.append(work)

    def go(self) -> None:
        while self.works:
            self.works.pop(0)()


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def filled(home: AppFixture) -> None:
    home.import_(*(element for day in DAYS for element in (steps(day, 8000), weight(day, 74.5))), *run(DAYS[0]))


# --- a run -----------------------------------------------------------------------------------------------------------


def test_a_tap_syncs_and_ends_at_what_arrived(home: AppFixture, browser: Visit) -> None:
    filled(home)
    sent = browser.post("/sync")
    assert sent.status_code == 303
    assert browser.title(sent.headers["location"]) == "All 9 arrived"
    page = words(browser.get("/sync/runs/1").text)
    assert "Wellness values, 4 days 8" in page
    assert "Workouts 1" in page


def test_a_second_sync_says_that_both_sides_agree(home: AppFixture, browser: Visit) -> None:
    filled(home)
    home.sync()
    browser.post("/sync")
    assert browser.title("/sync/runs/2") == "Nothing new. Both sides agree."
    assert browser.title("/sync") == "Nothing new. Both sides agree."


def test_what_is_held_is_told_with_its_reason_and_each_item(home: AppFixture, browser: Visit) -> None:
    filled(home)
    home.type_in(DAYS[1], weight=80.0)
    home.sync()
    assert browser.title("/sync/runs/1") == "All 8 arrived, 1 waits for your choice"
    assert "Already there" in browser.get("/sync/runs/1").text
    items = words(browser.get("/sync/runs/1/held/already_there").text)
    assert "Weight" in items
    assert "there: 80" in items


def test_what_is_held_on_purpose_was_not_meant_to_arrive(home: AppFixture, browser: Visit) -> None:
    choices.turn_sports(home.context, [])
    filled(home)
    home.sync()
    assert browser.title("/sync") == "All 8 arrived, 1 held"
    assert FILLED in browser.get("/sync").text


def test_nothing_new_does_not_say_that_both_sides_agree_while_something_is_held(
    home: AppFixture, browser: Visit
) -> None:
    choices.turn_sports(home.context, [])
    filled(home)
    home.sync()
    home.sync()
    for path in ("/sync", "/sync/runs/2"):
        assert browser.title(path) == "Nothing new, 1 held"
        assert "1 held" in browser.get(path).text


def test_a_run_that_ended_early_does_not_draw_a_line_that_arrived(home: AppFixture, browser: Visit) -> None:
    filled(home)
    with home.person() as person:
        person.revoke()
    browser.post("/sync")
    assert FILLED not in browser.get("/sync").text


def test_a_choice_that_was_made_no_longer_waits(home: AppFixture, browser: Visit) -> None:
    filled(home)
    home.type_in(DAYS[1], weight=80.0)
    home.sync()
    assert browser.title("/sync") == "All 8 arrived, 1 waits for your choice"
    browser.post("/sync/waiting", reason="already_there", which="all", use="theirs")
    assert browser.title("/sync") == "All 8 arrived, 1 held"


def test_what_was_sent_is_listed_with_workouts_by_their_sport(home: AppFixture, browser: Visit) -> None:
    filled(home)
    home.sync()
    listed = words(browser.get("/sync/runs/1/sent").text)
    assert "Run" in listed
    assert listed.count("Steps") == 4


def test_a_missing_permission_leads_to_the_permissions(home: AppFixture, browser: Visit) -> None:
    filled(home)
    home.sign_in(["ACTIVITY:READ", "ACTIVITY:WRITE", "WELLNESS:READ", "SETTINGS:READ"])
    browser.post("/sync")
    page = browser.get("/sync/runs/1").text
    assert "1 of 9 arrived" in page
    assert 'href="/permissions"' in page
    assert "8 held" in page


def test_a_sync_that_ended_early_says_why_and_what_to_do(home: AppFixture, browser: Visit) -> None:
    filled(home)
    with home.person() as person:
        person.revoke()
    browser.post("/sync")
    assert browser.title("/sync/runs/1") == "Nothing arrived"
    assert "Sign in" in browser.get("/sync/runs/1").text


def test_what_failed_and_what_was_not_tried_is_in_the_title_and_on_the_page(home: AppFixture, browser: Visit) -> None:
    filled(home)
    home.import_(*(element for day in DAYS[1:] for element in run(day)))
    home.sandbox.faults.order(
        [{"method": "POST", "path_prefix": "/api/v1/athlete/0/activities", "times": 1, "kind": "500"}]
    )
    home.forget_requests()
    home.sync(should_stop=lambda: len(home.writes()) >= 3)  # the days, and two workouts, the first of which fails
    for path in ("/sync", "/sync/runs/1"):
        assert browser.title(path) == "9 of 12 arrived, 1 failed, 2 not tried yet"
        assert "9 sent, 0 held, 1 failed, 2 not tried yet" in browser.get(path).text
    page = words(browser.get("/sync/runs/1").text)
    assert "Not tried yet 2" in page
    assert "Try this again" in page


def test_today_tells_what_failed_and_what_was_not_tried() -> None:
    w = Formatter(Preferences(), 0)
    summary = RunSummary(planned=413, values=399, failed=1, left=13)
    assert presenter.told(summary, w, 0, waiting=0, blocked=0) == (
        "399 values arrived. 1 did not arrive; the next sync tries again. 13 not tried yet; the next sync goes on."
    )
    assert presenter.share(summary, w) == "399 of 413 arrived"


def test_every_run_is_listed_newest_first(home: AppFixture, browser: Visit) -> None:
    filled(home)
    home.sync()
    home.sync()
    page = browser.get("/sync").text
    assert page.index("/sync/runs/2") < page.index("/sync/runs/1")


def _begun(home: AppFixture) -> None:
    """A run whose process is gone, as it stands on the disk: without an account."""
    athlete = home.context.account().athlete
    with home.context.store.write() as connection:
        ledger.begin_run(connection, athlete, home.context.now())


def test_a_run_without_an_account_was_cut_off_and_never_agrees(home: AppFixture, browser: Visit) -> None:
    _begun(home)
    for path in ("/sync", "/sync/runs/1"):
        page = browser.get(path).text
        assert "The companion was ended while this ran." in page
        assert "agree" not in page
        assert "ut off" in page
    assert browser.title("/sync/runs/1") == "Cut off"


def test_a_run_that_another_process_carries_out_is_under_way(home: AppFixture, browser: Visit) -> None:
    _begun(home)
    with engine.alone(home.context.store, home.context.account().athlete):
        assert browser.title("/sync/runs/1") == "Under way"
        assert "Under way" in browser.get("/sync").text
        assert "was ended" not in browser.get("/sync/runs/1").text


@pytest.mark.parametrize("path", ["/sync/runs/7", "/sync/runs/7/sent", "/sync/runs/1/held/nonsense"])
def test_a_run_that_does_not_exist_is_a_page_with_a_way_on(browser: Visit, path: str) -> None:
    assert browser.get(path).status_code == 404


# --- under way -------------------------------------------------------------------------------------------------------


def test_a_sync_under_way_shows_its_steps_and_can_be_cancelled(home: AppFixture) -> None:
    filled(home)
    first_sync.confirm(home.context, None)
    later = Later()
    home.forget_requests()
    with visit(home, *pages.routes, start=later) as browser:
        path = browser.post("/sync").headers["location"]
        page = browser.get(path).text
        assert "Send wellness" in page
        assert "sse-connect" in page
        assert 'http-equiv="refresh"' in page  # without a script it is simply loaded again
        assert browser.title("/sync/running") == "Syncing"
        browser.post("/sync/cancel", job=path.partition("=")[2])
        assert "Stopping" in browser.get(path).text
        later.go()
        assert "Stopped on its way." in browser.get(path, follow_redirects=True).text
        assert home.writes() == []


def test_the_stream_ends_with_a_way_to_the_result(home: AppFixture, browser: Visit) -> None:
    filled(home)
    path = browser.post("/sync").headers["location"]
    name = path.partition("=")[2]
    stream = browser.get(f"/sync/events?job={name}")
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert "event: over" in stream.text
    assert browser.get(f"/sync/over?job={name}").headers["hx-redirect"] == "/sync/runs/1"


def test_the_stream_tells_each_state_once() -> None:
    states = iter([(False, "1 of 4"), (False, "1 of 4"), (False, "2 of 4"), (True, "done")])
    pauses: list[None] = []

    async def look() -> tuple[bool, str]:
        return next(states)

    async def pause() -> None:
        pauses.append(None)

    async def told() -> list[tuple[str | None, str]]:
        return [(one.event, str(one.data)) async for one in pages.told_as_it_goes(look, pause)]

    assert asyncio.run(told()) == [("progress", "1 of 4"), ("progress", "2 of 4"), ("over", "done")]
    assert len(pauses) == 3


def test_the_stream_ends_with_its_session(home: AppFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    first_sync.confirm(home.context, None)
    later = Later()
    with visit(home, *pages.routes, start=later) as browser:
        name = browser.web.jobs.start_sync()

        async def meanwhile() -> None:
            sessions.end_all(home.context)

        monkeypatch.setattr(pages, "next_look", meanwhile)
        stream = browser.get(f"/sync/events?job={name}").text
        assert re.findall(r"event: (\w+)", stream) == ["progress", "over"]
        assert browser.get(f"/sync/over?job={name}").headers["location"].startswith("/sign-in")


def test_the_stream_is_for_those_let_in(browser: Visit) -> None:
    browser.client.cookies.clear()
    assert browser.get("/sync/events?job=x").status_code == 303


def test_before_the_first_sync_the_button_leads_to_its_plan(home: AppFixture) -> None:
    with visit(home, *pages.routes, *onboarding.routes) as browser:
        assert "Nothing was sent yet" in browser.get("/sync").text
        assert browser.post("/sync").headers["location"] == "/connect/first-sync"


# --- choices ---------------------------------------------------------------------------------------------------------


def in_conflict(home: AppFixture) -> str:
    """Monday's weight, which both sides changed; its page."""
    home.import_(weight(MONDAY, 74.0))
    home.sync()
    home.type_in(MONDAY, weight=76.0)
    home.import_(weight(MONDAY, 75.0, at="08:00:00"))
    home.sync()
    return f"/sync/waiting/{MONDAY}/weight"


def test_a_conflict_shows_three_values_and_nothing_chosen(home: AppFixture, browser: Visit) -> None:
    page = browser.get(in_conflict(home)).text
    assert 'aria-label="last agreed 74' in page
    assert "Use 75" in page
    assert "Keep 76" in page
    assert "checked" not in page
    assert "Scale" in page


def test_a_form_without_a_choice_is_asked_again_and_changes_nothing(home: AppFixture, browser: Visit) -> None:
    path = in_conflict(home)
    answer = browser.post(path)
    assert answer.status_code == 400
    assert "Choose one" in answer.text
    assert browser.get(path).status_code == 200


def test_health_s_value_taken_over_is_sent(home: AppFixture, browser: Visit) -> None:
    browser.post(in_conflict(home), use="ours")
    browser.web.jobs.tick()
    assert home.theirs(MONDAY).values["weight"] == 75.0


def test_a_value_kept_stays_and_is_not_asked_about_again(home: AppFixture, browser: Visit) -> None:
    path = in_conflict(home)
    browser.post(path, use="theirs")
    assert browser.get(path).status_code == 404
    home.sync()
    assert home.theirs(MONDAY).values["weight"] == 76.0
    assert home.context.read(conflicts.waiting) == []
    home.import_(weight(MONDAY, 71.0, at="09:00:00"))
    home.sync()
    assert home.context.read(conflicts.waiting) == []
    assert home.theirs(MONDAY).values["weight"] == 76.0


def already_there(home: AppFixture) -> None:
    home.import_(*(element for day in DAYS for element in (steps(day, 8000), weight(day, 74.5))))
    for day in DAYS:
        home.type_in(day, weight=80.0, steps=1)
    home.sync()


def test_what_was_already_there_is_decided_for_one_field_at_once(home: AppFixture, browser: Visit) -> None:
    already_there(home)
    assert browser.title("/sync/waiting") == "8 wait for your choice"
    browser.post("/sync/waiting", reason="already_there", which="weight", use="ours")
    browser.web.jobs.tick()
    assert home.theirs(DAYS[0]).values["weight"] == 74.5
    assert home.theirs(DAYS[0]).values["steps"] == 1
    assert browser.title("/sync/waiting") == "4 wait for your choice"


def test_what_was_already_there_is_decided_for_all_at_once(home: AppFixture, browser: Visit) -> None:
    already_there(home)
    browser.post("/sync/waiting", reason="already_there", which="all", use="theirs")
    assert browser.title("/sync/waiting") == "Nothing waits for your choice"


def test_what_was_already_there_is_decided_for_what_is_ticked(home: AppFixture, browser: Visit) -> None:
    already_there(home)
    browser.post("/sync/waiting", reason="already_there", which="ticked", item=[f"{DAYS[0]}/weight"], use="theirs")
    assert browser.title("/sync/waiting") == "7 wait for your choice"


def test_nothing_ticked_is_said_and_changes_nothing(home: AppFixture, browser: Visit) -> None:
    already_there(home)
    answer = browser.post("/sync/waiting", reason="already_there", which="ticked", use="ours")
    assert answer.status_code == 400
    assert "Tick at least one, or choose All 8." in answer.text


def test_after_a_choice_the_next_page_says_what_happens(home: AppFixture, browser: Visit) -> None:
    already_there(home)
    kept = browser.post(f"/sync/waiting/{DAYS[0]}/weight", use="theirs").headers["location"]
    assert "Kept 80" in browser.get(kept).text
    sent = browser.post(f"/sync/waiting/{DAYS[1]}/weight", use="ours").headers["location"]
    assert re.search(r"Sending 74\.5\d? ?kg for Sat 7 Mar\.", words(browser.get(sent).text).replace("\u202f", " "))
    many = browser.post("/sync/waiting", reason="already_there", which="all", use="theirs").headers["location"]
    assert "Kept 6 values." in browser.get(many).text


def test_a_choice_for_all_is_for_what_waits_now_not_for_what_comes(home: AppFixture, browser: Visit) -> None:
    home.import_(weight(DAYS[0], 74.5), weight(DAYS[1], 74.5))
    home.type_in(DAYS[0], weight=80.0)
    home.sync()
    browser.post("/sync/waiting", reason="already_there", which="all", use="ours")
    browser.web.jobs.tick()
    home.import_(weight(DAYS[2], 74.5))
    home.type_in(DAYS[2], weight=80.0)
    home.sync()
    assert [one.day for one in home.context.read(conflicts.waiting)] == [DAYS[2]]
