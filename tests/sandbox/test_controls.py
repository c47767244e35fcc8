"""The sandbox's own addresses: request log, faults, switches."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from attrs import fields

from intervals_sandbox import Switches
from intervals_sandbox.faults import KINDS
from sandbox.harness import TODAY, Box, box

DAY = f"/athlete/0/wellness/{TODAY}"


def _log(sandbox: Box) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = sandbox.client.get("/sandbox/requests").json()
    return entries


def test_the_log_tells_method_path_status_credential_and_access(sandbox: Box) -> None:
    sandbox.put(DAY, {"mood": 1})
    sandbox.get(f"{DAY}?x=secret", auth=None)
    assert _log(sandbox) == [
        {"method": "PUT", "path": f"/api/v1{DAY}", "status": 200, "credential": "key", "access": "write"},
        {"method": "GET", "path": f"/api/v1{DAY}", "status": 401, "credential": "none", "access": "read"},
    ]


def test_the_log_tells_tokens_from_keys(sandbox: Box) -> None:
    token = sandbox.token()
    sandbox.client.delete("/sandbox/requests")
    sandbox.get(DAY, token=token)
    sandbox.get(DAY, token="revoked")
    assert [(entry["credential"], entry["status"]) for entry in _log(sandbox)] == [("token", 200), ("token", 401)]


def test_the_log_holds_api_requests_only(sandbox: Box) -> None:
    sandbox.token()
    assert {entry["path"] for entry in _log(sandbox)} == {"/api/oauth/token"}


def test_no_secret_and_no_body_is_in_the_log(sandbox: Box) -> None:
    token = sandbox.token()
    sandbox.put(DAY, {"weight": 71.23, "comments": "hush"}, token=token)
    sandbox.get(DAY)
    text = sandbox.client.get("/sandbox/requests").text
    app = next(iter(sandbox.sandbox.state.apps.values()))
    for secret in (token, str(sandbox.you.api_key), app.secret, "71.23", "hush"):
        assert secret not in text


def test_a_post_that_only_reads_is_logged_as_reading(sandbox: Box) -> None:
    sandbox.post("/athlete/0/download-fit-files?ids=i1", {})
    assert _log(sandbox)[0]["access"] == "read"


def test_the_log_can_be_emptied(sandbox: Box) -> None:
    sandbox.get(DAY)
    assert sandbox.client.delete("/sandbox/requests").status_code == 204
    assert _log(sandbox) == []


# Faults, in-process: a closed connection meets the caller as ConnectionResetError.


def _order(sandbox: Box, kind: str, times: int = 1, method: str = "*", prefix: str = "/api") -> None:
    fault = {"method": method, "path_prefix": prefix, "times": times, "kind": kind}
    assert sandbox.client.put("/sandbox/faults", json=[fault]).status_code == 200


def test_a_request_may_be_lost_before_anything_is_done(sandbox: Box) -> None:
    _order(sandbox, "timeout_before")
    with pytest.raises(ConnectionResetError):
        sandbox.put(DAY, {"weight": 65})
    assert sandbox.get(DAY).json()["weight"] is None


def test_an_answer_may_be_lost_after_all_is_done(sandbox: Box) -> None:
    _order(sandbox, "timeout_after")
    with pytest.raises(ConnectionResetError):
        sandbox.put(DAY, {"weight": 65})
    assert sandbox.get(DAY).json()["weight"] == 65


def test_a_lost_answer_is_logged_without_a_status(sandbox: Box) -> None:
    _order(sandbox, "timeout_after")
    with pytest.raises(ConnectionResetError):
        sandbox.get(DAY)
    assert _log(sandbox)[0]["status"] is None


@pytest.mark.parametrize(("kind", "retry"), [("429", "1"), ("500", None), ("502", None), ("503", "1")])
def test_a_fault_may_be_a_refusal_that_does_nothing(sandbox: Box, kind: str, retry: str | None) -> None:
    _order(sandbox, kind)
    answer = sandbox.put(DAY, {"weight": 65})
    assert answer.status_code == int(kind)
    assert answer.headers.get("Retry-After") == retry
    assert sandbox.get(DAY).json()["weight"] is None


def test_a_server_error_may_come_after_all_is_done(sandbox: Box) -> None:
    _order(sandbox, "500_after")
    assert sandbox.put(DAY, {"weight": 65}).status_code == 500
    assert sandbox.get(DAY).json()["weight"] == 65


def test_a_fault_strikes_as_often_as_it_was_ordered(sandbox: Box) -> None:
    _order(sandbox, "503", times=2)
    assert [sandbox.get(DAY).status_code for _ in range(4)] == [503, 503, 200, 200]
    assert sandbox.client.get("/sandbox/faults").json() == []


def test_a_fault_concerns_its_method_and_path_only(sandbox: Box) -> None:
    _order(sandbox, "503", method="PUT", prefix="/api/v1/athlete/0/wellness")
    assert sandbox.get(DAY).status_code == 200
    assert sandbox.put("/athlete/0/custom-item/1", {}).status_code == 404
    assert sandbox.put(DAY, {}).status_code == 503


def test_faults_strike_in_the_order_they_were_given(sandbox: Box) -> None:
    kinds = ["503", "429", "500"]
    faults = [{"method": "GET", "path_prefix": "/api", "times": 1, "kind": kind} for kind in kinds]
    sandbox.client.put("/sandbox/faults", json=faults)
    assert [sandbox.get(DAY).status_code for _ in range(4)] == [503, 429, 500, 200]


def test_ordering_nothing_takes_back_what_was_ordered(sandbox: Box) -> None:
    _order(sandbox, "503", times=10)
    sandbox.client.put("/sandbox/faults", json=[])
    assert sandbox.get(DAY).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "flood"},
        {"times": 0},
        {"times": 1001},
        {"times": "often"},
        {"method": "get"},
        {"path_prefix": "api"},
        {"path_prefix": 5},
        {"when": "now"},
    ],
)
def test_a_wrong_order_is_refused_and_leaves_the_earlier_one(sandbox: Box, wrong: dict[str, Any]) -> None:
    _order(sandbox, "503")
    fault = {"method": "GET", "path_prefix": "/api", "times": 1, "kind": "500", **wrong}
    answer = sandbox.client.put("/sandbox/faults", json=[fault])
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert [waiting["kind"] for waiting in sandbox.client.get("/sandbox/faults").json()] == ["503"]


@pytest.mark.parametrize("body", [b"{}", b"[1]", b"nonsense", b'"x"'])
def test_an_order_that_is_no_list_of_faults_is_refused(sandbox: Box, body: bytes) -> None:
    assert sandbox.client.put("/sandbox/faults", content=body).status_code == 422


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_fault_has_an_effect(sandbox: Box, kind: str) -> None:
    _order(sandbox, kind)
    try:
        assert sandbox.get(DAY).status_code >= 429
    except ConnectionResetError:
        assert kind in ("timeout_before", "timeout_after", "truncated")


# Switches


def test_switches_can_be_read_and_flipped_while_running(sandbox: Box) -> None:
    assert sandbox.client.get("/sandbox/switches").json()["leak_bad_types"] is False
    flipped = sandbox.client.put("/sandbox/switches", json={"leak_bad_types": True}).json()
    assert flipped["leak_bad_types"] is True
    assert sandbox.get("/athlete/0/wellness/soon").status_code == 500


@pytest.mark.parametrize("wrong", [{"gravity": False}, {"leak_bad_types": "yes"}, {"bad_code_status": 418}, [], 5])
def test_a_wrong_flip_is_refused_and_changes_nothing(sandbox: Box, wrong: Any) -> None:
    before = sandbox.client.get("/sandbox/switches").json()
    answer = sandbox.client.put("/sandbox/switches", json=wrong)
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert sandbox.client.get("/sandbox/switches").json() == before


def test_a_sandbox_starts_with_the_switches_it_is_given() -> None:
    own = box(switches=Switches(rate_limits=False, comments_area="ACTIVITY"))
    assert own.client.get("/sandbox/switches").json()["comments_area"] == "ACTIVITY"


def test_every_switch_has_a_default() -> None:
    assert set(Switches().as_json()) == {switch.name for switch in fields(Switches)}


@pytest.mark.parametrize("path", ["/sandbox/requests", "/sandbox/faults", "/sandbox/switches", "/sandbox/delay"])
def test_the_controls_answer_to_this_machine_only(sandbox: Box, path: str) -> None:
    sandbox.client._transport.client = ("192.0.2.7", 50000)  # type: ignore[attr-defined]
    assert sandbox.client.get(path).status_code == 403


# Delay


def test_every_answer_of_the_api_takes_as_long_as_it_was_told_to() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    own = box(latency=0.08, sleep=sleep)
    assert [own.get(path).status_code for path in (DAY, "/nowhere")] == [200, 404]
    own.client.put("/sandbox/delay", json={"seconds": 2})
    own.get(DAY)
    own.client.put("/sandbox/delay", json={"seconds": 0})
    own.get(DAY)
    assert slept == [0.08, 0.08, 2]
    assert own.client.get("/sandbox/delay").json() == {"seconds": 0}


def test_delayed_answers_wait_side_by_side() -> None:
    """Each waits until all three do; one after the other they never would."""
    together, waiting = asyncio.Event(), 0

    async def sleep(_: float) -> None:
        nonlocal waiting
        waiting += 1
        if waiting == 3:
            together.set()
        await asyncio.wait_for(together.wait(), 5)

    own = box(latency=0.08, sleep=sleep)
    with own.client, ThreadPoolExecutor(3) as pool:
        assert list(pool.map(lambda _: own.get(DAY).status_code, range(3))) == [200] * 3


def test_who_gives_up_waiting_has_changed_the_day_all_the_same() -> None:
    seen: list[Any] = []

    async def sleep(_: float) -> None:
        seen.append(own.you.wellness[TODAY]["weight"])

    own = box(latency=0.08, sleep=sleep)
    own.put(DAY, {"weight": 65})
    assert seen == [65]


@pytest.mark.parametrize("wrong", [{}, [], {"seconds": -1}, {"seconds": 61}, {"seconds": "long"}, {"seconds": True}])
def test_a_wrong_delay_is_refused_and_changes_nothing(sandbox: Box, wrong: Any) -> None:
    assert sandbox.client.put("/sandbox/delay", json=wrong).status_code == 422
    assert sandbox.client.get("/sandbox/delay").json() == {"seconds": 0}


# Streams


def _odd(sandbox: Box, *streams: Any) -> str:
    """The id of a recorded activity of yours that has these streams from now on."""
    recorded = next(item for item in sandbox.activities() if item.record)
    answer = sandbox.client.put("/sandbox/streams", json={"activity_id": recorded.id, "streams": streams})
    assert answer.status_code == 200
    return recorded.id


def _streams(sandbox: Box, activity: str, types: str = "") -> dict[str, dict[str, Any]]:
    return {row["type"]: row for row in sandbox.get(f"/activity/{activity}/streams?{types}").json()}


def test_streams_may_be_all_null_custom_or_of_another_length(sandbox: Box) -> None:
    activity = _odd(
        sandbox,
        {"type": "heartrate", "data": [120, 121]},
        {"type": "cadence", "data": [None, None]},
        {"type": "CoreTemp", "name": "Core temperature", "custom": True, "data": [37.1, None]},
    )
    found = _streams(sandbox, activity)
    assert len(found["time"]["data"]) > len(found["heartrate"]["data"]) == 2
    assert (found["cadence"]["allNull"], found["heartrate"]["allNull"]) == (True, False)
    assert (found["CoreTemp"]["custom"], found["CoreTemp"]["name"]) == (True, "Core temperature")
    assert set(_streams(sandbox, activity, "types=CoreTemp")) == {"CoreTemp"}
    assert "CoreTemp" in sandbox.get(f"/activity/{activity}").json()["stream_types"]
    assert sandbox.get(f"/activity/{activity}/streams.csv").status_code == 200


def test_odd_streams_can_be_taken_away_again(sandbox: Box) -> None:
    recorded = next(item for item in sandbox.activities() if item.record)
    before = sandbox.get(f"/activity/{recorded.id}/streams").json()
    _odd(sandbox, {"type": "CoreTemp", "data": [37.1]})
    _odd(sandbox)
    assert sandbox.get(f"/activity/{recorded.id}/streams").json() == before


ODD: list[Any] = [5, {"data": []}, {"type": "x"}, {"type": "x", "data": [], "more": 1}]


@pytest.mark.parametrize(
    "wrong", [[], {}, {"activity_id": "i1", "streams": []}, *({"streams": [stream]} for stream in ODD)]
)
def test_a_wrong_order_of_streams_is_refused(sandbox: Box, wrong: Any) -> None:
    recorded = next(item for item in sandbox.activities() if item.record)
    body = {"activity_id": recorded.id, **wrong} if wrong else wrong
    assert sandbox.client.put("/sandbox/streams", json=body).status_code == 422
    assert recorded.odd_streams == []
