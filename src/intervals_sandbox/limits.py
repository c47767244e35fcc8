"""Rate limits: a quota per app and per API key, and ten requests a second per address."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from math import ceil
from typing import NamedTuple

from attrs import define, field, frozen

from intervals_sandbox.errors import Refusal

WINDOW = timedelta(minutes=15)


class Quota(NamedTuple):
    """Requests allowed in a rolling 15 minutes, and in a UTC day."""

    window: int
    day: int

    def __str__(self) -> str:
        return f"{self.window},{self.day}"


@frozen
class Limits:
    """The figures of section 4, and the largest upload (the service's own is not published)."""

    key_window: int = 2_500
    key_day: int = 5_000
    app_day_per_user: int = 100
    app_day_least: int = 8_000
    app_day_most: int = 50_000
    app_window_least: int = 2_500
    per_second: float = 10
    burst: int = 20
    upload_bytes: int = 100_000_000

    def of_key(self) -> Quota:
        return Quota(self.key_window, self.key_day)

    def of_app(self, users: int) -> Quota:
        day = min(max(self.app_day_per_user * users, self.app_day_least), self.app_day_most)
        return Quota(max(day // 8, self.app_window_least), day)


def _refusal(wait: timedelta, headers: Mapping[str, str]) -> Refusal:
    retry = {"Retry-After": str(max(1, ceil(wait.total_seconds())))}
    return Refusal(429, {"status": 429, "error": "Too many requests"}, {**headers, **retry})


@define
class _Meter:
    """What one app or key has used."""

    recent: deque[datetime] = field(factory=deque)
    day: date = date.min
    today: int = 0

    def remaining(self, quota: Quota, now: datetime) -> Quota:
        while self.recent and self.recent[0] <= now - WINDOW:
            self.recent.popleft()
        if now.date() != self.day:
            self.day, self.today = now.date(), 0
        return Quota(max(0, quota.window - len(self.recent)), max(0, quota.day - self.today))

    def wait(self, left: Quota, now: datetime) -> timedelta:
        if left.day == 0:
            return datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo) - now
        return self.recent[0] + WINDOW - now

    def spend(self, now: datetime) -> None:
        self.recent.append(now)
        self.today += 1


@define
class _Bucket:
    tokens: float
    filled: datetime


@define
class Limiter:
    limits: Limits
    _meters: dict[str, _Meter] = field(factory=dict)
    _buckets: dict[str, _Bucket] = field(factory=dict)

    def admit(self, address: str, now: datetime) -> None:
        """One request of an address. Raises a 429 without quota headers beyond the allowed pace."""
        bucket = self._buckets.setdefault(address, _Bucket(self.limits.burst, now))
        gained = (now - bucket.filled).total_seconds() * self.limits.per_second
        bucket.tokens, bucket.filled = min(bucket.tokens + max(gained, 0), self.limits.burst), now
        if bucket.tokens < 1:
            raise _refusal(timedelta(seconds=(1 - bucket.tokens) / self.limits.per_second), {})
        bucket.tokens -= 1

    def spend(self, who: str, quota: Quota, now: datetime) -> Mapping[str, str]:
        """One request of an app or key: the headers to answer with. Raises a 429 with them when all are spent."""
        meter = self._meters.setdefault(who, _Meter())
        left = meter.remaining(quota, now)
        if 0 in left:
            raise _refusal(meter.wait(left, now), _headers(quota, left))
        meter.spend(now)
        return _headers(quota, Quota(left.window - 1, left.day - 1))


def _headers(quota: Quota, left: Quota) -> dict[str, str]:
    return {"X-RateLimit-Limit": str(quota), "X-RateLimit-Remaining": str(left)}
