"""Eight requests are few: in which order the doctor asks, and that nothing waits for ever."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from intervals_companion.app.doctor import checkup
from intervals_companion.doctor import probe
from intervals_companion.doctor.checks import Check, State
from intervals_companion.doctor.intervals import ScopeState
from intervals_companion.intervals.wire import Request, Response
from support.app_fixture import AppFixture, app_fixture, between

API = "/api/v1/athlete/0"
PUT, UPLOAD, FIELDS = "/wellness-bulk", "/activities", "/custom-item"
COMMENTS, STREAMS = "/messages", "/streams"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[AppFixture]:
    """A companion whose athlete has activities of their own."""
    with app_fixture(tmp_path, empty=False) as made:
        made.sign_in()
        yield made


def asked(home: AppFixture) -> list[str]:
    """What one examination asks."""
    home.forget_requests()
    checkup.examine(home.context)
    log = [f"{one['method']} {one['path']}" for one in home.sandbox.log.as_json()]
    assert len(log) <= probe.MOST_REQUESTS
    return log


def finding(home: AppFixture, name: str) -> Check:
    found = home.context.read(checkup.stored).check(name)
    assert found is not None
    return found


def readings(home: AppFixture) -> dict[str, ScopeState]:
    return {row.area: row.read for row in home.context.read(checkup.stored).matrix}


def test_the_first_examination_reads_a_little_of_every_area(home: AppFixture) -> None:
    log = asked(home)
    assert readings(home) == dict.fromkeys(("ACTIVITY", "WELLNESS", "CALENDAR", "CHATS", "SETTINGS"), ScopeState.PROVED)
    assert any(COMMENTS in line for line in log)
    assert not any(line.endswith(FIELDS) for line in log)
    assert finding(home, "custom-fields").state is State.WARNING


def test_fields_that_the_athlete_record_does_not_tell_of_are_asked_for(home: AppFixture) -> None:
    def answer(request: Request) -> Response | None:
        if not request.url.endswith("/athlete/0"):
            return None
        record = {"id": home.sandbox.you.id, "name": "Mika Sommer"}
        return Response(200, {"content-type": "application/json"}, json.dumps(record).encode())

    between(home, answer)
    rounds = [asked(home), asked(home)]
    assert any(line.endswith(FIELDS) for log in rounds for line in log)
    assert finding(home, "custom-fields").state is State.WARNING
    assert readings(home)["SETTINGS"] is ScopeState.PROVED


def test_what_was_left_out_comes_first_the_next_time(home: AppFixture) -> None:
    assert not any(STREAMS in line for line in asked(home))
    assert STREAMS in asked(home)[2]


def test_boxes_that_stay_refused_keep_nothing_else_waiting(home: AppFixture) -> None:
    seen: list[str] = []

    def answer(request: Request) -> Response | None:
        seen.append(f"{request.method} {urlsplit(request.url).path}")
        return Response(403, {}) if request.method != "GET" else None

    between(home, answer)
    rounds: list[list[str]] = []
    for _ in range(6):
        seen.clear()
        checkup.examine(home.context)
        assert len(seen) <= probe.MOST_REQUESTS
        rounds.append(list(seen))
    for two in pairwise(rounds):
        both = [line for one in two for line in one]
        for wanted in (f"PUT {API}{PUT}", f"POST {API}{UPLOAD}", COMMENTS, STREAMS):
            assert any(line.endswith(wanted) for line in both), wanted
