"""The custom fields of the catalogue, at Intervals.icu."""

from __future__ import annotations

from intervals_companion.app.account.sign_in import anybody, signed_in
from intervals_companion.app.context import AppContext
from intervals_companion.app.scope import ReadScope
from intervals_companion.domain import catalogue
from intervals_companion.intervals import protocol
from intervals_companion.intervals.scopes import Area, Level, Scope

_SETTINGS_UPDATE = Scope(Area.SETTINGS, Level.WRITE)


def may_create_fields(here: ReadScope) -> bool:
    """Whether the sign-in in use may define custom fields at Intervals.icu."""
    owner = anybody(here)
    return owner is not None and owner.grant.covers(_SETTINGS_UPDATE)


def create_custom_fields(context: AppContext) -> list[str]:
    """Defines at Intervals.icu every custom field of the catalogue that is missing; gives their codes."""
    with signed_in(context) as (_, client):
        defined = client.ask(protocol.custom_fields())
        created = [metric for metric in catalogue.metrics() if metric.custom and metric.field not in defined]
        for metric in created:
            client.ask(protocol.create_field(metric))
    return [metric.field for metric in created]
