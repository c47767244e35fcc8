"""How little is asked of the service, counted by the service itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from house import TODAY, House, house, run, steps, weight

YEARS, WORKOUTS = 8, 500


@pytest.fixture(scope="module")
def eight_years(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Eight years of days and 500 short runs, imported and signed in, not yet synced."""
    folder: Path = tmp_path_factory.mktemp("eight-years")
    days = [TODAY - timedelta(days=n) for n in range(1, YEARS * 365 + 3)]
    daily = [element for day in days for element in (steps(day, 8000), weight(day, 74.5))]
    training = [element for day in days[: WORKOUTS * 5 : 5] for element in run(day, minutes=3)]
    with house(folder) as made:
        made.sandbox.switches = made.sandbox.switches.flipped({"rate_limits": False})
        made.import_(*daily, *training)
        made.sign_in()
        made.forget_requests()
        yield made


def counted(home: House) -> Counter[str]:
    """Requests since the last look, by read or write."""
    found = Counter(str(one["access"]) for one in home.sandbox.log.as_json())
    home.forget_requests()
    return found


@pytest.mark.slow
def test_a_first_sync_of_eight_years_and_a_second_one_stay_in_their_budgets(eight_years: House) -> None:
    first = eight_years.sync()
    asked = counted(eight_years)
    assert (first.outcome.workouts_sent, first.outcome.failed) == (WORKOUTS, [])
    assert first.outcome.values_sent == 2 * (YEARS * 365 + 2)
    assert asked.total() <= 560
    assert (first.requests.read, first.requests.write) == (asked["read"], asked["write"])

    second = eight_years.sync()
    asked = counted(eight_years)
    assert second.outcome.sent == []
    assert asked["write"] == 0
    assert asked.total() <= 6
