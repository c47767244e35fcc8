"""The streams of an activity as Intervals.icu sends them, read into one row a second.

They share one index of samples; `time` says at which second each was taken. Somebody's device wrote them and somebody
may have changed them by hand: what is no sensible number is not known, and never a reason to show nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import isnan
from operator import lt
from typing import Any, NamedTuple, cast

from attrs import frozen

from intervals_companion.domain.activity import Streams
from intervals_companion.intervals.answers import is_number, nodes

Column = list[float | None]


class _Kind(NamedTuple):
    """Where a column comes from, and what can be true of it."""

    column: str
    type: str
    low: float
    high: float
    member: str = "data"


_KINDS = (
    _Kind("power", "watts", 0, 10_000),
    _Kind("heart_rate", "heartrate", 1, 300),
    _Kind("speed", "velocity_smooth", 0, 150),
    _Kind("cadence", "cadence", 0, 500),
    _Kind("altitude", "altitude", -1_000, 20_000),
    _Kind("distance", "distance", 0, 10_000_000),
    _Kind("latitude", "latlng", -90, 90),
    _Kind("longitude", "latlng", -180, 180, "data2"),
)
_TIME = _Kind("seconds", "time", 0, 10_000_000)

_KNOWN = frozenset({kind.type for kind in _KINDS} | {_TIME.type, "moving"})
_VARIANTS = ("raw_", "fixed_")
"""Before the name of a stream that is there in its corrected form."""

HELD = 10
"""Seconds that a sample holds at least until the next one: devices that record on change skip as many."""
HELD_STEPS = 3
"""The same in usual steps, where a device records more rarely."""
HELD_MOST = 60
"""Beyond it the recording was paused."""


@frozen
class Told:
    streams: Streams
    more: tuple[str, ...]
    """Names of the streams beside those that `Streams` has: temp, core_temperature, custom ones."""


def read(answer: object) -> Told:
    """The JSON of `GET /activity/{id}/streams`. Raises WrongShape for what is no list of objects.

    Without a time the samples are a second apart. The others are cut to its length, or end earlier.
    """
    given: dict[str, Mapping[str, object]] = {}
    for node in nodes(answer):
        if isinstance(name := node.values.get("type"), str):
            given[name] = node.values
    columns = {kind.column: column for kind in _KINDS if (column := _column(given, kind)) is not None}
    if not columns.keys() >= {"latitude", "longitude"}:
        columns.pop("latitude", None), columns.pop("longitude", None)
    time = _column(given, _TIME)
    if time is None:
        time = list(range(max(map(len, columns.values()), default=0)))
    seconds, samples = _by_second(*_increasing(time))
    laid = {name: _laid(column, samples) for name, column in columns.items()}
    return Told(Streams(seconds=seconds, **laid), tuple(_more(given)))


def _column(given: Mapping[str, Mapping[str, object]], kind: _Kind) -> Column | None:
    """Its numbers; None where it has not one."""
    values = given.get(kind.type, {}).get(kind.member)
    if not isinstance(values, list):
        return None
    known = [value for value in values if value is not None] if None in values else values
    if not known:
        return None
    if _all_good(known, kind):
        return values
    cells = [value if is_number(value) and kind.low <= value <= kind.high else None for value in values]
    return cells if any(cell is not None for cell in cells) else None


def _all_good(known: Sequence[Any], kind: _Kind) -> bool:
    """At a glance, because nearly every stream is: hours of seconds are read while somebody waits."""
    return (
        set(map(type, known)) <= {int, float}
        and kind.low <= min(known)
        and max(known) <= kind.high
        and not isnan(sum(known))
    )


def _increasing(time: Column) -> tuple[list[int], Sequence[int]]:
    """Whole seconds, each later than the one before, and the samples that were taken then."""
    if set(map(type, time)) == {int}:
        whole = cast("list[int]", time)
        if all(map(lt, whole, whole[1:])):
            return whole, range(len(whole))
    seconds: list[int] = []
    samples: list[int] = []
    for sample, at in enumerate(time):
        if at is not None and (not seconds or int(at) > seconds[-1]):
            seconds.append(int(at))
            samples.append(sample)
    return seconds, samples


def _by_second(seconds: list[int], samples: Sequence[int]) -> tuple[list[int], Sequence[int]]:
    """The same with a row a second: a sample holds until the next one, unless the recording was paused between."""
    if not seconds or seconds[-1] - seconds[0] == len(seconds) - 1:
        return seconds, samples
    steps = [after - now for now, after in pairwise(seconds)]
    usual = sorted(steps)[len(steps) // 2]
    longest = min(HELD_MOST, max(HELD, HELD_STEPS * usual))
    filled: list[int] = []
    held: list[int] = []
    for at, sample, step in zip(seconds, samples, [*steps, 1], strict=True):
        rows = step if step <= longest else 1
        filled.extend(range(at, at + rows))
        held.extend([sample] * rows)
    return filled, held


def _laid(column: Column, samples: Sequence[int]) -> Column:
    """What each row holds."""
    if isinstance(samples, range) and len(samples) == len(column):
        return column
    column = column + [None] * (samples[-1] + 1 - len(column)) if samples else []
    return [column[sample] for sample in samples]


def _more(given: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    for name, values in given.items():
        data, called = values.get("data"), values.get("name")
        if name in _KNOWN or name.startswith(_VARIANTS) or not isinstance(data, list):
            continue
        if any(cell is not None for cell in data):
            yield called if isinstance(called, str) and called and values.get("custom") is True else name
