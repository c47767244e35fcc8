"""What a person sets: `companion.toml` in the data folder, then what they chose in the app, then the environment, then
options; the later one wins.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from intervals_companion.domain import catalogue, sports
from intervals_companion.domain.days import zone
from intervals_companion.domain.errors import UsageError

FILE_NAME = "companion.toml"
SERVICE = "https://intervals.icu"
OWNERS = ("health", "intervals", "ask")

_ENVIRONMENT = {
    "COMPANION_INTERVALS_URL": "intervals_url",
    "COMPANION_CLIENT_ID": "client_id",
    "COMPANION_CLIENT_SECRET": "client_secret",
    "COMPANION_HOME_ZONE": "home_zone",
    "COMPANION_PUBLIC_URL": "public_url",
    "COMPANION_WEBHOOK_SECRET": "webhook_secret",
}
_PLAIN = frozenset(_ENVIRONMENT.values())
_SWITCHES = frozenset({"read_key", "activities_to_health"})
_CHOSEN_WHOLE = _SWITCHES | {"home_zone"}
_LISTS = {("metrics", "on"): "metrics_on", ("metrics", "off"): "metrics_off", ("sports", "off"): "sports_off"}

_OPEN_WATER = {"HKSwimmingLocationType": "2"}


@frozen
class Settings:
    home: Path
    """The data folder."""
    intervals_url: str = SERVICE
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    home_zone: str | None = None
    public_url: str | None = None
    """Where people reach the web app, when that is not this machine's localhost."""
    webhook_secret: str | None = field(default=None, repr=False)
    """What Intervals.icu's webhooks prove themselves with; without it nobody listens to them."""
    metrics_on: frozenset[str] = frozenset()
    metrics_off: frozenset[str] = frozenset()
    sports_off: frozenset[str] = frozenset()
    owners: Mapping[str, str] = field(factory=dict)
    """Field -> `health`, `intervals` or `ask`: who wins where both sides changed."""
    read_key: bool = True
    """Whether the athlete's API key may be read from their own record."""
    activities_to_health: bool = False
    """Whether an activity that was recorded elsewhere becomes a workout in Health."""
    overridden: frozenset[str] = frozenset()
    """What the environment or an option says: no choice in the app changes it."""
    from_option: frozenset[str] = frozenset()
    """What an option says: a person's word of this moment."""

    def with_choices(self, choices: Mapping[str, Any]) -> Settings:
        """The same, with what was chosen in the app: `metrics` and `sports` as name -> on, the others as they are
        called here. A name that this version does not know counts for nothing.
        """
        metrics_on, metrics_off = _sides(choices.get("metrics", {}), metric_fields())
        sports_on, sports_off = _sides(choices.get("sports", {}), sport_types())
        plain = {name: value for name, value in choices.items() if name in _CHOSEN_WHOLE - self.overridden}
        return evolve(
            self,
            metrics_on=(self.metrics_on - metrics_off) | metrics_on,
            metrics_off=(self.metrics_off - metrics_on) | metrics_off,
            sports_off=(self.sports_off - sports_on) | sports_off,
            **plain,
        )

    def with_options(
        self, *, intervals_url: str | None = None, client_id: str | None = None, home_zone: str | None = None
    ) -> Settings:
        """The same, with the options a person gave; those left out change nothing."""
        given = _given(intervals_url=intervals_url, client_id=client_id, home_zone=home_zone)
        return _checked(
            evolve(
                self,
                intervals_url=intervals_url or self.intervals_url,
                client_id=client_id or self.client_id,
                home_zone=home_zone or self.home_zone,
                overridden=self.overridden | given,
                from_option=self.from_option | given,
            )
        )


def metric_fields() -> frozenset[str]:
    return frozenset(metric.field for metric in catalogue.metrics())


def sport_types() -> frozenset[str]:
    """The Intervals.icu types that a workout of Health may become."""
    return frozenset(sports.intervals_type(sport.name, where) for sport in sports.SPORTS for where in ({}, _OPEN_WATER))


def _sides(chosen: Mapping[str, bool], known: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Of the known names those turned on and those turned off."""
    on = frozenset(name for name, on in chosen.items() if on)
    return on & known, known & (chosen.keys() - on)


def _given(**options: str | None) -> frozenset[str]:
    return frozenset(name for name, value in options.items() if value)


def load(home: Path, environment: Mapping[str, str]) -> Settings:
    """File, then environment. Raises UsageError for anything that cannot be meant."""
    path = home / FILE_NAME
    values = _from_file(path) if path.is_file() else {}
    given = {name: environment[key] for key, name in _ENVIRONMENT.items() if environment.get(key)}
    return _checked(Settings(home=home, **values | given, overridden=frozenset(given)))


def _from_file(path: Path) -> dict[str, Any]:
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as problem:
        raise UsageError(f"{path} cannot be read: {problem}.", "Correct it, or move it away.") from problem
    values: dict[str, Any] = {}
    for key, value in written.items():
        if key in _PLAIN:
            values[key] = _text(path, key, value)
        elif key in _SWITCHES:
            values[key] = _switch(path, key, value)
        elif key == "owners" and isinstance(value, dict):
            values["owners"] = value
        elif isinstance(value, dict) and all((key, name) in _LISTS for name in value):
            values |= {_LISTS[key, name]: _names(path, f"{key}.{name}", listed) for name, listed in value.items()}
        else:
            raise UsageError(f"{path} has a setting that nobody knows: {key}.", "docs/cli.md lists the settings.")
    return values


def _text(path: Path, key: str, value: object) -> str:
    if isinstance(value, str) and value:
        return value
    raise UsageError(f"{path}: {key} is not a text.", f'Write it as {key} = "...", or leave it out.')


def _switch(path: Path, key: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise UsageError(f"{path}: {key} is neither true nor false.", f"Write it as {key} = true or {key} = false.")


def _names(path: Path, key: str, listed: object) -> frozenset[str]:
    if isinstance(listed, list) and all(isinstance(name, str) for name in listed):
        return frozenset(listed)
    raise UsageError(f"{path}: {key} is not a list of names.", f'Write it as {key.partition(".")[2]} = ["name"].')


def _checked(settings: Settings) -> Settings:
    if settings.home_zone is not None:
        zone(settings.home_zone)
    for names, known, what in (
        (settings.metrics_on | settings.metrics_off | set(settings.owners), metric_fields(), "metric"),
        (settings.sports_off, sport_types(), "sport"),
    ):
        unknown = sorted(names - known)
        if unknown:
            raise UsageError(f"No {what} is called {unknown[0]}.", f"Known are: {', '.join(sorted(known))}.")
    for name, owner in settings.owners.items():
        if owner not in OWNERS:
            raise UsageError(f"{name} cannot belong to {owner!r}.", f"Owners are: {', '.join(OWNERS)}.")
    return settings
