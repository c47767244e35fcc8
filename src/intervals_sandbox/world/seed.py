"""Builds the world a sandbox starts with. Same seed and same day: the same in every byte."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, partial
from zoneinfo import ZoneInfo

from intervals_sandbox.ids import Ids
from intervals_sandbox.state import Activity, Athlete, State, Values
from intervals_sandbox.times import stamp, utc_text, wall_text
from intervals_sandbox.world import followed as friends
from intervals_sandbox.world import you as yours
from intervals_sandbox.world.followed import DAYS, Done
from intervals_sandbox.world.life import ZONE, life, stream
from intervals_sandbox.world.people import followed as whom
from intervals_sandbox.world.sketch import draw, values
from intervals_sandbox.world.talk import talk

FOLLOWED = 8
APP_NAME = "Intervals Companion"
_EVENING = time(21, 30)


def build(seed: int, today: date, followed: int = FOLLOWED, api_key: bool = True) -> State:
    """The athlete whom the demo signs in as, those they follow, six months up to `today`, and one registered app.

    All of them follow one another, as training partners do.
    """
    ids = Ids(seed)
    rnd = stream(seed, "athlete ids")
    you = friends.athlete(yours.YOU, f"i{rnd.randrange(200_000, 300_000)}")
    state = State(ids, you.id)
    state.athletes[you.id] = you
    people = whom(followed)
    for number, person in enumerate(people):
        first = 2_000_000 if number % 4 == 3 else 300_000  # every fourth began as a Strava login: bare digits
        other = friends.athlete(
            person, f"{'' if number % 4 == 3 else 'i'}{first + number * 10_000 + rnd.randrange(9_999)}"
        )
        state.athletes[other.id] = other
        other.wellness = _stamped(friends.wellness(seed, person, today), other)
        if person.coached:
            you.coaches.add(other.id)
    if api_key:
        you.api_key = ids.api_key()
    state.register(APP_NAME)
    _tell_your_story(state, you, seed, today)
    others = [athlete for athlete in state.athletes.values() if athlete is not you]
    for other, person in zip(others, people, strict=True):
        _add(state, other, friends.training(seed, person, today))
        if person.legacy:
            _add_legacy_stub(state, other, today)
    for athlete in state.athletes.values():
        athlete.follows = state.athletes.keys() - {athlete.id}
    _number(state)
    talk(state, seed, today)
    return state


def _tell_your_story(state: State, you: Athlete, seed: int, today: date) -> None:
    story = life(seed, today)
    you.wellness = _stamped(yours.wellness(seed, story), you)
    _add(state, you, yours.training(seed, story))
    for code, name in yours.FIELDS:
        _custom_field(state, you, code, name, today)
    _plan(state, you, today)


def _stamped(days: dict[date, Values], athlete: Athlete) -> dict[date, Values]:
    """Each day was written down on its evening."""
    return {
        day: {**record, "updated": stamp(datetime.combine(day, _EVENING, athlete.zone))} for day, record in days.items()
    }


def _custom_field(state: State, you: Athlete, code: str, name: str, today: date) -> None:
    number = state.ids.number("custom item", 400_001)
    you.custom_items[number] = {
        "id": number,
        "athlete_id": you.id,
        "type": "INPUT_FIELD",
        "name": name,
        "visibility": "PRIVATE",
        "content": {"code": code, "type": "numeric", "aggregate": "SUM"},
        "index": len(you.custom_items),
        "hide_script": False,
        "usage_count": 0,
        "updated": stamp(_morning(today - timedelta(days=90))),
    }


def _plan(state: State, you: Athlete, today: date) -> None:
    """Where fitness starts, and what lies ahead."""
    first = today - timedelta(days=DAYS)
    _event(
        state,
        you,
        first,
        today,
        category="SET_FITNESS",
        name="Fitness before Intervals.icu",
        icu_ctl=38.0,
        icu_atl=41.0,
    )
    for ahead, planned in (
        (1, {"category": "WORKOUT", "name": "Easy run", "type": "Run", "moving_time": 2700, "icu_training_load": 42}),
        (3, {"category": "WORKOUT", "name": "Hills", "type": "Ride", "moving_time": 5400, "icu_training_load": 78}),
        (4, {"category": "NOTE", "name": "Bike to the workshop"}),
        (26, {"category": "RACE_A", "name": "Lake half marathon", "type": "Run", "distance": 21_097.5}),
    ):
        _event(state, you, today + timedelta(days=ahead), today, **planned)


def _event(state: State, you: Athlete, day: date, today: date, **said: object) -> None:
    number = state.ids.number("event", 90_000_001)
    plain = ("athlete_cannot_edit", "entered", "for_week", "hide_from_athlete", "not_on_fitness_chart", "show_as_note")
    you.events[number] = {
        **dict.fromkeys((*plain, "show_on_ctl_line", "structure_read_only"), False),
        "training_availability": "NORMAL",
        "calendar_id": you.calendar_id,
        "uid": state.ids.token("event uid"),
        "id": number,
        "athlete_id": you.id,
        "created_by_id": you.id,
        "updated": stamp(_morning(today - timedelta(days=14))),
        "start_date_local": wall_text(datetime.combine(day, time())),
        "end_date_local": wall_text(datetime.combine(day + timedelta(days=1), time())),
        **said,
    }


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(7, 30), ZoneInfo(ZONE)).astimezone(UTC)


def _add(state: State, athlete: Athlete, training: Iterable[Done]) -> None:
    """Under passing ids; `_number` gives the lasting ones, in order of time."""
    for done in training:
        fields = values(done.sketch, athlete)
        known = stamp(done.sketch.start + timedelta(seconds=done.sketch.elapsed + 240))
        fields |= {"source": done.source, "created": known, "analyzed": known, "icu_sync_date": known}
        record = None if done.source == "STRAVA" else cache(partial(draw, done.sketch))
        passing = f"{athlete.id} {len(state.activities)}"
        state.activities[passing] = Activity(passing, athlete.id, fields, record, private=done.private)


def _add_legacy_stub(state: State, athlete: Athlete, today: date) -> None:
    """An activity of the early days of which only the start is left: no source, all figures null."""
    start = datetime.combine(today - timedelta(days=DAYS), time(8, 0), athlete.zone)
    fields = {"start_date_local": wall_text(start), "start_date": utc_text(start)}
    passing = f"{athlete.id} {len(state.activities)}"
    state.activities[passing] = Activity(passing, athlete.id, fields)


def _number(state: State) -> None:
    """Ids in order of time: `i` and digits, bare digits for what came through Strava."""
    ordered = sorted(state.activities.values(), key=lambda item: (item.values["start_date"], item.athlete_id))
    state.activities = {}
    for activity in ordered:
        strava = activity.stub
        number = (
            state.ids.number("strava activity", 16_358_453_283) if strava else state.ids.number("activity", 190_000_001)
        )
        activity.id = str(number) if strava else f"i{number}"
        activity.values |= {"id": activity.id, "icu_athlete_id": activity.athlete_id}
        state.activities[activity.id] = activity
