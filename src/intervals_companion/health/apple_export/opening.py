"""Finds the export in what a person gives: the zip, the unzipped folder or its parent, or a bare export.xml.

The file's name follows the phone's language (`Export.xml`, `exportación.xml`, `导出.xml`), so its first bytes decide.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Protocol

from intervals_companion.domain.errors import DamagedInput, NotAnExport, UsageError
from intervals_companion.formats import gpx
from intervals_companion.health.apple_export import zipped
from intervals_companion.health.port import Problem

MOST_ROUTES_BYTES = 16 * 2**30
"""Of all routes together: fifteen years with an hour of points a second each day have 4."""
FEW_ROUTES_BYTES = 128 * 2**20
"""Of routes that are read from however small a file: some 160 hours of points, read in ten seconds."""

_HEAD = 4096
_MOST_CANDIDATES = 20
"""XML files of a zip that are looked into; an export has two beside its routes."""
_IS_EXPORT = re.compile(rb"<!DOCTYPE\s+HealthData\b|<HealthData[\s>/]")
_NO_FILE_CURE = "Nothing to do, unless something is missing: then unzip the export once more."
_CURE = "Give the export.zip that the iPhone made: Health, profile picture, Export All Health Data."


class Export(Protocol):
    """The opened data."""

    name: str
    """Of the XML file, as a person finds it."""
    size: int
    """Bytes of the XML file; 0 where a damaged zip does not say."""
    routes_size: int
    routes_limit: int
    """Bytes of routes that are read in all, as `gpx.cost` counts them."""
    damage: DamagedInput | None
    """Known already, and to be told when everything readable is read."""
    skipped: Sequence[Problem]
    """What lies beside it and is no file."""

    def chunks(self) -> Iterator[bytes]:
        """The XML file. Raises DamagedInput where it cannot go on."""
        ...

    def route(self, path: str) -> bytes | None:
        """A route file by its path inside the export, None where there is none. Raises DamagedInput."""
        ...


def open_export(path: Path) -> Export:
    """Raises UsageError for a path that is not there, NotAnExport for other data, DamagedInput for unreadable data."""
    if not os.path.lexists(path):
        raise UsageError(f"{path} does not exist.", "Check the path, or drag the file into the terminal window.")
    try:
        if path.is_dir():
            return _in_folder(path)
        with _opened(path) as file:
            head = file.read(_HEAD)
        if head.startswith(b"PK"):
            return _in_zip(path)
        if not head:
            raise NotAnExport(f"{path.name} is empty.", zipped.AGAIN)
        if not _is_export(head):
            raise NotAnExport(f"{path.name} is not an Apple Health export.", _CURE)
        return FolderExport(path)
    except _NoFile as problem:
        raise NotAnExport(f"{path.name} is {problem}, and not a file.", _CURE) from problem
    except OSError as problem:
        raise DamagedInput(
            f"{path} cannot be read: {problem.strerror}.", "Check its permissions and the disk."
        ) from problem


def _routes_limit(expected: int) -> int:
    return min(MOST_ROUTES_BYTES, max(FEW_ROUTES_BYTES, expected))


def _is_export(head: bytes) -> bool:
    return _IS_EXPORT.search(head[:_HEAD]) is not None


def _may_be_export(name: str) -> bool:
    """export_cda.xml is another copy of a part; the end of its name is the same in every language."""
    lower = name.casefold()
    return lower.endswith(".xml") and not lower.endswith("_cda.xml")


def _plain(path: str) -> str:
    """A name for comparing: zips made on a Mac write accents as separate characters."""
    return unicodedata.normalize("NFC", path)


# --- a folder or a bare file ----------------------------------------------------------------------------------------


class _NoFile(Exception):
    """A link that leads nowhere or in a circle, a pipe, a socket, a device or a folder, in words."""


def _opened(path: Path) -> BinaryIO:
    """A file, open for reading. Whatever else has its name is never waited for. Raises _NoFile, OSError."""
    try:
        handle = os.open(path, os.O_RDONLY | _AT_ONCE)
    except OSError as problem:
        if what := _no_file(path):
            raise _NoFile(what) from problem
        raise
    file = os.fdopen(handle, "rb") if stat.S_ISREG(os.fstat(handle).st_mode) else None
    if file is None:
        os.close(handle)
        raise _NoFile(_no_file(path) or _OTHER)
    return file


_AT_ONCE = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_OTHER = "a device or a folder"


def _no_file(path: Path) -> str:
    """What lies there instead of a file; "" for a file. Nothing is opened."""
    try:
        mode = path.stat().st_mode
    except (OSError, RuntimeError):
        return "a link that leads nowhere" if path.is_symlink() else ""
    if stat.S_ISREG(mode):
        return ""
    return "a pipe" if stat.S_ISFIFO(mode) else "a socket" if stat.S_ISSOCK(mode) else _OTHER


def _sorted_out(paths: Iterable[Path]) -> tuple[list[Path], list[Problem]]:
    """The files, and a word for each of the others."""
    files: list[Path] = []
    skipped: list[Problem] = []
    for path in paths:
        if what := _no_file(path):
            skipped.append(Problem(path.name, f"This is {what}, and not a file; it was skipped.", _NO_FILE_CURE))
        else:
            files.append(path)
    return files, skipped


class FolderExport:
    """An unzipped export: the XML file, and routes below its folder."""

    damage: DamagedInput | None = None

    def __init__(self, xml: Path, skipped: Sequence[Problem] = ()) -> None:
        self.name = xml.name
        self.size = xml.stat().st_size
        self._xml = xml
        self._folder = xml.parent.resolve()
        routes, beside = _sorted_out((self._folder / "workout-routes").glob("*.gpx"))
        self.skipped: Sequence[Problem] = (*skipped, *beside)
        self.routes_size = sum(file.stat().st_size for file in routes)
        # Twice: a short point counts as a usual one, and one file may be named in many ways.
        self.routes_limit = _routes_limit(2 * self.routes_size)

    def chunks(self) -> Iterator[bytes]:
        try:
            with _opened(self._xml) as file:
                while chunk := file.read(zipped.CHUNK):
                    yield chunk
        except OSError as problem:
            raise DamagedInput(f"{self.name} cannot be read: {problem.strerror}.", "Check the disk.") from problem

    def route(self, path: str) -> bytes | None:
        try:
            file = (self._folder / path).resolve()
            if not file.is_relative_to(self._folder) or not os.path.lexists(file) or file.is_dir():
                return None
            with _opened(file) as opened:
                return opened.read(gpx.MOST_BYTES + 1)
        except (_NoFile, RuntimeError) as problem:  # RuntimeError: how Python 3.11 and 3.12 call a circle of links
            what = problem if isinstance(problem, _NoFile) else "a link that leads nowhere"
            raise DamagedInput(f"The route file is {what}; it was skipped.", _NO_FILE_CURE) from problem
        except OSError as problem:
            raise DamagedInput(f"The route file cannot be read: {problem.strerror}.", "Check the disk.") from problem


def _in_folder(folder: Path) -> FolderExport:
    """The largest export directly in the folder, else in a folder directly below (`apple_health_export`)."""
    skipped: list[Problem] = []
    for pattern in ("*", "*/*"):
        files, beside = _sorted_out(file for file in folder.glob(pattern) if _may_be_export(file.name))
        skipped += beside
        found = [file for file in files if _is_export(_head(file))]
        if found:
            return FolderExport(max(found, key=lambda file: file.stat().st_size), skipped)
    raise NotAnExport(f"The folder {folder} holds no Apple Health export.", _CURE)


def _head(file: Path) -> bytes:
    with _opened(file) as opened:
        return opened.read(_HEAD)


# --- a zip ----------------------------------------------------------------------------------------------------------


class ZipExport:
    """An export as the phone hands it over."""

    skipped: Sequence[Problem] = ()

    def __init__(self, path: Path, xml: zipped.Member, directory: zipped.Directory) -> None:
        self.name = xml.name
        self.size = xml.size or 0
        ends_early = DamagedInput(f"{path.name} ends early; everything that is left of it was kept.", zipped.AGAIN)
        self.damage = None if directory.whole else ends_early
        self._path = path
        self._xml = xml
        folder = xml.name.rpartition("/")[0]
        self._folder = folder and folder + "/"
        self._overlapping = zipped.overlapping(directory.members)
        self._routes = {_plain(member.name): member for member in directory.members if member.name.endswith(".gpx")}
        self.routes_size = sum(member.size or 0 for member in self._routes.values())
        self.routes_limit = _routes_limit(path.stat().st_size * zipped.ROUTES_RATIO)

    def chunks(self) -> Iterator[bytes]:
        return _telling(zipped.unpack(self._path, self._xml), self.name)

    def route(self, path: str) -> bytes | None:
        member = self._routes.get(_plain(self._folder + path))
        if member is None:
            return None
        if member in self._overlapping:
            raise DamagedInput("The route file shares its bytes with another file of the zip.", zipped.AGAIN)
        data = bytearray()
        for piece in _telling(zipped.unpack(self._path, member), path):
            data += piece
            if len(data) > gpx.MOST_BYTES:
                break
        return bytes(data)


def _telling(pieces: Iterable[bytes], name: str) -> Iterator[bytes]:
    try:
        yield from pieces
    except OSError as problem:
        raise DamagedInput(f"{name} cannot be read: {problem.strerror}.", "Check the disk.") from problem


def _in_zip(path: Path) -> ZipExport:
    """The largest export in the zip's top folder, or in no folder at all."""
    directory = zipped.directory(path)
    named = [member for member in directory.members if member.name.count("/") < 2 and _may_be_export(member.name)]
    largest_first = sorted(named, key=lambda member: member.size or 0, reverse=True)[:_MOST_CANDIDATES]
    for member in largest_first:
        if _is_export(next(islice(zipped.unpack(path, member), 1), b"")):
            return ZipExport(path, member, directory)
    if not directory.whole:
        raise DamagedInput(f"{path.name} ends early, before any health data.", zipped.AGAIN)
    raise NotAnExport(f"{path.name} holds no Apple Health export.", _CURE)
