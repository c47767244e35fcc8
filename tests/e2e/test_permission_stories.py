"""Why does my data not arrive? Each missing permission is named, explained and cured as the page says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from intervals_companion.app.sync import first_sync
from support import ui_steps
from support.input_modes import Hand
from support.live_server import LiveServer, live_server
from support.ui_steps import banner

pytestmark = pytest.mark.slow


@pytest.fixture
def home(tmp_path: Path) -> Iterator[LiveServer]:
    """Health data is here, nobody is signed in."""
    with live_server(tmp_path) as made:
        ui_steps.import_export(made, ui_steps.small_export(tmp_path))
        first_sync.confirm(made.context, None)
        yield made


def uploads(home: LiveServer) -> int:
    return sum("POST" in one and one.endswith("/activities") for one in home.writes())


def values(home: LiveServer) -> int:
    """Days at Intervals.icu that have steps: only Health counts those."""
    with home.sandbox.sandbox.lock:
        return sum(1 for record in home.sandbox.sandbox.you.wellness.values() if record.get("steps"))


def cure(page: Page, hand: Hand) -> None:
    """As the pages say: the banner, the finding, the button of the cure."""
    hand.press(page.locator("a.banner"))
    hand.press(page.get_by_role("link", name="Show me how to turn it on").first)
    hand.press(page.get_by_role("button", name="Log out and sign in"))
    ui_steps.allow(page, hand=hand)


def log_out_and_in(page: Page, home: LiveServer, hand: Hand) -> None:
    """The path over Settings."""
    page.goto(f"{home.base}/settings")
    hand.press(page.get_by_role("link", name="Logout", exact=True).first)
    hand.press(page.get_by_role("button", name="Logout"))
    hand.press(page.get_by_role("link", name="Sign in again"))
    ui_steps.sign_in(page, hand=hand)


def test_wellness_update_unticked_is_named_held_cured_and_everything_arrives(
    page: Page, home: LiveServer, hand: Hand
) -> None:
    ui_steps.sign_in(page, ("WELLNESS:WRITE",), hand)
    expect(page.locator("body")).to_contain_text("Wellness Data, Update is off.")
    ui_steps.sync(page, home, hand)
    expect(page.locator("#held")).to_contain_text("Update is off")
    assert banner(page) == "1 thing needs your attention"
    assert (values(home), uploads(home)) == (0, 1)
    cure(page, hand)
    page.goto(f"{home.base}/today")
    assert banner(page) == ""
    ui_steps.wait_until(lambda: values(home) > 0)
    ui_steps.sync(page, home, hand)
    expect(page.locator("h1")).to_contain_text("Nothing new")


@pytest.mark.golden
def test_activities_update_off_lets_the_days_go_and_holds_the_workouts(
    page: Page, home: LiveServer, hand: Hand
) -> None:
    ui_steps.sign_in(page, ("ACTIVITY:WRITE",), hand)
    ui_steps.sync(page, home, hand)
    assert values(home) > 0
    assert uploads(home) == 0
    expect(page.locator("#held")).to_contain_text("Update is off")
    cure(page, hand)
    ui_steps.wait_until(lambda: uploads(home) == 1)
    ui_steps.sync(page, home, hand)
    assert uploads(home) == 1


def test_a_whole_area_unticked_is_two_missing_boxes(page: Page, home: LiveServer, hand: Hand) -> None:
    ui_steps.sign_in(page, ("WELLNESS:READ", "WELLNESS:WRITE"), hand)
    page.goto(f"{home.base}/permissions")
    expect(page.locator("#intervals")).to_contain_text("Wellness Data, Read is off.")
    expect(page.locator("#intervals")).to_contain_text("Wellness Data, Update is off.")
    ui_steps.sync(page, home, hand)
    assert values(home) == 0
    cure(page, hand)
    ui_steps.wait_until(lambda: values(home) > 0)
    page.goto(f"{home.base}/today")
    assert banner(page) == ""


def test_the_path_over_settings_and_logout_cures_too(page: Page, home: LiveServer, hand: Hand) -> None:
    ui_steps.sign_in(page, ("WELLNESS:WRITE",), hand)
    log_out_and_in(page, home, hand)
    page.goto(f"{home.base}/today")
    assert banner(page) == ""
    ui_steps.wait_until(lambda: values(home) > 0)


def test_a_key_that_was_never_made_is_generated_as_the_steps_say(page: Page, home: LiveServer, hand: Hand) -> None:
    home.sandbox.sandbox.you.api_key = None
    ui_steps.sign_in(page, hand=hand)
    page.goto(f"{home.base}/permissions")
    expect(page.locator("#key")).to_contain_text("Generate")
    other = page.context.new_page()
    other.goto(f"{home.sandbox.base}/settings")
    hand.press(other.get_by_role("link", name="(view)"))
    hand.press(other.get_by_role("button", name="Generate"))
    other.close()
    log_out_and_in(page, home, hand)
    page.goto(f"{home.base}/permissions")
    expect(page.locator("#key")).to_contain_text("The account’s API key works.")


def test_access_revoked_at_the_service_is_said_with_one_cure(page: Page, home: LiveServer, hand: Hand) -> None:
    ui_steps.sign_in(page, hand=hand)
    other = page.context.new_page()
    other.goto(f"{home.sandbox.base}/settings")
    hand.press(other.get_by_role("button", name="Revoke"))
    other.close()
    ui_steps.press_sync(page, home, hand)
    ui_steps.settle(home)
    page.goto(f"{home.base}/permissions")
    expect(page.locator("#intervals")).to_contain_text(
        "This sign-in no longer works: another device signed in, or access was removed at Intervals.icu"
    )
    assert banner(page) == "1 thing needs your attention"
    hand.press(page.locator("#intervals").get_by_role("link", name="Sign in again"))
    hand.press(page.get_by_role("button", name="Sign in again"))
    ui_steps.allow(page, hand=hand)
    page.goto(f"{home.base}/today")
    assert banner(page) == ""


def test_declined_consent_has_a_way_on(page: Page, home: LiveServer, hand: Hand) -> None:
    hand.press(page.get_by_role("button", name="Sign in with Intervals.icu"))
    hand.press(page.get_by_role("button", name=ui_steps.ME))
    hand.press(page.get_by_role("button", name="Cancel"))
    expect(page.locator("h1")).to_have_text("You pressed Cancel at Intervals.icu. Nothing was connected.")
    hand.press(page.get_by_role("button", name="Sign in again"))
    ui_steps.allow(page, hand=hand)
    expect(page).to_have_url(f"{home.base}/signed-in")


def test_a_service_that_is_down_does_not_stop_a_logout(page: Page, home: LiveServer, hand: Hand) -> None:
    ui_steps.sign_in(page, hand=hand)
    page.goto(f"{home.base}/settings/leave/logout")
    home.sandbox.sandbox.faults.order([{"method": "*", "path_prefix": "/", "times": 50, "kind": "503"}])
    hand.press(page.get_by_role("button", name="Logout"))
    expect(page.locator("body")).to_contain_text("Intervals.icu was not told.")
    home.sandbox.sandbox.faults.order([])
    page.goto(f"{home.base}/today")
    expect(page).to_have_url(f"{home.base}/sign-in")


def test_a_403_for_the_token_is_never_tried_again_with_the_key(page: Page, home: LiveServer) -> None:
    assert home.sandbox.sandbox.you.api_key is not None
    ui_steps.sign_in(page, untick=("WELLNESS:WRITE",))
    ui_steps.sync(page, home)
    with home.sandbox.sandbox.lock:
        seen = home.sandbox.sandbox.log.as_json()
    assert not [one for one in seen if one["access"] == "write" and "wellness" in one["path"] and one["status"] < 400]
    assert not [one for one in seen if one["access"] == "write" and one["credential"] == "key"]
