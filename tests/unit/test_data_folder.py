"""The data folder: where the settings say it is, whatever its name, and for its owner alone."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from intervals_companion.cli.context import data_folder
from intervals_companion.cli.main import main
from intervals_companion.domain.errors import Busy
from intervals_companion.domain.samples import Batch
from intervals_companion.store.database import FILE_NAME, Store
from support.store_builders import STEPS, WATCH, archived, deliver, row
from support.terminal import command

NAMES = [
    "a?mode=memory", "a#b", "a%20b", "a%b", " a b ", "Gesundheit für Jörg", "健康", "a\nb", 'a"b', "a'b", "a\\b",
    "a;b", "a&b", "[a]", "{a}", "file:a", ":memory:", "a\udcff", "-a", "a=b", "~a",
]  # fmt: skip
UMASKS = [0o000, 0o002, 0o022, 0o077]


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


@pytest.mark.parametrize("name", NAMES)
def test_the_store_is_in_the_folder_of_that_name_and_nowhere_else(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "in" / name
    with closing(Store(folder)) as store:
        deliver(store, Batch(STEPS, WATCH, [row("2026-03-01 06:30")]))
    with closing(Store(folder)) as again:
        assert archived(again)
    assert (folder / FILE_NAME).stat().st_size > 0
    assert [path.name for path in (tmp_path / "in").iterdir()] == [name]
    assert all(path.name.startswith(("companion.sqlite", "opening.lock")) for path in folder.iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_it_can_be_named_in_the_environment(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMPANION_HOME", str(tmp_path / name))
    assert data_folder() == tmp_path / name
    monkeypatch.setenv("COMPANION_HOME", name if not name.startswith("~") else f"./{name}")
    assert data_folder() == tmp_path / name


def test_a_name_that_no_terminal_can_show_is_told_all_the_same(tmp_path: Path) -> None:
    environment = os.environ | {"COMPANION_HOME": str(tmp_path / "a\udcff"), "PYTHONIOENCODING": "utf-8:strict"}
    done = subprocess.run(
        [command(), "delete-everything", "--yes"], env=environment, capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert rb"a\udcff." in done.stdout


@pytest.mark.parametrize("mask", UMASKS)
def test_all_that_is_made_in_it_is_private_under_any_umask(tmp_path: Path, mask: int) -> None:
    folder = tmp_path / "home"
    with umask(mask), closing(Store(folder)) as store, store.held("sync-1", Busy("", "")), store.read():
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert {"sync-1.lock", "opening.lock", FILE_NAME, f"{FILE_NAME}-wal"} <= modes.keys()
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("name", [FILE_NAME, "opening.lock"])
def test_what_came_there_open_to_others_is_shut(tmp_path: Path, name: str) -> None:
    Store(tmp_path).close()
    (tmp_path / name).chmod(0o644)
    Store(tmp_path).close()
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o777, 0o701])
def test_a_folder_that_others_may_enter_is_said(
    tmp_path: Path, mode: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COMPANION_HOME", str(tmp_path / "a b"))
    (tmp_path / "a b").mkdir()
    (tmp_path / "a b").chmod(mode)
    assert main(["metrics", "--json"]) == 0
    said = capsys.readouterr()
    assert "Others on this machine may enter the data folder" in said.err
    assert f"chmod 700 '{tmp_path / 'a b'}'" in said.err
    assert "Others" not in said.out
    (tmp_path / "a b").chmod(0o700)
    assert main(["metrics", "--json"]) == 0
    assert capsys.readouterr().err == ""


def test_a_tilde_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("COMPANION_HOME", "~/health")
    assert data_folder() == tmp_path / "health"


def _no_entry(_: int) -> object:
    raise KeyError("no such user")


@pytest.mark.parametrize("home", [None, "", "."])
@pytest.mark.parametrize("named", [None, "~/health", "~nobody-of-that-name/health"])
def test_without_a_home_folder_there_is_a_word(
    tmp_path: Path,
    home: str | None,
    named: str | None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("pwd.getpwuid", _no_entry)
    for variable, value in (("HOME", home), ("COMPANION_HOME", named), ("XDG_DATA_HOME", None)):
        monkeypatch.delenv(variable, raising=False)
        if value is not None:
            monkeypatch.setenv(variable, value)
    assert main(["metrics"]) == 2
    said = capsys.readouterr().err
    assert "home folder" in said
    assert "Set COMPANION_HOME" in said
    assert list(tmp_path.iterdir()) == []
