"""Writes the table of words for times of day, of every locale of CLDR, as Babel has them.

    python tools/day_periods.py             # whether the table is that of the installed CLDR
    python tools/day_periods.py --write     # writes it

A word stands with the hours it may stand at: "PM" at 12 to 23, the Chinese word for the small hours at 0 to 4. Where
several locales use one word, the hours of all of them count.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import wrap
from typing import Any

from babel import Locale, localedata

from intervals_companion.health.clock_words import folded

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "src" / "intervals_companion" / "health" / "day_periods.py"
_HALVES: Mapping[str, range] = {"am": range(12), "pm": range(12, 24)}
_HOUR = 3600
_WIDTHS = ("abbreviated", "wide")
"""Formats of clocks use these two; a single letter stands in narrow calendars only."""
_OLDER = {
    "am": ("முற்பகல்", "לפנה״צ", "पूर्वाह्न", "পূর্বাহ্ণ", "म.पू.", "vorm.", "પૂર્વ મધ્યાહ્ન"),
    "pm": ("பிற்பகல்", "אחה״צ", "अपराह्न", "অপরাহ্ণ", "म.उ.", "nachm.", "ઉત્તર મધ્યાહ્ન"),
}
"""Words that CLDR had before: Tamil, Hebrew, Hindi, Bengali, Marathi, German and Gujarati of older phones."""
_OF_MORE_PEOPLE = {"ip": "fi"}
"""Words of which languages say opposite things, with the language whose meaning counts."""
_BETWEEN = "|"
_WIDTH = 112

_HEAD = '''"""Words for times of day and the hours they may stand at: a bit for each hour, the lowest for midnight.

Written by tools/day_periods.py from CLDR, as Babel has it: do not edit.
"""

# fmt: off
WORDS: dict[int, str] = {
'''


def main(arguments: list[str]) -> int:
    made = table()
    if arguments == ["--write"]:
        TABLE.write_text(made, "utf-8")
        return 0
    if arguments:
        print(__doc__)
        return 2
    same = TABLE.is_file() and TABLE.read_text("utf-8") == made
    print("The table is that of CLDR." if same else "The table is another one: python tools/day_periods.py --write")
    return 0 if same else 1


def table() -> str:
    hours: dict[str, set[int]] = defaultdict(set)
    for name in localedata.locale_identifiers():
        locale = Locale.parse(name)
        for word, at in _words(locale):
            if _OF_MORE_PEOPLE.get(word, locale.language) == locale.language:
                hours[word] |= at
    for half, words in _OLDER.items():
        for word in words:
            hours[folded(word)] |= set(_HALVES[half])
    by_hours: dict[int, list[str]] = defaultdict(list)
    for word, at in hours.items():
        by_hours[sum(1 << hour for hour in at)].append(word)
    return _HEAD + "".join(_entry(mask, sorted(words)) for mask, words in sorted(by_hours.items())) + "}\n"


def _words(locale: Locale) -> Iterator[tuple[str, set[int]]]:
    for widths in locale.day_periods.values():
        for width in _WIDTHS:
            for period, word in widths.get(width, {}).items():
                at = set(_HALVES.get(period) or _ruled(locale.day_period_rules, period))
                if at and (spelled := folded(word)):
                    yield spelled, at


def _ruled(rules: Mapping[Any, Any], period: str) -> Iterator[int]:
    """The full hours of a part of the day, as the locale's rules have them."""
    for rule in rules.get(None, {}).get(period, ()):
        if "at" in rule:
            yield rule["at"] // _HOUR % 24
            continue
        begins, ends = rule["from"] // _HOUR, rule["before"] // _HOUR
        yield from (hour % 24 for hour in range(begins, ends if ends > begins else ends + 24))


def _entry(mask: int, words: list[str]) -> str:
    joined = _BETWEEN.join(words)
    lines = wrap(joined.replace(_BETWEEN, f"{_BETWEEN} "), _WIDTH, break_long_words=False, break_on_hyphens=False)
    texts = [f'"{line.replace(" ", "")}"' for line in lines]
    if len(texts) == 1:
        return f"    0x{mask:06X}: {texts[0]},\n"
    return f"    0x{mask:06X}: (\n" + "".join(f"        {text}\n" for text in texts) + "    ),\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
