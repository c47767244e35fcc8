"""Dates in the digits, calendars and twelve-hour clocks of phones of other languages."""

from __future__ import annotations

from datetime import date

import day_periods
import pytest

from intervals_companion.domain.samples import SLEEP
from intervals_companion.health import calendars
from intervals_companion.health.bridge import Unusable
from intervals_companion.health.clock_words import hour_of_day
from intervals_companion.health.stamps import stamp
from support.pushes import BERLIN, STEPS, WEIGHT, at, item, metric, pushed, reasons, rows, shortcut

# --- twelve-hour clocks ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("morning", "evening"),
    [
        ("7:57:00 AM", "7:57:00 PM"),  # en_US
        ("7:57:00 a. m.", "7:57:00 p. m."),  # es
        ("7:57:00\u202fam", "7:57:00\u202fpm"),  # en_AU
        ("上午7:57:00", "下午7:57:00"),  # zh
        ("午前7:57:00", "午後7:57:00"),  # ja
        ("오전 7:57:00", "오후 7:57:00"),  # ko
        ("7:57:00 ap.", "7:57:00 ip."),  # fi
        ("7:57:00 fm", "7:57:00 em"),  # sv
        ("7:57:00 π.μ.", "7:57:00 μ.μ."),  # el
        ("7:57:00 de.", "7:57:00 du."),  # hu
        ("7:57:00 SA", "7:57:00 CH"),  # vi
        ("ÖÖ 7:57:00", "ÖS 7:57:00"),  # tr
        ("7:57:00 ก่อนเที่ยง", "7:57:00 หลังเที่ยง"),  # th
        ("7:57:00 ق.ظ.", "7:57:00 ب.ظ."),  # fa
        ("٧:٥٧:٠٠ ص", "٧:٥٧:٠٠ م"),  # ar_EG
        ("7:57:00 לפנה״צ", "7:57:00 אחה״צ"),  # he
        ("முற்பகல் 7:57:00", "பிற்பகல் 7:57:00"),  # ta
        ("ព្រឹក 7:57:00", "ល្ងាច 7:57:00"),  # km, once known by such words
        ("7:57:00 пр.об.", "7:57:00 сл.об."),  # bg
        ("priešpiet 7:57:00", "popiet 7:57:00"),  # lt
        ("早上7:57:00", "晚上7:57:00"),  # zh_TW, by parts of the day
    ],
)
def test_a_clock_of_twelve_hours_is_read_in_every_language(morning: str, evening: str) -> None:
    for shown, hour in ((morning, 7), (evening, 19)):
        read = stamp(f"2024-09-21 {shown} +1000", BERLIN)
        assert read.instant == at(f"2024-09-21T{hour:02}:57:00+10:00")


@pytest.mark.parametrize(
    ("shown", "word", "hour"),
    [
        (12, "AM", 0), (0, "午後", 12), (12, "下午", 12), (12, "noon", 12), (12, "midnight", 0), (1, "凌晨", 1),
        (11, "p.m.", 23), (8, "de la mañana", 8),
    ],
)  # fmt: skip
def test_twelve_is_noon_or_midnight_by_its_word(shown: int, word: str, hour: int) -> None:
    assert hour_of_day(shown, word) == hour


@pytest.mark.parametrize(("shown", "word"), [(7, "xm"), (7, ""), (13, "pm"), (7, "noon"), (7, "a" * 1000)])
def test_an_hour_that_nobody_can_tell_is_none(shown: int, word: str) -> None:
    assert hour_of_day(shown, word) is None


def test_a_clock_nobody_can_read_is_refused_with_the_cure() -> None:
    read = pushed(metric("weight_body_mass", "kg", item("2026-03-10 7:02:13 xyz +0100", 72)))
    ((reason, count),) = read.left_out.items()
    assert (reason.what, count) == ("weight_body_mass with a time of day in words that are not known here", 1)
    assert "24-Hour Time" in reason.cure


def test_the_table_is_that_of_the_installed_cldr(capsys: pytest.CaptureFixture[str]) -> None:
    assert day_periods.main([]) == 0
    assert day_periods.main(["--other"]) == 2
    assert "--write" in capsys.readouterr().out


# --- calendars -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2569-03-10", date(2026, 3, 10)),  # th_TH: 543 years ahead
        ("๒๕๖๙-๐๓-๑๐", date(2026, 3, 10)),
        ("2567-02-29", date(2024, 2, 29)),
        ("0008-03-10", date(2026, 3, 10)),  # Reiwa 8
        ("8-03-10", date(2026, 3, 10)),
        ("0031-04-30", date(2019, 4, 30)),  # the last day of Heisei
        ("0001-05-01", date(2019, 5, 1)),  # the first one of Reiwa
        ("1404-12-19", date(2026, 3, 10)),  # Persian
        ("۱۴۰۵-۰۱-۰۱", date(2026, 3, 21)),  # Nowruz 2026
        ("1403-12-30", date(2025, 3, 20)),  # of a leap year
        ("1393-01-01", date(2014, 3, 21)),
        ("1408-12-30", date(2030, 3, 20)),
    ],
)
def test_a_year_of_another_calendar_is_the_one_that_is_meant(written: str, day: date) -> None:
    assert stamp(written, BERLIN).day == day
    assert stamp(f"{written}T07:02:13+01:00", BERLIN).instant == at(f"{day}T07:02:13+01:00")


@pytest.mark.parametrize(
    "written",
    ["1447-09-20", "1440-02-30", "0115-03-10", "5786-06-21", "1742-07-01", "0025-03-10", "0001-04-30", "0031-05-01"],
)
def test_a_day_that_cannot_be_told_is_refused_with_the_cure(written: str) -> None:
    with pytest.raises(Unusable) as refused:
        stamp(written, BERLIN)
    assert refused.value.reason == calendars.OTHER_CALENDAR
    assert "Gregorian" in refused.value.reason.cure


@pytest.mark.parametrize(
    "written", ["1404-12-30", "1404-13-01", "2568-02-29", "2300-01-01", "3458-01-01", "9999-01-01"]
)
def test_what_is_no_day_in_its_calendar_is_no_date(written: str) -> None:
    with pytest.raises(Unusable) as refused:
        stamp(written, BERLIN)
    assert "readable date" in refused.value.reason.what


def test_a_phone_in_the_buddhist_calendar_pushes_the_same_day() -> None:
    thai = pushed(metric("step_count", "count", item("2569-03-10 00:00:00 +0700", 8500))).summaries
    assert thai == pushed(metric("step_count", "count", item("2026-03-10 00:00:00 +0700", 8500))).summaries


def test_a_phone_in_the_islamic_calendar_is_told_what_to_do() -> None:
    read = pushed(metric("step_count", "count", item("1447-09-20 00:00:00 +0300", 8500)))
    assert not read.summaries
    assert reasons(read) == {f"step_count {calendars.OTHER_CALENDAR.what}": 1}


def test_stages_of_a_night_in_another_calendar_and_clock_are_that_night() -> None:
    stage = {"startDate": "2569-03-09 11:00:00 หลังเที่ยง +0700", "endDate": "2569-03-10 6:00:00 ก่อนเที่ยง +0700",
             "value": "Core", "source": "Watch"}  # fmt: skip
    (row,) = rows(pushed(metric("sleep_analysis", "hr", stage)), SLEEP)
    assert (row.start, row.end) == (at("2026-03-09T23:00:00+07:00"), at("2026-03-10T06:00:00+07:00"))


# --- digits ----------------------------------------------------------------------------------------------------------

MORNING = "2026-03-10T07:02:13+01:00"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("٧٢٫٥", 72.5),  # ar_EG
        ("۷۲٫۵", 72.5),  # fa, ur
        ("٧٢,٥", 72.5),
        ("٧٢،٥", 72.5),  # the comma of texts
        ("\u200f٧٢٫٥\u200f كغم".replace(" كغم", " kg"), 72.5),
        ("७२.५", 72.5),  # hi, mr, ne
        ("৭২.৫", 72.5),  # bn
        ("၇၂.၅", 72.5),  # my
        ("๗๒.๕", 72.5),  # th
        ("༧༢.༥", 72.5),  # dz
        ("៧២,៥", 72.5),  # km
        ("７２．５", 72.5),  # full width
        ("١٬٠٧٢٫٥", 1072.5),
        ("\u061c-٧٢٫٥", -72.5),
        ("−72,5", -72.5),  # sv, nb
    ],
)
def test_numbers_are_read_in_the_digits_of_every_script(written: str, value: float) -> None:
    read = shortcut({"type": "Weight", "value": written, "unit": "kg", "date": MORNING})
    assert [row.value for row in rows(read, WEIGHT)] == [value]


@pytest.mark.parametrize("locale", ["ar_EG", "fa_IR", "mr_IN", "ar", ""])
def test_a_locale_with_other_digits_is_no_obstacle(locale: str) -> None:
    read = shortcut({"type": "Weight", "value": "٧٢٫٥", "unit": "kg", "date": MORNING, "locale": locale})
    assert [row.value for row in rows(read, WEIGHT)] == [72.5]


@pytest.mark.parametrize("written", ["٨٥٠٠", "٨٬٥٠٠", "८,५००", "८५००", "৮,৫০০", "๘,๕๐๐", "８，５００"])
def test_groups_of_digits_are_put_together_in_every_script(written: str) -> None:
    (one,) = shortcut({"type": "Steps", "value": written, "date": "2026-03-10"}).summaries
    assert (one.type, one.value) == (STEPS, 8500)


def test_what_is_ambiguous_stays_so_in_every_script() -> None:
    read = shortcut({"type": "Weight", "value": "७२,५००", "unit": "kg", "date": MORNING})
    assert reasons(read) == {"Weight with a number that can be read in two ways, such as 1,234": 1}


@pytest.mark.parametrize(("locale", "value"), [("ar_EG", 1234.0), ("fa_IR", 1234.0), ("ar_MA", 1.234)])
def test_beside_latin_digits_the_locale_has_a_sign_of_its_own(locale: str, value: float) -> None:
    read = shortcut({"type": "Weight", "value": "1,234 g", "date": MORNING, "locale": locale})
    assert [row.value for row in rows(read, WEIGHT)] == [value]


def test_a_shortcut_with_a_clock_or_calendar_nobody_can_read_is_told_which_it_is() -> None:
    entry = {"type": "Weight", "value": "72 kg"}
    read = shortcut([{**entry, "date": "1447-09-20"}, {**entry, "date": "2026-03-10 7:02 xyz +0100"}])
    assert [reason.cure.split(" > ")[-2:] for reason in read.left_out] == [
        ["Language & Region", "Calendar, and send it again."],
        ["Date & Time", "24-Hour Time, and send it again."],
    ]
