"""A process that reads hostile inputs one after another and says what each took: `python reading_process.py FOLDER`.

    *.zip, *.xml          imported
    *.CHANNEL.gz          received as a push that came by gzip

Prints JSON by name: the most memory (MB) altogether and above rest, the CPU seconds, and what was said. It may not take
more than `MOST_MB` of data at all, so that what swells ends with an error and not with the machine.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from intervals_companion.app.context import AppContext, opened
from intervals_companion.app.ingest import devices
from intervals_companion.app.ingest.devices import Device
from intervals_companion.app.ingest.exports import import_export
from intervals_companion.app.settings import Settings
from intervals_companion.domain.errors import CompanionError
from intervals_companion.store import sqlite
from intervals_companion.web.ingest import push
from support.measuring import begin_peak_anew, memory

MOST_MB = 400


def main(folder: Path) -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MB << 20, MOST_MB << 20))
    sqlite.SYNCHRONOUS = "OFF"  # nobody cuts the power here
    told = {path.name: _read(path) for path in sorted(folder.iterdir())}
    print(json.dumps(told))


def _read(path: Path) -> dict[str, Any]:
    with (
        tempfile.TemporaryDirectory() as home,
        opened(Settings(home=Path(home)), machine_zone="Europe/Berlin") as context,
        _cost() as took,
    ):
        try:
            said = _received(context, path) if path.suffix == ".gz" else _imported(context, path)
        except CompanionError as refused:
            said = refused.cause
        except push._Refusal as refused:
            said = json.loads(bytes(refused.response.body))["cause"]
        except MemoryError:
            said = "out of memory"
    return {**took, "said": said}


@contextmanager
def _cost() -> Iterator[dict[str, float]]:
    took: dict[str, float] = {}
    gc.collect()
    rest = memory("self", "VmRSS")
    begin_peak_anew("self")
    began = time.process_time()
    yield took
    most = memory("self", "VmHWM")
    took |= {"memory": most, "above": most - rest, "cpu": time.process_time() - began}


def _imported(context: AppContext, path: Path) -> str:
    imported = import_export(context, path)
    words = [problem.what for problem in imported.reading.problems[:1]]
    words += [imported.error.cause] if imported.error else []
    return f"{imported.new} new, {imported.new_workouts} workouts. {' '.join(words)}"


def _received(context: AppContext, path: Path) -> str:
    channel = path.name.split(".")[-2]
    body = push.decoded(bytearray(path.read_bytes()), "gzip")
    device = Device("d", channel, "Phone", context.now())
    received = devices.receive(context, device, channel, body, {"content-type": "application/json"})
    return f"{received.new} new. {' '.join(one.what for one in received.refused[:1])}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
