"""Writes docs/metrics.md from the catalogue, so that the document cannot say anything else."""

from __future__ import annotations

from pathlib import Path

from intervals_companion.derive.daily import FORMULAS
from intervals_companion.domain import catalogue
from intervals_companion.domain.catalogue import Direction, Metric, short_type

PATH = Path(__file__).resolve().parent.parent / "docs" / "metrics.md"

_HEAD = """# Metrics

Every daily value the companion makes, drawn from `domain/catalogue.py` by `make docs`. A test fails when this page is
old.

A day is a local day in the home zone, midnight to midnight; a night belongs to the day of waking up. Values are
compared and sent in whole steps. *Custom* fields exist at Intervals.icu once the athlete has defined them there
(`companion login --create-fields` does it for you); until then their values stay here, and are named. A sample or a
day outside of what it *can be*, in the unit of the row, is kept and told, and nothing is made of it
(`domain/plausible.py`).

| Field | Metric | Unit | Step | How a day is made | Formula | From Health | Can be | Direction |
|---|---|---|---|---|---|---|---|---|
"""

_TAIL = """
Directions: **sent** goes to Intervals.icu; **two-way** will also be written to Health once a way there can write;
**off** is made and shown but not sent until you turn it on in `companion.toml`.
"""

_DIRECTIONS = {Direction.SEND: "sent", Direction.BOTH: "two-way", Direction.OFF: "off"}


def document() -> str:
    rows = catalogue.metrics()
    notes = "".join(f"- **{row.name}**: {row.note}\n" for row in rows if row.note)
    return _HEAD + "".join(map(_row, rows)) + _TAIL + ("\n" + notes if notes else "")


def _row(metric: Metric) -> str:
    assert metric.rule is not None
    cells = (
        f"`{metric.field}`" + (" (custom)" if metric.custom else ""),
        metric.name,
        metric.unit,
        f"{metric.precision:g}",
        metric.rule,
        ", ".join(f"`{name}`" for name in FORMULAS[metric.rule].versions),
        ", ".join(map(short_type, metric.types)),
        "" if metric.plausible is None else "{:,} to {:,}".format(*metric.plausible),
        _DIRECTIONS[metric.direction],
    )
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    PATH.write_text(document(), encoding="utf-8")
    print(f"{PATH.name} written")
