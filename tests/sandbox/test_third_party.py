"""A client library that others generated from the published description reads the sandbox without complaint.

Its own mistakes about streams, custom items and an athlete that carries custom items are left alone (notes, section 0).
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from intervals_sandbox.server import Running, running
from sandbox.harness import TODAY

OLDEST, NEWEST = "2026-05-01", "2026-12-31"


@pytest.fixture(scope="module")
def library() -> Any:
    """Imported by who tests with it: it takes two seconds, which every worker would spend to collect these tests."""
    return import_module("intervals_icu_client")


@pytest.fixture(scope="module")
def served() -> Iterator[Running]:
    with running(today=TODAY) as own:
        yield own


@pytest.fixture
def client(library: Any, served: Running) -> Iterator[Any]:
    settings = library.Configuration(host=served.base, username="API_KEY", password=served.sandbox.you.api_key)
    with library.ApiClient(settings) as own:
        yield own


def test_it_reads_your_wellness(library: Any, client: Any, served: Running) -> None:
    records = library.WellnessApi(client).list_wellness_records("0", "", oldest=OLDEST, newest=str(TODAY))
    weights = {record.id: record.weight for record in records if record.weight is not None and not record.temp_weight}
    assert weights == {
        str(day): typed["weight"] for day, typed in served.sandbox.you.wellness.items() if "weight" in typed
    }
    assert all(record.ctl is not None for record in records)


def test_it_reads_everybodys_activities(library: Any, client: Any, served: Running) -> None:
    for athlete in served.sandbox.state.athletes.values():
        activities = library.ActivitiesApi(client).list_activities(athlete.id, OLDEST)
        assert len(activities) == len(served.sandbox.state.activities_of(athlete.id))


def test_it_reads_your_calendar(library: Any, client: Any, served: Running) -> None:
    events = library.EventsApi(client).list_events("0", "", oldest=OLDEST, newest=NEWEST)
    assert {event.name for event in events} == {
        event["name"] for event in served.sandbox.you.events.values() if event["start_date_local"] >= OLDEST
    }


def test_it_reads_the_comments(library: Any, client: Any, served: Running) -> None:
    for chat in list(served.sandbox.state.chats.values())[:10]:
        messages = library.ChatsApi(client).list_activity_messages(str(chat.activity_id))
        assert [message.content for message in messages] == [
            message.get("content") for message in chat.messages.values()
        ]


def test_it_reads_the_summary_and_the_sport_settings(library: Any, client: Any) -> None:
    assert library.AthletesApi(client).get_athlete_summary("0", "")
    assert library.SportsApi(client).list_settings("0")


def test_it_writes_a_comment(library: Any, client: Any, served: Running) -> None:
    activity = next(item for item in served.sandbox.state.activities_of(served.sandbox.you.id) if not item.stub)
    message = library.NewActivityMsg(content="From elsewhere")
    sent = library.ChatsApi(client).send_activity_message(activity.id, message)
    found = library.ChatsApi(client).list_activity_messages(activity.id)
    assert [item.content for item in found if item.id == sent.id] == ["From elsewhere"]


def test_it_is_told_when_its_token_is_not_good(library: Any, served: Running) -> None:
    settings = library.Configuration(host=served.base, access_token="revoked")
    with library.ApiClient(settings) as stranger, pytest.raises(library.exceptions.UnauthorizedException):
        library.SportsApi(stranger).list_settings("0")
