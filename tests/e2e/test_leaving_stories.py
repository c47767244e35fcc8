"""Leaving, and who may look: what is not about permissions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from support import ui_steps
from support.chromium import pages
from support.input_modes import Hand
from support.live_server import LiveServer, live_server

pytestmark = pytest.mark.slow


@pytest.fixture
def home(tmp_path: Path) -> Iterator[LiveServer]:
    """Signed in and synced."""
    with live_server(tmp_path) as made:
        made.sign_in()
        ui_steps.import_export(made, ui_steps.small_export(tmp_path))
        yield made


def another(browser: Browser, home: LiveServer) -> AbstractContextManager[Page]:
    """A second browser, on a desk."""
    return pages(browser, home.own, phone=False)


def is_in(page: Page, home: LiveServer) -> bool:
    page.goto(f"{home.base}/settings")
    return page.url == f"{home.base}/settings"


def sign_out(page: Page, hand: Hand) -> None:
    """From Settings, over the page that says what stays."""
    hand.press(page.get_by_role("link", name="Sign out this browser"))
    hand.press(page.get_by_role("button", name="Sign out this browser"))


def cookies(page: Page, home: LiveServer) -> list[str]:
    """Names of those it holds of the app."""
    return [one["name"] for one in page.context.cookies(home.base)]


def test_signing_out_this_browser_leaves_the_other_one_in(
    browser: Browser, page: Page, home: LiveServer, hand: Hand
) -> None:
    with another(browser, home) as second:
        home.let_in(second)
        page.goto(f"{home.base}/settings")
        sign_out(page, hand)
        expect(page).to_have_url(f"{home.base}/sign-in")
        assert "companion" not in cookies(page, home)
        assert (is_in(page, home), is_in(second, home)) == (False, True)


def test_what_was_shown_is_not_shown_again_by_going_back(page: Page, home: LiveServer, hand: Hand) -> None:
    page.goto(f"{home.base}/metrics")
    page.goto(f"{home.base}/settings")
    sign_out(page, hand)
    page.wait_for_url("**/sign-in")
    page.go_back()
    expect(page.get_by_role("heading", name="Health and Intervals.icu, in step.")).to_be_visible()


@pytest.mark.golden
def test_who_comes_back_lands_where_they_wanted_to_go(page: Page, home: LiveServer, hand: Hand) -> None:
    page.goto(f"{home.base}/settings")
    sign_out(page, hand)
    page.wait_for_url("**/sign-in")
    page.goto(f"{home.base}/metrics/weight")
    ui_steps.sign_in(page, hand=hand)
    expect(page).to_have_url(f"{home.base}/metrics/weight")


def test_signing_out_everywhere_ends_both_browsers_and_no_sync(
    browser: Browser, page: Page, home: LiveServer, hand: Hand
) -> None:
    with another(browser, home) as second:
        home.let_in(second)
        page.goto(f"{home.base}/settings/browsers")
        hand.press(page.get_by_role("button", name="Sign out everywhere"))
        expect(page).to_have_url(f"{home.base}/sign-in")
        assert (is_in(page, home), is_in(second, home)) == (False, False)
    home.jobs.start_sync()
    ui_steps.settle(home)
    assert any("wellness" in one for one in home.writes())


def test_one_browser_signs_the_other_out(browser: Browser, page: Page, home: LiveServer, hand: Hand) -> None:
    with another(browser, home) as second:
        home.let_in(second)
        page.goto(f"{home.base}/settings/browsers")
        hand.press(page.get_by_role("button", name="Sign out ").filter(has_not_text="everywhere"))
        expect(page.get_by_role("button", name="Sign out ").filter(has_not_text="everywhere")).to_have_count(0)
        assert (is_in(page, home), is_in(second, home)) == (True, False)


def test_a_link_from_settings_lets_another_browser_in_once(
    browser: Browser, page: Page, home: LiveServer, hand: Hand
) -> None:
    page.goto(f"{home.base}/settings/browsers")
    hand.press(page.get_by_role("button", name="Add a browser"))
    link = page.get_by_role("status").locator("code").inner_text()
    assert link.startswith(f"{home.base}/link/")
    with another(browser, home) as second:
        second.goto(link)
        expect(second.locator(".lead")).to_contain_text("This companion already belongs to an athlete")
        hand.press(second.get_by_role("button", name="Let this browser in"))
        expect(second).to_have_url(f"{home.base}/today")
    with another(browser, home) as third:
        third.goto(link)
        expect(third.locator("h1")).to_have_text("This link lets nobody in any more.")
        hand.press(third.get_by_role("link", name="To the sign-in"))
        expect(third).to_have_url(f"{home.base}/sign-in")


@pytest.mark.golden
def test_deleting_everything_touches_nothing_there_and_one_begins_again(
    page: Page, home: LiveServer, hand: Hand
) -> None:
    ui_steps.sync(page, home, hand)
    sent = home.writes()
    page.goto(f"{home.base}/settings")
    hand.press(page.get_by_role("link", name="Delete everything here"))
    expect(page.locator("h1")).to_have_text("Delete everything here?")
    hand.press(page.get_by_role("button", name="Delete everything here"))
    expect(page.locator("h1")).to_have_text("Everything here is deleted")
    assert home.writes() == sent
    assert not is_in(page, home)
    expect(page.locator("body")).to_contain_text("This browser was not let in yet")
    assert home.context.account().intervals_id is None
    home.let_in(page)
    ui_steps.sign_in(page, hand=hand)
    expect(page.locator("h1")).to_have_text(f"Signed in as {ui_steps.ME}")


def test_another_athlete_is_refused_at_the_sign_in(browser: Browser, page: Page, home: LiveServer, hand: Hand) -> None:
    state = home.sandbox.sandbox.state
    other = next(one for one in state.athletes.values() if one.id != state.you)
    name = str(other.facts["name"])
    with another(browser, home) as second:
        second.goto(f"{home.base}/sign-in")
        expect(second.locator("body")).to_contain_text("already belongs to an athlete")
        assert ui_steps.ME not in second.content()
        hand.press(second.get_by_role("button", name="Sign in with Intervals.icu"))
        hand.press(second.get_by_role("button", name=name))
        hand.press(second.get_by_role("button", name="OK"))
        expect(second.locator("h1")).to_contain_text("belongs to")
        assert name not in second.content()
        assert not is_in(second, home)
    assert is_in(page, home)
    expect(page.locator("body")).to_contain_text(ui_steps.ME)
    assert not any(token.athlete_id == other.id for token in state.tokens.values())


def test_an_athlete_who_took_the_wrong_account_signs_in_with_the_right_one(
    browser: Browser, page: Page, home: LiveServer, hand: Hand
) -> None:
    state = home.sandbox.sandbox.state
    other = next(one for one in state.athletes.values() if one.id != state.you)
    with another(browser, home) as second:
        second.goto(f"{home.base}/sign-in")
        hand.press(second.get_by_role("button", name="Sign in with Intervals.icu"))
        hand.press(second.get_by_role("button", name=str(other.facts["name"])))
        hand.press(second.get_by_role("button", name="OK"))
        hand.press(second.get_by_role("button", name="Sign in again"))
        hand.press(second.get_by_role("button", name="Sign in as somebody else"))
        ui_steps.allow(second, hand=hand)
        expect(second).to_have_url(f"{home.base}/today")


def test_full_logout_and_in_again(page: Page, home: LiveServer, hand: Hand) -> None:
    page.goto(f"{home.base}/settings")
    hand.press(page.get_by_role("link", name="Full Logout"))
    hand.press(page.get_by_role("button", name="Full Logout"))
    expect(page.locator("h1")).to_have_text("Full Logout: done")
    hand.press(page.get_by_role("link", name="Sign in again"))
    ui_steps.sign_in(page, hand=hand)
    expect(page).to_have_url(f"{home.base}/today")
