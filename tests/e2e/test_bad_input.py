"""What goes wrong gets a cause, a cure and its exit code, and loses nothing."""

from __future__ import annotations

import json
import re
import sqlite3
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from filelock import FileLock
from sqlalchemy import Engine, event

from intervals_companion.app.wellness import days
from intervals_companion.cli.main import main
from intervals_companion.store import sqlite
from intervals_sandbox.person import Person
from intervals_sandbox.server import Running, running
from support import exports
from support.app_fixture import run, steps
from support.terminal import MONDAY, TODAY


@frozen
class Said:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Said]


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line in this process, in a data folder of its own, against nobody."""
    monkeypatch.setenv("COMPANION_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COMPANION_INTERVALS_URL", "http://localhost:9")

    def said(*arguments: str | Path) -> Said:
        capfd.readouterr()
        code = main([str(argument) for argument in arguments])
        found = capfd.readouterr()
        assert "Traceback" not in found.err
        return Said(code, found.out, found.err)

    return said


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return exports.zip_export(tmp_path / "good.zip", exports.export_xml(steps(MONDAY, 8000), *run(MONDAY)))


def kept(say: Run, good: Path) -> bool:
    """Whether what was imported before is still whole: the same export brings nothing new."""
    return bool(say("import", good, "--json").json["samples"]["new"] == 0)


def text_file(path: Path) -> Path:
    path.write_text("dear diary", encoding="utf-8")
    return path


def empty_file(path: Path) -> Path:
    path.write_bytes(b"")
    return path


def empty_zip(path: Path) -> Path:
    zipfile.ZipFile(path, "w").close()
    return path


def holiday_pictures(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("pictures/beach.jpg", b"\xff\xd8")
    return path


def zip_bomb(path: Path) -> Path:
    """Half a gigabyte of blanks inside an export, in half a megabyte."""
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("apple_health_export/export.xml", "w", force_zip64=True) as file,
    ):
        file.write(b'<?xml version="1.0"?><HealthData locale="en_US">')
        for _ in range(512):
            file.write(b" " * 1_048_576)
    return path


def entity_bomb(path: Path) -> Path:
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "boom"}">' for n in range(12))
    path.write_text(
        f'<?xml version="1.0"?><!DOCTYPE HealthData [{bomb}]><HealthData locale="en_US">'
        f'<Record type="HKQuantityTypeIdentifierStepCount" sourceName="&e11;" unit="count" value="1" '
        f'startDate="{MONDAY} 10:00:00 +0100" endDate="{MONDAY} 10:00:00 +0100"/></HealthData>',
        encoding="utf-8",
    )
    return path


def corrupt_zip(path: Path) -> Path:
    exports.zip_export(path, exports.export_xml(*(steps(MONDAY, n) for n in range(20_000))))
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2 : len(raw) // 2 + 64] = bytes(64)
    path.write_bytes(raw)
    return path


@pytest.mark.parametrize(
    "make", [text_file, empty_file, empty_zip, holiday_pictures, zip_bomb, entity_bomb], ids=lambda make: make.__name__
)
def test_a_file_that_is_no_export_is_refused_and_nothing_is_lost(
    say: Run, good: Path, tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    say("import", good)
    done = say("import", make(tmp_path / "export.zip" if make is not entity_bomb else tmp_path / "export.xml"))
    assert done.code == 3
    cause, _, cure = done.err.strip().partition("\n")
    assert cause
    assert cure
    assert kept(say, good)


def test_a_corrupt_zip_keeps_what_was_read_and_still_prints_its_answer(say: Run, tmp_path: Path) -> None:
    done = say("import", corrupt_zip(tmp_path / "corrupt.zip"), "--json")
    assert done.code == 3
    assert done.json["error"]["cure"]
    assert done.json["samples"]["new"] > 0


def test_a_truncated_file_keeps_what_was_read_and_still_prints_its_answer(say: Run, tmp_path: Path) -> None:
    path = tmp_path / "export.xml"
    path.write_text(exports.truncated(exports.export_xml(*(steps(MONDAY, n) for n in range(100)))), encoding="utf-8")
    done = say("import", path, "--json")
    assert done.code == 3
    assert done.json["samples"]["read"] >= 90
    assert done.json["error"]["cause"]


def test_an_empty_route_is_named_and_the_rest_is_read(say: Run, tmp_path: Path) -> None:
    start, end = f"{MONDAY} 17:00:00 +0100", f"{MONDAY} 17:40:00 +0100"
    session = exports.workout("Running", start, end, routes=["route_1.gpx"])
    xml = exports.export_xml(session, export_date=f"{TODAY} 12:00:00 +0100")
    path = exports.zip_export(tmp_path / "e.zip", xml, {"route_1.gpx": ""})
    done = say("import", path, "--json")
    assert done.code == 0
    assert (done.json["workouts"], done.json["routes"]) == (1, 0)
    (problem,) = done.json["problems"]
    assert "route_1.gpx" in problem["where"]
    assert problem["cure"]


def test_a_full_disk_is_said_and_what_was_stored_stays_whole(
    say: Run, good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    say("import", good)
    many = [steps(TODAY - timedelta(days=n), 5000 + n) for n in range(2000)]
    big = exports.zip_export(tmp_path / "big.zip", exports.export_xml(*many))
    original = sqlite.connect

    def on_a_small_disk(path: Path) -> Engine:
        engine = original(path)

        @event.listens_for(engine, "connect")
        def _limit(connection: sqlite3.Connection, _: object) -> None:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count = {pages + 20}")

        return engine

    with monkeypatch.context() as patch:
        patch.setattr(sqlite, "connect", on_a_small_disk)
        done = say("import", big)
    assert done.code == 8
    assert "The disk is full." in done.err
    assert kept(say, good)
    assert say("import", big, "--json").code == 0


def test_an_unexpected_error_says_where_and_shows_no_value(say: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("74.25 kg")

    monkeypatch.setattr(days, "metrics", broken)
    done = say("metrics", "--json")
    assert done.code == 1
    assert re.fullmatch(r"Something .*: ValueError at test_bad_input\.py:\d+\.", done.json["error"]["cause"])
    assert "74.25" not in done.out + done.err
    monkeypatch.setenv("COMPANION_DEBUG", "1")
    with pytest.raises(ValueError, match=r"74\.25"):
        say("metrics")


def test_a_wrong_option_is_answered_in_json_where_json_was_asked_for(say: Run) -> None:
    done = say("sync", "--json", "--bogus")
    assert done.code == 2
    assert "--bogus" in done.json["error"]["cause"]
    assert "companion sync --help" in done.json["error"]["cure"]


def test_a_key_given_as_an_argument_is_not_repeated(say: Run) -> None:
    done = say("login", "--api-key", "abcdefghijklmnopqrstuvwxy", "--json")
    assert done.code == 2
    assert "abcdefghij" not in done.out + done.err


@pytest.mark.parametrize("option", ["--since", "--until"])
def test_days_before_there_were_any_are_refused_in_words(say: Run, good: Path, option: str) -> None:
    say("import", good)
    done = say("metrics", option, "0001-01-01", "--json")
    assert done.code == 2
    assert "too far away" in done.out


def test_a_service_that_is_down_is_said(say: Run, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running(today=TODAY) as sandbox:
        _sign_in(sandbox, say, monkeypatch)
    say("import", good)
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    done = say("sync")
    assert done.code == 6
    assert "could not be reached" in done.err


def test_a_token_revoked_meanwhile_is_said(say: Run, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running(today=TODAY) as sandbox:
        _sign_in(sandbox, say, monkeypatch)
        say("import", good)
        with Person(sandbox.base, sandbox.sandbox.you.id) as person:
            person.generate_key()
        done = say("sync")
    assert done.code == 4
    assert "companion login" in done.err or "Copy it again" in done.err


def test_a_second_run_at_the_same_time_is_said(say: Run, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running(today=TODAY) as sandbox:
        _sign_in(sandbox, say, monkeypatch)
        say("import", good)
        home = Path(say_home(monkeypatch))
        with FileLock(home / "sync-1.lock"):
            done = say("sync")
    assert done.code == 7
    assert "Another sync is under way." in done.err


def say_home(monkeypatch: pytest.MonkeyPatch) -> str:
    import os

    return os.environ["COMPANION_HOME"]


def _sign_in(sandbox: Running, say: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    monkeypatch.setenv("COMPANION_INTERVALS_URL", sandbox.base)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{sandbox.sandbox.you.api_key}\n"))
    assert say("login", "--api-key").code == 0
