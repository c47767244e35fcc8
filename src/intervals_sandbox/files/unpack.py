"""An upload is a file, a file in gzip, or a zip of several. What kind it is, its content says."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator

from intervals_sandbox.files.read_fit import read_fit
from intervals_sandbox.files.read_gpx import read_gpx
from intervals_sandbox.files.read_tcx import read_tcx
from intervals_sandbox.files.recording import Recording, UnreadableFile


class TooLarge(Exception):
    """Unpacked, the upload is larger than the service takes."""


def unpack(upload: bytes, limit: int) -> Iterator[bytes]:
    """The files of an upload, together at most `limit` bytes. Raises UnreadableFile, TooLarge."""
    try:
        if upload[:2] == b"\x1f\x8b":
            with gzip.open(io.BytesIO(upload)) as packed:
                yield _bounded(packed.read(limit + 1), limit)
        elif upload[:4] == b"PK\x03\x04":
            with zipfile.ZipFile(io.BytesIO(upload)) as archive:
                for member in archive.infolist():
                    if not member.is_dir():
                        with archive.open(member) as packed:
                            content = _bounded(packed.read(limit + 1), limit)
                            limit -= len(content)
                            yield content
        else:
            yield upload
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError) as problem:
        raise UnreadableFile(f"Could not unpack the file: {problem}") from problem


def _bounded(content: bytes, limit: int) -> bytes:
    if len(content) > limit:
        raise TooLarge
    return content


def read_file(data: bytes) -> tuple[str, list[Recording]]:
    """The kind of a file (fit, gpx, tcx) and the activities in it. Raises UnreadableFile."""
    kind = _kind(data)
    return kind, _READERS[kind](data)


_READERS: dict[str, Callable[[bytes], list[Recording]]] = {"fit": read_fit, "gpx": read_gpx, "tcx": read_tcx}


def _kind(data: bytes) -> str:
    head = data[:2000]
    if data[8:12] == b".FIT":
        return "fit"
    if b"<gpx" in head:
        return "gpx"
    if b"<TrainingCenterDatabase" in head:
        return "tcx"
    raise UnreadableFile("Unrecognized file: fit, tcx and gpx are supported, and zip or gz of the same")
