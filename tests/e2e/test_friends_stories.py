"""What did my friends do? From no key at all to a feed that goes on while keys and friends change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from intervals_companion.app.social import feed as social_feed
from intervals_companion.app.sync import first_sync
from intervals_companion.store import friends_cache
from intervals_sandbox.person import Person
from intervals_sandbox.state import Athlete
from support import ui_steps
from support.live_server import LiveServer, live_server

pytestmark = pytest.mark.slow

STATE = "#feed-state"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[LiveServer]:
    with live_server(tmp_path) as made:
        first_sync.confirm(made.context, None)
        yield made


@pytest.fixture
def feed(page: Page, home: LiveServer) -> Page:
    """Signed in, and the feed is there."""
    home.sign_in()
    page.goto(f"{home.base}/feed")
    expect(page.locator(STATE)).to_contain_text("up to date")
    return page


def check_now(page: Page) -> None:
    page.get_by_role("button", name="Check now").click()


def somebody(home: LiveServer) -> Athlete:
    """A friend whose activity stands on the first page."""
    state = home.sandbox.sandbox.state
    shown = home.context.read(social_feed.page).lines
    return state.athletes[next(line.other for line in shown if line.hidden is None)]


def unfollow(home: LiveServer, other: Athlete) -> None:
    with home.sandbox.sandbox.lock:
        home.sandbox.sandbox.you.follows.discard(other.id)
        home.sandbox.sandbox.you.coaches.discard(other.id)


def kept_of(home: LiveServer, other: Athlete) -> list[str]:
    """What the store has of an athlete."""
    athlete = home.context.account().athlete
    with home.context.store.read() as connection:
        owners = friends_cache.owners(connection, athlete)
        known = [one.id for one in friends_cache.followed_athletes(connection, athlete) if one.id == other.id]
        return known + [name for name, owner in owners.items() if owner == other.id]


def test_no_key_is_explained_generated_and_the_feed_is_there(page: Page, home: LiveServer) -> None:
    home.sandbox.sandbox.you.api_key = None
    ui_steps.sign_in(page)
    page.goto(f"{home.base}/feed")
    expect(page.get_by_role("heading", name="Your friends are one key away")).to_be_visible()
    expect(page.locator(".steps > li")).to_have_count(5)
    other = page.context.new_page()
    other.goto(f"{home.sandbox.base}/settings")
    other.get_by_text("(view)").click()
    other.get_by_role("button", name="Generate").click()
    page.get_by_role("button", name="Log out and sign in").click()
    ui_steps.allow(page)
    page.wait_for_url("**/feed")
    expect(page.locator(STATE)).to_contain_text("up to date")
    expect(page.locator(".feed-line").first).to_be_visible()


def test_a_line_leads_to_its_activity_and_is_not_new_afterwards(feed: Page) -> None:
    line = feed.locator(".feed-line.unread a").first
    name = line.locator(".feed-title").inner_text().strip()
    place = line.get_attribute("href")
    with feed.expect_response("**/seen"):
        line.click()
    expect(feed.locator("h1")).to_contain_text(name)
    feed.go_back()
    feed.reload()
    expect(feed.locator(f".feed-line.unread a[href='{place}']")).to_have_count(0)


def test_scrolling_goes_on_into_days_that_were_not_read_yet(feed: Page, home: LiveServer) -> None:
    known = feed.locator(".feed-line").count()
    for _ in range(8):
        feed.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        feed.wait_for_timeout(300)
    assert feed.locator(".feed-line").count() > known
    ids = feed.locator(".feed-line").evaluate_all("lines => lines.map(one => one.id)")
    assert len(ids) == len(set(ids))


def test_a_follow_removed_in_the_middle_leaves_nothing(feed: Page, home: LiveServer) -> None:
    other = somebody(home)
    assert kept_of(home, other)
    unfollow(home, other)
    check_now(feed)
    expect(feed.locator(STATE)).to_contain_text("up to date")
    expect(feed.locator(".feed-line", has_text=other.name)).to_have_count(0)
    assert kept_of(home, other) == []


def test_a_key_generated_anew_in_the_middle_is_picked_up(feed: Page, home: LiveServer) -> None:
    with Person(home.sandbox.base, home.sandbox.sandbox.you.id) as person:
        person.generate_key()
    check_now(feed)
    expect(feed.locator(STATE)).to_contain_text("up to date")
    expect(feed.locator(".note-warn")).to_have_count(0)


def test_a_stub_of_strava_says_why_and_what_helps(feed: Page, home: LiveServer) -> None:
    other = somebody(home)
    with home.sandbox.sandbox.lock:
        newest = max(home.sandbox.sandbox.state.activities_of(other.id), key=lambda one: str(one.values["start_date"]))
        newest.values["source"] = "STRAVA"
    unfollow(home, other)  # so that all of theirs is read again
    check_now(feed)
    expect(feed.locator(STATE)).to_contain_text("up to date")
    with home.sandbox.sandbox.lock:
        home.sandbox.sandbox.you.follows.add(other.id)
    check_now(feed)
    expect(feed.locator(STATE)).to_contain_text("up to date")
    stub = feed.locator(f"#line-{newest.id}")
    expect(stub).to_contain_text("Hidden by Strava")
    expect(stub.locator("a[href^='/activities']")).to_have_count(0)
    stub.get_by_role("link", name="Why").click()
    expect(feed.locator("#why-hidden")).to_contain_text("connect the device’s own service")


def test_while_somebody_looks_it_looks_again(feed: Page, home: LiveServer) -> None:
    """Every minute the page asks here; Intervals.icu is asked after a quarter of an hour."""
    social_feed.invalidate(home.context)
    asked: list[str] = []
    feed.on("request", lambda request: asked.append(request.url))
    feed.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    ui_steps.wait_until(lambda: not home.context.read(social_feed.is_due))
    expect(feed.locator(STATE)).to_contain_text("up to date")
    assert any("/feed/due" in one for one in asked)
    assert any("/feed/watch" in one for one in asked)


def test_reading_stays_where_one_is(feed: Page, home: LiveServer) -> None:
    """The list is drawn anew below somebody who has scrolled: the line they look at stays."""
    feed.mouse.wheel(0, 1500)
    feed.wait_for_timeout(300)
    seen = "() => { const one = [...document.querySelectorAll('.feed-line')].find(l => l.getBoundingClientRect().bottom > 0); return [one.id, Math.round(one.getBoundingClientRect().top)]; }"  # noqa: E501
    before = feed.evaluate(seen)
    social_feed.invalidate(home.context)
    feed.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    ui_steps.wait_until(lambda: not home.context.read(social_feed.is_due))
    feed.wait_for_timeout(500)
    assert feed.evaluate(seen) == before
