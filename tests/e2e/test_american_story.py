"""An athlete in miles, pounds and on a 12-hour clock sees them everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from intervals_sandbox.server import Running
from support import ui_steps
from support.live_server import LiveServer, live_server

pytestmark = pytest.mark.slow

AMERICAN = {
    "locale": "en-US", "measurement_preference": "feet", "weight_pref_lb": True, "fahrenheit": True,
    "timezone": "Europe/Berlin",
}  # fmt: skip


def american(sandbox: Running) -> None:
    ui_steps.empty_there(sandbox)
    sandbox.sandbox.you.facts.update(AMERICAN)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[LiveServer]:
    """A run of eight kilometres and a weight of 71.22 kg yesterday, synced."""
    with live_server(tmp_path, prepare=american) as made:
        made.sign_in()
        ui_steps.import_export(made, ui_steps.small_export(tmp_path))
        made.jobs.start_sync()
        ui_steps.settle(made)
        yield made


def test_pounds_on_today_and_on_the_page_of_the_weight(page: Page, home: LiveServer) -> None:
    page.goto(f"{home.base}/metrics/weight")
    expect(page.locator("body")).to_contain_text("157.0 lb")
    expect(page.locator("body")).to_contain_text("7:00 AM")
    assert "kg" not in page.locator("main").inner_text()
    page.goto(f"{home.base}/today")
    expect(page.locator("h1")).to_have_text("Monday, November 23")
    expect(page.get_by_role("link", name="Weight")).to_have_count(1)
    assert "kg" not in page.locator("main").inner_text()


def test_miles_and_minutes_a_mile_on_the_page_of_a_run(page: Page, home: LiveServer) -> None:
    page.goto(f"{home.base}/activities")
    expect(page.get_by_role("link", name="Run").first).to_contain_text("5.0 mi")
    page.get_by_role("link", name="Run").first.click()
    expect(page.locator(".activity-head")).to_contain_text("5:00 PM")
    expect(page.locator(".figures")).to_contain_text("mi")
    assert "km" not in page.locator("main").inner_text().split()
    assert "17:00" not in page.locator("main").inner_text()


def test_the_last_sync_is_told_on_a_twelve_hour_clock(page: Page, home: LiveServer) -> None:
    page.goto(f"{home.base}/sync")
    expect(page.locator(".sub-line")).to_contain_text("PM")
    page.goto(f"{home.base}/today")
    expect(page.locator(".today-sync")).to_contain_text("PM")
