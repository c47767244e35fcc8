"""Who is nobody here yet may try a few times: to sign in, a link, a token."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from httpx2 import Response

from intervals_companion.app import sessions
from intervals_companion.app.ingest import devices
from intervals_companion.web.limits.attempts import LINKS, SIGN_INS, TOKENS, Allowed, Attempts, TooManyAttempts, network
from support.app_fixture import AppFixture, Clock
from support.browsers import HERE, Browser, browser

KEY = "abcdefghijklmnopqrstuvwxy"
PUSH = "/push/health-auto-export"


@pytest.fixture
def stranger(home: AppFixture) -> Iterator[Browser]:
    """A browser without a session, at a companion that belongs to an athlete."""
    home.forget_requests()
    with browser(home) as made:
        yield made


def try_key(visitor: Browser) -> Response:
    return visitor.post("/sign-in/key", {"key": KEY}, csrf="")


def asked(home: AppFixture) -> int:
    return len(home.sandbox.log.as_json())


def statuses(answers: list[Response]) -> dict[int, int]:
    found = [one.status_code for one in answers]
    return {status: found.count(status) for status in found}


# --- signing in ------------------------------------------------------------------------------------------------------


def test_of_many_sign_ins_with_a_key_few_reach_intervals_icu(home: AppFixture, stranger: Browser) -> None:
    answers = [try_key(stranger) for _ in range(45)]
    assert statuses(answers) == {403: SIGN_INS.of_address, 429: 45 - SIGN_INS.of_address}
    assert asked(home) == SIGN_INS.of_address
    assert "Wait a minute, then try again." in answers[-1].text


def test_a_service_that_fails_is_asked_once_for_each(home: AppFixture, stranger: Browser) -> None:
    home.sandbox.faults.order([{"method": "GET", "path_prefix": "/api/v1/", "kind": "500", "times": 100}])
    try_key(stranger)
    assert asked(home) == 1


def test_a_minute_later_one_may_try_again(home: AppFixture, stranger: Browser) -> None:
    for _ in range(10):
        try_key(stranger)
    home.clock.wait(61)
    assert try_key(stranger).status_code == 403


def test_all_ways_to_sign_in_count_together(stranger: Browser) -> None:
    for _ in range(SIGN_INS.of_address):
        assert stranger.post("/sign-in", csrf="").status_code == 303
    assert try_key(stranger).status_code == 429
    assert stranger.post("/sign-in/paste", {"landing": "x"}, csrf="").status_code == 429


def test_a_browser_that_was_let_in_is_not_counted(home: AppFixture, stranger: Browser) -> None:
    for _ in range(10):
        try_key(stranger)
    with browser(home) as mine:
        mine.let_in()
        assert mine.post("/sign-in/key", {"key": home.sandbox.you.api_key}).status_code == 303


def test_a_form_of_a_stranger_is_small(stranger: Browser) -> None:
    assert stranger.post("/sign-in/key", {"key": "x" * 70_000}, csrf="").status_code == 413


# --- links, answers, tokens ------------------------------------------------------------------------------------------


def test_wrong_links_are_few(home: AppFixture, stranger: Browser) -> None:
    good = sessions.new_link(home.context, HERE).removeprefix(HERE)
    answers = [stranger.get(f"/link/{number:043}") for number in range(30)]
    assert statuses(answers) == {410: LINKS.of_address, 429: 30 - LINKS.of_address}
    assert stranger.post(good, csrf="").status_code == 429
    home.clock.wait(61)
    assert stranger.post(good, csrf="").status_code == 303


def test_so_are_answers_nobody_asked_for(stranger: Browser) -> None:
    answers = [stranger.get(f"/?state={number}&code=x") for number in range(30)]
    assert statuses(answers) == {403: LINKS.of_address, 429: 30 - LINKS.of_address}


def test_wrong_tokens_are_few_and_shut_out_no_phone_that_was_known(home: AppFixture, stranger: Browser) -> None:
    mine, late = (devices.add_device(home.context, devices.AUTO_EXPORT, name).token for name in ("Mine", "Late"))

    def push(token: str) -> int:
        return stranger.client.post(PUSH, content=b"{", headers={"authorization": f"Bearer {token}"}).status_code

    assert push(mine) == 400
    tried = [push(f"wrong-{number}") for number in range(30)]
    assert (tried.count(401), tried.count(429)) == (TOKENS.of_address, 30 - TOKENS.of_address)
    assert (push(mine), push(late)) == (400, 429)
    home.clock.wait(61)
    assert push(late) == 400


# --- counting --------------------------------------------------------------------------------------------------------


def test_one_address_leaves_some_to_others_and_all_together_are_few() -> None:
    limiter = Attempts(Clock().monotonic, Allowed("tries", 2, 3))
    for address in ("10.0.0.1", "10.0.0.1", "10.0.0.2"):
        limiter.take(address)
    for address in ("10.0.0.1", "10.0.0.3"):
        with pytest.raises(TooManyAttempts) as problem:
            limiter.take(address)
        assert problem.value.seconds == 60


def test_no_number_of_addresses_takes_more_memory() -> None:
    limiter = Attempts(Clock().monotonic, Allowed("tries", 2, 3))
    for number in range(10_000):
        limiter.note(f"10.0.{number // 256}.{number % 256}")
    assert len(limiter._made) == 3


def test_the_addresses_of_one_ipv6_network_are_one() -> None:
    assert network("2001:db8::1") == network("2001:db8::ffff:1") != network("2001:db8:0:1::1")
    assert network("fe80::1%eth0") == network("fe80::2")
    assert network("10.0.0.1") != network("10.0.0.2")
    assert network("nobody") == network("")
