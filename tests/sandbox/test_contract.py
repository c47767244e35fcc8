"""The sandbox against the published description of the API, mended as `mended` says, by way of schemathesis.

Each operation that the sandbox plays gets bodies and parameters made up from the description; ids, days and names are
drawn from the seeded world.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache
from typing import Any

import httpx2
import pytest
import schemathesis
from attrs import frozen
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_schema_conformance,
    status_code_conformance,
)

from intervals_sandbox.api import HANDLERS
from intervals_sandbox.files.write_fit import write_fit
from intervals_sandbox.operations import OPERATIONS
from intervals_sandbox.shapes import WELLNESS
from intervals_sandbox.state import Activity, Chat, Values
from sandbox.harness import Box, box
from sandbox.mended import CORRECTIONS, SUFFIXES, mended
from support.depth import examples
from support.facts import facts_path

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    ignored_auth,
]
EXAMPLES = 20
SUCCESSES = 0.5
"""Of the examples, at least."""

_EXTENDED = {operation.name for operation in OPERATIONS if operation.path.endswith(("{ext}", "{format}"))}
PLAYED = [name + suffix for name in HANDLERS for suffix in (SUFFIXES if name in _EXTENDED else ("",))]


@cache
def _schema() -> Any:
    with facts_path("reference", "intervals-icu", "openapi.json").open() as file:
        return schemathesis.openapi.from_dict(mended(json.load(file)))


@cache
def _operations() -> Mapping[str, Any]:
    operations = (result.ok() for result in _schema().get_all_operations())
    return {operation.definition.raw["operationId"]: operation for operation in operations}


Draw = Callable[[st.SearchStrategy[Any]], Any]


@frozen
class World:
    """What requests are filled with, so that they mean something. As it was at first: what an example adds is left out
    of the next one's choices, which would else not be the same twice.
    """

    box: Box
    activities: list[Activity]
    chat: Chat
    events: dict[int, Values]
    items: dict[int, Values]

    def restore(self) -> None:
        """Brings back what an earlier example deleted: every example finds the same world."""
        self.box.you.events.update(self.events)
        self.box.you.custom_items.update(self.items)
        for activity in self.activities:
            activity.deleted = False
        for message in self.chat.messages.values():
            message.pop("deleted", None)

    def one_of(self, *choices: Any) -> st.SearchStrategy[Any]:
        return st.sampled_from(choices)

    def path(self, path: str) -> dict[str, st.SearchStrategy[Any]]:
        you, friend = self.box.you.id, self.box.friend.id
        athlete = st.sampled_from(["0"] * 8 + [you] * 3 + [friend])
        if path.startswith("/api/v1/chats"):
            return {"id": st.just(self.chat.id), "msgId": st.sampled_from(list(self.chat.messages))}
        found = {"id": self.activity if path.startswith("/api/v1/activity") else athlete, "athleteId": athlete}
        if "sport-settings" in path:
            found["id"] = st.sampled_from(["Run", "Ride", "Swim", "Other", "Kitesurf"])
        return found | {
            "eventId": st.sampled_from(list(self.events)),
            "itemId": st.sampled_from(list(self.items)),
            "date": self.day,
            "ids": st.lists(self.activity, min_size=1, max_size=4).map(",".join),
        }

    @property
    def activity(self) -> st.SearchStrategy[str]:
        yours = [item.id for item in self.activities if not item.stub]
        others = [item.id for item in self.activities if item.stub] + [self.box.activities(self.box.friend)[0].id]
        return st.sampled_from(yours) | st.sampled_from(yours) | st.sampled_from([*yours, *others])

    @property
    def day(self) -> st.SearchStrategy[str]:
        return st.sampled_from([day.isoformat() for day in self.box.you.wellness])

    @property
    def moment(self) -> st.SearchStrategy[str]:
        return st.builds("{}T{:02}:30:00".format, self.day, st.integers(0, 23))

    @property
    def query(self) -> dict[str, st.SearchStrategy[Any]]:
        return {
            **dict.fromkeys(("oldest", "newest", "start", "end"), self.day | self.moment),
            "localDate": self.day,
            "fields": st.lists(self.one_of("id", "type", "name", "weight", "mood", "ctl"), min_size=1),
            "cols": st.lists(self.one_of("id", "weight", "mood", "ctl"), min_size=1),
            "types": st.lists(self.one_of("time", "watts", "raw_watts", "heartrate", "latlng"), min_size=1),
            "category": st.lists(self.one_of("WORKOUT", "NOTE", "RACE_A"), min_size=1),
            "limit": st.integers(0, 50),
        }

    @property
    def body(self) -> dict[str, st.SearchStrategy[Any]]:
        return {
            **dict.fromkeys(("start_date_local", "end_date_local"), self.moment),
            "id": self.day,
            "type": self.one_of("Run", "Ride", "Yoga"),
            "name": st.text(min_size=1, max_size=20),
            "session_rpe": st.none(),
            "can_train_sports": st.just(["Run"]),
            "content": st.text(st.characters(codec="ascii", categories=["L"]), min_size=1),
            "chat_id": st.just(self.chat.id),
            "to_activity_id": st.just(self.chat.activity_id),
            "to_athlete_id": st.just(self.box.friend.id),
        }

    def dress(self, case: Any, draw: Draw) -> None:
        """Fills a made-up request with things of the world."""
        for name, strategy in self.path(case.operation.path).items():
            if name in (case.path_parameters or {}):
                case.path_parameters[name] = draw(strategy)
        for name, strategy in self.query.items():
            if name in (case.query or {}):
                case.query[name] = draw(strategy)
        if case.operation.definition.raw["operationId"].endswith("CustomItem"):
            self._field(case.body, draw) if isinstance(case.body, dict) else None
        elif case.operation.definition.raw["operationId"] == "updateActivityStreams":
            case.body = self.streams(case.path_parameters["id"], draw)
        elif case.media_type == "multipart/form-data":
            case.body = {"file": self.file(case.operation.definition.raw["operationId"], draw)}
        else:
            bodies = case.body if isinstance(case.body, list) else [case.body]
            for body in [body for body in bodies if isinstance(body, dict)]:
                self._fill(body, draw, "wellness" in case.path)

    def _fill(self, body: dict[str, Any], draw: Draw, wellness: bool) -> None:
        """Gives the fields that are checked a value that means something, and numbers one of 32 bits."""
        filled = {name: draw(strategy) for name, strategy in self.body.items() if name in body or name in _NEEDED}
        body.update({name: value for name, value in filled.items() if not wellness or name == "id"})
        for name, value in list(body.items()):
            if wellness and name not in WELLNESS:
                del body[name]  # an unknown key refuses the whole record
            elif name in _NOT_PLAYED:
                del body[name]
            elif isinstance(value, (int, float)) and abs(value) > _FLOAT:
                body[name] = draw(st.integers(0, 100))

    def _field(self, body: dict[str, Any], draw: Draw) -> None:
        body["type"] = draw(self.one_of("INPUT_FIELD", "ACTIVITY_FIELD", "FITNESS_CHART"))
        body["name"] = draw(st.text(min_size=1, max_size=20))
        kind, aggregate = draw(self.one_of("numeric", "text", "select")), draw(self.one_of("SUM", "MAX"))
        body["content"] = {
            "code": draw(st.from_regex("[A-Z][a-z]{2,8}", fullmatch=True)),
            "type": kind,
            "aggregate": aggregate,
        }

    def streams(self, activity: str, draw: Draw) -> list[dict[str, Any]]:
        """As long as the activity is."""
        record = self.box.sandbox.state.activities[activity].record
        data = [draw(st.none() | st.integers(0, 200))] * (record().samples if record else 1)
        return [{"type": draw(self.one_of("heartrate", "cadence", "smo2")), "data": data}]

    def file(self, operation: str, draw: Draw) -> bytes:
        if operation == "uploadWellness":
            return f"date,weight,comments\n{draw(self.day)},{draw(st.integers(50, 90))},fine\n".encode()
        recorded = [item.record for item in self.activities if item.record and item.values["moving_time"] < 2400]
        return write_fit(draw(st.sampled_from(recorded))())


_FLOAT = 3e38
_NOT_PLAYED = ("file_contents", "file_contents_base64")
"""Fields of an event that the sandbox refuses by name."""
_NEEDED = ("start_date_local", "id", "type", "name", "content", "to_activity_id")


def _world() -> World:
    own = box()
    activities = own.activities()
    chat = own.sandbox.state.open_chat(activities[0])
    for _ in range(3):
        own.sandbox.state.post(chat, own.you, "x", "2026-11-23T11:30:00.000+00:00")
    return World(own, activities, chat, dict(own.you.events), dict(own.you.custom_items))


@pytest.mark.slow
@pytest.mark.facts
@pytest.mark.parametrize("name", PLAYED)
def test_the_sandbox_answers_as_the_description_says(name: str) -> None:
    operation = _operations()[name]
    world = _world()
    operation.app = operation.schema.app = world.box.app
    statuses: list[int] = []

    @settings(
        max_examples=examples(EXAMPLES),
        phases=[Phase.generate],
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), data=st.data())
    def run(case: Any, data: st.DataObject) -> None:
        world.restore()
        world.dress(case, data.draw)
        key = b64encode(f"API_KEY:{world.box.you.api_key}".encode()).decode()
        credential = f"Bearer {world.box.token()}" if name == "disconnectApp" else f"Basic {key}"
        statuses.append(case.call_and_validate(headers={"Authorization": credential}, checks=CHECKS).status_code)

    run()
    good = [status for status in statuses if 200 <= status < 300]
    assert len(good) >= SUCCESSES * len(statuses), f"only {len(good)} of {len(statuses)} succeeded: {statuses}"


@pytest.mark.facts
def test_every_correction_of_the_description_is_one_that_the_notes_list() -> None:
    notes = facts_path("reference", "intervals-icu", "API-NOTES.md").read_text(encoding="utf-8")
    about_the_spec = " ".join(notes.partition("## 0.")[2].partition("## 1.")[0].split())
    assert [words for words in CORRECTIONS if words not in about_the_spec] == []


@pytest.mark.facts
@pytest.mark.parametrize(("moving_time", "good"), [(5, True), (None, True), ("long", False)])
def test_an_activity_of_the_wrong_shape_does_not_pass_for_a_stub(moving_time: Any, good: bool) -> None:
    request = httpx2.Request("GET", "http://localhost/api/v1/activity/i1")
    answer = httpx2.Response(200, json={"id": "i1", "moving_time": moving_time}, request=request)
    answer.elapsed = timedelta()
    assert _operations()["getActivity"].is_valid_response(answer) is good


@pytest.mark.facts
def test_every_operation_that_is_played_is_put_to_the_test() -> None:
    assert set(PLAYED) <= set(_operations())
