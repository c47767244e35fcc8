"""A browser of an athlete, without a window: follows the rules of cookies and forms, against the real web app."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

from attrs import define
from httpx2 import Response
from starlette.testclient import TestClient

from intervals_companion.app import sessions
from intervals_companion.app.jobs.schedule import Jobs
from intervals_companion.web.app import create_app
from intervals_companion.web.context import WebContext
from support.app_fixture import ORIGIN, AppFixture

HERE = "http://localhost:8787"


@define
class Browser:
    """`client` keeps the cookies."""

    client: TestClient
    web: WebContext

    def get(self, path: str, **options: Any) -> Response:
        return self.client.get(path, **options)

    def post(
        self, path: str, fields: dict[str, Any] | None = None, *, csrf: str | None = None, **options: Any
    ) -> Response:
        """A form of the page last fetched, sent by that page."""
        headers = {"origin": HERE, **options.pop("headers", {})}
        token = self.csrf() if csrf is None else csrf
        return self.client.post(path, data={"csrf": token, **(fields or {})}, headers=headers, **options)

    def csrf(self) -> str:
        """What the pages of this session put into their forms; "" without a session."""
        found = re.search(r"name=csrf value=([\w-]+)", self.get("/sign-in").text)
        return unescape(found[1]) if found else ""

    def let_in(self) -> Browser:
        """By a one-time link."""
        path = sessions.new_link(self.web.context, HERE).removeprefix(HERE)
        assert self.post(path, csrf="").status_code == 303
        return self

    def sign_in(self, home: AppFixture, boxes: list[str] | None = None, athlete: str | None = None) -> Response:
        """Presses the button, walks the pages of Intervals.icu, and comes back."""
        sent = self.post("/sign-in")
        assert sent.status_code == 303, sent.text
        with home.person(athlete) as person:
            landing = person.allow(sent.headers["location"], boxes)
        return self.get(landing.removeprefix(HERE))


@contextmanager
def browser(home: AppFixture, public_url: str = HERE) -> Iterator[Browser]:
    """A browser that was not let in anywhere yet."""
    web = WebContext(home.context, public_url, Jobs(home.context, start=lambda work: work()))
    with TestClient(create_app(web), base_url=HERE, follow_redirects=False) as client:
        yield Browser(client, web)


__all__ = ["HERE", "ORIGIN", "Browser", "browser"]
