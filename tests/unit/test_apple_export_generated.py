"""Generated exports with planted defects: counts and sums equal what the generator knows. Memory stays bounded."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from intervals_companion.domain.samples import ROUTE
from support.export_reading import Read, read
from support.exports import export_xml, record
from support.facts import facts_path

Q = "HKQuantityTypeIdentifier"
DEFECTS = [
    *("order", "quotes", "wrap", "oneline", "gt", "numeric", "comment", "cdata", "fakeattr", "dup", "spaces"),
    *("dtd", "vt", "truncated", "all"),
]


def generate(folder: Path, *arguments: str) -> dict[str, Any]:
    tool = facts_path("tools", "gen_apple_export.py")
    subprocess.run([sys.executable, tool, folder, *arguments], check=True, stdout=subprocess.DEVNULL)
    truth: dict[str, Any] = json.loads((folder / "truth.json").read_text())
    return truth


def sums(found: Read) -> dict[str, float]:
    total: defaultdict[str, float] = defaultdict(float)
    for batch in found.batches:
        for row in batch.rows:
            if row.unit:
                total[batch.type] += row.value
    return total


@pytest.mark.facts
@pytest.mark.parametrize("defect", DEFECTS)
def test_a_planted_defect_changes_no_count_and_no_sum(tmp_path: Path, defect: str) -> None:
    truth = generate(tmp_path, "--days", "2", "--no-routes", "--defects", defect)
    found = read(tmp_path)
    assert found.reading.types == truth["count"]
    assert sums(found) == pytest.approx(truth["sum"], abs=1e-3)
    assert found.reading.workouts == truth["workouts"]
    assert (found.damage is not None) == (defect == "truncated")


@pytest.mark.facts
def test_a_generated_zip_is_read_whole(tmp_path: Path) -> None:
    truth = generate(tmp_path, "--days", "4", "--zip", "--defects", "all")
    found = read(tmp_path / "export.zip")
    assert found.reading.types == truth["count"]
    assert (found.reading.routes, found.reading.routes_missing) == (truth["routes"], 0)
    assert {row.start // 1000 for row in found.rows(ROUTE)} <= {it.start // 1000 + 2 for it in found.workouts()}
    assert found.reading.zones.most_common(1)[0][0] == "Europe/Berlin"
    assert not found.reading.problems


PEAK = """
import re, resource, sys
from pathlib import Path
from intervals_companion.health.apple_export import AppleExport
held = max(len(batch.rows) for batch in AppleExport(Path(sys.argv[1])).batches())
status = Path("/proc/self/status")  # getrusage would tell the size of the process that started this one
peak = int(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1]) // 1024 if status.exists() else 0
print(held, peak or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 2**20)
"""


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    line = record(Q + "HeartRate", 61, "count/min", "2026-02-03 07:05:11 +0100", metadata={"a": "b"}) + "\n"
    head, tail = export_xml("SPLIT").split("SPLIT")
    peaks = []
    for count in (60_000, 160_000):
        path = tmp_path / f"{count}.xml"
        with path.open("w") as file:
            file.write(head)
            file.writelines(line for _ in range(count))
            file.write(tail)
        ran = subprocess.run([sys.executable, "-c", PEAK, path], check=True, capture_output=True, text=True)
        held, peak = map(int, ran.stdout.split())
        assert held < 60_000
        peaks.append(peak)
    assert peaks[1] < peaks[0] + 12
    assert peaks[1] < 80
