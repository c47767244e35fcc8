"""Whose data this is: one number for each athlete at each service, and the home zone each has chosen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from intervals_companion.app.context import AppContext
from intervals_companion.app.ingest.imports import import_from
from intervals_companion.app.preferences import home_zone
from intervals_companion.app.settings import Settings
from intervals_companion.domain.days import HomeZone
from intervals_companion.domain.samples import Batch
from intervals_companion.health.port import Reading
from intervals_companion.store import accounts
from intervals_companion.store.accounts import Account
from intervals_companion.store.database import Store
from support.store_builders import STEPS, WATCH, archived, deliver, dump, empty_store, row

ICU, OWN = "https://intervals.icu", "http://localhost:8080"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(empty_store(tmp_path)) as opened:
        yield opened


def current(store: Store) -> Account:
    with store.write() as connection:
        return accounts.current(store, connection)


def sign_in(store: Store, intervals_id: str, origin: str = ICU, zone: str | None = None) -> Account:
    with store.write() as connection:
        return accounts.bind(store, connection, origin=origin, intervals_id=intervals_id, name="Ann", zone=zone)


# --- numbers ---------------------------------------------------------------------------------------------------------


def test_a_new_folder_has_one_account_that_is_bound_to_nobody(store: Store) -> None:
    first = current(store)
    assert (first.origin, first.intervals_id) == (None, None)
    assert current(store) == first
    assert len(dump(store)["athletes"]) == 1


def test_the_first_sign_in_takes_over_what_was_imported_before(store: Store) -> None:
    imported = current(store).athlete
    deliver(store, Batch(STEPS, WATCH, [row("2026-03-01 06:00")]), athlete=imported)
    assert sign_in(store, "i1").athlete == imported
    assert archived(store, current(store).athlete) != {}


@pytest.mark.parametrize(("intervals_id", "origin"), [("i2", ICU), ("i1", OWN)])
def test_another_athlete_or_service_is_another_number_and_sees_nothing(
    store: Store, intervals_id: str, origin: str
) -> None:
    first = sign_in(store, "i1")
    deliver(store, Batch(STEPS, WATCH, [row("2026-03-01 06:00")]), athlete=first.athlete)
    other = sign_in(store, intervals_id, origin)
    assert other.athlete != first.athlete
    assert current(store) == other
    assert archived(store, other.athlete) == {}


def test_signing_in_again_as_the_first_gives_their_number_back(store: Store) -> None:
    first = sign_in(store, "i1")
    sign_in(store, "i2")
    sign_in(store, "i1", OWN)
    assert sign_in(store, "i1").athlete == first.athlete
    assert current(store).athlete == first.athlete
    assert len(dump(store)["athletes"]) == 3


def test_signing_in_again_refreshes_what_the_service_says(store: Store) -> None:
    sign_in(store, "i1", zone="Europe/Berlin")
    assert sign_in(store, "i1", zone="America/New_York").zone == "America/New_York"
    assert current(store).zone == "America/New_York"


def test_an_account_survives_a_new_process(store: Store) -> None:
    signed_in = sign_in(store, "i1", zone="Europe/Berlin")
    store.close()
    with closing(Store(store.folder)) as later:
        assert current(later) == signed_in


# --- the home zone ---------------------------------------------------------------------------------------------------

BERLIN, LISBON, TOKYO = "Europe/Berlin", "Europe/Lisbon", "Asia/Tokyo"


def context(store: Store, wanted: str | None = None, machine: str | None = None) -> AppContext:
    settings = Settings(store.folder, home_zone=wanted)
    return AppContext(settings, store, machine, clock=lambda: datetime(2026, 3, 2, 10, tzinfo=UTC))


def chosen(
    store: Store, wanted: str | None = None, machine: str | None = None, zone_counts: Counter[str] | None = None
) -> HomeZone:
    """What an import with such votes, or without any a sign-in, makes of it."""
    used = context(store, wanted, machine)
    return home_zone.save(used, used.account(), zone_counts)


def asked(store: Store, machine: str | None = None, **settings: Any) -> HomeZone:
    """What a command that only reads goes by."""
    used = evolve(context(store, None, machine), settings=Settings(store.folder, **settings))
    return used.read(lambda here: here.home_zone)


def remembered(store: Store) -> HomeZone | None:
    athlete = current(store).athlete
    with store.read() as connection:
        return accounts.home_zone(connection, athlete)


def test_a_zone_is_the_persons_wish_before_all_others(store: Store) -> None:
    sign_in(store, "i1", zone=LISBON)
    assert chosen(store, BERLIN, "UTC", Counter({TOKYO: 9})) == HomeZone(BERLIN, "companion.toml says so")


def test_else_what_intervals_icu_says(store: Store) -> None:
    sign_in(store, "i1", zone=LISBON)
    found = chosen(store, machine="UTC", zone_counts=Counter({TOKYO: 9}))
    assert found == HomeZone(LISBON, "your Intervals.icu account says so")


def test_else_what_most_of_the_data_says(store: Store) -> None:
    found = chosen(store, machine="UTC", zone_counts=Counter({TOKYO: 9, BERLIN: 2, "no such zone": 99}))
    assert found == HomeZone(TOKYO, "most workouts and nights were recorded in it")


def test_else_what_the_machine_says(store: Store) -> None:
    assert chosen(store, machine=BERLIN, zone_counts=Counter()) == HomeZone(BERLIN, "this machine uses it")


def test_a_zone_once_chosen_stays_with_its_reason(store: Store) -> None:
    first = chosen(store, machine="UTC", zone_counts=Counter({TOKYO: 9}))
    sign_in(store, "i1", zone=LISBON)
    assert chosen(store, machine=BERLIN, zone_counts=Counter({BERLIN: 99})) == first
    assert remembered(store) == first


def test_an_option_changes_it_and_that_stays(store: Store) -> None:
    chosen(store, machine="UTC", zone_counts=Counter({TOKYO: 9}))
    optioned = evolve(context(store), settings=Settings(store.folder).with_options(home_zone=LISBON))
    assert home_zone.save(optioned, optioned.account(), Counter()) == HomeZone(LISBON, "you chose it")
    assert chosen(store, machine=BERLIN, zone_counts=Counter({BERLIN: 99})) == HomeZone(LISBON, "you chose it")


def test_an_option_once_given_is_not_flipped_back_by_the_file_and_that_is_said(store: Store) -> None:
    told = Settings(store.folder, home_zone=BERLIN).with_options(home_zone=LISBON)
    optioned = evolve(context(store), settings=told)
    home_zone.save(optioned, optioned.account(), Counter())
    found = asked(store, home_zone=BERLIN)
    assert found == HomeZone(LISBON, "you chose it, in place of Europe/Berlin in companion.toml")


def test_a_zone_of_the_environment_counts_while_it_is_set_and_no_longer(store: Store) -> None:
    first = chosen(store, machine="UTC", zone_counts=Counter({TOKYO: 9}))
    while_set = asked(store, home_zone=LISBON, overridden=frozenset({"home_zone"}))
    assert while_set == HomeZone(LISBON, "COMPANION_HOME_ZONE says so")
    assert asked(store) == first
    assert remembered(store) == first


def test_a_zone_that_only_the_machine_spoke_for_gives_way_to_the_data(store: Store) -> None:
    chosen(store, machine=BERLIN, zone_counts=Counter())
    assert chosen(store, machine=BERLIN, zone_counts=Counter({TOKYO: 1})).zone == TOKYO
    assert chosen(store, machine=BERLIN, zone_counts=Counter({LISBON: 99})).zone == TOKYO


def test_a_zone_that_only_the_machine_spoke_for_gives_way_to_the_athlete_s(store: Store) -> None:
    chosen(store, machine=BERLIN, zone_counts=Counter())
    sign_in(store, "i1", zone=LISBON)
    assert chosen(store, machine=BERLIN) == HomeZone(LISBON, "your Intervals.icu account says so")


def test_asking_for_the_zone_remembers_nothing(store: Store) -> None:
    sign_in(store, "i1", zone=LISBON)
    assert asked(store, machine=BERLIN).zone == LISBON
    assert remembered(store) is None


def test_without_data_nothing_is_remembered(store: Store) -> None:
    assert chosen(store, machine=BERLIN).zone == BERLIN
    assert remembered(store) is None


def test_a_zone_that_nothing_speaks_for_is_not_remembered(store: Store) -> None:
    """Else days would stay in UTC when the account or the data name a zone later."""
    assert chosen(store, zone_counts=Counter()).zone == "UTC"
    assert remembered(store) is None
    assert chosen(store, zone_counts=Counter({TOKYO: 1})).zone == TOKYO


def test_of_two_that_choose_at_once_the_first_counts_for_both(store: Store) -> None:
    """A sync and an import may both find that none is chosen yet."""
    account = context(store).account()
    slower = context(store, machine=BERLIN)
    chosen(store, zone_counts=Counter({LISBON: 5}))
    assert home_zone.save(slower, account, Counter({TOKYO: 1})).zone == LISBON
    assert remembered(store) == HomeZone(LISBON, "most workouts and nights were recorded in it")


class Empty:
    """An export in which nothing is."""

    channel = "export"

    def __init__(self) -> None:
        self.reading = Reading(exported=1, complete=True)

    def batches(self) -> Iterator[Batch]:
        return iter(())


def test_an_import_of_nothing_chooses_no_zone(store: Store) -> None:
    import_from(context(store, machine=BERLIN), Empty())
    assert remembered(store) is None
