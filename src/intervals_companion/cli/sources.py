"""companion sources: who measured, whose values count, and what you say of them."""

from __future__ import annotations

from typing import Annotated, Any

from cyclopts import App, Parameter

from intervals_companion.app.ingest import sources as service
from intervals_companion.app.ingest.sources import Kind, SourceLine, Wish
from intervals_companion.cli import output
from intervals_companion.cli.context import open_context

app = App(name="sources", help="Show who measured, and say whose values count.", help_format="plaintext")

AsJson = Annotated[bool, Parameter(name="--json", help="Print one JSON value instead of words.")]
Preview = Annotated[bool, Parameter(help="Say which days would change; change nothing.")]
Name = Annotated[str, Parameter(help="As companion sources lists it.")]
What = Annotated[Kind | None, Parameter(help="Left out: as Apple wrote it.")]
Names = Annotated[
    str, Parameter(help="As companion sources lists them, in your order; none: as it was before you gave one.")
]
Main = Annotated[str, Parameter(help="The name under which it counts.")]


@app.default
def sources(*, as_json: AsJson = False) -> int:
    """List the sources, the one that counts first among equals at the top."""
    with open_context() as context:
        found = context.read(service.listed)
    if as_json:
        output.print_json([_json(one) for one in found])
    elif not found:
        output.out().print("No sources yet. Read an export first: companion import export.zip")
    else:
        output.out().print(output.table(["Source", "What it is", ">Samples", "Last"], [_row(one) for one in found]))
    return 0


@app.command
def order(*names: Names, preview: Preview = False, as_json: AsJson = False) -> int:
    """Say which sources count first where several saw about as much."""
    return _say(service.in_order(names), names, preview, as_json)


@app.command
def kind(name: Name, what: What = None, /, *, preview: Preview = False, as_json: AsJson = False) -> int:
    """Say what a source is, where its name does not tell: watch, phone or other."""
    return _say(service.of_kind(name, what), (name,), preview, as_json)


@app.command
def same(name: Name, other: Main, /, *, preview: Preview = False, as_json: AsJson = False) -> int:
    """Say that a source is another one under another name, such as a watch that was renamed."""
    return _say(service.joined(name, other), (name, other), preview, as_json)


@app.command
def apart(name: Name, /, *, preview: Preview = False, as_json: AsJson = False) -> int:
    """Say that a source is one of its own."""
    return _say(service.joined(name, None), (name,), preview, as_json)


def _say(wish: Wish, names: tuple[str, ...], preview: bool, as_json: bool) -> int:
    with open_context() as context:
        service.check(context, *names)
        days = service.preview(context, wish)
        if not preview:
            service.choose(context, wish)
    if as_json:
        output.print_json({"done": not preview, "days": [day.isoformat() for day in days]})
        return 0
    verb = "would change" if preview else "change"
    what = f"{output.several(len(days), 'day')} {verb}" if days else f"No day {verb}"
    named = ", ".join(day.isoformat() for day in days[-_MOST_DAYS:])
    output.out().print(f"{what}{': ' if days else ''}{named}.")
    return 0


_MOST_DAYS = 10


def _row(one: SourceLine) -> tuple[str, ...]:
    what = f"{one.device} (you said so)" if one.is_said else one.device
    return one.name, f"the same as {one.same_as}" if one.same_as else what, f"{one.samples:,}", one.last.isoformat()


def _json(one: SourceLine) -> dict[str, Any]:
    return {
        "source": one.key, "name": one.name, "device": one.device, "said": one.is_said, "place": one.place,
        "same_as": one.same_as or None, "samples": one.samples, "types": one.types, "last": one.last.isoformat(),
        "ways": list(one.ways),
    }  # fmt: skip
