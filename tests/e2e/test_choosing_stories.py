"""Both sides say something else: the person chooses, and what they chose is carried out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import acts
from hands import Hand
from intervals_companion.app.sync import first_sync
from stage import TODAY, Stage, stage

pytestmark = pytest.mark.slow

YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Stage]:
    """Health data is here, nobody is signed in."""
    with stage(tmp_path, prepare=acts.empty_there) as made:
        acts.import_export(made, acts.small_export(tmp_path))
        first_sync.confirm(made.context, None)
        yield made


@pytest.mark.golden
def test_healths_value_is_taken_and_sent(page: Page, home: Stage, hand: Hand) -> None:
    acts.type_in(home, YESTERDAY, weight=90.0)
    acts.sign_in(page, hand=hand)
    acts.sync(page, home, hand)
    hand.press(page.get_by_role("link", name="1 Already there"))
    hand.press(page.get_by_role("link", name="Weight Sun 22 Nov"))
    hand.turn(page.get_by_role("radio", name="Apple Health"))
    hand.press(page.get_by_role("button", name="Use 71.2"))
    acts.wait_until(lambda: acts.there(home, YESTERDAY, "weight") == pytest.approx(71.22))


def test_theirs_is_kept_and_not_asked_about_again(page: Page, home: Stage, hand: Hand) -> None:
    acts.type_in(home, YESTERDAY, weight=90.0)
    acts.sign_in(page, hand=hand)
    acts.sync(page, home, hand)
    hand.press(page.get_by_role("link", name="1 Already there"))
    hand.turn(page.get_by_role("checkbox", name="Weight, Sun 22 Nov"))
    hand.press(page.get_by_role("button", name="Keep Intervals.icu’s"))
    acts.sync(page, home, hand)
    expect(page.locator("#waiting")).to_have_count(0)
    assert acts.there(home, YESTERDAY, "weight") == 90.0
