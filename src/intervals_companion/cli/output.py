"""What a command prints: tables and sentences for a person, one JSON value for a program."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from intervals_companion.app.jobs.stages import words
from intervals_companion.domain.errors import CompanionError
from intervals_companion.domain.social import visible
from intervals_companion.domain.stages import Stage
from intervals_companion.sync.actions import Reason

_NO_WRAP = 1000


def out() -> Console:
    """A terminal wraps; a pipe or a file gets each row on one line."""
    return Console(highlight=False, emoji=False, width=None if sys.stdout.isatty() else _NO_WRAP)


def err() -> Console:
    """Progress and complaints: never mixed into what a program reads."""
    return Console(stderr=True, highlight=False, emoji=False, soft_wrap=True)


def print_json(value: object) -> None:
    json.dump(value, sys.stdout, ensure_ascii=False, separators=(",", ":"))
    sys.stdout.write("\n")


def as_error(problem: CompanionError | None) -> dict[str, str] | None:
    return None if problem is None else {"cause": problem.cause, "cure": problem.terminal_cure}


def print_error(problem: CompanionError, *, as_json: bool = False) -> None:
    if as_json:
        print_json({"error": as_error(problem)})
    console = err()
    console.print(problem.cause, style="bold", markup=False)
    console.print(problem.terminal_cure, markup=False)


def print_stopped() -> None:
    err().print("Stopped. What was done before is kept; run it again to go on.")


def table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> Table:
    """A head that begins with > stands over a column of figures. Cells are plain text: neither markup nor
    the orders of a terminal are read in them.
    """
    made = Table(box=None, padding=(0, 2, 0, 0), header_style="bold", show_edge=False)
    for head in heads:
        figures = head.startswith(">")
        made.add_column(head.removeprefix(">"), justify="right" if figures else "left", no_wrap=figures)
    for row in rows:
        made.add_row(*(Text("" if cell is None else visible(str(cell))) for cell in row))
    return made


_DOCTOR = "companion doctor"


def held_words(reason: Reason) -> str:
    """Why something is held, with the command that shows how to put it right where it can be."""
    return f"{reason.words} See {_DOCTOR}." if reason.is_curable else reason.words


def several(number: int, thing: str) -> str:
    """`1 workout`, `2 workouts`, `1,204 records`."""
    return f"{number:,} {thing}" + ("" if number == 1 else "s")


def iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


@contextmanager
def staged_progress(wanted: bool = True) -> Iterator[Any]:
    """A bar per stage on a terminal, nothing elsewhere; gives a callable (stage, done, total)."""
    console = err()
    if not (wanted and console.is_terminal):
        yield lambda _stage, _done, _total: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        tasks: dict[str, Any] = {}

        def report(stage: Stage, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(words(stage), total=total or None)
            bars.update(tasks[stage], completed=done, total=total or None)

        yield report
