"""What a page costs with five years of data and 40 athletes in the store: CPU of the server, and bytes sent.

Part of `make bench`.

CPU is process time around one request to the app in this process, the middle of some; machines differ and are noisy.
Bytes are the page and the files it names, compressed as they are sent, without the vendored ones, which are cached.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

from starlette.testclient import TestClient

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from intervals_companion.app.jobs import Jobs  # noqa: E402
from intervals_companion.web.app import create_app  # noqa: E402
from intervals_companion.web.house import House  # noqa: E402
from lived_in import PAGES, lived_in  # noqa: E402
from stage import Stage  # noqa: E402

MOST_MS, MOST_KB = 50.0, 100.0
MOST_ACTIVITY_KB = 150.0
YEARS = 5
FOLLOWED = 40
TIMES = 7

_FILES = re.compile(r'(?:href|src)="(/static/(?!vendor/)[^"]+\.(?:css|js)[^"]*)"')
_DATA = re.compile(r'data-streams="([^"]+)"')


class Cost(NamedTuple):
    cpu: float
    """ms"""
    first: float
    """ms, of the first time"""
    sent: float
    """kB"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--years", type=float, default=YEARS)
    chosen = parser.parse_args()
    days = round(chosen.years * 365.25)
    print(f"Living {days} days ...", flush=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        lived_in(Path(folder), days=days, phone=False, followed=FOLLOWED) as lived,
    ):
        companion = lived.companion
        app = create_app(House(companion, lived.base, Jobs(companion)))
        with TestClient(app, base_url=lived.base) as browser:
            _let_in(browser, lived)
            good = [_told(name, _cost(browser, address(lived))) for name, address in PAGES.items() if name != _PHONE]
    return 0 if all(good) else 1


_PHONE = "simulated iPhone"


def _let_in(browser: TestClient, lived: Stage) -> None:
    browser.post(lived.link().removeprefix(lived.base), data={"x": ""}, headers={"origin": lived.base})


def _cost(browser: TestClient, path: str) -> Cost:
    spent = [_timed(browser, path) for _ in range(TIMES)]
    page = browser.get(path)
    assert page.status_code == 200, (path, page.status_code)
    files = {*_FILES.findall(page.text), *_DATA.findall(page.text)}
    sent = len(page.content) + sum(int(browser.get(file).headers["content-length"]) for file in files)
    return Cost(median(spent[1:]), spent[0], sent / 1000)


def _timed(browser: TestClient, path: str) -> float:
    began = time.process_time()
    browser.get(path)
    return 1000 * (time.process_time() - began)


def _told(name: str, cost: Cost) -> bool:
    most = MOST_ACTIVITY_KB if name.endswith("activity") else MOST_KB
    cpu = f"{cost.cpu:6.1f} ms CPU (first {cost.first:.0f}; goal {MOST_MS:g})"
    print(f"{name:20} {cpu} {cost.sent:6.1f} kB (goal {most:g})")
    return cost.cpu <= MOST_MS and cost.sent <= most


if __name__ == "__main__":
    sys.exit(main())
