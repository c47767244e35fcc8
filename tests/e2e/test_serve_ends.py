"""`companion serve` in a process of its own: one Ctrl-C or SIGTERM ends it, whatever is under way."""

from __future__ import annotations

import json
import resource
import signal
import socket
import sqlite3
import time
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from intervals_sandbox.server import Running
from support import exports
from support.app_fixture import steps
from support.served import until
from support.serving import serving
from support.terminal import MONDAY, Terminal

MOST_SECONDS = 10.0
"""From the signal to the end of the process."""
OTHER = pytest.mark.soak
"""The other signal takes the same way."""


def newest_run(home: Path) -> tuple[str, dict[str, Any]]:
    """How it ended, and its account."""
    with closing(sqlite3.connect(home / "companion.sqlite")) as connection:
        state, account = connection.execute("SELECT state, account FROM runs ORDER BY run DESC LIMIT 1").fetchone()
    return state, json.loads(account)


def asked(quiet_sandbox: Running, path: str) -> bool:
    """Whether a request for such a path is being answered, or was."""
    with quiet_sandbox.sandbox.lock:
        return any(path in one["path"] for one in quiet_sandbox.sandbox.log.as_json())


@pytest.mark.parametrize("how", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=OTHER)])
def test_it_ends_while_bodies_streams_sign_ins_and_a_sync_wait(
    used_terminal: Terminal, quiet_sandbox: Running, how: signal.Signals
) -> None:
    quiet_sandbox.sandbox.latency = 60
    with serving(used_terminal) as here, ExitStack() as held:
        watch = here.post("/sync").replace("/sync/running", "/sync/events")

        def begin(request: str) -> None:
            client = held.enter_context(socket.create_connection(("127.0.0.1", here.port), timeout=10))
            client.sendall(request.replace("\n", "\r\n").encode())

        head = f"HTTP/1.1\nhost: localhost:{here.port}\norigin: {here.base}"
        form = f"{head}\ncontent-type: application/x-www-form-urlencoded"
        for _ in range(3):
            begin(f"GET {watch} {head}\ncookie: companion={here.cookie}\n\n")
            begin(f"POST /sign-in/paste {form}\ncontent-length: 1000\n\ncsrf")
            begin(f"POST /sign-in/key {form}\ncontent-length: 16\n\nkey=abcdefghijkl")
            begin(f"GET /sync {head}\nx-")
        until(lambda: newest_job(used_terminal.home) == "running")
        time.sleep(0.5)
        assert here.ended(how) < MOST_SECONDS
    state, account = newest_run(used_terminal.home)
    assert state == "stopped"
    assert account["error"]["kind"] in ("Stopped", "CalledOff")  # between two steps, or in the middle of a wait
    assert newest_job(used_terminal.home) == "stopped"


def newest_job(home: Path) -> str:
    with closing(sqlite3.connect(home / "companion.sqlite")) as connection:
        found = connection.execute("SELECT state FROM jobs ORDER BY made DESC LIMIT 1").fetchone()
    return str(found[0]) if found else ""


def test_it_ends_while_an_export_is_read(used_terminal: Terminal, tmp_path: Path) -> None:
    many = [steps(MONDAY - timedelta(days=n % 900), n, at=f"{n % 24:02d}:{n % 60:02d}:00") for n in range(60_000)]
    export = exports.zip_export(tmp_path / "large.zip", exports.export_xml(*many))
    with serving(used_terminal) as here:
        here.post("/connect/export", files={"file": ("export.zip", export.read_bytes())})
        until(lambda: newest_job(used_terminal.home) == "running")
        assert here.ended(signal.SIGTERM) < MOST_SECONDS
    assert newest_job(used_terminal.home) == "stopped"
    whole = used_terminal.json("import", export)["samples"]
    assert whole["new"] + whole["known"] == len(many)


@pytest.mark.parametrize("how", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=OTHER)])
def test_a_sync_on_the_command_line_ends_with_its_account(
    used_terminal: Terminal, quiet_sandbox: Running, how: signal.Signals
) -> None:
    quiet_sandbox.sandbox.latency = 60
    process = used_terminal.start("sync")
    until(lambda: lock_is_held(used_terminal.home))
    time.sleep(0.5)
    began = time.monotonic()
    process.send_signal(how)
    out, err = process.communicate(timeout=30)
    assert time.monotonic() - began < MOST_SECONDS
    assert process.returncode == 130
    assert "0 values and 0 workouts sent" in out
    assert "Stopped on its way." in err
    state, account = newest_run(used_terminal.home)
    assert state == "stopped"
    assert account["error"]["kind"] in ("Stopped", "CalledOff")  # between two steps, or in the middle of a wait
    quiet_sandbox.sandbox.latency = 0
    assert used_terminal.json("sync")["left"] == []


def lock_is_held(home: Path) -> bool:
    return any(home.glob("sync-*.lock"))


@pytest.mark.soak
def test_without_file_descriptors_the_log_stays_small_and_the_server_recovers(used_terminal: Terminal) -> None:
    with serving(used_terminal) as here:
        resource.prlimit(here.process.pid, resource.RLIMIT_NOFILE, (40, 40))
        with ExitStack() as held:
            for _ in range(100):
                held.enter_context(socket.create_connection(("127.0.0.1", here.port), timeout=10))
            time.sleep(3)
        with here.browser() as browser:
            assert browser.get("/manifest.webmanifest").status_code == 200
        here.process.send_signal(signal.SIGTERM)
        _, err = here.process.communicate(timeout=30)
    assert "out of system resource" in err
    assert len(err) < 500_000
