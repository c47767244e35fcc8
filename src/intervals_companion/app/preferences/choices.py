"""What a person chooses in the app, laid over the settings file; and what another home zone would change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from functools import cache
from zoneinfo import available_timezones

from attrs import frozen

from intervals_companion.app.context import AppContext
from intervals_companion.app.scope import ReadScope
from intervals_companion.app.settings import Settings, metric_fields, sport_types
from intervals_companion.app.wellness import days
from intervals_companion.domain import catalogue, sports
from intervals_companion.domain.catalogue import Metric
from intervals_companion.domain.days import local_day, zone
from intervals_companion.domain.errors import UsageError
from intervals_companion.domain.wellness import DayValue, Value
from intervals_companion.journal import days as journal_days
from intervals_companion.journal import home_zone
from intervals_companion.store import accounts, ledger
from intervals_companion.store import choices as store
from intervals_companion.sync.plan import is_off
from intervals_companion.sync.policy import Policy

HOME_ZONE, METRICS, SPORTS = "home_zone", "metrics", "sports"
SWITCHES = ("read_key", "activities_to_health")
"""Choices that are simply on or off."""


def settings(here: ReadScope) -> Settings:
    """What counts: the file, what was chosen in the app, the environment, options; the later one wins."""
    return here.context.settings.with_choices(here.choices)


# --- metrics and sports ----------------------------------------------------------------------------------------------


@frozen
class MetricSwitch:
    metric: Metric
    on: bool


@frozen
class SportSwitch:
    type: str
    """Intervals.icu type."""
    words: str
    """What Health calls the activities that become it."""
    on: bool


def metrics(here: ReadScope) -> list[MetricSwitch]:
    """Every metric, in the order of the catalogue, and whether it travels."""
    chosen = settings(here)
    policy = Policy(fields_on=chosen.metrics_on, fields_off=chosen.metrics_off)
    return [MetricSwitch(metric, not is_off(metric, policy)) for metric in catalogue.metrics()]


def sport_switches(here: ReadScope) -> list[SportSwitch]:
    """Every type a workout may become, by its words, and whether it is uploaded."""
    off = settings(here).sports_off
    found = [SportSwitch(name, _words(name), name not in off) for name in sport_types()]
    return sorted(found, key=lambda one: one.words)


_WORDS = {"OpenWaterSwim": "Swim in open water", "Workout": "Other training", "Other": "Other activities"}
"""Types that many of Health's activities become, or none by name."""


def _words(name: str) -> str:
    return _WORDS.get(name) or ", ".join(sport.words for sport in sports.SPORTS if sport.type == name)


def turn_metrics(context: AppContext, on: Collection[str]) -> None:
    """Makes exactly these fields travel. Raises UsageError for a field that nobody knows."""
    _turn(context, METRICS, metric_fields(), on, {one.metric.field: one.on for one in context.read(metrics)})


def turn_sports(context: AppContext, on: Collection[str]) -> None:
    """Makes workouts of exactly these Intervals.icu types be uploaded. Raises UsageError."""
    _turn(context, SPORTS, sport_types(), on, {one.type: one.on for one in context.read(sport_switches)})


def _turn(
    context: AppContext, name: str, known: frozenset[str], on: Collection[str], before: Mapping[str, bool]
) -> None:
    """Remembers only what differs from before: the rest keeps following the file and the catalogue."""
    unknown = sorted(set(on) - known)
    if unknown:
        raise UsageError(f"Nothing here is called {unknown[0]!r}.", f"Known are: {', '.join(sorted(known))}.")
    changed = {key: key in on for key, was in before.items() if was != (key in on)}
    athlete = context.account().athlete
    with context.store.write() as connection:
        chosen = store.everything(connection, athlete).get(name, {})
        store.put(connection, athlete, name, chosen | changed)


def switch(context: AppContext, name: str, on: bool) -> None:
    """name: one of SWITCHES."""
    assert name in SWITCHES
    with context.store.write() as connection:
        store.put(connection, accounts.current(context.store, connection).athlete, name, on)


# --- the home zone ---------------------------------------------------------------------------------------------------


@frozen
class Change:
    """A value that would be another one."""

    day: date
    field: str
    before: Value | None
    after: Value | None


@frozen
class Preview:
    zone: str
    first: date | None
    last: date
    """The days compared, both included; first is None where Health has made no day yet."""
    changes: tuple[Change, ...]
    """By day, newest first, then in the order of the catalogue."""

    @property
    def days(self) -> int:
        return len({one.day for one in self.changes})

    def fields(self) -> list[tuple[str, int]]:
        """Each field with how many days it would change on, most first."""
        return Counter(one.field for one in self.changes).most_common()


_FARTHEST = timedelta(days=2)
"""By how much two zones can part the same instant, rounded up: from UTC−12 to UTC+14 it is 26 hours."""


@cache
def zone_names() -> tuple[str, ...]:
    """Every IANA zone. Looked up once: it opens some hundred files."""
    return tuple(sorted(available_timezones()))


def preview_zone(context: AppContext, name: str) -> Preview:
    """What would differ if days were days in that zone. Nothing is stored, nothing sent. Raises UsageError."""
    there = zone(name)
    days.make(context, lambda _stage, _done, _of: None)
    with context.reading() as here:
        last = max(here.today, local_day(here.now, there))
        known = days.first_day(here)
        if known is None:
            return Preview(name, None, last, ())
        first = known - _FARTHEST
        before = _by_field(journal_days.values(here.connection, here.athlete, first, last))
        after = _by_field(journal_days.in_zone(here.connection, here.athlete, there, first, last))
    rows = {metric.field: row for row, metric in enumerate(catalogue.metrics())}
    differ = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
    changes = [
        Change(day, name, before.get((day, name)), after.get((day, name)))
        for day, name in sorted(differ, key=lambda key: (-key[0].toordinal(), rows[key[1]]))
    ]
    return Preview(name, first, last, tuple(changes))


def _by_field(values: list[DayValue]) -> dict[tuple[date, str], Value]:
    return {(one.day, one.field): one.value for one in values}


def choose_zone(context: AppContext, name: str) -> None:
    """Makes days be days in that zone from now on; the person has seen the preview, so the next sync does not stop.

    Raises UsageError, also where something stronger says another.
    """
    zone(name)
    if HOME_ZONE in context.settings.overridden:
        raise UsageError(
            f"The home zone is set outside the app, to {context.settings.home_zone}.",
            "Remove COMPANION_HOME_ZONE or the option where the companion is started; then choose here.",
        )
    with context.store.write() as connection:
        athlete = accounts.current(context.store, connection).athlete
        store.put(connection, athlete, HOME_ZONE, name)
        from_option = home_zone.choose(wanted=name, account=None, zone_counts=Counter(), machine=None)
        accounts.set_home_zone(connection, athlete, from_option)
        if ledger.sent_zone(connection, athlete) is not None:
            ledger.put_sent_zone(connection, athlete, name)
