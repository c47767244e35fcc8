"""Rules that hold for whatever phones push, in whatever order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from itertools import count
from typing import Any

import pytest
from babel.numbers import format_decimal
from hypothesis import given, settings
from hypothesis import strategies as st

from intervals_companion.domain.errors import DamagedInput
from intervals_companion.domain.samples import Batch
from intervals_companion.domain.summaries import How, Summary, joined, parts
from intervals_companion.health import auto_export, locale_numbers, shortcuts
from intervals_companion.health.bridge import Read
from intervals_companion.journal import days as journal
from intervals_companion.store import summaries
from intervals_companion.store.database import Store
from support.depth import examples
from support.pushes import BERLIN
from support.store_builders import PHONE, STEPS, WATCH, deliver, empty_store, row

NEXT_ATHLETE = count(1)
"""Every example is an athlete of its own."""
HOUR = 3_600_000
START = 1_773_097_200_000
"""2026-03-10T00:00:00+01:00."""
TUESDAY = date(2026, 3, 10)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with closing(empty_store(tmp_path_factory.mktemp("store"))) as opened:
        yield opened


# --- summaries -------------------------------------------------------------------------------------------------------

SOURCES = ("Watch", "iPhone", "iPhone|Watch", "Ring")
spans = st.one_of(
    st.just((START, START + 24 * HOUR)),
    st.integers(0, 23).map(lambda hour: (START + hour * HOUR, START + (hour + 1) * HOUR)),
    st.integers(0, 100).map(lambda minute: (START + minute * 60_000, START + (minute + 1) * 60_000)),
)
said = st.builds(
    lambda span, source, value: Summary(STEPS, span[0], span[1], source, "", value, "count", How.SUM),
    spans, st.sampled_from(SOURCES), st.integers(0, 9000).map(float),
)  # fmt: skip
deliveries = st.lists(said, min_size=1, max_size=8, unique_by=lambda one: (one.start, one.end, one.source))


def put(store: Store, athlete: int, delivery: list[Summary], arrived: int = 1, channel: str = "channel") -> int:
    with store.write() as connection:
        return summaries.put(connection, athlete, channel, delivery, arrived)


def kept(store: Store, athlete: int) -> list[Summary]:
    with store.read() as connection:
        return [one.summary for one in summaries.between(connection, athlete, [STEPS], 0, 2**42)]


@settings(max_examples=examples(25), deadline=None)
@given(st.lists(deliveries, max_size=4), deliveries)
def test_the_last_delivery_stands_as_it_was_sent_and_is_no_news_again(
    store: Store, earlier: list[list[Summary]], last: list[Summary]
) -> None:
    athlete = next(NEXT_ATHLETE)
    for arrived, delivery in enumerate(earlier):
        put(store, athlete, delivery, arrived)
    put(store, athlete, last, 9)
    found = kept(store, athlete)
    assert set(last) <= set(found)
    assert put(store, athlete, last, 10) == 0
    assert kept(store, athlete) == found


@settings(max_examples=examples(25), deadline=None)
@given(st.lists(deliveries, min_size=1, max_size=4), deliveries)
def test_nothing_of_before_is_left_where_the_last_delivery_speaks_for_the_same_source(
    store: Store, earlier: list[list[Summary]], last: list[Summary]
) -> None:
    athlete = next(NEXT_ATHLETE)
    for delivery in [*earlier, last]:
        put(store, athlete, delivery)
    for old in set(kept(store, athlete)) - set(last):
        for new in last:
            assert old.end <= new.start or old.start >= new.end or not set(parts(old.source)) & set(parts(new.source))


samples = st.lists(
    st.builds(
        lambda minute, length, steps: (minute, length, float(steps)),
        st.integers(0, 1300), st.integers(1, 60), st.integers(1, 500),
    ),
    max_size=4,
)  # fmt: skip


@settings(max_examples=examples(20), deadline=None)
@given(samples, deliveries, st.booleans())
def test_a_day_is_made_of_samples_or_of_summaries_and_never_of_both(
    store: Store, steps: list[tuple[int, int, float]], delivery: list[Summary], first: bool
) -> None:
    athletes = [next(NEXT_ATHLETE) for _ in range(3)]
    of_samples, of_summaries, of_both = athletes
    rows = [
        row("1970-01-01", value=steps)._replace(start=START + minute * 60_000, end=START + (minute + length) * 60_000)
        for minute, length, steps in steps
    ]
    for athlete in athletes:
        if athlete == of_both and first:
            put(store, athlete, delivery)
            journal.refresh(store, athlete, BERLIN, TUESDAY)
        if athlete != of_summaries:
            deliver(store, Batch(STEPS, WATCH, rows[::2]), Batch(STEPS, PHONE, rows[1::2]), athlete=athlete)
        if athlete != of_samples:
            put(store, athlete, delivery)
        journal.refresh(store, athlete, BERLIN, TUESDAY)
    with store.read() as connection:
        found = [journal.values(connection, athlete, TUESDAY, TUESDAY) for athlete in athletes]
    assert found[2] == (found[0] or found[1])


@given(st.lists(st.text(st.characters(exclude_characters="|", codec="utf-8"), max_size=8), max_size=4))
def test_joined_sources_have_no_order_and_come_apart_again(names: list[str]) -> None:
    key = joined(names)
    assert key == joined(reversed(names)) == joined(parts(key))


# --- bodies ----------------------------------------------------------------------------------------------------------

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
    | st.sampled_from(["2026-03-10 07:00:00 +0100", "2026-03-10", "7:00:00\u202fAM", "72,5 kg", "Core", "a|b", "%"])
    | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
FIELDS = [
    *("date", "qty", "source", "start", "end", "startDate", "endDate", "value", "Avg", "Min", "totalSleep", "core"),
    *("asleep", "sleepEnd", "name", "duration", "distance", "heartRate", "heartRateData", "route", "metadata"),
    *("elevation", "location", "isIndoor", "latitude", "lon", "timestamp", "units", "stepCount"),
]
items = st.dictionaries(st.sampled_from(FIELDS), values, max_size=8)
NAMES = ["step_count", "heart_rate", "weight_body_mass", "sleep_analysis", "blood_pressure", "resting_heart_rate", "?"]
metrics = st.fixed_dictionaries(
    {"name": st.sampled_from(NAMES) | values, "units": st.sampled_from(["count", "kg", "%", "?"]) | values},
    optional={"data": st.lists(items, max_size=4) | values},
)
envelopes = st.fixed_dictionaries(
    {},
    optional={
        "metrics": st.lists(metrics, max_size=3) | values,
        "workouts": st.lists(
            items.map(lambda one: {"start": "2026-03-10 07:00:00 +0100", "end": "2026-03-10 08:00:00 +0100", **one})
            | items,
            max_size=2,
        )
        | values,
        "ecg": values,
    },
)


def storable(read: Read) -> None:
    """Fails for half a character, which no table and no answer can hold."""
    texts = [batch.source.name for batch in read.batches()]
    texts += [text for batch in read.batches() for row in batch.rows for text in (row.unit, row.label, row.metadata)]
    texts += [text for one in read.summaries for text in (one.source, one.unit, one.label)]
    assert "".join([*texts, *(reason.what for reason in read.left_out)]).encode() is not None


@settings(max_examples=examples(150), deadline=None)
@given(envelopes, st.sampled_from(["", "Days", "Hours", "Minutes", "Weeks"]))
def test_whatever_an_item_holds_it_is_used_or_counted_and_the_rest_is_read(
    envelope: dict[str, Any], grouped: str
) -> None:
    read = auto_export.read(json.dumps({"data": envelope}).encode(), {"automation-aggregation": grouped}, BERLIN)
    drawn = [row for batch in read.batches() for row in batch.rows]
    storable(read)
    assert all(row.start <= row.end for row in drawn)
    assert all(one.end > one.start for one in read.summaries)
    assert read.reading.ignored == sum(read.left_out.values())
    assert len(drawn) == (
        read.reading.records - read.reading.ignored + read.reading.workouts + read.reading.routes
    )  # fmt: skip


@settings(max_examples=examples(100), deadline=None)
@given(st.binary(max_size=200) | values.map(lambda one: json.dumps(one).encode()), st.booleans())
def test_any_body_is_read_or_refused_in_words(content: bytes, by_shortcut: bool) -> None:
    reader = shortcuts.read if by_shortcut else auto_export.read
    words = ("read", "read")
    try:
        reader(content, {}, BERLIN)
    except DamagedInput as refusal:
        words = refusal.cause, refusal.cure
    assert all(words)


SHORTCUT_FIELDS = st.sampled_from(["type", "value", "unit", "date", "start", "end", "source", "samples", "locale"])


@settings(max_examples=examples(100), deadline=None)
@given(st.lists(st.dictionaries(SHORTCUT_FIELDS, values, max_size=6), max_size=4))
def test_whatever_a_shortcut_sends_is_used_or_counted(entries: list[dict[str, Any]]) -> None:
    try:
        read = shortcuts.read(json.dumps(entries).encode(), {}, BERLIN)
    except DamagedInput:
        return
    storable(read)
    assert read.reading.ignored == sum(read.left_out.values())
    assert all(row.start <= row.end for batch in read.batches() for row in batch.rows)


LOCALES = ["en_US", "de_DE", "de_CH", "fr_FR", "fr_CA", "es_ES", "es_MX", "it_IT", "nl_NL", "pt_BR", "sv_SE", "pl_PL",
           "ru_RU", "cs_CZ", "ja_JP", "zh_CN", "en_IN", "en_ZA", "da_DK", "fi_FI", "tr_TR"]  # fmt: skip


@given(st.decimals(0, 10**7, places=3), st.sampled_from(LOCALES))
def test_a_number_written_by_any_locale_is_read_back_with_it(number: Any, locale: str) -> None:
    written = format_decimal(number, "#,##0.###", locale=locale)
    read = locale_numbers.read(f"{written} kg", locale_numbers.sign_of(locale))
    assert read == (float(number), "kg")
