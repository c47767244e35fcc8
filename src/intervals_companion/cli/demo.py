"""companion demo: a made-up athlete, their phone's export, a local Intervals.icu, and everything between."""

from __future__ import annotations

import os
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path

import platformdirs
from attrs import evolve, frozen

from intervals_companion import __version__
from intervals_companion.app import importing, signing_in, syncing
from intervals_companion.app.companion import Companion, opened
from intervals_companion.app.report import Report, report
from intervals_companion.app.settings import Settings
from intervals_companion.cli import output
from intervals_companion.domain.days import parse_day
from intervals_companion.domain.errors import MissingPart, UsageError

SEED = 1


def demo(*, once: bool = False, fresh: bool = False, port: int = 8787, today: str | None = None) -> int:
    """Live it all through with made-up data: sign in, import, sync, sync again. Nothing of yours is touched.

    Parameters
    ----------
    once
        End after the account is printed, instead of serving it as a page.
    fresh
        Stop before the sign-in, and say how to do it yourself.
    port
        Where the page is served, on this machine only.
    today
        The day on which the made-up world ends, YYYY-MM-DD.
    """
    try:
        import intervals_sandbox.server  # noqa: F401
    except ImportError as problem:
        raise MissingPart("The demo", "sandbox") from problem
    day = parse_day(today) if today else datetime.now(UTC).date()
    with _stage(day) as stage:
        if fresh:
            return _leave_it_to_the_person(stage)
        account = _play(stage)
        _print(account)
        if not once:
            _serve(account, stage, port)
    return 0


@frozen
class Stage:
    """The demo's own places: never the person's."""

    home: Path
    export: Path
    service: str
    you: str
    client_id: str
    client_secret: str
    clock: Callable[[], datetime]

    @property
    def settings(self) -> Settings:
        return Settings(
            home=self.home, intervals_url=self.service, client_id=self.client_id, client_secret=self.client_secret
        )


@contextmanager
def _stage(day: date) -> Iterator[Stage]:
    from intervals_sandbox.errors import SandboxError
    from intervals_sandbox.server import running

    shift = day - datetime.now(UTC).date()
    console = output.out()
    try:
        with (
            tempfile.TemporaryDirectory(prefix="intervals-companion-demo-") as home,
            running(seed=SEED, today=day) as sandbox,
        ):
            console.print(f"A made-up athlete's Intervals.icu runs at {sandbox.base}.")
            you = sandbox.sandbox.you.id
            yield Stage(
                home=Path(home), export=_export(day), service=sandbox.base, you=you,
                client_id=str(sandbox.info["client_id"]), client_secret=str(sandbox.info["client_secret"]),
                clock=lambda: datetime.now(UTC) + shift,
            )  # fmt: skip
    except SandboxError as problem:
        raise UsageError(str(problem), "Run the demo again.") from problem


def _export(day: date) -> Path:
    """The phone's export of that day; one made before is used again."""
    from intervals_sandbox.world.apple_export import write_export

    path = (
        platformdirs.user_cache_path("intervals-companion", ensure_exists=True) / f"demo-{__version__}-{SEED}-{day}.zip"
    )
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}")
        with output.staged_progress() as progress:
            write_export(draft, SEED, day, progress=lambda done, total: progress("Making the export", done, total))
        draft.replace(path)
    output.out().print(f"Their iPhone's export is {path} ({path.stat().st_size / 1e6:.1f} MB).", markup=False)
    return path


def _play(stage: Stage) -> Report:
    console = output.out()
    with opened(stage.settings) as plain:
        companion = evolve(plain, clock=stage.clock)
        who = _sign_in(companion, stage)
        console.print(f"Signed in as {who.account.name} through the real pages, all boxes ticked.", markup=False)
        imported = importing.import_export(companion, stage.export)
        if imported.error is not None:
            raise imported.error
        console.print(f"Read {imported.reading.records:,} records and {imported.reading.workouts} workouts.")
        with output.staged_progress() as progress:
            first = syncing.sync(companion, progress)
        if first.outcome.error is not None:
            raise first.outcome.error
        again = syncing.sync(companion, lambda _stage, _done, _total: None)
        return report(imported, first, again)


def _sign_in(companion: Companion, stage: Stage) -> signing_in.SignedIn:
    """Walks the pages as a person would; the address landed on is read off, so nothing has to listen."""
    from intervals_sandbox.person import Person

    start = signing_in.begin(companion, "http://localhost/")
    with Person(stage.service, stage.you) as person:
        landing = person.allow(start.url)
    return signing_in.finish(companion, start, landing)


def _print(account: Report) -> None:
    console = output.out()
    console.print(
        f"\n{account.values:,} values on {account.days} days and {account.workouts} workouts arrived; "
        f"{account.linked} were there already, {account.held_count:,} are held, {account.failed} failed.",
        style="bold",
    )
    console.print(
        f"First sync: {account.reads} requests read, {account.writes} wrote, {account.seconds:.1f} s. "
        f"Second sync: {account.again_reads} read, {account.again_writes} wrote."
    )
    held = [(line.what, f"{line.number:,}", line.words) for line in account.held]
    console.print(output.table(["Held because", ">Items", "Of"], held))
    sent = [(line.what, f"{line.number:,}", line.words) for line in account.fields]
    sent.append(("Workouts", f"{account.workouts:,}", "as FIT files, each linked to its activity"))
    console.print(output.table(["Sent", ">Items", "Days"], sent))


def _leave_it_to_the_person(stage: Stage) -> int:
    console = output.out()
    lines = (
        "\nIn another terminal:",
        f"  export COMPANION_HOME={stage.home} COMPANION_INTERVALS_URL={stage.service}",
        f"  export COMPANION_CLIENT_ID={stage.client_id} COMPANION_CLIENT_SECRET={stage.client_secret}",
        f"  companion import {stage.export}",
        "  companion login      then pick the demo's you, and leave a box unticked if you like",
        "  companion doctor     says what that blocks",
        "  companion sync",
        "\nCtrl-C ends the demo and removes its data.",
    )
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)
    with suppress(KeyboardInterrupt):
        threading.Event().wait()
    return 0


def _serve(account: Report, stage: Stage, port: int) -> None:
    import uvicorn

    from intervals_companion.web.report_page import create_app

    console = output.out()
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as problem:
        listener.close()
        raise UsageError(f"Port {port} is in use.", "Choose another: companion demo --port 8789.") from problem
    console.print(f"\nThe same account: http://localhost:{port}/")
    console.print(f"Look deeper with: COMPANION_HOME={stage.home} companion metrics", markup=False, soft_wrap=True)
    console.print("Ctrl-C ends the demo and removes its data.")
    config = uvicorn.Config(create_app(account), lifespan="off", log_config=None, access_log=False)
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])
