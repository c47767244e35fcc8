"""How an athlete record of Intervals.icu says that its athlete wants to read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

_IMPERIAL = frozenset({"IMPERIAL", "FEET"})


@frozen
class DisplaySettings:
    """What nobody can use in a record counts as absent."""

    locale: str | None = None
    """As it is written there: `de`, `en-GB`, `pt_BR`."""
    imperial: bool = False
    """Miles, feet and inches."""
    pounds: bool = False
    fahrenheit: bool = False
    form_as_percent: bool = False


def display_settings(record: Mapping[str, Any]) -> DisplaySettings:
    """From an athlete record as the service writes it."""
    locale = record.get("locale")
    return DisplaySettings(
        locale=locale if isinstance(locale, str) else None,
        imperial=str(record.get("measurement_preference")).upper() in _IMPERIAL,
        pounds=record.get("weight_pref_lb") is True,
        fahrenheit=record.get("fahrenheit") is True,
        form_as_percent=record.get("icu_form_as_percent") is True,
    )
