"""Reading and writing activity files. Known answers: files by Garmin's encoder, by hand, and real ones by Apple."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from datetime import UTC, datetime, timedelta

import fitparse
import pytest
from garmin_fit_sdk import Decoder, Stream
from hypothesis import given
from hypothesis import strategies as st

from intervals_sandbox.files.crc import crc
from intervals_sandbox.files.read_fit import read_fit
from intervals_sandbox.files.read_gpx import read_gpx
from intervals_sandbox.files.read_tcx import read_tcx
from intervals_sandbox.files.recording import Lap, Recording, UnreadableFile, columns
from intervals_sandbox.files.tracks import climbed, metres
from intervals_sandbox.files.unpack import TooLarge, read_file, unpack
from intervals_sandbox.files.write_fit import write_fit
from sandbox.recordings import GPX, START, TCX, garmin_fit, messages
from support.facts import facts_path


def test_a_garmin_file_is_read_with_its_totals_and_samples() -> None:
    (run,) = read_fit(garmin_fit(600))
    assert (run.start, run.type, run.elapsed, run.moving) == (START, "Run", 600, 570)
    assert (run.distance, run.calories) == (1800, 111)
    assert list(run.columns["time"]) == list(range(600))
    assert list(run.columns["heartrate"]) == [120 + second // 60 for second in range(600)]
    assert run.columns["distance"][100] == 300
    assert run.columns["velocity_smooth"][5] == 3
    assert run.columns["altitude"][300] == 60
    assert run.columns["lat"][100] == pytest.approx(52.501, abs=1e-7)


def test_beat_intervals_are_kept_per_sample() -> None:
    (run,) = read_fit(garmin_fit(4, beats=True))
    assert run.rr == [[], [500, 512], [], [500, 512]]


def test_a_multisport_file_is_split_by_its_sessions() -> None:
    data = garmin_fit(300, sessions=[("swimming", 0, 100), ("transition", 100, 20), ("cycling", 120, 180)])
    swim, change, ride = read_fit(data)
    assert [part.type for part in (swim, change, ride)] == ["Swim", "Transition", "Ride"]
    assert [part.sport_index for part in (swim, change, ride)] == [0, 1, 2]
    assert ride.start == START + timedelta(seconds=120)
    assert list(ride.columns["time"])[:2] == [0, 1]
    assert ride.columns["distance"][0] == 360


@pytest.mark.parametrize(
    ("sport", "sub_sport", "kind", "indoor"),
    [
        ("running", "treadmill", "Run", True),
        ("running", "trail", "TrailRun", False),
        ("cycling", "indoor_cycling", "Ride", True),
        ("cycling", "gravel_cycling", "GravelRide", False),
        ("cycling", "virtual_activity", "VirtualRide", True),
        ("swimming", "lap_swimming", "Swim", True),
        ("swimming", "open_water", "OpenWaterSwim", False),
        ("training", "strength_training", "WeightTraining", True),
        ("training", "yoga", "Yoga", True),
        ("hiking", "generic", "Hike", False),
        ("fitness_equipment", "indoor_rowing", "Rowing", True),
        ("generic", "generic", "Other", False),
        ("motorcycling", "generic", "Other", False),
    ],
)
def test_sports_become_activity_types(sport: str, sub_sport: str, kind: str, indoor: bool) -> None:
    (recording,) = read_fit(garmin_fit(3, sport=sport, sub_sport=sub_sport))
    assert (recording.type, recording.indoor) == (kind, indoor)


@pytest.mark.parametrize("cut", [20, 200, -1])
def test_a_cut_fit_file_is_unreadable(cut: int) -> None:
    with pytest.raises(UnreadableFile, match="FIT"):
        read_fit(garmin_fit(60)[:cut])


@given(position=st.integers(0, 2000), value=st.integers(1, 255))
def test_a_fit_file_with_one_changed_byte_is_unreadable(position: int, value: int) -> None:
    data = bytearray(_SHORT)
    data[position % len(data)] ^= value
    with pytest.raises(UnreadableFile):
        read_fit(bytes(data))


_SHORT = garmin_fit(20)


FILE_ID = ("FILE_ID", {"type": "activity", "manufacturer": "garmin", "time_created": START})
RECORD = ("RECORD", {"timestamp": START, "heart_rate": 100})


def test_a_session_without_samples_keeps_the_figures_of_the_file() -> None:
    end = START + timedelta(seconds=90)
    session = {"timestamp": end, "start_time": START, "sport": "training", "avg_heart_rate": 101, "max_heart_rate": 120}
    (lift,) = read_fit(messages(FILE_ID, ("SESSION", session)))
    assert (lift.type, lift.elapsed, lift.moving, lift.samples) == ("Workout", 90, 90, 0)
    assert (lift.average_heartrate, lift.max_heartrate) == (101, 120)


def test_a_session_without_a_start_begins_with_the_first_sample() -> None:
    (run,) = read_fit(messages(FILE_ID, RECORD, ("SESSION", {"timestamp": START, "sport": "running"})))
    assert (run.start, run.samples) == (START, 1)


@pytest.mark.parametrize(
    "data",
    [
        messages(FILE_ID),
        messages(FILE_ID, RECORD),
        messages(FILE_ID, ("SESSION", {"sport": "running"})),
    ],
)
def test_a_fit_file_without_a_session_in_time_is_unreadable(data: bytes) -> None:
    with pytest.raises(UnreadableFile):
        read_fit(data)


def test_a_well_summed_file_of_nonsense_is_unreadable() -> None:
    body = b"\x0f\x01\x02"  # a message of a kind that was never defined
    header = struct.pack("<BBHI4s", 12, 0x10, 2140, len(body), b".FIT")
    data = header + body + struct.pack("<H", crc(header + body))
    with pytest.raises(UnreadableFile, match="Could not read"):
        read_fit(data)


def test_the_check_sum_is_that_of_the_published_example() -> None:
    # CRC-16/ARC of the digits 1 to 9, as catalogued.
    assert crc(b"123456789") == 0xBB3D


def test_a_tcx_file_is_read_with_laps_and_extensions() -> None:
    (ride,) = read_tcx(TCX)
    assert (ride.start, ride.type, ride.elapsed, ride.distance, ride.calories) == (START, "Ride", 30, 240, 8)
    assert ride.device == "Edge 530"
    assert list(ride.columns["time"]) == [0, 10, 20, 30]
    assert list(ride.columns["heartrate"]) == [110, 120, 130, 140]
    assert ride.present("watts") == [150, 250]
    assert list(ride.columns["velocity_smooth"]) == [0, 8, 8, 8]
    assert ride.laps == [Lap(0, 20), Lap(20, 30)]


def test_a_tcx_file_without_distances_gets_them_from_its_positions() -> None:
    def point(second: int, longitude: float) -> bytes:
        return (
            b"<Trackpoint><Time>2026-11-10T06:30:%02dZ</Time><Position><LatitudeDegrees>0</LatitudeDegrees>"
            b"<LongitudeDegrees>%f</LongitudeDegrees></Position></Trackpoint>" % (second, longitude)
        )

    data = (
        b'<TrainingCenterDatabase><Activities><Activity Sport="Running"><Lap StartTime="2026-11-10T06:30:00Z">'
        b"<TotalTimeSeconds>30</TotalTimeSeconds><Track>%s</Track></Lap></Activity></Activities>"
        b"</TrainingCenterDatabase>" % (point(0, 0) + point(30, 0.001))
    )
    (run,) = read_tcx(data)
    assert list(run.columns["distance"]) == pytest.approx([0, 111.19], abs=0.01)
    assert run.columns["velocity_smooth"][1] == pytest.approx(111.19 / 30, abs=0.001)


def test_a_gpx_file_is_read_with_extensions_and_its_distance_worked_out() -> None:
    (run,) = read_gpx(GPX)
    assert (run.start, run.type, run.elapsed) == (START, "Run", 90)
    assert run.distance == pytest.approx(2 * 111.19, abs=0.02)
    assert run.moving == 60
    assert run.present("heartrate") == [120, 130, 140]
    assert run.present("cadence") == [84]


def test_a_thousandth_of_a_degree_of_latitude_is_a_nautical_fraction() -> None:
    # One degree of a great circle of the mean sphere: 111.195 km.
    assert metres(10, 20, 11, 20) == pytest.approx(111_195, abs=1)
    assert metres(0, 179.5, 0, -179.5) == pytest.approx(111_195, abs=1)


def test_small_wiggles_are_no_climb() -> None:
    assert climbed([10, 11, 10, 11, 10]) == (0, 0)
    assert climbed([10, 20, 15, 30]) == (25, 5)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"<gpx",
        b"<gpx version='1.1' xmlns='http://www.topografix.com/GPX/1/1'></gpx>",
        GPX.replace(b"<time>", b"<when>").replace(b"</time>", b"</when>"),
        GPX.replace(b">130<", b">fast<"),
        b"<TrainingCenterDatabase/>",
        TCX.replace(b"2026-11-10T06:30:10Z", b"later"),
        TCX.replace(b">250<", b">strong<"),
        TCX[:700],
        TCX.replace(b"Lap", b"Part"),
        b"\x0e\x10\x00\x00\x00\x00\x00\x00.FIT\x00\x00",
    ],
)
def test_what_is_no_activity_file_is_named_unreadable(data: bytes) -> None:
    with pytest.raises(UnreadableFile):
        read_file(data)


def test_an_entity_bomb_is_refused() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "' + b"b" * 1000 + b'">'
    bomb += b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 50) for n in range(1, 9)).replace(b"&a0;", b"&a;")
    bomb += b"]><TrainingCenterDatabase><Activities>&a8;</Activities></TrainingCenterDatabase>"
    with pytest.raises(UnreadableFile):
        read_tcx(bomb)


@pytest.mark.facts
def test_real_gpx_files_of_an_iphone_are_read() -> None:
    folder = facts_path("reference", "apple-health")
    for path in sorted(folder.rglob("*.gpx")):
        (recording,) = read_gpx(path.read_bytes())
        assert recording.samples > 1
        assert recording.distance


def test_gzip_and_zip_are_unpacked() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.mkdir("folder")
        packed.writestr("folder/a.gpx", GPX)
        packed.writestr("b.tcx", TCX)
    assert list(unpack(gzip.compress(GPX), 10_000)) == [GPX]
    assert list(unpack(archive.getvalue(), 10_000)) == [GPX, TCX]
    assert list(unpack(GPX, 10_000)) == [GPX]


def test_a_small_archive_that_unpacks_large_is_too_large() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a", bytes(6000))
        packed.writestr("b", bytes(6000))
    for bomb in (gzip.compress(bytes(20_000)), archive.getvalue()):
        with pytest.raises(TooLarge):
            list(unpack(bomb, 10_000))


_CUT = ["gzip cut off", "no zip", "no gzip"]
"""Names, because the bytes hold the second in which they were made: workers would not agree on the tests."""


@pytest.mark.parametrize("data", [gzip.compress(GPX)[:50], b"PK\x03\x04nothing", b"\x1f\x8bnothing"], ids=_CUT)
def test_a_broken_archive_is_unreadable(data: bytes) -> None:
    with pytest.raises(UnreadableFile):
        list(unpack(data, 10_000))


RIDE = Recording(
    start=datetime(2026, 7, 1, 16, tzinfo=UTC),
    type="Ride",
    elapsed=5,
    moving=4,
    distance=24.5,
    calories=9,
    columns=columns(
        {
            "time": [0, 1, 2, 5],
            "lat": [52.5, 52.50001, None, 52.50003],
            "lng": [-13.4, -13.4, None, -13.39999],
            "altitude": [-3.2, 0, 10.4, 8000],
            "heartrate": [100, None, 120, 130],
            "watts": [0, 250, None, 900],
            "cadence": [80, 81, 82, 83],
            "temp": [-5, -5, -4, -4],
            "distance": [0, 6.25, 12.5, 24.5],
            "velocity_smooth": [0, 6.25, 6.25, 4],
        }
    ),
    laps=[Lap(0, 2), Lap(2, 5)],
)


def test_garmins_decoder_accepts_a_generated_file_without_complaint() -> None:
    messages, errors = Decoder(Stream.from_byte_array(bytearray(write_fit(RIDE)))).read()
    assert errors == []
    assert messages["session_mesgs"][0]["sport"] == "cycling"
    assert messages["session_mesgs"][0]["total_distance"] == 24.5
    assert [record.get("heart_rate") for record in messages["record_mesgs"]] == [100, None, 120, 130]
    assert messages["record_mesgs"][0]["altitude"] == pytest.approx(-3.2)
    assert [lap["total_elapsed_time"] for lap in messages["lap_mesgs"]] == [2, 3]
    assert messages["activity_mesgs"][0]["type"] == "manual"


def test_another_decoder_reads_the_same_from_it() -> None:
    file = fitparse.FitFile(write_fit(RIDE))
    records = [record.get_values() for record in file.get_messages("record")]
    assert [record["power"] for record in records] == [0, 250, None, 900]
    assert records[3]["timestamp"] - records[0]["timestamp"] == timedelta(seconds=5)


def test_a_generated_file_reads_back() -> None:
    (again,) = read_fit(write_fit(RIDE))
    assert (again.start, again.type, again.elapsed, again.moving) == (RIDE.start, "Ride", 5, 4)
    for name, column in RIDE.columns.items():
        precision = {"lat": 1e-6, "lng": 1e-6, "altitude": 0.2}.get(name, 0.01)
        assert list(again.columns[name]) == pytest.approx(list(column), abs=precision, nan_ok=True)


def test_a_value_beyond_its_field_is_left_out() -> None:
    wild = Recording(RIDE.start, "Run", 1, 1, columns({"time": [0, 1], "heartrate": [120, 300]}))
    (again,) = read_fit(write_fit(wild))
    assert again.present("heartrate") == [120]


def test_power_and_heart_rate_can_be_left_out() -> None:
    (bare,) = read_fit(write_fit(RIDE, power=False, heartrate=False))
    assert {"watts", "heartrate"}.isdisjoint(bare.columns)
