"""Streams and intervals. Notes, section 6.5."""

from __future__ import annotations

from statistics import fmean
from typing import Any

import pytest

from intervals_sandbox import shapes
from sandbox.harness import Box, box
from sandbox.recordings import GPX, garmin_fit


def _uploaded(sandbox: Box, content: bytes) -> str:
    activity: str = sandbox.upload(content).json()["id"]
    return activity


def _streams(sandbox: Box, activity: str, query: str = "") -> dict[str, Any]:
    return {item["type"]: item for item in sandbox.get(f"/activity/{activity}/streams{query}").json()}


def test_streams_share_one_index_of_seconds_from_the_start(sandbox: Box) -> None:
    found = _streams(sandbox, _uploaded(sandbox, garmin_fit(100)))
    assert found["time"]["data"] == list(range(100))
    assert {len(stream["data"]) for stream in found.values()} == {100}
    assert all(set(stream) == set(shapes.STREAM) for stream in found.values())


def test_positions_have_latitudes_and_longitudes_apart(sandbox: Box) -> None:
    latlng = _streams(sandbox, _uploaded(sandbox, garmin_fit(10)))["latlng"]
    assert latlng["data"][5] == pytest.approx(52.50005, abs=1e-6)
    assert latlng["data2"][5] == pytest.approx(13.4, abs=1e-6)


def test_gaps_are_null(sandbox: Box) -> None:
    found = _streams(sandbox, _uploaded(sandbox, GPX))
    assert found["heartrate"]["data"] == [120, 130, None, 140]
    assert found["time"]["data"] == [0, 30, 60, 90]


def test_types_choose_streams_joined_or_repeated(sandbox: Box) -> None:
    activity = _uploaded(sandbox, garmin_fit(10))
    for query in ("?types=heartrate,time,smo2", "?types=heartrate&types=time&types=smo2"):
        assert set(_streams(sandbox, activity, query)) == {"time", "heartrate"}


def test_defaults_can_be_added_to_what_was_asked(sandbox: Box) -> None:
    activity = _uploaded(sandbox, garmin_fit(10, beats=True))
    assert set(_streams(sandbox, activity, "?types=hrv")) == {"hrv"}
    both = _streams(sandbox, activity, "?types=hrv&includeDefaults=true")
    assert {"hrv", "time", "heartrate", "latlng"} <= set(both)


def test_the_original_power_is_named_raw_when_all_or_it_is_asked_for(sandbox: Box) -> None:
    activity = _uploaded(sandbox, garmin_fit(10, sport="cycling", watts=True))
    assert {"watts", "raw_watts"} <= set(_streams(sandbox, activity))
    assert set(_streams(sandbox, activity, "?types=watts")) == {"watts"}
    assert set(_streams(sandbox, activity, "?types=raw_watts")) == {"raw_watts"}


def test_beats_are_a_list_per_sample(sandbox: Box) -> None:
    hrv = _streams(sandbox, _uploaded(sandbox, garmin_fit(4, beats=True)))["hrv"]
    assert hrv["data"] == [[], [500, 512], [], [500, 512]]
    assert hrv["valueTypeIsArray"] is True


def test_csv_has_a_column_per_stream_and_two_for_positions(sandbox: Box) -> None:
    activity = _uploaded(sandbox, garmin_fit(3))
    answer = sandbox.get(f"/activity/{activity}/streams.csv?types=time,latlng,heartrate")
    lines = answer.text.splitlines()
    assert answer.headers["content-type"].startswith("text/csv")
    assert lines[0] == "time,lat,lng,heartrate"
    assert lines[1] == "0,52.5,13.4,120"
    assert len(lines) == 4
    assert (
        sandbox.get(f"/activity/{activity}/streams.json").json() == sandbox.get(f"/activity/{activity}/streams").json()
    )


def _sent(kind: str, value: float, samples: int = 10) -> dict[str, Any]:
    return {"type": kind, "name": None, "data": [value] * (samples - 1) + [None]}


def test_streams_can_be_replaced_added_and_removed(sandbox: Box) -> None:
    activity = _uploaded(sandbox, garmin_fit(10))
    path = f"/activity/{activity}/streams"
    sent = [_sent("heartrate", 150), _sent("smo2", 61.5), {"type": "altitude", "data": None}]
    assert sandbox.put(path, sent).json() == {"updated": ["heartrate", "smo2"], "deleted": ["altitude"]}
    found = _streams(sandbox, activity)
    assert found["heartrate"]["data"] == [150] * 9 + [None]
    assert found["smo2"]["data"] == [61.5] * 9 + [None]
    assert "altitude" not in found
    assert sorted(sandbox.get(f"/activity/{activity}").json()["stream_types"]) == sorted(found)


def test_positions_are_replaced_by_both_their_columns(sandbox: Box) -> None:
    activity = _uploaded(sandbox, garmin_fit(2))
    path = f"/activity/{activity}/streams"
    assert sandbox.put(path, [{"type": "latlng", "data": [1.5, None], "data2": [2.5, None]}]).status_code == 200
    latlng = _streams(sandbox, activity)["latlng"]
    assert (latlng["data"], latlng["data2"]) == ([1.5, None], [2.5, None])
    assert sandbox.put(path, [{"type": "latlng", "data": [1.5, None], "data2": [2.5, 3.5]}]).status_code == 422


def test_the_recorded_power_stays_beside_the_corrected(sandbox: Box) -> None:
    activity = _uploaded(sandbox, garmin_fit(10, sport="cycling", watts=True))
    recorded = _streams(sandbox, activity)["watts"]["data"]
    sandbox.put(f"/activity/{activity}/streams", [_sent("watts", 333)])
    found = _streams(sandbox, activity)
    assert (found["watts"]["data"][0], found["raw_watts"]["data"]) == (333, recorded)


def test_the_original_file_stays_when_streams_change(sandbox: Box) -> None:
    activity = sandbox.activities(type="Run", source="GARMIN_CONNECT")[0]
    samples = len(_streams(sandbox, activity.id)["time"]["data"])
    before = box().get(f"/activity/{activity.id}/file").content
    sandbox.put(f"/activity/{activity.id}/streams", [_sent("heartrate", 150, samples)])
    assert sandbox.get(f"/activity/{activity.id}/file").content == before


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ([_sent("heartrate", 150, 9)], 422),
        ([_sent("time", 1)], 422),
        ([_sent("lat", 1)], 422),
        ([{"type": "latlng", "data": [1] * 10}], 422),
        ([{"type": "heartrate", "data": "fast"}], 422),
        ([{"type": "heartrate", "data": ["fast"] * 10}], 400),
        ([{"data": [1] * 10}], 400),
        ({"type": "heartrate"}, 400),
    ],
)
def test_wrong_streams_are_refused_and_change_nothing(sandbox: Box, wrong: Any, status: int) -> None:
    activity = _uploaded(sandbox, garmin_fit(10))
    before = _streams(sandbox, activity)
    sent = [_sent("cadence", 99), *wrong] if isinstance(wrong, list) else wrong
    assert sandbox.put(f"/activity/{activity}/streams", sent).status_code == status
    assert _streams(sandbox, activity) == before


def test_what_has_no_streams_gets_none(sandbox: Box) -> None:
    stub = sandbox.activities(source="STRAVA")[0]
    manual = sandbox.post(
        "/athlete/0/activities/manual", {"start_date_local": "2026-11-20T07:00:00", "type": "Run"}
    ).json()
    for activity in (stub.id, manual["id"]):
        assert sandbox.put(f"/activity/{activity}/streams", [_sent("heartrate", 150)]).status_code == 422


def test_strava_and_manual_activities_have_no_streams(sandbox: Box) -> None:
    stub = sandbox.activities(source="STRAVA")[0]
    manual = sandbox.post(
        "/athlete/0/activities/manual", {"start_date_local": "2026-11-20T07:00:00", "type": "Run"}
    ).json()
    assert sandbox.get(f"/activity/{stub.id}/streams").json() == []
    assert sandbox.get(f"/activity/{manual['id']}/streams").json() == []


def test_seeded_streams_agree_with_their_activity(sandbox: Box) -> None:
    for activity in sandbox.activities(sandbox.friend)[-12:]:
        facts = activity.values
        found = _streams(sandbox, activity.id)
        assert sorted(set(found) - {"raw_watts"}) == sorted(facts["stream_types"])
        rates = found["heartrate"]["data"]
        assert fmean(rates) == pytest.approx(facts["average_heartrate"], abs=1)
        assert max(rates) == facts["max_heartrate"]
        assert found["time"]["data"][-1] == facts["elapsed_time"]
        if facts.get("distance"):
            assert found["distance"]["data"][-1] == pytest.approx(facts["distance"], abs=0.1)
        if facts.get("icu_average_watts"):
            assert fmean(found["watts"]["data"]) == pytest.approx(facts["icu_average_watts"], rel=0.03)


def test_seeded_routes_end_where_they_began(sandbox: Box) -> None:
    activity = next(
        item for item in sandbox.activities(sandbox.friend) if "latlng" in item.values.get("stream_types", ())
    )
    latlng = _streams(sandbox, activity.id)["latlng"]
    assert latlng["data"][0] == pytest.approx(latlng["data"][-1], abs=1e-3)
    assert latlng["data2"][0] == pytest.approx(latlng["data2"][-1], abs=1e-3)


def test_seeded_streams_are_the_same_each_time(sandbox: Box) -> None:
    activity = sandbox.activities(type="Run", source="GARMIN_CONNECT")[0]
    path = f"/activity/{activity.id}/streams"
    assert sandbox.get(path).content == sandbox.get(path).content


def test_intervals_come_on_request_only(sandbox: Box) -> None:
    activity = _uploaded(sandbox, garmin_fit(600, laps=[(0, 200), (200, 400)]))
    assert "icu_intervals" not in sandbox.get(f"/activity/{activity}").json()
    whole = sandbox.get(f"/activity/{activity}?intervals=true").json()
    first, second = whole["icu_intervals"]
    assert (first["start_time"], first["end_time"], first["start_index"], first["end_index"]) == (0, 200, 0, 200)
    assert (second["elapsed_time"], second["distance"]) == (400, 3 * 399)
    assert (second["average_heartrate"], second["max_heartrate"]) == (126, 129)
    assert set(first) == set(shapes.INTERVAL)


def test_an_activity_without_laps_is_one_interval(sandbox: Box) -> None:
    activity = _uploaded(sandbox, garmin_fit(60))
    whole = sandbox.get(f"/activity/{activity}?intervals=true").json()
    assert len(whole["icu_intervals"]) == 1
    assert whole["icu_groups"] is None


def test_efforts_of_the_same_length_form_a_group(sandbox: Box) -> None:
    activity = next(item for item in sandbox.activities(sandbox.friend) if "12 min" in item.values.get("name", ""))
    whole = sandbox.get(f"/activity/{activity.id}?intervals=true").json()
    efforts = [item for item in whole["icu_intervals"] if item["type"] == "WORK"]
    rests = [item for item in whole["icu_intervals"] if item["type"] == "RECOVERY"]
    assert len(efforts) == 3
    assert {item["elapsed_time"] for item in efforts} == {720}
    (group,) = whole["icu_groups"]
    assert (group["count"], group["elapsed_time"]) == (3, 720)
    assert {item["group_id"] for item in efforts} == {group["id"]}
    assert {item["group_id"] for item in rests} == {None}
    assert min(item["average_watts"] for item in efforts) > max(item["average_watts"] for item in rests)
