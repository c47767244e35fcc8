"""The calendar. Notes, section 8; a known answer: a note as the service answered it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from intervals_sandbox import shapes
from sandbox.harness import TODAY, Box
from support.facts import facts_path

PATH = "/athlete/0/events"
NOTE = {"category": "NOTE", "name": "Rest", "start_date_local": "2026-11-25T00:00:00"}


@pytest.fixture
def blank(sandbox: Box) -> Box:
    sandbox.you.events.clear()
    return sandbox


@pytest.mark.facts
def test_a_note_is_answered_as_the_service_answered_it(sandbox: Box) -> None:
    folder = facts_path("reference", "intervals-icu", "examples")
    sent = json.loads((folder / "event-note-create-request.json").read_text())[0]
    captured = json.loads((folder / "event-note-create-response.json").read_text())[0]
    made = sandbox.post(PATH, sent).json()
    masked = {key for key, value in captured.items() if isinstance(value, str) and value.endswith("PLACEHOLDER")}
    assert {key: made[key] for key in captured if key not in masked} == {
        key: value for key, value in captured.items() if key not in masked
    }
    assert all(made[key] for key in masked)


def test_by_default_today_and_the_six_days_after_are_listed(blank: Box) -> None:
    for ahead in (-1, 0, 6, 7):
        blank.post(PATH, {**NOTE, "name": str(ahead), "start_date_local": f"{TODAY + timedelta(days=ahead)}T08:00:00"})
    assert [event["name"] for event in blank.get(PATH).json()] == ["0", "6"]
    from_tomorrow = blank.get(f"{PATH}?oldest={TODAY + timedelta(days=1)}").json()
    assert [event["name"] for event in from_tomorrow] == ["6", "7"]


def test_categories_and_limit_narrow_the_list(blank: Box) -> None:
    for category in ("NOTE", "WORKOUT", "RACE_A"):
        blank.post(PATH, {**NOTE, "category": category})
    for query in ("category=NOTE,RACE_A", "category=NOTE&category=RACE_A"):
        found = blank.get(f"{PATH}?{query}").json()
        assert [event["category"] for event in found] == ["NOTE", "RACE_A"]
    assert len(blank.get(f"{PATH}?limit=1").json()) == 1
    assert blank.get(f"{PATH}?calendar_id=99").json() == []
    assert blank.get(f"{PATH}?category=note").json() == []


def test_a_suffix_chooses_json_or_csv(blank: Box) -> None:
    blank.post(PATH, NOTE)
    assert blank.get(f"{PATH}.json").json() == blank.get(PATH).json()
    table = blank.get(f"{PATH}.csv")
    assert table.headers["content-type"].startswith("text/csv")
    assert len(table.text.splitlines()) == 2


def test_an_event_is_answered_whole_and_found_again(blank: Box) -> None:
    made = blank.post(PATH, {**NOTE, "description": "Legs up", "tags": ["easy"], "can_train_sports": ["Run"]}).json()
    assert set(made) == set(shapes.EVENT)
    assert (made["athlete_id"], made["created_by_id"]) == (blank.you.id, blank.you.id)
    assert blank.get(f"{PATH}/{made['id']}").json() == made


def test_the_end_is_exclusive(blank: Box) -> None:
    assert blank.post(PATH, NOTE).json()["end_date_local"] == "2026-11-26T00:00:00"
    holiday = {**NOTE, "category": "HOLIDAY", "end_date_local": "2026-12-01T00:00:00"}
    assert blank.post(PATH, holiday).json()["end_date_local"] == "2026-12-01T00:00:00"


def test_an_app_leaves_its_number_on_its_events(blank: Box) -> None:
    app = next(iter(blank.sandbox.state.apps))
    assert blank.post(PATH, NOTE, token=blank.token()).json()["oauth_client_id"] == app
    assert blank.post(PATH, NOTE).json()["oauth_client_id"] is None


@pytest.mark.parametrize(
    ("wrong", "status", "words"),
    [
        ({"start_date_local": "2026-11-25"}, 422, "start_date_local"),
        ({"start_date_local": None}, 422, "start_date_local"),
        ({"start_date_local": "2026-11-25T00:00:00Z"}, 422, "start_date_local"),
        ({"start_date_local": "2026-W48-3T00:00:00"}, 422, "start_date_local"),
        ({"name": None}, 422, "Name is required"),
        ({"name": ""}, 422, "Name is required"),
        ({"category": "note"}, 422, "category"),
        ({"can_train_sports": ["Chess"]}, 422, "Chess"),
        ({"moving_time": "long"}, 400, "moving_time"),
        ({"tags": "easy"}, 400, "tags"),
        ({"target": "FEEL"}, 400, "target"),
    ],
)
def test_a_wrong_event_is_refused(blank: Box, wrong: dict[str, Any], status: int, words: str) -> None:
    answer = blank.post(PATH, {**NOTE, **wrong})
    assert answer.status_code == status
    assert words in answer.json()["error"]
    assert blank.you.events == {}


def test_an_event_with_a_known_uid_is_changed_if_asked(blank: Box) -> None:
    first = blank.post(PATH, {**NOTE, "uid": "u1"}).json()
    again = blank.post(f"{PATH}?upsertOnUid=true", {"uid": "u1", "name": "Work"}).json()
    assert (again["id"], again["name"], again["category"]) == (first["id"], "Work", "NOTE")
    assert len(blank.you.events) == 1


@pytest.mark.parametrize("query", ["", "?upsertOnUid=false"])
def test_otherwise_it_is_a_second_one(blank: Box, query: str) -> None:
    blank.post(PATH, {**NOTE, "uid": "u1"})
    blank.post(f"{PATH}{query}", {**NOTE, "uid": "u1"})
    assert len(blank.you.events) == 2


def test_an_unknown_uid_is_a_new_event(blank: Box) -> None:
    assert blank.post(f"{PATH}?upsertOnUid=true", {**NOTE, "uid": "u1"}).json()["uid"] == "u1"


def test_only_what_is_sent_changes(blank: Box) -> None:
    made = blank.post(PATH, {**NOTE, "description": "Legs up"}).json()
    changed = blank.put(f"{PATH}/{made['id']}", {"name": "Travel"}).json()
    assert changed == {**made, "name": "Travel"}


def test_a_moved_event_keeps_its_length(blank: Box) -> None:
    made = blank.post(PATH, {**NOTE, "end_date_local": "2026-11-28T00:00:00"}).json()
    moved = blank.put(f"{PATH}/{made['id']}", {"start_date_local": "2026-12-01T00:00:00"}).json()
    assert moved["end_date_local"] == "2026-12-04T00:00:00"


@pytest.mark.parametrize("wrong", [{"name": ""}, {"start_date_local": "2026-12-01"}, {"category": "x"}])
def test_a_wrong_change_is_refused(blank: Box, wrong: dict[str, Any]) -> None:
    made = blank.post(PATH, NOTE).json()
    assert blank.put(f"{PATH}/{made['id']}", wrong).status_code == 422
    assert blank.get(f"{PATH}/{made['id']}").json() == made


WORKOUT = {**NOTE, "category": "WORKOUT", "type": "Ride", "name": "Sweet spot"}
STEP = {"duration": 600, "power": {"value": 55, "units": "%ftp"}}


def test_the_text_of_a_workout_is_parsed_into_its_steps(blank: Box) -> None:
    made = blank.post(PATH, {**WORKOUT, "description": "- 10m 55%"}).json()
    assert made["workout_doc"] == {"steps": [STEP], "duration": 600, "distance": 0}
    assert made["moving_time"] == 600


def test_what_is_sent_goes_before_what_the_text_says(blank: Box) -> None:
    sent = {"description": "- 10m 55%", "workout_doc": {"steps": []}, "moving_time": 5}
    made = blank.post(PATH, {**WORKOUT, **sent}).json()
    assert {key: made[key] for key in sent} == sent


@pytest.mark.parametrize("event", [{**NOTE, "description": "- 10m 55%"}, {**WORKOUT, "description": "- 2km easy"}])
def test_what_is_no_workout_or_cannot_be_read_has_no_steps(blank: Box, event: dict[str, Any]) -> None:
    made = blank.post(PATH, event).json()
    assert (made["workout_doc"], made["moving_time"]) == (None, None)


def test_a_changed_text_is_parsed_again(blank: Box) -> None:
    path = f"{PATH}/{blank.post(PATH, {**WORKOUT, 'description': '- 10m 55%'}).json()['id']}"
    assert blank.put(path, {"name": "Spin"}).json()["workout_doc"]["steps"] == [STEP]
    changed = blank.put(path, {"description": "- 20m 55%"}).json()
    assert (changed["workout_doc"]["duration"], changed["moving_time"]) == (1200, 1200)
    assert blank.put(path, {"description": "Just ride"}).json()["workout_doc"] is None


@pytest.mark.parametrize("key", ["file_contents", "file_contents_base64"])
def test_workout_files_are_refused_by_name(blank: Box, key: str) -> None:
    made = blank.post(PATH, WORKOUT).json()["id"]
    for answer in (
        blank.post(PATH, {**WORKOUT, key: "<workout_file/>", "filename": "a.zwo"}),
        blank.put(f"{PATH}/{made}", {key: "<workout_file/>", "filename": "a.zwo"}),
    ):
        assert answer.status_code == 501
        assert key in answer.json()["error"]
    assert list(blank.you.events) == [made]


def test_others_that_were_added_at_the_same_time_go_too_if_asked(blank: Box) -> None:
    before = blank.post(PATH, {**NOTE, "name": "before"}).json()["id"]
    blank.clock.advance(1)
    first, early, late = (
        blank.post(PATH, {**NOTE, "start_date_local": f"2026-11-{day}T00:00:00"}).json()["id"] for day in (25, 24, 26)
    )
    assert blank.delete(f"{PATH}/{first}?others=true&notBefore=2026-11-25").status_code == 200
    assert list(blank.you.events) == [before, early]
    assert late not in blank.you.events
    assert blank.delete(f"{PATH}/{early}?others=true&notBefore=soon").status_code == 400
    assert blank.delete(f"{PATH}/{early}?others=false").status_code == 200
    assert list(blank.you.events) == [before]


def test_a_deleted_event_is_gone(blank: Box) -> None:
    made = blank.post(PATH, NOTE).json()["id"]
    assert blank.delete(f"{PATH}/{made}").status_code == 200
    assert blank.get(f"{PATH}/{made}").status_code == 404
    assert blank.delete(f"{PATH}/{made}").status_code == 404
