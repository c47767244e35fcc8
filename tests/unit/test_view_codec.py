"""Views of workouts as they are stored: what was kept comes back as it was, and what cannot be read is made anew."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from intervals_companion.domain.activity import Stretch
from intervals_companion.domain.remote_activity import RemoteInterval
from intervals_companion.domain.workout_view import (
    NOTHING,
    BarsThumbnail,
    Bins,
    RouteThumbnail,
    Split,
    Splits,
    Thumbnail,
    WorkoutView,
    ZoneTime,
)
from intervals_companion.store import view_codec, views
from intervals_companion.store.database import Store
from intervals_companion.store.view_codec import UnreadableView

LAP = Stretch(0, 60_000, 60.0, distance=200.0, heart_rate=140, lengths=8)
VIEW = WorkoutView(
    whole=LAP,
    laps=(LAP, LAP._replace(start=60_000)),
    splits=Splits((Split(0, 60, 200.0, 140.0),), (Split(0, 60, None),)),
    bins=Bins(2, [0, 2], {"power": [200, None]}, {"power": [(190.0, 210.5), None]}),
    intervals=(RemoteInterval(0, 60, "Hard", True, 58, power=300, samples=(0, 59)),),
    zones=(ZoneTime("power", "Z1", None, 154, 60.5),),
    more=("core_temperature",),
)


def stored(view: WorkoutView) -> Any:
    return json.loads(json.dumps(view_codec.view_json(view)))


@pytest.mark.parametrize("view", [NOTHING, VIEW], ids=["nothing", "everything"])
def test_a_view_comes_back_as_it_was(view: WorkoutView) -> None:
    assert view_codec.view_of(stored(view)) == view


@pytest.mark.parametrize(
    "thumbnail",
    [None, RouteThumbnail(((0.0, 0.5), (1.0, 0.25))), BarsThumbnail("power", (0.5, 1.0), (False, True))],
)
def test_a_thumbnail_comes_back_as_it_was(thumbnail: Thumbnail | None) -> None:
    kept = json.loads(json.dumps(view_codec.thumbnail_json(thumbnail)))
    assert view_codec.thumbnail_of(kept) == thumbnail


BINS = {"width": 2, "seconds": [0], "means": {}, "extremes": {}}


@pytest.mark.parametrize(
    "change",
    [
        {"whole": None}, {"whole": {"start": 0}}, {"whole": {"start": 0, "end": 0, "timer": None}},
        {"whole": {"start": 0, "end": 0, "timer": 0, "colour": 1}}, {"laps": [7]}, {"zones": [{"stream": "power"}]},
        {"bins": BINS | {"means": {"power": ["much"]}}}, {"bins": BINS | {"extremes": {"power": [[1]]}}},
        {"intervals": [{"start": 0}]}, {"more": [1]}, {"splits": []}, {"heading": "Laps"},
    ],
)  # fmt: skip
def test_what_is_no_view_of_this_version_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(UnreadableView):
        view_codec.view_of(stored(VIEW) | change)


@pytest.mark.parametrize("kept", [None, [], "x", {}])
def test_what_is_no_view_at_all_is_refused(kept: object) -> None:
    with pytest.raises(UnreadableView):
        view_codec.view_of(kept)


@pytest.mark.parametrize("kept", [{"kind": "route", "points": []}, {"bars": [1]}, {"points": [[1]]}, [], 7])
def test_what_is_no_thumbnail_is_refused(kept: object) -> None:
    with pytest.raises(UnreadableView):
        view_codec.thumbnail_of(kept)


def test_a_stored_row_that_cannot_be_read_counts_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path)
    with store.write() as connection:
        views.save(connection, 1, "ic1-1-2", b"now", VIEW)
    with store.read() as connection:
        assert views.view(connection, 1, "ic1-1-2", b"now") == VIEW
        assert views.view(connection, 1, "ic1-1-2", b"then") is None
    monkeypatch.setattr(view_codec, "view_json", lambda _: {"whole": {}, "laps": [], "kind": "of another version"})
    with store.write() as connection:
        views.save(connection, 1, "ic1-1-2", b"now", VIEW)
    with store.read() as connection:
        assert views.view(connection, 1, "ic1-1-2", b"now") is None
    store.close()
