"""What a person does in a browser, in the words on the screen."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Page

from intervals_companion.app.ingest.exports import import_export as import_file
from intervals_companion.app.jobs import status
from intervals_companion.domain.wellness import Value
from intervals_companion.intervals import protocol
from intervals_companion.intervals.credentials import ApiKey
from intervals_sandbox.server import Running
from support import exports
from support.app_fixture import QUANTITY, run, steps, weight
from support.exports import record
from support.input_modes import POINTER, Hand
from support.live_server import TODAY, LiveServer

ME = "Mika Sommer"


def small_export(folder: Path) -> Path:
    """Three days with steps and a weight, and one run."""
    days = [TODAY - timedelta(days=ago) for ago in (3, 2, 1)]
    elements = [
        *(steps(day, 8000 + day.day) for day in days),
        *(weight(day, 71.0 + day.day / 100) for day in days),
        *(
            record(f"{QUANTITY}RestingHeartRate", 50 + day.day % 3, "count/min", f"{day} 06:00:00 +0100")
            for day in days
        ),
        *run(days[1]),
    ]
    path = folder / "export.zip"
    exports.zip_export(path, exports.export_xml(*elements))
    return path


def sign_in(page: Page, untick: tuple[str, ...] = (), hand: Hand = POINTER) -> None:
    """From our sign-in page, over Intervals.icu's two pages, and back."""
    hand.press(page.get_by_role("button", name="Sign in with Intervals.icu"))
    allow(page, untick, hand)


def allow(page: Page, untick: tuple[str, ...] = (), hand: Hand = POINTER) -> None:
    """At Intervals.icu: signs in if asked, unticks boxes (`WELLNESS:WRITE`), presses OK."""
    if "/login" in page.url:
        hand.press(page.get_by_role("button", name=ME))
    for box in untick:
        hand.turn(page.locator(f"input[value='{box}']"))
    hand.press(page.get_by_role("button", name="OK"))


def import_export(home: LiveServer, path: Path) -> None:
    import_file(home.context, path)


def sync(page: Page, home: LiveServer, hand: Hand = POINTER) -> None:
    """Presses Sync now and waits until it is over; one that began by itself goes first."""
    press_sync(page, home, hand)
    page.wait_for_url("**/sync/runs/*")


def press_sync(page: Page, home: LiveServer, hand: Hand = POINTER) -> None:
    """Sync now, on a page on which nothing is under way."""
    button = page.get_by_role("button", name="Sync now")

    def offered() -> bool:
        settle(home)
        page.goto(f"{home.base}/sync")
        return button.count() > 0

    wait_until(offered)
    hand.press(button)


def banner(page: Page) -> str:
    """What it says; "" without one."""
    found = page.locator("a.banner")
    return " ".join(found.inner_text().split()) if found.count() else ""


def settle(home: LiveServer) -> None:
    """Waits for a sync that began by itself."""
    wait_until(lambda: home.context.read(status.current) is None)


def wait_until(done: Callable[[], bool]) -> None:
    """For what another thread of the app does."""
    for _ in range(600):
        if done():
            return
        threading.Event().wait(0.05)
    raise AssertionError("this does not end")


def empty_there(sandbox: Running) -> None:
    """An athlete who has no days and no activities at Intervals.icu yet: what arrives comes from here."""
    state = sandbox.sandbox.state
    sandbox.sandbox.you.wellness.clear()
    for activity in state.activities_of(state.you):
        del state.activities[activity.id]


def type_in(home: LiveServer, day: date, **values: Value) -> None:
    """The athlete edits a day at Intervals.icu."""
    key = home.sandbox.sandbox.you.api_key
    assert key is not None
    with home.context.client(home.sandbox.base, ApiKey(key)) as client:
        client.ask(protocol.put_wellness({day: values}))


def there(home: LiveServer, day: date, field: str) -> object:
    """What Intervals.icu says of a day; None for nothing."""
    with home.sandbox.sandbox.lock:
        return home.sandbox.sandbox.you.wellness.get(day, {}).get(field)
