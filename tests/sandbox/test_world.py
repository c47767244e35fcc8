"""The world a sandbox starts with."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from time import process_time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intervals_sandbox import Limits, Switches, create_app
from intervals_sandbox.ids import Ids
from intervals_sandbox.sandbox import Sandbox
from intervals_sandbox.state import Activity
from intervals_sandbox.times import clock_from_noon
from intervals_sandbox.world.life import Session, life, linked, through_strava
from intervals_sandbox.world.seed import build
from sandbox.harness import TODAY, Box, Clock, box
from support.depth import examples

LIFE = life(1, TODAY)
SIX_MONTHS = timedelta(days=182)


@pytest.fixture(scope="module")
def world() -> Box:
    return box(followed=8)


@pytest.fixture(scope="module")
def many() -> Box:
    return box(followed=60)


def _all(sandbox: Sandbox) -> bytes:
    """Everything an API client could read of the seeded state, and the ids that come next."""
    state = sandbox.state
    told = {
        "info": sandbox.info("x"),
        "athletes": [
            [item.facts, item.sport_settings, item.custom_items, item.events] for item in state.athletes.values()
        ],
        "wellness": [[str(day), record] for item in state.athletes.values() for day, record in item.wellness.items()],
        "activities": [[item.values, item.private] for item in state.activities.values()],
        "messages": [list(chat.messages.values()) for chat in state.chats.values()],
        "next": [state.ids.token("access token"), state.ids.number("activity", 1)],
    }
    return json.dumps(told).encode()


def _built(followed: int) -> Sandbox:
    """A sandbox whose world was built for it alone, not copied from one that was there already."""
    return Sandbox(build(1, TODAY, followed), Clock(), Limits(), Switches())


def test_same_seed_and_same_day_are_the_same_in_every_byte() -> None:
    assert _all(_built(8)) == _all(_built(8))


def test_a_copy_of_a_world_is_the_world_in_every_byte() -> None:
    assert _all(box(followed=8).sandbox) == _all(_built(8))


def test_every_sandbox_has_a_world_of_its_own() -> None:
    one, untouched = box().sandbox, box().sandbox
    before = _all(box().sandbox)
    for activity in one.state.activities.values():
        activity.values["name"] = "Changed"
        activity.values.setdefault("stream_types", []).append("changed")
    for athlete in one.state.athletes.values():
        athlete.sport_settings[0]["lthr"] = 1
        athlete.wellness.clear()
    for chat in one.state.chats.values():
        next(iter(chat.messages.values()))["content"] = "Changed"
    one.state.ids.token("access token")
    assert _all(untouched) == before
    assert _all(box().sandbox) == before


def test_what_one_sandbox_has_drawn_the_next_has_too() -> None:
    one, next_one = box().sandbox.state, box().sandbox.state
    drawn = next(activity for activity in one.activities.values() if activity.record)
    again = next_one.activities[drawn.id]
    assert drawn.record is not None
    assert again.record is not None
    assert again.record() is drawn.record()


def test_another_seed_or_another_day_is_another_world() -> None:
    worlds = {
        _all(box(seed=seed, today=today).sandbox) for seed in (1, 2) for today in (TODAY, TODAY - timedelta(days=1))
    }
    assert len(worlds) == 4


def test_the_time_of_day_changes_nothing() -> None:
    later = box()
    later.clock.advance(3 * 3600)
    assert _all(box(later.clock).sandbox) == _all(box().sandbox)


DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))


@given(day=DAYS)
def test_a_world_of_a_given_day_begins_at_noon_when_it_is_that_day_for_everybody(world: Box, day: date) -> None:
    began = clock_from_noon(day, world.you.zone, lambda: 5.0)()
    assert began.astimezone(world.you.zone).replace(tzinfo=None) == datetime.combine(day, time(12))
    zones = {athlete.zone for athlete in world.sandbox.state.athletes.values()}
    assert {began.astimezone(zone).date() for zone in zones} == {day}
    assert len(zones) == 9


def test_from_there_its_clock_runs_on() -> None:
    seconds = iter([100.0, 100.0, 3700.5])
    clock = clock_from_noon(TODAY, ZoneInfo("Europe/Berlin"), lambda: next(seconds))
    assert [clock().isoformat() for _ in range(2)] == ["2026-11-23T11:00:00+00:00", "2026-11-23T12:00:00.500000+00:00"]


def test_a_world_of_a_given_day_ends_there_for_everybody_whatever_the_machines_hour() -> None:
    own = Box(create_app(today=TODAY, switches=Switches(rate_limits=False)), Clock())
    for other in own.you.follows:
        assert own.get(f"/athlete/{other}/wellness?oldest={TODAY - timedelta(days=3)}").json()[-1]["id"] == str(TODAY)


def test_a_world_is_there_in_less_than_half_a_second_of_work() -> None:
    began = process_time()
    build(1, TODAY)
    assert process_time() - began < 0.5


def test_you_follow_as_many_as_you_ask_for() -> None:
    for count in (0, 3, 8, 11):
        own = box(followed=count)
        assert len(own.you.follows) == count
        assert len({athlete.name for athlete in own.sandbox.state.athletes.values()}) == count + 1


def test_forty_people_are_there_in_less_than_two_seconds_of_work() -> None:
    began = process_time()
    build(1, TODAY, 40)
    assert process_time() - began < 2


def test_more_people_do_the_same_in_every_byte_each_time() -> None:
    assert _all(_built(20)) == _all(_built(20))


def test_a_longer_list_leaves_the_first_eight_as_they_were(world: Box, many: Box) -> None:
    def told(own: Box) -> list[Any]:
        ids = list(world.sandbox.state.athletes)
        athletes = [own.sandbox.state.athletes[athlete] for athlete in ids]
        done = [[_plain(item) for item in own.activities(athlete)] for athlete in athletes]
        return [done, [[one.facts, one.sport_settings, one.wellness] for one in athletes]]

    assert told(many) == told(world)


def _plain(activity: Activity) -> list[Any]:
    """Without the numbers that are given in order of time among everybody's."""
    return [
        activity.private,
        {key: value for key, value in activity.values.items() if key not in ("id", "icu_chat_id")},
    ]


def test_everyone_in_a_crowd_has_a_name_and_an_id_of_their_own(many: Box) -> None:
    athletes = many.sandbox.state.athletes
    assert len({athlete.name for athlete in athletes.values()}) == len(athletes) == 61


def test_those_who_train_do_so_two_to_six_times_a_week(many: Box) -> None:
    weeks = SIX_MONTHS.days / 7
    counts = [len(many.activities(many.sandbox.state.athletes[other])) / weeks for other in many.you.follows]
    assert {count for count in counts if count} == {count for count in counts if 2 <= count <= 6.5}


def test_the_ninth_has_signed_up_and_done_nothing_yet(many: Box) -> None:
    ninth = list(many.sandbox.state.athletes.values())[9]
    assert (many.activities(ninth), ninth.wellness) == ([], {})


def test_training_partners_follow_one_another(world: Box) -> None:
    athletes = world.sandbox.state.athletes
    assert all(athlete.follows == set(athletes) - {athlete.id} for athlete in athletes.values())


def test_the_line_of_json_names_one_you_and_whose_key_is_whose(world: Box) -> None:
    info: dict[str, Any] = world.sandbox.info("http://localhost:1")
    assert list(info) == ["base", "client_id", "client_secret", "redirects", "athletes"]
    assert info["redirects"] == []
    assert [athlete["you"] for athlete in info["athletes"]].count(True) == 1
    assert all(set(athlete) == {"id", "name", "api_key", "you"} for athlete in info["athletes"])
    assert info["athletes"][0]["api_key"] == world.you.api_key
    assert info["athletes"][1]["api_key"] is None


def _same(activity: Activity, session: Session, start: int) -> bool:
    began = datetime.fromisoformat(activity.values["start_date"])
    near = abs((began - session.start).total_seconds()) <= start
    return near and abs(activity.values["elapsed_time"] - session.elapsed) <= session.elapsed * 0.01 + 1


def test_five_activities_are_sessions_that_another_device_recorded_too(world: Box) -> None:
    for session in linked(LIFE):
        (match,) = [item for item in world.activities(source="GARMIN_CONNECT") if _same(item, session, 20)]
        assert match.values["type"] == session.type
        assert match.values["average_heartrate"] == pytest.approx(session.average_heartrate, abs=1)
    assert len(linked(LIFE)) == 5


def test_two_sessions_came_through_strava(world: Box) -> None:
    stubs = world.activities(source="STRAVA")
    assert len(stubs) == len(through_strava(LIFE)) == 2
    for session in through_strava(LIFE):
        assert len([stub for stub in stubs if _same(stub, session, 120)]) == 1


def test_nothing_else_overlaps_with_a_workout_of_the_export(world: Box) -> None:
    others = {*linked(LIFE), *through_strava(LIFE)}
    for session in LIFE.sessions:
        overlapping = [item for item in world.activities() if _overlap(item, session)]
        assert len(overlapping) == (1 if session in others else 0)


def _overlap(activity: Activity, session: Session) -> bool:
    began = datetime.fromisoformat(activity.values["start_date"])
    return began < session.end and session.start < began + timedelta(seconds=activity.values["elapsed_time"])


def test_six_months_of_everybody_are_told(world: Box) -> None:
    for athlete in world.sandbox.state.athletes.values():
        days = [item.day for item in world.activities(athlete)]
        assert TODAY - SIX_MONTHS <= min(days) <= TODAY - timedelta(days=170)
        assert TODAY - timedelta(days=15) <= max(days) <= TODAY
        assert min(athlete.wellness) >= TODAY - SIX_MONTHS


def test_your_wellness_holds_only_what_a_person_types(world: Box) -> None:
    typed = {key for record in world.you.wellness.values() for key in record}
    assert typed == {"mood", "soreness", "comments", "weight", "locked", "updated"}


def test_every_day_that_holds_something_says_when_it_was_written(world: Box) -> None:
    for athlete in world.sandbox.state.athletes.values():
        for day, record in athlete.wellness.items():
            assert datetime.fromisoformat(record["updated"]).astimezone(athlete.zone).date() == day


def test_six_weights_are_typed_half_of_them_as_the_scale_said(world: Box) -> None:
    weights = {day: record["weight"] for day, record in world.you.wellness.items() if "weight" in record}
    assert len(weights) == 6
    assert [weight == LIFE.weights[day] for day, weight in weights.items()].count(True) == 3


def test_one_week_is_locked_with_mood_and_soreness_and_no_weight(world: Box) -> None:
    locked = [day for day, record in world.you.wellness.items() if record.get("locked")]
    assert len(locked) == 7
    assert max(locked) - min(locked) == timedelta(days=6)
    assert min(locked) > TODAY - timedelta(days=120)
    assert all({"mood", "soreness"} <= set(world.you.wellness[day]) for day in locked)
    assert all("weight" not in world.you.wellness[day] for day in locked)


def test_two_custom_fields_wait_for_energy(world: Box) -> None:
    contents = [item["content"] for item in world.you.custom_items.values()]
    assert [(content["code"], content["type"]) for content in contents] == [
        ("ActiveEnergy", "numeric"),
        ("RestingEnergy", "numeric"),
    ]


def test_the_followed_show_every_case_a_feed_meets(world: Box) -> None:
    friends = [item for item in world.sandbox.state.activities.values() if item.athlete_id != world.you.id]
    assert any(item.stub for item in friends)
    assert any(item.private for item in friends)
    assert any("source" not in item.values for item in friends)
    assert any("12 min" in item.values.get("name", "") for item in friends)
    assert any(item.day == TODAY for item in friends)
    assert {item.athlete_id.startswith("i") for item in friends} == {True, False}


def test_people_have_talked_about_their_activities_and_yours(world: Box) -> None:
    chats = world.sandbox.state.chats.values()
    activities = world.sandbox.state.activities
    owners = {activities[str(chat.activity_id)].athlete_id for chat in chats}
    assert world.you.id in owners
    assert len(owners) > 4
    assert any(message["athlete_id"] == world.you.id for chat in chats for message in chat.messages.values())


def test_some_messages_are_more_than_words(world: Box) -> None:
    messages = [message for chat in world.sandbox.state.chats.values() for message in chat.messages.values()]
    kinds = ({"attachment_url", "attachment_mime_type"}, {"start_index", "end_index"}, {"deleted", "deleted_by_id"})
    found = [[message for message in messages if kind <= set(message)] for kind in kinds]
    assert all(found)
    assert not any("content" in message for message in found[2])


def test_what_was_said_days_ago_is_read_and_what_is_new_is_not(world: Box) -> None:
    rows = world.get("/athlete/0/chats").json()
    unread = [row for row in rows if row["new_message_count"]]
    assert unread
    assert {row["updated"][:10] >= str(TODAY - timedelta(days=4)) for row in unread} == {True}


def test_nobody_to_talk_to_means_no_chats() -> None:
    assert box(followed=0).sandbox.state.chats == {}


def test_the_followed_do_sports_of_every_kind(world: Box) -> None:
    friends = [item for item in world.sandbox.state.activities.values() if item.athlete_id != world.you.id]
    types = {item.values.get("type") for item in friends}
    assert {"Ride", "Run", "Swim", "WeightTraining", "VirtualRide"} <= types
    indoor = next(item for item in friends if item.values.get("type") == "VirtualRide")
    assert indoor.values["device_watts"]
    assert "latlng" not in indoor.values["stream_types"]


def test_strava_ids_are_bare_digits_and_the_others_begin_with_i(world: Box) -> None:
    for activity in world.sandbox.state.activities.values():
        assert activity.id.isdigit() is activity.stub
        assert activity.id.lstrip("i").isdigit()


def test_nothing_of_the_world_lies_in_the_future_when_the_day_begins() -> None:
    own = box(followed=8)
    midnight = datetime.fromisoformat(f"{TODAY}T00:00:00+01:00")
    for activity in own.sandbox.state.activities.values():
        assert datetime.fromisoformat(activity.values["start_date"]) < midnight


@settings(max_examples=examples(15), deadline=None)
@given(seed=st.integers(0, 10**9), today=DAYS)
def test_any_seed_on_any_day_keeps_the_promises(seed: int, today: date) -> None:
    state = build(seed, today, followed=0)
    you, story = state.athletes[state.you], life(seed, today)
    weights = {day: record["weight"] for day, record in you.wellness.items() if "weight" in record}
    assert len(weights) == 6
    assert [weight == story.weights[day] for day, weight in weights.items()].count(True) == 3
    activities = list(state.activities.values())
    overlaps = [sum(_overlap(item, session) for item in activities) for session in story.sessions]
    assert sorted(overlaps) == [0] * 53 + [1] * 7


def test_ids_of_one_kind_do_not_shift_those_of_another() -> None:
    plain, mixed = Ids(1), Ids(1)
    mixed.token("session")
    mixed.number("chat", 1)
    assert plain.token("code") == mixed.token("code")
    assert plain.number("event", 5) == mixed.number("event", 5) == 5
