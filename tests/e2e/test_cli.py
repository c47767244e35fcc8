"""Every command as a person runs it: its answer, its exit code, its JSON."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from support import exports
from support.app_fixture import run, steps, weight
from support.terminal import MONDAY, TODAY, Terminal, command

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "cli.md"


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A small export: two days, a run with a route, and a route that is missing."""
    points = [exports.Point(f"{MONDAY}T16:{n:02d}:00Z", 52.5 + n / 1000, 13.4) for n in range(40)]
    *beats, session = run(MONDAY)
    session = session.replace("</Workout>", exports_route("route_1.gpx") + exports_route("gone.gpx") + "</Workout>")
    xml = exports.export_xml(
        steps(MONDAY, 8000), steps(TODAY - timedelta(days=2), 9000), weight(MONDAY, 74.5), *beats, session
    )
    return exports.zip_export(tmp_path / "export.zip", xml, {"route_1.gpx": exports.gpx(points)})


def exports_route(name: str) -> str:
    whole = exports.workout(
        "Running", f"{MONDAY} 17:00:00 +0100", f"{MONDAY} 17:40:00 +0100", routes=[name], source="Watch"
    )
    return re.search("<WorkoutRoute.*</WorkoutRoute>", whole, re.DOTALL)[0]  # type: ignore[index]


def test_a_whole_story(terminal: Terminal, export: Path) -> None:
    imported = terminal.json("import", export, "--home-zone", "Europe/Berlin")
    assert imported["samples"] == {"read": 243, "new": 243, "known": 0, "ignored": 0}
    assert (imported["workouts"], imported["routes"], imported["routes_missing"]) == (1, 1, 1)
    assert imported["zone"] == "Europe/Berlin"
    assert terminal.json("import", export)["samples"] == {"read": 243, "new": 0, "known": 243, "ignored": 0}

    days = terminal.json("metrics", "--since", str(MONDAY), "--until", str(MONDAY))
    assert days[0]["values"]["steps"]["value"] == 8000
    assert [one["type"] for one in terminal.json("workouts")] == ["Run"]

    assert terminal("sync").returncode == 4
    assert terminal.json("doctor", code=4)["ok"] is False
    terminal.sign_in()
    assert terminal.json("doctor")["ok"] is True
    assert terminal.json("sync", "--dry-run")["run"] is None
    first = terminal.json("sync")
    assert {one["field"] for one in first["sent"]} >= {"steps", "workout"}
    second = terminal.json("sync")
    assert second["sent"] == []
    assert second["requests"]["write"] == 0
    assert terminal.json("workouts")[0]["link"] is not None
    assert terminal.json("logout")["told"] is True
    assert terminal("sync").returncode == 4


def test_one_process_goes_on_where_the_last_one_ended(terminal: Terminal, export: Path) -> None:
    key = terminal.sandbox.sandbox.you.api_key
    assert terminal.apart("import", export).returncode == 0
    assert terminal.apart("login", "--api-key", typed=f"{key}\n").returncode == 0
    first, second = (json.loads(terminal.apart("sync", "--json").stdout) for _ in range(2))
    assert {one["field"] for one in first["sent"]} >= {"steps", "workout"}
    assert second["sent"] == []


@pytest.mark.parametrize(("arguments", "code"), [(["--help"], 0), (["dance"], 2), (["sync", "--json"], 4)])
def test_the_program_says_and_ends_as_its_command_line_does(
    terminal: Terminal, arguments: list[str], code: int
) -> None:
    inside, apart = terminal(*arguments), terminal.apart(*arguments)
    assert inside.returncode == apart.returncode == code
    assert (apart.stdout, apart.stderr) == (inside.stdout, inside.stderr)
    assert apart.stdout + apart.stderr != ""


def test_a_workout_is_written_as_a_file(terminal: Terminal, export: Path, tmp_path: Path) -> None:
    terminal.json("import", export)
    (workout,) = terminal.json("workouts")
    path = tmp_path / "run.fit"
    assert terminal("workouts", "export", workout["id"], "-o", path).returncode == 0
    assert path.read_bytes()[8:12] == b".FIT"
    missing = terminal("workouts", "export", "ic1-1-1", "-o", path)
    assert missing.returncode == 1
    assert "companion workouts" in missing.stderr


def test_signing_in_by_pasting_the_address_one_landed_on(terminal: Terminal) -> None:
    process = terminal.start("login", "--no-browser")
    assert process.stdin is not None
    url = _printed_url(process)
    with terminal.person() as person:
        landing = person.allow(url, ["ACTIVITY:READ", "ACTIVITY:WRITE", "WELLNESS:READ"])
    out, _ = process.communicate(f"{landing}\n", timeout=30)
    assert process.returncode == 0
    assert "Wellness Data, Update is off." in out
    assert "companion logout, then companion login" in out
    assert "Open Settings" not in out


def test_signing_in_by_the_browser_on_this_machine(terminal: Terminal) -> None:
    process = terminal.start("login", "--no-browser")
    with terminal.person() as person:
        landing = person.allow(_printed_url(process))
    address = urlsplit(landing)
    assert address.hostname == "localhost"
    with httpx2.Client(trust_env=False) as browser:
        page = browser.get(f"http://127.0.0.1:{address.port}/?{address.query}")
        assert "Back to the terminal" in page.text
    process.communicate(timeout=30)
    assert process.returncode == 0


def _printed_url(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("http"):
            return line.strip()
    raise AssertionError("no address was printed")


def test_the_key_is_never_an_argument(terminal: Terminal) -> None:
    assert terminal("login", "--api-key", "abc").returncode == 2
    assert terminal("login", "--api-key", typed="\n").returncode == 2
    assert terminal("login", "--api-key", typed="wrongwrongwrongwrongwrong\n").returncode == 4


def test_without_a_client_id_it_says_what_to_set_up(terminal: Terminal) -> None:
    done = terminal("login", COMPANION_CLIENT_ID="")
    assert done.returncode == 4
    assert "COMPANION_CLIENT_ID" in done.stderr
    assert "--api-key" in done.stderr


def test_what_one_command_prints_holds_no_secret(terminal: Terminal, export: Path) -> None:
    terminal.json("import", export)
    terminal.sign_in()
    terminal("sync")
    terminal("doctor")
    terminal("logout")
    key = terminal.sandbox.sandbox.you.api_key or "?"
    secret = str(terminal.sandbox.info["client_secret"])
    everything = "".join(terminal.said)
    assert key not in everything
    assert secret not in everything
    stored = b"".join(path.read_bytes() for path in terminal.home.iterdir() if path.is_file())
    assert key.encode() not in stored


@pytest.mark.soak
def test_ctrl_c_during_an_import_leaves_a_whole_archive(terminal: Terminal, tmp_path: Path) -> None:
    many = [
        steps(TODAY - timedelta(days=n % 900), 5000 + n, at=f"{n % 24:02d}:{n % 60:02d}:00") for n in range(120_000)
    ]
    path = exports.zip_export(tmp_path / "big.zip", exports.export_xml(*many))
    process = terminal.start("import", str(path))
    assert process.stderr is not None
    while not list(terminal.home.glob("companion.sqlite")):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode in (0, 130)
    whole = terminal.json("import", path)
    assert whole["samples"]["new"] + whole["samples"]["known"] == 120_000


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["import", "nowhere.zip"], 2),
        (["import"], 2),
        (["metrics", "--since", "yesterday"], 2),
        (["import", "x.zip", "--home-zone", "Berlin"], 2),
        (["sync", "--take-over", "mood"], 2),
        (["sandbox", "--port", "65536"], 2),
        (["demo", "--port", "65536"], 2),
        (["dance"], 2),
    ],
)
def test_what_cannot_be_meant_ends_with_2_and_a_word(terminal: Terminal, arguments: list[str], code: int) -> None:
    done = terminal(*arguments)
    assert done.returncode == code
    assert done.stdout + done.stderr != ""
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
@pytest.mark.parametrize("arguments", [["metrics"], ["metrics", "--json"], ["sync", "--json"]])
def test_an_answer_that_cannot_be_written_ends_with_8_and_a_word(terminal: Terminal, arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [command(), *arguments], stdout=full, stderr=subprocess.PIPE, text=True, env=terminal.environment(),
            timeout=60, check=False,
        )  # fmt: skip
    assert done.returncode == 8
    assert done.stderr.startswith("The answer could not be written")
    assert "Traceback" not in done.stderr


def test_the_sandbox_says_in_json_when_it_is_ready(terminal: Terminal) -> None:
    process = terminal.start("sandbox", "--port", "0", "--followed", "2", "--json")
    assert process.stdout is not None
    info = json.loads(process.stdout.readline())
    assert set(info) == {"base", "client_id", "client_secret", "redirects", "athletes"}
    assert [athlete["you"] for athlete in info["athletes"]] == [True, False, False]
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 0


@pytest.mark.soak
def test_the_demo_prints_its_account_and_ends(tmp_path: Path) -> None:
    environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path)}
    done = subprocess.run(
        [command(), "demo", "--once"], capture_output=True, text=True, env=environment, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    account = re.search(
        r"([\d,]+) values on .*; (\d+) were there already, ([\d,]+) are left out, 0 failed", done.stdout
    )
    assert account is not None
    assert int(account[1].replace(",", "")) >= 500
    assert int(account[2]) == 5
    assert int(account[3].replace(",", "")) >= 20
    assert "Second sync: 3 read, 0 wrote." in done.stdout
    reasons = done.stdout.partition("Held because")[2].partition("Sent ")[0].strip().splitlines()[1:]
    assert len(reasons) >= 4


@pytest.mark.slow
def test_the_demo_finds_out_about_a_busy_port_before_it_plays(tmp_path: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        done = subprocess.run(
            [command(), "demo", "--port", str(port)], capture_output=True, text=True, timeout=120, check=False,
            env=os.environ | {"XDG_CACHE_HOME": str(tmp_path)},
        )  # fmt: skip
    assert done.returncode == 2
    assert str(port) in done.stderr
    assert "export" not in done.stdout, "nothing was made for it either"


# --- the documented shapes -----------------------------------------------------------------------------------------


def documented(name: str) -> Any:
    block = re.search(rf"```json {name}\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    return json.loads(block[1])


def differences(shown: Any, example: Any, where: str = "") -> Iterator[str]:
    """Where an answer has other keys or other kinds of values than the document's example. null fits anywhere."""
    if shown is None or example is None:
        return
    if isinstance(example, dict) and isinstance(shown, dict):
        by_name = where.endswith((".types", ".values"))  # keyed by types and fields, not by words of the format
        if not by_name and set(shown) != set(example):
            yield f"{where}: {sorted(shown)} is not {sorted(example)}"
        for key, value in shown.items():
            like = next(iter(example.values())) if by_name else example.get(key)
            yield from differences(value, like, f"{where}.{key}")
    elif isinstance(example, list) and isinstance(shown, list):
        for value in shown:
            alike = [one for one in example if not isinstance(one, dict) or set(one) == set(value)]
            yield from differences(value, (alike or example)[0], f"{where}[]")
    elif isinstance(example, bool) or not isinstance(example, int | float):
        if type(shown) is not type(example):
            yield f"{where}: {shown!r} is not like {example!r}"
    elif not isinstance(shown, int | float):
        yield f"{where}: {shown!r} is no number"


def test_the_json_of_every_command_is_as_documented(terminal: Terminal, export: Path) -> None:
    answers = {"import": terminal.json("import", export), "metrics": terminal.json("metrics")}
    answers["doctor"] = terminal.json("doctor", code=4)
    terminal.sign_in()
    answers["sync"] = terminal.json("sync")
    answers["workouts"] = terminal.json("workouts")
    answers["logout"] = terminal.json("logout")
    answers["delete-everything"] = terminal.json("delete-everything", "--yes")
    wrong = {name: list(differences(answer, documented(name))) for name, answer in answers.items()}
    assert not any(wrong.values()), wrong
