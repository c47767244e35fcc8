"""Whatever a service sends as streams: rows that can be drawn, or a refusal by name."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from intervals_companion.intervals import activity_record
from intervals_companion.intervals.streams import read
from intervals_companion.social import views
from intervals_companion.store import view_codec

_ODD = st.one_of(
    st.none(), st.booleans(), st.text(max_size=3), st.floats(), st.integers(), st.lists(st.integers(), max_size=2)
)
_DATA = st.one_of(_ODD, st.lists(st.one_of(st.integers(0, 250), st.floats(0, 90), _ODD), max_size=30))
_TYPES = st.sampled_from(
    ["time", "watts", "heartrate", "velocity_smooth", "cadence", "altitude", "distance", "latlng", "temp", "Custom"]
)
_STREAM = st.fixed_dictionaries({"type": _TYPES, "data": _DATA, "data2": _DATA, "custom": st.booleans()})
_STREAMS = st.lists(_STREAM, max_size=8)


@given(_STREAMS)
def test_every_column_has_a_row_for_each_of_ever_later_seconds(answer: list[dict[str, Any]]) -> None:
    told = read(answer).streams
    assert all(before < after for before, after in pairwise(told.seconds))
    columns = (told.power, told.heart_rate, told.speed, told.cadence, told.altitude, told.distance, told.latitude)
    assert {len(column) for column in columns if column is not None} <= {len(told.seconds)}


_RECORD = st.dictionaries(
    st.sampled_from(
        [
            "type", "elapsed_time", "icu_ftp", "icu_power_zones", "icu_zone_times", "icu_hr_zones", "icu_hr_zone_times",
            "pace_zones", "pace_zone_times", "threshold_pace", "icu_intervals", "tiz_order", "stream_types", "distance",
        ]
    ),
    st.one_of(_ODD, st.lists(st.one_of(_ODD, st.dictionaries(st.sampled_from(["id", "secs", "type"]), _ODD)))),
)  # fmt: skip


@given(_RECORD, _STREAMS)
def test_a_view_and_a_shape_come_of_anything(record: dict[str, Any], answer: list[dict[str, Any]]) -> None:
    activity = activity_record.read_one(record | {"id": "i1", "start_date_local": "2026-03-10T08:00:00"})
    made = views.make(activity, answer)
    assert len(made.bins.seconds) <= 600
    assert view_codec.view_of(json.loads(json.dumps(view_codec.view_json(made)))) == made
    drawn = views.thumbnail(activity, answer)
    assert view_codec.thumbnail_of(json.loads(json.dumps(view_codec.thumbnail_json(drawn)))) == drawn
    assert isinstance(views.thumbnail_types(activity), str)
