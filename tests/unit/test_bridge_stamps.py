"""Dates as bridges write them."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from intervals_companion.health.bridge import Unusable
from intervals_companion.health.stamps import stamp
from support.pushes import BERLIN, at


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2024-09-21 07:57:00 +1000", "2024-09-21T07:57:00+10:00"),
        ("2024-09-21 7:57:00\u202fam +1000", "2024-09-21T07:57:00+10:00"),
        ("2024-09-21 7:57:00\u202fPM +1000", "2024-09-21T19:57:00+10:00"),
        ("2024-09-21 7:57:00 p.m. +1000", "2024-09-21T19:57:00+10:00"),
        ("2024-09-21 12:05:00\u00a0AM +0200", "2024-09-21T00:05:00+02:00"),
        ("2024-09-21 12:05:00 pm +0200", "2024-09-21T12:05:00+02:00"),
        ("2026-07-06 14:30:00 -0330", "2026-07-06T14:30:00-03:30"),
        ("2026-03-10T07:02:00+01:00", "2026-03-10T07:02:00+01:00"),
        ("2026-03-10T06:02:00.250Z", "2026-03-10T06:02:00.250+00:00"),
        ("2026-03-10T07:02+01:00", "2026-03-10T07:02:00+01:00"),
    ],
)
def test_a_stamp_is_the_instant_it_says(written: str, instant: str) -> None:
    assert stamp(written, BERLIN).instant == at(instant)


def test_the_day_is_the_one_the_phone_showed() -> None:
    read = stamp("2026-03-10 00:00:00 +1300", BERLIN)
    assert (read.day, read.clock, read.at_midnight) == (date(2026, 3, 10), 0, True)


def test_a_day_alone_begins_in_the_home_zone() -> None:
    read = stamp("2026-03-10", ZoneInfo("Pacific/Auckland"))
    assert (read.instant, read.day, read.clock) == (at("2026-03-10T00:00:00+13:00"), date(2026, 3, 10), None)


@pytest.mark.parametrize(
    "written",
    [
        "", None, 20260310, "yesterday", "2026-02-30 10:00:00 +0100", "2026-03-10 25:00:00 +0100",
        "2026-03-10 10:00:00", "2026-03-10 13:00:00 pm +0100", "2026-03-10 07:00:00 xm +0100",
        "0001-01-01 00:00:00 +0000", "9999-12-31 00:00:00 +0000", "4001-01-01 00:00:00 +0000",
    ],
)  # fmt: skip
def test_what_is_no_date_or_has_no_offset_is_not_guessed(written: object) -> None:
    with pytest.raises(Unusable):
        stamp(written, BERLIN)
