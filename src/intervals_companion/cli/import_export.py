"""companion import: Apple Health exports, and what apps made of Health, into the archive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from intervals_companion.app.ingest.imports import Imported, collect_less_often
from intervals_companion.app.ingest.payloads import FileImport, import_files
from intervals_companion.cli import output
from intervals_companion.cli.context import open_context, read_settings
from intervals_companion.domain.catalogue import short_type
from intervals_companion.domain.errors import DamagedInput
from intervals_companion.health.port import Reading


def import_(
    path: Path,
    /,
    *more: Path,
    home_zone: str | None = None,
    as_json: Annotated[bool, Parameter(name="--json")] = False,
) -> int:
    """Read Apple Health exports, or what other apps made of Health, into the data folder.

    Parameters
    ----------
    path
        export.zip, the folder it unpacks to, its export.xml, or a file that Health Auto Export (JSON), Simple Health
        Export (CSV) or a shortcut made; compressed with gzip too.
    more
        Any number of others, in any order.
    home_zone
        The zone in which your days are days, such as Europe/Berlin. Remembered.
    as_json
        Print one JSON value instead of words.
    """
    chosen = read_settings().with_options(home_zone=home_zone)
    with open_context(chosen) as context, _bar() as progress:
        collect_less_often()
        found = import_files(context, [path, *more], progress)
    if as_json:
        output.print_json(_answer(found))
    for one in found:
        if one.imported is not None and not as_json:
            _print(one, is_one_of_many=len(found) > 1)
        if one.error is not None and (one.imported is None or not as_json):
            output.print_error(one.error)
    return next((one.error.exit_code for one in found if one.error is not None), 0)


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


def _answer(found: Sequence[FileImport]) -> dict[str, Any]:
    """Of one file what was read; of several the sums, and each of them under `files`."""
    each = [{"file": str(one.path), **_json(one)} for one in found]
    if len(each) == 1:
        return each[0]
    error = next((one["error"] for one in each if one["error"]), None)
    zone = next((one for one in reversed(each) if one["zone"]), each[-1])
    return {
        "samples": _added([one["samples"] for one in each]),
        "summaries": _added([one["summaries"] for one in each]),
        "types": _added([one["types"] for one in each]),
        **_added([{name: one[name] for name in ("workouts", "routes", "routes_missing")} for one in each]),
        "zone": zone["zone"],
        "zone_reason": zone["zone_reason"],
        "problems": [problem for one in each for problem in one["problems"]],
        "more_problems": sum(one["more_problems"] for one in each),
        "error": error,
        "files": each,
    }


def _added(counts: Sequence[dict[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    return dict(sorted(total.items()))


def _json(one: FileImport) -> dict[str, Any]:
    result = one.imported or Imported(Reading())
    reading = result.reading
    problems = [{"where": problem.where, "what": problem.what, "cure": problem.cure} for problem in reading.problems]
    if isinstance(one.error, DamagedInput):
        problems.insert(0, {"where": one.path.name, "what": one.error.cause, "cure": one.error.terminal_cure})
    return {
        "channel": result.channel or None,
        "samples": {
            "read": reading.records,
            "new": result.new,
            "known": result.known,
            "ignored": reading.ignored,
        },
        "summaries": {"read": result.summaries, "new": result.new_summaries},
        "types": dict(sorted(reading.types.items())),
        "workouts": reading.workouts,
        "routes": reading.routes,
        "routes_missing": reading.routes_missing,
        "zone": result.zone.zone if result.zone else None,
        "zone_reason": result.zone.reason if result.zone else None,
        "problems": problems,
        "more_problems": reading.more_problems,
        "error": output.as_error(one.error),
    }


_MOST_TYPES, _MOST_PROBLEMS = 12, 10


_CHANNELS = {
    "export": "an Apple Health export",
    "health-auto-export": "a file of Health Auto Export",
    "shortcuts": "what a shortcut sends",
    "simple-health-export": "a file of Simple Health Export",
}


def _print(one: FileImport, *, is_one_of_many: bool) -> None:
    result = one.imported
    assert result is not None
    reading = result.reading
    console = output.out()
    if is_one_of_many or result.channel != "export":
        console.print(f"{one.path.name}: read as {_CHANNELS.get(result.channel, result.channel)}.", markup=False)
    console.print(
        f"{output.several(reading.records, 'record')} read: {result.new:,} new, {result.known:,} known, "
        f"{reading.ignored:,} ignored. {output.several(reading.workouts, 'workout')}, "
        f"{output.several(reading.routes, 'route')}."
    )
    if result.summaries:
        console.print(f"Sums and means: {result.summaries:,}, {result.new_summaries:,} of them new.")
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
