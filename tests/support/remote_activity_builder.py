"""Somebody else's activity as the sandbox answers it, and what a page makes of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from attrs import define
from starlette.applications import Starlette
from starlette.testclient import TestClient

from intervals_companion.app.activities.detail import Detail
from intervals_companion.app.activities.listing import Entry, State
from intervals_companion.app.preferences.display import Preferences
from intervals_companion.domain.remote_activity import RemoteActivity
from intervals_companion.domain.workout_view import WorkoutView
from intervals_companion.intervals import activity_record
from intervals_companion.social import views
from intervals_companion.web.activities.body import body
from intervals_companion.web.formatting import Formatter
from intervals_companion.web.templating import templates

WORDS = Formatter(Preferences(), 0)


@define
class Theirs:
    """record, streams: the answers. detail: as the app tells of it."""

    record: dict[str, Any]
    streams: list[dict[str, Any]]

    @property
    def view(self) -> WorkoutView:
        return views.make(self.remote, self.streams)

    @property
    def remote(self) -> RemoteActivity:
        return activity_record.read_one(self.record)

    @property
    def detail(self) -> Detail:
        record = self.record
        entry = Entry(
            id=record["id"],
            type=record["type"],
            title=record["name"],
            start=None,
            day=date.fromisoformat(record["start_date_local"][:10]),
            moving=record["moving_time"],
            distance=record["distance"],
            ascent=record["total_elevation_gain"],
            heart_rate=record["average_heartrate"],
            load=record["icu_training_load"],
            state=State.ONLY_THERE,
            activity=record["id"],
        )
        return Detail(entry, self.view, self.remote, source=None, indoor=False, linked=None)

    def body(self, streams_url: str = "/streams") -> str:
        """The fragment of the page."""
        context = body(self.detail, WORDS, streams_url=streams_url, intervals_url=None)
        return templates().get_template("activities/body.html").render(context)


def theirs(app: Starlette, word: str) -> Theirs:
    """The newest activity of somebody followed with this word in its name, which has streams."""
    sandbox = app.state.sandbox
    found = max(
        (
            activity
            for athlete in sandbox.you.follows
            for activity in sandbox.state.activities_of(athlete)
            if word in activity.values.get("name", "") and activity.values.get("stream_types")
        ),
        key=lambda activity: activity.values["start_date_local"],
    )
    with TestClient(app, base_url="http://localhost:8788") as client:
        auth = ("API_KEY", sandbox.you.api_key)
        record = client.get(f"/api/v1/activity/{found.id}?intervals=true", auth=auth).raise_for_status().json()
        streams = client.get(f"/api/v1/activity/{found.id}/streams", auth=auth).raise_for_status().json()
    return Theirs(record, streams)
