"""Uploads and what becomes of them. Notes, sections 6.1 and 6.5."""

from __future__ import annotations

import gzip
import io
import zipfile
from datetime import timedelta

import pytest

from intervals_sandbox import Limits, shapes
from intervals_sandbox.files.read_fit import read_fit
from sandbox.harness import Box, box
from sandbox.recordings import GPX, START, TCX, garmin_fit, messages

FIT = garmin_fit(600)


def _zip(*files: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        for number, content in enumerate(files):
            packed.writestr(f"{number}.fit", content)
    return archive.getvalue()


def test_a_new_activity_is_a_201_with_its_id(sandbox: Box) -> None:
    answer = sandbox.upload(FIT)
    body = answer.json()
    assert answer.status_code == 201
    assert set(body) == {"icu_athlete_id", "id", "activities"}
    assert body["activities"] == [{"icu_athlete_id": sandbox.you.id, "id": body["id"]}]
    assert body["id"].startswith("i")


def test_the_same_bytes_again_are_a_200_with_the_same_id(sandbox: Box) -> None:
    first, second = sandbox.upload(FIT), sandbox.upload(FIT, name="another name.fit")
    assert second.status_code == 200
    assert second.json() == first.json()


def test_the_same_file_packed_otherwise_is_the_same_file(sandbox: Box) -> None:
    first = sandbox.upload(FIT)
    for packed in (gzip.compress(FIT), _zip(FIT), _zip(FIT, FIT)):
        again = sandbox.upload(packed)
        assert (again.status_code, again.json()) == (200, first.json())


def test_one_byte_changed_is_a_second_activity(sandbox: Box) -> None:
    sandbox.upload(FIT)
    assert sandbox.upload(garmin_fit(601)).status_code == 201


def test_another_athletes_same_file_is_their_own(sandbox: Box) -> None:
    first = sandbox.upload(FIT).json()["id"]
    theirs = sandbox.upload(FIT, token=sandbox.token(athlete=sandbox.friend))
    assert theirs.status_code == 201
    assert theirs.json()["id"] != first


def test_an_archive_with_something_new_is_a_201_that_names_everything(sandbox: Box) -> None:
    known = sandbox.upload(FIT).json()["id"]
    answer = sandbox.upload(_zip(FIT, garmin_fit(700), TCX))
    ids = [activity["id"] for activity in answer.json()["activities"]]
    assert answer.status_code == 201
    assert len(ids) == 3
    assert answer.json()["id"] == ids[0] == known


def test_the_top_level_id_is_a_switch(sandbox: Box) -> None:
    sandbox.switch(upload_id_is_first=False)
    assert sandbox.upload(FIT).json()["id"] is None


def test_a_multisport_file_gives_several(sandbox: Box) -> None:
    data = garmin_fit(300, sessions=[("swimming", 0, 100), ("cycling", 100, 100), ("running", 200, 100)])
    ids = [activity["id"] for activity in sandbox.upload(data).json()["activities"]]
    parts = [sandbox.get(f"/activity/{part}").json() for part in ids]
    assert [part["type"] for part in parts] == ["Swim", "Ride", "Run"]
    assert [part["file_sport_index"] for part in parts] == [0, 1, 2]
    assert sandbox.upload(data).status_code == 200


def test_the_summary_is_that_of_the_file(sandbox: Box) -> None:
    activity = sandbox.get(f"/activity/{sandbox.upload(FIT).json()['id']}").json()
    assert set(activity) == set(shapes.ACTIVITY)
    expected = {
        "type": "Run",
        "start_date": "2026-11-10T06:30:00Z",
        "start_date_local": "2026-11-10T07:30:00",
        "timezone": "Europe/Berlin",
        "elapsed_time": 600,
        "moving_time": 570,
        "distance": 1800,
        "icu_distance": 1800,
        "average_heartrate": 124,
        "max_heartrate": 129,
        "calories": 111,
        "average_cadence": 85,
        "total_elevation_gain": 10,
        "total_elevation_loss": 10,
        "max_speed": 3,
        "file_type": "fit",
        "trainer": False,
        "has_heartrate": True,
        "name": "Morning Run",
        "average_speed": pytest.approx(1800 / 570, abs=1e-3),
        "created": "2026-11-23T11:30:00.000+00:00",
        "icu_athlete_id": sandbox.you.id,
    }
    assert {key: activity[key] for key in expected} == expected
    assert sorted(activity["stream_types"]) == sorted(
        ["time", "heartrate", "cadence", "distance", "velocity_smooth", "altitude", "latlng"]
    )


def test_an_hour_at_threshold_is_a_load_of_100(sandbox: Box) -> None:
    """By the definition of the load: heart rate is held at the runner's threshold of 168 for an hour."""
    run = next(sport for sport in sandbox.you.sport_settings if "Run" in sport["types"])
    run["lthr"] = 125
    data = garmin_fit(600)
    activity = sandbox.get(f"/activity/{sandbox.upload(data).json()['id']}").json()
    assert activity["hr_load"] == pytest.approx(100 / 6, abs=1)
    assert sum(activity["icu_hr_zone_times"]) == 599


def test_power_goes_before_heart_rate(sandbox: Box) -> None:
    data = garmin_fit(3600, sport="cycling", watts=True)
    activity = sandbox.get(f"/activity/{sandbox.upload(data).json()['id']}").json()
    ftp = sandbox.get("/athlete/0/sport-settings/Ride").json()["ftp"]
    assert (activity["icu_average_watts"], activity["icu_weighted_avg_watts"]) == (210, 210)
    assert activity["icu_training_load"] == activity["power_load"] == round((210 / ftp) ** 2 * 100 * 3570 / 3600)
    assert activity["icu_intensity"] == pytest.approx(210 / ftp * 100, abs=1)


def test_what_the_query_says_goes_before_the_file(sandbox: Box) -> None:
    query = {
        "name": "Loop",
        "description": "wet",
        "device_name": "Watch",
        "external_id": "ic1-1",
        "paired_event_id": "7",
    }
    activity = sandbox.get(f"/activity/{sandbox.upload(FIT, params=query).json()['id']}").json()
    assert {key: str(activity[key]) for key in query} == query


def test_the_source_tells_a_key_from_an_app(sandbox: Box) -> None:
    by_key = sandbox.get(f"/activity/{sandbox.upload(FIT).json()['id']}").json()
    by_app = sandbox.upload(garmin_fit(60), token=sandbox.token()).json()["id"]
    by_app = sandbox.get(f"/activity/{by_app}").json()
    assert (by_key["source"], by_key["oauth_client_id"]) == ("UPLOAD", None)
    app = next(iter(sandbox.sandbox.state.apps.values()))
    assert by_app["source"] == "OAUTH_CLIENT"
    assert (by_app["oauth_client_id"], by_app["oauth_client_name"]) == (app.client_id, app.name)


def test_an_external_id_is_no_key_for_files(sandbox: Box) -> None:
    sandbox.upload(FIT, params={"external_id": "x"})
    assert sandbox.upload(garmin_fit(60), params={"external_id": "x"}).status_code == 201


def test_an_external_id_may_be_a_key_for_files(sandbox: Box) -> None:
    sandbox.switch(external_id_dedupes_uploads=True)
    first = sandbox.upload(FIT, params={"external_id": "x"}).json()
    again = sandbox.upload(garmin_fit(60), params={"external_id": "x"})
    assert (again.status_code, again.json()) == (200, first)


@pytest.mark.parametrize("keeps", [True, False])
def test_a_deleted_activity_comes_back_with_its_file(sandbox: Box, keeps: bool) -> None:
    sandbox.switch(reuploaded_keeps_id=keeps)
    first = sandbox.upload(FIT).json()["id"]
    sandbox.delete(f"/activity/{first}")
    again = sandbox.upload(FIT)
    assert again.status_code == 201
    assert (again.json()["id"] == first) is keeps
    assert sandbox.get(f"/activity/{again.json()['id']}").status_code == 200
    listed = sandbox.get("/athlete/0/activities?oldest=2026-11-10&newest=2026-11-10").json()
    assert [item["id"] for item in listed if item["source"] == "UPLOAD"] == [again.json()["id"]]


@pytest.mark.parametrize("content", [b"", b"nonsense", FIT[:-5], _zip(), _zip(FIT, b"nonsense")])
def test_an_unreadable_file_is_refused_and_leaves_nothing(sandbox: Box, content: bytes) -> None:
    before = len(sandbox.sandbox.state.activities)
    answer = sandbox.upload(content)
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert len(sandbox.sandbox.state.activities) == before


@pytest.mark.parametrize("content", [gzip.compress(FIT)[:-20], _zip(FIT)[:200]], ids=["gzip", "zip"])
def test_a_broken_archive_is_refused(sandbox: Box, content: bytes) -> None:
    assert sandbox.upload(content).status_code == 422


def test_an_archive_without_a_file_is_refused(sandbox: Box) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.mkdir("folder")
    assert sandbox.upload(archive.getvalue()).status_code == 422


def test_an_archive_that_unpacks_beyond_the_limit_is_a_413() -> None:
    own = box(limits=Limits(upload_bytes=10_000))
    assert own.upload(gzip.compress(bytes(20_000))).status_code == 413


def test_a_file_without_samples_is_summed_up_from_its_own_figures(sandbox: Box) -> None:
    session = {
        "timestamp": START + timedelta(seconds=1800),
        "start_time": START,
        "total_elapsed_time": 1800.0,
        "sport": "training",
        "sub_sport": "strength_training",
        "avg_heart_rate": 101,
        "max_heart_rate": 130,
    }
    activity = sandbox.get(f"/activity/{sandbox.upload(messages(('SESSION', session))).json()['id']}").json()
    expected = {"type": "WeightTraining", "moving_time": 1800, "average_heartrate": 101, "max_heartrate": 130}
    assert {key: activity[key] for key in expected} == expected
    assert activity["icu_training_load"] > 0
    assert (activity["distance"], activity["stream_types"]) == (None, None)
    assert sandbox.get(f"/activity/{activity['id']}/streams").json() == []


def test_a_file_without_any_heart_rate_has_no_load(sandbox: Box) -> None:
    session = {
        "timestamp": START + timedelta(seconds=60),
        "start_time": START,
        "total_elapsed_time": 60.0,
        "sport": "walking",
    }
    activity = sandbox.get(f"/activity/{sandbox.upload(messages(('SESSION', session))).json()['id']}").json()
    assert (activity["has_heartrate"], activity["icu_training_load"]) == (False, None)


def test_an_upload_without_the_part_named_file_is_refused(sandbox: Box) -> None:
    path = "/athlete/0/activities"
    assert sandbox.send("POST", path, files={"data": ("a.fit", FIT)}).status_code == 422
    assert sandbox.send("POST", path, content=FIT).status_code == 422
    broken = {"content-type": "multipart/form-data; boundary=x"}
    assert sandbox.send("POST", path, content=b"--x\r\nnothing", headers=broken).status_code in (400, 422)


def test_the_original_file_comes_back_byte_for_byte(sandbox: Box) -> None:
    for content in (FIT, TCX, GPX):
        activity = sandbox.upload(gzip.compress(content)).json()["id"]
        assert sandbox.get(f"/activity/{activity}/file").content == content


def test_a_generated_fit_file_says_the_same_in_other_bytes(sandbox: Box) -> None:
    activity = sandbox.upload(FIT).json()["id"]
    generated = sandbox.get(f"/activity/{activity}/fit-file").content
    (original,), (again,) = read_fit(FIT), read_fit(generated)
    assert generated != FIT
    assert (again.start, again.type, again.elapsed) == (original.start, original.type, original.elapsed)
    assert list(again.columns["heartrate"]) == list(original.columns["heartrate"])


def test_a_generated_fit_file_may_leave_out_power_and_heart_rate(sandbox: Box) -> None:
    activity = sandbox.upload(garmin_fit(60, sport="cycling", watts=True)).json()["id"]
    (bare,) = read_fit(sandbox.get(f"/activity/{activity}/fit-file?power=false&hr=false").content)
    assert {"watts", "heartrate"}.isdisjoint(bare.columns)


def test_seeded_activities_have_files_too(sandbox: Box) -> None:
    activity = sandbox.activities(type="Run", source="GARMIN_CONNECT")[0]
    for name in ("file", "fit-file"):
        (recording,) = read_fit(sandbox.get(f"/activity/{activity.id}/{name}").content)
        assert recording.start.strftime("%Y-%m-%dT%H:%M:%SZ") == activity.values["start_date"]
        assert recording.elapsed == activity.values["elapsed_time"]


def test_the_file_of_a_seeded_activity_is_not_the_generated_one(sandbox: Box) -> None:
    activity = sandbox.activities(type="Run", source="GARMIN_CONNECT")[0]
    original, generated = (sandbox.get(f"/activity/{activity.id}/{name}").content for name in ("file", "fit-file"))
    assert original != generated
    assert sandbox.get(f"/activity/{activity.id}/file").content == original


def test_the_file_of_a_seeded_activity_is_a_duplicate_in_another_run_too(sandbox: Box) -> None:
    activity = sandbox.activities(type="Run", source="GARMIN_CONNECT")[0]
    original = box().get(f"/activity/{activity.id}/file").content
    again = sandbox.upload(original)
    assert (again.status_code, again.json()["id"]) == (200, activity.id)


def test_a_generated_file_of_a_seeded_activity_is_a_second_activity(sandbox: Box) -> None:
    activity = sandbox.activities(type="Run", source="GARMIN_CONNECT")[0]
    assert sandbox.upload(sandbox.get(f"/activity/{activity.id}/fit-file").content).status_code == 201


def test_a_deleted_seeded_activity_comes_back_with_its_file(sandbox: Box) -> None:
    activity = sandbox.activities(type="Run", source="GARMIN_CONNECT")[0]
    original = sandbox.get(f"/activity/{activity.id}/file").content
    sandbox.delete(f"/activity/{activity.id}")
    again = sandbox.upload(original)
    assert (again.status_code, again.json()["id"]) == (201, activity.id)


def test_strava_and_manual_activities_have_no_files(sandbox: Box) -> None:
    stub = sandbox.activities(source="STRAVA")[0]
    manual = sandbox.post(
        "/athlete/0/activities/manual", {"start_date_local": "2026-11-20T07:00:00", "type": "Run"}
    ).json()
    for name in ("file", "fit-file"):
        assert sandbox.get(f"/activity/{stub.id}/{name}").status_code == 422
        assert sandbox.get(f"/activity/{manual['id']}/{name}").status_code == 404


def test_the_local_day_decides_where_an_upload_counts(sandbox: Box) -> None:
    late = START.replace(hour=23, minute=30)
    activity = sandbox.get(f"/activity/{sandbox.upload(garmin_fit(600, late)).json()['id']}").json()
    assert activity["start_date_local"] == "2026-11-11T00:30:00"
    day = (late + timedelta(hours=1)).date()
    assert sandbox.get(f"/athlete/0/wellness/{day}").json()["ctlLoad"] >= activity["icu_training_load"] > 0
