"""companion import: an Apple Health export into the archive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from intervals_companion.app.ingest.imports import Imported, collect_less_often, import_export
from intervals_companion.cli import output
from intervals_companion.cli.context import open_context, read_settings
from intervals_companion.domain.catalogue import short_type
from intervals_companion.health.port import Reading


def import_(
    path: Path,
    /,
    *,
    home_zone: str | None = None,
    as_json: Annotated[bool, Parameter(name="--json")] = False,
) -> int:
    """Read an Apple Health export into the data folder.

    Parameters
    ----------
    path
        export.zip, the folder it unpacks to, or its export.xml.
    home_zone
        The zone in which your days are days, such as Europe/Berlin. Remembered.
    as_json
        Print one JSON value instead of words.
    """
    chosen = read_settings().with_options(home_zone=home_zone)
    with open_context(chosen) as context, _bar() as progress:
        collect_less_often()
        result = import_export(context, path, progress)
    if as_json:
        output.print_json(_json(result))
    else:
        _print(result)
    if result.error is None:
        return 0
    if not as_json:
        output.print_error(result.error)
    return result.error.exit_code


@contextmanager
def _bar() -> Iterator[Callable[[Reading], None] | None]:
    """Size, rate and time left, on a terminal only."""
    console = output.err()
    if not console.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    columns = (TextColumn("Reading"), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        task = bars.add_task("Reading", total=None)
        yield lambda reading: bars.update(task, completed=reading.bytes_done, total=reading.bytes_total or None)


def _json(result: Imported) -> dict[str, Any]:
    reading = result.reading
    return {
        "samples": {
            "read": reading.records,
            "new": result.new,
            "known": result.known,
            "ignored": reading.ignored,
        },
        "types": dict(sorted(reading.types.items())),
        "workouts": reading.workouts,
        "routes": reading.routes,
        "routes_missing": reading.routes_missing,
        "zone": result.zone.zone if result.zone else None,
        "zone_reason": result.zone.reason if result.zone else None,
        "problems": [
            {"where": problem.where, "what": problem.what, "cure": problem.cure} for problem in reading.problems
        ],
        "more_problems": reading.more_problems,
        "error": output.as_error(result.error),
    }


_MOST_TYPES, _MOST_PROBLEMS = 12, 10


def _print(result: Imported) -> None:
    reading = result.reading
    console = output.out()
    console.print(
        f"{output.several(reading.records, 'record')} read: {result.new:,} new, {result.known:,} known, "
        f"{reading.ignored:,} ignored. {output.several(reading.workouts, 'workout')}, "
        f"{output.several(reading.routes, 'route')}."
    )
    common = reading.types.most_common(_MOST_TYPES)
    rows = [(short_type(kind), f"{count:,}") for kind, count in common]
    if len(reading.types) > len(common):
        rest = len(reading.types) - len(common)
        rows.append((f"{rest} more types", f"{reading.records - sum(count for _, count in common):,}"))
    if rows:
        console.print(output.table(["Type", ">Records"], rows))
    if result.zone:
        console.print(f"Home zone {result.zone.zone}: {result.zone.reason}. Change it with --home-zone.")
    if result.zone_before:
        console.print(f"It was {result.zone_before} until now. Before a sync changes days that were sent, it stops.")
    for problem in reading.problems[:_MOST_PROBLEMS]:
        console.print(f"{problem.where}: {problem.what} {problem.cure}", markup=False)
    hidden = len(reading.problems) + reading.more_problems - _MOST_PROBLEMS
    if hidden > 0:
        console.print(f"... and {hidden} more of this kind.")
