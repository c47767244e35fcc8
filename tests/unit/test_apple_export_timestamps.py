"""Apple's dates and the clocks beside heart beats."""

from __future__ import annotations

from datetime import datetime

import pytest

from intervals_companion.health.apple_export import records, timestamps
from intervals_companion.health.apple_export.timestamps import beat_times, instant


def ms(text: str, form: str = "%Y-%m-%d %H:%M:%S %z") -> int:
    return round(datetime.strptime(text, form).timestamp() * 1000)  # noqa: DTZ007 - every form has %z


@pytest.mark.parametrize(
    "text",
    [
        "2024-10-25 07:05:11 +0200",
        "2026-03-29 02:30:00 +0100",
        "1969-12-31 23:59:59 +0000",
        "2030-01-01 00:00:00 -0930",
        "2000-02-29 12:00:00 +1400",
        "2024-10-25 00:00:00 -1200",
    ],
)
def test_apples_form(text: str) -> None:
    assert instant(text) == ms(text)


def test_the_form_of_ios_8() -> None:
    assert instant("20150616071916-0700") == ms("20150616071916-0700", "%Y%m%d%H%M%S%z")


@pytest.mark.parametrize(
    "text",
    ["2024-10-25T05:05:11Z", "2024-10-25T07:05:11+02:00", "2024-10-25T07:05:11.000+0200", "2024-10-25 05:05:11Z"],
)
def test_iso_forms(text: str) -> None:
    assert instant(text) == ms("2024-10-25 07:05:11 +0200")


def test_milliseconds_are_kept() -> None:
    assert instant("2024-10-25T05:05:11.25Z") == ms("2024-10-25 07:05:11 +0200") + 250


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2024-10-25",
        "2024-10-25 07:05:11",
        "2024-02-30 07:05:11 +0100",
        "2024-10-25 24:00:00 +0200",
        "2024-10-25 07:60:11 +0200",
        "2024-10-25 07:05:61 +0200",
        "2024-10-25 07:05:11 +2400",
        "24-10-25 07:05:11 +0200",
        "2024-10-25 07:05:11 +0200 ",
        " 2024-10-25 07:05:11 +0200",
        "2024-10-25 07x05:11 +0200",
        "0000-01-01 00:00:00 +0000",
        "0001-01-01 00:00:00 +0000",
        "9999-12-31 23:59:59 +0000",
    ],
)
def test_what_is_no_date(text: str) -> None:
    for _ in range(2):
        with pytest.raises(ValueError):
            instant(text)


def test_what_is_remembered_stays_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timestamps, "_MOST_REMEMBERED", 10)
    texts = [f"2024-{month:02d}-{day:02d} 07:05:11 +0200" for month in range(1, 13) for day in range(1, 29)]
    assert [instant(text) for text in texts] == [ms(text) for text in texts]


@pytest.mark.parametrize(
    ("clocks", "hundredths"),
    [
        (["00:20:37,80", "00:20:38,94"], [0, 114]),
        (["17:07:00.29", "17:07:01.30"], [0, 101]),
        (["6:14:48.94 PM", "6:14:50.00 PM"], [0, 106]),
        (["3:10:02,11\u202fAM", "3:10:03,00\u202fAM"], [0, 89]),
        (["23:59:59,90", "00:00:00,80"], [0, 90]),
        (["11:59:59.90 PM", "12:00:00.80 AM"], [0, 90]),
        (["11:59:59.90 AM", "12:00:00.80 PM"], [0, 90]),
        (["12:59:59.90 PM", "1:00:00.80 PM"], [0, 90]),
        (["下午11:59:59.90", "上午12:00:00.80"], [0, 90]),
        (["٠٠:٢٠:٣٧٫٨٠", "٠٠:٢٠:٣٨٫٩٤"], [0, 114]),
        (["00.20.37,8", "00.20.38,94"], [0, 114]),
        (["07:00:01,00", "07:00:00,00"], [100, 0]),
        ([], []),
    ],
)
def test_beats_are_hundredths_since_the_first(clocks: list[str], hundredths: list[int]) -> None:
    assert beat_times(clocks) == hundredths


def test_what_is_no_clock() -> None:
    with pytest.raises(ValueError, match="clock"):
        beat_times(["00:20:37,80", "soon"])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2569-03-10 07:02:13 +0700", "2026-03-10 07:02:13 +0700"),  # Buddhist
        ("๒๕๖๙-๐๓-๑๐ ๐๗:๐๒:๑๓ +๐๗๐๐", "2026-03-10 07:02:13 +0700"),
        ("٢٠٢٦-٠٣-١٠ ٠٧:٠٢:١٣ +٠٣٠٠", "2026-03-10 07:02:13 +0300"),
        ("0008-03-10 07:02:13 +0900", "2026-03-10 07:02:13 +0900"),  # Japanese
        ("1404-12-19 07:02:13 +0330", "2026-03-10 07:02:13 +0330"),  # Persian
        ("4001-01-01 01:00:00 +0100", "4001-01-01 01:00:00 +0100"),  # what apps write for never
        ("1800-01-01 00:00:00 +0000", "1800-01-01 00:00:00 +0000"),
    ],
)
def test_dates_of_other_calendars_and_digits_are_those_that_are_meant(written: str, meant: str) -> None:
    assert instant(written) == instant(written) == ms(meant)


def test_a_day_of_the_islamic_calendar_is_refused_with_the_cure() -> None:
    at = "1447-09-20 07:02:13 +0300"
    with pytest.raises(records.Unusable, match=r"choose Gregorian on the iPhone"):
        records.dates({"startDate": at, "endDate": at})
