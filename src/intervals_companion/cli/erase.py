"""companion delete-everything."""

from __future__ import annotations

import sys
from typing import Annotated

from cyclopts import Parameter

from intervals_companion.app.data import erase
from intervals_companion.cli import output
from intervals_companion.cli.context import data_folder, open_context
from intervals_companion.domain.errors import UsageError

CONFIRMATION = "delete everything"


def delete_everything(*, yes: bool = False, as_json: Annotated[bool, Parameter(name="--json")] = False) -> int:
    """Remove everything this program keeps on this machine. Nothing at Intervals.icu or in Health is touched.

    Parameters
    ----------
    yes
        Do not ask; for scripts.
    as_json
        Print one JSON value instead of words.
    """
    if not yes:
        _ask()
    with open_context() as context:
        deleted = erase.delete_everything(context)
    if as_json:
        output.print_json({"removed": deleted.removed, "left": deleted.left})
        return 0
    console = output.out()
    console.print(f"Removed {output.several(len(deleted.removed), 'file')} from {data_folder()}.", markup=False)
    if deleted.left:
        console.print(f"Left, because this program did not make it: {', '.join(deleted.left)}.", markup=False)
    return 0


def _ask() -> None:
    console = output.err()
    console.print(f"This removes what is kept in {data_folder()}:", markup=False)
    for thing in erase.DELETE.goes:
        console.print(f"- {thing}", markup=False)
    console.print(erase.DELETE.note, markup=False)
    console.print(f"Type {CONFIRMATION} to go on:")
    if sys.stdin.readline().strip() != CONFIRMATION:
        raise UsageError("Nothing was deleted.", f"To delete, type exactly: {CONFIRMATION}. Or give --yes.")
