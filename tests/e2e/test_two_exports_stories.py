"""Two exports five months apart, in a browser: what is asked is asked on one page, and then the days are right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from support import ui_steps
from support.chromium import pages
from support.input_modes import POINTER
from support.live_server import TODAY, LiveServer, live_server
from support.two_exports import TwoExports
from support.ui_steps import empty_there, there

pytestmark = pytest.mark.slow

HOUR = 3600


@pytest.fixture
def home(tmp_path: Path) -> Iterator[LiveServer]:
    with live_server(tmp_path, prepare=empty_there) as made:
        yield made


@pytest.fixture
def page(browser: Browser, home: LiveServer) -> Iterator[Page]:
    with pages(browser, home.own) as made:
        yield made


def send(page: Page, home: LiveServer, path: Path) -> None:
    """Sends an export and waits until it is read."""
    ui_steps.settle(home)
    page.goto(f"{home.base}/connect/export")
    POINTER.choose(page.get_by_label("Your export.zip"), path)
    POINTER.press(page.get_by_role("button", name="Send it"))
    page.wait_for_url("**/connect/imports/*")


def accounts_of_syncs(page: Page, home: LiveServer) -> list[str]:
    """What the page of each sync so far says: one begins by itself once an export is read."""
    newest = int(page.url.rpartition("/")[2])
    said = []
    for number in range(1, newest + 1):
        page.goto(f"{home.base}/sync/runs/{number}")
        said.append(page.get_by_role("main").inner_text())
    return said


def test_an_athlete_answers_what_the_second_export_asks(page: Page, home: LiveServer, tmp_path: Path) -> None:
    files = TwoExports(tmp_path, TODAY)
    home.sign_in()
    home.let_in(page)
    send(page, home, files.first())
    ui_steps.sync(page, home)
    assert there(home, files.run_day, "steps") == 168
    assert there(home, files.typo_day, "weight") == 32.4

    send(page, home, files.second())
    expect(page.get_by_role("main")).to_contain_text("Health no longer holds them")
    ui_steps.sync(page, home)
    accounts = accounts_of_syncs(page, home)
    assert any("Health corrected itself" in said and "you deleted it in Health" in said for said in accounts)
    assert there(home, files.run_day, "steps") == 168
    assert there(home, files.typo_day, "weight") is None
    assert there(home, files.night_day, "sleepSecs") == 6.5 * HOUR

    send(page, home, files.of_another_phone())
    expect(page.get_by_role("main")).to_contain_text("another phone or person")
    POINTER.press(page.get_by_role("link", name="Answer"))
    expect(page.get_by_role("heading", level=1)).to_have_text("1 file waits for your answer")
    ui_steps.sync(page, home)
    assert there(home, files.recent, "steps") == 4000
    page.goto(f"{home.base}/today")
    POINTER.press(page.get_by_role("link", name=re.compile("may be the wrong one")))
    POINTER.press(page.get_by_role("link", name="It is the wrong file"))
    POINTER.press(page.get_by_role("button", name="Remove it"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Health data here")
    ui_steps.sync(page, home)
    assert there(home, files.recent, "steps") == 4000

    page.goto(f"{home.base}/settings/archive")
    POINTER.press(page.get_by_role("link", name="Bring back").first)
    POINTER.press(page.get_by_role("button", name="Bring it back"))
    ui_steps.sync(page, home)
    assert there(home, files.typo_day, "weight") == 32.4
    assert there(home, files.run_day, "steps") == 168
