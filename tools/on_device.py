"""The on-device gate: everything in `project.dependencies` has to resolve for iOS, in the versions that are locked.

A resolver that finds no wheel for iOS silently goes back to an ancient pure release. So the locked versions are given
as constraints: what has no pure or iOS wheel in exactly that version does not resolve.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements" / "run.txt"
PLATFORMS = ("arm64-apple-ios", "arm64-apple-ios-simulator", "x86_64-apple-ios-simulator")
PYTHONS = ("3.13", "3.14")

_UNREACHABLE = ("connect", "dns", "timed out", "network", "error sending request")


def main() -> int:
    dependencies = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    locked = dict(re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", LOCK.read_text(), re.MULTILINE))
    for python in PYTHONS:
        for platform in PLATFORMS:
            resolved = _resolve(dependencies, platform, python)
            if resolved is None:
                print("On-device gate skipped: the package registry cannot be reached.")
                return 0
            if resolved:
                print(f"Not fit for the phone ({platform}, Python {python}):\n{resolved}")
                return 1
    print(f"On-device gate: {len(dependencies)} of {len(locked)} locked packages and what they need resolve for iOS.")
    return 0


def _resolve(dependencies: list[str], platform: str, python: str) -> str | None:
    """What uv complains about; "" when it resolves; None when it cannot ask."""
    uv = Path(sys.executable).with_name("uv")
    done = subprocess.run(
        [
            *(uv, "pip", "compile", "-", "--quiet", "--no-header", "--only-binary", ":all:"),
            *("--python-platform", platform, "--python-version", python, "--constraints", LOCK),
        ],
        input="\n".join(dependencies),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return ""
    return None if any(word in done.stderr.lower() for word in _UNREACHABLE) else done.stderr


if __name__ == "__main__":
    sys.exit(main())
