"""Charts under a finger and under a mouse, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from chromium import chromium, pages
from lived_in import PAGES, lived_in
from stage import Stage

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with lived_in(tmp_path_factory.mktemp("charts")) as made:
        yield made


@pytest.fixture
def page(browser: Browser, home: Stage) -> Iterator[Page]:
    with pages(browser, home.own) as made:
        home.let_in(made)
        yield made


def look_at(page: Page, home: Stage, name: str) -> None:
    page.goto(home.base + PAGES[name](home))
    page.wait_for_load_state("networkidle")


_TOUCH = """
([selector, type, fingers]) => {
  const room = document.querySelector(selector), box = room.getBoundingClientRect();
  fingers.forEach((share, finger) => room.dispatchEvent(new PointerEvent(type, {
    pointerId: finger + 1, pointerType: "touch", isPrimary: finger === 0, bubbles: true,
    clientX: box.left + share * box.width, clientY: box.top + 40,
  })));
}
"""


def touch(page: Page, selector: str, kind: str, *fingers: float) -> None:
    """Fingers at these shares of the width."""
    page.evaluate(_TOUCH, [selector, kind, list(fingers)])


def test_a_finger_on_a_chart_of_days_reads_the_day_above_it(page: Page, home: Stage) -> None:
    look_at(page, home, "a metric")
    touch(page, "[data-days]", "pointerdown", 0.5)
    reading = page.locator(".c-reading")
    assert "7-day mean" in reading.inner_text()
    assert "ms" in reading.inner_text()
    link = reading.get_attribute("href")
    assert link is not None
    page.goto(link)
    said = reading.inner_text().partition(":")[0]
    assert said in page.locator("#why").inner_text()


def test_a_finger_on_the_streams_reads_every_panel_at_one_time(page: Page, home: Stage) -> None:
    look_at(page, home, "an activity")
    touch(page, ".streams", "pointerdown", 0.25)
    first = page.locator(".panel-value").all_inner_texts()
    pill = page.locator(".streams-pill").inner_text()
    touch(page, ".streams", "pointermove", 0.7)
    assert page.locator(".streams-pill").inner_text() != pill
    assert page.locator(".panel-value").all_inner_texts() != first
    assert all(any(sign.isdigit() for sign in value) for value in first)


def test_the_place_on_the_route_moves_with_the_finger(page: Page, home: Stage) -> None:
    look_at(page, home, "an activity")
    place = page.locator(".route .cursor")
    touch(page, ".streams", "pointerdown", 0.2)
    first = place.get_attribute("cx"), place.get_attribute("cy")
    touch(page, ".streams", "pointermove", 0.5)
    assert place.get_attribute("visibility") == "visible"
    assert (place.get_attribute("cx"), place.get_attribute("cy")) != first


def test_two_fingers_zoom_and_a_double_click_goes_back(page: Page, home: Stage) -> None:
    look_at(page, home, "an activity")
    ends = page.locator(".panel-axis span")
    whole = ends.all_inner_texts()
    touch(page, ".streams", "pointerdown", 0.4, 0.5)
    touch(page, ".streams", "pointermove", 0.2, 0.7)
    touch(page, ".streams", "pointerup", 0.2, 0.7)
    assert ends.all_inner_texts() != whole
    page.locator(".streams").dblclick(position={"x": 80, "y": 60})
    assert ends.all_inner_texts() == whole


def test_scrolling_past_the_charts_stays_free(page: Page, home: Stage) -> None:
    for name, selector in (("a metric", "[data-days]"), ("an activity", ".streams")):
        look_at(page, home, name)
        assert page.eval_on_selector(selector, "one => getComputedStyle(one).touchAction") == "pan-y"
