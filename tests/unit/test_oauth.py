"""Signing in: the address a person is sent to, the address they land on, and the trade of the code for a token."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intervals_companion.domain.errors import (
    CompanionError,
    RateLimited,
    ServiceError,
    SignInDeclined,
    SignInError,
)
from intervals_companion.intervals import oauth
from intervals_companion.intervals.scopes import REQUESTED, Grant, Scope
from intervals_companion.intervals.wire import Response

ORIGIN = "https://intervals.icu"
STATE = "5f" * 32
CODE, SECRET, TOKEN = "c0de" * 8, "s3cret-of-the-app", "70ce" * 8
LANDING = "http://localhost:8642/connected"


def landing(**query: str) -> str:
    return f"{LANDING}?{urlencode(query)}"


def documented(**changes: object) -> dict[str, object]:
    """The token answer of the service's API access guide."""
    return {
        "token_type": "Bearer",
        "access_token": TOKEN,
        "scope": "ACTIVITY:WRITE,WELLNESS:READ",
        "athlete": {"id": "i123", "name": "Ada"},
    } | changes


def token_error(status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> CompanionError:
    with pytest.raises(CompanionError) as caught:
        oauth.read_token(Response(status, headers or {}, body))
    return caught.value


def test_the_person_is_sent_to_the_consent_dialog_with_scope_and_state() -> None:
    url = urlsplit(oauth.authorize_url(ORIGIN, "42", LANDING, REQUESTED, STATE))
    assert f"{url.scheme}://{url.netloc}{url.path}" == "https://intervals.icu/oauth/authorize"
    assert parse_qs(url.query) == {
        "client_id": ["42"], "redirect_uri": [LANDING], "scope": [REQUESTED], "state": [STATE],
    }  # fmt: skip


def test_a_state_is_made_of_32_unpredictable_bytes() -> None:
    assert oauth.new_state(lambda size: bytes(range(size))) == bytes(range(32)).hex()


@pytest.mark.parametrize(
    "landed",
    [
        landing(code=CODE, state=STATE),
        f"  {landing(code=CODE, state=STATE)}\n",
        f"{landing(state=STATE, code=CODE)}#top",
        f"code={CODE}&state={STATE}",
        f"?code={CODE}&state={STATE}",
    ],
    ids=["address", "with spaces", "with fragment", "query", "query with mark"],
)
def test_the_code_is_found_in_what_a_person_pastes(landed: str) -> None:
    assert oauth.landed_code(landed, STATE) == CODE


@pytest.mark.parametrize(
    "landed",
    [
        landing(code=CODE, state="00" * 32),
        landing(code=CODE, state=STATE[:-1]),
        landing(code=CODE, state=""),
        landing(code=CODE),
        landing(code=CODE, state="ß"),
        landing(error="access_denied", state="00" * 32),
        "",
        "http://[::1",
        "\udcff?\udcff",
    ],
)
def test_a_landing_of_another_start_is_refused(landed: str) -> None:
    with pytest.raises(SignInError, match="does not belong to the sign-in"):
        oauth.landed_code(landed, STATE)


@given(st.text())
def test_only_the_very_same_state_opens_the_code(state: str) -> None:
    with pytest.raises(SignInError) as caught:
        oauth.landed_code(landing(code=CODE, state=state + "x"), state)
    assert CODE not in str(caught.value)


@pytest.mark.parametrize("more", [{}, {"state": STATE}], ids=["without state", "with state"])
def test_pressing_cancel_connects_nothing(more: dict[str, str]) -> None:
    with pytest.raises(SignInDeclined) as caught:
        oauth.landed_code(landing(error="access_denied", **more), STATE)
    assert str(caught.value) == (
        "You pressed Cancel at Intervals.icu. Nothing was connected. Sign in again, or use an API key."
    )


def test_another_refusal_of_the_dialog_is_named() -> None:
    with pytest.raises(SignInError, match=r"\(invalid_scope\)"):
        oauth.landed_code(landing(error="invalid_scope", state=STATE), STATE)


def test_words_that_are_no_error_name_are_not_repeated() -> None:
    with pytest.raises(SignInError) as caught:
        oauth.landed_code(landing(error="<script>alert(1)</script>", state=STATE), STATE)
    assert "script" not in str(caught.value)


def test_a_landing_without_a_code_says_so() -> None:
    with pytest.raises(SignInError, match="holds no code"):
        oauth.landed_code(landing(state=STATE), STATE)


@given(st.text())
def test_any_pasted_text_is_a_code_or_a_sign_in_error(text: str) -> None:
    with pytest.raises(SignInError):
        oauth.landed_code(text, STATE)


def test_the_code_is_traded_in_a_form_and_not_in_the_address() -> None:
    sent = oauth.token_request(ORIGIN, "42", SECRET, CODE)
    assert (sent.method, sent.url) == ("POST", "https://intervals.icu/api/oauth/token")
    assert sent.headers["content-type"] == "application/x-www-form-urlencoded"
    assert "authorization" not in sent.headers
    assert parse_qs(sent.body.decode()) == {"client_id": ["42"], "client_secret": [SECRET], "code": [CODE]}


def test_the_secret_does_not_show_when_the_request_is_printed() -> None:
    assert SECRET not in repr(oauth.token_request(ORIGIN, "42", SECRET, CODE))


def test_a_sign_in_says_who_and_what_was_really_granted() -> None:
    found = oauth.read_token(Response(200, {}, json.dumps(documented()).encode()))
    assert (found.athlete_id, found.athlete_name, found.access_token) == ("i123", "Ada", TOKEN)
    assert found.grant == Grant([Scope("ACTIVITY", "WRITE"), Scope("WELLNESS", "READ")])
    assert TOKEN not in repr(found)


def test_a_sign_in_without_a_scope_grants_nothing() -> None:
    found = oauth.read_token(Response(200, {}, json.dumps(documented(scope=None)).encode()))
    assert found.grant == Grant([])


def test_a_wrong_client_id_or_secret_is_told_apart_from_a_spent_code() -> None:
    error = token_error(404, b"Client and/or secret not found")
    assert isinstance(error, SignInError)
    assert error.cause == "Intervals.icu does not know this client id and secret."


def test_a_missing_client_secret_speaks_of_the_client_too() -> None:
    body = b"""{"error":"Required request parameter 'client_secret' for method parameter type String is not present"}"""
    assert "client id and secret" in token_error(422, body).cause


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
@pytest.mark.parametrize("body", [b"", b"Code not found", b'{"status":404,"error":"Not Found"}'])
def test_a_spent_code_asks_for_a_new_sign_in(status: int, body: bytes) -> None:
    error = token_error(status, body)
    assert isinstance(error, SignInError)
    assert str(error) == "The code has expired or was already used. Sign in again."


def test_a_limit_on_sign_ins_says_how_long() -> None:
    error = token_error(429, headers={"retry-after": "30"})
    assert isinstance(error, RateLimited)
    assert error.cure == "Try again in 30 s."


@pytest.mark.parametrize("status", [308, 500, 503])
def test_a_service_that_is_broken_or_elsewhere_is_no_sign_in_error(status: int) -> None:
    assert type(token_error(status)) is ServiceError


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html></html>",
        b'{"access_token": "70ce',
        json.dumps(documented(access_token=None)).encode(),
        json.dumps(documented(access_token="a token\r\nX-Evil: 1")).encode(),
        json.dumps(documented(athlete=None)).encode(),
        json.dumps(documented(athlete={"id": 123})).encode(),
    ],
    ids=["empty", "html", "truncated", "no token", "no header value", "no athlete", "numeric id"],
)
def test_a_token_answer_nobody_can_use_is_a_service_error(body: bytes) -> None:
    error = token_error(200, body)
    assert type(error) is ServiceError
    assert "70ce" not in str(error)


@given(st.integers(100, 599), st.one_of(st.binary(), st.sampled_from([b'{"access_token":"%s"}' % TOKEN.encode()])))
def test_any_token_answer_is_a_sign_in_or_an_error_without_a_secret(status: int, body: bytes) -> None:
    with pytest.raises(CompanionError) as caught:
        oauth.read_token(Response(status, {}, body))
    assert TOKEN not in str(caught.value)
