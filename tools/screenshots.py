"""Pictures of every page, phone and desktop, light and dark: `make screenshots`. They land in build/screenshots.

`--readme` also renews those that stand in the README (docs/pictures).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from support.chromium import chromium, pages  # noqa: E402
from support.live_server import LiveServer  # noqa: E402
from support.seeded_server import PAGES, lived_in  # noqa: E402

SHAPES = [(phone, dark) for phone in (True, False) for dark in (False, True)]
IN_THE_README = {
    "today": "today",
    "a metric": "metric",
    "permissions": "permissions",
    "an activity": "activity",
    "friends": "feed",
    "a friend activity": "friend",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readme", action="store_true")
    parser.add_argument("--only", nargs="*", choices=list(PAGES), default=list(PAGES), metavar="PAGE")
    chosen = parser.parse_args()
    folder = ROOT / "build" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, lived_in(Path(home)) as lived, chromium() as browser:
        for file in _taken(browser, lived, chosen.only, folder):
            print(file.relative_to(ROOT))
        if chosen.readme:
            _for_the_readme(browser, lived)
    return 0


def _taken(browser: Browser, lived: LiveServer, names: list[str], folder: Path) -> Iterator[Path]:
    for phone, dark in SHAPES:
        with pages(browser, lived.own, phone=phone, dark=dark) as page:
            lived.let_in(page)
            for name in names:
                shape = f"{'phone' if phone else 'desktop'}-{'dark' if dark else 'light'}"
                file = folder / f"{name.replace(' ', '-').lower()}-{shape}.png"
                _open(page, lived, name)
                page.screenshot(path=file, full_page=True)
                yield file


def _for_the_readme(browser: Browser, lived: LiveServer) -> None:
    folder = ROOT / "docs" / "pictures"
    folder.mkdir(exist_ok=True)
    with pages(browser, lived.own) as page:
        lived.let_in(page)
        for name, file in IN_THE_README.items():
            _open(page, lived, name)
            page.screenshot(path=folder / f"{file}.png")


def _open(page: Page, lived: LiveServer, name: str) -> None:
    page.goto(lived.base + PAGES[name](lived))
    page.wait_for_load_state("networkidle")


if __name__ == "__main__":
    sys.exit(main())
