"""companion archive: what Health data there is, what was retired, and the answers that imports wait for."""

from __future__ import annotations

import sys
from typing import Annotated, Any

from cyclopts import App, Parameter

from intervals_companion.app.ingest import archive as service
from intervals_companion.app.ingest.archive import Answer, Archive, Change, ImportLine
from intervals_companion.cli import output
from intervals_companion.cli.context import open_context

app = App(name="archive", help="Show what Health data is here, and answer for imports.", help_format="plaintext")

AsJson = Annotated[bool, Parameter(name="--json", help="Print one JSON value instead of words.")]
Number = Annotated[int, Parameter(help="As companion archive lists it.")]
Yes = Annotated[bool, Parameter(help="Do it. Without this the days are shown first, and you are asked.")]


@app.default
def archive(*, as_json: AsJson = False) -> int:
    """Show what Health data is here, what was retired, and what is asked."""
    with open_context() as context:
        found = context.read(service.archive)
    if as_json:
        output.print_json(_json(found))
    else:
        _print(found)
    return 1 if found.waiting else 0


@app.command
def confirm(import_number: Number, /, *, yes: Yes = False, as_json: AsJson = False) -> int:
    """Say that an import is right: what it lacks counts no more."""
    return _answer(Answer.CONFIRM, import_number, yes, as_json)


@app.command
def second_phone(import_number: Number, /, *, yes: Yes = False, as_json: AsJson = False) -> int:
    """Say that an import is of another phone of yours: it adds, and retires nothing."""
    return _answer(Answer.SECOND_PHONE, import_number, yes, as_json)


@app.command
def remove(import_number: Number, /, *, yes: Yes = False, as_json: AsJson = False) -> int:
    """Take an import back, such as the file of another person: as if it had never been read."""
    return _answer(Answer.REMOVE, import_number, yes, as_json)


@app.command
def restore(import_number: Number, /, *, yes: Yes = False, as_json: AsJson = False) -> int:
    """Bring back what an import retired, but for what newer samples cover."""
    return _answer(Answer.RESTORE, import_number, yes, as_json)


@app.command
def retire_missing(*, yes: Yes = False, as_json: AsJson = False) -> int:
    """Retire what your newest export does not speak of at all: older times, and sources that it no longer holds."""
    return _answer(Answer.MISSING, None, yes, as_json)


@app.command
def empty(*, yes: Yes = False, as_json: AsJson = False) -> int:
    """Forget for good what was retired."""
    with open_context() as context:
        retired = context.read(service.archive).retired
        count = sum(one.samples for one in retired)
        if not _agreed(yes, f"{count:,} retired samples would be gone for good.", as_json=as_json):
            return _left_alone(as_json)
        count = service.empty_retired(context)
    if as_json:
        output.print_json({"forgotten": count})
    else:
        output.out().print(f"{output.several(count, 'retired sample')} forgotten.")
    return 0


def _answer(answer: Answer, number: int | None, yes: bool, as_json: bool) -> int:
    with open_context() as context:
        change = service.preview(context, answer, number)
        if not _agreed(yes, f"{_words(change)} {_days(change)}", as_json=as_json):
            if as_json:
                output.print_json({"done": False, **_change(change)})
                return 1
            return _left_alone(as_json)
        change = service.carry_out(context, answer, number)
    if as_json:
        output.print_json({"done": True, **_change(change)})
        return 0
    console = output.out()
    if change.copied is not None:
        console.print(f"The data as it was is kept in {change.copied}.", markup=False)
    console.print(f"Done. {_words(change)} {_days(change)}")
    return 0


def _agreed(yes: bool, what: str, *, as_json: bool) -> bool:
    """Whether the person agrees; somebody who is not at a terminal has to say so beforehand."""
    if yes:
        return True
    if as_json or not sys.stdin.isatty():
        if not as_json:
            output.out().print(what)
        return False
    output.out().print(what)
    output.err().print("Do it? Type yes:")
    return sys.stdin.readline().strip().casefold() == "yes"


def _left_alone(as_json: bool) -> int:
    if not as_json:
        output.out().print("Nothing was changed. To do it: the same with --yes.")
    return 1


_MOST_DAYS = 10


def _words(change: Change) -> str:
    return f"{output.several(change.new, 'sample')} more, {change.gone:,} fewer."


def _days(change: Change) -> str:
    if not change.days:
        return "No day changes."
    named = ", ".join(day.isoformat() for day in change.days[-_MOST_DAYS:])
    more = len(change.days) - _MOST_DAYS
    earlier = f"{more:,} earlier and " if more > 0 else ""
    return f"{output.several(len(change.days), 'day')} may change: {earlier}{named}."


def _change(change: Change) -> dict[str, Any]:
    return {
        "new": change.new, "retired": change.gone, "days": [day.isoformat() for day in change.days],
        "copied": None if change.copied is None else str(change.copied),
    }  # fmt: skip


def _json(found: Archive) -> dict[str, Any]:
    return {
        "imports": [
            {
                "import": one.number, "name": one.name, "layer": one.layer,
                "written": None if one.written is None else one.written.isoformat(),
                "arrived": one.arrived.isoformat(), "state": one.state, "samples": one.rows, "new": one.new,
                "retired": one.retired, "waits": list(one.waits),
            }
            for one in found.imports
        ],
        "types": {kind: dict(layers) for kind, layers in found.types.items()},
        "retired": [
            {"import": one.number, "type": one.type, "samples": one.samples, "on": one.at.isoformat()}
            for one in found.retired
        ],
        "missing": [
            {
                "type": one.type, "source": one.source, "samples": one.samples, "first": one.first.isoformat(),
                "last": one.last.isoformat(),
            }
            for one in found.missing
        ],
    }  # fmt: skip


def _print(found: Archive) -> None:
    console = output.out()
    if not found.imports:
        console.print("No Health data yet. Read an export first: companion import export.zip")
        return
    for one in found.waiting:
        _print_question(one)
    heads = [">Import", "File", "Of", "Written", "Came", ">Samples", ">Retired"]
    console.print(output.table(heads, [_row(one) for one in found.imports]))
    rows = [(kind, layer, f"{samples:,}") for kind, layers in found.types.items() for layer, samples in layers.items()]
    console.print(output.table(["Type", "From", ">Samples"], rows))
    if found.retired:
        lines = [(f"{one.number}", one.type, f"{one.samples:,}", one.at.isoformat()) for one in found.retired]
        console.print(output.table([">Import", "Retired", ">Samples", "On"], lines))
        console.print("Bring them back with: companion archive restore IMPORT")
    if found.missing:
        gone = [(one.type, one.source, f"{one.samples:,}", f"{one.first} to {one.last}") for one in found.missing]
        console.print(output.table(["No longer in Health?", "Source", ">Samples", "Days"], gone))
        console.print("They go on counting. If they are gone from Health: companion archive retire-missing")


def _print_question(one: ImportLine) -> None:
    console = output.out()
    what = (
        "It may be of another phone or person, or it lacks too much"
        if one.waits_whole
        else "It lacks much of what Health had before"
    )
    console.print(f"Import {one.number}, {one.name}, waits for your answer. {what}.", style="bold", markup=False)
    console.print(f"Waiting: {', '.join(one.waits)}. Their days keep their values and are not sent.", markup=False)
    console.print(f"- It is right: companion archive confirm {one.number}")
    console.print(f"- It is another phone of mine: companion archive second-phone {one.number}")
    console.print(f"- It is the wrong file: companion archive remove {one.number}")


def _row(one: ImportLine) -> tuple[str, ...]:
    written = "" if one.written is None else one.written.isoformat()
    counts = (f"{one.rows:,}" if one.rows else "", f"{one.retired:,}" if one.retired else "")
    return (f"{one.number}", one.name, one.layer, written, one.arrived.isoformat(), *counts)
