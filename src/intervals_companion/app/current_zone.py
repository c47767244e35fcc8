"""Which home zone counts: what the person chose, else the settings file, else what is remembered, else a guess."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from intervals_companion.app.settings import Settings
from intervals_companion.domain.days import HomeZone
from intervals_companion.journal import home_zone
from intervals_companion.store import accounts
from intervals_companion.store.accounts import Account

NAME = "home_zone"
"""Of the setting and of the choice."""


def current_zone(
    connection: Connection, account: Account, settings: Settings, chosen: Mapping[str, Any], machine_zone: str | None
) -> HomeZone:
    """In which zone a day is a day, and why. `chosen`: what the person chose in the app. Reading stores nothing."""
    known = named_zone(settings, chosen) or accounts.home_zone(connection, account.athlete)
    return known or guessed_zone(account, machine_zone, Counter())


def named_zone(settings: Settings, chosen: Mapping[str, Any]) -> HomeZone | None:
    """The zone that the settings or the person name, and which of them did."""
    choice, name = chosen.get(NAME), settings.home_zone
    if NAME in settings.overridden and name is not None:
        return HomeZone(name, home_zone.CHOSEN if NAME in settings.from_option else "COMPANION_HOME_ZONE says so")
    if choice is not None:
        instead = f", in place of {name} in companion.toml" if name not in (None, choice) else ""
        return HomeZone(choice, home_zone.CHOSEN + instead)
    return None if name is None else HomeZone(name, "companion.toml says so")


def guessed_zone(account: Account, machine_zone: str | None, zone_counts: Counter[str]) -> HomeZone:
    """The zone where nobody named one. `zone_counts`: how often data names each zone."""
    return home_zone.choose(wanted=None, account=account.zone, zone_counts=zone_counts, machine=machine_zone)
