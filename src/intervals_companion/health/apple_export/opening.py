"""Finds the export in what a person gives: the zip, the unzipped folder or its parent, or a bare export.xml.

The file's name follows the phone's language (`Export.xml`, `exportación.xml`, `导出.xml`), so its first bytes decide.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Protocol

from intervals_companion.domain.errors import DamagedInput, NotAnExport, UsageError
from intervals_companion.formats import gpx
from intervals_companion.health.apple_export import zipped

_HEAD = 4096
_IS_EXPORT = re.compile(rb"<!DOCTYPE\s+HealthData\b|<HealthData[\s>/]")
_CURE = "Give the export.zip that the iPhone made: Health, profile picture, Export All Health Data."


class Export(Protocol):
    """The opened data."""

    name: str
    """Of the XML file, as a person finds it."""
    size: int
    """Bytes of the XML file; 0 where a damaged zip does not say."""
    routes_size: int
    damage: DamagedInput | None
    """Known already, and to be told when everything readable is read."""

    def chunks(self) -> Iterator[bytes]:
        """The XML file. Raises DamagedInput where it cannot go on."""
        ...

    def route(self, path: str) -> bytes | None:
        """A route file by its path inside the export, None where there is none. Raises DamagedInput."""
        ...


def open_export(path: Path) -> Export:
    """Raises UsageError for a path that is not there, NotAnExport for other data, DamagedInput for unreadable data."""
    if not path.exists():
        raise UsageError(f"{path} does not exist.", "Check the path, or drag the file into the terminal window.")
    try:
        if path.is_dir():
            return _in_folder(path)
        with path.open("rb") as file:
            head = file.read(_HEAD)
        if head.startswith(b"PK"):
            return _in_zip(path)
        if not head:
            raise NotAnExport(f"{path.name} is empty.", zipped.AGAIN)
        if not _is_export(head):
            raise NotAnExport(f"{path.name} is not an Apple Health export.", _CURE)
        return FolderExport(path)
    except OSError as problem:
        raise DamagedInput(
            f"{path} cannot be read: {problem.strerror}.", "Check its permissions and the disk."
        ) from problem


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


class FolderExport:
    """An unzipped export: the XML file, and routes below its folder."""

    damage: DamagedInput | None = None

    def __init__(self, xml: Path) -> None:
        self.name = xml.name
        self.size = xml.stat().st_size
        self._xml = xml
        self._folder = xml.parent.resolve()
        self.routes_size = sum(file.stat().st_size for file in (self._folder / "workout-routes").glob("*.gpx"))

    def chunks(self) -> Iterator[bytes]:
        try:
            with self._xml.open("rb") as file:
                while chunk := file.read(zipped.CHUNK):
                    yield chunk
        except OSError as problem:
            raise DamagedInput(f"{self.name} cannot be read: {problem.strerror}.", "Check the disk.") from problem

    def route(self, path: str) -> bytes | None:
        try:
            file = (self._folder / path).resolve()
            if not file.is_relative_to(self._folder) or not file.is_file():
                return None
            with file.open("rb") as opened:
                return opened.read(gpx.MOST_BYTES + 1)
        except OSError as problem:
            raise DamagedInput(f"The route file cannot be read: {problem.strerror}.", "Check the disk.") from problem


def _in_folder(folder: Path) -> FolderExport:
    """The largest export directly in the folder, else in a folder directly below (`apple_health_export`)."""
    for pattern in ("*", "*/*"):
        files = [file for file in folder.glob(pattern) if _may_be_export(file.name) and file.is_file()]
        found = [file for file in files if _is_export(_head(file))]
        if found:
            return FolderExport(max(found, key=lambda file: file.stat().st_size))
    raise NotAnExport(f"The folder {folder} holds no Apple Health export.", _CURE)


def _head(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(_HEAD)


# --- a zip ----------------------------------------------------------------------------------------------------------


class ZipExport:
    """An export as the phone hands it over."""

    def __init__(self, path: Path, xml: zipped.Member, directory: zipped.Directory) -> None:
        self.name = xml.name
        self.size = xml.size or 0
        ends_early = DamagedInput(f"{path.name} ends early; everything that is left of it was kept.", zipped.AGAIN)
        self.damage = None if directory.whole else ends_early
        self._path = path
        self._xml = xml
        folder = xml.name.rpartition("/")[0]
        self._folder = folder and folder + "/"
        self._routes = {_plain(member.name): member for member in directory.members if member.name.endswith(".gpx")}
        self.routes_size = sum(member.size or 0 for member in self._routes.values())

    def chunks(self) -> Iterator[bytes]:
        return _telling(zipped.unpack(self._path, self._xml), self.name)

    def route(self, path: str) -> bytes | None:
        member = self._routes.get(_plain(self._folder + path))
        if member is None:
            return None
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
    found = [member for member in named if _is_export(next(islice(zipped.unpack(path, member), 1), b""))]
    if not found and not directory.whole:
        raise DamagedInput(f"{path.name} ends early, before any health data.", zipped.AGAIN)
    if not found:
        raise NotAnExport(f"{path.name} holds no Apple Health export.", _CURE)
    return ZipExport(path, max(found, key=lambda member: member.size or 0), directory)
