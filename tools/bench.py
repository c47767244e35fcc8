"""What importing costs, measured beside a plain expat pass in the same run. `make bench ARGS="--size-mb 1000"`.

CPU seconds are user and system time of the whole process, children included; machines differ and are noisy, so the
ratios count. The exports come from the facts folder's generator (COMPANION_FACTS, default ../shared).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
MOST_RATIO, MOST_MEMORY, MOST_HELP = 4.0, 250.0, 0.4

_PLAIN = """
import sys
from xml.parsers import expat
count = 0
def start(name, attributes):
    global count
    count += 1
parser = expat.ParserCreate()
parser.StartElementHandler = start
with open(sys.argv[1], "rb") as file:
    parser.ParseFile(file)
"""


class Cost(NamedTuple):
    cpu: float
    """Seconds."""
    memory: float
    """Largest resident size, MB."""
    output: str


def measured(*command: str | Path, **environment: str) -> Cost:
    """Runs a command to its end. Raises CalledProcessError."""
    process = subprocess.Popen(
        [str(part) for part in command], stdout=subprocess.PIPE, text=True, env=os.environ | environment
    )
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args, output)
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size-mb", type=int, default=100, help="size of export.xml")
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    generator = Path(os.environ.get("COMPANION_FACTS", ROOT.parent / "shared"), "tools", "gen_apple_export.py")
    if not generator.exists():
        print("Not measured: the facts folder is absent (set COMPANION_FACTS).")
        return 0
    context = Path(sys.executable).with_name("companion")
    with tempfile.TemporaryDirectory(prefix="companion-bench-") as folder:
        made = Path(folder)
        print(measured(sys.executable, generator, made, "--size-mb", str(chosen.size_mb), "--zip").output.strip())
        xml = made / "apple_health_export" / "export.xml"
        rounds = [_round(number, made, xml, context) for number in range(1, chosen.rounds + 1)]
    ratio, memory = median(ratio for ratio, _ in rounds), max(memory for _, memory in rounds)
    print(f"import: {ratio:.2f} times the counting pass in the middle of the rounds, at most {memory:.0f} MB")
    helped = min(measured(context, "--help").cpu for _ in range(5))
    print(f"companion --help: {helped:.2f} CPU s (goal under {MOST_HELP})")
    return 0 if ratio <= MOST_RATIO and memory <= MOST_MEMORY and helped < MOST_HELP else 1


def _round(number: int, made: Path, xml: Path, context: Path) -> tuple[float, float]:
    """How many times the counting pass an import costs, and its memory in MB."""
    home = made / f"home-{number}"
    plain = measured(sys.executable, "-c", _PLAIN, xml)
    first = measured(context, "import", made / "export.zip", "--json", COMPANION_HOME=str(home))
    again = measured(context, "import", made / "export.zip", "--json", COMPANION_HOME=str(home))
    ratio, memory = first.cpu / plain.cpu, max(first.memory, again.memory)
    size = sum(path.stat().st_size for path in home.iterdir()) / 1e6
    print(
        f"round {number}: counting pass {plain.cpu:.2f} CPU s, import {first.cpu:.2f} ({ratio:.2f} times; "
        f"goal at most {MOST_RATIO:g}), the same again {again.cpu:.2f} ({again.cpu / plain.cpu:.2f} times); "
        f"{memory:.0f} MB (goal at most {MOST_MEMORY:g}); archive {size:.0f} MB"
    )
    return ratio, memory


if __name__ == "__main__":
    sys.exit(main())
