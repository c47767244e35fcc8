"""Sign-in, consent dialog, codes and tokens. Notes, section 2.2."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intervals_sandbox import scopes
from sandbox.harness import ALL_AREAS, REDIRECT, Box, box, code_of


def _ask(sandbox: Box, **query: str) -> str:
    app = next(iter(sandbox.sandbox.state.apps.values()))
    asked = {"client_id": str(app.client_id), "redirect_uri": REDIRECT, "scope": ALL_AREAS, **query}
    return f"/oauth/authorize?{'&'.join(f'{name}={value}' for name, value in asked.items())}"


def test_who_is_not_signed_in_signs_in_first_and_comes_back(sandbox: Box) -> None:
    address = _ask(sandbox, state="abc")
    to_login = sandbox.client.get(address).headers["location"]
    assert to_login.startswith("/login?next=")
    back = parse_qs(urlsplit(to_login).query)["next"][0]
    assert sandbox.form("/login", athlete=sandbox.you.id, next=back).headers["location"] == back
    assert sandbox.client.get(back).status_code == 200


def test_the_dialog_uses_the_services_own_words(sandbox: Box) -> None:
    sandbox.sign_in()
    page = sandbox.client.get(_ask(sandbox)).text
    for words in ("Activities", "Wellness Data", "Calendar", "Chats", "Library", "Settings", "Read", "Update"):
        assert words in page


def test_there_is_no_update_box_where_only_read_was_asked(sandbox: Box) -> None:
    sandbox.sign_in()
    page = sandbox.client.get(_ask(sandbox, scope="WELLNESS:READ,ACTIVITY:WRITE")).text
    assert 'value="ACTIVITY:WRITE"' in page
    assert 'value="WELLNESS:READ"' in page
    assert 'value="WELLNESS:WRITE"' not in page


def test_consent_brings_a_code_and_the_state_back_to_the_app(sandbox: Box) -> None:
    sandbox.sign_in()
    answer = sandbox.consent("WELLNESS:READ", state="a b&c")
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    assert answer.headers["location"].startswith(f"{REDIRECT}?")
    assert query["state"] == ["a b&c"]
    assert len(query["code"][0]) == 32
    assert int(query["code"][0], 16)


def test_without_a_state_none_comes_back(sandbox: Box) -> None:
    sandbox.sign_in()
    assert "state" not in sandbox.consent("WELLNESS:READ").headers["location"]


def test_the_apps_own_query_stays_in_the_redirect(sandbox: Box) -> None:
    sandbox.sign_in()
    answer = sandbox.consent("WELLNESS:READ", redirect_uri=f"{REDIRECT}?device=1")
    assert answer.headers["location"].startswith(f"{REDIRECT}?device=1&code=")


@pytest.mark.parametrize("answer", [{"decision": "deny"}, {"ticked": []}])
def test_declining_is_told_to_the_app(sandbox: Box, answer: dict[str, object]) -> None:
    sandbox.sign_in()
    sent = sandbox.consent("WELLNESS:READ", state="x", **answer)  # type: ignore[arg-type]
    assert sent.headers["location"] == f"{REDIRECT}?error=access_denied&state=x"


def test_a_grant_may_be_smaller_than_the_request(sandbox: Box) -> None:
    code = sandbox.code(
        "ACTIVITY:WRITE,WELLNESS:WRITE,CHATS:READ", ["ACTIVITY:READ", "WELLNESS:READ", "WELLNESS:WRITE"]
    )
    assert sandbox.exchange(code).json()["scope"] == "ACTIVITY:READ,WELLNESS:WRITE"


def test_a_grant_is_never_larger_than_the_request(sandbox: Box) -> None:
    code = sandbox.code("WELLNESS:READ", ["WELLNESS:READ", "WELLNESS:WRITE", "ACTIVITY:WRITE"])
    assert sandbox.exchange(code).json()["scope"] == "WELLNESS:READ"


levels = st.sampled_from([scopes.READ, scopes.WRITE])
requests = st.dictionaries(st.sampled_from(list(scopes.AREAS)), levels, min_size=1)
boxes = st.sets(st.builds("{}:{}".format, st.sampled_from(list(scopes.AREAS)), levels))


@given(asked=requests, ticked=boxes)
def test_every_grant_is_covered_by_its_request(asked: dict[str, str], ticked: set[str]) -> None:
    for area, level in scopes.grant(asked, ticked).items():
        assert scopes.allow(asked, area, level)
        assert f"{area}:{level}" in ticked


@given(asked=requests)
def test_a_scope_string_reads_back_as_it_was_written(asked: dict[str, str]) -> None:
    assert scopes.parse(scopes.text(asked)) == asked


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({"scope": "WELLNESS:READ,WELLNESS:WRITE"}, "Duplicate scope"),
        ({"scope": "wellness:read"}, "Invalid scope"),
        ({"scope": "WEATHER:READ"}, "Invalid scope"),
        ({"scope": "WELLNESS:DELETE"}, "Invalid scope"),
        ({"scope": ""}, "Invalid scope"),
        ({"client_id": "999"}, "Unknown client_id"),
        ({"client_id": "abc"}, "Unknown client_id"),
        ({"response_type": "token"}, "response_type"),
    ],
)
def test_a_bad_request_is_shown_and_goes_nowhere(sandbox: Box, query: dict[str, str], reason: str) -> None:
    sandbox.sign_in()
    answer = sandbox.client.get(_ask(sandbox, **query))
    assert answer.status_code == 400
    assert reason in answer.text


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1:5000/callback",
        "https://localhost:5000/callback",
        "http://localhost.example.com/callback",
        "http://localhost@example.com/",
        "http://me@localhost/",
        "http://localhost:99999/",
        "https://example.com/callback",
        "localhost:5000",
        "",
    ],
)
def test_other_redirects_than_localhost_must_be_registered(sandbox: Box, uri: str) -> None:
    sandbox.sign_in()
    answer = sandbox.consent("WELLNESS:READ", redirect_uri=uri)
    assert answer.status_code == 400
    assert "redirect_uri" in answer.text


@pytest.mark.parametrize("uri", ["http://localhost", "http://localhost/", "http://localhost:1/a/b?c=d"])
def test_localhost_is_allowed_with_any_port_and_path(sandbox: Box, uri: str) -> None:
    sandbox.sign_in()
    assert sandbox.consent("WELLNESS:READ", redirect_uri=uri).status_code == 303


def test_localhost_may_be_allowed_without_a_port_only(sandbox: Box) -> None:
    sandbox.switch(localhost_any_port=False)
    sandbox.sign_in()
    assert sandbox.consent("WELLNESS:READ", redirect_uri="http://localhost/x").status_code == 303
    assert sandbox.consent("WELLNESS:READ", redirect_uri="http://localhost:5000/x").status_code == 400


def test_a_registered_redirect_is_allowed_as_it_stands(sandbox: Box) -> None:
    app = sandbox.sandbox.state.register("Other", ("https://example.com/back",))
    sandbox.sign_in()
    asked: dict[str, Any] = {"client_id": app.client_id, "redirect_uri": "https://example.com/back"}
    assert sandbox.consent("WELLNESS:READ", **asked).status_code == 303
    assert (
        sandbox.consent("WELLNESS:READ", **{**asked, "redirect_uri": "https://example.com/back/x"}).status_code == 400
    )


def test_a_token_is_answered_without_expiry_or_refresh(sandbox: Box) -> None:
    answer = sandbox.exchange(sandbox.code("ACTIVITY:WRITE,WELLNESS:READ"))
    token = answer.json()
    assert answer.status_code == 200
    assert set(token) == {"token_type", "access_token", "scope", "athlete"}
    assert token["token_type"] == "Bearer"
    assert token["scope"] == "ACTIVITY:WRITE,WELLNESS:READ"
    assert token["athlete"] == {"id": sandbox.you.id, "name": sandbox.you.name}
    assert len(token["access_token"]) == 32


def test_grant_type_and_redirect_uri_may_be_sent_and_are_ignored(sandbox: Box) -> None:
    extra = {"grant_type": "authorization_code", "redirect_uri": "http://elsewhere.example/"}
    assert sandbox.exchange(sandbox.code(), **extra).status_code == 200


def test_a_code_lives_two_minutes(sandbox: Box) -> None:
    code = sandbox.code()
    sandbox.clock.advance(120)
    assert sandbox.exchange(code).status_code == 200
    code = sandbox.code()
    sandbox.clock.advance(121)
    assert sandbox.exchange(code).status_code == 400


def test_a_code_is_good_once(sandbox: Box) -> None:
    code = sandbox.code()
    assert sandbox.exchange(code).status_code == 200
    assert sandbox.exchange(code).status_code == 400


def test_a_code_may_be_good_as_long_as_it_lives(sandbox: Box) -> None:
    sandbox.switch(code_single_use=False)
    code = sandbox.code()
    assert [sandbox.exchange(code).status_code for _ in range(2)] == [200, 200]


@pytest.mark.parametrize("status", [400, 404, 422])
def test_the_status_for_an_unknown_code_is_a_switch(sandbox: Box, status: int) -> None:
    sandbox.switch(bad_code_status=status)
    assert sandbox.exchange("0" * 32).status_code == status


def test_a_code_is_good_for_its_own_app_only(sandbox: Box) -> None:
    other = sandbox.sandbox.state.register("Other")
    code = sandbox.code()
    assert sandbox.exchange(code, client_id=other.client_id, client_secret=other.secret).status_code == 400
    assert sandbox.exchange(code).status_code == 200


@pytest.mark.parametrize("wrong", [{"client_secret": "wrong"}, {"client_id": "999"}, {"client_id": "x"}])
def test_an_unknown_client_or_a_wrong_secret_is_a_404_in_words(sandbox: Box, wrong: dict[str, str]) -> None:
    answer = sandbox.exchange(sandbox.code(), **wrong)
    assert answer.status_code == 404
    assert answer.text == "Client and/or secret not found"


@pytest.mark.parametrize("name", ["client_id", "client_secret", "code"])
def test_a_missing_parameter_is_named(sandbox: Box, name: str) -> None:
    values = {"client_id": "101", "client_secret": "x", "code": "y"}
    answer = sandbox.client.post("/api/oauth/token", data={key: values[key] for key in values if key != name})
    assert answer.status_code == 422
    assert answer.json()["error"] == (
        f"Required request parameter '{name}' for method parameter type String is not present"
    )


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/oauth/token", 405),
        ("GET", "/oauth/token", 405),
        ("POST", "/api/v1/oauth/token", 404),
        ("OPTIONS", "/api/oauth/token", 405),
        ("GET", "/api/oauth/token", 405),
    ],
)
def test_the_token_endpoint_is_below_api_and_takes_posts_only(
    sandbox: Box, method: str, path: str, status: int
) -> None:
    assert sandbox.client.request(method, path).status_code == status


def test_signing_in_again_replaces_the_earlier_token(sandbox: Box) -> None:
    first = sandbox.token()
    second = sandbox.token()
    assert sandbox.get("/athlete/0", token=first).status_code == 401
    assert sandbox.get("/athlete/0", token=second).status_code == 200


def test_another_athletes_or_another_apps_token_stays(sandbox: Box) -> None:
    yours, theirs = sandbox.token(), sandbox.token(athlete=sandbox.friend)
    assert sandbox.get("/athlete/0", token=yours).json()["id"] == sandbox.you.id
    assert sandbox.get("/athlete/0", token=theirs).json()["id"] == sandbox.friend.id


def test_an_app_disconnects_itself(sandbox: Box) -> None:
    token = sandbox.token("WELLNESS:READ")
    assert sandbox.delete("/disconnect-app", token=token).status_code == 200
    assert sandbox.get("/athlete/0", token=token).status_code == 401
    assert sandbox.delete("/disconnect-app", token=token).status_code == 401


def test_disconnecting_has_no_meaning_with_a_key(sandbox: Box) -> None:
    assert sandbox.delete("/disconnect-app").status_code == 401


def test_consent_is_refused_without_the_sessions_hidden_value(sandbox: Box) -> None:
    sandbox.sign_in()
    assert sandbox.consent("WELLNESS:READ", csrf="stolen").status_code == 403


def test_the_hidden_value_of_another_browser_is_worth_nothing() -> None:
    mine = box()
    mine.sign_in()
    foreign = mine.csrf("/settings")
    mine.client.cookies.clear()
    mine.sign_in()
    assert mine.form("/settings/api-key", csrf=foreign).status_code == 403


def test_consent_after_signing_out_grants_nothing(sandbox: Box) -> None:
    sandbox.sign_in()
    sandbox.form("/logout")
    answer = sandbox.consent("WELLNESS:READ")
    assert answer.headers["location"] == "/login"
    assert code_of(answer) == ""
