"""Both sides say something else: the person chooses, and what they chose is carried out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from intervals_companion.app.sync import first_sync
from support import ui_steps
from support.input_modes import Hand
from support.live_server import TODAY, LiveServer, live_server

pytestmark = pytest.mark.slow

YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[LiveServer]:
    """Health data is here, nobody is signed in."""
    with live_server(tmp_path, prepare=ui_steps.empty_there) as made:
        ui_steps.import_export(made, ui_steps.small_export(tmp_path))
        first_sync.confirm(made.context, None)
        yield made


@pytest.mark.golden
def test_healths_value_is_taken_and_sent(page: Page, home: LiveServer, hand: Hand) -> None:
    ui_steps.type_in(home, YESTERDAY, weight=90.0)
    ui_steps.sign_in(page, hand=hand)
    ui_steps.sync(page, home, hand)
    hand.press(page.get_by_role("link", name="1 Already there"))
    hand.press(page.get_by_role("link", name="Weight Sun 22 Nov"))
    hand.turn(page.get_by_role("radio", name="Apple Health"))
    hand.press(page.get_by_role("button", name="Use 71.2"))
    ui_steps.wait_until(lambda: ui_steps.there(home, YESTERDAY, "weight") == pytest.approx(71.22))


def test_theirs_is_kept_and_not_asked_about_again(page: Page, home: LiveServer, hand: Hand) -> None:
    ui_steps.type_in(home, YESTERDAY, weight=90.0)
    ui_steps.sign_in(page, hand=hand)
    ui_steps.sync(page, home, hand)
    hand.press(page.get_by_role("link", name="1 Already there"))
    hand.turn(page.get_by_role("checkbox", name="Weight, Sun 22 Nov"))
    hand.press(page.get_by_role("button", name="Keep Intervals.icu’s"))
    ui_steps.sync(page, home, hand)
    expect(page.locator("#waiting")).to_have_count(0)
    assert ui_steps.there(home, YESTERDAY, "weight") == 90.0
