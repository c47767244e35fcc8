from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from intervals_sandbox.server import Running, running
from support import exports
from support.app_fixture import run, steps
from support.chromium import chromium, pages
from support.input_modes import KEYBOARD, POINTER
from support.live_server import LiveServer
from support.seeded_server import lived_in
from support.terminal import MONDAY, TODAY, Terminal


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    with running(today=TODAY) as sandbox:
        yield Terminal(tmp_path / "home", sandbox)


@pytest.fixture
def quiet_sandbox() -> Iterator[Running]:
    """Nobody is followed: nothing is read by itself."""
    with running(seed=1, today=TODAY, followed=0) as made:
        yield made


@pytest.fixture
def used_terminal(tmp_path: Path, quiet_sandbox: Running) -> Terminal:
    """Signed in, with a few days of steps and a run that no sync has sent yet."""
    made = Terminal(tmp_path / "home", quiet_sandbox)
    made.sign_in()
    some = [steps(MONDAY - timedelta(days=n), 5000 + n) for n in range(40)]
    path = exports.zip_export(tmp_path / "export.zip", exports.export_xml(*some, *run(MONDAY)))
    assert made("import", path).returncode == 0
    return made


@pytest.fixture(scope="package")
def used_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Two months of one athlete, for tests that only look: `tests/conftest.py` gives their files to one worker."""
    with lived_in(tmp_path_factory.mktemp("used"), days=60) as made:
        yield made


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One for all stories of a worker; each has a profile of its own."""
    with chromium() as made:
        yield made


@pytest.fixture
def page(browser: Browser, home: LiveServer) -> Iterator[Page]:
    """A browser that was let into this story's `home`."""
    with pages(browser, home.own) as made:
        home.let_in(made)
        yield made


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A story that asks for a `hand` is told by keyboard; with a pointer too where it is golden, else in the soak."""
    if "hand" in metafunc.fixturenames:
        golden = metafunc.definition.get_closest_marker("golden")
        later = () if golden else (pytest.mark.soak,)
        told = [pytest.param(POINTER, id="pointer", marks=later), pytest.param(KEYBOARD, id="keyboard")]
        metafunc.parametrize("hand", told)


@pytest.fixture(autouse=True)
def nothing_broke(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No story meets a mistake of ours, also where its page went on."""
    yield
    broken = [one.getMessage() for one in caplog.get_records("call") if one.levelname == "ERROR"]
    assert broken == []
