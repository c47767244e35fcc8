"""companion demo: a made-up athlete, their phone's export, a local Intervals.icu, and everything between."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import platformdirs
from attrs import evolve, frozen

from intervals_companion import __version__
from intervals_companion.app import sessions
from intervals_companion.app.account import sign_in
from intervals_companion.app.context import AppContext, opened
from intervals_companion.app.doctor import examine
from intervals_companion.app.ingest import exports
from intervals_companion.app.ingest.phone import simulated_phone
from intervals_companion.app.jobs.schedule import Jobs
from intervals_companion.app.settings import Settings
from intervals_companion.app.shutdown import Shutdown, interruptible
from intervals_companion.app.sync import first_sync, run
from intervals_companion.app.sync.report import Report, report
from intervals_companion.cli import output
from intervals_companion.domain import stages
from intervals_companion.domain.days import parse_day
from intervals_companion.domain.errors import MissingPart, UsageError

SEED = 1
ZONE = "Europe/Berlin"
"""Where the made-up athlete lives."""


def demo(*, once: bool = False, fresh: bool = False, port: int = 8787, today: str | None = None) -> int:
    """Live it all through with made-up data: sign in, import, sync twice, then the app. Nothing of yours is touched.

    Parameters
    ----------
    once
        End after the account is printed, instead of serving the app.
    fresh
        Serve the app before anybody has signed in: you do it all yourself, in the browser.
    port
        Where the app is served, on this machine only.
    today
        The day on which the made-up world ends, YYYY-MM-DD.
    """
    try:
        import intervals_sandbox.server  # noqa: F401
    except ImportError as problem:
        raise MissingPart("The demo", "sandbox") from problem
    day = parse_day(today) if today else None
    if not once:
        return _serve(day, port, fresh=fresh)
    with _stage(day) as stage, opened(stage.settings) as context:
        _print(_play(evolve(context, clock=stage.clock), stage))
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
def _stage(day: date | None) -> Iterator[Stage]:
    from intervals_sandbox.errors import SandboxError
    from intervals_sandbox.server import running

    console = output.out()
    try:
        with (
            tempfile.TemporaryDirectory(prefix="intervals-companion-demo-") as home,
            running(seed=SEED, today=day) as sandbox,
        ):
            console.print(f"A made-up athlete’s Intervals.icu runs at {sandbox.base}.")
            you = sandbox.sandbox.you
            yield Stage(
                home=Path(home), export=_export(sandbox.sandbox.today(you)), service=sandbox.base, you=you.id,
                client_id=str(sandbox.info["client_id"]), client_secret=str(sandbox.info["client_secret"]),
                clock=sandbox.clock,
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
            write_export(draft, SEED, day, progress=lambda done, total: progress(stages.Stage.MAKE_EXPORT, done, total))
        draft.replace(path)
    output.out().print(f"Their iPhone’s export is {path} ({path.stat().st_size / 1e6:.1f} MB).", markup=False)
    return path


def _play(context: AppContext, stage: Stage) -> Report:
    console = output.out()
    owner = _sign_in(context, stage)
    console.print(f"Signed in as {owner.account.name} through the real pages, all boxes ticked.", markup=False)
    imported = exports.import_export(context, stage.export)
    if imported.error is not None:
        raise imported.error
    console.print(f"Read {imported.reading.records:,} records and {imported.reading.workouts} workouts.")
    with output.staged_progress() as progress:
        first = run.sync(context, progress)
    if first.outcome.error is not None:
        raise first.outcome.error
    again = run.sync(context, lambda _stage, _done, _total: None)
    return report(imported, first, again)


def _sign_in(context: AppContext, stage: Stage) -> sign_in.SignedIn:
    """Walks the pages as a person would; the address landed on is read off, so nothing has to listen."""
    from intervals_sandbox.person import Person

    start = sign_in.begin(context, "http://localhost/")
    with Person(stage.service, stage.you) as person:
        landing = person.allow(start.url)
    return sign_in.finish(context, start, landing)


def _print(account: Report) -> None:
    console = output.out()
    console.print(
        f"\n{account.values:,} values on {account.days} days and {account.workouts} workouts arrived; "
        f"{account.linked} were there already, {account.held_count:,} are left out, {account.failed} failed, "
        f"{account.left} not tried.",
        style="bold",
    )
    console.print(
        f"First sync: {account.reads} requests read, {account.writes} wrote, {account.seconds:.1f} s. "
        f"Second sync: {account.again_reads} read, {account.again_writes} wrote."
    )
    held = [
        (output.held_words(line.reason) if line.reason else line.what, f"{line.number:,}", line.words)
        for line in account.held
    ]
    console.print(output.table(["Held because", ">Items", "Of"], held))
    sent = [(line.what, f"{line.number:,}", line.words) for line in account.fields]
    sent.append(("Workouts", f"{account.workouts:,}", "as FIT files, each linked to its activity"))
    console.print(output.table(["Sent", ">Items", "Days"], sent))


def _serve(day: date | None, port: int, *, fresh: bool) -> int:
    """The app on the demo’s own folder, with a simulated iPhone that holds the export. A busy port is reported."""
    from intervals_companion.web.context import WebContext
    from intervals_companion.web.server import Listen, listening, serve

    console = output.out()
    place = Listen(port=port)
    with listening(place) as listener, _stage(day) as stage, opened(stage.settings) as plain:
        phone = simulated_phone(stage.clock, stage.service, ZONE, stage.export)
        context = evolve(plain, clock=phone.now, wall_clock_source=plain.clock, phone=phone)
        if not fresh:
            _print(_play(context, stage))
            first_sync.confirm(context, None)
            examine.examine(context)
        console.print(
            f"\nLet your browser in: {sessions.new_link(context, place.default_url)}", markup=False, soft_wrap=True
        )
        console.print(f"The simulated iPhone: {place.default_url}/phone", markup=False)
        console.print(
            f"In another terminal:  COMPANION_HOME={stage.home} companion metrics", markup=False, soft_wrap=True
        )
        console.print("Ctrl-C ends the demo and removes its data.")
        shutdown = Shutdown()
        context = interruptible(context, shutdown)
        serve(WebContext(context, place.default_url, Jobs(context)), place, listener, shutdown)
    return 0
