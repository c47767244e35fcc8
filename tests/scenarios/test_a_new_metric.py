"""One row in the catalogue is enough to add a metric: nothing else knows it by name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import metrics_table
import pytest

from intervals_companion.app.doctor import checkup
from intervals_companion.app.wellness import days
from intervals_companion.domain import catalogue
from intervals_companion.domain.catalogue import Metric, Rule
from intervals_companion.intervals import protocol
from support import exports
from support.app_fixture import QUANTITY, TODAY, AppFixture

MONDAY = TODAY - timedelta(days=3)
FLIGHTS = Metric(
    field="FlightsClimbed", name="Flights climbed", unit="count", types=(f"{QUANTITY}FlightsClimbed",), rule=Rule.SUM,
    custom=True,
)  # fmt: skip


@pytest.fixture
def row() -> Iterator[Metric]:
    catalogue.METRICS.append(FLIGHTS)
    yield FLIGHTS
    catalogue.METRICS.remove(FLIGHTS)


def climb(home: AppFixture) -> None:
    home.import_(exports.record(FLIGHTS.types[0], 12, "count", f"{MONDAY} 10:00:00 +0100", f"{MONDAY} 10:30:00 +0100"))


def test_a_made_up_row_flows_from_sample_to_service_docs_and_doctor(home: AppFixture, row: Metric) -> None:
    climb(home)
    values = days.metrics(home.context, lambda _stage, _done, _of: None).values
    assert [(one.field, one.value, one.unit) for one in values] == [("FlightsClimbed", 12, "count")]

    home.sign_in(create_fields=True)
    with home.by_key() as client:
        client.ask(protocol.create_field(row))
    assert home.sync().outcome.values_sent == 1
    assert home.theirs(MONDAY).values["FlightsClimbed"] == 12

    assert "| `FlightsClimbed` (custom) | Flights climbed |" in metrics_table.document()
    assert any(check.id == "health-FlightsClimbed" for check in checkup.examine(home.context).checks)


def test_a_row_that_comes_later_works_on_what_was_imported_before(home: AppFixture) -> None:
    climb(home)
    assert days.metrics(home.context, lambda _stage, _done, _of: None).values == []
    catalogue.METRICS.append(FLIGHTS)
    try:
        values = days.metrics(home.context, lambda _stage, _done, _of: None).values
    finally:
        catalogue.METRICS.remove(FLIGHTS)
    assert [one.value for one in values] == [12]
