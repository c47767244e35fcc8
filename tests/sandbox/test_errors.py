"""Refusals: unknown paths, wrong verbs, bad bodies, and what the sandbox does not play. Notes, section 3."""

from __future__ import annotations

import json
from typing import Any

import pytest

from intervals_sandbox import Limits, shapes
from intervals_sandbox.api import HANDLERS
from intervals_sandbox.operations import OPERATIONS, SERVER_ONLY, find
from sandbox.harness import TODAY, Box, box
from support.facts import facts_path

NOT_PLAYED = [operation for operation in OPERATIONS if operation.name not in HANDLERS]


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing", "/api/v1/athlete/0/nothing", "/api/v2/athletes", "/api/x", "/api/v1/chats"]
)
def test_an_unknown_path_is_a_404_of_the_framework(sandbox: Box, path: str) -> None:
    answer = sandbox.client.get(path, auth=sandbox.key())
    assert answer.status_code == 404
    assert answer.json() == {
        "timestamp": "2026-11-23T11:30:00.000+00:00",
        "status": 404,
        "error": "Not Found",
        "path": path,
    }


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", f"/athlete/0/wellness/{TODAY}"),
        ("GET", "/athlete/0/download-fit-files"),
        ("POST", "/athlete/0"),
        ("PATCH", "/athlete/0"),
        ("OPTIONS", "/athlete/0"),
        ("DELETE", "/athletes"),
    ],
)
def test_a_wrong_verb_on_a_known_path_is_a_405(sandbox: Box, method: str, path: str) -> None:
    answer = sandbox.send(method, path)
    assert answer.status_code == 405
    assert answer.json()["error"] == "Method Not Allowed"


def test_a_head_request_is_a_get_without_a_body(sandbox: Box) -> None:
    answer = sandbox.send("HEAD", "/athlete/0")
    assert answer.status_code == 200


@pytest.mark.parametrize("operation", NOT_PLAYED, ids=lambda operation: operation.name)
def test_what_is_not_played_says_so_by_name(operation: Any) -> None:
    answer = _SHARED.send(operation.method, _example(operation.path))
    assert answer.status_code == 501
    assert operation.name in answer.json()["error"]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_operation_asks_for_a_credential(operation: Any) -> None:
    assert _SHARED.send(operation.method, _example(operation.path), auth=None).status_code == 401


@pytest.mark.parametrize("operation", SERVER_ONLY, ids=lambda operation: operation.name)
def test_what_only_the_server_knows_is_not_played_either(operation: Any) -> None:
    path = _example(operation.path)
    answer = _SHARED.send(operation.method, path)
    assert answer.status_code == 501
    assert answer.json()["error"].startswith(f"{operation.name} ({operation.method} /api/v1{operation.path})")
    assert _SHARED.send(operation.method, path, auth=None).status_code == 401


def test_four_operations_are_on_the_server_only() -> None:
    assert {(operation.method, operation.path) for operation in SERVER_ONLY} == {
        ("PUT", "/chats/{id}/block"),
        ("POST", "/shared-event"),
        ("PUT", "/shared-event/{id}"),
        ("DELETE", "/shared-event/{id}"),
    }


_SHARED = box(followed=0)


def _example(path: str) -> str:
    for name in ("{ext}", "{format}"):
        path = path.replace(name, "")
    while "{" in path:
        path = path.partition("{")[0] + "1" + path.partition("}")[2]
    return path


@pytest.mark.facts
def test_the_table_of_operations_is_that_of_the_published_description() -> None:
    spec = json.loads(facts_path("reference", "intervals-icu", "openapi.json").read_text())
    published = {
        (method.upper(), path, operation["operationId"], operation["tags"][0])
        for path, methods in spec["paths"].items()
        for method, operation in methods.items()
    }
    assert {(item.method, f"/api/v1{item.path}", item.name, item.tag) for item in OPERATIONS} == published
    assert len(OPERATIONS) == 148


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_operation_is_found_by_its_own_path(operation: Any) -> None:
    found = find(operation.method, _example(operation.path))
    assert found is not None
    assert found.operation == operation


@pytest.mark.facts
@pytest.mark.parametrize(
    ("shape", "schema", "added"),
    [
        (shapes.WITH_SPORT_SETTINGS, "WithSportSettings", ()),
        (shapes.ATHLETE_WITH_TAGS, "AthleteWithTags", ()),
        (shapes.SPORT_SETTINGS, "SportSettings", ()),
        (shapes.CUSTOM_ITEM, "CustomItem", ()),
        (shapes.NEW_CUSTOM_ITEM, "NewCustomItem", ()),
        (shapes.WELLNESS, "Wellness", ()),
        (shapes.ACTIVITY, "Activity", ()),
        (shapes.ACTIVITY_WITH_INTERVALS, "ActivityWithIntervals", ()),
        (shapes.HIDDEN, "Hidden", ()),
        (shapes.INTERVAL, "Interval", ()),
        (shapes.INTERVAL_GROUP, "IntervalGroup", ()),
        (shapes.STREAM, "ActivityStream", ("valueType",)),
        (shapes.MESSAGE, "Message", ()),
        (shapes.CHAT, "Chat", ()),
        (shapes.EVENT, "Event", ("plan_name",)),
        (shapes.SUMMARY, "SummaryWithCats", ()),
        (shapes.CATEGORY_SUMMARY, "CategorySummary", ()),
    ],
)
def test_objects_have_the_published_keys_and_the_few_that_answers_add(
    shape: tuple[str, ...], schema: str, added: tuple[str, ...]
) -> None:
    spec = json.loads(facts_path("reference", "intervals-icu", "openapi.json").read_text())
    assert sorted(shape) == sorted([*spec["components"]["schemas"][schema]["properties"], *added])


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'"text"', b"null", b"{'a': 1}", b'{"weight": NaN}', b"\xff", b"[" * 100_000]
)
def test_a_body_that_is_no_json_object_is_a_400(sandbox: Box, body: bytes) -> None:
    assert sandbox.send("PUT", f"/athlete/0/wellness/{TODAY}", content=body).status_code == 400


@pytest.mark.parametrize("body", [b"{}", b"[1]", b"null"])
def test_a_body_that_is_no_list_of_objects_is_a_400(sandbox: Box, body: bytes) -> None:
    assert sandbox.send("PUT", "/athlete/0/wellness-bulk", content=body).status_code == 400


def test_a_missing_parameter_is_a_422_that_names_it(sandbox: Box) -> None:
    answer = sandbox.get("/athlete/0/activities")
    assert answer.status_code == 422
    assert answer.json() == {
        "status": 422,
        "error": "Required request parameter 'oldest' for method parameter type String is not present",
    }


@pytest.mark.parametrize(
    "path",
    [
        "/athlete/0/activities?oldest=yesterday",
        "/athlete/0/activities?oldest=2026-11-01&limit=many",
        "/athlete/0/activities?oldest=2026-11-01&limit=99999999999",
        "/athlete/0/wellness?oldest=2026-13-01",
        "/athlete/0/wellness/tomorrow",
        "/athlete/0/wellness/2026-W47-1",
        "/athlete/0/wellness?oldest=2026-W47-1",
        "/athlete/0/activities?oldest=2026-W47-1T07:00:00",
        "/athlete/0/activities?oldest=20261120T070000",
        "/athlete/0/events?resolve=x&limit=1.5",
        "/athlete/0/events/abc",
        "/athlete/0/custom-item/99999999999",
    ],
)
def test_a_parameter_of_the_wrong_type_is_a_400_or_leaks_the_exception_as_a_500(sandbox: Box, path: str) -> None:
    assert sandbox.get(path).status_code == 400
    sandbox.switch(leak_bad_types=True)
    leaked = sandbox.get(path)
    assert leaked.status_code == 500
    assert "java." in leaked.json()["error"]


def test_an_upload_beyond_the_limit_is_a_413() -> None:
    own = box(limits=Limits(upload_bytes=1000))
    assert own.upload(bytes(2000)).status_code == 413
    assert own.put(f"/athlete/0/wellness/{TODAY}", {"comments": "x" * 2000}).status_code == 413


def test_an_unknown_object_is_a_404(sandbox: Box) -> None:
    for path in ("/activity/i1", "/athlete/0/events/1", "/athlete/0/custom-item/1", "/athlete/0/sport-settings/Chess"):
        assert sandbox.get(path).status_code == 404


def test_half_a_surrogate_pair_does_no_harm(sandbox: Box) -> None:
    body = b'{"comments": "\\ud83d"}'
    assert sandbox.send("PUT", f"/athlete/0/wellness/{TODAY}", content=body).json()["comments"] == "?"


def test_who_is_not_signed_in_is_told_so_before_the_body_is_judged() -> None:
    own = box(limits=Limits(upload_bytes=1000))
    assert own.upload(bytes(2000), auth=None).status_code == 401
    assert [entry["status"] for entry in own.client.get("/sandbox/requests").json()] == [401]
