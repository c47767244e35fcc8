"""How a phone without our app is set up to send: the exact values, made of the address people reach this companion by.

Health Auto Export's settings and its deep link: help.healthyapps.dev, REST API automations. Summed metrics go by whole
days, because finer sums count too much; nights and single readings go as they were recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from attrs import frozen

from intervals_companion.app.ingest.devices import AUTO_EXPORT, SHORTCUTS

HEADER = "Authorization"


@frozen
class Automation:
    """One automation of Health Auto Export."""

    name: str
    what: str
    """The metrics to choose, in Health Auto Export's words."""
    settings: tuple[tuple[str, str], ...]
    """Setting and value, in Health Auto Export's words."""
    options: Mapping[str, str]
    """The same, as its deep link writes them."""


_SUMMARIZE = "Summarize Data (before: Aggregate Data)"
_LINKED = {
    "exportversion": "v2", "batchrequests": "true", "period": "none", "syncinterval": "hours", "syncquantity": "1",
    "enabled": "true",
}  # fmt: skip
"""`period`: none is Default, yesterday and today."""
_ALIKE = (
    ("Export Format", "JSON"),
    ("Export Version", "Version 2"),
    ("Batch Requests", "on"),
    ("Sync Cadence", "1 hour"),
)

AUTOMATIONS = (
    Automation(
        "Companion days",
        "Steps, active energy, resting energy, walking and running distance, time in daylight, mindful minutes, "
        "and what you eat and drink",
        (("Data Type", "Health Metrics"), (_SUMMARIZE, "on"), ("Time Grouping", "Day"), *_ALIKE),
        {"datatype": "healthmetrics", "aggregatedata": "true", "interval": "days", **_LINKED},
    ),
    Automation(
        "Companion samples",
        "Sleep analysis, heart rate, resting heart rate, heart rate variability, respiratory rate, blood oxygen, "
        "weight, body fat, VO2 max, wrist temperature, blood pressure, blood glucose",
        (("Data Type", "Health Metrics"), (_SUMMARIZE, "off"), *_ALIKE),
        {
            "datatype": "healthmetrics", "aggregatedata": "false", "aggregatesleep": "false", "interval": "none",
            **_LINKED,
        },
    ),
    Automation(
        "Companion workouts",
        "Workouts with their route and heart rate",
        (
            ("Data Type", "Workouts"), ("Include Route Data", "on"), ("Include Workout Metrics", "on"),
            ("Time Grouping", "Seconds"), *_ALIKE,
        ),
        {
            "datatype": "workouts", "includeroutes": "true", "includeworkoutmetadata": "true",
            "workoutsmetadatainterval": "seconds", **_LINKED,
        },
    ),
)  # fmt: skip

SHORTCUT_BODY = '{"type": "Weight", "value": "72.5 kg", "date": "2026-03-10T07:02:00+01:00"}'
SHORTCUT_DATES = "yyyy-MM-dd'T'HH:mm:ssZZZZZ"

NAMES = {AUTO_EXPORT: "Health Auto Export", SHORTCUTS: "Shortcut"}


def push_address(public_url: str, channel: str) -> str:
    return f"{public_url}/push/{channel}"


def authorization(token: str) -> str:
    return f"Bearer {token}"


def deep_link(automation: Automation, public_url: str, token: str) -> str:
    """Opened on the phone, it fills Health Auto Export's form for this automation."""
    values = {
        "url": push_address(public_url, AUTO_EXPORT), "name": automation.name,
        "headers": f"{HEADER},{authorization(token)}", "format": "json", **automation.options,
    }  # fmt: skip
    return "com.HealthExport://automation?" + "&".join(
        f"{name}={quote(value, safe=',')}" for name, value in values.items()
    )
