"""The hooks before a commit fetch nothing, call what exists, and take the subjects that CONTRIBUTING.md asks for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONFIG = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
(SUBJECT,) = re.findall(r"entry: '(\\A.*)'$", CONFIG, re.MULTILINE)


def test_every_hook_is_local() -> None:
    assert re.findall(r"repo: (.*)", CONFIG) == ["local"]
    assert set(re.findall(r"language: (.*)", CONFIG)) == {"system", "pygrep"}


def test_every_file_of_ours_that_a_hook_calls_exists() -> None:
    called = re.findall(r"\btools/\w+\.py\b", CONFIG)
    assert called
    assert [name for name in called if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize(
    "message",
    [
        "feat: say which permission is missing",
        "fix(sync): keep a receipt only for what was read back\n\nBecause a 500 proves nothing.",
        "refactor!: name the room for what it does",
        "Merge branch 'habits'",
    ],
)
def test_a_conventional_subject_is_taken(message: str) -> None:
    assert re.search(SUBJECT, message, re.MULTILINE)


@pytest.mark.parametrize(
    "message",
    [
        "Say which permission is missing",
        "feat say which permission is missing",
        "feature: say which permission is missing",
        "feat: ends with a full stop.",
        "feat: " + "far too long " * 8,
        "Something\n\nfeat: a subject in the body",
    ],
)
def test_another_subject_is_refused(message: str) -> None:
    assert not re.search(SUBJECT, message, re.MULTILINE)


def test_every_kind_of_subject_is_explained() -> None:
    kinds = re.findall(r"\w+", SUBJECT.split(")")[0].removeprefix(r"\A("))
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert [kind for kind in kinds if f"`{kind}`" not in guide] == []
