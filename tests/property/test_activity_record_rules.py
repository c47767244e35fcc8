"""Whatever a service sends as an activity: a value, or a record that is set aside, and never an error."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intervals_companion.domain.remote_activity import OddRecord, RemoteActivity
from intervals_companion.intervals import activity_record, people, protocol

DAY = date(2026, 10, 5)

_JSON: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(st.characters(), max_size=8),
        st.datetimes().map(str), st.datetimes().map(lambda moment: f"{moment.isoformat()}Z"),
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)  # fmt: skip

_INTERVAL = st.dictionaries(
    st.sampled_from(["start_time", "end_time", "start_index", "end_index", "label", "type", "moving_time"]), _JSON
)
_ZONE = st.fixed_dictionaries({"id": st.sampled_from(["Z1", "Z2", "SS"]) | _JSON, "secs": st.integers(0, 9) | _JSON})
_NUMBERS = st.lists(st.integers(0, 300) | st.floats(0, 300), max_size=4)
_KEYS: dict[str, st.SearchStrategy[Any]] = {
    "id": st.just("i1"), "start_date_local": st.datetimes().map(lambda moment: moment.isoformat()),
    "start_date": st.datetimes().map(lambda moment: f"{moment.isoformat()}Z"), "type": st.just("Ride"),
    "name": st.text(max_size=4), "source": st.sampled_from(["STRAVA", "UPLOAD"]), "_note": st.text(max_size=4),
    "elapsed_time": st.integers(), "moving_time": st.floats(), "distance": st.floats(), "icu_chat_id": st.integers(),
    "stream_types": st.lists(st.text(max_size=4)), "icu_intervals": st.lists(_INTERVAL | _JSON, max_size=4),
    "icu_zone_times": st.lists(_ZONE | _JSON, max_size=4), "icu_power_zones": _NUMBERS, "icu_ftp": st.integers(0, 400),
    "icu_hr_zone_times": _NUMBERS, "icu_hr_zones": _NUMBERS, "pace_zones": _NUMBERS, "pace_zone_times": _NUMBERS,
    "threshold_pace": st.floats(0, 10), "tiz_order": st.sampled_from(["PACE_HR_POWER", "HR"]),
}  # fmt: skip
_RECORD = st.fixed_dictionaries({}, optional={key: value | _JSON for key, value in _KEYS.items()})


@given(_JSON | _RECORD)
def test_nothing_that_is_json_is_an_error(record: Any) -> None:
    sent = json.loads(json.dumps(record))
    found = activity_record.read(sent)
    assert isinstance(found, RemoteActivity | OddRecord)


@given(_RECORD)
def test_every_record_has_a_place_in_the_store(record: dict[str, Any]) -> None:
    ((name, (_, stored)),) = activity_record.rows([record], unplaced=DAY).items()
    assert stored == record
    assert activity_record.read(record).id in (name, None)


@given(st.lists(_RECORD, max_size=5))
def test_every_record_of_a_list_is_read_or_set_aside(records: list[Any]) -> None:
    found = activity_record.read_list(records)
    assert len(found) + len(found.odd) == len(records)


_FIELDS = [dict(call.query)["fields"] for call in (protocol.activities(DAY, DAY), people.activities_of("i2", DAY, DAY))]


@pytest.mark.parametrize("fields", _FIELDS)
@given(_RECORD)
def test_a_row_of_a_list_says_of_what_is_hidden_what_the_activity_itself_says(fields: str, record: Any) -> None:
    """Of a row only some keys were asked for, and nulls are left out; a stub comes with its note all the same."""
    keys = {*fields.split(","), "_note"}
    row = {key: value for key, value in record.items() if key in keys and value is not None}
    whole, listed = activity_record.read(record), activity_record.read(row)
    if isinstance(whole, RemoteActivity):
        assert isinstance(listed, RemoteActivity)
        assert (listed.hidden, listed.title) == (whole.hidden, whole.title)
    else:
        assert listed == whole or listed == OddRecord(whole.id)
