"""What is normal: windows, least numbers of days, and known means and deviations."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from intervals_companion.derive.normal import Normal, normal, ordinals, usual, week

DAY = date(2026, 3, 10)


def days(count: int, value: float = 50.0, last: date = DAY) -> dict[int, float]:
    return ordinals({last - timedelta(days=back): value for back in range(count)})


def test_mean_and_deviation_of_a_published_sample() -> None:
    # NIST/SEMATECH e-Handbook 1.3.5.6: the deviation of a sample divides by n - 1.
    found = normal([1, 2, 3, 4, 5], 2)
    assert found is not None
    assert found == pytest.approx((3.0, 1.5811388))


def test_fewer_than_fourteen_days_are_no_normal_range() -> None:
    yesterday = DAY - timedelta(days=1)
    assert usual(days(13, last=yesterday), DAY) is None
    assert usual(days(14, last=yesterday), DAY) == Normal(50.0, 0.0)


def test_a_day_is_not_held_against_itself() -> None:
    assert usual(days(30) | ordinals({DAY: 1000.0}), DAY) == Normal(50.0, 0.0)


def test_what_is_older_than_sixty_days_does_not_count() -> None:
    old = ordinals({DAY - timedelta(days=61): 1000.0})
    assert usual(days(60) | old, DAY) == Normal(50.0, 0.0)


def test_the_week_ends_with_its_day_and_looks_back_seven() -> None:
    old = ordinals({DAY - timedelta(days=7): 1000.0})
    assert week(days(7) | old, DAY) == Normal(50.0, 0.0)
    assert week(days(1), DAY) is None


def test_the_edges_of_a_range() -> None:
    assert (Normal(50, 2).low, Normal(50, 2).high) == (48, 52)
