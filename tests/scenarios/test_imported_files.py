"""Files of other apps through the command line: what they are taken for, many at once, and what is said of bad ones."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from cases import Home

from support.pushes import STEPS, WEIGHT, body, item, metric

ZONE = ("--home-zone", "Europe/Berlin")
SHORTCUT = json.dumps({"type": "Weight", "value": "72,5 kg", "date": "2026-03-10T07:02:13+01:00"}).encode()
LINES = b"\n".join([SHORTCUT, SHORTCUT.replace(b"03-10", b"03-11")])
CSV = (
    "sep=,\r\ntype,sourceName,sourceVersion,productType,device,startDate,endDate,unit,value\r\n"
    f"{STEPS},Watch,1,Watch7,d,2026-03-10 06:00:13 +0000,2026-03-10 06:10:13 +0000,count,61\r\n"
).encode()
XML = (
    '<?xml version="1.0"?><HealthData locale="en_US"><ExportDate value="2026-03-12 12:00:00 +0100"/>'
    f'<Record type="{STEPS}" sourceName="Watch" unit="count" value="61"'
    ' startDate="2026-03-10 07:00:13 +0100" endDate="2026-03-10 07:10:13 +0100"/></HealthData>'
).encode()


def daily(day: int, count: float, *, source: str = "Watch|iPhone") -> bytes:
    """The sum of a day so far, as Health Auto Export writes it."""
    return body(metric("step_count", "count", item(f"2026-03-{day} 00:00:00 +0100", count, source)))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def put(home: Home, name: str, content: bytes) -> Path:
    path = home.folder / name
    path.write_bytes(content)
    return path


def steps(home: Home) -> dict[str, Any]:
    return {one["day"]: one["values"]["steps"]["value"] for one in home.json("metrics") if "steps" in one["values"]}


FILES = [
    (daily(10, 8431), "health-auto-export", 0),
    (b'{"data": {}}', "health-auto-export", 0),
    (body(workouts=(), stateOfMind=[]), "health-auto-export", 0),
    (SHORTCUT, "shortcuts", 1),
    (LINES, "shortcuts", 2),
    (json.dumps(SHORTCUT.decode()).encode(), "shortcuts", 1),
    (b'{"data": [' + SHORTCUT + b"]}", "shortcuts", 1),
    (b"\xef\xbb\xbf \n" + SHORTCUT, "shortcuts", 1),
    (CSV, "simple-health-export", 1),
]


@pytest.mark.parametrize(
    ("content", "channel", "read"),
    [
        (XML, "export", 1),
        *FILES,
        *((gzip.compress(content, mtime=0), channel, read) for content, channel, read in FILES),
    ],
)
def test_a_file_is_taken_for_what_it_holds_whatever_it_is_called(
    home: Home, content: bytes, channel: str, read: int
) -> None:
    answer = home.json("import", put(home, "export.zip", content), *ZONE)
    assert (answer["channel"], answer["samples"]["read"], answer["error"]) == (channel, read, None)


def test_the_answer_has_the_shape_of_an_exports(home: Home) -> None:
    of_export = home.json("import", put(home, "a", XML), *ZONE)
    of_push = home.json("import", put(home, "b", daily(10, 8431)))
    assert list(of_export) == list(of_push)
    assert of_push["summaries"] == {"read": 1, "new": 1}
    assert (of_push["zone"], of_push["problems"], of_push["more_problems"]) == ("Europe/Berlin", [], 0)


def test_the_same_file_again_is_no_news(home: Home) -> None:
    first = home.json("import", put(home, "a", LINES), *ZONE)
    again = home.json("import", put(home, "b", LINES))
    assert (first["samples"]["new"], again["samples"]["new"], again["samples"]["known"]) == (2, 0, 2)


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
def test_many_at_once_make_the_same_days_in_any_order(home: Home, order: tuple[int, ...]) -> None:
    two_days = [item(f"2026-03-{day} 00:00:00 +0100", count, "Watch|iPhone") for day, count in ((10, 8431), (11, 100))]
    delivered = [daily(10, 2500), body(metric("step_count", "count", *two_days)), daily(12, 300), SHORTCUT]
    paths = [put(home, f"{place}.json", content) for place, content in enumerate(delivered)]
    answer = home.json("import", *(paths[place] for place in order), *ZONE)
    assert steps(home) == {"2026-03-10": 8431, "2026-03-11": 100, "2026-03-12": 300}
    assert [Path(one["file"]).name for one in answer["files"]] == [f"{place}.json" for place in order]
    assert (answer["types"], answer["samples"]["new"], answer["summaries"]["read"]) == ({WEIGHT: 1}, 1, 4)


# --- what cannot be read ---------------------------------------------------------------------------------------------

CUT_OFF = {
    "export.xml": XML[:-40],
    "health.json": daily(10, 8431)[:-20],
    "shortcut.json": SHORTCUT[:-10],
    "packed.json.gz": gzip.compress(daily(10, 8431), mtime=0)[:-12],
}


@pytest.mark.parametrize("name", CUT_OFF)
def test_a_file_that_ends_early_is_named_among_the_problems(home: Home, name: str) -> None:
    said = home("import", put(home, name, CUT_OFF[name]), *ZONE, "--json")
    answer = json.loads(said.out)
    assert said.code == 3
    assert answer["problems"][0]["where"] == name
    assert answer["problems"][0]["what"] == answer["error"]["cause"]
    assert answer["problems"][0]["cure"]


@pytest.mark.parametrize(
    "content",
    [b"a note", b"{}", b"[]", b'{"name": 1} trailing', b'{"dependencies": {}}', b"[1, 2]", b"day,steps\n1,2\n", b""],
)
def test_a_file_that_is_none_of_these_is_refused_in_words(home: Home, content: bytes) -> None:
    said = home("import", put(home, "data.json", content), "--json")
    error = json.loads(said.out)["error"]
    assert said.code == 3
    assert "data.json" in error["cause"]
    assert error["cure"]


def test_sums_a_week_apart_in_a_file_each_are_no_days(home: Home) -> None:
    weeks = [put(home, f"{day}.json", daily(day, 21_000 + day)) for day in (10, 17, 24)]
    weighed = put(home, "scale.json", body(metric("weight_body_mass", "kg", item("2026-03-10 07:02:13 +0100", 72))))
    answer = home.json("import", *weeks, weighed, *ZONE)
    assert (answer["summaries"]["read"], answer["samples"]["new"], steps(home)) == (0, 1, {})
    assert sum("whole weeks or months" in str(problem) for problem in answer["problems"]) == 3


def test_sums_of_following_days_in_a_file_each_are_days(home: Home) -> None:
    days = [put(home, f"{day}.json", daily(day, 21_000 + day)) for day in (10, 11, 17)]
    home.json("import", *days, *ZONE)
    assert steps(home) == {"2026-03-10": 21_010, "2026-03-11": 21_011, "2026-03-17": 21_017}


def test_a_bad_file_stops_none_of_the_others(home: Home) -> None:
    bad, good = put(home, "bad.json", CUT_OFF["health.json"]), put(home, "good.json", daily(11, 9000))
    said = home("import", bad, home.folder / "absent.json", good, *ZONE, "--json")
    answer = json.loads(said.out)
    assert said.code == 3
    assert [bool(one["error"]) for one in answer["files"]] == [True, True, False]
    assert [one["where"] for one in answer["problems"]] == ["bad.json"]
    assert steps(home) == {"2026-03-11": 9000}


def test_in_words_each_file_is_named_with_what_it_was_taken_for(home: Home) -> None:
    paths = put(home, "one.json", daily(10, 8431)), put(home, "two.csv", CSV)
    said = home("import", *paths, *ZONE)
    assert said.code == 0
    assert "one.json: read as a file of Health Auto Export." in said.out
    assert "two.csv: read as a file of Simple Health Export." in said.out
    assert "Sums and means: 1, 1 of them new." in said.out


def test_more_than_may_come_is_refused_however_small_it_is_packed(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intervals_companion.app.ingest.payloads.MOST_BYTES", 2**16)
    for name, content in (
        ("plain.json", b"[" + b" " * 2**17),
        ("bomb.gz", gzip.compress(b"[" + b" " * 2**22, mtime=0)),
    ):
        answer = json.loads(home("import", put(home, name, content), "--json").out)
        assert answer["error"]["cause"].startswith(f"{name} is too large.")
