"""Houses that were prepared once: every test lives in a copy of its own, data folder and service alike."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from attrs import frozen

from intervals_sandbox.world.ready import Kept, keep
from support.app_fixture import AppFixture, app_fixture

Prepare = Callable[..., object]


@frozen
class _Prepared:
    files: Mapping[str, bytes]
    """Of the data folder, by name."""
    service: Kept
    now: datetime
    exports_made: int


@contextmanager
def prepared(folder: Path, prepare: Prepare, *arguments: Hashable, **options: Any) -> Iterator[AppFixture]:
    """A companion to which `prepare(home, *arguments)` was done, as if just now; what was asked for it is forgotten.

    `prepare` gets it all done by the time it ends, and leaves nothing outside of data folder and service: what it
    changes in the companion or in the switches is lost. options: those of `app_fixture`.
    """
    made = _made(prepare, arguments, tuple(sorted(options.items())))
    home = folder / "home"
    home.mkdir(mode=0o700)
    for name, content in made.files.items():
        (home / name).touch(0o600)
        (home / name).write_bytes(content)
    with app_fixture(folder, state=made.service.copy(), **options) as copy:
        copy.clock.now, copy.exports_made = made.now, made.exports_made
        yield copy


@cache
def _made(prepare: Prepare, arguments: tuple[Hashable, ...], options: tuple[tuple[str, Any], ...]) -> _Prepared:
    with TemporaryDirectory() as folder:
        with app_fixture(Path(folder), **dict(options)) as made:
            prepare(made, *arguments)
            service = keep(made.sandbox.state)
        files = {file.name: file.read_bytes() for file in (Path(folder) / "home").iterdir()}
    return _Prepared(files, service, made.clock.now, made.exports_made)


def sign_in(home: AppFixture, boxes: tuple[str, ...] | None = None) -> None:
    home.sign_in(None if boxes is None else list(boxes))
