"""Athletes, followed ones, and the summary. Notes, sections 2.1, 2.3 and 7."""

from __future__ import annotations

from typing import Any

import pytest

from intervals_sandbox import shapes
from sandbox.harness import TODAY, Box, box

SUMMARY = "/athlete/0/athlete-summary"


def test_your_athlete_comes_with_sports_and_custom_items(sandbox: Box) -> None:
    athlete = sandbox.get("/athlete/0").json()
    assert set(athlete) == set(shapes.WITH_SPORT_SETTINGS)
    assert athlete["name"] == "Mika Sommer"
    assert len(athlete["sportSettings"]) == 4
    assert len(athlete["custom_items"]) == 2
    assert athlete["bikes"] is None


@pytest.mark.parametrize("by_token", [False, True])
@pytest.mark.parametrize("shown", ["visible", "null", "absent"])
def test_whether_the_key_can_be_read_is_a_switch(sandbox: Box, shown: str, by_token: bool) -> None:
    sandbox.switch(api_key_property=shown)
    options = {"token": sandbox.token()} if by_token else {}
    athlete = sandbox.get("/athlete/0", **options).json()
    expected = {"visible": {"icu_api_key": sandbox.you.api_key}, "null": {"icu_api_key": None}, "absent": {}}[shown]
    assert {key: value for key, value in athlete.items() if key == "icu_api_key"} == expected


def test_keys_of_others_are_not_shown_unless_switched_on(sandbox: Box) -> None:
    sandbox.friend.api_key = "friendskey"
    path = f"/athlete/{sandbox.friend.id}"
    assert sandbox.get(path).json()["icu_api_key"] is None
    assert "friendskey" not in sandbox.get("/athletes").text
    sandbox.switch(api_key_only_on_own=False)
    assert sandbox.get(path).json()["icu_api_key"] == "friendskey"


def test_of_others_the_private_facts_are_left_out(sandbox: Box) -> None:
    assert sandbox.get("/athlete/0").json()["email"] is not None
    assert sandbox.get(f"/athlete/{sandbox.friend.id}").json()["email"] is None


def test_the_list_holds_you_and_whom_you_follow(sandbox: Box) -> None:
    rows = sandbox.get("/athletes").json()
    assert {row["id"] for row in rows} == {sandbox.you.id, *sandbox.you.follows}
    assert all(set(row) == set(shapes.ATHLETE_WITH_TAGS) for row in rows)
    own = next(row for row in rows if row["id"] == sandbox.you.id)
    assert own["icu_api_key"] == sandbox.you.api_key


def test_the_list_can_be_narrowed_by_external_id(sandbox: Box) -> None:
    sandbox.friend.facts["external_id"] = "club-7"
    assert [row["id"] for row in sandbox.get("/athletes?ext_id_prefix=club-").json()] == [sandbox.friend.id]


def test_rights_and_tags_tell_followed_from_coached() -> None:
    own = box(followed=3)
    rows = {row["name"]: row for row in own.get("/athletes").json()}
    assert (rows["Mika Sommer"]["icu_permission"], rows["Mika Sommer"]["icu_tags"]) == ("WRITE", None)
    assert (rows["Jana Vogel"]["icu_permission"], rows["Jana Vogel"]["icu_tags"]) == ("READ", None)
    assert (rows["Rin Kimura"]["icu_permission"], rows["Rin Kimura"]["icu_tags"]) == ("WRITE", ["Coaching"])
    own.switch(permission_told=False)
    assert {row["icu_permission"] for row in own.get("/athletes").json()} == {None}


def test_a_profile_tells_what_others_may_know(sandbox: Box) -> None:
    profile = sandbox.get(f"/athlete/{sandbox.friend.id}/profile").json()
    assert set(profile) == {"athlete", "sharedFolders", "customItems"}
    assert set(profile["athlete"]) == set(shapes.PROFILE)
    assert (profile["athlete"]["name"], profile["athlete"]["email"]) == (sandbox.friend.name, None)


def test_a_profile_of_another_is_not_for_tokens(sandbox: Box) -> None:
    token = sandbox.token()
    assert sandbox.get(f"/athlete/{sandbox.friend.id}/profile", token=token).status_code == 403
    assert sandbox.get("/athlete/0/profile", token=token).status_code == 200


def _rows(sandbox: Box, query: str = "", **options: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = sandbox.get(f"{SUMMARY}{query}", **options).json()
    return rows


def test_a_key_sees_everyone_a_token_only_its_own(sandbox: Box) -> None:
    assert {row["athlete_id"] for row in _rows(sandbox)} == {sandbox.you.id, sandbox.friend.id}
    assert {row["athlete_id"] for row in _rows(sandbox, token=sandbox.token())} == {sandbox.you.id}


def test_the_summary_is_asked_for_oneself(sandbox: Box) -> None:
    assert sandbox.get(f"/athlete/{sandbox.friend.id}/athlete-summary").status_code == 403


def test_a_row_stands_for_a_week_or_a_day(sandbox: Box) -> None:
    query = "?start=2026-11-09&end=2026-11-22"
    assert [row["date"] for row in _rows(sandbox, query)[:2]] == ["2026-11-09", "2026-11-16"]
    sandbox.switch(summary_rows="day")
    assert len([row for row in _rows(sandbox, query) if row["athlete_id"] == sandbox.you.id]) == 14


def test_by_default_the_last_seven_days_are_told(sandbox: Box) -> None:
    sandbox.switch(summary_rows="day")
    days = [row["date"] for row in _rows(sandbox) if row["athlete_id"] == sandbox.you.id]
    assert (days[0], days[-1], len(days)) == ("2026-11-17", str(TODAY), 7)


def test_a_row_adds_up_the_activities_of_its_days(sandbox: Box) -> None:
    friend = sandbox.friend
    week = [item.values for item in sandbox.activities(friend) if "2026-11-09" <= str(item.day) <= "2026-11-15"]
    row = next(row for row in _rows(sandbox, "?start=2026-11-09&end=2026-11-15") if row["athlete_id"] == friend.id)
    assert set(row) == set(shapes.SUMMARY)
    assert row["athlete_name"] == friend.name
    assert row["count"] == len(week) > 0
    assert row["moving_time"] == sum(item["moving_time"] for item in week)
    assert row["training_load"] == sum(item["icu_training_load"] for item in week)
    assert row["distance"] == pytest.approx(sum(item.get("distance", 0) for item in week))
    assert sum(part["count"] for part in row["byCategory"]) == row["count"]
    assert set(row["byCategory"][0]) == set(shapes.CATEGORY_SUMMARY)
    assert row["timeInZonesTot"] == sum(row["timeInZones"])


def test_a_row_tells_the_fitness_at_the_end_of_its_days(sandbox: Box) -> None:
    row = _rows(sandbox, "?start=2026-11-09&end=2026-11-15")[0]
    record = sandbox.get("/athlete/0/wellness/2026-11-15").json()
    assert (row["fitness"], row["fatigue"]) == (record["ctl"], record["atl"])
    assert row["form"] == pytest.approx(record["ctl"] - record["atl"])


def test_strava_activities_count_in_the_summary(sandbox: Box) -> None:
    stub = sandbox.activities(source="STRAVA")[0]
    sandbox.switch(summary_rows="day")
    row = _rows(sandbox, f"?start={stub.day}&end={stub.day}")[0]
    assert row["training_load"] >= stub.load > 0


def test_tags_narrow_the_summary() -> None:
    own = box(followed=3)
    assert {row["athlete_name"] for row in _rows(own, "?tags=Coaching,Club")} == {"Rin Kimura"}


def test_a_hidden_weight_is_not_told_to_followers() -> None:
    own = box(followed=6)
    rows = {row["athlete_name"]: row for row in _rows(own)}
    assert rows["Priya Nair"]["weight"] is None
    assert rows["Jana Vogel"]["weight"] is not None
    own.switch(hide_private_wellness=False)
    assert {row["athlete_name"]: row for row in _rows(own)}["Priya Nair"]["weight"] is not None


def test_the_summary_comes_as_csv_too(sandbox: Box) -> None:
    table = sandbox.get(f"{SUMMARY}.csv")
    assert table.headers["content-type"].startswith("text/csv")
    assert len(table.text.splitlines()) == 1 + len(_rows(sandbox, ".json"))
