"""Activities in lists, singly, manual, changed and deleted. Notes, sections 6.2 to 6.4."""

from __future__ import annotations

from typing import Any

import pytest

from intervals_sandbox import shapes
from sandbox.harness import TODAY, Box, box
from sandbox.recordings import garmin_fit

RUN = {"start_date_local": "2026-11-20T07:00:00", "type": "Run", "moving_time": 1800, "elapsed_time": 1900}
MANUAL = "/athlete/0/activities/manual"


def _list(sandbox: Box, **query: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = sandbox.get("/athlete/0/activities", params={"oldest": "2026-05-01", **query}).json()
    return rows


def test_activities_come_newest_first(sandbox: Box) -> None:
    starts = [row["start_date_local"] for row in _list(sandbox)]
    assert len(starts) > 50
    assert starts == sorted(starts, reverse=True)


def test_an_activity_lists_every_known_key_with_explicit_nulls(sandbox: Box) -> None:
    full = next(row for row in _list(sandbox) if row["source"] != "STRAVA")
    assert set(full) == set(shapes.ACTIVITY)
    assert full["gear"] is None


def test_start_date_is_utc_with_z_and_the_local_one_has_no_offset(sandbox: Box) -> None:
    row = next(row for row in _list(sandbox) if row["source"] != "STRAVA")
    assert row["start_date"].endswith("Z")
    assert len(row["start_date_local"]) == 19


def test_limit_keeps_the_newest(sandbox: Box) -> None:
    assert _list(sandbox, limit=3) == _list(sandbox)[:3]
    assert _list(sandbox, limit=0) == []


@pytest.mark.parametrize("query", ["fields=id,name,gear", "fields=id&fields=name&fields=gear"])
def test_fields_choose_keys_and_drop_nulls(sandbox: Box, query: str) -> None:
    sandbox.post(MANUAL, {**RUN, "name": "Mine"})
    rows = sandbox.get(f"/athlete/0/activities?oldest=2026-11-20&newest=2026-11-20&{query}").json()
    assert {"id", "name"} in [set(row) for row in rows]
    assert all("gear" not in row for row in rows)


@pytest.mark.parametrize(
    ("oldest", "newest", "found"),
    [
        ("2026-11-20", "2026-11-20", True),
        ("2026-11-20T07:00:00", "2026-11-20T07:00:00", True),
        ("2026-11-20T07:00:01", "2026-11-21", False),
        ("2026-11-19", "2026-11-20T06:59:59", False),
        ("2026-11-21", "2026-11-22", False),
        ("2026-11-20", None, True),
    ],
)
def test_a_range_is_days_or_local_times_with_both_ends(
    sandbox: Box, oldest: str, newest: str | None, found: bool
) -> None:
    made = sandbox.post(MANUAL, RUN).json()["id"]
    query = {"oldest": oldest} | ({"newest": newest} if newest else {})
    rows = sandbox.get("/athlete/0/activities", params=query).json()
    assert (made in [row["id"] for row in rows]) is found


def test_newest_is_now_unless_it_is_given(sandbox: Box) -> None:
    made = sandbox.post(MANUAL, {**RUN, "start_date_local": f"{TODAY}T13:00:00"}).json()["id"]
    assert made not in [row["id"] for row in _list(sandbox)]
    sandbox.clock.advance(3600)
    assert made in [row["id"] for row in _list(sandbox)]


def test_only_activities_on_a_route_are_listed_if_one_is_asked_for(sandbox: Box) -> None:
    sandbox.activities()[0].values["route_id"] = 7
    assert len(_list(sandbox, route_id=7)) == 1


def test_strava_activities_are_stubs_of_exactly_five_keys(sandbox: Box) -> None:
    stub = sandbox.activities(source="STRAVA")[0]
    expected = {
        "id": stub.id,
        "icu_athlete_id": sandbox.you.id,
        "start_date_local": stub.values["start_date_local"],
        "source": "STRAVA",
        "_note": "STRAVA activities are not available via the API",
    }
    assert stub.id.isdigit()
    assert sandbox.get(f"/activity/{stub.id}").json() == expected
    assert sandbox.get(f"/athlete/0/activities/{stub.id}").json() == [expected]
    assert expected in _list(sandbox)
    assert expected in _list(sandbox, fields="id,name")


def test_strava_activities_cannot_be_changed(sandbox: Box) -> None:
    stub = sandbox.activities(source="STRAVA")[0]
    assert sandbox.put(f"/activity/{stub.id}", {"name": "Mine"}).status_code == 422


@pytest.mark.parametrize("shown", ["stub", "absent"])
def test_followers_see_of_a_private_activity_a_stub_or_nothing(shown: str) -> None:
    own = box(followed=5)
    own.switch(private_activities=shown)
    noah = next(athlete for athlete in own.sandbox.state.athletes.values() if athlete.name.startswith("Noah"))
    private = next(item for item in own.activities(noah) if item.private and not item.stub)
    listed = own.get(f"/athlete/{noah.id}/activities?oldest={private.day}&newest={private.day}").json()
    assert [set(row) for row in listed] == ([set(shapes.HIDDEN)] if shown == "stub" else [])
    assert own.get(f"/activity/{private.id}").status_code == (200 if shown == "stub" else 404)
    assert own.get(f"/activity/{private.id}/streams").status_code == (200 if shown == "stub" else 404)
    theirs = own.get(f"/activity/{private.id}", token=own.token(athlete=noah)).json()
    assert theirs["name"] == private.values["name"]


def test_a_private_activity_shows_no_streams_to_followers() -> None:
    own = box(followed=5)
    private = next(item for item in own.sandbox.state.activities.values() if item.private and not item.stub)
    assert own.get(f"/activity/{private.id}/streams").json() == []
    assert own.get(f"/activity/{private.id}/file").status_code == 422


def test_a_legacy_stub_has_no_source_and_no_figures() -> None:
    own = box(followed=7)
    legacy = next(item for item in own.sandbox.state.activities.values() if "source" not in item.values)
    answer = own.get(f"/activity/{legacy.id}").json()
    kept = {key for key, value in answer.items() if value is not None}
    assert kept == {"id", "icu_athlete_id", "start_date", "start_date_local"}


def test_several_are_fetched_by_id_and_missing_ones_left_out(sandbox: Box) -> None:
    first, second = (item.id for item in sandbox.activities()[:2])
    foreign = sandbox.activities(sandbox.friend)[0].id
    rows = sandbox.get(f"/athlete/0/activities/{first},i1,{foreign},{second}?intervals=true").json()
    assert [row["id"] for row in rows] == [first, second]
    assert rows[0]["icu_intervals"]


# Manual activities


def test_a_manual_activity_is_answered_whole(sandbox: Box) -> None:
    sent = {
        **RUN,
        "name": "By hand",
        "distance": 5000.5,
        "average_heartrate": 140,
        "icu_rpe": 4,
        "feel": 2,
        "external_id": "x",
    }
    answer = sandbox.post(MANUAL, sent)
    made = answer.json()
    assert answer.status_code == 200
    assert {key: made[key] for key in sent} == sent
    assert (made["source"], made["start_date"]) == ("MANUAL", "2026-11-20T06:00:00Z")
    assert made["icu_distance"] == 5000.5
    assert made["icu_training_load"] > 0


def test_a_manual_activity_keeps_the_load_it_is_given(sandbox: Box) -> None:
    assert (
        sandbox.post(MANUAL, {**RUN, "icu_training_load": 77, "average_heartrate": 150}).json()["icu_training_load"]
        == 77
    )


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"type": "Chess"}, 422),
        ({"type": None}, 422),
        ({"start_date_local": "2026-11-20"}, 422),
        ({"start_date_local": None}, 422),
        ({"start_date_local": "2026-11-20T07:00:00Z"}, 422),
        ({"moving_time": "long"}, 400),
        ({"distance": [1]}, 400),
        ({"trainer": "yes"}, 400),
    ],
)
def test_a_wrong_manual_activity_is_refused(sandbox: Box, wrong: dict[str, Any], status: int) -> None:
    assert sandbox.post(MANUAL, {**RUN, **wrong}).status_code == status


def test_an_app_is_named_as_the_source_or_is_not(sandbox: Box) -> None:
    token = sandbox.token()
    named = sandbox.post(MANUAL, RUN, token=token).json()
    assert (named["source"], named["oauth_client_name"]) == ("OAUTH_CLIENT", "Intervals Companion")
    sandbox.switch(manual_names_app=False)
    assert sandbox.post(MANUAL, RUN, token=token).json()["source"] == "MANUAL"


def test_a_single_one_is_always_new(sandbox: Box) -> None:
    token, sent = sandbox.token(), {**RUN, "external_id": "x"}
    assert sandbox.post(MANUAL, sent, token=token).json()["id"] != sandbox.post(MANUAL, sent, token=token).json()["id"]


def test_bulk_changes_what_the_same_app_made_under_that_external_id(sandbox: Box) -> None:
    token = sandbox.token()
    first = sandbox.post(f"{MANUAL}/bulk", [{**RUN, "external_id": "x", "name": "Old"}], token=token).json()[0]
    second = sandbox.post(f"{MANUAL}/bulk", [{"external_id": "x", "name": "New"}, RUN], token=token).json()
    assert (second[0]["id"], second[0]["name"], second[0]["moving_time"]) == (first["id"], "New", 1800)
    assert second[1]["id"] != first["id"]


def test_bulk_leaves_alone_what_others_made(sandbox: Box) -> None:
    by_key = sandbox.post(MANUAL, {**RUN, "external_id": "x"}).json()["id"]
    by_app = sandbox.post(f"{MANUAL}/bulk", [{**RUN, "external_id": "x"}], token=sandbox.token()).json()[0]["id"]
    assert by_app != by_key


def test_without_an_external_id_bulk_always_creates(sandbox: Box) -> None:
    token = sandbox.token()
    first, second = (sandbox.post(f"{MANUAL}/bulk", [RUN], token=token).json()[0]["id"] for _ in range(2))
    assert first != second


@pytest.mark.parametrize("counts", [True, False])
def test_whether_a_key_upserts_is_a_switch(sandbox: Box, counts: bool) -> None:
    sandbox.switch(key_upserts=counts)
    sent = [{**RUN, "external_id": "x"}]
    first, second = (sandbox.post(f"{MANUAL}/bulk", sent).json()[0]["id"] for _ in range(2))
    assert (first == second) is counts


def test_bulk_moves_an_activity_in_time(sandbox: Box) -> None:
    token = sandbox.token()
    sandbox.post(f"{MANUAL}/bulk", [{**RUN, "external_id": "x"}], token=token)
    moved = {"external_id": "x", "start_date_local": "2026-06-01T07:00:00"}
    changed = sandbox.post(f"{MANUAL}/bulk", [moved], token=token).json()[0]
    assert changed["start_date"] == "2026-06-01T05:00:00Z"


def test_one_bad_activity_refuses_the_bulk(sandbox: Box) -> None:
    before = len(sandbox.activities())
    assert sandbox.post(f"{MANUAL}/bulk", [RUN, {**RUN, "type": "Chess"}]).status_code == 422
    sandbox.switch(bulk_errors_in_array=True)
    assert sandbox.post(f"{MANUAL}/bulk", [{**RUN, "type": "Chess"}]).json()[0]["status"] == 422
    assert len(sandbox.activities()) == before


# Changes and deletion


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", "Renamed"),
        ("description", "wet"),
        ("type", "TrailRun"),
        ("paired_event_id", 7),
        ("trainer", True),
        ("commute", True),
        ("icu_rpe", 6),
        ("perceived_exertion", 6.5),
        ("feel", 2),
        ("carbs_ingested", 60),
    ],
)
def test_what_may_be_changed(sandbox: Box, key: str, value: Any) -> None:
    activity = sandbox.activities()[0]
    name = activity.values["name"]
    answer = sandbox.put(f"/activity/{activity.id}", {key: value})
    assert answer.json()[key] == value
    assert sandbox.get(f"/activity/{activity.id}").json()[key] == value
    assert key == "name" or answer.json()["name"] == name


def test_minus_one_clears_a_number(sandbox: Box) -> None:
    path = f"/activity/{sandbox.activities()[0].id}"
    sandbox.put(path, {"icu_rpe": 6})
    assert sandbox.put(path, {"icu_rpe": -1}).json()["icu_rpe"] is None


@pytest.mark.parametrize(("clears", "left"), [(False, 6), (True, None)])
def test_null_is_ignored_or_clears(sandbox: Box, clears: bool, left: int | None) -> None:
    sandbox.switch(null_clears=clears)
    path = f"/activity/{sandbox.activities()[0].id}"
    sandbox.put(path, {"icu_rpe": 6})
    assert sandbox.put(path, {"icu_rpe": None, "type": None}).json()["icu_rpe"] == left


@pytest.mark.parametrize(
    ("body", "status"), [({"session_rpe": 200}, 422), ({"type": "Chess"}, 422), ({"feel": "good"}, 400)]
)
def test_what_may_not_be_changed_is_refused(sandbox: Box, body: dict[str, Any], status: int) -> None:
    path = f"/activity/{sandbox.activities()[0].id}"
    before = sandbox.get(path).json()
    assert sandbox.put(path, {"name": "New", **body}).status_code == status
    assert sandbox.get(path).json() == before


def test_other_fields_of_the_object_are_passed_over(sandbox: Box) -> None:
    path = f"/activity/{sandbox.activities()[0].id}"
    before = sandbox.get(path).json()
    assert sandbox.put(path, {"average_heartrate": 99, "id": "i1"}).json() == before


def test_a_whole_object_can_be_sent_back(sandbox: Box) -> None:
    path = f"/activity/{sandbox.activities()[0].id}"
    whole = sandbox.get(path).json()
    assert sandbox.put(path, {**whole, "name": "Renamed"}).json() == {**whole, "name": "Renamed"}


def test_a_deleted_activity_is_gone(sandbox: Box) -> None:
    activity = sandbox.upload(garmin_fit(60)).json()["id"]
    answer = sandbox.delete(f"/activity/{activity}")
    assert answer.json() == {"id": activity, "icu_athlete_id": sandbox.you.id}
    assert sandbox.get(f"/activity/{activity}").status_code == 404
    assert sandbox.delete(f"/activity/{activity}").status_code == 404
    assert activity not in [row["id"] for row in _list(sandbox)]
    assert sandbox.get(f"/athlete/0/activities/{activity}").json() == []


def test_a_deleted_activity_may_still_answer_to_a_direct_get(sandbox: Box) -> None:
    sandbox.switch(deleted_still_answers=True)
    activity = sandbox.upload(garmin_fit(60)).json()["id"]
    sandbox.delete(f"/activity/{activity}")
    assert sandbox.get(f"/activity/{activity}").status_code == 200
    assert sandbox.put(f"/activity/{activity}", {"name": "x"}).status_code == 404
    assert activity not in [row["id"] for row in _list(sandbox)]


def test_friends_activities_can_be_read_but_not_changed(sandbox: Box) -> None:
    activity = sandbox.activities(sandbox.friend)[0]
    assert sandbox.get(f"/activity/{activity.id}").json()["icu_athlete_id"] == sandbox.friend.id
    assert sandbox.put(f"/activity/{activity.id}", {"name": "x"}).status_code == 403
    assert sandbox.delete(f"/activity/{activity.id}").status_code == 403
    assert sandbox.upload(garmin_fit(60)).status_code == 201
    path = f"/athlete/{sandbox.friend.id}/activities"
    assert sandbox.send("POST", path, files={"file": ("a.fit", garmin_fit(60))}).status_code == 403
