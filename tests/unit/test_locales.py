"""The names of locales, from whoever sends them."""

from __future__ import annotations

import pytest

from intervals_companion.domain.locales import locale_of


@pytest.mark.parametrize(
    ("name", "found"), [("de_DE", "de_DE"), ("de-CH", "de_CH"), ("zh-Hans-CN", "zh_Hans_CN"), ("en", "en")]
)
def test_a_name_is_found_however_it_is_written(name: str, found: str) -> None:
    assert str(locale_of(name)) == found


@pytest.mark.parametrize(
    "name",
    [
        "",
        "xx_YY",
        "de_DE\r\n\r\n",
        "de_DE ",
        "../de",
        "de/DE",
        "de\x00",
        "dé",
        "٣",
        "a" * 5000,
        "_",
    ],
)
def test_what_is_no_name_is_no_locale_and_no_error(name: str) -> None:
    assert locale_of(name) is None
