"""Wellness records: reading, merging, clearing, locking. Notes, section 5."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intervals_sandbox import shapes
from sandbox.harness import TODAY, Box, box

DAY = date(2026, 11, 20)
PATH = f"/athlete/0/wellness/{DAY}"
EMPTY = date(2020, 1, 1)
"""Before the first day of the world."""


@pytest.fixture
def blank(sandbox: Box) -> Box:
    """Your account with no typed wellness."""
    sandbox.you.wellness.clear()
    return sandbox


def test_records_come_in_ascending_order_with_both_ends(sandbox: Box) -> None:
    rows = sandbox.get("/athlete/0/wellness?oldest=2026-11-01&newest=2026-11-20").json()
    days = [date(2026, 11, 1) + timedelta(days=step) for step in range(20)]
    assert [row["id"] for row in rows] == [day.isoformat() for day in days]


def test_there_is_a_row_for_every_day_with_fitness_numbers_rest_days_too(blank: Box) -> None:
    rows = blank.get("/athlete/0/wellness", params={"oldest": str(EMPTY), "newest": str(TODAY)}).json()
    assert len(rows) == 183
    assert all(row["ctl"] is not None for row in rows)
    assert any(row["ctlLoad"] == 0 for row in rows)


def test_a_record_lists_every_known_key_with_explicit_nulls(sandbox: Box) -> None:
    record = sandbox.put(PATH, {"mood": 2}).json()
    assert set(shapes.WELLNESS) <= set(record)
    assert record["sportInfo"] is None
    assert record["hrv"] is None


def test_fields_choose_keys_and_drop_nulls(sandbox: Box) -> None:
    sandbox.put(PATH, {"mood": 2})
    for query in ("fields=id,mood,hrv", "fields=id&fields=mood&fields=hrv"):
        rows = sandbox.get(f"/athlete/0/wellness?oldest={DAY}&newest={DAY}&{query}").json()
        assert rows == [{"id": str(DAY), "mood": 2}]


def test_a_day_without_a_record_and_without_fitness_is_a_404(sandbox: Box) -> None:
    assert sandbox.get(f"/athlete/0/wellness/{EMPTY}").status_code == 404


def test_a_put_creates_the_day_and_answers_the_whole_record(sandbox: Box) -> None:
    answer = sandbox.put(f"/athlete/0/wellness/{EMPTY}", {"weight": 71.5})
    assert answer.status_code == 200
    assert answer.json()["id"] == str(EMPTY)
    assert sandbox.get(f"/athlete/0/wellness/{EMPTY}").json()["weight"] == 71.5


def test_only_the_keys_that_are_sent_change(blank: Box) -> None:
    blank.put(PATH, {"mood": 2, "soreness": 3})
    blank.put(PATH, {"soreness": 1})
    record = blank.get(PATH).json()
    assert (record["mood"], record["soreness"]) == (2, 1)


def test_a_record_may_name_its_day_itself(blank: Box) -> None:
    assert blank.put("/athlete/0/wellness", {"id": str(DAY), "mood": 3}).json()["mood"] == 3
    assert blank.get(PATH).json()["mood"] == 3


@pytest.mark.parametrize("body", [{"mood": 3}, {"id": "soon", "mood": 3}])
def test_a_record_without_a_good_day_is_refused(sandbox: Box, body: dict[str, Any]) -> None:
    assert sandbox.put("/athlete/0/wellness", body).status_code == 422


def test_minus_one_clears_a_number(blank: Box) -> None:
    blank.put(PATH, {"bodyFat": 14.5, "mood": 2, "steps": 9000})
    blank.put(PATH, {"bodyFat": -1, "steps": -1})
    record = blank.get(PATH).json()
    assert (record["bodyFat"], record["mood"], record["steps"]) == (None, 2, None)


@pytest.mark.parametrize(("clears", "left"), [(False, 14.5), (True, None)])
def test_null_is_ignored_or_clears(blank: Box, clears: bool, left: float | None) -> None:
    blank.switch(null_clears=clears)
    blank.put(PATH, {"bodyFat": 14.5})
    assert blank.put(PATH, {"bodyFat": None}).json()["bodyFat"] == left


@pytest.mark.parametrize(("clears", "left"), [(True, None), (False, "tired")])
def test_an_empty_comment_clears_it_or_is_ignored(blank: Box, clears: bool, left: str | None) -> None:
    blank.switch(empty_comment_clears=clears)
    blank.put(PATH, {"comments": "tired"})
    assert blank.put(PATH, {"comments": ""}).json()["comments"] == left


def test_an_unknown_field_refuses_the_whole_record_in_these_words(blank: Box) -> None:
    answer = blank.put(PATH, {"mood": 2, "feel": 3})
    assert answer.status_code == 422
    assert answer.json() == {"status": 422, "error": f"Unrecognized wellness field [feel] for athlete {blank.you.id}"}
    assert blank.get(PATH).json()["mood"] is None


def test_keys_are_case_sensitive(sandbox: Box) -> None:
    assert sandbox.put(PATH, {"Weight": 70}).status_code == 422
    assert sandbox.put(PATH, {"activeEnergy": 500}).status_code == 422


def test_a_custom_field_is_a_key_of_the_record(blank: Box) -> None:
    record = blank.put(PATH, {"ActiveEnergy": 640.5}).json()
    assert record["ActiveEnergy"] == 640.5
    assert "RestingEnergy" not in record
    assert blank.put(PATH, {"ActiveEnergy": -1}).json().get("ActiveEnergy") is None


def test_an_activity_field_does_not_satisfy_a_wellness_write(sandbox: Box) -> None:
    sandbox.post("/athlete/0/custom-item", {"type": "ACTIVITY_FIELD", "name": "x", "content": {"code": "Heat"}})
    assert sandbox.put(PATH, {"Heat": 1}).status_code == 422


def test_a_deleted_custom_field_is_unknown_again(sandbox: Box) -> None:
    item = next(iter(sandbox.you.custom_items))
    sandbox.put(PATH, {"ActiveEnergy": 640})
    sandbox.delete(f"/athlete/0/custom-item/{item}")
    assert sandbox.put(PATH, {"ActiveEnergy": 650}).status_code == 422
    assert "ActiveEnergy" not in sandbox.get(PATH).json()


@pytest.mark.parametrize(
    "body",
    [
        {"weight": "heavy"},
        {"weight": True},
        {"mood": 1.5},
        {"mood": 2**40},
        {"weight": [70]},
        {"comments": 5},
        {"locked": 1},
        {"menstrualPhase": "SOMETIMES"},
        {"ActiveEnergy": "much"},
    ],
)
def test_a_value_of_the_wrong_type_is_a_400_and_changes_nothing(blank: Box, body: dict[str, Any]) -> None:
    assert blank.put(PATH, {"soreness": 2, **body}).status_code == 400
    assert blank.get(PATH).json()["soreness"] is None


def test_the_first_example_write_of_the_notes_is_answered_as_captured(blank: Box) -> None:
    sent = {"fatigue": 2, "locked": True, "mood": 4, "motivation": 4, "sleepQuality": 3, "soreness": 2, "stress": 2}
    record = blank.put(PATH, sent).json()
    assert {key: record[key] for key in sent} == sent


@pytest.mark.parametrize(
    "key", ["ctl", "atl", "rampRate", "ctlLoad", "updated", "tempWeight", "menstrualPhasePredicted"]
)
def test_computed_fields_are_ignored_or_refused(blank: Box, key: str) -> None:
    before = blank.put(PATH, {"mood": 2}).json()[key]
    assert blank.put(PATH, {key: 5, "mood": 1}).json()["mood"] == 1
    if key != "updated":
        assert blank.get(PATH).json()[key] == before
    blank.switch(computed_fields="refused")
    assert blank.put(PATH, {key: 5}).status_code == 422


def test_a_locked_day_swallows_writes(blank: Box) -> None:
    blank.put(PATH, {"mood": 2, "locked": True})
    answer = blank.put(PATH, {"mood": 4, "steps": 7000})
    assert answer.status_code == 200
    assert (answer.json()["mood"], answer.json()["steps"], answer.json()["locked"]) == (2, None, True)


def test_the_api_cannot_unlock_a_day(blank: Box) -> None:
    blank.put(PATH, {"locked": True})
    blank.put(PATH, {"locked": False})
    assert blank.get(PATH).json()["locked"] is True


@pytest.mark.parametrize("status", [403, 422])
def test_the_answer_to_a_write_on_a_locked_day_is_a_switch(blank: Box, status: int) -> None:
    blank.put(PATH, {"mood": 2, "locked": True})
    blank.switch(locked_write_status=status)
    assert blank.put(PATH, {"mood": 4}).status_code == status
    assert blank.get(PATH).json()["mood"] == 2


@pytest.mark.parametrize("status", [403, 422])
def test_it_holds_for_bulk_writes_and_files_too_and_nothing_of_them_is_written(blank: Box, status: int) -> None:
    blank.put(PATH, {"mood": 2, "locked": True})
    blank.switch(locked_write_status=status)
    records = [{"id": "2026-11-19", "mood": 4}, {"id": str(DAY), "mood": 4}]
    file = f"date,mood\n2026-11-19,4\n{DAY},4\n".encode()
    assert blank.put("/athlete/0/wellness-bulk", records).status_code == status
    assert blank.send("POST", "/athlete/0/wellness", files={"file": ("w.csv", file)}).status_code == status
    assert list(blank.you.wellness) == [DAY]
    assert blank.get(PATH).json()["mood"] == 2


def test_an_unknown_field_is_refused_on_a_locked_day_too(blank: Box) -> None:
    blank.put(PATH, {"locked": True})
    assert blank.put(PATH, {"feel": 4}).status_code == 422


def test_a_bulk_write_answers_200_with_nothing(blank: Box) -> None:
    answer = blank.put("/athlete/0/wellness-bulk", [{"id": "2026-11-01", "mood": 1}, {"id": "2026-11-02", "mood": 2}])
    assert (answer.status_code, answer.content) == (200, b"")
    rows = blank.get("/athlete/0/wellness?oldest=2026-11-01&newest=2026-11-02").json()
    assert [row["mood"] for row in rows] == [1, 2]


@pytest.mark.parametrize(("whole", "left"), [(True, [None, None]), (False, [1, None])])
def test_one_bad_record_refuses_the_bulk_or_itself_only(blank: Box, whole: bool, left: list[int | None]) -> None:
    blank.switch(bulk_all_or_nothing=whole)
    records = [{"id": "2026-11-01", "mood": 1}, {"id": "2026-11-02", "mood": 2, "Nope": 1}]
    answer = blank.put("/athlete/0/wellness-bulk", records)
    assert answer.status_code == 422
    assert "[Nope]" in answer.json()["error"]
    rows = blank.get("/athlete/0/wellness?oldest=2026-11-01&newest=2026-11-02").json()
    assert [row["mood"] for row in rows] == left


def test_a_bulk_refusal_may_come_in_an_array(blank: Box) -> None:
    blank.switch(bulk_errors_in_array=True)
    answer = blank.put("/athlete/0/wellness-bulk", [{"id": "2026-11-01", "Nope": 1}])
    assert answer.status_code == 422
    assert answer.json()[0]["status"] == 422


def test_a_bulk_write_passes_over_locked_days(blank: Box) -> None:
    blank.put("/athlete/0/wellness/2026-11-01", {"mood": 4, "locked": True})
    assert blank.put("/athlete/0/wellness-bulk", [{"id": "2026-11-01", "mood": 1}]).status_code == 200
    assert blank.get("/athlete/0/wellness/2026-11-01").json()["mood"] == 4


def test_local_date_carries_weight_and_resting_heart_rate_to_the_settings(sandbox: Box) -> None:
    day = "2026-11-23"
    sandbox.put(f"/athlete/0/wellness/{day}?localDate={day}", {"weight": 69.9, "restingHR": 47})
    athlete = sandbox.get("/athlete/0").json()
    assert (athlete["icu_weight"], athlete["icu_resting_hr"]) == (69.9, 47)


@pytest.mark.parametrize("query", ["", "?localDate=2026-11-22"])
def test_without_the_same_local_date_the_settings_stay(sandbox: Box, query: str) -> None:
    before = sandbox.get("/athlete/0").json()["icu_weight"]
    sandbox.put(f"/athlete/0/wellness/2026-11-23{query}", {"weight": 60.0})
    assert sandbox.get("/athlete/0").json()["icu_weight"] == before


def test_weight_and_resting_heart_rate_are_carried_in_from_the_settings_and_marked(blank: Box) -> None:
    record = blank.put(PATH, {"mood": 1}).json()
    assert (record["weight"], record["tempWeight"]) == (blank.you.facts["icu_weight"], True)
    assert (record["restingHR"], record["tempRestingHR"]) == (blank.you.facts["icu_resting_hr"], True)
    measured = blank.put(PATH, {"weight": 70.1}).json()
    assert (measured["weight"], measured["tempWeight"], measured["tempRestingHR"]) == (70.1, False, True)
    blank.switch(carry_in_settings=False)
    plain = blank.get(PATH).json()
    assert (plain["weight"], plain["restingHR"], plain["tempRestingHR"]) == (70.1, None, False)


def test_a_day_without_a_record_carries_nothing_in(blank: Box) -> None:
    record = blank.get(PATH).json()
    assert (record["weight"], record["tempWeight"]) == (None, False)


def test_days_of_the_seeded_world_carry_values_in(sandbox: Box) -> None:
    rows = sandbox.get("/athlete/0/wellness?oldest=2026-06-01").json()
    typed = [row for row in rows if row["mood"] is not None and not row["locked"]]
    assert {row["tempRestingHR"] for row in typed} == {True}
    assert {row["tempWeight"] for row in typed} == {True, False}
    assert all(row["updated"] for row in typed)


def test_a_write_stamps_the_record(blank: Box) -> None:
    assert blank.put(PATH, {"mood": 1}).json()["updated"] == "2026-11-23T11:30:00.000+00:00"


def test_followers_do_not_see_private_fields() -> None:
    own = box(followed=6)
    priya = next(athlete for athlete in own.sandbox.state.athletes.values() if athlete.name.startswith("Priya"))
    path = f"/athlete/{priya.id}/wellness?oldest=2026-11-20&newest=2026-11-20"
    seen = own.get(path).json()[0]
    assert (seen["hrv"], seen["restingHR"]) == (None, None)
    assert seen["steps"] is not None
    own.switch(hide_private_wellness=False)
    assert own.get(path).json()[0]["hrv"] is not None


def test_followers_do_not_see_private_custom_fields(sandbox: Box) -> None:
    friend, path = sandbox.friend, f"/athlete/{sandbox.you.id}/wellness"
    friend.follows.add(sandbox.you.id)
    friend.api_key = "friendskey"
    sandbox.put(PATH, {"ActiveEnergy": 640, "RestingEnergy": 1700})
    item = next(iter(sandbox.you.custom_items))
    sandbox.put(f"/athlete/0/custom-item/{item}", {"visibility": "FOLLOWERS"})
    seen = sandbox.get(f"{path}/{DAY}", auth=sandbox.key(friend)).json()
    assert (seen.get("ActiveEnergy"), "RestingEnergy" in seen) == (640, False)
    header = sandbox.get(f"{path}.csv?oldest={DAY}", auth=sandbox.key(friend)).text.splitlines()[0].split(",")
    assert ("ActiveEnergy" in header, "RestingEnergy" in header) == (True, False)
    assert sandbox.get(PATH).json()["RestingEnergy"] == 1700


def test_csv_has_a_header_and_a_line_for_each_day(blank: Box) -> None:
    blank.put("/athlete/0/wellness/2026-11-20", {"weight": 70.5, "comments": 'a "b", c'})
    answer = blank.get("/athlete/0/wellness.csv?oldest=2026-11-20&newest=2026-11-21&cols=id,weight,comments")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.text == 'date,weight,comments\n2026-11-20,70.5,"a ""b"", c"\n2026-11-21,,\n'


def test_json_may_be_asked_for_by_suffix(sandbox: Box) -> None:
    plain, named = (sandbox.get(f"/athlete/0/wellness{ext}?oldest=2026-11-20") for ext in ("", ".json"))
    assert plain.json() == named.json()


def test_csv_can_be_uploaded(blank: Box) -> None:
    file = b"date,weight,ActiveEnergy,comments,locked\n2026-11-20,70.5,600,fine,\n2026-11-21,,,,true\n"
    assert blank.send("POST", "/athlete/0/wellness", files={"file": ("w.csv", file)}).status_code == 200
    first, second = blank.get("/athlete/0/wellness?oldest=2026-11-20&newest=2026-11-21").json()
    assert (first["weight"], first["ActiveEnergy"], first["comments"]) == (70.5, 600, "fine")
    assert (second["tempWeight"], second["locked"]) == (True, True)


def test_an_unknown_column_refuses_the_file_or_is_skipped(blank: Box) -> None:
    files = {"file": ("w.csv", b"date,weight,Moon\n2026-11-20,70.5,full\n")}
    assert blank.send("POST", "/athlete/0/wellness", files=files).status_code == 422
    assert blank.get(PATH).json()["weight"] is None
    assert blank.send("POST", "/athlete/0/wellness?ignoreMissingFields=true", files=files).status_code == 200
    assert blank.get(PATH).json()["weight"] == 70.5


def test_what_was_downloaded_as_csv_can_be_uploaded_again(blank: Box) -> None:
    blank.switch(carry_in_settings=False)
    blank.put(PATH, {"weight": 70.5, "mood": 2, "hrvSDNN": 61.25, "comments": "one\ntwo, three", "ActiveEnergy": 5})
    before = blank.get(PATH).json()
    table = blank.get(f"/athlete/0/wellness.csv?oldest={DAY}&newest={DAY}").content
    blank.you.wellness.clear()
    assert blank.send("POST", "/athlete/0/wellness", files={"file": ("w.csv", table)}).status_code == 200
    assert blank.get(PATH).json() == before


@pytest.mark.parametrize(
    "file", [b"\xff\xfe", b"date,weight\n2026-11-20,heavy\n", b"date,weight\nsoon,70\n", b"weight\n70\n"]
)
def test_a_bad_csv_file_is_refused_whole(blank: Box, file: bytes) -> None:
    answer = blank.send("POST", "/athlete/0/wellness", files={"file": ("w.csv", file)})
    assert answer.status_code in (400, 422)
    assert blank.you.wellness == {}


def test_an_upload_without_a_file_is_refused(sandbox: Box) -> None:
    assert sandbox.post("/athlete/0/wellness", {}).status_code == 422


_WRITTEN = ("bodyFat", "steps", "mood", "ActiveEnergy")
numbers = st.integers(0, 100) | st.just(-1)
writes = st.lists(st.dictionaries(st.sampled_from(_WRITTEN), numbers), max_size=8)
_own = box(followed=0)


@given(writes)
def test_any_sequence_of_writes_ends_as_one_merged_record(bodies: list[dict[str, int]]) -> None:
    _own.you.wellness.clear()
    expected: dict[str, int] = {}
    for body in bodies:
        _own.put(PATH, body)
        expected |= body
    record = _own.get(PATH).json()
    kept = {key: value for key, value in expected.items() if value != -1}
    assert {key: record[key] for key in _WRITTEN if record.get(key) is not None} == kept
