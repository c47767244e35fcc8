"""What hostile inputs cost, and whether they do harm: time, memory and verdict of each file in a folder.

    python tools/attack.py ../shared/cases/attack

By its name a file is
    *.json, *.json.gz        pushed to a served app as a delivery of Health Auto Export
    *.shortcut.txt           pushed as what a shortcut sends (.shortcut.json too; .gz behind either)
    *.xml, *.zip, a folder   imported through the command line, then synced with a sandbox in this process
Others are passed over. Each gets a data folder of its own.

A push is right where it is answered with a 2xx, or refused in words; costs at most 0.2 s CPU and 0.5 s more for each MB
unpacked; takes at most 150 MB more memory than the app had at rest; and no page takes more than 0.5 s meanwhile. An
export is right where it is imported, or refused in words; takes at most 250 MB and a minute; and nothing arrives at
Intervals.icu that no living person has. The exit code is 1 where one is wrong. Needs Linux: memory is read in /proc.
"""

from __future__ import annotations

import gzip
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import httpx2

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from intervals_companion.app.context import opened  # noqa: E402
from intervals_companion.app.ingest import devices  # noqa: E402
from intervals_companion.app.ingest.exports import import_export  # noqa: E402
from intervals_companion.app.settings import Settings  # noqa: E402
from intervals_companion.domain.errors import CompanionError  # noqa: E402
from intervals_companion.intervals import protocol  # noqa: E402
from support.app_fixture import app_fixture  # noqa: E402
from support.measuring import begin_peak_anew, cpu, memory, run_measured  # noqa: E402

MOST_EXPORT_MB, MOST_EXPORT_SECONDS = 250.0, 60.0
MOST_PUSH_MB, MOST_PUSH_CPU, MOST_PUSH_CPU_EACH_MB = 150.0, 0.2, 0.5
MOST_PAGE_SECONDS = 0.5
MB = 2**20
FIRST_DAY = date(2000, 1, 1)
_STARTS_WITHIN, _ANSWERS_WITHIN = 30.0, 120.0

PLAUSIBLE = {
    "weight": (2, 650), "restingHR": (20, 220), "hrv": (1, 500), "hrvSDNN": (1, 500), "steps": (0, 250_000),
    "spO2": (30, 100), "respiration": (3, 80), "sleepSecs": (0, 86_400), "bodyFat": (1, 90), "vo2max": (5, 100),
}  # fmt: skip
"""What a living person can have, by field of Intervals.icu: wider than anything in medical records."""


class Cost(NamedTuple):
    seconds: float
    memory: float
    """MB: of an export altogether, of a push above rest."""
    said: str
    wrong: tuple[str, ...]
    """What should not be."""


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print(__doc__)
        return 2
    wrong = 0
    for path in sorted(Path(arguments[0]).iterdir()):
        attack = kind(path)
        if attack is None:
            continue
        with tempfile.TemporaryDirectory(prefix="companion-attack-") as folder:
            cost = attack(path, Path(folder))
        wrong += bool(cost.wrong)
        verdict = f"WRONG: {', '.join(cost.wrong)}" if cost.wrong else "right"
        print(f"{path.name}: {cost.seconds:.2f} s CPU, {cost.memory:.0f} MB, {verdict} ({cost.said})", flush=True)
    return 1 if wrong else 0


def kind(path: Path) -> Callable[[Path, Path], Cost] | None:
    """What is done with such a file; None for one that is passed over."""
    name = path.name.removesuffix(".gz")
    if name.endswith((".shortcut.txt", ".shortcut.json")):
        return lambda file, folder: push(file, folder, devices.SHORTCUTS)
    if name.endswith(".json"):
        return lambda file, folder: push(file, folder, devices.AUTO_EXPORT)
    return export if path.is_dir() or name.endswith((".xml", ".zip")) else None


# --- exports ---------------------------------------------------------------------------------------------------------


def export(path: Path, folder: Path) -> Cost:
    """Imported in a process of its own, which is measured."""
    companion = Path(sys.executable).with_name("companion")
    command = [str(companion), "import", str(path), "--json"]
    code, used, peak, output = run_measured(command, COMPANION_HOME=str(folder / "measured"))
    found = _json(output)
    wrong = [
        *_over("CPU seconds", used, MOST_EXPORT_SECONDS),
        *_over("MB", peak, MOST_EXPORT_MB),
        *(() if isinstance(found, dict) and code in (0, 1, 2, 3) else (f"it ended with {code} and no words",)),
    ]
    said = f"exit code {code}"
    if isinstance(found, dict) and "samples" in found:
        said = f"{found['samples'].get('read', 0):,} samples, {found.get('workouts', 0):,} workouts"
        said += "".join(f"; {one['what']}" for one in (found.get("problems") or [])[:2])
        wrong += _absurd_at_the_service(path, folder)
    elif isinstance(found, dict):
        said = str(found.get("error", found))[:200]
    return Cost(used, peak, said, tuple(wrong))


def _absurd_at_the_service(path: Path, folder: Path) -> list[str]:
    """The values that a sync of this export sends, the day after it was made, and that nobody can have."""
    with app_fixture(folder) as home:
        home.sign_in()
        try:
            imported = import_export(home.context, path)
        except CompanionError:
            return []  # refused in words, as the process that was measured has said
        if imported.reading.exported is not None:
            home.clock.now = datetime.fromtimestamp(imported.reading.exported / 1000, UTC) + timedelta(days=1)
        home.sync(confirmed=True)
        with home.by_key() as client:
            days = client.ask(protocol.wellness(FIRST_DAY, home.clock.now.date()))
    return [
        f"{field} {value} on {day.day} was sent"
        for day in days
        for field, value in day.values.items()
        if field in PLAUSIBLE
        and isinstance(value, int | float)
        and not PLAUSIBLE[field][0] <= value <= PLAUSIBLE[field][1]
    ]


# --- pushes ----------------------------------------------------------------------------------------------------------


def push(path: Path, folder: Path, channel: str) -> Cost:
    """Sent twice: once alone, which is measured, and once while pages are asked for."""
    content = path.read_bytes()
    headers = {"content-type": "application/json"} | ({"content-encoding": "gzip"} if path.suffix == ".gz" else {})
    size = len(gzip.decompress(content)) if path.suffix == ".gz" else len(content)
    with served(folder, channel) as (process, base, token):
        headers["authorization"] = f"Bearer {token}"
        with httpx2.Client(base_url=base, timeout=_ANSWERS_WITHIN) as client:
            client.get("/sign-in")
            at_rest, before = memory(process, "VmRSS"), cpu(process)
            begin_peak_anew(process)
            answer = client.post(f"/push/{channel}", content=content, headers=headers)
            used, more = cpu(process) - before, memory(process, "VmHWM") - at_rest
            with slowest_page(base) as slowest:
                client.post(f"/push/{channel}", content=content, headers=headers)
    words = _json(answer.text)
    in_words = answer.status_code < 300 or (answer.status_code < 500 and isinstance(words, dict) and "cure" in words)
    wrong = (
        *(() if in_words else (f"answered {answer.status_code} without words",)),
        *_over("CPU seconds", used, MOST_PUSH_CPU + MOST_PUSH_CPU_EACH_MB * size / MB),
        *_over("MB", more, MOST_PUSH_MB),
        *_over("seconds for a page", max(slowest), MOST_PAGE_SECONDS),
    )
    refused = words.get("cause") if isinstance(words, dict) else None
    said = f"{answer.status_code}{f': {refused}' if refused else ''}; slowest page {max(slowest):.2f} s"
    return Cost(used, more, said, wrong)


@contextmanager
def served(folder: Path, channel: str) -> Iterator[tuple[int, str, str]]:
    """`companion serve` with one device: its process, its address, the device's token."""
    with opened(Settings(home=folder / "home"), machine_zone="Europe/Berlin") as context:
        token = devices.add_device(context, channel, "attack").token
    companion, port = Path(sys.executable).with_name("companion"), _free_port()
    environment = os.environ | {"COMPANION_HOME": str(folder / "home")}
    process = subprocess.Popen(
        [companion, "serve", "--port", str(port)],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    base = f"http://localhost:{port}"
    try:
        _wait_for(base)
        yield process.pid, base, token
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


def _wait_for(base: str) -> None:
    ends = time.monotonic() + _STARTS_WITHIN
    while True:
        try:
            httpx2.get(f"{base}/sign-in", timeout=5)
            return
        except httpx2.TransportError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.05)


@contextmanager
def slowest_page(base: str) -> Iterator[list[float]]:
    """How long pages took (s) that were asked for one after another meanwhile."""
    took, done = [0.0], threading.Event()

    def ask() -> None:
        with httpx2.Client(base_url=base, timeout=_ANSWERS_WITHIN) as client:
            while not done.is_set():
                began = time.monotonic()
                client.get("/sign-in")
                took.append(time.monotonic() - began)
                done.wait(0.02)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield took
    finally:
        done.set()
        asking.join()


# --- words -----------------------------------------------------------------------------------------------------------


def _over(what: str, found: float, most: float) -> tuple[str, ...]:
    return (f"{found:.2f} {what}, at most {most:.2f}",) if found > most else ()


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
