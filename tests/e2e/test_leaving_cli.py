"""Leaving by the command line: what is asked, what goes, what stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from support import exports
from support.app_fixture import weight
from support.terminal import MONDAY, Terminal


@pytest.fixture
def lived_in(terminal: Terminal, tmp_path: Path) -> Terminal:
    export = exports.zip_export(tmp_path / "export.zip", exports.export_xml(weight(MONDAY, 74.5)), {})
    terminal("import", export)
    terminal.sign_in()
    (terminal.home / "companion.toml").write_text("[metrics]\noff = []\n")
    return terminal


def kept(terminal: Terminal) -> list[str]:
    return sorted(path.name for path in terminal.home.iterdir())


def test_everything_goes_only_after_the_words_were_typed(lived_in: Terminal) -> None:
    before = kept(lived_in)
    asked = lived_in("delete-everything", typed="yes\n")
    assert asked.returncode == 2
    assert "every sample" in asked.stderr
    assert "Nothing at Intervals.icu or in Health is touched" in " ".join(asked.stderr.split())
    assert kept(lived_in) == before
    done = lived_in("delete-everything", typed="delete everything\n")
    assert done.returncode == 0
    assert kept(lived_in) == ["companion.toml"]


def test_a_script_deletes_without_being_asked_and_is_told_what_went(lived_in: Terminal) -> None:
    answer = lived_in.json("delete-everything", "--yes")
    assert "companion.sqlite" in answer["removed"]
    assert answer["left"] == ["companion.toml"]


def test_a_full_logout_ends_the_sign_in_and_keeps_the_samples(lived_in: Terminal) -> None:
    assert lived_in.json("logout", "--full")["told"] is True
    assert lived_in("sync").returncode == 4
    assert lived_in.json("metrics")[0]["values"]["weight"]["value"] == 74.5
    assert lived_in("logout").returncode == 4
