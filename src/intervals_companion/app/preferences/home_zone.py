"""The home zone, remembered: from an option, from the account at Intervals.icu, or from imported data."""

from __future__ import annotations

from collections import Counter

from intervals_companion.app.context import AppContext
from intervals_companion.app.current_zone import NAME, guessed_zone, named_zone
from intervals_companion.domain.days import HomeZone
from intervals_companion.journal import home_zone
from intervals_companion.store import accounts, choices
from intervals_companion.store.accounts import Account


def save(context: AppContext, account: Account, zone_counts: Counter[str] | None = None) -> HomeZone:
    """The zone that counts, remembered: for an import, whose data names zones as often as `zone_counts` says, and for a
    sign-in.

    An option is remembered as the person's choice; other settings only where nothing was remembered before.
    """
    found = guessed_zone(account, context.machine_zone, zone_counts or Counter())
    with context.store.write() as connection:
        wanted = named_zone(context.settings, choices.everything(connection, account.athlete))
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
