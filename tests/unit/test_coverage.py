"""Which source counts: who saw more, and whom among equals. The numbers are those of the design and of plain sums."""

from __future__ import annotations

from itertools import permutations
from zoneinfo import ZoneInfo

import pytest

from intervals_companion.derive import sleep, timeline
from intervals_companion.derive.coverage import Seen, ranked
from intervals_companion.domain.samples import Row, Source
from support.store_builders import PHONE, WATCH, asleep, at, row, source

RING, AWU = source("Ring"), source("AWU Stefan")
NAMED_PHONE = source("Ann’s iPhone 13")
"""A name that lets one guess, without a product that Apple wrote."""
HEALTH = source("Health")
HOUR = 3_600_000
BERLIN = ZoneInfo("Europe/Berlin")
DAY = at("2026-03-10 00:00"), at("2026-03-11 00:00")


@pytest.mark.parametrize(
    ("seen", "first"),
    [
        ([Seen(WATCH, 18, 1), Seen(RING, 480, 1)], RING),
        ([Seen(WATCH, 240, 1), Seen(RING, 480, 1)], WATCH),
        ([Seen(WATCH, 239, 1), Seen(RING, 480, 1)], RING),
        ([Seen(PHONE, 10, 900), Seen(WATCH, 10, 100)], WATCH),
        ([Seen(RING, 10, 900), Seen(PHONE, 10, 100)], PHONE),
        ([Seen(AWU, 10, 100), Seen(NAMED_PHONE, 10, 80)], AWU),
        ([Seen(AWU, 10, 80), Seen(NAMED_PHONE, 10, 80)], NAMED_PHONE),
        ([Seen(AWU, 10, 80), Seen(RING, 9, 80)], AWU),
        ([Seen(RING, 10, 80), Seen(AWU, 10, 80)], AWU),
    ],
    ids=[
        "eighteen minutes are no night", "half of it is enough", "less than half is not", "a Watch before an iPhone",
        "an iPhone before others", "who counted more, before a guess by name", "a guess by name breaks a tie",
        "who saw longer", "else the name",
    ],
)  # fmt: skip
def test_the_source_that_counts(seen: list[Seen], first: Source) -> None:
    for order in permutations(seen):
        assert ranked(order)[0] == first


def test_those_that_saw_less_come_after_all_equals() -> None:
    seen = [Seen(WATCH, 10, 1), Seen(RING, 480, 1), Seen(PHONE, 300, 1), Seen(AWU, 9, 1)]
    assert ranked(seen) == [PHONE, RING, WATCH, AWU]


# --- sums ------------------------------------------------------------------------------------------------------------


def total(**rows: list[Row]) -> float:
    sources = {"watch": WATCH, "phone": PHONE, "health": HEALTH, "ring": RING}
    found = timeline.total({sources[name]: [(one, one.value) for one in of] for name, of in rows.items()}, *DAY)
    assert found is not None
    return found.value


def steps(start: str, end: str, count: float, metadata: str = "") -> Row:
    return row(f"2026-03-10 {start}", f"2026-03-10 {end}", count, metadata=metadata)


TYPED = '{"HKWasUserEntered":"1"}'


def test_a_watch_worn_for_a_moment_does_not_cut_the_day_of_the_phone() -> None:
    """The phone covers ten hours evenly; the Watch ten minutes in the midst with little."""
    phone = steps("08:00", "18:00", 6000)
    assert total(phone=[phone], watch=[steps("12:00", "12:10", 5)]) == pytest.approx(6000)


def test_what_only_one_device_saw_is_kept() -> None:
    watch, phone = steps("08:00", "12:00", 4000), steps("11:00", "14:00", 3000)
    assert total(watch=[watch], phone=[phone]) == pytest.approx(4000 + 2000)


def test_typed_steps_with_a_length_replace_the_devices_over_it() -> None:
    device, typed = steps("09:00", "11:00", 400), steps("10:00", "10:30", 2000, TYPED)
    assert total(watch=[device], health=[typed]) == pytest.approx(300 + 2000)


def test_typed_steps_without_a_length_are_added() -> None:
    device, typed = steps("09:00", "11:00", 400), steps("10:00", "10:00", 2000, TYPED)
    assert total(watch=[device], health=[typed]) == pytest.approx(2400)


def test_what_the_health_app_wrote_is_typed_also_where_a_bridge_does_not_say_so() -> None:
    assert total(watch=[steps("09:00", "11:00", 400)], health=[steps("10:00", "10:30", 2000)]) == pytest.approx(2300)


# --- nights ----------------------------------------------------------------------------------------------------------


def night(**rows: list[Row]) -> list[tuple[str, float]]:
    sources = {"watch": WATCH, "phone": PHONE, "health": HEALTH, "ring": RING}
    found = sleep.sessions({sources[name]: of for name, of in rows.items()}, BERLIN, lambda _: None)
    return [(one.source.key, one.asleep.length / HOUR) for one in found]


def slept(start: str, end: str, stage: str = "AsleepUnspecified", *, created: int = 0, typed: bool = False) -> Row:
    day = 9 if start > "12" else 10
    made = asleep(f"2026-03-{day:02d} {start}", f"2026-03-10 {end}", stage)
    return made._replace(created=at("2026-03-10 08:00") + created, metadata=TYPED if typed else "")


def test_a_nap_on_the_watch_does_not_beat_a_night_on_the_ring() -> None:
    assert night(ring=[slept("23:00", "07:00")], watch=[slept("06:40", "06:58")]) == [("Ring", 8.0)]


def test_a_nap_that_nobody_else_saw_stays_beside_the_night() -> None:
    found = night(ring=[slept("23:00", "07:00")], watch=[slept("06:40", "06:58"), slept("10:00", "10:30")])
    assert found == [("Ring", 8.0), (WATCH.key, 0.5)]


def test_nights_of_two_sources_are_never_added() -> None:
    assert night(watch=[slept("23:00", "05:00")], ring=[slept("22:30", "06:30")]) == [(WATCH.key, 6.0)]


def test_of_equals_the_one_that_knows_stages() -> None:
    assert night(watch=[slept("23:00", "07:00")], ring=[slept("23:00", "06:00", "AsleepCore")]) == [("Ring", 7.0)]


def test_a_typed_night_replaces_what_the_watch_saw_of_it() -> None:
    found = night(watch=[slept("23:00", "02:00", "AsleepCore")], health=[slept("22:30", "07:00", typed=True)])
    assert [hours for _, hours in found] == [8.5]


def test_what_the_watch_saw_beyond_a_typed_stretch_stays() -> None:
    found = night(watch=[slept("23:00", "07:00", "AsleepCore")], health=[slept("01:00", "02:00", "Awake", typed=True)])
    assert [hours for _, hours in found] == [7.0]


def stages(*rows: Row) -> tuple[float, float, float, float]:
    (found,) = sleep.sessions({WATCH: list(rows)}, BERLIN, lambda _: None)
    return found.core / HOUR, found.deep / HOUR, found.rem / HOUR, found.awake.length / HOUR


def test_stages_written_within_a_minute_are_one_version_of_the_night() -> None:
    core = slept("23:00", "07:00", "AsleepCore", created=1000)
    assert stages(core, slept("01:00", "02:00", "AsleepDeep"), slept("03:00", "04:00", "AsleepREM")) == (6, 1, 1, 0)


def test_a_version_written_later_counts_instead() -> None:
    core = slept("23:00", "07:00", "AsleepCore", created=120_000)
    assert stages(core, slept("01:00", "02:00", "AsleepDeep")) == (8, 0, 0, 0)


def test_awake_inside_a_stage_is_awake() -> None:
    assert stages(slept("23:00", "07:00", "AsleepCore"), slept("03:00", "04:00", "Awake")) == (7, 0, 0, 1)
