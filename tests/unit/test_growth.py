"""Four times as much text takes every regular expression, and all that reads foreign text, four times as long."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from intervals_companion.domain import units
from intervals_companion.domain.errors import CompanionError
from intervals_companion.domain.samples import source_key
from intervals_companion.formats.gpx import read_route
from intervals_companion.health import auto_export, locale_numbers, shortcuts
from intervals_companion.health.apple_export import records
from intervals_companion.health.apple_export.elements import Elements
from intervals_companion.health.auto_export import sports
from intervals_companion.health.bridge import Unusable
from intervals_companion.health.port import Reading
from intervals_companion.health.stamps import stamp
from intervals_companion.web import simulated_phone
from intervals_companion.web.context import public_address
from intervals_companion.web.doctor.pages import bold
from intervals_companion.web.social.comments import shown_text
from intervals_sandbox import operations
from support.growth import Found, grows_too_fast, patterns, worst

HOME = ZoneInfo("Europe/Berlin")
SIZE = 4000

ANYWHERE, BEGINNING, WHOLE = "anywhere", "at the beginning", "the whole text"
_WAYS: Mapping[str, Callable[[re.Pattern[Any], Any], object]] = {
    ANYWHERE: lambda pattern, text: pattern.sub(lambda _: text[:0], text),  # what search, split and finditer do too
    BEGINNING: lambda pattern, text: pattern.match(text),
    WHOLE: lambda pattern, text: pattern.fullmatch(text),
}

_EXPORT, _BRIDGE = "intervals_companion.health.apple_export", "intervals_companion.health"
PATTERNS: Mapping[str, str] = {
    "intervals_companion.app.ingest.payloads._LETTERS": BEGINNING,
    "intervals_companion.domain.days._OFFSET": WHOLE,
    "intervals_companion.domain.samples._POINTER": ANYWHERE,
    "intervals_companion.domain.units._MOLAR": BEGINNING,
    "intervals_companion.formats.gpx._POINT": ANYWHERE,
    f"{_EXPORT}.ios8._ATTRIBUTE": BEGINNING,
    f"{_EXPORT}.ios8._NO_NAME": ANYWHERE,
    f"{_EXPORT}.ios8._TAG": BEGINNING,
    f"{_EXPORT}.opening._IS_EXPORT": ANYWHERE,
    f"{_EXPORT}.timestamps._STAMP": WHOLE,
    f"{_EXPORT}.timestamps._CLOCK": ANYWHERE,
    f"{_EXPORT}.xml_reader._AT_ROOT": ANYWHERE,
    f"{_EXPORT}.xml_reader._HERE": ANYWHERE,
    f"{_EXPORT}.xml_reader._NEXT_ELEMENT": ANYWHERE,
    f"{_EXPORT}.xml_reader._AFTER_CORRELATION": ANYWHERE,
    f"{_EXPORT}.xml_reader._NAME": BEGINNING,
    f"{_EXPORT}.xml_reader._TAG": BEGINNING,
    f"{_EXPORT}.xml_reader._SECOND_START": ANYWHERE,
    f"{_EXPORT}.xml_reader._REFERENCE": ANYWHERE,
    f"{_EXPORT}.xml_reader._mend.search": ANYWHERE,
    f"{_EXPORT}.zipped._LOCAL_HEADER": ANYWHERE,
    f"{_BRIDGE}.auto_export.sports._PLACES": ANYWHERE,
    f"{_BRIDGE}.auto_export.sports._split.sub": ANYWHERE,
    f"{_BRIDGE}.auto_export.sports.activity.search": ANYWHERE,
    f"{_BRIDGE}.auto_export.reader._BEGINS": BEGINNING,
    f"{_BRIDGE}.locale_numbers._ONE_GROUP": WHOLE,
    f"{_BRIDGE}.long_json._TOKEN": ANYWHERE,
    f"{_BRIDGE}.shortcut_shapes._BEGINS": ANYWHERE,
    f"{_BRIDGE}.simple_export._HEAD": BEGINNING,
    f"{_BRIDGE}.simple_export._TOTAL": WHOLE,
    f"{_BRIDGE}.stamps._STAMP": WHOLE,
    "intervals_companion.intervals.answers._HALF_A_PAIR": ANYWHERE,
    "intervals_companion.intervals.limits._PAIR": WHOLE,
    "intervals_companion.intervals.limits._SECONDS": WHOLE,
    "intervals_companion.intervals.models._TOKEN": WHOLE,
    "intervals_companion.intervals.oauth._not_allowed.fullmatch": WHOLE,
    "intervals_companion.intervals.refusals._REPEATED": ANYWHERE,
    "intervals_companion.intervals.scopes._split.split": ANYWHERE,
    "intervals_companion.intervals.wire._ORIGIN": WHOLE,
    "intervals_companion.intervals.zone_record._NAME": WHOLE,
    "intervals_companion.sync.sending._UNKNOWN_FIELD": ANYWHERE,
    "intervals_companion.web.context._HOST": WHOLE,
    "intervals_companion.web.doctor.pages._BOLD": ANYWHERE,
    "intervals_companion.web.formatting._habits.sub": ANYWHERE,
    "intervals_companion.web.security._NAME_AND_PORT": WHOLE,
    "intervals_companion.web.simulated_phone.type_name.sub": ANYWHERE,
    "intervals_companion.web.simulated_phone._icon.search": ANYWHERE,
    "intervals_companion.web.social.comments._ADDRESS": ANYWHERE,
    "intervals_sandbox.api.custom_items._CODE": WHOLE,
    "intervals_sandbox.call._NUMBER": WHOLE,
    "intervals_sandbox.operations._PARAMETER": ANYWHERE,
    "intervals_sandbox.operations._pattern.compile": WHOLE,
    "intervals_sandbox.times._DAY": WHOLE,
    "intervals_sandbox.times._LOCAL": WHOLE,
    "intervals_sandbox.workout_text._TOKEN": ANYWHERE,
    "intervals_sandbox.workout_text._BEYOND": ANYWHERE,
    "intervals_sandbox.workout_text._REPEAT": WHOLE,
}
"""Where in a text each pattern of the package is looked for."""

MADE_WHEN_USED: Mapping[str, list[re.Pattern[str]]] = {
    f"{_BRIDGE}.auto_export.sports.activity.search": [re.compile(one) for one, _ in sports._IN_OTHER_LANGUAGES],
    "intervals_companion.web.simulated_phone._icon.search": [re.compile(one) for one, _ in simulated_phone._ICONS],
    "intervals_sandbox.operations._pattern.compile": [
        max((one.pattern for one in operations.OPERATIONS), key=lambda pattern: pattern.groups)
    ],
}


@cache
def _found() -> list[Found]:
    """Read from the source by the tests, not by every worker that only collects them."""
    return list(patterns())


def test_every_pattern_of_the_package_is_in_the_table_and_the_table_has_no_other() -> None:
    assert {found.place for found in _found()} == PATTERNS.keys()
    assert {found.place for found in _found() if found.pattern is None} == MADE_WHEN_USED.keys()


def _compiled(found: Found) -> list[re.Pattern[Any]]:
    return MADE_WHEN_USED[found.place] if found.pattern is None else [found.pattern]


def _too_slow(pattern: re.Pattern[Any], way: str, size: int = SIZE) -> Iterator[str]:
    """Beginnings of the texts on which it grows too fast."""
    is_text = isinstance(pattern.pattern, str)

    def work(text: str) -> object:
        return _WAYS[way](pattern, text if is_text else text.encode("latin-1", "replace"))

    return (text(40) for text in worst(pattern) if grows_too_fast(work, text, size))


@pytest.mark.parametrize("place", PATTERNS)
def test_a_pattern_grows_with_the_text_and_no_faster(place: str) -> None:
    known = [pattern for found in _found() if found.place == place for pattern in _compiled(found)]
    assert known
    assert [text for pattern in known for text in _too_slow(pattern, PATTERNS[place])] == []


@pytest.mark.parametrize(
    ("pattern", "way"),
    [
        (r"<*\bHKDevice: 0x[0-9a-fA-F]+>*,?", ANYWHERE),
        (r"([+\-−]?)\s*(\d[\d.,'’\s]*?)\s*([^\d\s.,'’].*)?", WHOLE),
        (r"(?<=\})\s*\r?\n\s*(?=\{)", ANYWHERE),
        (r"\bmodel:(.*?)(?:, [A-Za-z ]+:|>*$)", ANYWHERE),
        (r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?|[0-9a-f:.]*:[0-9a-f:.]*", WHOLE),
        (r"Unrecognized wellness field \[([^\]]+)\]", ANYWHERE),
        (r"\b[0-9.]+\s?(?:km|mtr|mi)\b", ANYWHERE),
    ],
)
def test_the_patterns_of_before_would_be_caught(pattern: str, way: str) -> None:
    assert any(next(_too_slow(re.compile(pattern), way, size), "") for size in (SIZE // 8, SIZE))


# --- the functions around them ---------------------------------------------------------------------------------------


def _pushed(**item: Any) -> None:
    body = {"data": {"metrics": [{"name": "weight_body_mass", "units": "kg", "data": [item]}]}}
    list(auto_export.read(json.dumps(body).encode(), {}, HOME).batches())


def _pushed_name(text: str) -> None:
    _pushed(date="2026-11-20 07:00:00 +0100", qty=70, source=text)


def _pushed_date(text: str) -> None:
    _pushed(date=text, qty=text)


def _pushed_metric(text: str) -> None:
    body = {"data": {"metrics": [{"name": text, "units": text, "data": [{}]}], "workouts": [{"name": text}]}}
    list(auto_export.read(json.dumps(body).encode(), {}, HOME).batches())


def _shortcut_lines(text: str) -> None:
    list(shortcuts.read(f"{{}}{text}{{}}".encode(), {}, HOME).batches())


def _shortcut_value(text: str) -> None:
    entry = {"type": "Weight", "value": text, "unit": text, "date": "2026-11-20", "source": text}
    list(shortcuts.read(json.dumps([entry]).encode(), {}, HOME).batches())


def _shortcut_around(text: str) -> None:
    count = len(text) // 40
    body: dict[str, Any] = {**dict.fromkeys(map(str, range(count))), "samples": [{}] * count}
    list(shortcuts.read(json.dumps(body).encode(), {}, HOME).batches())


def _shortcut_form(text: str) -> None:
    head = "multipart/form-data; boundary=x"
    part = f'--x\r\nContent-Disposition: form-data; name="type"\r\nContent-Type: {head}\r\n\r\n'
    shortcuts.read((part * (len(text) // 50) + text + "\r\n--x--").encode(), {"content-type": head}, HOME)


def _exported(text: str) -> None:
    said = text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").replace("\n", "&#10;")
    record = (
        f'<Record type="HKQuantityTypeIdentifierBodyMass" sourceName="{said}" device="{said}" unit="{said}" '
        f'startDate="2026-11-20 07:00:00 +0100" endDate="2026-11-20 07:00:00 +0100" value="70"/>'
    )
    _damaged(record)


def _damaged(text: str) -> None:
    elements = Elements(Reading(), "export.xml")
    elements.xml.feed(f"<HealthData>{text}</HealthData>".encode())
    elements.xml.close()
    list(elements.rest())


def _route(text: str) -> None:
    read_route(f'<gpx><trkpt lat="1" lon="1"><ele>{text}</ele></trkpt></gpx>'.encode())


READERS: Mapping[str, Callable[[str], object]] = {
    "a source's name": source_key,
    "the device of an export": records.product,
    "a number of an export": records.number,
    "a number of a shortcut": lambda text: locale_numbers.read(text, None),
    "the sign of a shortcut's numbers": lambda text: locale_numbers.sign_shown_by([text]),
    "a region": locale_numbers.sign_of,
    "a date of a bridge": lambda text: stamp(text, HOME),
    "a unit": units.lookup,
    "a sport": lambda text: sports.activity(text, {}),
    "a pushed source": _pushed_name,
    "a pushed date": _pushed_date,
    "a pushed metric": _pushed_metric,
    "a shortcut's lines": _shortcut_lines,
    "a shortcut's value": _shortcut_value,
    "what stands around a shortcut's samples": _shortcut_around,
    "a shortcut's form": _shortcut_form,
    "an export's attributes": _exported,
    "a damaged export": _damaged,
    "a route": _route,
    "a comment": shown_text,
    "a sentence with bold words": bold,
    "an address": lambda text: public_address(f"http://{text}"),
}
PIECES = (
    "<", "\n", " ", "1", ",", "1,", "1 ", "a", "model:", "model:\n", ", a", "}\n", "{", "{}\n", "[", '"', "é",
    "A\u0301\u0316", "\u0301\u0316", "ﷺ", "http://", "http://a.", "**", "**a", ":", "::1", "<!---->",
    "<Record &>", "<Record a='1'>", "<Record><Workout>", "&#0;", "HKDevice: 0x1", "_", "-",
)  # fmt: skip


def _work(reader: Callable[[str], object]) -> Callable[[str], object]:
    def work(text: str) -> object:
        try:
            return reader(text)
        except (CompanionError, Unusable, records.Unusable, ValueError):
            return None

    return work


def _texts() -> Iterator[Callable[[int], str]]:
    for piece in PIECES:
        for after in ("", "\x7f\n"):
            yield lambda size, p=piece, a=after: p * (size // len(p)) + a  # type: ignore[misc]


@pytest.mark.parametrize("what", READERS)
def test_reading_grows_with_the_text_and_no_faster(what: str) -> None:
    work = _work(READERS[what])
    assert [text(20) for text in _texts() if grows_too_fast(work, text, SIZE, quick=0.002)] == []
