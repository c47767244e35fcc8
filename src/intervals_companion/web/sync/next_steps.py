"""Where a person goes on from what is held: to the page that cures it, or to where they choose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class WayOn(NamedTuple):
    path: str
    words: str


WAYS_ON: Mapping[str, WayOn] = {
    "no_permission": WayOn("/permissions", "Find out why"),
    "no_custom_field": WayOn("/permissions/custom-fields", "Create the fields"),
    "custom_fields_unseen": WayOn("/permissions/settings-read", "Turn it on"),
    "write_is_off": WayOn("/permissions#health", "Turn it on"),
    "already_there": WayOn("/sync/waiting?reason=already_there", "Take over or keep"),
    "conflict": WayOn("/sync/waiting?reason=conflict", "Choose"),
    "not_ours": WayOn("/sync/waiting?reason=not_ours", "Take over or keep"),
    "waits": WayOn("/settings/archive", "Answer"),
    "sport_off": WayOn("/settings/sports", "Change"),
}
"""By reason; whatever else is held is a decision with nothing to repair."""
