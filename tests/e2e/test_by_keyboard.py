"""The heart of it by keyboard alone. The first run, the iPhone's sheet and leaving: in their own stories."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

import acts
from chromium import chromium, pages
from intervals_companion.app import first_sync
from keyboard import press, reach
from stage import TODAY, Stage, stage

pytestmark = pytest.mark.slow

YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Stage]:
    """Health data is here, nobody is signed in."""
    with stage(tmp_path, prepare=acts.empty_there) as made:
        acts.import_export(made, acts.small_export(tmp_path))
        first_sync.confirm(made.companion, None)
        yield made


@pytest.fixture
def page(browser: Browser, home: Stage) -> Iterator[Page]:
    with pages(browser, home.own) as made:
        home.let_in(made)
        yield made


def sync(page: Page, home: Stage) -> None:
    acts.settle(home)
    page.goto(f"{home.base}/today")
    press(page, "Sync now")
    page.wait_for_url("**/sync/runs/*")


def test_a_missing_permission_is_found_and_cured(page: Page, home: Stage) -> None:
    press(page, "Sign in with Intervals.icu")
    press(page, acts.ME)
    wellness = page.get_by_role("row", name="Wellness")
    reach(page, "Read")
    while not wellness.get_by_label("Update").evaluate("one => one === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    press(page, "OK")
    expect(page.locator("body")).to_contain_text("Wellness Data, Update is off.")
    press(page, "See how to cure it")
    press(page, "Show me how to turn it on")
    press(page, "Log out and sign in")
    press(page, "OK")
    sync(page, home)
    assert acts.there(home, YESTERDAY, "steps")
    assert acts.banner(page) == ""


def test_a_choice_between_two_values_is_made(page: Page, home: Stage) -> None:
    acts.type_in(home, YESTERDAY, weight=90.0)
    acts.sign_in(page)
    sync(page, home)
    press(page, "1 Already there")
    press(page, "Weight Sun 22 Nov")
    reach(page, "Apple Health")
    page.keyboard.press("Space")
    press(page, "Use 71.2")
    sync(page, home)
    assert acts.there(home, YESTERDAY, "weight") == pytest.approx(71.22)
