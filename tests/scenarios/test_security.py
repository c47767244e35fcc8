"""Everything that knocks and is not let in: refused, and logged without a word about the person.

What each wall refuses in detail: test_security_middleware.py, test_getting_in.py, test_first_day.py, test_push.py.
"""

from __future__ import annotations

import gzip
import logging
import re
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from httpx2 import Response
from starlette.routing import Route

from intervals_companion.app import sessions
from intervals_companion.app.ingest import devices
from intervals_companion.web.app import create_app
from intervals_companion.web.ingest.push import MOST_BYTES
from intervals_companion.web.server import Listen, server
from support.app_fixture import TODAY as DAY
from support.app_fixture import AppFixture, weight
from support.browsers import HERE, Browser, browser
from support.prepared import prepared

ELSEWHERE = {"origin": "http://evil.example"}
PUSH = "/push/health-auto-export"
KILOGRAMS = 73.625


@pytest.fixture
def home(tmp_path: Path) -> Iterator[AppFixture]:
    with prepared(tmp_path, with_a_weight) as made:
        yield made


def with_a_weight(home: AppFixture) -> None:
    home.import_(weight(DAY, KILOGRAMS))


@pytest.fixture
def owner(home: AppFixture) -> Iterator[Browser]:
    """The browser of the athlete this companion belongs to."""
    with browser(home) as made:
        made.let_in().sign_in(home)
        yield made


@pytest.fixture
def stranger(home: AppFixture, owner: Browser) -> Iterator[Browser]:
    """Knows the address and nothing else."""
    with browser(home) as made:
        yield made


# --- each knock ------------------------------------------------------------------------------------------------------

Knock = Callable[[AppFixture, Browser, Browser], Response]


def _another_athlete(home: AppFixture, _: Browser, stranger: Browser) -> Response:
    state = home.sandbox.state
    return stranger.sign_in(home, athlete=next(one for one in state.athletes if one != state.you))


def _spent_link(_: AppFixture, owner: Browser, stranger: Browser) -> Response:
    path = sessions.new_link(owner.web.context, HERE).removeprefix(HERE)
    stranger.post(path, csrf="")
    return owner.post(path)


def _push(home: AppFixture, stranger: Browser, content: bytes, **headers: str) -> Response:
    new = devices.add_device(home.context, devices.AUTO_EXPORT, "Ann’s iPhone")
    named = {"authorization": f"Bearer {new.token}"} | {name.replace("_", "-"): text for name, text in headers.items()}
    return stranger.client.post(PUSH, content=content, headers=named)


def _in_pieces() -> Iterator[bytes]:
    yield b"csrf=x"


def _form(size: int) -> dict[str, str]:
    return {"zone": "x" * size}


def _at(path: str) -> Knock:
    return lambda _home, owner, _stranger: owner.get(path)


KNOCKS: dict[str, tuple[int, Knock]] = {
    "another athlete": (403, _another_athlete),
    "a page without a session": (303, lambda _, __, stranger: stranger.get("/metrics")),
    "a change without a session": (401, lambda _, __, stranger: stranger.post("/settings/metrics")),
    "a stale token": (403, lambda _, owner, __: owner.post("/settings/metrics", csrf="0" * 43)),
    "no token": (403, lambda _, owner, __: owner.post("/settings/metrics", csrf="none")),
    "a form of another site": (403, lambda _, owner, __: owner.post("/settings/metrics", headers=ELSEWHERE)),
    "another host": (421, lambda _, owner, __: owner.get("/today", headers={"host": "evil.example"})),
    "a form too large": (413, lambda _, owner, __: owner.post("/settings/zone", _form(1_000_001))),
    "a form without a length": (
        411, lambda _, owner, __: owner.client.post("/sign-in", content=_in_pieces(), headers={"origin": HERE}),
    ),
    "a spent link": (403, _spent_link),
    "a link nobody made": (403, lambda _, __, stranger: stranger.post(f"/link/{'a' * 43}", csrf="")),
    "a push without a token": (401, lambda _, __, stranger: stranger.client.post(PUSH, content=b"{}")),
    "a malformed push": (400, lambda home, _, stranger: _push(home, stranger, b'{"data": [73.625, Mika')),
    "a push said to be too large": (
        413, lambda home, _, stranger: _push(home, stranger, b"{}", content_length=str(MOST_BYTES + 1)),
    ),
    "a push that unpacks without end": (
        413,
        lambda home, _, stranger: _push(home, stranger, gzip.compress(bytes(MOST_BYTES + 1)), content_encoding="gzip"),
    ),
    "a way out of the static files": (404, _at("/static/..%2f..%2fapp%2fjobs.py")),
    "a way out of the activities": (404, _at("/activities/..%2f..%2fcompanion.sqlite")),
    "a file that is no activity": (404, _at("/activities/..%2fcompanion.sqlite.fit")),
    "an activity nobody has": (404, _at("/activities/i999999999.fit")),
    "an import nobody made": (404, _at("/connect/imports/..%2f..%2fsecrets")),
    "a device nobody has": (404, _at("/connect/received/..%2fsecrets")),
    "a metric nobody has": (404, _at("/metrics/..%2f..%2fetc%2fpasswd")),
    "a cure nobody knows": (404, _at("/permissions/..%2f..%2fetc%2fpasswd")),
    "an answer nobody asked for": (403, lambda _, __, stranger: stranger.get("/?state=abc&code=def")),
    "a key that is none": (403, lambda _, owner, __: owner.post("/sign-in/key", {"key": "abcdefghijklmnopqrstuvwxy"})),
}  # fmt: skip


@pytest.mark.parametrize("name", KNOCKS)
def test_it_is_refused_and_logged_without_a_word_about_the_person(
    home: AppFixture, owner: Browser, stranger: Browser, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    status, knock = KNOCKS[name]
    before = personal(home, owner)
    caplog.set_level(logging.DEBUG, logger="intervals_companion")
    caplog.clear()
    answer = knock(home, owner, stranger)
    assert answer.status_code == status, answer.text
    log = ours(caplog)
    assert f" {status} " in log
    assert [word for word in before | personal(home, owner) | personal(home, stranger) if word in log] == []


def ours(caplog: pytest.LogCaptureFixture) -> str:
    """What this program has logged."""
    return "\n".join(one.getMessage() for one in caplog.records if one.name.startswith("intervals_companion"))


def personal(home: AppFixture, visitor: Browser) -> set[str]:
    """Who it is, what opens a door, and what was measured."""
    state = home.sandbox.state
    names = {name for one in state.athletes.values() for name in (one.id, one.name)}
    cookies = set(visitor.client.cookies.values())
    return {*names, *state.tokens, *cookies, str(home.sandbox.you.api_key), str(KILOGRAMS), "Ann", "Mika", "evil"}


# --- every door there is ---------------------------------------------------------------------------------------------

OPEN = {
    "/", "/manifest.webmanifest", "/oauth/callback", "/sign-in", "/link/{secret}", "/help/permissions", "/help/remote",
}  # fmt: skip
"""Pages for everybody."""
BY_TOKEN = {"/push/health-auto-export", "/push/shortcuts", "/hooks/intervals"}
"""Not for browsers: each call carries its own secret."""
WAYS_IN = {"/sign-in", "/sign-in/paste", "/sign-in/key", "/link/{secret}"}


def doors_of(visitor: Browser, method: str) -> list[str]:
    found = [one for one in create_app(visitor.web).routes if isinstance(one, Route)]
    return [one.path for one in found if method in (one.methods or ())]


def filled_in(path: str) -> str:
    """A path that such a route serves."""
    return re.sub(r"\{\w+(:\w+)?\}", lambda found: "1" if found[1] else "x", path)


def test_only_these_pages_are_open_to_all(stranger: Browser) -> None:
    answers = {path: stranger.get(filled_in(path)) for path in doors_of(stranger, "GET")}
    shut = {path for path, one in answers.items() if one.headers.get("location", "").startswith("/sign-in?next=")}
    assert answers.keys() - shut - {"/today"} == OPEN
    assert answers["/today"].headers["location"] == "/sign-in"


def test_without_a_session_nothing_can_be_changed(stranger: Browser) -> None:
    paths = set(doors_of(stranger, "POST")) - BY_TOKEN - WAYS_IN
    assert {path: stranger.post(filled_in(path), csrf="").status_code for path in paths} == dict.fromkeys(
        paths, 401
    ) | {"/connect/export": 403}


def test_no_form_of_another_site_changes_anything(owner: Browser) -> None:
    paths = set(doors_of(owner, "POST")) - BY_TOKEN
    csrf = owner.csrf()
    statuses = {path: owner.post(filled_in(path), csrf=csrf, headers=ELSEWHERE).status_code for path in paths}
    assert statuses == dict.fromkeys(paths, 403)


def test_no_form_with_another_token_changes_anything(owner: Browser) -> None:
    paths = set(doors_of(owner, "POST")) - BY_TOKEN
    statuses = {path: owner.post(filled_in(path), csrf="0" * 43).status_code for path in paths - {"/connect/export"}}
    assert statuses == dict.fromkeys(paths - {"/connect/export"}, 403)


def test_a_token_of_another_session_changes_nothing(home: AppFixture, owner: Browser) -> None:
    with browser(home) as second:
        second.let_in()
        assert owner.post("/settings/leave/delete", csrf=second.csrf()).status_code == 403


# --- and -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("next_", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_no_link_to_the_sign_in_leads_elsewhere_afterwards(home: AppFixture, stranger: Browser, next_: str) -> None:
    assert "evil" not in stranger.get("/sign-in", params={"next": next_}).text
    answer = stranger.post("/sign-in/key", {"key": home.sandbox.you.api_key, "next": next_}, csrf="")
    assert answer.headers["location"] == "/today"


@pytest.mark.parametrize("next_", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_no_cookie_of_a_sign_in_leads_elsewhere_afterwards(home: AppFixture, stranger: Browser, next_: str) -> None:
    sent = stranger.post("/sign-in", csrf="")
    secret = stranger.client.cookies["companion-signing"].partition(".")[0]
    with home.person() as person:
        landing = person.allow(sent.headers["location"]).removeprefix(HERE)
    stranger.client.cookies.set("companion-signing", f"{secret}.{quote(next_, safe='')}")
    assert stranger.get(landing).headers["location"] == "/today"


def test_a_path_cannot_write_a_line_of_its_own_into_the_log(
    stranger: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="intervals_companion")
    caplog.clear()
    stranger.get("/x%0AGET%20/today%20200%0D%1B[2J")
    assert len(ours(caplog).splitlines()) == len([one for one in caplog.records if one.name.startswith("intervals_c")])
    assert "\x1b" not in ours(caplog)


def test_a_mistake_of_ours_is_logged_without_what_it_had_at_hand(
    owner: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    server(owner.web, Listen(port=0))
    logging.getLogger("uvicorn.error").error(
        "Exception in ASGI application\n", exc_info=ValueError(f"weight {KILOGRAMS} of Mika")
    )
    assert "Exception in ASGI application: ValueError" in caplog.text
    assert not any(word in caplog.text for word in (str(KILOGRAMS), "Mika"))


def test_an_upload_that_unpacks_without_end_is_stopped_and_logged_without_its_name(
    home: AppFixture, owner: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="intervals_companion")
    files: Any = {"file": ("Mika Sommer.zip", bomb())}
    sent = owner.post("/connect/export", files=files)
    said = owner.get(sent.headers["location"], follow_redirects=True).text
    assert "size that no Apple Health export has" in said
    assert "import failed: DamagedInput" in ours(caplog)
    assert "Mika" not in ours(caplog)
    assert list(home.context.store.folder.glob("upload-*")) == []


def bomb() -> bytes:
    packed = BytesIO()
    with (
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as whole,
        whole.open("apple_health_export/export.xml", "w", force_zip64=True) as member,
    ):
        member.write(b"<!DOCTYPE HealthData><HealthData>")
        for _ in range(300):
            member.write(bytes(2**20))
    return packed.getvalue()
