"""What the sandbox's tests share: a clock that stands still, and a sandbox with its client in one hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from attrs import define, field
from httpx2 import Response
from starlette.applications import Starlette
from starlette.testclient import TestClient

from intervals_sandbox import Limits, Switches, create_app
from intervals_sandbox.sandbox import Sandbox
from intervals_sandbox.state import Activity, Athlete

TODAY = date(2026, 11, 23)
ALL_AREAS = "ACTIVITY:WRITE,WELLNESS:WRITE,CALENDAR:WRITE,CHATS:WRITE,LIBRARY:WRITE,SETTINGS:WRITE"
REDIRECT = "http://localhost:5000/callback"

Auth = tuple[str, str] | None
Json = Any


@define
class Clock:
    now: datetime = datetime(2026, 11, 23, 11, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@define
class Box:
    """A sandbox under test. Requests go to the API with your key unless said otherwise."""

    app: Starlette
    clock: Clock
    client: TestClient = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.client = TestClient(self.app, "http://localhost:8788", follow_redirects=False)

    @property
    def sandbox(self) -> Sandbox:
        box: Sandbox = self.app.state.sandbox
        return box

    @property
    def you(self) -> Athlete:
        return self.sandbox.you

    @property
    def friend(self) -> Athlete:
        """Somebody you follow but do not coach."""
        return next(self.sandbox.state.athletes[other] for other in self.you.follows if other not in self.you.coaches)

    def switch(self, **changes: Any) -> None:
        self.sandbox.switches = self.sandbox.switches.flipped(changes)

    def key(self, athlete: Athlete | None = None) -> Auth:
        return "API_KEY", (athlete or self.you).api_key or ""

    def send(self, method: str, path: str, **options: Any) -> Response:
        """`token` is sent as Bearer, `auth` as Basic; without either your key."""
        headers = options.pop("headers", {})
        if token := options.pop("token", None):
            headers = {**headers, "Authorization": f"Bearer {token}"}
        elif "auth" not in options:
            options["auth"] = self.key()
        return self.client.request(method, f"/api/v1{path}", headers=headers, **options)

    def get(self, path: str, **options: Any) -> Response:
        return self.send("GET", path, **options)

    def put(self, path: str, body: Json, **options: Any) -> Response:
        return self.send("PUT", path, json=body, **options)

    def post(self, path: str, body: Json, **options: Any) -> Response:
        return self.send("POST", path, json=body, **options)

    def delete(self, path: str, **options: Any) -> Response:
        return self.send("DELETE", path, **options)

    def upload(self, content: bytes, name: str = "activity.fit", **options: Any) -> Response:
        return self.send("POST", "/athlete/0/activities", files={"file": (name, content)}, **options)

    # The pages

    def csrf(self, path: str = "/login") -> str:
        """The hidden value of the forms on a page."""
        return self.client.get(path).text.partition('name="csrf" value="')[2].partition('"')[0]

    def form(self, path: str, **fields: Any) -> Response:
        """Sends a form of the pages, with the session's hidden value unless another is given."""
        return self.client.post(path, data={"csrf": self.csrf(), **fields})

    def sign_in(self, athlete: Athlete | None = None) -> None:
        assert self.form("/login", athlete=(athlete or self.you).id).status_code == 303

    def consent(self, scope: str, ticked: list[str] | None = None, **fields: Any) -> Response:
        """Answers the dialog; everything that was asked for is ticked unless said otherwise."""
        asked = [f"{area}:{level}" for area, level in (part.split(":") for part in scope.split(","))]
        asked += [part.replace("WRITE", "READ") for part in asked if part.endswith("WRITE")]
        app = next(iter(self.sandbox.state.apps.values()))
        values = {"client_id": app.client_id, "redirect_uri": REDIRECT, "scope": scope, "decision": "allow"}
        return self.form("/oauth/authorize", **{**values, "grant": asked if ticked is None else ticked, **fields})

    def exchange(self, code: str, **fields: Any) -> Response:
        app = next(iter(self.sandbox.state.apps.values()))
        values = {"client_id": app.client_id, "client_secret": app.secret, "code": code}
        return self.client.post("/api/oauth/token", data={**values, **fields})

    def code(self, scope: str = ALL_AREAS, ticked: list[str] | None = None, athlete: Athlete | None = None) -> str:
        self.sign_in(athlete)
        return code_of(self.consent(scope, ticked))

    def token(self, scope: str = ALL_AREAS, ticked: list[str] | None = None, athlete: Athlete | None = None) -> str:
        """A bearer token, by the whole way over the pages."""
        token: str = self.exchange(self.code(scope, ticked, athlete)).json()["access_token"]
        return token

    # The world

    def activities(self, athlete: Athlete | None = None, **facts: Any) -> list[Activity]:
        """Activities with these field values, oldest first."""
        owner = (athlete or self.you).id
        found = [item for item in self.sandbox.state.activities_of(owner) if facts.items() <= item.values.items()]
        return sorted(found, key=lambda item: str(item.values["start_date_local"]))


def code_of(answer: Response) -> str:
    return answer.headers["location"].partition("code=")[2].partition("&")[0]


def box(clock: Clock | None = None, **options: Any) -> Box:
    """A small world without rate limits, unless `options` say otherwise."""
    clock = clock or Clock()
    options = {"followed": 1, "switches": Switches(rate_limits=False), "today": TODAY, "limits": Limits(), **options}
    return Box(create_app(clock, **options), clock)
