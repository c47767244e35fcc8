"""A workout made ready for a file: which samples it is made of, and everything they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from intervals_companion.derive import figures, swims
from intervals_companion.derive.stream_types import STROKES
from intervals_companion.derive.streams import streams
from intervals_companion.domain.activity import Recording, RoutePoint, Workout
from intervals_companion.domain.samples import Row, Source

TICK = 15_000
"""ms. How finely `choose` looks: reading every second covers no more than reading every few seconds."""


def choose(workout: Workout, candidates: Mapping[Source, Sequence[Row]]) -> Sequence[Row]:
    """The rows of one type to make a workout of: its own source's, else those of the source that covers most of it.

    Of two that cover the same the better device counts, then the name.
    """

    def rank(source: Source) -> tuple[bool, int, int, str]:
        return source.key != workout.source, -_covered(workout, candidates[source]), source.device, source.key

    present = [source for source, rows in candidates.items() if rows]
    return candidates[min(present, key=rank)] if present else ()


def _covered(workout: Workout, rows: Sequence[Row]) -> int:
    touched: set[int] = set()
    for row in rows:
        first, last = max(row.start, workout.start), min(row.end, workout.end)
        touched.update(range(first // TICK, last // TICK + 1))
    return len(touched)


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
