"""Every call about other athletes and comments: against the sandbox on a socket, and against the published description.

The sandbox is written from the same facts as the client, neither from the other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from attrs import frozen

from intervals_companion.domain.days import monday
from intervals_companion.domain.errors import (
    CompanionError,
    KeyMissing,
    NotFound,
    PermissionMissing,
    ServiceRefused,
    SignInExpired,
)
from intervals_companion.domain.remote_activity import Hidden
from intervals_companion.domain.social import Comment
from intervals_companion.intervals import comments, oauth, people, protocol
from intervals_companion.intervals.activity_record import read_one
from intervals_companion.intervals.client import IntervalsClient, Keys, sign_in
from intervals_companion.intervals.credentials import ApiKey, Bearer, Credential
from intervals_companion.intervals.limits import TokenBucket
from intervals_companion.intervals.scopes import REQUESTED, expanded
from intervals_companion.intervals.transport import Transport, default_transport
from intervals_companion.intervals.wire import Call, DataOwner, Response
from intervals_companion.social import feed
from intervals_sandbox.person import Person
from intervals_sandbox.server import Running, running
from support.facts import facts_path

TODAY = date(2026, 10, 5)
FORTNIGHT = TODAY - timedelta(days=13)
LANDING, STATE = "http://localhost:8642/connected", "5f" * 32
OWN, OTHERS = DataOwner.OWN, DataOwner.OTHERS


@frozen
class Service:
    running: Running
    transport: Transport
    time: list[float]

    @property
    def sandbox(self) -> Any:
        return self.running.sandbox

    def sleep(self, seconds: float) -> None:
        self.time[0] += seconds

    def client(self, credential: Credential) -> IntervalsClient:
        rate_limiter = TokenBucket(lambda: self.time[0], self.sleep)
        return IntervalsClient(
            self.running.base,
            credential,
            self.transport,
            rate_limiter=rate_limiter,
            sleep=self.sleep,
            random=lambda: 0.0,
        )

    def key_of(self, athlete: str) -> ApiKey:
        with self.sandbox.lock:
            found = self.sandbox.state.athletes[athlete]
            found.api_key = found.api_key or f"key{athlete}"
            return ApiKey(found.api_key)

    def by_key(self, athlete: str | None = None) -> IntervalsClient:
        return self.client(self.key_of(athlete or self.sandbox.you.id))

    def by_token(self, scope: str = REQUESTED) -> IntervalsClient:
        """Beside it the key of the account."""
        info = self.running.info
        url = oauth.authorize_url(self.running.base, str(info["client_id"]), LANDING, scope, STATE)
        with Person(self.running.base, self.sandbox.you.id) as person:
            landed = person.allow(url, {str(one) for one in expanded(scope)})
        code = oauth.landed_code(landed, STATE)
        client_id, secret = str(info["client_id"]), str(info["client_secret"])
        found = sign_in(self.running.base, self.transport, client_id, secret, code)
        made = self.client(Bearer(found.access_token))
        made.keys = Keys(lambda: self.key_of(self.sandbox.you.id), lambda _refused: False)
        return made

    def newest(self, athlete: str) -> str:
        """Of those that are shared whole and that nobody has said anything about."""
        found = [
            one for one in self.sandbox.state.activities_of(athlete)
            if not one.stub and not one.private and "icu_chat_id" not in one.values and one.values.get("stream_types")
        ]  # fmt: skip
        return str(max(found, key=lambda one: one.values["start_date_local"]).id)

    @property
    def friend(self) -> str:
        return str(min(self.sandbox.you.follows))


@pytest.fixture
def service() -> Iterator[Service]:
    time = [0.0]

    def clock() -> datetime:
        return datetime(2026, 10, 5, 12, tzinfo=UTC) + timedelta(seconds=time[0])

    with ExitStack() as stack:
        sandbox = stack.enter_context(running(seed=1, today=TODAY, clock=clock, followed=4))
        yield Service(sandbox, stack.enter_context(default_transport(sandbox.base, 5)), time)


# --- athletes --------------------------------------------------------------------------------------------------------


def test_everybody_one_follows_is_told_oneself_included(service: Service) -> None:
    found = {one.id: one for one in service.by_token().ask(people.followed())}
    you = service.sandbox.you
    assert found.keys() == {you.id, *you.follows}
    assert {one.id for one in found.values() if one.coached} == you.coaches
    assert all(one.name == service.sandbox.state.athletes[one.id].name for one in found.values())


def test_weeks_are_those_of_everybody(service: Service) -> None:
    found = service.by_token().ask(people.weeks(monday(FORTNIGHT), TODAY))
    assert {one.athlete for one in found} == {service.sandbox.you.id, *service.sandbox.you.follows}
    assert {one.first.weekday() for one in found} == {0}
    assert all(one.form is not None and one.count >= 0 for one in found)


def test_weeks_may_be_told_by_the_day(service: Service) -> None:
    call = people.weeks(monday(FORTNIGHT), TODAY)
    by_week = feed.by_week(one for one in service.by_key().ask(call) if one.athlete == service.friend)
    service.sandbox.switches = service.sandbox.switches.flipped({"summary_rows": "day"})
    by_day = feed.by_week(one for one in service.by_key().ask(call) if one.athlete == service.friend)
    assert [(one.first, one.count, one.seconds) for one in by_day] == [
        (one.first, one.count, one.seconds) for one in by_week
    ]


def test_a_profile_tells_of_its_athlete(service: Service) -> None:
    assert service.by_token().ask(people.profile(service.friend))["id"] == service.friend


def test_the_activities_of_another_come_latest_first_with_what_a_line_says(service: Service) -> None:
    found = service.by_token().ask(people.activities_of(service.friend, FORTNIGHT, TODAY))
    starts = [one["start_date_local"] for one in found]
    assert starts == sorted(starts, reverse=True)
    assert all(FORTNIGHT.isoformat() <= start[:10] <= TODAY.isoformat() for start in starts)
    whole = next(one for one in found if read_one(one).hidden is None)
    assert {"type", "name", "moving_time", "icu_training_load", "stream_types"} <= whole.keys()


def test_what_strava_hides_and_what_is_private_are_stubs(service: Service) -> None:
    with service.sandbox.lock:
        one, other = [each for each in service.sandbox.state.activities_of(service.friend) if not each.stub][-2:]
        one.private = True
        other.values["source"] = "STRAVA"
    call = people.activities_of(service.friend, TODAY - timedelta(days=200), TODAY)
    found = {each["id"]: read_one(each).hidden for each in service.by_token().ask(call)}
    assert (found[one.id], found[other.id]) == (Hidden.NOT_SHARED, Hidden.STRAVA)


@pytest.mark.parametrize("owner", [OWN, OTHERS])
def test_a_list_and_an_activity_of_its_own_say_the_same_of_what_is_hidden(service: Service, owner: DataOwner) -> None:
    client, athlete = service.by_token(), service.sandbox.you.id if owner is OWN else service.friend
    since = TODAY - timedelta(days=400)
    if owner is OWN:
        rows = list(client.ask(protocol.activities(since, TODAY)))
    else:
        with service.sandbox.lock:
            next(one for one in service.sandbox.state.activities_of(athlete) if not one.stub).private = True
        rows = [read_one(one) for one in client.ask(people.activities_of(athlete, since, TODAY))]
    kinds = {(row.hidden, row.source is None): row for row in rows}
    assert {hidden for hidden, _ in kinds} >= ({None, Hidden.STRAVA} if owner is OWN else {None, Hidden.NOT_SHARED})
    for row in kinds.values():
        assert read_one(client.ask(people.activity(row.id, owner))).hidden is row.hidden


@pytest.mark.parametrize("owner", [OWN, OTHERS])
def test_an_activity_is_told_with_intervals_and_streams(service: Service, owner: DataOwner) -> None:
    name = service.newest(service.sandbox.you.id if owner is OWN else service.friend)
    client = service.by_token()
    assert client.ask(people.activity(name, owner))["id"] == name
    streams = client.ask(people.streams(name, owner, "time,heartrate"))
    assert isinstance(streams, list)
    assert {one["type"] for one in streams} <= {"time", "heartrate"}
    assert streams


# --- comments --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("owner", [OWN, OTHERS])
def test_a_comment_is_written_read_changed_seen_and_taken_back(service: Service, owner: DataOwner) -> None:
    you = service.sandbox.you.id
    name = service.newest(you if owner is OWN else service.friend)
    mine, friend = service.by_token(), service.by_key(service.friend)
    assert mine.ask(comments.comments(name, owner)) == []
    number = mine.ask(comments.send(name, owner, "Well done 💪"))
    (found,) = mine.ask(comments.comments(name, owner))
    assert (found.id, found.author, found.text, found.seen, found.deleted) == (number, you, "Well done 💪", True, False)
    assert found.made is not None

    answer = friend.ask(comments.send(name, owner, "Thank you"))
    assert [one.seen for one in mine.ask(comments.comments(name, owner))] == [True, False]
    chat = mine.ask(people.activity(name, owner))["icu_chat_id"]
    told = {one.activity: one for one in mine.ask(comments.chats())}[name]
    assert (told.id, told.new) == (chat, 1)
    mine.ask(comments.seen(chat, answer, owner))
    assert {one.activity: one.new for one in mine.ask(comments.chats())}[name] == 0

    mine.ask(comments.edit(chat, number, owner, "Very well done"))
    assert [one.text for one in mine.ask(comments.comments(name, owner))] == ["Very well done", "Thank you"]
    mine.ask(comments.delete(chat, number, owner))
    assert [one.deleted for one in mine.ask(comments.comments(name, owner))] == [True, False]
    with pytest.raises(NotFound):
        mine.ask(comments.delete(chat, number, owner))
    with pytest.raises(PermissionMissing):
        mine.ask(comments.edit(chat, answer, owner, "Mine now"))


@pytest.mark.parametrize("newest_first", [False, True])
def test_only_what_came_after_one_is_told_in_the_order_of_writing(service: Service, newest_first: bool) -> None:
    service.sandbox.switches = service.sandbox.switches.flipped({"messages_newest_first": newest_first})
    name, client = service.newest(service.friend), service.by_token()
    numbers = [client.ask(comments.send(name, OTHERS, text)) for text in ("one", "two", "three")]
    assert [one.id for one in client.ask(comments.comments(name, OTHERS))] == numbers
    assert [one.id for one in client.ask(comments.comments(name, OTHERS, since=numbers[0]))] == numbers[1:]


def test_a_comment_without_words_is_refused(service: Service) -> None:
    with pytest.raises(ServiceRefused):
        service.by_token().ask(comments.send(service.newest(service.friend), OTHERS, " "))


@pytest.mark.parametrize("text", ["x" * 10_000, "\u202bכל הכבוד\u202c", "👩🏽\u200d🚴\u200d♀️", "<script>\n\"'&"])
def test_any_text_comes_back_as_it_was_sent(service: Service, text: str) -> None:
    name, client = service.newest(service.friend), service.by_token()
    client.ask(comments.send(name, OTHERS, text))
    assert [one.text for one in client.ask(comments.comments(name, OTHERS))] == [text]


# --- refusals --------------------------------------------------------------------------------------------------------

THEIRS: dict[str, Callable[[str, str], Call[Any]]] = {
    "profile": lambda athlete, _: people.profile(athlete),
    "activities": lambda athlete, _: people.activities_of(athlete, FORTNIGHT, TODAY),
    "activity": lambda _, name: people.activity(name, OTHERS),
    "streams": lambda _, name: people.streams(name, OTHERS, "time"),
    "comments": lambda _, name: comments.comments(name, OTHERS),
    "send": lambda _, name: comments.send(name, OTHERS, "Well done"),
}


@pytest.mark.parametrize("make", THEIRS.values(), ids=list(THEIRS))
def test_after_an_end_to_following_all_of_it_is_refused(
    service: Service, make: Callable[[str, str], Call[Any]]
) -> None:
    call = make(service.friend, service.newest(service.friend))
    client = service.by_token()
    client.ask(call)
    with service.sandbox.lock:
        service.sandbox.you.follows.discard(service.friend)
        service.sandbox.you.coaches.discard(service.friend)
    with pytest.raises(PermissionMissing):
        client.ask(call)


@pytest.mark.parametrize("make", THEIRS.values(), ids=list(THEIRS))
def test_a_key_of_yesterday_is_refused(service: Service, make: Callable[[str, str], Call[Any]]) -> None:
    call, old = make(service.friend, service.newest(service.friend)), service.by_key()
    with Person(service.running.base, service.sandbox.you.id) as person:
        person.generate_key()
    with pytest.raises(SignInExpired, match="API key"):
        old.ask(call)


@pytest.mark.parametrize("make", THEIRS.values(), ids=list(THEIRS))
def test_without_a_key_the_sign_in_is_not_tried(service: Service, make: Callable[[str, str], Call[Any]]) -> None:
    client = service.by_token()
    client.keys = None
    before = len(service.sandbox.log.as_json())
    with pytest.raises(KeyMissing):
        client.ask(make(service.friend, service.newest(service.friend)))
    assert len(service.sandbox.log.as_json()) == before


OWN_CALLS: dict[str, Callable[[str], Call[Any]]] = {
    "comments": lambda name: comments.comments(name, OWN),
    "send": lambda name: comments.send(name, OWN, "Good legs"),
}


@pytest.mark.parametrize("make", OWN_CALLS.values(), ids=list(OWN_CALLS))
def test_own_comments_need_their_box(service: Service, make: Callable[[str], Call[Any]]) -> None:
    client = service.by_token("ACTIVITY:WRITE,WELLNESS:WRITE")
    with pytest.raises(PermissionMissing, match="Chats"):
        client.ask(make(service.newest(service.sandbox.you.id)))
    assert {one["credential"] for one in service.sandbox.log.as_json()[-1:]} == {"token"}


# --- as published ----------------------------------------------------------------------------------------------------

CALLS: dict[str, tuple[Call[Any], str]] = {
    "listAthletes": (people.followed(), "/api/v1/athletes"),
    "summary": (people.weeks(FORTNIGHT, TODAY), "/api/v1/athlete/{id}/athlete-summary{ext}"),
    "profile": (people.profile("i9"), "/api/v1/athlete/{id}/profile"),
    "activities": (people.activities_of("i9", FORTNIGHT, TODAY), "/api/v1/athlete/{id}/activities"),
    "activity": (people.activity("i5", OTHERS), "/api/v1/activity/{id}"),
    "streams": (people.streams("i5", OTHERS, "time"), "/api/v1/activity/{id}/streams{ext}"),
    "chats": (comments.chats(), "/api/v1/athlete/{id}/chats"),
    "comments": (comments.comments("i5", OTHERS, 7), "/api/v1/activity/{id}/messages"),
    "send": (comments.send("i5", OTHERS, "x"), "/api/v1/activity/{id}/messages"),
    "edit": (comments.edit(3, 7, OTHERS, "x"), "/api/v1/chats/{id}/messages/{msgId}"),
    "delete": (comments.delete(3, 7, OTHERS), "/api/v1/chats/{id}/messages/{msgId}"),
    "seen": (comments.seen(3, 7, OTHERS), "/api/v1/chats/{id}/messages/{msgId}/seen"),
}


@pytest.fixture(scope="module")
def published() -> Any:
    return json.loads(facts_path("reference", "intervals-icu", "openapi.json").read_bytes())


@pytest.mark.parametrize(("call", "path"), CALLS.values(), ids=list(CALLS))
def test_every_call_is_in_the_published_description(published: Any, call: Call[Any], path: str) -> None:
    operation = published["paths"][path][call.method.lower()]
    pieces = path.replace("{ext}", "").split("/")
    assert len(pieces) == len(call.path.split("/"))
    assert all(piece.startswith("{") or piece == own for piece, own in zip(pieces, call.path.split("/"), strict=True))
    known = {one["name"] for one in operation.get("parameters", []) if one["in"] == "query"}
    assert {name for name, _ in call.query} <= known
    assert bool(call.body) <= ("requestBody" in operation)


def properties(published: Any, name: str) -> set[str]:
    return set(published["components"]["schemas"][name]["properties"])


def test_every_field_that_is_asked_for_or_read_is_published(published: Any) -> None:
    fields = dict(people.activities_of("i9", FORTNIGHT, TODAY).query)["fields"].split(",")
    unpublished = {"_note", "stream_types"}
    assert set(fields) - properties(published, "Activity") <= unpublished
    read = {
        "id", "athlete_id", "name", "created", "content", "start_index", "end_index", "attachment_url", "deleted",
        "seen",
    }  # fmt: skip
    assert read <= properties(published, "Message")
    assert {"id", "activity_id", "new_message_count"} <= properties(published, "Chat")
    assert {"id", "name", "icu_tags"} <= properties(published, "AthleteWithTags")


def test_a_message_as_published_is_read(published: Any) -> None:
    kinds = published["components"]["schemas"]["Message"]["properties"]
    samples: dict[str, Any] = {"integer": 7, "string": "x", "boolean": True, "number": 1.5, "object": {}, "array": []}
    row = {name: samples[kind.get("type", "object")] for name, kind in kinds.items()}
    body = json.dumps([{**row, "created": "2026-04-15T16:29:54.818+00:00"}]).encode()
    (found,) = comments.comments("i5", OTHERS).read(Response(200, {}, body))
    assert isinstance(found, Comment)
    assert (found.id, found.text, found.deleted) == (7, "x", True)


def test_no_refusal_of_theirs_holds_a_key(service: Service) -> None:
    key = service.key_of(service.sandbox.you.id).secret
    with service.sandbox.lock:
        service.sandbox.you.follows.clear()
    with pytest.raises(CompanionError) as refused:
        service.by_token().ask(people.profile(service.friend if service.sandbox.you.follows else "i1"))
    assert key not in str(refused.value)
