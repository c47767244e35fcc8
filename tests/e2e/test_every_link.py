"""Every link leads somewhere and every button does something, wherever one is in the story."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from attrs import Factory, define
from starlette.routing import BaseRoute, Match, Mount, Route

from intervals_companion.web.app import create_app
from intervals_companion.web.context import WebContext
from support import crawler, ui_steps
from support.chromium import PATIENCE
from support.live_server import LiveServer, live_server
from support.seeded_server import PAGES

pytestmark = pytest.mark.slow

MOST_OF_A_KIND = 4
"""Pages read of those that one route serves."""
OF_A_LIFE = ("an activity", "a friend activity", "an athlete")
"""Pages of something that only a longer story has."""
BEGINNINGS = tuple(path for name, path in PAGES.items() if name not in OF_A_LIFE)


@define
class Visitor:
    """Reads every page that can be reached, as a browser that was let in."""

    home: LiveServer
    client: httpx2.Client
    routes: list[BaseRoute]
    visited: dict[str, crawler.Seen | None] = Factory(dict)
    kinds: Counter[str] = Factory(Counter)
    problems: list[str] = Factory(list)

    def walk(self, *beginnings: str) -> list[str]:
        """What is wrong, in words."""
        waiting = deque(("the story", path) for path in beginnings)
        fragments: list[tuple[str, str, str]] = []
        while waiting:
            source, address = waiting.popleft()
            path, _, fragment = address.partition("#")
            if fragment:
                fragments.append((source, path, fragment))
            if path not in self.visited:
                waiting.extend(self._visit(source, path))
        for source, path, fragment in fragments:
            seen = self.visited.get(path)
            is_whole = seen is not None and "main" in seen.ids  # a part leads to places of the page it is put into
            if seen is not None and is_whole and fragment not in seen.ids:
                self.problems.append(f"{path} has no place #{fragment}, where {source} leads")
        return self.problems

    def _visit(self, source: str, path: str) -> Iterator[tuple[str, str]]:
        self.visited[path] = None
        route = self._route("GET", path)
        if route is None:
            self.problems.append(f"nothing answers GET {path}, where {source} leads")
            return
        kind = crawler.kind(path, getattr(route, "path", ""))
        self.kinds[kind] += 1
        if isinstance(route, Mount):  # static files
            kind = path
        if self.kinds[kind] > MOST_OF_A_KIND:
            return
        answer = self.client.get(path)
        if answer.status_code == 303:
            yield path, answer.headers["location"]
        elif answer.status_code != 200:
            self.problems.append(f"{path}, where {source} leads, answers {answer.status_code}")
        elif answer.headers["content-type"].startswith("text/html"):
            yield from self._read(path, answer.text)

    def _read(self, path: str, html: str) -> Iterator[tuple[str, str]]:
        seen = self.visited[path] = crawler.read(path, html)
        self.problems += seen.dead
        for method, written in seen.asked:
            address = crawler.absolute(path, written)
            if address is None:
                continue
            if method == "GET" and not address.startswith("/sync/events"):  # that one lasts as long as its job
                yield path, address
            elif self._route(method, address) is None:
                self.problems.append(f"nothing answers {method} {address}, which {path} asks for")

    def _route(self, method: str, address: str) -> BaseRoute | None:
        scope = {"type": "http", "path": address.partition("?")[0].partition("#")[0], "method": method}
        found = (one for one in self.routes if one.matches(scope)[0] is Match.FULL)
        return next((one for one in found if isinstance(one, Route | Mount)), None)


@contextmanager
def visitor(home: LiveServer, *, inside: bool = True) -> Iterator[Visitor]:
    routes = create_app(WebContext(home.context, home.base, home.jobs)).routes
    headers = {"origin": home.base}
    with httpx2.Client(base_url=home.base, headers=headers, timeout=PATIENCE / 1000, trust_env=False) as client:
        if inside:
            assert client.post(home.link()).status_code == 303
        yield Visitor(home, client, routes)


def paths(home: LiveServer) -> list[str]:
    return [path(home) for path in BEGINNINGS]


def test_when_it_has_been_used_for_months(used_home: LiveServer) -> None:
    with visitor(used_home) as made:
        assert made.walk(*paths(used_home), *(PAGES[name](used_home) for name in OF_A_LIFE)) == []
        assert len(made.visited) > 100


Story = Callable[[LiveServer, Path], None]


def _nothing(_home: LiveServer, _folder: Path) -> None: ...


def _signed_in(home: LiveServer, _: Path) -> None:
    home.sign_in()


def _imported(home: LiveServer, folder: Path) -> None:
    ui_steps.import_export(home, ui_steps.small_export(folder))


def _held(home: LiveServer, folder: Path) -> None:
    """Two boxes are missing, and a sync has met that."""
    _imported(home, folder)
    home.sign_in(["ACTIVITY:READ", "WELLNESS:READ", "SETTINGS:READ"])
    _synced(home, folder)


def _synced(home: LiveServer, _: Path) -> None:
    home.jobs.start_sync()
    ui_steps.settle(home)


def _broken(home: LiveServer, folder: Path) -> None:
    """The service does not answer, and neither does it know this sign-in any more."""
    home.sign_in()
    _imported(home, folder)
    home.sandbox.sandbox.state.tokens.clear()
    _synced(home, folder)


STORIES: dict[str, Story] = {
    "nobody is signed in": _nothing,
    "signed in, nothing arrived": _signed_in,
    "an export is here, nobody is signed in": _imported,
    "permissions are missing": _held,
    "access was removed there": _broken,
}
ELSEWHERE = {"/activities/", "/sync/runs/", "/metrics/", "/phone"}
"""Beginnings that only a longer story has."""


@pytest.mark.parametrize(
    "story", [pytest.param(one, marks=pytest.mark.soak if place in (1, 2) else ()) for place, one in enumerate(STORIES)]
)
def test_at_every_turn_of_the_story(tmp_path: Path, story: str) -> None:
    with live_server(tmp_path) as home:
        STORIES[story](home, tmp_path)
        with visitor(home) as made:
            beginnings = [path for path in paths(home) if not path.startswith(tuple(ELSEWHERE))]
            assert made.walk(*beginnings) == []


def test_for_somebody_who_was_not_let_in(tmp_path: Path) -> None:
    with live_server(tmp_path) as home, visitor(home, inside=False) as made:
        assert made.walk("/", "/sign-in", "/help/permissions", "/help/remote") == []
