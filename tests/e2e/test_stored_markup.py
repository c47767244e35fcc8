"""A name is only ever a name: what others wrote is shown as they wrote it, and no wall has to stop it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from intervals_companion.app.ingest import devices
from intervals_sandbox.server import Running
from support import exports, ui_steps
from support.app_fixture import run, steps, weight
from support.chromium import pages
from support.live_server import TODAY, LiveServer, live_server

pytestmark = pytest.mark.slow

NAME = "<script>owned()</script><img src=x onerror=owned()>\"'{{ 7*7 }}"
DAY = TODAY - timedelta(days=1)


def named_so(sandbox: Running) -> None:
    """The athlete and all their activities at Intervals.icu."""
    state = sandbox.sandbox.state
    sandbox.sandbox.you.wellness.clear()
    for activity in state.activities_of(state.you):
        activity.values["name"] = activity.values["description"] = activity.values["device_name"] = NAME
    sandbox.sandbox.you.facts["name"] = NAME


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Signed in and synced; the Watch, the scale and a phone have that name too."""
    folder = tmp_path_factory.mktemp("named-so")
    with live_server(folder, prepare=named_so) as made:
        made.sign_in()
        path = folder / "export.zip"
        things = (steps(DAY, 8000, source=NAME), weight(DAY, 71.0, source=NAME), *run(DAY, source=NAME))
        exports.zip_export(path, exports.export_xml(*things))
        ui_steps.import_export(made, path)
        ui_steps.type_in(made, DAY, weight=90.0)
        devices.add_device(made.context, devices.AUTO_EXPORT, NAME)
        made.jobs.start_sync()
        ui_steps.settle(made)
        yield made


@pytest.fixture
def page(browser: Browser, home: LiveServer) -> Iterator[Page]:
    """Fails at its end if anything ran or a wall was hit: see chromium.Watch."""
    with pages(browser, home.own, phone=False) as made:
        made.add_init_script("window.owned = () => { document.title = 'owned'; }")
        home.let_in(made)
        yield made


SHOWN = ["/today", "/activities", "/metrics", "/metrics/weight", "/settings", "/settings/account", "/settings/devices"]
OTHERS = [
    "/sync",
    "/sync/runs/1",
    "/sync/runs/1/sent",
    "/sync/waiting",
    "/permissions",
    "/connect",
    "/settings/browsers",
]


@pytest.mark.parametrize("path", SHOWN)
def test_a_page_shows_the_name_as_it_was_written(page: Page, home: LiveServer, path: str) -> None:
    page.goto(f"{home.base}{path}")
    assert "<script>owned()</script>" in page.locator("body").inner_text()
    assert (page.title() == "owned", page.locator("img[src=x]").count()) == (False, 0)


@pytest.mark.parametrize("path", OTHERS)
def test_no_page_makes_markup_of_it(page: Page, home: LiveServer, path: str) -> None:
    page.goto(f"{home.base}{path}")
    assert (page.title() == "owned", page.locator("img[src=x]").count()) == (False, 0)


def test_the_page_of_an_activity_has_it_as_its_title(page: Page, home: LiveServer) -> None:
    page.goto(f"{home.base}/activities")
    page.get_by_role("main").get_by_role("link", name=NAME).first.click()
    expect(page.locator("h1")).to_have_text(NAME)
    assert page.title().startswith(NAME)
    assert page.locator("img[src=x]").count() == 0


def test_a_file_with_such_a_name_is_named_by_it(page: Page, home: LiveServer, tmp_path: Path) -> None:
    path = tmp_path / "<img src=x onerror=owned()>.zip"
    path.write_bytes(b"no export")
    page.goto(f"{home.base}/connect/export")
    page.get_by_label("Your export.zip").set_input_files(path)
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_role("status")).to_contain_text("<img src=x onerror=owned()>.zip is not an Apple Health export.")
    assert (page.title() == "owned", page.locator("img[src=x]").count()) == (False, 0)
