"""Life with an iPhone: what its owner allows, refuses, weighs and runs, and what of it arrives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from intervals_companion.health.port import HealthObject
from support import exports, ui_steps
from support.app_fixture import QUANTITY, steps, weight
from support.exports import record
from support.input_modes import Hand
from support.live_server import TODAY, LiveServer, live_server

pytestmark = pytest.mark.slow

WEIGHT = f"{QUANTITY}BodyMass"
WATCH = "Apple Watch"
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """Three weeks of a Watch and a scale."""
    days = [TODAY - timedelta(days=ago) for ago in range(21, 0, -1)]
    elements = [
        *(steps(day, 8000 + day.day, source=WATCH) for day in days),
        *(weight(day, 71.0 + day.day / 100) for day in days),
        *(
            record(f"{QUANTITY}{name}", 50 + day.day % 3, "count/min", f"{day} 06:00:00 +0100", source=WATCH)
            for day in days
            for name in ("RestingHeartRate", "HeartRate")
        ),
    ]
    path = tmp_path / "export.zip"
    exports.zip_export(path, exports.export_xml(*elements))
    return path


@pytest.fixture
def home(tmp_path: Path, export: Path) -> Iterator[LiveServer]:
    """Signed in; the phone was not asked for anything yet."""
    with live_server(tmp_path, export=export, prepare=ui_steps.empty_there) as made:
        made.sign_in()
        yield made


# --- at the phone ----------------------------------------------------------------------------------------------------


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def open_app(page: Page, home: LiveServer, hand: Hand) -> None:
    page.goto(f"{home.base}/phone")
    hand.press(button(page, "Open Intervals Companion"))


def switch(page: Page, words: str, name: str) -> Locator:
    group = page.get_by_role("group", name=f"Allow “Intervals Companion” to {words}")
    return group.get_by_role("switch", name=name, exact=True)


def allow_all_but(page: Page, home: LiveServer, hand: Hand, *off: tuple[str, str]) -> None:
    """Opens the app and answers its sheet: all on, but for these (`read` or `write`, name of the type)."""
    open_app(page, home, hand)
    hand.press(button(page, "Turn On All"))
    for words, name in off:
        hand.turn(switch(page, words, name))
    hand.press(button(page, "Allow"))


def do(page: Page, home: LiveServer, hand: Hand, what: str, times: int = 1) -> None:
    page.goto(f"{home.base}/phone")
    for _ in range(times):
        hand.press(button(page, what))


def turn(page: Page, home: LiveServer, hand: Hand, words: str, name: str) -> None:
    """A switch in Settings, turned over."""
    page.goto(f"{home.base}/phone")
    hand.press(switch(page, words, name))


def own_weights(home: LiveServer) -> list[HealthObject]:
    return [one for one in home.phone.between(WEIGHT, 0, 2**62) if one.is_own]


def finding(page: Page, kind: str) -> Locator:
    return page.locator(f"#health-{kind}")


def warnings(page: Page) -> Locator:
    """What /permissions says of types that used to come."""
    return page.locator("#health .word-warn").filter(has_text=re.compile("Stopped|no longer shows"))


# --- stories ---------------------------------------------------------------------------------------------------------


def test_two_types_left_off_on_the_sheet_are_named_and_arrive_once_they_are_on(
    page: Page, home: LiveServer, hand: Hand, export: Path
) -> None:
    ui_steps.import_export(home, export)
    allow_all_but(page, home, hand, ("read", "Steps"), ("read", "Resting Heart Rate"))
    do(page, home, hand, "Let a day pass", times=5)
    ui_steps.sync(page, home, hand)
    last = TODAY + timedelta(days=5)
    assert ui_steps.there(home, last, "steps") is None
    page.goto(f"{home.base}/permissions")
    for kind in ("StepCount", "RestingHeartRate"):
        expect(finding(page, kind)).to_contain_text("Stopped 6 days ago. It used to come every day.")
    expect(finding(page, "HeartRate")).not_to_contain_text("Stopped")
    hand.press(finding(page, "StepCount").get_by_role("link", name="See where to look"))
    expect(page.locator(".steps")).to_contain_text("Turn On All")
    page.goto(f"{home.base}/phone")
    hand.press(button(page, "Turn On All"))
    ui_steps.sync(page, home, hand)
    assert ui_steps.there(home, last, "steps")
    assert ui_steps.there(home, last, "restingHR")
    page.goto(f"{home.base}/permissions")
    for kind in ("StepCount", "RestingHeartRate"):
        expect(finding(page, kind)).not_to_contain_text("Stopped")


def test_types_turned_off_later_are_said_to_be_hidden_until_they_are_on_again(
    page: Page, home: LiveServer, hand: Hand
) -> None:
    allow_all_but(page, home, hand)
    ui_steps.sync(page, home, hand)
    turn(page, home, hand, "read", "Steps")
    turn(page, home, hand, "read", "Weight")
    do(page, home, hand, "Let a day pass")
    ui_steps.sync(page, home, hand)
    page.goto(f"{home.base}/permissions")
    for kind in ("StepCount", "BodyMass"):
        expect(finding(page, kind)).to_contain_text("Health no longer shows it; reading may be off.")
    assert ui_steps.banner(page) == ""
    assert ui_steps.there(home, TODAY + timedelta(days=1), "steps") is None
    page.goto(f"{home.base}/phone")
    hand.press(button(page, "Turn On All"))
    ui_steps.sync(page, home, hand)
    assert ui_steps.there(home, TODAY + timedelta(days=1), "steps")
    page.goto(f"{home.base}/permissions")
    assert warnings(page).count() == 0


def test_dont_allow_looks_like_no_data_and_is_never_called_denied(page: Page, home: LiveServer, hand: Hand) -> None:
    before = home.writes()
    open_app(page, home, hand)
    hand.press(button(page, "Don’t Allow"))
    ui_steps.sync(page, home, hand)
    assert home.writes() == before
    page.goto(f"{home.base}/permissions")
    expect(page.locator("#health")).to_contain_text("Nothing has arrived from Apple Health yet.")
    expect(page.locator("#health")).not_to_contain_text("denied")


def test_a_weight_typed_at_intervals_waits_for_write_and_then_is_in_health(
    page: Page, home: LiveServer, hand: Hand
) -> None:
    allow_all_but(page, home, hand, ("write", "Weight"))
    ui_steps.sync(page, home, hand)
    ui_steps.type_in(home, YESTERDAY, weight=69.5)
    ui_steps.sync(page, home, hand)
    expect(page.locator("#held")).to_contain_text("Write is off")
    assert own_weights(home) == []
    page.goto(f"{home.base}/permissions")
    expect(finding(page, "BodyMass-write")).to_contain_text("Write is off.")
    turn(page, home, hand, "write", "Weight")
    ui_steps.sync(page, home, hand)
    assert [one.row.value for one in own_weights(home)] == [69.5]
    assert ui_steps.there(home, YESTERDAY, "weight") == 69.5
    ui_steps.sync(page, home, hand)
    expect(page.locator("h1")).to_have_text("Nothing new. Both sides agree.")


def test_a_locked_phone_is_tried_later_and_is_never_no_data(page: Page, home: LiveServer, hand: Hand) -> None:
    allow_all_but(page, home, hand)
    ui_steps.sync(page, home, hand)
    do(page, home, hand, "Step on the scale")
    do(page, home, hand, "Lock")
    sent = home.writes()
    ui_steps.sync(page, home, hand)
    expect(page.locator("h1")).to_have_text("Nothing new")
    expect(page.get_by_role("status")).to_contain_text("The iPhone is locked, and Health cannot be read while it is.")
    expect(page.get_by_role("status")).to_contain_text("Unlock it; reading then goes on where it stopped.")
    assert home.writes() == sent
    page.goto(f"{home.base}/today")
    expect(page.locator(".today-sync")).to_contain_text("The iPhone is locked")
    expect(page.locator(".today-sync")).not_to_contain_text("agree")
    page.goto(f"{home.base}/permissions")
    assert warnings(page).count() == 0
    do(page, home, hand, "Unlock")
    ui_steps.sync(page, home, hand)
    assert ui_steps.there(home, TODAY, "weight")


@pytest.mark.golden
def test_a_weight_on_the_scale_arrives_at_intervals(page: Page, home: LiveServer, hand: Hand) -> None:
    allow_all_but(page, home, hand)
    ui_steps.sync(page, home, hand)
    assert ui_steps.there(home, TODAY, "weight") is None
    do(page, home, hand, "Step on the scale")
    ui_steps.sync(page, home, hand)
    (measured,) = [one.row.value for one in home.phone.between(WEIGHT, 0, 2**62)][-1:]
    assert ui_steps.there(home, TODAY, "weight") == pytest.approx(measured, abs=0.05)
    page.goto(f"{home.base}/metrics/weight")
    expect(page.locator("body")).to_contain_text("Scale")


def test_a_run_that_was_finished_arrives_at_intervals(page: Page, home: LiveServer, hand: Hand) -> None:
    allow_all_but(page, home, hand)
    do(page, home, hand, "Finish a run")
    ui_steps.sync(page, home, hand)
    page.goto(f"{home.base}/activities")
    expect(page.get_by_role("listitem").filter(has_text="Run").first).to_contain_text("linked")
    with home.sandbox.sandbox.lock:
        state = home.sandbox.sandbox.state
        assert [one.values["type"] for one in state.activities_of(state.you)] == ["Run"]


def test_a_day_that_passes_is_another_day_at_intervals(page: Page, home: LiveServer, hand: Hand) -> None:
    allow_all_but(page, home, hand)
    ui_steps.sync(page, home, hand)
    do(page, home, hand, "Let a day pass")
    ui_steps.sync(page, home, hand)
    tomorrow = TODAY + timedelta(days=1)
    assert all(ui_steps.there(home, tomorrow, field) for field in ("steps", "restingHR", "sleepSecs"))
    page.goto(f"{home.base}/today")
    expect(page.locator("h1")).to_contain_text(str(tomorrow.day))
