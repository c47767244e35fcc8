"""Whatever was recorded, deleted, allowed and forbidden between readings: once reading is on, the archive holds what
the phone shows, and a second reading brings nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from intervals_companion.app.context import AppContext
from intervals_companion.app.ingest.phone import PhoneRead, read_phone
from intervals_companion.app.settings import Settings
from intervals_companion.health.requested_types import to_read, to_share
from intervals_companion.health.simulated import SimulatedPhone
from support.depth import examples
from support.phones import new_phone, own_weight, weigh
from support.store_builders import WEIGHT, archived, empty_store

Act = Callable[[AppContext, SimulatedPhone], object]


@contextmanager
def companion_of(phone: SimulatedPhone) -> Iterator[AppContext]:
    with TemporaryDirectory() as folder:
        store = empty_store(Path(folder))
        try:
            yield AppContext(Settings(home=store.folder), store, machine_zone="Europe/Berlin", clock=phone.now)
        finally:
            store.close()


def read(context: AppContext, phone: SimulatedPhone) -> PhoneRead:
    return read_phone(context, phone, lambda _stage, _done, _of: None)


def _delete_the_first(_: AppContext, phone: SimulatedPhone) -> None:
    now_on = phone.toggles
    phone.turn_all(on=True)
    for one in [one for one in phone.between(WEIGHT, 0, 2**62) if not one.is_own][:1]:
        phone.remove(WEIGHT, one.id)
    phone.set_toggles(*({kind for kind, on in side.items() if on} for side in (now_on.share, now_on.read)))


acts: st.SearchStrategy[Act] = st.one_of(
    st.integers(1, 69).map(
        lambda day: lambda _, phone: weigh(phone, f"2026-{1 + day // 29:02}-{1 + day % 28:02}", day)
    ),
    st.integers(1, 9).map(lambda version: lambda _, phone: phone.save(own_weight(72.0, version))),
    st.booleans().map(lambda on: lambda _, phone: phone.set_toggles(to_share(), to_read() if on else ())),
    st.just(_delete_the_first),
    st.just(read),
)


@settings(max_examples=examples(60))
@given(st.lists(acts, max_size=12))
def test_once_reading_is_on_the_archive_holds_what_the_phone_shows(lived: list[Act]) -> None:
    phone = new_phone()
    phone.ask(to_share(), to_read())
    phone.answer(to_share(), to_read())
    with companion_of(phone) as context:
        for act in lived:
            act(context, phone)
        phone.turn_all(on=True)
        read(context, phone)
        rows = [row for kept in archived(context.store).values() for row in kept]
        seen = [one.row for one in phone.between(WEIGHT, 0, 2**62) if not one.is_own]
        assert {(row.start, row.value) for row in rows} == {(row.start, row.value) for row in seen}
        assert read(context, phone) == PhoneRead()
