"""companion metrics: the days Health makes."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import Annotated, Any

from cyclopts import Parameter

from intervals_companion.app.wellness import days
from intervals_companion.cli import output
from intervals_companion.cli.context import open_context
from intervals_companion.domain.catalogue import metric
from intervals_companion.domain.days import parse_day
from intervals_companion.domain.wellness import DayValue, Value

_DAYS_SHOWN = 7


def metrics(
    *,
    since: str | None = None,
    until: str | None = None,
    as_json: Annotated[bool, Parameter(name="--json")] = False,
) -> int:
    """Show the days Health makes: values, sources and formula versions.

    Parameters
    ----------
    since
        First day, YYYY-MM-DD. Without it the last seven days with data are shown; with --json, all.
    until
        Last day, YYYY-MM-DD; today if left out.
    as_json
        Print one JSON value instead of words.
    """
    first, last = (parse_day(text) if text else None for text in (since, until))
    with open_context() as context, output.staged_progress() as progress:
        found = days.metrics(context, progress, first, last)
    if as_json:
        output.print_json(_json(found.values))
        return 0
    values = found.values
    if not values:
        output.out().print("No days yet. Read an export first: companion import export.zip")
        return 0
    if first is None:
        newest = values[-1].day - timedelta(days=_DAYS_SHOWN - 1)
        values = [value for value in values if value.day >= newest]
    rows = [
        (day if place == 0 else "", metric(value.field).name, show(value.value), value.unit, ", ".join(value.sources),
         value.formula)
        for day, of_day in groupby(values, key=lambda value: value.day)
        for place, value in enumerate(of_day)
    ]  # fmt: skip
    output.out().print(output.table(["Day", "Metric", ">Value", "Unit", "Sources", "Formula"], rows))
    output.out().print(f"Days are days in {found.zone.zone}: {found.zone.reason}.")
    return 0


def show(value: Value) -> str:
    return value if isinstance(value, str) else f"{value:,}"


def _json(values: list[DayValue]) -> list[dict[str, Any]]:
    return [
        {
            "day": day.isoformat(),
            "values": {
                value.field: {
                    "value": value.value,
                    "unit": value.unit,
                    "sources": list(value.sources),
                    "formula": value.formula,
                }
                for value in of_day
            },
        }
        for day, of_day in groupby(values, key=lambda value: value.day)
    ]
