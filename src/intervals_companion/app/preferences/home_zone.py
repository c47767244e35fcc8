"""Which home zone counts: what the person chose, else the settings file, else what is remembered, else a guess."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from intervals_companion.app.settings import Settings
from intervals_companion.domain.days import HomeZone
from intervals_companion.journal import home_zone
from intervals_companion.store import accounts, choices
from intervals_companion.store.accounts import Account

if TYPE_CHECKING:
    from intervals_companion.app.context import AppContext

NAME = "home_zone"
"""Of the setting and of the choice."""


def read(context: AppContext, connection: Connection, account: Account, chosen: Mapping[str, Any]) -> HomeZone:
    """In which zone a day is a day, and why. Reading stores nothing."""
    known = _wanted(context.settings, chosen) or accounts.home_zone(connection, account.athlete)
    return known or _default(context, account, Counter())


def save(context: AppContext, account: Account, zone_counts: Counter[str] | None = None) -> HomeZone:
    """The same, remembered: for an import, whose data names zones so often as `zone_counts` says, and for a sign-in.

    An option is remembered as the person's choice; other settings only where nothing was remembered before.
    """
    found = _default(context, account, zone_counts or Counter())
    with context.store.write() as connection:
        wanted = _wanted(context.settings, choices.everything(connection, account.athlete))
        known = accounts.home_zone(connection, account.athlete)
        from_option = wanted is not None and NAME in context.settings.from_option
        stays = known is not None and not from_option and (wanted is not None or home_zone.is_current(known, found))
        has_evidence = wanted is not None or (
            found != home_zone.UNKNOWN and bool(account.zone or zone_counts is not None)
        )
        if from_option and wanted is not None:
            choices.put(connection, account.athlete, NAME, wanted.zone)
        if has_evidence and not stays:
            accounts.set_home_zone(connection, account.athlete, wanted or found)
    return wanted or (known if known is not None and stays else found)


def changed(
    context: AppContext, account: Account, zone_counts: Counter[str] | None = None
) -> tuple[HomeZone, str | None]:
    """As `save`; and the zone that was remembered until now, where another one is remembered from now on."""
    before = _remembered(context, account)
    zone = save(context, account, zone_counts)
    return zone, before if before != _remembered(context, account) else None


def _remembered(context: AppContext, account: Account) -> str | None:
    with context.store.read() as connection:
        known = accounts.home_zone(connection, account.athlete)
    return None if known is None else known.zone


def _wanted(settings: Settings, chosen: Mapping[str, Any]) -> HomeZone | None:
    """The zone that the settings or the person name, and which of them did."""
    choice, name = chosen.get(NAME), settings.home_zone
    if NAME in settings.overridden and name is not None:
        return HomeZone(name, home_zone.CHOSEN if NAME in settings.from_option else "COMPANION_HOME_ZONE says so")
    if choice is not None:
        instead = f", in place of {name} in companion.toml" if name not in (None, choice) else ""
        return HomeZone(choice, home_zone.CHOSEN + instead)
    return None if name is None else HomeZone(name, "companion.toml says so")


def _default(context: AppContext, account: Account, zone_counts: Counter[str]) -> HomeZone:
    return home_zone.choose(wanted=None, account=account.zone, zone_counts=zone_counts, machine=context.machine_zone)
