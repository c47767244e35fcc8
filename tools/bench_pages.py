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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import httpx2
from attrs import evolve
from starlette.testclient import TestClient

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from intervals_companion.app.context import AppContext  # noqa: E402
from intervals_companion.app.jobs.schedule import Jobs  # noqa: E402
from intervals_companion.intervals.transport import Transport  # noqa: E402
from intervals_companion.intervals.wire import Request, Response  # noqa: E402
from intervals_companion.store import friends_cache  # noqa: E402
from intervals_companion.web.app import create_app  # noqa: E402
from intervals_companion.web.context import WebContext  # noqa: E402
from support.live_server import LiveServer  # noqa: E402
from support.seeded_server import PAGES, lived_in  # noqa: E402

MOST_MS, MOST_KB = 50.0, 100.0
MOST_ACTIVITY_MS, MOST_ACTIVITY_KB = 60.0, 150.0
FIVE_HOURS = 18_000
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
        context = lived.context
        app = create_app(WebContext(context, lived.base, Jobs(context)))
        with TestClient(app, base_url=lived.base) as browser:
            _let_in(browser, lived)
            good = [_told(name, _cost(browser, address(lived))) for name, address in PAGES.items() if name != _PHONE]
        good += _five_hours(lived)
    return 0 if all(good) else 1


_PHONE = "simulated iPhone"


# --- five hours of somebody else --------------------------------------------------------------------------------------


def _five_hours(lived: LiveServer) -> list[bool]:
    """The page, what it fetches into itself, and what its charts draw: read from Intervals.icu, and kept. What the
    service needs is not counted: its answers are given again.
    """
    path = PAGES["a friend activity"](lived)
    name = path.rpartition("/")[2]
    given = {"activity_id": name, "streams": list(_streams())}
    httpx2.put(f"{lived.sandbox.base}/sandbox/streams", json=given).raise_for_status()
    context = _given_again(lived.context)
    athlete = context.account().athlete

    def forget() -> None:
        with context.store.write() as connection:
            friends_cache.invalidate(connection, athlete, friends_cache.DETAIL, name)

    parts = {"page": path, "body": f"{path}/body", "stream data": f"{path}/streams"}
    cold: dict[str, list[float]] = {part: [] for part in parts}
    kept: dict[str, list[float]] = {part: [] for part in parts}
    with TestClient(create_app(WebContext(context, lived.base, Jobs(context))), base_url=lived.base) as browser:
        _let_in(browser, lived)
        for _ in range(TIMES):
            forget()
            for spent in (cold, kept):
                for part, address in parts.items():
                    spent[part].append(_timed(browser, address))
        sent = _cost(browser, path).sent
    look = _part(kept, "page") + _part(kept, "stream data")
    cpu = f"{look:.1f} ms CPU (goal {MOST_ACTIVITY_MS:g})"
    print(f"a friend's five hours {cpu} {sent:6.1f} kB (goal {MOST_ACTIVITY_KB:g})")
    for word, spent in (("read now", cold), ("kept", kept)):
        print(f"  {word:9}", *(f"{part} {_part(spent, part):.1f} ms CPU" for part in parts), sep="  ")
    return [look <= MOST_ACTIVITY_MS, sent <= MOST_ACTIVITY_KB]


def _part(spent: dict[str, list[float]], part: str) -> float:
    return median(spent[part][1:])


def _streams() -> Iterator[dict[str, Any]]:
    seconds = range(FIVE_HOURS)
    yield {"type": "time", "data": list(seconds)}
    yield {"type": "distance", "data": [round(second * 8.3, 1) for second in seconds]}
    yield {"type": "watts", "data": [150 + second * 7919 % 100 for second in seconds]}
    yield {"type": "heartrate", "data": [120 + second * 7919 % 50 for second in seconds]}
    yield {"type": "cadence", "data": [80 + second * 7919 % 20 for second in seconds]}
    yield {"type": "velocity_smooth", "data": [round(7 + second * 7919 % 300 / 100, 2) for second in seconds]}
    yield {"type": "altitude", "data": [round(400 + second % 900 / 10, 1) for second in seconds]}
    yield {
        "type": "latlng",
        "data": [round(47 + second / 1e5, 6) for second in seconds],
        "data2": [round(8 + second / 1e5, 6) for second in seconds],
    }


def _given_again(context: AppContext) -> AppContext:
    """One that asks each thing once."""
    known: dict[tuple[str, str], Response] = {}

    @contextmanager
    def transport(origin: str) -> Iterator[Transport]:
        with context.transport(origin) as send:

            def again(request: Request) -> Response:
                asked = (request.method, request.url)
                if asked not in known:
                    known[asked] = send(request)
                return known[asked]

            yield again

    return evolve(context, transport=transport)


# --- one page ---------------------------------------------------------------------------------------------------------


def _let_in(browser: TestClient, lived: LiveServer) -> None:
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
