"""companion doctor: what is missing, and how to put it right."""

from __future__ import annotations

from typing import Annotated, Any

from cyclopts import Parameter

from intervals_companion.app.doctor import checkup
from intervals_companion.app.doctor.checkup import Checkup
from intervals_companion.cli import output
from intervals_companion.cli.context import open_context
from intervals_companion.doctor.checks import Check, Section, State
from intervals_companion.doctor.cures import Face

_SIGNS = {State.OK: "ok", State.BLOCKED: "BLOCKED", State.WARNING: "warning", State.UNKNOWN: "unknown"}
_STYLES = {State.OK: "dim", State.BLOCKED: "bold red", State.WARNING: "yellow", State.UNKNOWN: "dim"}


def doctor(*, as_json: Annotated[bool, Parameter(name="--json")] = False) -> int:
    """Say what is missing, what that blocks, and how to put it right. Ends with 0 only if your own data can travel.

    Parameters
    ----------
    as_json
        Print one JSON value instead of words.
    """
    with open_context() as context:
        found = checkup.examine(context)
    if as_json:
        output.print_json({"ok": found.ok, "checks": [_json(check) for check in found.checks]})
    else:
        _print(found)
    return checkup.exit_code(found)


def _json(check: Check) -> dict[str, Any]:
    return {
        "id": check.id,
        "state": check.state,
        "cause": check.cause,
        "blocks": check.blocks,
        "cure": _cure(check),
    }


def _cure(check: Check) -> list[str]:
    return [
        f"{step.plain} {step.link.address}" if step.link and "://" in step.link.address else step.plain
        for step in checkup.steps(check, Face.TERMINAL)
    ]


def _print(found: Checkup) -> None:
    console = output.out()
    title = (
        "Your own data can travel." if found.ok else f"Your own data cannot travel: {len(found.blocked) or 1} blocked."
    )
    console.print(title, style="bold")
    for check in found.checks:
        console.print(f"[{_STYLES[check.state]}]{_SIGNS[check.state]:>8}[/]  ", end="")
        console.print(f"{check.id}: {check.cause}", markup=False)
        if check.state is State.OK or (check.state is State.UNKNOWN and check.section is Section.HEALTH):
            continue  # of the types never seen there may be twenty; their steps are in --json and on the page
        if check.blocks:
            console.print(f"{'':10}{check.consequence}", markup=False)
        for number, step in enumerate(_cure(check), 1):
            console.print(f"{'':10}{number}. {step}", markup=False)
