"""Nothing that comes in swells the memory: 250 MB for any export, 150 MB more than at rest for any push.

One process reads them all, with a limit of its own; each input is small and took gigabytes once.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from support import hostile, reading_process

MOST_EXPORT_MB, MOST_PUSH_MB = 250, 150

Inputs = Mapping[str, tuple[Callable[[Path], None], str]]
Told = dict[str, dict[str, Any]]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is read in /proc")


AT_ONCE = 3
"""One of so many kinds is read in `make test`; all of them in the soak."""


def kinds(inputs: Inputs) -> list[Any]:
    return [
        pytest.param(name, marks=() if place % AT_ONCE == 0 else pytest.mark.soak) for place, name in enumerate(inputs)
    ]


def read_all(folder: Path, inputs: Inputs) -> Told:
    """What each took and said, by its name."""
    for name, (write, _) in inputs.items():
        write(folder / name)
    command = [sys.executable, str(Path(reading_process.__file__)), str(folder)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=280)
    return {name.split(".")[0]: told for name, told in json.loads(done.stdout).items()}


def asked_for(request: pytest.FixtureRequest, inputs: Inputs) -> Inputs:
    """Those that this run of the tests asks about."""
    names = {item.callspec.params.get("name") for item in request.session.items if hasattr(item, "callspec")}
    return {name: one for name, one in inputs.items() if name in names}


@pytest.fixture(scope="module")
def exports(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Told:
    return read_all(tmp_path_factory.mktemp("exports"), asked_for(request, hostile.EXPORTS))


@pytest.fixture(scope="module")
def pushes(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Told:
    return read_all(tmp_path_factory.mktemp("pushes"), asked_for(request, hostile.PUSHES))


@pytest.mark.parametrize("name", kinds(hostile.EXPORTS))
def test_no_export_takes_more_than_250_mb(exports: Told, name: str) -> None:
    assert exports[name]["memory"] <= MOST_EXPORT_MB
    assert hostile.EXPORTS[name][1] in exports[name]["said"]


@pytest.mark.parametrize("name", kinds({name: one for name, one in hostile.EXPORTS.items() if "members" not in name}))
def test_the_rest_of_such_an_export_is_imported(exports: Told, name: str) -> None:
    new, _, rest = exports[name]["said"].partition(" new, ")
    assert int(new) >= 1
    assert rest.startswith("1 workouts" if "route" in name else "0 workouts")


@pytest.mark.parametrize("name", kinds(hostile.PUSHES))
def test_no_push_takes_150_mb_more_than_at_rest(pushes: Told, name: str) -> None:
    assert pushes[name]["above"] <= MOST_PUSH_MB
    assert hostile.PUSHES[name][1] in pushes[name]["said"]


@pytest.mark.soak
def test_no_large_push_takes_150_mb_more_than_at_rest(tmp_path: Path) -> None:
    told = read_all(tmp_path, hostile.LARGE_PUSHES)
    for name, (_, words) in hostile.LARGE_PUSHES.items():
        assert told[name]["above"] <= MOST_PUSH_MB
        assert words in told[name]["said"]
