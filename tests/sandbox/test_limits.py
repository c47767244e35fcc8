"""Rate limits and their headers. Notes, section 4."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from intervals_sandbox import Limits, Switches
from sandbox.harness import Box, Clock, box

PATH = "/athlete/0/sport-settings"


def _limited(clock: Clock | None = None, **figures: float) -> Box:
    limits = Limits(**{"per_second": 1e6, "burst": 1_000_000, **figures})  # type: ignore[arg-type]
    return box(clock, switches=Switches(), limits=limits)


def test_every_answer_to_a_key_tells_the_quota_and_what_is_left() -> None:
    own = _limited()
    first, second = own.get(PATH), own.get(PATH)
    assert first.headers["X-RateLimit-Limit"] == "2500,5000"
    assert first.headers["X-RateLimit-Remaining"] == "2499,4999"
    assert second.headers["X-RateLimit-Remaining"] == "2498,4998"


def test_refusals_tell_it_too() -> None:
    own = _limited()
    assert own.get("/athlete/i0").headers["X-RateLimit-Remaining"] == "2499,4999"


def test_without_a_good_credential_there_is_no_quota() -> None:
    assert "X-RateLimit-Limit" not in _limited().get(PATH, auth=("API_KEY", "wrong")).headers


def test_an_app_has_a_quota_of_its_own() -> None:
    own = _limited()
    answer = own.get(PATH, token=own.token())
    assert answer.headers["X-RateLimit-Limit"] == "2500,8000"


@pytest.mark.parametrize(
    ("users", "quota"),
    [(1, "2500,8000"), (80, "2500,8000"), (100, "2500,10000"), (300, "3750,30000"), (600, "6250,50000")],
)
def test_an_apps_quota_grows_with_its_users(users: int, quota: str) -> None:
    assert str(Limits().of_app(users)) == quota


def test_all_users_of_an_app_share_its_quota() -> None:
    own = _limited()
    yours, theirs = own.token(), own.token(athlete=own.friend)
    own.get(PATH, token=yours)
    assert own.get(PATH, token=theirs).headers["X-RateLimit-Remaining"] == "2498,7998"


def test_a_spent_window_is_a_429_until_the_oldest_request_is_15_minutes_old() -> None:
    own = _limited(key_window=3)
    for _ in range(3):
        assert own.get(PATH).status_code == 200
        own.clock.advance(60)
    refused = own.get(PATH)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == str(15 * 60 - 3 * 60)
    assert refused.headers["X-RateLimit-Remaining"] == "0,4997"
    own.clock.advance(12 * 60)
    assert own.get(PATH).status_code == 200
    assert own.get(PATH).status_code == 429


def test_refused_requests_are_not_counted() -> None:
    own = _limited(key_window=1)
    assert [own.get(PATH).status_code for _ in range(3)] == [200, 429, 429]
    own.clock.advance(15 * 60)
    assert own.get(PATH).status_code == 200


def test_the_day_begins_again_at_midnight_utc() -> None:
    own = _limited(Clock(datetime(2026, 11, 23, 23, 0, tzinfo=UTC)), key_day=2)
    own.get(PATH)
    own.get(PATH)
    refused = own.get(PATH)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "3600"
    own.clock.advance(3600)
    assert own.get(PATH).headers["X-RateLimit-Remaining"] == "2499,1"


def test_ten_a_second_per_address_after_a_short_burst() -> None:
    own = box(switches=Switches())
    assert [own.get(PATH).status_code for _ in range(21)] == [200] * 20 + [429]
    own.clock.advance(0.1)
    assert [own.get(PATH).status_code for _ in range(2)] == [200, 429]
    own.clock.advance(1)
    assert [own.get(PATH).status_code for _ in range(11)] == [200] * 10 + [429]


def test_the_limit_per_address_says_when_to_come_back_but_no_quota() -> None:
    own = box(switches=Switches(), limits=Limits(burst=1))
    own.get(PATH)
    refused = own.get(PATH)
    assert refused.headers["Retry-After"] == "1"
    assert "X-RateLimit-Limit" not in refused.headers


def test_the_limits_can_be_switched_off() -> None:
    own = box(limits=Limits(burst=1, key_window=1))
    answers = [own.get(PATH) for _ in range(5)]
    assert {answer.status_code for answer in answers} == {200}
    assert "X-RateLimit-Limit" not in answers[0].headers
