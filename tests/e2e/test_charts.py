"""Charts under a finger and under a mouse, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from intervals_companion.web.charts import streams
from intervals_sandbox import create_app
from support.live_server import TODAY, LiveServer
from support.remote_activity_builder import WORDS, Theirs, theirs
from support.seeded_server import PAGES

pytestmark = pytest.mark.slow


@pytest.fixture
def home(used_home: LiveServer) -> LiveServer:
    return used_home


def look_at(page: Page, home: LiveServer, name: str) -> None:
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


def test_a_finger_on_a_chart_of_days_reads_the_day_above_it(page: Page, home: LiveServer) -> None:
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


def test_a_finger_on_the_streams_reads_every_panel_at_one_time(page: Page, home: LiveServer) -> None:
    look_at(page, home, "an activity")
    touch(page, ".streams", "pointerdown", 0.25)
    first = page.locator(".panel-value").all_inner_texts()
    pill = page.locator(".streams-pill").inner_text()
    touch(page, ".streams", "pointermove", 0.7)
    assert page.locator(".streams-pill").inner_text() != pill
    assert page.locator(".panel-value").all_inner_texts() != first
    assert all(any(sign.isdigit() for sign in value) for value in first)


def test_the_place_on_the_route_moves_with_the_finger(page: Page, home: LiveServer) -> None:
    look_at(page, home, "an activity")
    place = page.locator(".route .cursor")
    touch(page, ".streams", "pointerdown", 0.2)
    first = place.get_attribute("cx"), place.get_attribute("cy")
    touch(page, ".streams", "pointermove", 0.7)  # in the middle of this ride is a pause, which has no place
    assert place.get_attribute("visibility") == "visible"
    assert (place.get_attribute("cx"), place.get_attribute("cy")) != first


def test_two_fingers_zoom_and_a_double_click_goes_back(page: Page, home: LiveServer) -> None:
    look_at(page, home, "an activity")
    ends = page.locator(".panel-axis span")
    whole = ends.all_inner_texts()
    touch(page, ".streams", "pointerdown", 0.4, 0.5)
    touch(page, ".streams", "pointermove", 0.2, 0.7)
    touch(page, ".streams", "pointerup", 0.2, 0.7)
    assert ends.all_inner_texts() != whole
    page.locator(".streams").dblclick(position={"x": 80, "y": 60})
    assert ends.all_inner_texts() == whole


def test_scrolling_past_the_charts_stays_free(page: Page, home: LiveServer) -> None:
    for name, selector in (("a metric", "[data-days]"), ("an activity", ".streams")):
        look_at(page, home, name)
        assert page.eval_on_selector(selector, "one => getComputedStyle(one).touchAction") == "pan-y"


# --- what came after the page ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ride() -> Theirs:
    return theirs(create_app(today=TODAY), "12 min")


@pytest.fixture
def swapped(page: Page, home: LiveServer, ride: Theirs) -> Page:
    """The page of an activity, into which htmx has put the body of somebody else's."""
    told = streams.data(ride.view, ride.record["type"], WORDS)
    page.route(
        "**/theirs/body", lambda route: route.fulfill(body=ride.body("/theirs/streams"), content_type="text/html")
    )
    page.route("**/theirs/streams", lambda route: route.fulfill(json=told))
    look_at(page, home, "an activity")
    page.evaluate("htmx.ajax('GET', '/theirs/body', '#activity-body')")
    expect(page.locator(".intervals button")).to_have_count(3)
    expect(page.locator(".streams-part")).to_have_count(3)
    return page


def test_charts_that_came_later_are_drawn_and_read(swapped: Page) -> None:
    assert swapped.locator(".panel .uplot").count() == 5
    touch(swapped, ".streams", "pointerdown", 0.25)
    assert all(any(sign.isdigit() for sign in value) for value in swapped.locator(".panel-value").all_inner_texts())


_LEFT = "all => all.map(one => [one.getBoundingClientRect().left, one.getBoundingClientRect().width])"


def test_each_effort_is_shaded_where_it_was(swapped: Page, ride: Theirs) -> None:
    room = swapped.locator(".streams").bounding_box()
    assert room is not None
    across, whole = room["width"] - 34, streams.plot_seconds(ride.view)
    efforts = [one for one in ride.view.intervals if one.work]
    drawn = sorted(swapped.eval_on_selector_all(".streams-part", _LEFT))
    for (left, width), effort in zip(drawn, efforts, strict=True):
        assert left - room["x"] == pytest.approx(effort.start / whole * across, abs=1.5)
        assert width == pytest.approx((effort.end - effort.start) / whole * across, abs=1.5)


def test_an_effort_is_chosen_by_keyboard_and_shown_on_the_route(swapped: Page) -> None:
    part = swapped.locator(".route .d-part")
    buttons = swapped.locator(".intervals button")
    buttons.nth(1).focus()
    first = part.get_attribute("points")
    swapped.keyboard.press("Tab")
    expect(buttons.nth(2)).to_have_attribute("aria-pressed", "true")
    expect(buttons.nth(1)).to_have_attribute("aria-pressed", "false")
    assert first
    assert part.get_attribute("points") not in ("", first)
    assert swapped.locator(".streams-part.chosen").count() == 1


def test_a_tap_on_a_row_chooses_its_effort(swapped: Page) -> None:
    swapped.locator(".intervals tbody tr").nth(0).locator("td").first.click()
    expect(swapped.locator(".intervals button").nth(0)).to_have_attribute("aria-pressed", "true")
    expect(swapped.locator(".route-word")).to_have_text("accent: Effort 1")


def test_shades_follow_the_zoom(swapped: Page) -> None:
    before = swapped.eval_on_selector_all(".streams-part", _LEFT)
    touch(swapped, ".streams", "pointerdown", 0.4, 0.5)
    touch(swapped, ".streams", "pointermove", 0.2, 0.7)
    touch(swapped, ".streams", "pointerup", 0.2, 0.7)
    assert swapped.eval_on_selector_all(".streams-part", _LEFT) != before
