"""The client against the sandbox: two codes written from the same facts, neither from the other.

A person signs in through the sandbox's own pages. Client and sandbox share one clock that moves only when somebody
sleeps.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from attrs import frozen

from intervals_companion.domain.catalogue import metric
from intervals_companion.domain.errors import (
    PermissionMissing,
    ServiceRefused,
    SignInDeclined,
    SignInError,
    SignInExpired,
)
from intervals_companion.domain.remote_activity import Hidden
from intervals_companion.intervals import oauth, protocol
from intervals_companion.intervals.client import IntervalsClient, Requests, sign_in
from intervals_companion.intervals.credentials import ApiKey, Bearer, Credential
from intervals_companion.intervals.limits import TokenBucket
from intervals_companion.intervals.models import KeyState, SignIn
from intervals_companion.intervals.scopes import REQUESTED, Grant, Scope, expanded, missing, requested
from intervals_companion.intervals.transport import Transport, default_transport
from intervals_sandbox.person import Person
from intervals_sandbox.server import running

TODAY = date(2026, 10, 5)
MONTH = TODAY - timedelta(days=30)
LANDING = "http://localhost:8642/connected"
STATE = "5f" * 32


class Time:
    """Noon of the day for both sides; it moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def clock(self) -> float:
        return self.seconds

    def utc(self) -> datetime:
        return datetime(2026, 10, 5, 12, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


# --- the service, and ways to reach it -------------------------------------------------------------------------------


@frozen
class Service:
    base: str
    info: Any
    time: Time
    transport: Transport
    person: Person

    @property
    def me(self) -> Any:
        return next(athlete for athlete in self.info["athletes"] if athlete["you"])

    def client(self, credential: Credential) -> IntervalsClient:
        time = self.time
        return IntervalsClient(
            self.base,
            credential,
            self.transport,
            rate_limiter=TokenBucket(time.clock, time.sleep),
            sleep=time.sleep,
            random=lambda: 0.0,
        )

    def by_key(self) -> IntervalsClient:
        return self.client(ApiKey(self.me["api_key"]))

    def consent(self, scope: str = REQUESTED, *, cancel: bool = False, untick: tuple[str, ...] = ()) -> str:
        """Where the browser lands after the consent dialog."""
        url = oauth.authorize_url(self.base, str(self.info["client_id"]), LANDING, scope, STATE)
        if cancel:
            return self.person.decline(url)
        return self.person.allow(url, {str(one) for one in expanded(scope)} - set(untick))

    def trade(self, code: str, secret: str | None = None) -> SignIn:
        client_id = str(self.info["client_id"])
        return sign_in(self.base, self.transport, client_id, secret or self.info["client_secret"], code)

    def signed_in(self, scope: str = REQUESTED, untick: tuple[str, ...] = ()) -> tuple[SignIn, IntervalsClient]:
        found = self.trade(oauth.landed_code(self.consent(scope, untick=untick), STATE))
        return found, self.client(Bearer(found.access_token))


@contextmanager
def served(**options: Any) -> Iterator[Service]:
    time = Time()
    with ExitStack() as stack:
        sandbox = stack.enter_context(running(port=0, seed=1, today=TODAY, clock=time.utc, **options))
        transport = stack.enter_context(default_transport(sandbox.base, 5))
        person = stack.enter_context(Person(sandbox.base, sandbox.sandbox.you.id))
        yield Service(sandbox.base, sandbox.info, time, transport, person)


@pytest.fixture(scope="module")
def shared() -> Iterator[Service]:
    with served() as found:
        yield found


@pytest.fixture
def service(shared: Service) -> Service:
    """For tests that leave no data behind: each comes a minute after the last and signs in anew."""
    shared.time.sleep(60)
    return shared


@pytest.fixture
def own() -> Iterator[Service]:
    with served() as found:
        yield found


# --- signing in ------------------------------------------------------------------------------------------------------


def test_a_person_signs_in_and_the_service_says_who_and_what(service: Service) -> None:
    found, client = service.signed_in()
    assert (found.athlete_id, found.athlete_name) == (service.me["id"], service.me["name"])
    assert found.grant == Grant.parse(REQUESTED)
    assert client.ask(protocol.athlete()).id == service.me["id"]


def test_an_unticked_box_is_missing_from_the_grant(service: Service) -> None:
    found, _ = service.signed_in(untick=("WELLNESS:WRITE",))
    assert missing(found.grant, expanded(REQUESTED)) == (Scope("WELLNESS", "WRITE"),)


def test_cancel_connects_nothing(service: Service) -> None:
    landed = service.consent(cancel=True)
    with pytest.raises(SignInDeclined):
        oauth.landed_code(landed, STATE)


def test_a_code_works_once(service: Service) -> None:
    code = oauth.landed_code(service.consent(), STATE)
    service.trade(code)
    with pytest.raises(SignInError, match="already used"):
        service.trade(code)


def test_a_code_lives_two_minutes(service: Service) -> None:
    code = oauth.landed_code(service.consent(), STATE)
    service.time.sleep(121)
    with pytest.raises(SignInError, match="has expired"):
        service.trade(code)


def test_a_wrong_client_secret_is_named(service: Service) -> None:
    code = oauth.landed_code(service.consent(), STATE)
    with pytest.raises(SignInError, match="client id and secret"):
        service.trade(code, secret="0" * 32)


def test_signing_in_on_a_second_device_ends_the_first(service: Service) -> None:
    _, first = service.signed_in()
    _, second = service.signed_in()
    with pytest.raises(SignInExpired):
        first.ask(protocol.athlete())
    assert second.ask(protocol.athlete()).id == service.me["id"]


def test_a_disconnected_app_is_signed_out(service: Service) -> None:
    _, client = service.signed_in()
    client.ask(protocol.disconnect())
    with pytest.raises(SignInExpired):
        client.ask(protocol.athlete())


def test_an_api_key_opens_its_owners_account(service: Service) -> None:
    assert service.by_key().ask(protocol.athlete()).id == service.me["id"]


@pytest.mark.parametrize("credential", [ApiKey("0" * 25), Bearer("0" * 32)], ids=["key", "token"])
def test_an_unknown_credential_is_not_let_in(service: Service, credential: Credential) -> None:
    with pytest.raises(SignInExpired):
        service.client(credential).ask(protocol.athlete())


# --- permissions -----------------------------------------------------------------------------------------------------


def test_a_missing_box_is_named_and_the_key_of_the_account_is_not_tried(service: Service) -> None:
    _, client = service.signed_in(untick=("WELLNESS:WRITE",))
    with pytest.raises(PermissionMissing, match="Wellness Data, Update is off"):
        client.ask(protocol.put_wellness({TODAY: {"weight": 71.3}}))
    assert client.requests == Requests(write=1)


def test_reading_still_works_where_only_update_is_off(service: Service) -> None:
    _, client = service.signed_in(untick=("WELLNESS:WRITE",))
    assert client.ask(protocol.wellness(TODAY, TODAY))


def test_reading_wellness_needs_its_box(service: Service) -> None:
    _, client = service.signed_in(untick=("WELLNESS:READ", "WELLNESS:WRITE"))
    with pytest.raises(PermissionMissing, match="Wellness Data, Read is off"):
        client.ask(protocol.wellness(TODAY, TODAY))


def test_activities_need_their_box(service: Service) -> None:
    _, client = service.signed_in(untick=("ACTIVITY:READ", "ACTIVITY:WRITE"))
    with pytest.raises(PermissionMissing, match="Activities, Read is off"):
        client.ask(protocol.activities(MONTH, TODAY))


def test_uploading_needs_its_box(service: Service) -> None:
    _, client = service.signed_in(untick=("ACTIVITY:WRITE",))
    with pytest.raises(PermissionMissing, match="Activities, Update is off"):
        upload(client)


def test_creating_a_field_needs_a_box_that_is_not_asked_for_by_default(service: Service) -> None:
    _, client = service.signed_in()
    with pytest.raises(PermissionMissing, match="Settings, Update is off"):
        client.ask(protocol.create_field(metric("Daylight")))


# --- the athlete -----------------------------------------------------------------------------------------------------


def test_an_athlete_has_a_zone_and_a_key(service: Service) -> None:
    athlete = service.by_key().ask(protocol.athlete())
    assert athlete.timezone
    assert athlete.api_key == KeyState(shown=True, value=service.me["api_key"])


def test_an_athlete_who_never_made_a_key_has_none() -> None:
    with served(api_key=False) as service:
        _, client = service.signed_in()
        assert client.ask(protocol.athlete()).api_key == KeyState(shown=True, value=None)


# --- wellness --------------------------------------------------------------------------------------------------------


def test_what_is_written_reads_back_and_other_fields_stay(own: Service) -> None:
    client = own.by_key()
    (before,) = client.ask(protocol.wellness(TODAY, TODAY))
    client.ask(protocol.put_wellness({TODAY: {"weight": 71.35, "steps": 9021}}))
    (after,) = client.ask(protocol.wellness(TODAY, TODAY))
    measured = {field: value for field, value in after.values.items() if field not in after.temporary}
    assert measured == {**before.values, "weight": 71.35, "steps": 9021}


def test_several_days_go_out_in_one_request(own: Service) -> None:
    client = own.by_key()
    days = [TODAY - timedelta(days=back) for back in range(3)]
    client.ask(protocol.put_wellness({day: {"sleepSecs": 25_000 + day.day} for day in days}))
    assert client.requests.write == 1
    found = client.ask(protocol.wellness(days[-1], TODAY))
    assert {record.day: record.values["sleepSecs"] for record in found} == {day: 25_000 + day.day for day in days}


def test_a_locked_day_swallows_a_write_and_says_it_is_locked(own: Service) -> None:
    client = own.by_key()
    client.ask(protocol.put_wellness({TODAY: {"weight": 70.5, "locked": True}}))
    client.ask(protocol.put_wellness({TODAY: {"weight": 60.0}}))
    (record,) = client.ask(protocol.wellness(TODAY, TODAY))
    assert (record.values["weight"], record.locked) == (70.5, True)


def test_an_unknown_custom_field_sinks_the_day_and_is_named(own: Service) -> None:
    client = own.by_key()
    (before,) = client.ask(protocol.wellness(TODAY, TODAY))
    with pytest.raises(ServiceRefused) as caught:
        client.ask(protocol.put_wellness({TODAY: {"weight": 70.1, "NoSuchField": 3}}))
    assert caught.value.sentence == f"Unrecognized wellness field [NoSuchField] for athlete {own.me['id']}"
    assert client.ask(protocol.wellness(TODAY, TODAY)) == [before]


def test_a_custom_field_that_was_created_takes_values(own: Service) -> None:
    _, client = own.signed_in(requested(create_fields=True))
    assert "Daylight" not in client.ask(protocol.custom_fields())
    client.ask(protocol.create_field(metric("Daylight")))
    assert "Daylight" in client.ask(protocol.custom_fields())
    client.ask(protocol.put_wellness({TODAY: {"Daylight": 42}}))
    assert client.ask(protocol.wellness(TODAY, TODAY))[0].values["Daylight"] == 42


# --- activities ------------------------------------------------------------------------------------------------------

OURS = "ic1-1791180000-80"
GPX = b"""<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="hand" xmlns="http://www.topografix.com/GPX/1/1"><trk><type>running</type><trkseg>
<trkpt lat="52.5200" lon="13.4050"><ele>34</ele><time>2026-10-05T06:00:00Z</time></trkpt>
<trkpt lat="52.5209" lon="13.4050"><ele>34</ele><time>2026-10-05T06:00:40Z</time></trkpt>
<trkpt lat="52.5218" lon="13.4050"><ele>35</ele><time>2026-10-05T06:01:20Z</time></trkpt>
</trkseg></trk></gpx>
"""


def upload(client: IntervalsClient, content: bytes = GPX) -> tuple[tuple[str, ...], bool]:
    found = client.ask(
        protocol.upload(
            content,
            "ic1-1791180000-80.gpx",
            name="Läufe & mehr",
            external_id="ic1-1791180000-80",
            device_name="Apple Watch",
        )
    )
    return found.ids, found.created


def test_an_upload_becomes_an_activity_with_our_id_and_start(own: Service) -> None:
    _, client = own.signed_in()
    (new,), created = upload(client)
    assert created
    (activity,) = [each for each in client.ask(protocol.activities(TODAY, TODAY)) if each.id == new]
    assert activity.external_id == OURS
    assert activity.name == "Läufe & mehr"
    assert activity.start == datetime(2026, 10, 5, 6, tzinfo=UTC).timestamp() * 1000
    assert activity.elapsed == 80


def test_the_same_bytes_again_are_the_activity_already_there(own: Service) -> None:
    _, client = own.signed_in()
    first, _ = upload(client)
    assert upload(client) == (first, False)


def test_another_byte_is_another_activity(own: Service) -> None:
    _, client = own.signed_in()
    first, _ = upload(client)
    second, created = upload(client, GPX.replace(b'creator="hand"', b'creator="hands"'))
    assert created
    assert first != second


def test_a_file_that_is_no_activity_is_refused(service: Service) -> None:
    with pytest.raises(ServiceRefused):
        upload(service.by_key(), b"no activity at all")


def test_a_years_activities_are_read_and_strava_hides_some(service: Service) -> None:
    found = service.by_key().ask(protocol.activities(TODAY - timedelta(days=365), TODAY))
    hidden = [activity for activity in found if activity.hidden]
    shown = [activity for activity in found if not activity.hidden]
    assert hidden
    assert all((stub.start, stub.type, stub.name, stub.elapsed) == (None, None, None, None) for stub in hidden)
    assert shown
    assert all(activity.start and activity.type and activity.elapsed for activity in shown)
    assert {stub.hidden for stub in hidden} == {Hidden.STRAVA}
    assert found.odd == ()
    clocks = [activity.start_local for activity in found]
    assert clocks == sorted(clocks, reverse=True)


# --- limits ----------------------------------------------------------------------------------------------------------


def test_our_pace_is_never_too_fast_for_the_service(service: Service) -> None:
    client = service.by_key()
    for _ in range(30):
        client.ask(protocol.athlete())
    assert client.requests == Requests(read=30)


def test_the_service_says_what_is_left(service: Service) -> None:
    client = service.by_key()
    client.ask(protocol.athlete())
    assert client.quota is not None
    before = client.quota
    client.ask(protocol.athlete())
    assert client.quota.remaining_day == before.remaining_day - 1
