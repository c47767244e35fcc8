"""The real app on a port, beside the real sandbox on another, with one athlete between them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from attrs import define, evolve
from playwright.sync_api import Page

from intervals_companion.app import sessions
from intervals_companion.app.account import sign_in as account_sign_in
from intervals_companion.app.context import AppContext, opened
from intervals_companion.app.doctor import examine
from intervals_companion.app.ingest.phone import SimulatedPhone, simulated_phone
from intervals_companion.app.jobs.schedule import Jobs
from intervals_companion.app.settings import Settings
from intervals_companion.app.sync import first_sync
from intervals_companion.web.context import WebContext
from intervals_companion.web.server import Listen, background_jobs, listening, server
from intervals_sandbox.person import Person
from intervals_sandbox.server import Running, running
from support.input_modes import POINTER

ZONE = "Europe/Berlin"
SEED = 1
TODAY = date(2026, 11, 23)


@define
class LiveServer:
    sandbox: Running
    context: AppContext
    base: str
    jobs: Jobs

    @property
    def own(self) -> frozenset[str]:
        """host:port of both sides."""
        return frozenset({urlsplit(self.base).netloc, urlsplit(self.sandbox.base).netloc})

    @property
    def phone(self) -> SimulatedPhone:
        assert isinstance(self.context.phone, SimulatedPhone)
        return self.context.phone

    def link(self) -> str:
        return sessions.new_link(self.context, self.base)

    def sign_in(self, boxes: list[str] | None = None) -> None:
        """Without the browser, for stories that begin later."""
        start = account_sign_in.begin(self.context, "http://localhost/")
        with Person(self.sandbox.base, self.sandbox.sandbox.you.id) as person:
            landing = person.allow(start.url, boxes)
        account_sign_in.finish(self.context, start, landing)
        examine.examine(self.context)
        first_sync.confirm(self.context, None)

    def writes(self) -> list[str]:
        """Method and path of every write that Intervals.icu has taken."""
        with self.sandbox.sandbox.lock:
            seen = self.sandbox.sandbox.log.as_json()
        return [f"{one['method']} {one['path']}" for one in seen if one["access"] == "write" and one["status"] < 300]

    def let_in(self, page: Page) -> None:
        """This browser, by a one-time link."""
        page.goto(self.link())
        POINTER.press(page.get_by_role("button", name="Let this browser in"))


@contextmanager
def live_server(
    folder: Path,
    *,
    export: Path | None = None,
    today: date | None = TODAY,
    prepare: Callable[[Running], None] = lambda _: None,
    **world: Any,
) -> Iterator[LiveServer]:
    """`export`: what the simulated iPhone holds; without it there is none. `prepare` sets switches of the sandbox,
    `world` is how it is made: `followed`, `latency`.
    """
    with running(seed=SEED, today=today, **world) as sandbox:
        prepare(sandbox)
        settings = Settings(
            home=folder / "home", intervals_url=sandbox.base, client_id=str(sandbox.info["client_id"]),
            client_secret=str(sandbox.info["client_secret"]),
        )  # fmt: skip
        with listening(Listen(port=0)) as listener, opened(settings, machine_zone=ZONE) as plain:
            port = listener.getsockname()[1]
            context = evolve(plain, clock=sandbox.clock)
            if export is not None:
                phone = simulated_phone(sandbox.clock, sandbox.base, ZONE, export)
                context = evolve(context, phone=phone, clock=phone.now)
            base = f"http://localhost:{port}"
            web = WebContext(context, base, Jobs(context))
            app = server(web, Listen(port=port))
            thread = threading.Thread(target=app.run, kwargs={"sockets": [listener]})
            thread.start()
            try:
                with background_jobs(web):
                    yield LiveServer(sandbox, context, base, web.jobs)
            finally:
                app.should_exit = True
                thread.join()
