"""A workout made ready for a file: which samples it is made of, and everything they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from intervals_companion.derive import figures, swims
from intervals_companion.derive.coverage import Seen, ranked
from intervals_companion.derive.seconds import Span, stretches
from intervals_companion.derive.stream_types import STROKES
from intervals_companion.derive.streams import streams
from intervals_companion.domain.activity import Recording, RoutePoint, Workout
from intervals_companion.domain.samples import Row, Source
from intervals_companion.domain.units import UnknownUnit, convert


def choose(workout: Workout, candidates: Mapping[Source, Sequence[Row]]) -> Sequence[Row]:
    """The rows of one type to make a workout of: those of one source, whole.

    `coverage.py` ranks them by the seconds in which their readings hold. Whose workout it is decides nothing: an app
    that wrote the workout may have a single reading of its own beside a watch that wrote one every five seconds.
    """
    seen = [
        Seen(source, round(_covered(workout, rows)), _counted(workout, rows))
        for source, rows in candidates.items()
        if rows
    ]
    return candidates[ranked(seen)[0]] if seen else ()


def _covered(workout: Workout, rows: Sequence[Row]) -> float:
    """Seconds of the workout in which the readings hold; a lone point counts as one."""
    length = workout.elapsed
    covered = reached = 0.0
    spans = sorted(
        Span((row.start - workout.start) / 1000, (row.end - workout.start) / 1000, row.value) for row in rows
    )
    for start, end, _ in sorted(stretches(spans)):
        first, last = max(start, reached, 0.0), min(max(end, start + 1), length)
        if last > first:
            covered += last - first
            reached = last
    return covered


def _counted(workout: Workout, rows: Sequence[Row]) -> float:
    """What lies in the workout, added up: metres, or as the source wrote it."""
    return sum(_amount(row) for row in rows if workout.start <= row.start <= workout.end)


def _amount(row: Row) -> float:
    try:
        return convert(row.value, row.unit, "m")
    except UnknownUnit:
        return row.value


def recording(workout: Workout, samples: Mapping[str, Sequence[Row]], route: Sequence[RoutePoint]) -> Recording:
    """Everything a file says about a workout.

    `samples`: for each of `stream_types.quantities(workout).identifiers` the rows that overlap the workout, of one
    source (see `choose`). `route`: the fixes of all its routes. Neither needs an order.
    """
    columns = streams(workout, samples, route)
    lengths = swims.lengths(workout, samples.get(STROKES, ()))
    pool = swims.pool(workout)
    whole = figures.whole(workout, columns, lengths)
    return Recording(
        streams=columns,
        whole=whole,
        laps=figures.laps(workout, columns, lengths) or (whole,),
        lengths=lengths,
        pool=pool.length if pool else None,
        pool_in_yards=pool.in_yards if pool else False,
    )
