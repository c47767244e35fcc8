"""Every page, by the rules of the look: readable by everybody, nothing sideways, nothing that jumps, nothing heavy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from chromium import chromium, pages
from lived_in import PAGES, lived_in
from stage import Stage

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
NARROWEST = {"width": 320, "height": 700}
MOST_BYTES = {"an activity": 150_000}
USUAL_BYTES = 100_000
MOST_SHIFT = 0.02

_SHIFTS = """
window.shifted = 0;
new PerformanceObserver(list => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifted += one.value;
}).observe({type: "layout-shift", buffered: true});
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with lived_in(tmp_path_factory.mktemp("lived-in")) as made:
        yield made


def visit(home: Stage, page: Page, name: str) -> None:
    home.let_in(page)
    page.goto(home.base + PAGES[name](home))
    page.wait_for_load_state("networkidle")


@pytest.mark.slow
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(browser: Browser, home: Stage, name: str, dark: bool) -> None:
    with pages(browser, home.own, dark=dark) as page:
        visit(home, page, name)
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        told = [
            f"{one['id']}: {node['html'][:120]} {node['failureSummary'][:200]}"
            for one in found["violations"]
            for node in one["nodes"]
        ]
        assert told == []


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_nothing_scrolls_sideways_on_the_narrowest_phone(browser: Browser, home: Stage, name: str) -> None:
    with pages(browser, home.own) as page:
        page.set_viewport_size(NARROWEST)  # type: ignore[arg-type]
        visit(home, page, name)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST["width"]


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_nothing_jumps_while_a_page_comes(browser: Browser, home: Stage, name: str) -> None:
    with pages(browser, home.own) as page:
        page.add_init_script(_SHIFTS)
        visit(home, page, name)
        page.wait_for_timeout(300)
        assert page.evaluate("window.shifted") < MOST_SHIFT


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_light(browser: Browser, home: Stage, name: str) -> None:
    """Vendored files are cached apart."""
    with pages(browser, home.own) as page:
        home.let_in(page)
        weights: list[int] = []
        page.on("requestfinished", lambda request: weights.append(0 if "/vendor/" in request.url else _weight(request)))
        page.goto(home.base + PAGES[name](home))
        page.wait_for_load_state("networkidle")
        assert sum(weights) < MOST_BYTES.get(name, USUAL_BYTES)


def _weight(request: object) -> int:
    sizes = request.sizes()  # type: ignore[attr-defined]
    return int(sizes["responseBodySize"]) + int(sizes["responseHeadersSize"])
