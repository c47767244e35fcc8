"""Days and workouts as CSV, for a spreadsheet: comma, UTF-8, one head line; numbers with a point, units in the head."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from intervals_companion.app.activities import workouts
from intervals_companion.app.context import AppContext
from intervals_companion.app.wellness import days
from intervals_companion.domain import catalogue

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WORKOUTS = (
    "id", "type", "sport", "start (UTC)", "end (UTC)", "duration (s)", "elapsed (s)", "distance (m)", "energy (kcal)",
    "average heart rate (bpm)", "source", "activity at Intervals.icu",
)  # fmt: skip


def _quietly(_stage: str, _done: int, _of: int) -> None: ...


def days_csv(context: AppContext) -> Iterator[str]:
    """A line a day, a column a metric that has any value."""
    values = days.metrics(context, _quietly).values
    used = {one.field for one in values}
    metrics = [metric for metric in catalogue.metrics() if metric.field in used]
    yield _line(["day", *(f"{metric.field} ({metric.unit})" if metric.unit else metric.field for metric in metrics)])
    by_day: dict[str, dict[str, object]] = {}
    for one in values:
        by_day.setdefault(one.day.isoformat(), {})[one.field] = one.value
    for day, found in by_day.items():
        yield _line([day, *(found.get(metric.field) for metric in metrics)])


def workouts_csv(context: AppContext) -> Iterator[str]:
    """A line a workout, oldest first."""
    yield _line(_WORKOUTS)
    for one in context.read(workouts.workouts, _quietly):
        yield _line(
            [
                one.id, one.type, one.sport, f"{one.start:%Y-%m-%d %H:%M:%S}", f"{one.end:%Y-%m-%d %H:%M:%S}",
                one.duration, one.elapsed, one.distance, one.energy, one.average_hr, one.source, one.link,
            ]
        )  # fmt: skip


def _line(cells: Iterable[object]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([_safe(cell) for cell in cells])
    return text.getvalue()


def _safe(cell: object) -> object:
    """A text that a spreadsheet would run as a formula is a text all the same."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
