"""The home zone: in which zone a day is a day. Chosen once, with its reason; changed only by the person."""

from __future__ import annotations

from collections import Counter

from intervals_companion.domain.days import HomeZone, is_zone

UNKNOWN = HomeZone("UTC", "nothing says where you live")
"""What days are made with until something speaks for a zone; never remembered."""
CHOSEN = "you chose it"
_ACCOUNT = "your Intervals.icu account says so"
_DATA = "most workouts and nights were recorded in it"
_MACHINE = "this machine uses it"


def choose(*, wanted: str | None, account: str | None, zone_counts: Counter[str], machine: str | None) -> HomeZone:
    """The first that is known: the person's wish, the signed-in athlete's zone, the data's own, the machine's.

    `zone_counts` counts the HKTimeZone entries of the data. The offset written in an export is never asked: it is the
    phone's at the moment of the export, for samples of every season and place.
    """
    if wanted:
        return HomeZone(wanted, CHOSEN)
    if account and is_zone(account):
        return HomeZone(account, _ACCOUNT)
    named = [(count, zone) for zone, count in zone_counts.items() if is_zone(zone)]
    if named:
        return HomeZone(max(named)[1], _DATA)
    if machine and is_zone(machine):
        return HomeZone(machine, _MACHINE)
    return UNKNOWN


def is_current(known: HomeZone, instead: HomeZone) -> bool:
    """Whether a remembered zone stays. One that only the machine spoke for gives way to the athlete's or the data's."""
    return known.reason != _MACHINE or instead.reason not in (_ACCOUNT, _DATA)
