"""Custom fields. Notes, section 5.3."""

from __future__ import annotations

from typing import Any

import pytest

from intervals_sandbox import shapes
from sandbox.harness import Box

PATH = "/athlete/0/custom-item"
FIELD = {"type": "INPUT_FIELD", "name": "Heat", "content": {"code": "Heat", "type": "numeric", "aggregate": "MAX"}}


def test_your_two_fields_are_there(sandbox: Box) -> None:
    items = sandbox.get(PATH).json()
    assert [item["content"]["code"] for item in items] == ["ActiveEnergy", "RestingEnergy"]
    assert all(set(item) == set(shapes.CUSTOM_ITEM) for item in items)
    assert sandbox.get("/athlete/0").json()["custom_items"] == items


def test_a_new_field_is_answered_listed_and_usable(sandbox: Box) -> None:
    made = sandbox.post(PATH, FIELD).json()
    assert made["content"] == FIELD["content"]
    assert made["athlete_id"] == sandbox.you.id
    assert made["required_items_created"] is None
    assert sandbox.get(f"{PATH}/{made['id']}").json()["name"] == "Heat"
    assert sandbox.put("/athlete/0/wellness/2026-11-20", {"Heat": 38.5}).json()["Heat"] == 38.5


@pytest.mark.parametrize(
    "content",
    [
        {"code": "heat", "type": "numeric"},
        {"code": "H", "type": "numeric"},
        {"code": "My Heat", "type": "numeric"},
        {"type": "numeric"},
        {"code": "Heat", "type": "number"},
        {"code": "Heat", "type": "numeric", "aggregate": "AVG"},
        {"code": 5},
        "Heat",
        None,
    ],
)
def test_bad_content_is_a_400(sandbox: Box, content: Any) -> None:
    assert sandbox.post(PATH, {**FIELD, "content": content}).status_code == 400
    assert len(sandbox.get(PATH).json()) == 2


@pytest.mark.parametrize("kind", ["numeric", "text", "select"])
def test_a_field_takes_values_of_its_type(sandbox: Box, kind: str) -> None:
    sandbox.post(PATH, {**FIELD, "content": {"code": "Heat", "type": kind}})
    value: Any = 5 if kind == "numeric" else "hot"
    assert sandbox.put("/athlete/0/wellness/2026-11-20", {"Heat": value}).json()["Heat"] == value


@pytest.mark.parametrize(("missing", "words"), [("type", "Type is required"), ("name", "Name is required")])
def test_type_and_name_are_required(sandbox: Box, missing: str, words: str) -> None:
    answer = sandbox.post(PATH, {key: value for key, value in FIELD.items() if key != missing})
    assert (answer.status_code, answer.json()["error"]) == (422, words)


@pytest.mark.parametrize("wrong", [{"type": "FIELD"}, {"visibility": "FRIENDS"}, {"name": 5}, {"index": "first"}])
def test_a_wrong_word_is_a_400(sandbox: Box, wrong: dict[str, Any]) -> None:
    assert sandbox.post(PATH, {**FIELD, **wrong}).status_code == 400


def test_only_what_is_sent_changes(sandbox: Box) -> None:
    item = sandbox.post(PATH, FIELD).json()
    changed = sandbox.put(f"{PATH}/{item['id']}", {"visibility": "FOLLOWERS"}).json()
    assert (changed["visibility"], changed["name"], changed["content"]) == ("FOLLOWERS", "Heat", FIELD["content"])


def test_content_is_replaced_whole(sandbox: Box) -> None:
    item = sandbox.post(PATH, FIELD).json()
    changed = sandbox.put(f"{PATH}/{item['id']}", {"content": {"code": "Heat"}}).json()
    assert changed["content"] == {"code": "Heat"}


def test_bad_content_changes_nothing(sandbox: Box) -> None:
    item = sandbox.post(PATH, FIELD).json()
    assert sandbox.put(f"{PATH}/{item['id']}", {"name": "New", "content": {"code": "x"}}).status_code == 400
    assert sandbox.get(f"{PATH}/{item['id']}").json()["name"] == "Heat"


def test_a_deleted_field_is_gone(sandbox: Box) -> None:
    item = sandbox.post(PATH, FIELD).json()["id"]
    assert sandbox.delete(f"{PATH}/{item}").status_code == 200
    assert sandbox.get(f"{PATH}/{item}").status_code == 404
    assert sandbox.delete(f"{PATH}/{item}").status_code == 404


def test_followers_see_only_what_is_shared(sandbox: Box) -> None:
    friend = sandbox.friend
    friend.follows.add(sandbox.you.id)
    friend.api_key = "friendskey"
    shared = sandbox.post(PATH, {**FIELD, "visibility": "FOLLOWERS"}).json()["id"]
    private = next(iter(sandbox.you.custom_items))
    path = f"/athlete/{sandbox.you.id}/custom-item"
    assert [item["id"] for item in sandbox.get(path, auth=sandbox.key(friend)).json()] == [shared]
    assert sandbox.get(f"{path}/{private}", auth=sandbox.key(friend)).status_code == 404


def test_sport_settings_are_found_by_number_and_by_type(sandbox: Box) -> None:
    listed = sandbox.get("/athlete/0/sport-settings").json()
    run = next(sport for sport in listed if "Run" in sport["types"])
    assert set(run) == set(shapes.SPORT_SETTINGS)
    assert sandbox.get("/athlete/0/sport-settings/Run").json() == run
    assert sandbox.get(f"/athlete/0/sport-settings/{run['id']}").json() == run
