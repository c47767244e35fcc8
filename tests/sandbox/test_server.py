"""The sandbox on a loopback socket, in a thread and as a command."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from intervals_sandbox import Switches
from intervals_sandbox.__main__ import main
from intervals_sandbox.errors import SandboxError
from intervals_sandbox.server import Running, running
from sandbox.harness import TODAY
from sandbox.recordings import garmin_fit

DAY = f"/api/v1/athlete/0/wellness/{TODAY}"


@pytest.fixture(scope="module")
def served() -> Iterator[Running]:
    with running(today=TODAY, followed=1, switches=Switches(rate_limits=False)) as own:
        yield own


@pytest.fixture
def client(served: Running) -> Iterator[httpx2.Client]:
    you: Any = served.sandbox.you
    with httpx2.Client(base_url=served.base, auth=("API_KEY", you.api_key), timeout=5) as own:
        yield own
        own.put("/sandbox/faults", json=[])


def test_it_answers_under_localhost_and_127_0_0_1(served: Running, client: httpx2.Client) -> None:
    assert served.base.startswith("http://localhost:")
    assert client.get("/api/v1/athlete/0").json()["id"] == served.sandbox.you.id
    assert client.get(served.base.replace("localhost", "127.0.0.1") + "/api/v1/athlete/0").status_code == 200


def test_its_description_is_that_of_the_json_line(served: Running) -> None:
    assert served.info == served.sandbox.info(served.base)


def test_its_clock_is_there_for_a_client_that_lives_at_the_same_time(served: Running) -> None:
    assert served.clock is served.sandbox.clock
    assert served.clock().date() == TODAY


def _order(client: httpx2.Client, kind: str) -> None:
    client.put("/sandbox/faults", json=[{"method": "*", "path_prefix": "/api", "times": 1, "kind": kind}])


def test_a_lost_request_is_a_connection_closed_without_an_answer(client: httpx2.Client) -> None:
    _order(client, "timeout_before")
    with pytest.raises(httpx2.RemoteProtocolError):
        client.put(DAY, json={"weight": 61})
    assert client.get(DAY).json()["weight"] != 61


def test_a_lost_answer_is_one_too_but_the_work_is_done(client: httpx2.Client) -> None:
    _order(client, "timeout_after")
    with pytest.raises(httpx2.RemoteProtocolError):
        client.put(DAY, json={"weight": 62})
    assert client.get(DAY).json()["weight"] == 62


def test_a_truncated_answer_breaks_off_before_its_announced_length(client: httpx2.Client) -> None:
    _order(client, "truncated")
    with pytest.raises(httpx2.RemoteProtocolError, match="complete message body"):
        client.get(DAY)


def test_a_truncated_answer_without_a_body_is_a_lost_one(client: httpx2.Client) -> None:
    _order(client, "truncated")
    with pytest.raises(httpx2.RemoteProtocolError):
        client.put("/api/v1/athlete/0/wellness-bulk", json=[])


def test_the_service_goes_on_after_a_fault(client: httpx2.Client) -> None:
    for kind in ("timeout_before", "timeout_after", "truncated"):
        _order(client, kind)
        with pytest.raises(httpx2.TransportError):
            client.get(DAY)
        assert client.get(DAY).status_code == 200


def test_a_client_that_leaves_in_the_middle_of_an_upload_does_no_harm(served: Running, client: httpx2.Client) -> None:
    before = len(served.sandbox.state.activities)
    address = ("127.0.0.1", int(served.base.rpartition(":")[2]))
    with socket.create_connection(address, timeout=5) as leaving:
        leaving.sendall(b"POST /api/v1/athlete/0/activities HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf")
    assert client.get(DAY).status_code == 200
    assert len(served.sandbox.state.activities) == before


def test_many_at_once_lose_nothing(served: Running, client: httpx2.Client) -> None:
    def write(number: int) -> None:
        client.put(f"/api/v1/athlete/0/wellness/2020-01-{number % 28 + 1:02}", json={"steps": number})
        client.post("/api/v1/athlete/0/activities", files={"file": ("a.fit", garmin_fit(5 + number))})

    before = len(served.sandbox.state.activities)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(28)))
    assert len(served.sandbox.state.activities) == before + 28
    rows = client.get("/api/v1/athlete/0/wellness?oldest=2020-01-01&newest=2020-01-31").json()
    assert [row["steps"] for row in rows] == list(range(28))


def test_a_taken_port_is_said_with_a_cure() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SandboxError, match=r"--port"), running(port):
            pass


def test_the_port_is_free_again_afterwards() -> None:
    with running(today=TODAY, followed=0) as own:
        port = int(own.base.rpartition(":")[2])
    with running(port, today=TODAY, followed=0) as again:
        assert httpx2.get(f"{again.base}/login").status_code == 200


def test_a_taken_port_ends_the_command_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    with running(today=TODAY, followed=0) as own:
        assert main(["--port", own.base.rpartition(":")[2], "--followed", "0"]) == 1
    assert "Stop what uses it" in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong",
    [
        ["--today", "soon"],
        ["--today", "2026-W01-1"],
        ["--port", "x"],
        ["--seed", "x"],
        ["--latency", "x"],
        ["--latency", "-1"],
        ["--nothing"],
    ],
)
def test_a_wrong_option_is_a_usage_error(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(wrong)
    assert ended.value.code == 2
    assert "usage" in capsys.readouterr().err


def _command(*options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "intervals_sandbox", "--port", "0", "--today", str(TODAY), *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_the_command_prints_one_line_of_json_when_it_is_ready_and_ends_on_ctrl_c() -> None:
    with _command("--json", "--no-key", "--seed", "7", "--followed", "2", "--latency", "0.01") as process:
        assert process.stdout is not None
        info = json.loads(process.stdout.readline())
        assert httpx2.get(f"{info['base']}/login").status_code == 200
        assert httpx2.get(f"{info['base']}/sandbox/delay").json() == {"seconds": 0.01}
        process.send_signal(signal.SIGINT)
        rest, complaints = process.communicate(timeout=10)
    assert (process.returncode, rest, complaints) == (0, "", "")
    assert info["athletes"][0]["api_key"] is None
    assert len(info["athletes"]) == 3


def test_without_json_the_command_says_where_it_is_and_how_to_use_it() -> None:
    with _command("--followed", "0") as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(7)]
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=10)
    text = "".join(lines)
    for words in (
        "localhost:",
        "/api/v1",
        "Mika Sommer",
        "API key",
        "client_id",
        "client_secret",
        "Ctrl-C",
        "invented",
    ):
        assert words in text
