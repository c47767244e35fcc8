"""The client: its pace, its retries and what it counts. No test waits."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intervals_companion.domain.catalogue import metric
from intervals_companion.domain.errors import (
    CompanionError,
    PermissionMissing,
    RateLimited,
    ServiceError,
    ServiceUnreachable,
    SignInError,
    SignInExpired,
    UsageError,
)
from intervals_companion.intervals import protocol
from intervals_companion.intervals.client import IntervalsClient, Requests, sign_in
from intervals_companion.intervals.credentials import Credential
from intervals_companion.intervals.limits import BURST, KEPT_BACK, RATE, Quota, TokenBucket
from intervals_companion.intervals.retry import TRIES
from intervals_companion.intervals.transport import Transport
from intervals_companion.intervals.wire import Request, Response
from support.intervals_calls import API_KEY, BEARER, DAY, FIT, NEXT

ORIGIN = "https://intervals.icu"
ATHLETE = Response(200, {}, json.dumps({"id": "i1", "name": "Ada"}).encode())
BROKEN = Response(503, {})
LOST = ServiceUnreachable("Intervals.icu could not be reached.", "Check the internet connection and try again.")


class Time:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.naps: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.naps.append(seconds)
        self.now += seconds


class Script:
    """A transport that gives these answers in turn, the last one for ever, and keeps what was sent."""

    def __init__(self, *answers: Response | Exception) -> None:
        self.answers = list(answers)
        self.sent: list[Request] = []

    def __call__(self, request: Request) -> Response:
        self.sent.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def made(
    transport: Transport, time: Time | None = None, credential: Credential = BEARER, origin: str = ORIGIN
) -> IntervalsClient:
    time = time or Time()
    return IntervalsClient(
        origin,
        credential,
        transport,
        rate_limiter=TokenBucket(time.clock, time.sleep),
        sleep=time.sleep,
        random=lambda: 0.0,
    )


def limited(wait: str | None = None) -> Response:
    return Response(429, {} if wait is None else {"retry-after": wait})


def upload(client: IntervalsClient) -> object:
    return client.ask(protocol.upload(FIT, "a.fit", name="Run", external_id="ic1-1-2", device_name="Apple Watch"))


Use = Callable[[IntervalsClient], object]
READS: dict[str, Use] = {
    "athlete": lambda client: client.ask(protocol.athlete()),
    "custom_fields": lambda client: client.ask(protocol.custom_fields()),
    "wellness": lambda client: client.ask(protocol.wellness(DAY, NEXT)),
    "activities": lambda client: client.ask(protocol.activities(DAY, NEXT)),
}
WRITES: dict[str, Use] = {
    "create_field": lambda client: client.ask(protocol.create_field(metric("ActiveEnergy"))),
    "put_wellness": lambda client: client.ask(protocol.put_wellness({DAY: {"weight": 71.35}})),
    "upload": upload,
    "disconnect": lambda client: client.ask(protocol.disconnect()),
}
EVERY_READ = pytest.mark.parametrize("use", READS.values(), ids=list(READS))
EVERY_WRITE = pytest.mark.parametrize("use", WRITES.values(), ids=list(WRITES))
EVERY_USE = pytest.mark.parametrize("use", [*READS.values(), *WRITES.values()], ids=[*READS, *WRITES])


# --- one credential, one place ---------------------------------------------------------------------------------------


def test_a_request_goes_to_the_service_with_the_credential() -> None:
    script = Script(ATHLETE)
    assert made(script).ask(protocol.athlete()).id == "i1"
    assert [request.url for request in script.sent] == ["https://intervals.icu/api/v1/athlete/0"]
    assert script.sent[0].headers["authorization"] == BEARER.header


def test_a_client_for_plain_http_elsewhere_is_not_made() -> None:
    with pytest.raises(UsageError):
        made(Script(ATHLETE), origin="http://intervals.icu")


@EVERY_USE
@pytest.mark.parametrize(("status", "error"), [(401, SignInExpired), (403, PermissionMissing)])
@pytest.mark.parametrize("credential", [BEARER, API_KEY], ids=["token", "key"])
def test_a_refusal_of_the_credential_is_asked_once(
    use: Use, status: int, error: type[CompanionError], credential: Credential
) -> None:
    script = Script(Response(status, {}))
    with pytest.raises(error):
        use(made(script, credential=credential))
    assert [request.headers["authorization"] for request in script.sent] == [credential.header]


# --- retries ---------------------------------------------------------------------------------------------------------


@EVERY_READ
@pytest.mark.parametrize("trouble", [LOST, BROKEN, Response(500, {})], ids=["no answer", "503", "500"])
def test_reading_is_tried_four_times(use: Use, trouble: Response | Exception) -> None:
    script, time = Script(trouble), Time()
    with pytest.raises(ServiceError):
        use(made(script, time))
    assert len(script.sent) == TRIES == 4
    assert time.naps == [0.5, 1.0, 2.0]


def test_reading_ends_with_the_first_answer() -> None:
    script = Script(LOST, BROKEN, ATHLETE)
    assert made(script).ask(protocol.athlete()).name == "Ada"
    assert len(script.sent) == 3


def test_the_pause_is_shortened_by_chance() -> None:
    time = Time()
    client = IntervalsClient(
        ORIGIN,
        BEARER,
        Script(LOST, ATHLETE),
        rate_limiter=TokenBucket(time.clock, time.sleep),
        sleep=time.sleep,
        random=lambda: 0.5,
    )
    client.ask(protocol.athlete())
    assert time.naps == [0.375]


@EVERY_WRITE
def test_a_write_without_an_answer_is_not_sent_again_and_says_so(use: Use) -> None:
    script = Script(LOST)
    with pytest.raises(ServiceUnreachable) as caught:
        use(made(script))
    assert len(script.sent) == 1
    assert caught.value.cause == LOST.cause
    assert caught.value.cure == "It may have arrived all the same; it is looked up before it is sent again."


@EVERY_WRITE
@pytest.mark.parametrize("answer", [BROKEN, Response(504, {"retry-after": "1"}), Response(422, {})])
def test_a_write_that_was_answered_with_an_error_is_not_sent_again(use: Use, answer: Response) -> None:
    script = Script(answer)
    with pytest.raises(ServiceError):
        use(made(script))
    assert len(script.sent) == 1


@pytest.mark.parametrize(
    "answer",
    [
        Response(404, {}),
        Response(422, {}),
        Response(308, {}),
        Response(200, {}, b"<html>"),
    ],
)
def test_an_answer_that_would_be_the_same_again_is_not_asked_for_again(answer: Response) -> None:
    script = Script(answer)
    with pytest.raises(ServiceError):
        made(script).ask(protocol.athlete())
    assert len(script.sent) == 1


def test_a_stop_by_the_person_is_not_a_reason_to_try_again() -> None:
    def stopped(_request: Request) -> Response:
        raise KeyboardInterrupt

    client = made(stopped)
    with pytest.raises(KeyboardInterrupt):
        client.ask(protocol.athlete())
    assert client.requests == Requests(read=1)


@pytest.mark.parametrize("use", [READS["athlete"], WRITES["disconnect"]], ids=["read", "write"])
def test_a_short_wait_the_service_asks_for_is_kept(use: Use) -> None:
    script, time = Script(limited("7"), ATHLETE), Time()
    use(made(script, time))
    assert time.naps == [7.0]


@pytest.mark.parametrize("use", [READS["athlete"], WRITES["disconnect"]], ids=["read", "write"])
def test_a_limit_without_a_wait_is_given_a_moment(use: Use) -> None:
    script, time = Script(limited(), limited(), ATHLETE), Time()
    use(made(script, time))
    assert time.naps == [0.5, 1.0]


@EVERY_USE
def test_a_long_wait_is_reported_and_not_slept(use: Use) -> None:
    script, time = Script(limited("61")), Time()
    with pytest.raises(RateLimited, match="61 s"):
        use(made(script, time))
    assert (len(script.sent), time.naps) == (1, [])


def test_a_service_that_keeps_limiting_is_given_up() -> None:
    script, time = Script(limited("60")), Time()
    with pytest.raises(RateLimited):
        made(script, time).ask(protocol.athlete())
    assert time.naps == [60.0, 60.0, 60.0]


def test_a_broken_service_that_asks_for_a_long_wait_is_not_waited_for() -> None:
    script, time = Script(Response(503, {"retry-after": "3600"})), Time()
    with pytest.raises(ServiceError):
        made(script, time).ask(protocol.athlete())
    assert (len(script.sent), time.naps) == (1, [])


# --- pace, quota, counting -------------------------------------------------------------------------------------------


@given(st.lists(st.floats(0, 3), max_size=60))
def test_never_more_than_the_pace_and_a_short_burst(pauses: list[float]) -> None:
    time = Time()
    bucket = TokenBucket(time.clock, time.sleep)
    gone: list[float] = []
    for pause in pauses:
        time.now += pause if pause > 1 else 0
        bucket.take()
        gone.append(time.now)
    for first, begin in enumerate(gone):
        for last, end in enumerate(gone[first:], first):
            assert last - first + 1 <= BURST + RATE * (end - begin) + 1e-6


def test_a_hundred_requests_take_ten_seconds_less_the_burst() -> None:
    time = Time()
    client = made(Script(ATHLETE), time)
    for _ in range(100):
        client.ask(protocol.athlete())
    assert time.now == pytest.approx((100 - BURST) / RATE)


def test_a_pause_does_not_save_up_more_than_the_burst() -> None:
    time = Time()
    client = made(Script(ATHLETE), time)
    client.ask(protocol.athlete())
    time.now += 3600
    for _ in range(BURST):
        client.ask(protocol.athlete())
    assert time.naps == []
    client.ask(protocol.athlete())
    assert time.naps == [pytest.approx(1 / RATE)]


def test_what_is_left_of_the_quota_is_remembered() -> None:
    told = Response(200, {"x-ratelimit-limit": "2500,20000", "x-ratelimit-remaining": "2499, 19321"}, ATHLETE.body)
    client = made(Script(told, ATHLETE))
    assert client.quota is None
    client.ask(protocol.athlete())
    client.ask(protocol.athlete())
    assert client.quota == Quota(2500, 20000, 2499, 19321)


def left(per_15min: int, per_day: int) -> Response:
    told = {"x-ratelimit-limit": "2500,20000", "x-ratelimit-remaining": f"{per_15min},{per_day}"}
    return Response(200, told, ATHLETE.body)


@pytest.mark.parametrize(("per_15min", "per_day"), [(KEPT_BACK, 9000), (900, KEPT_BACK)])
def test_a_write_stops_before_the_quota_is_used_up_and_reading_goes_on(per_15min: int, per_day: int) -> None:
    script = Script(left(per_15min, per_day), ATHLETE)
    client = made(script)
    client.ask(protocol.athlete())
    with pytest.raises(RateLimited, match=f"{KEPT_BACK} are left"):
        client.ask(protocol.put_wellness({}))
    client.ask(protocol.athlete())
    assert client.requests == Requests(read=2, write=0)


def test_with_nothing_left_nothing_is_asked_and_the_cure_says_when() -> None:
    client = made(Script(left(0, 9000)))
    client.ask(protocol.athlete())
    with pytest.raises(RateLimited, match="in 15 minutes") as refusal:
        client.ask(protocol.athlete())
    assert "in 15 minutes" in refusal.value.cure
    client = made(Script(left(900, 0)))
    client.ask(protocol.athlete())
    with pytest.raises(RateLimited) as refusal:
        client.ask(protocol.athlete())
    assert "00:00 UTC" in refusal.value.cure


def test_after_a_429_the_wait_the_service_asks_for_counts() -> None:
    told = {"x-ratelimit-limit": "2500,20000", "x-ratelimit-remaining": "0,9000", "retry-after": "7"}
    time = Time()
    made(Script(Response(429, told), ATHLETE), time).ask(protocol.athlete())
    assert time.naps == [7.0]


@pytest.mark.parametrize("left", ["", "many,few", "1", "1,2,3", "²,³"])
def test_a_quota_nobody_can_read_is_none(left: str) -> None:
    client = made(Script(Response(200, {"x-ratelimit-limit": "1,2", "x-ratelimit-remaining": left}, ATHLETE.body)))
    client.ask(protocol.athlete())
    assert client.quota is None


def test_requests_are_counted_tries_included() -> None:
    client = made(Script(LOST, ATHLETE, limited("1"), Response(200, {})))
    client.ask(protocol.athlete())
    client.ask(protocol.put_wellness({}))
    assert client.requests == Requests(read=2, write=2)


# --- the trade of the code -------------------------------------------------------------------------------------------


def traded(script: Script, time: Time) -> None:
    sign_in(ORIGIN, script, "42", "secret", "code", sleep=time.sleep, random=lambda: 0.0)


@pytest.mark.parametrize("trouble", [LOST, BROKEN, Response(404, {}), limited("61")])
def test_a_code_is_sent_once(trouble: Response | Exception) -> None:
    script = Script(trouble)
    with pytest.raises((ServiceError, SignInError)):
        traded(script, Time())
    assert len(script.sent) == 1


def test_a_code_that_was_limited_is_sent_after_the_wait() -> None:
    script, time = Script(limited("1"), Response(404, {})), Time()
    with pytest.raises(SignInError):
        traded(script, time)
    assert (len(script.sent), time.naps) == (2, [1.0])
