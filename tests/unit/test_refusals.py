"""Answers that are not what was asked for: each has its own error, a cause, a cure, and no secret in it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intervals_companion.domain.errors import (
    CompanionError,
    NotFound,
    PermissionMissing,
    RateLimited,
    ServiceError,
    ServiceRefused,
    SignInExpired,
)
from intervals_companion.intervals import protocol
from intervals_companion.intervals.credentials import Credential
from intervals_companion.intervals.protocol import read
from intervals_companion.intervals.wire import Call, Response
from support.intervals_calls import API_KEY, BEARER, DAY, EVERY_CALL, KEY, NEXT, TOKEN, upload


def refused(call: Call[object], status: int, body: bytes = b"", credential: Credential = BEARER) -> CompanionError:
    with pytest.raises(CompanionError) as caught:
        read(call, Response(status, {}, body), credential)
    return caught.value


def test_401_for_a_token_is_sign_in_again() -> None:
    error = refused(protocol.athlete(), 401)
    assert isinstance(error, SignInExpired)
    assert error.cause == (
        "This sign-in no longer works: another device signed in, or access was removed at Intervals.icu."
    )


def test_401_for_a_key_speaks_of_the_key() -> None:
    error = refused(protocol.athlete(), 401, credential=API_KEY)
    assert isinstance(error, SignInExpired)
    assert "API key" in error.cause


def test_403_names_the_box_what_it_blocks_and_where_to_check_it() -> None:
    error = refused(protocol.put_wellness({}), 403, b'{"status":403,"error":"Access denied"}')
    assert isinstance(error, PermissionMissing)
    assert error.cause == (
        "Wellness Data, Update is off. So sleep, HRV, weight and other daily values stay on this machine."
    )
    assert error.cure == ("Log out, log back in and make sure Read and Update are checked beside Wellness Data.")


def test_403_on_reading_activities_is_another_box_than_on_uploading_one() -> None:
    assert refused(protocol.activities(DAY, NEXT), 403).cause.startswith("Activities, Read is off.")
    assert refused(upload(), 403).cause.startswith("Activities, Update is off.")


@EVERY_CALL
@pytest.mark.parametrize("credential", [BEARER, API_KEY], ids=["token", "key"])
def test_every_operation_has_words_for_a_missing_permission(call: Call[object], credential: Credential) -> None:
    error = refused(call, 403, credential=credential)
    assert isinstance(error, PermissionMissing)
    assert error.cause.endswith(".")
    assert error.cure.endswith(".")


def test_a_key_is_not_told_to_tick_boxes() -> None:
    assert "checked" not in refused(protocol.put_wellness({}), 403, credential=API_KEY).cure


def test_404_is_not_found() -> None:
    body = b'{"timestamp":"2026-10-05","status":404,"error":"Not Found","path":"/api/v1/athlete/0"}'
    assert isinstance(refused(protocol.athlete(), 404, body), NotFound)


UNKNOWN_FIELD = "Unrecognized wellness field [Xyz] for athlete i123"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (json.dumps({"status": 422, "error": UNKNOWN_FIELD}), UNKNOWN_FIELD),
        (json.dumps([{"status": 422, "error": UNKNOWN_FIELD}]), UNKNOWN_FIELD),
        (UNKNOWN_FIELD, UNKNOWN_FIELD),
        ("", ""),
        ("[]", ""),
        ("{}", ""),
        ('{"error": 7}', ""),
        ("<html>Bad request</html>", ""),
        ('{"error": "two\\nlines\\u0007"}', "two lines"),
        ('{"error": "a bare date is 2026-10-05"}', "a bare date is 2026-10-05"),
    ],
)
def test_422_keeps_the_services_own_words(body: str, sentence: str) -> None:
    error = refused(protocol.put_wellness({}), 422, body.encode())
    assert isinstance(error, ServiceRefused)
    assert error.sentence == sentence
    assert sentence in error.cause


@pytest.mark.parametrize("status", [400, 413, 422])
def test_what_the_service_read_and_refused_is_not_worth_sending_again(status: int) -> None:
    assert isinstance(refused(upload(), status), ServiceRefused)


@pytest.mark.parametrize(
    "said",
    [
        "weight 71.35 is too much",
        'cannot make an Integer of "71.35"',
        "'71.35 kg' is no number",
        "got 71.35kg.",
        "(71.35)",
        "-71.35, which is below zero",
    ],
)
def test_a_refusal_repeats_no_value(said: str) -> None:
    error = refused(protocol.put_wellness({}), 422, json.dumps({"error": said}).encode())
    assert isinstance(error, ServiceRefused)
    assert "71" not in str(error) + error.sentence
    assert "35" not in str(error) + error.sentence


@pytest.mark.parametrize("credential", [BEARER, API_KEY], ids=["token", "key"])
def test_a_refusal_repeats_no_secret(credential: Credential) -> None:
    said = f"no such token={credential.secret}; Authorization: {credential.header}!"
    error = refused(protocol.put_wellness({}), 422, said.encode(), credential)
    assert isinstance(error, ServiceRefused)
    assert error.sentence == f"no such token=…; Authorization: {credential.header.split()[0]} …!"


@pytest.mark.parametrize(
    ("headers", "cure"),
    [
        ({"retry-after": "90"}, "Try again in 90 s."),
        ({"retry-after": "840"}, "Try again in 14 min."),
        ({"retry-after": "43200"}, "Try again in 12 h."),
        ({"retry-after": "Mon, 05 Oct 2026 07:28:00 GMT"}, "Try again in a few minutes."),
        ({}, "Try again in a few minutes."),
    ],
)
def test_429_says_how_long_to_wait(headers: dict[str, str], cure: str) -> None:
    with pytest.raises(RateLimited) as caught:
        read(protocol.athlete(), Response(429, headers), BEARER)
    assert caught.value.cure == cure


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520])
def test_a_failure_of_the_service_names_the_path_and_loses_nothing(status: int) -> None:
    error = refused(protocol.wellness(DAY, NEXT), status, b'{"error":"java.lang.NumberFormatException"}')
    assert type(error) is ServiceError
    assert error.cause == f"Intervals.icu answered GET /api/v1/athlete/0/wellness with {status}."
    assert error.cure == "Nothing is lost. Try again in a few minutes."


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_asks_for_https(status: int) -> None:
    error = refused(protocol.athlete(), status)
    assert type(error) is ServiceError
    assert "https" in error.cure


STATUSES = st.one_of(st.sampled_from([200, 201, 400, 401, 403, 404, 413, 422, 429, 500]), st.integers(100, 599))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text() | st.just(TOKEN) | st.just(KEY),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*"abc"]) | st.text(), inner),
    max_leaves=8,
)
KEYS = ["id", "error", "weight", "locked", "content", "code", "type", "activities", "start_date", "icu_api_key"]
LIKELY = st.dictionaries(st.sampled_from(KEYS), JSON | st.just("2026-10-05") | st.just("INPUT_FIELD"))
BODIES = st.one_of(
    st.binary(),
    st.sampled_from([TOKEN.encode(), KEY.encode()]),
    (JSON | LIKELY | st.lists(LIKELY)).map(lambda value: json.dumps(value).encode()),
)


@EVERY_CALL
@given(status=STATUSES, body=BODIES, wait=st.text(), credential=st.sampled_from([BEARER, API_KEY]))
def test_any_answer_is_a_value_or_an_error_with_a_cause_and_a_cure_and_no_secret(
    call: Call[object], status: int, body: bytes, wait: str, credential: Credential
) -> None:
    try:
        read(call, Response(status, {"retry-after": wait}, body), credential)
    except CompanionError as error:
        shown = error.cause, error.cure
    else:
        shown = "a", "value"
    assert all(shown)
    assert credential.secret not in " ".join(shown)
