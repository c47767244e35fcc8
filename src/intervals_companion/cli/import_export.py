"""companion import: Apple Health exports, and what apps made of Health, into the archive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from intervals_companion.app.context import AppContext
from intervals_companion.app.ingest import exports
from intervals_companion.app.ingest.exports import Answer, Preview, SuspiciousImport
from intervals_companion.app.ingest.imports import Imported, collect_less_often
from intervals_companion.app.ingest.payloads import FileImport, import_files
from intervals_companion.cli import output
from intervals_companion.cli.context import open_context, read_settings
from intervals_companion.domain.catalogue import short_type
from intervals_companion.domain.errors import DamagedInput, UsageError
from intervals_companion.health.port import Reading


def import_(
    path: Path,
    /,
    *more: Path,
    home_zone: str | None = None,
    preview: bool = False,
    confirm: bool = False,
    second_phone: bool = False,
    partial: bool = False,
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
    preview
        Say what an export would add and retire, and which days would change; change nothing.
    confirm
        The export is right, however much of what was here it lacks.
    second_phone
        The export is of another phone of yours: it adds, and retires nothing.
    partial
        The export holds only a part: it adds, and retires nothing.
    as_json
        Print one JSON value instead of words.
    """
    answer = _answered(confirm, second_phone, partial)
    chosen = read_settings().with_options(home_zone=home_zone)
    with open_context(chosen) as context, _bar() as progress:
        collect_less_often()
        if preview:
            return _preview(context, [path, *more], progress, as_json=as_json)
        found = import_files(context, [path, *more], progress, answer)
    if as_json:
        output.print_json(_answer(found))
    for one in found:
        if one.imported is not None and not as_json:
            _print(one, is_one_of_many=len(found) > 1)
        if one.error is not None and (one.imported is None or not as_json):
            output.print_error(one.error)
    return next((one.error.exit_code for one in found if one.error is not None), 0)


def _answered(confirm: bool, second_phone: bool, partial: bool) -> Answer:
    said = [
        answer
        for answer, is_said in (
            (Answer.RIGHT, confirm), (Answer.SECOND_PHONE, second_phone), (Answer.PARTIAL, partial),
        )
        if is_said
    ]  # fmt: skip
    if len(said) > 1:
        raise UsageError(
            "--confirm, --second-phone and --partial exclude each other.", "Give one of them, or none to be asked."
        )
    return said[0] if said else Answer.ASK


def _preview(
    context: AppContext, paths: Sequence[Path], progress: Callable[[Reading], None] | None, *, as_json: bool
) -> int:
    found = [(path, exports.preview(context, path, progress)) for path in paths]
    if as_json:
        each = [{"file": str(path), **_preview_json(one)} for path, one in found]
        output.print_json(each[0] if len(each) == 1 else {"files": each})
        return 0
    for path, one in found:
        _print_preview(path, one)
    return 0


def _preview_json(one: Preview) -> dict[str, Any]:
    return {
        "new": dict(one.new), "retired": dict(one.retired), "days": [day.isoformat() for day in one.days],
        "waits": list(one.in_doubt),
        "problems": [{"where": each.where, "what": each.what, "cure": each.cure} for each in one.problems],
    }  # fmt: skip


def _print_preview(path: Path, one: Preview) -> None:
    console = output.out()
    new, retired = sum(one.new.values()), sum(one.retired.values())
    days = f"{output.several(len(one.days), 'day')} may change" if one.days else "no day would change"
    console.print(f"{path.name}: {new:,} new, {retired:,} retired, {days}. Nothing was changed.", markup=False)
    kinds = sorted({*one.new, *one.retired}, key=lambda kind: -one.new.get(kind, 0) - one.retired.get(kind, 0))
    rows = [(kind, f"{one.new.get(kind, 0):,}", f"{one.retired.get(kind, 0):,}") for kind in kinds[:_MOST_TYPES]]
    if rows:
        console.print(output.table(["Type", ">New", ">Retired"], rows))
    if one.days:
        named = ", ".join(day.isoformat() for day in one.days[-_MOST_DAYS:])
        console.print(f"The latest of the days: {named}.")
    if one.in_doubt:
        console.print(f"It would wait for your answer: {', '.join(one.in_doubt)}.", markup=False)


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
    if isinstance(one.error, DamagedInput | SuspiciousImport):
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
        "import": result.import_id,
        "retired": result.retired,
        "waits": list(result.waits),
        "copied": None if result.copied is None else str(result.copied),
        "zone": result.zone.zone if result.zone else None,
        "zone_reason": result.zone.reason if result.zone else None,
        "problems": problems,
        "more_problems": reading.more_problems,
        "error": output.as_error(one.error),
    }


_MOST_TYPES, _MOST_PROBLEMS, _MOST_DAYS = 12, 10, 10


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
    if result.copied is not None:
        console.print(f"The data as it was is kept in {result.copied}.", markup=False)
    if result.retired:
        console.print(
            f"{output.several(result.retired, 'sample')} retired: Health no longer holds them. "
            f"See them, or bring them back: companion archive"
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
