"""The first run, from the one-time link to the first sync: and with an API key instead."""

from __future__ import annotations

import random
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from intervals_companion.app.jobs import status
from support import ui_steps
from support.chromium import pages
from support.input_modes import POINTER, Hand
from support.live_server import LiveServer, live_server

pytestmark = pytest.mark.slow


@pytest.fixture
def home(tmp_path: Path) -> Iterator[LiveServer]:
    """Nothing is here, nobody is signed in."""
    with live_server(tmp_path) as made:
        yield made


@pytest.fixture
def page(browser: Browser, home: LiveServer) -> Iterator[Page]:
    with pages(browser, home.own) as made:
        yield made


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return ui_steps.small_export(tmp_path)


def values_and_uploads(home: LiveServer) -> tuple[int, int]:
    """What Intervals.icu has of what only Health tells: days with steps, and uploaded files."""
    with home.sandbox.sandbox.lock:
        days = sum(1 for record in home.sandbox.sandbox.you.wellness.values() if record.get("steps"))
    uploads = [one for one in home.writes() if one.startswith("POST") and one.endswith("/activities")]
    return days, len(uploads)


def everything_there(home: LiveServer) -> str:
    """All that Intervals.icu holds of the athlete."""
    with home.sandbox.sandbox.lock:
        you = home.sandbox.sandbox.you
        return repr([home.sandbox.sandbox.state.activities, you.wellness, you.events, you.custom_items])


def send(page: Page, path: Path) -> None:
    """The page stays until the file is there."""
    POINTER.choose(page.get_by_label("Your export.zip"), path)
    page.get_by_role("button", name="Send it").click()


def bring(page: Page, path: Path, hand: Hand = POINTER) -> None:
    """From what was granted over the choice of a way until the export is read."""
    hand.press(page.get_by_role("link", name="Next: your health data"))
    hand.press(page.get_by_role("link", name="Apple Health export file"))
    hand.choose(page.get_by_label("Your export.zip"), path)
    hand.press(page.get_by_role("button", name="Send it"))
    page.wait_for_url("**/connect/imports/*")


def see_plan(page: Page, hand: Hand = POINTER) -> None:
    hand.press(page.get_by_role("button", name="Show me the plan of the first sync"))
    page.wait_for_url("**/connect/first-sync")


def received(home: LiveServer) -> list[str]:
    """Files that browsers have sent and that are still here."""
    return [one.name for one in home.context.store.folder.glob("upload-*")]


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("listitem").filter(has_text=name)


def cells(page: Page, row: str) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=row, exact=True)).get_by_role("cell")


@pytest.mark.golden
def test_from_the_link_to_the_first_sync(page: Page, home: LiveServer, export: Path, hand: Hand) -> None:
    page.goto(home.link())
    expect(page.locator("body")).to_contain_text("This companion will belong to the athlete who does.")
    hand.press(page.get_by_role("button", name="Let this browser in"))
    expect(page.locator(".asked")).to_contain_text("Wellness Data")
    ui_steps.sign_in(page, hand=hand)
    expect(page.locator("h1")).to_have_text(f"Signed in as {ui_steps.ME}")
    expect(cells(page, "Wellness Data")).to_contain_text(["On", "On"])
    bring(page, export, hand)
    expect(row(page, "Workouts")).to_contain_text("1")
    see_plan(page, hand)
    expect(page.locator("h1")).to_contain_text("and 1 workout would be sent")
    expect(cells(page, "Steps").last).to_have_text("3")
    hand.press(page.get_by_role("button", name="30 days"))
    page.wait_for_url("**/connect/first-sync")
    expect(page.get_by_role("button", name="30 days")).to_have_attribute("aria-current", "true")
    assert values_and_uploads(home) == (0, 0)
    hand.press(page.get_by_role("button", name=re.compile(r"^Send \d+ values and 1 workout$")))
    page.wait_for_url("**/sync/runs/1")
    expect(page.locator("h1")).to_contain_text("arrived")
    assert values_and_uploads(home) == (3, 1)


def test_nothing_is_sent_before_the_tap(page: Page, home: LiveServer, export: Path) -> None:
    there = everything_there(home)
    home.let_in(page)
    ui_steps.sign_in(page)
    tried = home.writes()
    bring(page, export)
    see_plan(page)
    page.goto(f"{home.base}/sync")
    POINTER.press(page.get_by_role("link", name="See the plan of the first sync"))
    ui_steps.settle(home)
    assert (home.writes(), everything_there(home)) == (tried, there)
    page.get_by_role("button", name="Send ").click()
    page.wait_for_url("**/sync/runs/1")
    assert everything_there(home) != there


def test_a_second_sync_writes_nothing(page: Page, home: LiveServer, export: Path) -> None:
    home.let_in(page)
    ui_steps.sign_in(page)
    bring(page, export)
    see_plan(page)
    page.get_by_role("button", name="Send ").click()
    page.wait_for_url("**/sync/runs/1")
    before = home.writes()
    ui_steps.sync(page, home)
    expect(page.locator("h1")).to_contain_text("Nothing new")
    assert home.writes() == before


def test_the_way_of_a_large_file_is_shown_as_it_goes(page: Page, home: LiveServer, export: Path) -> None:
    heavy(export)
    home.let_in(page)
    ui_steps.sign_in(page)
    page.goto(f"{home.base}/connect/export")
    slow(page, 1_000_000)
    send(page, export)
    expect(page.get_by_role("progressbar", name="Sent")).to_be_visible()
    expect(page.locator("#size")).to_have_text("3")
    expect(page.locator("#sent")).to_have_text(re.compile("^[12]$"))
    page.wait_for_url("**/connect/imports/*")
    expect(row(page, "Workouts")).to_contain_text("1")


def test_a_file_stopped_on_its_way_leaves_nothing(page: Page, home: LiveServer, export: Path) -> None:
    heavy(export)
    home.let_in(page)
    ui_steps.sign_in(page)
    page.goto(f"{home.base}/connect/export")
    slow(page, 100_000)
    send(page, export)
    ui_steps.wait_until(lambda: received(home) != [])
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("alert")).to_have_text("Stopped by you. Nothing was stored.")
    ui_steps.wait_until(lambda: received(home) == [])
    assert home.context.read(status.latest, "import") is None


def heavy(export: Path) -> None:
    """Three megabytes more in the export, of a kind that nothing makes smaller."""
    with zipfile.ZipFile(export, "a") as whole:
        whole.writestr("apple_health_export/electrocardiograms/ecg.csv", random.Random(1).randbytes(3_000_000))


def slow(page: Page, bytes_a_second: int) -> None:
    """From here on the browser is on a slow network."""
    page.context.new_cdp_session(page).send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_a_second},
    )


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("photo.jpg", b"\xff\xd8\xff\xe0 a picture", "photo.jpg is not an Apple Health export."),
        ("cut.zip", b"PK\x03\x04 and no more", "cut.zip ends early"),
    ],
)
def test_what_is_no_export_is_refused_in_words_and_removed(
    page: Page, home: LiveServer, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    home.let_in(page)
    ui_steps.sign_in(page)
    page.goto(f"{home.base}/connect/export")
    send(page, tmp_path / name)
    expect(page.get_by_role("heading", name="Nothing was read")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text(said)
    assert received(home) == []
    page.get_by_role("link", name="Send another file").click()
    expect(page).to_have_url(f"{home.base}/connect/export")


def test_an_empty_file_is_refused_on_the_page_itself(page: Page, home: LiveServer, tmp_path: Path) -> None:
    (tmp_path / "empty.zip").touch()
    home.let_in(page)
    ui_steps.sign_in(page)
    page.goto(f"{home.base}/connect/export")
    send(page, tmp_path / "empty.zip")
    expect(page.get_by_role("alert")).to_contain_text("No file came with the form.")
    assert received(home) == []


def sign_in_by_key(page: Page, key: str, hand: Hand) -> None:
    hand.turn(page.get_by_text("Use an API key instead"))
    hand.write(page.get_by_label("API key"), key)
    hand.press(page.get_by_role("button", name="Sign in with the key"))


@pytest.mark.golden
def test_with_an_api_key_instead(page: Page, home: LiveServer, export: Path, hand: Hand) -> None:
    key = home.sandbox.sandbox.you.api_key
    assert key is not None
    home.let_in(page)
    sign_in_by_key(page, key, hand)
    expect(page.locator(".lead")).to_contain_text("A key has all rights")
    bring(page, export, hand)
    see_plan(page, hand)
    hand.press(page.get_by_role("button", name="Send "))
    page.wait_for_url("**/sync/runs/1")
    assert values_and_uploads(home) == (3, 1)
    page.goto(f"{home.base}/permissions")
    expect(page.locator("#intervals")).to_contain_text("A key has all rights")
    assert key not in page.content()


def test_a_wrong_key_is_refused_in_words_with_a_way_on(page: Page, home: LiveServer, hand: Hand) -> None:
    home.let_in(page)
    sign_in_by_key(page, "abcdefghijklmnopqrstuvwxy", hand)
    expect(page.locator("h1")).to_contain_text("key")
    hand.press(page.get_by_role("link", name="To today’s page"))
    assert home.context.account().intervals_id is None
