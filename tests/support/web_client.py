"""A browser in some packages of the web app: signed in already, with forms that carry their token."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

from attrs import define
from httpx2 import Response
from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.testclient import TestClient

from intervals_companion.app import sessions as app_doors
from intervals_companion.app.jobs.schedule import Jobs
from intervals_companion.web.account import links
from intervals_companion.web.context import WebContext
from support.app_fixture import AppFixture

HERE = "http://localhost:8787"
Work = Callable[[], None]


def at_once(work: Work) -> None:
    work()


@define
class Visit:
    client: TestClient
    web: WebContext
    csrf: str = ""

    def get(self, path: str, **options: Any) -> Response:
        return self.client.get(path, **options)

    def post(self, path: str, **fields: Any) -> Response:
        return self.client.post(path, data={"csrf": self.csrf, **fields}, headers={"origin": HERE})

    def send_file(self, path: str, name: str, content: bytes, **options: Any) -> Response:
        headers = {"origin": HERE, **options.pop("headers", {})}
        fields = {"csrf": options.pop("csrf", self.csrf)}
        return self.client.post(path, data=fields, files={"file": (name, content)}, headers=headers, **options)

    def title(self, path: str) -> str:
        """The page's headline, as text; a redirect is followed."""
        found = re.search(r"<h1>(.*?)</h1>", self.client.get(path, follow_redirects=True).text, re.DOTALL)
        assert found
        return unescape(re.sub(r"<[^>]+>", "", found[1])).strip()


@contextmanager
def visit(home: AppFixture, *routes: BaseRoute, start: Callable[[Work], None] = at_once) -> Iterator[Visit]:
    """`start`: how jobs begin."""
    jobs = Jobs(home.context, start=start)
    web = WebContext(home.context, HERE, jobs)
    app = Starlette(routes=[*routes, *links.routes])
    app.state.web = web
    with TestClient(app, base_url=HERE, follow_redirects=False) as client:
        made = Visit(client, web)
        link = app_doors.new_link(home.context, HERE).removeprefix(HERE)
        assert made.post(link).status_code == 303
        cookie = client.cookies["companion"]
        who = home.context.read(app_doors.current_visitor, cookie)
        assert who is not None
        made.csrf = who.csrf
        yield made
