"""What a process takes: memory and time, as Linux counts them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

_SMALL_PARENT = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([done.returncode, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, done.stdout]))
"""


def run_measured(command: list[str], **environment: str) -> tuple[int, float, float, str]:
    """Runs a command to its end: exit code, CPU seconds, most memory (MB), what it printed.

    A process counts as at least as large as its parent when it began, so it is started by a small one.
    """
    done = subprocess.run(
        [sys.executable, "-c", _SMALL_PARENT, *command],
        env=os.environ | environment, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    code, used, peak, output = json.loads(done.stdout)
    return code, used, peak, output


def memory(process: int | str, name: str) -> float:
    """MB: VmRSS now, VmHWM at most."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1024


def begin_peak_anew(process: int | str) -> None:
    """VmHWM of the process is from now on the most it takes from now on."""
    Path(f"/proc/{process}/clear_refs").write_text("5")


def cpu(process: int) -> float:
    """Seconds of user and system time."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
