"""What Health Auto Export, a shortcut or Simple Health Export make of Health, pushed by a phone or given as files.

Which of them a file is, its content says, never its name.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from intervals_companion.app.context import AppContext
from intervals_companion.app.ingest import compressed, exports, imports
from intervals_companion.app.ingest.exports import Answer
from intervals_companion.app.ingest.imports import Imported, Progress
from intervals_companion.domain.errors import CompanionError, DamagedInput, NotAnExport
from intervals_companion.health import auto_export, shortcut_shapes, shortcuts, simple_export
from intervals_companion.health.bridge import Delivery
from intervals_companion.health.spacing import Sum, longer_than_a_day
from intervals_companion.journal import days as journal_days

Reader = Callable[[bytes | bytearray, Mapping[str, str], ZoneInfo], Delivery]
READERS: Mapping[str, Reader] = {
    auto_export.CHANNEL: auto_export.read,
    shortcuts.CHANNEL: shortcuts.read,
    simple_export.CHANNEL: lambda body, _headers, _home: simple_export.read(body),
}

MOST_BYTES = 64 * 2**20
"""Of a delivery, unpacked."""
_HEAD_BYTES = 4096
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LETTERS = re.compile(rb'\s*[\[{"]')
_TOO_LARGE = (
    f"It holds more than {MOST_BYTES >> 20} MB.",
    "Let the app make files of shorter periods, and import them together.",
)
_NEITHER = (
    "It is neither an Apple Health export nor what Health Auto Export, Simple Health Export or a shortcut makes.",
    "Give the export.zip that the iPhone made (Health, profile picture, Export All Health Data), or a file of those.",
)


class FileImport(NamedTuple):
    """A file, and what came of it: an import, or why there was none."""

    path: Path
    imported: Imported | None
    error: CompanionError | None = None


def take(context: AppContext, delivery: Delivery, spoken: int | None = None) -> Imported:
    """A delivery into the archive, samples and summaries. `spoken`: when it was made (ms), now where left out. Raises
    DamagedInput, Busy, StorageError.
    """
    return imports.import_from(context, delivery, said=delivery.summaries, spoken=spoken)


def import_file(
    context: AppContext, path: Path, progress: Progress | None = None,
    should_stop: Callable[[], bool] = lambda: False, answer: Answer = Answer.ASK,
) -> Imported:  # fmt: skip
    """Reads a file into the archive, whatever it is. Raises UsageError, and DamagedInput for one that holds nothing
    readable; damage on the way is in the result.
    """
    with context.reading() as here:
        look = _look(path, here.zone)
    return _import_file(context, path, look, progress, should_stop, answer)


def _import_file(
    context: AppContext, path: Path, look: _Look, progress: Progress | None, should_stop: Callable[[], bool],
    answer: Answer, *, longer: bool = False,
) -> Imported:  # fmt: skip
    """`longer`: its sums are of more than a day each."""
    body = _payload(path)
    if body is None:
        return exports.import_export(context, path, progress, should_stop, answer)
    with context.reading() as here:
        zone = here.zone
    # A file speaks of when it was made, as far as it tells, not of when somebody found it.
    result = take(context, _delivery(path, body, zone, longer=longer), look.newest or None)
    journal_days.mend(context.store, context.account().athlete)
    return result


def import_files(
    context: AppContext, paths: Sequence[Path], progress: Progress | None = None, answer: Answer = Answer.ASK
) -> list[FileImport]:
    """All of them, read in the order in which they were made as far as their contents tell: what a later one says of
    the same time counts. A file that cannot be read stops none of the others.
    """
    with context.reading() as here:
        looked = [_look(path, here.zone) for path in paths]
    together = len(paths) > 1 and longer_than_a_day(one for look in looked for one in look.sums)
    found = {}
    for place in sorted(range(len(paths)), key=lambda place: looked[place].newest):
        look = looked[place]
        found[place] = _imported(context, paths[place], look, progress, answer, longer=together and bool(look.sums))
    return [found[place] for place in range(len(paths))]


def _imported(
    context: AppContext, path: Path, look: _Look, progress: Progress | None, answer: Answer, *, longer: bool
) -> FileImport:
    try:
        found = _import_file(context, path, look, progress, lambda: False, answer, longer=longer)
    except CompanionError as problem:
        return FileImport(path, None, problem)
    return FileImport(path, found, found.error)


# --- which it is -----------------------------------------------------------------------------------------------------


def channel_of(body: bytes | bytearray) -> str | None:
    """Whose delivery a file holds; None where nobody here makes such files."""
    head = bytes(body[:_HEAD_BYTES]).removeprefix(_BYTE_ORDER_MARK)
    if simple_export.is_file(head):
        return simple_export.CHANNEL
    if not _LETTERS.match(head):
        return None
    if auto_export.is_delivery(body):
        return auto_export.CHANNEL
    return shortcuts.CHANNEL if shortcut_shapes.is_delivery(body) else None


def _payload(path: Path) -> bytes | bytearray | None:
    """The content of a file that is no export, unpacked; None for what the reader of exports is asked about: an export,
    a folder, nothing at all. Raises DamagedInput.
    """
    if not os.path.isfile(path):  # noqa: PTH113  (a folder that may not be entered is the other reader's to tell)
        return None
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
            is_compressed = head.startswith(compressed.GZIP_MAGIC)
            if not (
                is_compressed or _LETTERS.match(head.removeprefix(_BYTE_ORDER_MARK)) or simple_export.is_file(head)
            ):
                return None
            body = head + file.read(MOST_BYTES)
    except OSError as problem:
        raise DamagedInput(
            f"{path} cannot be read: {problem.strerror}.", "Check its permissions and the disk."
        ) from problem
    if len(body) > MOST_BYTES:
        raise DamagedInput(f"{path.name} is too large. {_TOO_LARGE[0]}", _TOO_LARGE[1])
    return _unpacked(path, body) if is_compressed else body


def _unpacked(path: Path, body: bytes) -> bytearray:
    try:
        return compressed.unpacked(body, compressed.GZIP, MOST_BYTES)
    except compressed.TooLarge as problem:
        raise DamagedInput(f"{path.name} is too large. {_TOO_LARGE[0]}", _TOO_LARGE[1]) from problem
    except DamagedInput as problem:
        raise DamagedInput(f"{path.name} is compressed, and damaged or cut off.", problem.cure) from problem


def _delivery(path: Path, body: bytes | bytearray, zone: ZoneInfo, *, longer: bool = False) -> Delivery:
    """`longer`: whether the files that came with it show that sums from midnight on are of weeks or months."""
    channel = channel_of(body)
    if channel is None:
        raise NotAnExport(f"{path.name} is not known here. {_NEITHER[0]}", _NEITHER[1])
    try:
        if channel == auto_export.CHANNEL:
            return auto_export.read(body, {}, zone, longer=longer)
        return READERS[channel](body, {}, zone)
    except DamagedInput as problem:
        raise DamagedInput(f"{path.name} cannot be read. {problem.cause}", problem.cure) from problem


class _Look(NamedTuple):
    """What is asked of a file before any is read into the archive."""

    newest: int = 0
    """The latest instant (ms) that a delivery speaks of; 0 where that is not to be found out, and for exports, which
    say when they were made.
    """
    sums: Sequence[Sum] = ()
    """Those of Health Auto Export, whose files do not say how they are grouped."""


def _look(path: Path, zone: ZoneInfo) -> _Look:
    try:
        body = _payload(path)
        if body is None:
            return _Look()
        sums = auto_export.sums(body, zone) if channel_of(body) == auto_export.CHANNEL else ()
        return _Look(_latest(_delivery(path, body, zone)), sums)
    except CompanionError:
        return _Look()


def _latest(delivery: Delivery) -> int:
    ends: Iterable[int] = (one.end for one in delivery.summaries)
    return max((0, *ends, *(row.end for batch in delivery.batches() for row in batch.rows)))
