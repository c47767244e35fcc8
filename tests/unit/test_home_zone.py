"""How the home zone is chosen, and that the reason is said."""

from __future__ import annotations

from collections import Counter

from intervals_companion.domain.days import HomeZone
from intervals_companion.journal.home_zone import choose

VOTES = Counter({"Europe/Berlin": 240, "America/New_York": 14, "Asia/Tokyo": 3})


def zone(
    *,
    wanted: str | None = None,
    account: str | None = None,
    zone_counts: Counter[str] | None = None,
    machine: str | None = None,
) -> str:
    return choose(wanted=wanted, account=account, zone_counts=zone_counts or Counter(), machine=machine).zone


def test_the_person_s_wish_comes_first() -> None:
    chosen = choose(wanted="Asia/Kathmandu", account="Europe/Rome", zone_counts=VOTES, machine="Asia/Seoul")
    assert chosen == HomeZone("Asia/Kathmandu", "you chose it")


def test_then_the_zone_of_the_account() -> None:
    assert zone(account="Europe/Rome", zone_counts=VOTES, machine="Asia/Seoul") == "Europe/Rome"


def test_then_the_zone_most_of_the_data_was_recorded_in() -> None:
    assert zone(zone_counts=VOTES, machine="Asia/Seoul") == "Europe/Berlin"


def test_then_the_machine_s() -> None:
    assert zone(machine="Asia/Seoul") == "Asia/Seoul"


def test_and_at_last_utc() -> None:
    assert zone() == "UTC"


def test_what_is_no_zone_is_passed_over() -> None:
    assert zone(account="Mars/Olympus", zone_counts=VOTES) == "Europe/Berlin"
    assert zone(zone_counts=Counter({"+0100": 999, "Europe/Paris": 1})) == "Europe/Paris"
    assert zone(zone_counts=Counter({"+0100": 999}), machine="Asia/Seoul") == "Asia/Seoul"
    assert zone(account="", machine="local") == "UTC"


def test_the_order_the_data_came_in_does_not_decide_between_equal_zones() -> None:
    names = ["Europe/Berlin", "Asia/Tokyo", "America/New_York"]
    assert zone(zone_counts=Counter(names)) == zone(zone_counts=Counter(reversed(names)))


def test_each_choice_says_its_own_reason() -> None:
    reasons = {
        choose(wanted="UTC", account=None, zone_counts=Counter(), machine=None).reason,
        choose(wanted=None, account="UTC", zone_counts=Counter(), machine=None).reason,
        choose(wanted=None, account=None, zone_counts=Counter(["UTC"]), machine=None).reason,
        choose(wanted=None, account=None, zone_counts=Counter(), machine="UTC").reason,
        choose(wanted=None, account=None, zone_counts=Counter(), machine=None).reason,
    }
    assert len(reasons) == 5
