"""Files of others stay as they came, with their version, checksum and licence beside them: the app's and the tests'."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = sorted(path for part in ("src", "tests", "tools") for path in (ROOT / part).rglob("vendor") if path.is_dir())
FILES = [path for folder in FOLDERS for path in sorted(folder.glob("*.[cj]s*"))]


def sums(folder: Path) -> dict[str, str]:
    lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in map(str.split, lines)}


def versions(folder: Path) -> dict[str, str]:
    """By the names in the first column of the table."""
    rows = [line.split("|") for line in (folder / "README.md").read_text(encoding="utf-8").splitlines() if "`" in line]
    return {name.strip(" `"): row[3].strip() for row in rows if len(row) > 4 for name in row[1].split(",")}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_the_app_and_the_tests_have_such_files() -> None:
    assert {folder.relative_to(ROOT).parts[0] for folder in FOLDERS} == {"src", "tests"}


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_a_vendored_file_is_the_one_of_its_package(file: Path) -> None:
    assert hashlib.sha256(file.read_bytes()).hexdigest() == sums(file.parent)[file.name]


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_a_vendored_file_has_its_licence_and_version_beside_it(file: Path) -> None:
    assert (file.parent / f"{file.name.split('.')[0]}.LICENSE.txt").read_text(encoding="utf-8").strip()
    assert all(part.isdecimal() for part in versions(file.parent)[file.name].split("."))


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_a_checksum_is_of_a_file_that_is_there(folder: Path) -> None:
    assert all((folder / name).is_file() for name in sums(folder))


def test_a_version_is_the_one_the_file_names_itself() -> None:
    axe = next(file for file in FILES if file.name == "axe.min.js")
    assert f"axe v{versions(axe.parent)[axe.name]}" in axe.read_text(encoding="utf-8")[:100]
