"""Every page, by the rules of the look: readable by everybody, nothing sideways, nothing that jumps, nothing heavy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from intervals_companion.app.social import feed
from support.chromium import pages
from support.live_server import LiveServer
from support.seeded_server import PAGES, lived_in

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
NARROWEST = {"width": 320, "height": 700}
MOST_BYTES = {"an activity": 150_000, "a friend activity": 150_000}
USUAL_BYTES = 100_000
MOST_SHIFT = 0.02

_SHIFTS = """
window.shifted = 0;
new PerformanceObserver(list => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifted += one.value;
}).observe({type: "layout-shift", buffered: true});
"""


Visit = Callable[[Page, str], None]
"""Goes to a page of that name."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with lived_in(tmp_path_factory.mktemp("lived-in")) as made:
        yield made


@pytest.fixture(scope="module")
def visit(browser: Browser, home: LiveServer) -> Visit:
    """All as one browser: hundreds of them would fill the page that lists them."""
    with pages(browser, home.own) as page:
        home.let_in(page)
        session = page.context.cookies()

    def go(page: Page, name: str) -> None:
        page.context.add_cookies(session)  # type: ignore[arg-type]
        page.goto(home.base + PAGES[name](home))
        page.wait_for_load_state("networkidle")

    return go


@pytest.mark.soak
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(browser: Browser, home: LiveServer, visit: Visit, name: str, dark: bool) -> None:
    with pages(browser, home.own, dark=dark) as page:
        visit(page, name)
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        told = [
            f"{one['id']}: {node['html'][:120]} {node['failureSummary'][:200]}"
            for one in found["violations"]
            for node in one["nodes"]
        ]
        assert told == []


@pytest.mark.soak
@pytest.mark.parametrize("name", PAGES)
def test_nothing_scrolls_sideways_on_the_narrowest_phone(
    browser: Browser, home: LiveServer, visit: Visit, name: str
) -> None:
    with pages(browser, home.own) as page:
        page.set_viewport_size(NARROWEST)  # type: ignore[arg-type]
        visit(page, name)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST["width"]


_SMALL = """() => [...document.querySelectorAll("a, button, input, select, textarea, summary")].filter(one => {
  const alone = one.closest("label") || one;
  const box = alone.getBoundingClientRect();
  const inSentence = getComputedStyle(one).display === "inline"
    && one.parentElement.textContent.trim() !== one.textContent.trim();
  const shown = box.width > 1 && !one.matches(".skip, .iphone *");
  return shown && !inSentence && (box.height < 43.5 || box.width < 43.5);
}).map(one => one.outerHTML.slice(0, 120))"""


@pytest.mark.soak
@pytest.mark.parametrize("name", PAGES)
def test_a_finger_hits_everything_that_can_be_pressed(
    browser: Browser, home: LiveServer, visit: Visit, name: str
) -> None:
    """44 x 44, but links inside a sentence. Also what is folded away."""
    with pages(browser, home.own) as page:
        visit(page, name)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        assert page.evaluate(_SMALL) == []


_BROKEN = """() => {
  const broken = [], range = document.createRange();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    if (node.parentElement.closest("svg, code, script, .hidden, .file")) continue;
    for (const word of node.data.matchAll(/\\p{L}{3,}/gu)) {
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const lines = new Set([...range.getClientRects()].filter(one => one.width > 1).map(one => Math.round(one.top)));
      if (lines.size > 1) broken.push(word[0]);
    }
  }
  return broken;
}"""


@pytest.mark.soak
@pytest.mark.parametrize("name", PAGES)
def test_no_word_is_broken_on_the_narrowest_phone(browser: Browser, home: LiveServer, visit: Visit, name: str) -> None:
    with pages(browser, home.own) as page:
        page.set_viewport_size(NARROWEST)  # type: ignore[arg-type]
        visit(page, name)
        assert page.evaluate(_BROKEN) == []


@pytest.mark.soak
@pytest.mark.parametrize("name", PAGES)
def test_nothing_jumps_while_a_page_comes(browser: Browser, home: LiveServer, visit: Visit, name: str) -> None:
    with pages(browser, home.own) as page:
        page.add_init_script(_SHIFTS)
        visit(page, name)
        page.wait_for_timeout(300)
        assert page.evaluate("window.shifted") < MOST_SHIFT


@pytest.mark.soak
def test_nothing_jumps_while_an_activity_is_read_that_is_at_intervals_icu_alone(
    browser: Browser, home: LiveServer
) -> None:
    lines = [line for line in home.context.read(feed.page).lines if not line.hidden]
    with pages(browser, home.own) as page:
        page.add_init_script(_SHIFTS)
        home.let_in(page)
        for line in {line.type: line for line in lines}.values():
            page.goto(f"{home.base}/activities/{line.id}")
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(300)
            assert page.evaluate("window.shifted") < MOST_SHIFT, line.type


@pytest.mark.soak
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_light(browser: Browser, home: LiveServer, visit: Visit, name: str) -> None:
    """Vendored files are cached apart."""
    with pages(browser, home.own) as page:
        weights: list[int] = []
        page.on("requestfinished", lambda request: weights.append(0 if "/vendor/" in request.url else _weight(request)))
        visit(page, name)
        assert sum(weights) < MOST_BYTES.get(name, USUAL_BYTES)


def _weight(request: object) -> int:
    sizes = request.sizes()  # type: ignore[attr-defined]
    return int(sizes["responseBodySize"]) + int(sizes["responseHeadersSize"])
