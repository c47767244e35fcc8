"""How long the largest push takes, from its first byte to the answer, on a real server: part of `make bench`.

Health Auto Export gives a request 20 s, and what is answered is stored. The body is heart rate every five seconds, the
commonest item there is. Machines differ and are noisy: the CPU is what a quiet one would take.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import httpx2

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from intervals_companion.app.ingest import devices  # noqa: E402
from intervals_companion.app.ingest.imports import collect_less_often  # noqa: E402
from intervals_companion.web.ingest.push import MOST_BYTES  # noqa: E402
from support.live_server import TODAY, live_server  # noqa: E402

MOST_SECONDS = 20.0
EVERY = timedelta(seconds=5)


def main() -> int:
    collect_less_often()  # as `companion serve` does
    body = _body(MOST_BYTES)
    with tempfile.TemporaryDirectory() as folder, live_server(Path(folder)) as home:
        home.sign_in()
        new = devices.add_device(home.context, devices.AUTO_EXPORT, "bench")
        began, spent = time.monotonic(), time.process_time()
        answer = httpx2.post(
            f"{home.base}/push/{devices.AUTO_EXPORT}", content=body, timeout=None,
            headers={"authorization": f"Bearer {new.token}"},
        )  # fmt: skip
        took, cpu = time.monotonic() - began, time.process_time() - spent
    answer.raise_for_status()
    what = f"push of {len(body) / 2**20:.1f} MB, {answer.json()['new']:,} items"
    print(f"{what}: {cpu:.1f} s CPU (goal {MOST_SECONDS:g}), answered after {took:.1f} s")
    return 0 if cpu <= MOST_SECONDS else 1


def _body(most: int) -> bytes:
    """A delivery of just under `most` bytes."""
    begin, end = '{"data": {"metrics": [{"name": "heart_rate", "units": "count/min", "data": [', "]}]}}"
    room = most - len(begin) - len(end)
    items: list[str] = []
    for item in _items():
        room -= len(item) + 1
        if room < 0:
            break
        items.append(item)
    return f"{begin}{','.join(items)}{end}".encode()


def _items() -> Iterator[str]:
    moment, beats = datetime.combine(TODAY, datetime.min.time()), 60
    while True:
        moment, beats = moment - EVERY, 60 + (beats - 59) % 50
        yield json.dumps({"date": f"{moment} +0100", "Min": beats, "Avg": beats, "Max": beats, "source": "Watch"})


if __name__ == "__main__":
    sys.exit(main())
