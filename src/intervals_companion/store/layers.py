"""What counts, of all that was ever said about one type and source on one day: one pure function of the statements.

A *complete* statement says everything about its window: of those that cover a moment the one spoken last counts, and
what it lacks is gone. Other statements only add: what they say counts beside it, unless a later complete one covers it.
The same sample through two statements is one, as many times as either holds it; within one statement every object
counts. No order of arrival is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from intervals_companion.domain.own_samples import SYNC_IDENTIFIER, SYNC_VERSION
from intervals_companion.domain.samples import LONGEST_SPAN, Row, preferred, same_key, unpack_metadata

ALWAYS = 2**62
"""`spoken` of what a person asked to keep: nothing is said after it."""
EXTERNAL_UUID = "HKExternalUUID"


class Statement(NamedTuple):
    """What one delivery says of a type and source on one day."""

    rows: Sequence[Row]
    spoken: int
    """When Health was as it says (ms): an export's ExportDate, the time of a delivery."""
    first: int = 1
    last: int = 0
    """It says everything about samples that start from `first` to `last` (ms); none where it ends before it begins."""
    apart: bool = False
    """It is of another phone: what the first one lacks says nothing about it."""

    @property
    def complete(self) -> bool:
        return self.first <= self.last

    def covers(self, instant: int) -> bool:
        return self.first <= instant <= self.last


def merged(statements: Iterable[Statement]) -> list[Row]:
    """The rows that count, in canonical order."""
    said = sorted(statements, key=lambda one: (one.spoken, one.rows))
    complete = [one for one in reversed(said) if one.complete]
    rows: list[Row] = []
    for place, one in enumerate(complete):
        later = complete[:place]
        rows += [row for row in one.rows if one.covers(row.start) and not _covered(row, later)]
    for one in said:
        if not one.complete:
            later = [] if one.apart else [other for other in complete if other.spoken >= one.spoken]
            added = [row for row in one.rows if not _covered(row, later)]
            spoke_before = one.apart and complete and one.spoken < complete[0].spoken
            rows = _joined(added, rows) if spoke_before else _joined(rows, added)
    return sorted(newest_versions(rows))


def _covered(row: Row, statements: Iterable[Statement]) -> bool:
    return any(one.covers(row.start) for one in statements)


def without(rows: Iterable[Row], others: Iterable[Row]) -> list[Row]:
    """The rows that the others do not hold: of equal ones as many as there are more."""
    left = _grouped(others)
    found = []
    for row in rows:
        same = left.get(same_key(row))
        if same:
            same.pop()
        else:
            found.append(row)
    return found


def overlapped(row: Row, others: Sequence[Row]) -> bool:
    """Whether a row with a length shares time with one of the others, which are in order of their start."""
    return any(other.start < row.end and other.end > row.start for other in others)


def is_replaced(row: Row, others: Sequence[Row]) -> bool:
    """Whether one of the others shares time with a row, or is of the same second."""
    return overlapped(row, others) or any(other.start // 1000 == row.start // 1000 for other in others)


# --- the same sample twice -------------------------------------------------------------------------------------------


def _joined(rows: Sequence[Row], added: Sequence[Row]) -> list[Row]:
    """Both together. Where they tell a stretch in other pieces, those of `added`, which were spoken later, count."""
    if not rows or not added:
        return [*rows, *added]
    before, after = _grouped(rows), _grouped(added)
    pairs = {key: _paired(before.get(key, []), after.get(key, [])) for key in {**before, **after}}
    both = {key for key in pairs if key in before and key in after}
    ours = [row for key, found in pairs.items() if key not in after for row in found]
    theirs = [row for key, found in pairs.items() if key not in before for row in found]
    kept = [row for key in both for row in pairs[key]]
    return kept + _retold(ours, theirs)


def _grouped(rows: Iterable[Row]) -> dict[tuple[int, int, str, str], list[Row]]:
    found: dict[tuple[int, int, str, str], list[Row]] = {}
    for row in rows:
        found.setdefault(same_key(row), []).append(row)
    return found


def _paired(ones: Sequence[Row], others: Sequence[Row]) -> list[Row]:
    """Equal samples of two statements, each object once: by its own id where both have one, else one for one."""
    left = sorted(others)
    found: list[Row] = []
    alone: list[Row] = []
    for row in sorted(ones):
        own = _own_id(row)
        twin = next((other for other in left if own and _own_id(other) == own), None)
        if twin is None:
            alone.append(row)
        else:
            left.remove(twin)
            # The same object told again: what was told last counts, unless it says that it is an earlier version.
            found.append(row if _version(row)[1] > _version(twin)[1] else twin)
    for row in alone:
        twin = next((other for other in left if not (_own_id(row) and _own_id(other))), None)
        if twin is not None:
            left.remove(twin)
        found.append(row if twin is None else preferred(row, twin))
    return found + left


def _own_id(row: Row) -> str:
    """What the app that wrote a sample knows it by; "" without one."""
    if EXTERNAL_UUID not in row.metadata and SYNC_IDENTIFIER not in row.metadata:
        return ""
    entries = unpack_metadata(row.metadata)
    return json.dumps([entries.get(EXTERNAL_UUID), entries.get(SYNC_IDENTIFIER)])


def external_id(row: Row) -> str:
    """The id that the app gave to what a sample belongs to; "" without one."""
    return unpack_metadata(row.metadata).get(EXTERNAL_UUID, "") if EXTERNAL_UUID in row.metadata else ""


def newest_versions(rows: Sequence[Row]) -> list[Row]:
    """Without the earlier versions of an object: of one sync identifier the highest version counts."""
    marked = [row for row in rows if SYNC_IDENTIFIER in row.metadata]
    if len(marked) < 2:
        return list(rows)
    newest: dict[str, float] = {}
    for row in marked:
        identifier, version = _version(row)
        newest[identifier] = max(version, newest.get(identifier, version))
    return [row for row in rows if SYNC_IDENTIFIER not in row.metadata or _is_newest(row, newest)]


def _is_newest(row: Row, newest: Mapping[str, float]) -> bool:
    identifier, version = _version(row)
    return newest[identifier] == version


def _version(row: Row) -> tuple[str, float]:
    entries = unpack_metadata(row.metadata)
    try:
        return entries.get(SYNC_IDENTIFIER, ""), float(entries.get(SYNC_VERSION, "0"))
    except ValueError:
        return entries.get(SYNC_IDENTIFIER, ""), 0.0


# --- the same stretch in other pieces --------------------------------------------------------------------------------


class _Piece(NamedTuple):
    label: str
    start: int
    end: int
    later: bool
    row: Row


def _retold(before: Sequence[Row], after: Sequence[Row]) -> list[Row]:
    """Rows of two statements, no two of them the same. Where they overlap, those of `after` count if they cover at
    least half of what those of `before` do: a phone regroups a stretch as a whole.
    """
    found = [row for row in (*before, *after) if not _is_stretch(row)]
    pieces = sorted(
        [_Piece(row.label, row.start, row.end, False, row) for row in before if _is_stretch(row)]
        + [_Piece(row.label, row.start, row.end, True, row) for row in after if _is_stretch(row)]
    )
    for _, of_label in groupby(pieces, key=attrgetter("label")):
        stretch: list[_Piece] = []
        until = 0
        for piece in of_label:
            if stretch and piece.start >= until:
                found += _settled(stretch)
                stretch = []
            until = max(until, piece.end) if stretch else piece.end
            stretch.append(piece)
        found += _settled(stretch)
    return found


def _is_stretch(row: Row) -> bool:
    """An instant shares its time with nothing, and what claims more than anything lasts says nothing about it."""
    return 0 < row.end - row.start <= LONGEST_SPAN


def _settled(stretch: Sequence[_Piece]) -> list[Row]:
    later = [one for one in stretch if one.later]
    earlier = [one for one in stretch if not one.later]
    counting = later if later and 2 * _length(later) >= _length(earlier) else earlier
    return [one.row for one in counting or later]


def _length(pieces: Iterable[_Piece]) -> int:
    """ms covered by pieces in order of their start."""
    covered, until = 0, 0
    for piece in pieces:
        covered += max(piece.end - max(piece.start, until), 0) if covered else piece.end - piece.start
        until = max(until, piece.end)
    return covered
