"""How little is asked of the service, counted by the service itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from support.app_fixture import TODAY, AppFixture, app_fixture, run, steps, weight


@contextmanager
def lived(folder: Path, years: int, workouts: int) -> Iterator[AppFixture]:
    """Years of days and so many short runs, imported and signed in, not yet synced."""
    days = [TODAY - timedelta(days=n) for n in range(1, years * 365 + 3)]
    daily = [element for day in days for element in (steps(day, 8000), weight(day, 74.5))]
    training = [element for day in days[: workouts * 5 : 5] for element in run(day, minutes=3)]
    with app_fixture(folder) as made:
        made.sandbox.switches = made.sandbox.switches.flipped({"rate_limits": False})
        made.import_(*daily, *training)
        made.sign_in()
        made.forget_requests()
        yield made


def counted(home: AppFixture) -> Counter[str]:
    """Requests since the last look, by read or write."""
    found = Counter(str(one["access"]) for one in home.sandbox.log.as_json())
    home.forget_requests()
    return found


def kept_budgets(home: AppFixture, years: int, workouts: int, most: int) -> None:
    """A first sync takes at most so many requests, and a second one sends nothing."""
    first = home.sync()
    asked = counted(home)
    assert (first.outcome.workouts_sent, first.outcome.failed) == (workouts, [])
    assert first.outcome.values_sent == 2 * (years * 365 + 2)
    assert asked.total() <= most
    assert (first.requests.read, first.requests.write) == (asked["read"], asked["write"])

    second = home.sync()
    asked = counted(home)
    assert second.outcome.sent == []
    assert asked["write"] == 0
    assert asked.total() <= 6


def test_a_first_sync_of_three_years_and_a_second_one_stay_in_their_budgets(tmp_path: Path) -> None:
    with lived(tmp_path, 3, 190) as home:
        kept_budgets(home, 3, 190, most=217)


@pytest.mark.soak
def test_a_first_sync_of_eight_years_and_a_second_one_stay_in_their_budgets(tmp_path: Path) -> None:
    with lived(tmp_path, 8, 500) as home:
        kept_budgets(home, 8, 500, most=560)
