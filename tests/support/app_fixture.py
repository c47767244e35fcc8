"""All of a companion for a test: a data folder, a sandbox in the same process, and one clock that both look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
from attrs import define, evolve, field
from starlette.testclient import TestClient

from intervals_companion.app.account import sign_in as account_sign_in
from intervals_companion.app.account.sign_in import SignedIn
from intervals_companion.app.context import AppContext
from intervals_companion.app.ingest.exports import import_export as import_file
from intervals_companion.app.ingest.imports import Imported
from intervals_companion.app.settings import Settings
from intervals_companion.app.sync import run as sync_run
from intervals_companion.app.sync.run import Synced
from intervals_companion.domain.errors import ServiceUnreachable
from intervals_companion.domain.wellness import Value, WellnessRecord
from intervals_companion.intervals import protocol
from intervals_companion.intervals.client import IntervalsClient
from intervals_companion.intervals.credentials import ApiKey
from intervals_companion.intervals.transport import Transport
from intervals_companion.intervals.wire import Request, Response
from intervals_companion.store.database import FILE_NAME, Store
from intervals_sandbox import create_app
from intervals_sandbox.person import Person
from intervals_sandbox.sandbox import Sandbox
from intervals_sandbox.state import State
from intervals_sandbox.switches import Switches
from support import exports
from support.store_builders import empty_store

ORIGIN = "http://localhost:8788"
NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
TODAY = NOW.date()
ZONE = "Europe/Berlin"
SOME = 2
"""Training partners at the service. Each brings a hundred activities into every test's copy of the world; who tests
what is seen of others has them all, see `friends_fixture.among_friends`.
"""
QUANTITY, SLEEP = "HKQuantityTypeIdentifier", "HKCategoryTypeIdentifierSleepAnalysis"


@define
class Clock:
    """Time passes only when somebody waits."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return self.now.timestamp()

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@define
class AppFixture:
    """The companion of one athlete, and the sandbox it talks to."""

    context: AppContext
    app: Any
    clock: Clock
    folder: Path
    exports_made: int = field(default=0)

    @property
    def sandbox(self) -> Sandbox:
        return self.app.state.sandbox  # type: ignore[no-any-return]

    # --- the person at the service ------------------------------------------------------------------------------

    def sign_in(self, boxes: list[str] | None = None, *, create_fields: bool = False) -> SignedIn:
        """Walks the pages; `boxes` are those left ticked, all if left out."""
        start = account_sign_in.begin(self.context, "http://localhost:5000/", create_fields=create_fields)
        with self.person() as person:
            landing = person.allow(start.url, boxes)
        return account_sign_in.finish(self.context, start, landing, create_fields=create_fields)

    def person(self, athlete: str | None = None) -> Person:
        browser = TestClient(self.app, base_url=ORIGIN, follow_redirects=False)
        return Person(ORIGIN, athlete or self.sandbox.you.id, browser)

    @contextmanager
    def by_key(self) -> Iterator[IntervalsClient]:
        """What the person does at Intervals.icu by hand, seen from outside: with their own API key."""
        key = self.sandbox.you.api_key
        assert key is not None
        with self.context.client(ORIGIN, ApiKey(key)) as client:
            yield client

    def type_in(self, day: date, **values: Value) -> None:
        with self.by_key() as client:
            client.ask(protocol.put_wellness({day: values}))

    def theirs(self, day: date) -> WellnessRecord:
        with self.by_key() as client:
            return next((one for one in client.ask(protocol.wellness(day, day))), WellnessRecord(day))

    # --- the phone -----------------------------------------------------------------------------------------------

    def export(self, *elements: str, routes: Mapping[str, str] | None = None) -> Path:
        self.exports_made += 1
        path = self.folder / f"export-{self.exports_made}.zip"
        exports.zip_export(path, exports.export_xml(*elements), routes=routes or {})
        return path

    def import_(self, *elements: str, routes: Mapping[str, str] | None = None) -> Imported:
        return import_file(self.context, self.export(*elements, routes=routes))

    # --- the runs ------------------------------------------------------------------------------------------------

    def sync(self, **options: Any) -> Synced:
        return sync_run.sync(self.context, lambda _stage, _done, _of: None, **options)

    def forget_requests(self) -> None:
        self.sandbox.log.clear()

    def writes(self) -> list[str]:
        """Method and path of every write the service has seen since `forget_requests`."""
        return [f"{one['method']} {one['path']}" for one in self.sandbox.log.as_json() if one["access"] == "write"]

    def credentials_used(self) -> set[str]:
        return {one["credential"] for one in self.sandbox.log.as_json()}

    def at_the_service(self) -> list[str]:
        """The external ids, or names, of the athlete's activities, oldest first."""
        with self.by_key() as client:
            found = client.ask(protocol.activities(TODAY - timedelta(days=60), TODAY + timedelta(days=1)))
        return [one.external_id or one.name or one.id for one in reversed(found)]


@contextmanager
def app_fixture(
    folder: Path,
    *,
    empty: bool = True,
    state: State | None = None,
    switches: Switches | None = None,
    followed: int = SOME,
    **options: Any,
) -> Iterator[AppFixture]:
    """A new data folder, unless `folder` has one, and a new sandbox.

    empty: the athlete has no days and no activities there yet. state: what the sandbox remembers, as it was left. The
    other options are those of `create_app`.
    """
    clock = Clock()
    app = create_app(
        clock=clock, switches=switches or Switches(), today=TODAY, followed=followed if state is None else 0, **options
    )
    if state is not None:
        app.state.sandbox.state = state
    elif empty:
        _emptied(app.state.sandbox.state)
    info = app.state.sandbox.info(ORIGIN)
    settings = Settings(
        home=folder / "home", intervals_url=ORIGIN, client_id=str(info["client_id"]),
        client_secret=str(info["client_secret"]),
    )  # fmt: skip
    settings.home.mkdir(mode=0o700, exist_ok=True)
    store = Store(settings.home) if (settings.home / FILE_NAME).exists() else empty_store(settings.home)

    service = TestClient(app, base_url=ORIGIN, follow_redirects=False, raise_server_exceptions=False)

    @contextmanager
    def transport(_origin: str) -> Iterator[Transport]:
        yield in_process(service)

    context = AppContext(
        settings,
        store,
        machine_zone=ZONE,
        clock=clock,
        monotonic=clock.monotonic,
        sleep=clock.wait,
        transport=transport,
    )
    try:
        with service:  # one event loop for all requests of a test
            yield AppFixture(context, app, clock, folder)
    finally:
        store.close()


def in_process(service: TestClient) -> Transport:
    """The way of a request to a service in this process: what breaks there is an answer that never came whole."""

    def send(sent: Request) -> Response:
        try:
            answer = service.request(sent.method, sent.url, headers=dict(sent.headers), content=sent.body)
        except httpx2.RequestError as problem:
            raise ServiceUnreachable(
                "The connection broke off before the whole answer came.", "Try again."
            ) from problem
        return Response(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, answer.content)

    return send


def _emptied(state: State) -> None:
    state.athletes[state.you].wellness.clear()
    for activity in state.activities_of(state.you):
        del state.activities[activity.id]
    for chat in [one for one in state.chats.values() if one.activity_id and one.activity_id not in state.activities]:
        del state.chats[chat.id]


def between(home: AppFixture, answer: Callable[[Request], Response | None]) -> None:
    """Somebody on the wire, who answers instead of the service where they have an answer."""
    open_inner = home.context.transport

    @contextmanager
    def transport(origin: str) -> Iterator[Transport]:
        with open_inner(origin) as inner:
            yield lambda request: answer(request) or inner(request)

    home.context = evolve(home.context, transport=transport)


# --- things a phone records ---------------------------------------------------------------------------------------


def weight(day: date, kg: float, at: str = "07:00:00", source: str = "Scale") -> str:
    return exports.record(f"{QUANTITY}BodyMass", kg, "kg", f"{day} {at} +0100", source=source)


def steps(day: date, count: int, at: str = "10:00:00", source: str = "Watch") -> str:
    return exports.record(f"{QUANTITY}StepCount", count, "count", f"{day} {at} +0100", source=source)


def run(day: date, at: str = "17:00", minutes: int = 40, source: str = "Watch") -> tuple[str, ...]:
    """A run with a heart rate every ten seconds and its own totals."""
    start = datetime.fromisoformat(f"{day} {at}:00+01:00")
    end = start + timedelta(minutes=minutes)

    def stamp(moment: datetime) -> str:
        return moment.strftime("%Y-%m-%d %H:%M:%S +0100")

    beats = tuple(
        exports.record(
            f"{QUANTITY}HeartRate", 140 + (second // 10) % 7, "count/min",
            stamp(start + timedelta(seconds=second)), source=source,
        )
        for second in range(0, minutes * 60, 10)
    )  # fmt: skip
    session = exports.workout(
        "Running", stamp(start), stamp(end), minutes=minutes, source=source,
        inside=[
            exports.statistics(f"{QUANTITY}ActiveEnergyBurned", stamp(start), stamp(end), "kcal", sum=400),
            exports.statistics(f"{QUANTITY}DistanceWalkingRunning", stamp(start), stamp(end), "km", sum=8),
        ],
    )  # fmt: skip
    return (*beats, session)
