"""Apple Health in: an export file into the archive."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from attrs import define, field

from intervals_companion.app.context import AppContext
from intervals_companion.app.preferences import home_zone
from intervals_companion.derive.routes import has_impossible_point
from intervals_companion.derive.stream_types import HEART_RATE, impossible_figures
from intervals_companion.domain import catalogue, plausible
from intervals_companion.domain.catalogue import short_type
from intervals_companion.domain.days import HomeZone
from intervals_companion.domain.errors import CompanionError, DamagedInput
from intervals_companion.domain.samples import CORRELATION_PREFIX, LONGEST_NAME, ROUTE, WORKOUT, Batch, Row
from intervals_companion.domain.summaries import Summary
from intervals_companion.formats.details import may_be_impossible, row_route, row_workout
from intervals_companion.health.port import HealthReader, Problem, Reading
from intervals_companion.store import additions, archive, summaries
from intervals_companion.store.accounts import Account
from intervals_companion.sync.task import Stopped

MOST_NAMED = 20
"""Kinds of impossible samples that a page names."""
_ONE_DAY = "Look in the Health app for an app that writes far too much, and remove its data there."

Progress = Callable[[Reading], None]


class Impossible(NamedTuple):
    """Something that cannot be, and what can be done about it."""

    what: str
    cure: str


@define
class Imported:
    """What an import did, also when it was cut short."""

    reading: Reading
    channel: str = ""
    """The way it came: `export`, or the name of a bridge."""
    new: int = 0
    """Records that the archive did not hold."""
    new_workouts: int = 0
    new_routes: int = 0
    summaries: int = 0
    new_summaries: int = 0
    """Those that say something new."""
    zone: HomeZone | None = None
    zone_before: str | None = None
    """The home zone until now, where this import brought another one."""
    impossible: Counter[Impossible] = field(factory=Counter)
    """What was kept and makes no day."""
    error: CompanionError | None = None
    """Why the data ended early; what was read before is kept."""
    changed: int = field(default=0)
    """Blocks of the archive that were written: none when everything was known."""
    retired: int = 0
    """Samples that counted before and do no more: Health holds them no longer."""
    waits: tuple[str, ...] = ()
    """Types that wait for an answer, by short name."""
    copied: Path | None = None
    """Where the data was copied to before anything was retired."""
    import_id: int | None = None
    """The number by which an export can be restored or removed."""

    @property
    def known(self) -> int:
        return self.reading.records - self.reading.ignored - self.new


def account(imported: Imported) -> dict[str, Any]:
    """An import in numbers, as JSON."""
    reading = imported.reading
    return {
        "records": reading.records,
        "types": len(reading.types),
        "new": imported.new,
        "known": imported.known,
        "ignored": reading.ignored,
        "workouts": reading.workouts,
        "routes": reading.routes,
        "impossible": [f"{count:,} x {one.what}" for one, count in imported.impossible.most_common(MOST_NAMED)],
        "problems": len(reading.problems) + reading.more_problems,
        "zone": imported.zone.zone if imported.zone else None,
        "retired": imported.retired,
        "waits": list(imported.waits),
        "copied": imported.copied is not None,
    }


def collect_less_often() -> None:
    """For a process that reads deliveries: they make millions of small values and hardly a cycle, and looking for
    cycles costs an eighth to a quarter of the time.
    """
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


def import_from(
    context: AppContext,
    reader: HealthReader,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    said: Sequence[Summary] = (),
    spoken: int | None = None,
) -> Imported:
    """Reads what a channel hands out into the archive. `said`: the summaries that came with it; `spoken`: when it was
    as it says (ms), now where left out.
    """
    account = context.account()
    result = Imported(reader.reading, reader.channel, summaries=len(said))
    batches = watched(reader, result.impossible, context.now(), progress, should_stop)
    try:
        moment = context.now() if spoken is None else min(spoken, context.now())
        for kind, added in additions.add(context.store, account.athlete, reader.channel, batches, moment):
            result.changed += added.written
            tell_left_out(result.reading, kind, added.left_out)
            if is_record(kind):
                result.new += added.new
            elif kind == WORKOUT:
                result.new_workouts += added.new
            elif kind == ROUTE:
                result.new_routes += added.new
    except DamagedInput as damage:
        if not result.reading.records and not result.reading.workouts:
            raise
        result.error = damage
    except Stopped as stopped:
        result.error = stopped
    finish(context, account, reader.channel, result, said)
    return result


def finish(context: AppContext, account: Account, channel: str, result: Imported, said: Sequence[Summary]) -> None:
    """What every import ends with: what cannot be, the home zone, the summaries, and that it came."""
    for one in said:
        if not plausible.is_possible(one.type, one.value, one.unit):
            result.impossible[_impossible(one.type, plausible.VALUE)] += 1
    reading = result.reading
    reading.problems[:0] = [
        Problem(channel, f"{count:,} x {one.what}.", one.cure) for one, count in result.impossible.most_common()
    ]
    if reading.damaged and result.error is None:
        result.error = DamagedInput(
            f"The file is not well-formed. Elements skipped: {reading.damaged:,}. The rest was kept.",
            "Export again on the iPhone and import the new file: nothing is doubled.",
        )
    found_some = reading.records or reading.workouts or said
    if found_some:
        result.zone, result.zone_before = home_zone.changed(context, account, reading.zones)
    else:
        with context.reading() as here:
            result.zone = here.home_zone
    with context.store.write() as connection:
        written = reading.exported if reading.exported is not None else context.now()
        result.new_summaries = summaries.put(connection, account.athlete, channel, said, context.now())
        archive.remember_delivery(connection, account.athlete, channel, written, reading.complete)


def tell_left_out(reading: Reading, kind: str, count: int) -> None:
    """Names what is more than a block takes."""
    if count:
        reading.ignored += count if is_record(kind) else 0
        reading.note(
            Problem(kind, f"{count:,} x more in one day than any device measures; the latest were left out.", _ONE_DAY)
        )


def watched(
    reader: HealthReader, impossible: Counter[Impossible], now: int,
    progress: Progress | None, should_stop: Callable[[], bool],
) -> Iterator[Batch]:  # fmt: skip
    """The batches of a reader, with what cannot be counted, progress told, and an end where one is asked for."""
    for batch in reader.batches():
        if should_stop():
            raise Stopped
        impossible.update(cannot_be(batch.type, batch.rows, now))
        yield batch
        if progress is not None:
            progress(reader.reading)


_CURE = "Correct or delete it in the Health app, if it is a mistake. It is kept here, and nothing is made of it."


def cannot_be(kind: str, rows: Sequence[Row], now: int) -> Counter[Impossible]:
    """What of one type cannot be. `now` in ms."""
    found = plausible.counted(kind, rows, now)
    if kind == WORKOUT:
        found[plausible.VALUE] += sum(map(_has_impossible_figure, rows))
    if kind == ROUTE:
        found[plausible.VALUE] += sum(map(_has_impossible_point, rows))
    return Counter({_impossible(kind, words): count for words, count in found.items() if count})


def _has_impossible_figure(row: Row) -> bool:
    return bool(impossible_figures(row_workout(row, "")))


def _has_impossible_point(row: Row) -> bool:
    return may_be_impossible(row, plausible.ALTITUDE, plausible.FASTEST) and has_impossible_point(row_route(row))


def _impossible(kind: str, words: str) -> Impossible:
    return Impossible(f"{_name(kind)} with {words}", _CURE)


def _name(kind: str) -> str:
    """What people call a type: the metric that it names, else the type."""
    named = (metric.name for metric in catalogue.METRICS if metric.types[0] == kind and metric.rule is not None)
    return _NAMES.get(kind) or next(named, short_type(kind)[:LONGEST_NAME])


_NAMES = {WORKOUT: "Workouts", ROUTE: "Routes", HEART_RATE: "Heart rate"}
"""Of types that no metric is called after."""


def is_record(kind: str) -> bool:
    """Workouts, routes and correlations are counted apart, or not at all."""
    return kind not in (WORKOUT, ROUTE) and not kind.startswith(CORRELATION_PREFIX)
