"""Files of others stay as they came, with their licence beside them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

import intervals_companion.web

VENDOR = Path(intervals_companion.web.__file__).parent / "static" / "vendor"
LINES = (VENDOR / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
SUMS = {name: digest for digest, name in map(str.split, LINES)}


@pytest.mark.parametrize("name", sorted(path.name for path in VENDOR.glob("*.[cj]s*")))
def test_a_vendored_file_is_the_one_of_its_package(name: str) -> None:
    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == SUMS[name]


@pytest.mark.parametrize("name", sorted(SUMS))
def test_a_vendored_file_has_its_licence_and_version_beside_it(name: str) -> None:
    assert (VENDOR / f"{name.split('.')[0]}.LICENSE.txt").read_text(encoding="utf-8").strip()
    assert f"`{name}`" in (VENDOR / "README.md").read_text(encoding="utf-8")
