"""How Apple's export writes things down: stamps, sources, devices, records and their metadata."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from attrs import frozen

from intervals_sandbox.world.life import ZONE

QUANTITY, CATEGORY = "HKQuantityTypeIdentifier", "HKCategoryTypeIdentifier"
HOUR, DAY = 3600, 86400

_HOME = ZoneInfo(ZONE)
_EPOCH = date(1970, 1, 1)


@frozen
class Source:
    """Who wrote a sample. Apps have no device; `device` is the text after the pointer."""

    name: str
    version: str
    device: str = ""


WATCH = Source(
    "Mika’s Apple\u00a0Watch",
    "26.1",
    "name:Apple Watch, manufacturer:Apple Inc., model:Watch, hardware:Watch7,5, software:26.1, "
    "creation date:2025-09-20 06:12:44 +0000",
)
PHONE = Source(
    "Mika’s iPhone",
    "26.1",
    "name:iPhone, manufacturer:Apple Inc., model:iPhone, hardware:iPhone16,1, software:26.1, "
    "creation date:2025-09-19 17:03:20 +0000",
)
SCALE = Source("Body Scale", "7.2.1")
SLEEP_APP = Source("Night & Nap", "4.18")
FOOD_APP = Source("Food Log", "25.40.0")


class Sample(NamedTuple):
    """One Record. Times in seconds since the epoch; `value` as Apple prints it; `children` is XML."""

    type: str
    source: Source
    unit: str | None
    value: str | None
    start: int
    end: int
    created: int
    children: str = ""


class Stamps:
    """Instants as text, all with one UTC offset: the phone's at the moment of the export, whatever the date."""

    def __init__(self, exported: datetime) -> None:
        shift = exported.utcoffset() or timedelta(0)
        self._shift = int(shift.total_seconds())
        self._tail = exported.strftime(" %z")
        self._clock = [f" {s // HOUR:02}:{s // 60 % 60:02}:{s % 60:02}{self._tail}" for s in range(DAY)]
        self._dates: dict[int, str] = {}

    def __call__(self, instant: int) -> str:
        day, second = divmod(instant + self._shift, DAY)
        if day not in self._dates:
            self._dates[day] = (_EPOCH + timedelta(days=day)).isoformat()
        return self._dates[day] + self._clock[second]


def local(instant: float) -> datetime:
    """The athlete's wall clock, with the daylight saving of that date."""
    return datetime.fromtimestamp(instant, _HOME)


def number(value: float) -> str:
    """Six significant digits, as every quantity in an export."""
    return f"{value:.6g}"


def attribute(text: str) -> str:
    return escape(text, {'"': "&quot;"})


def metadata(entries: Iterable[tuple[str, object]], indent: int = 2) -> str:
    """MetadataEntry elements, one a line."""
    pad = " " * indent
    return "".join(f'{pad}<MetadataEntry key="{key}" value="{attribute(str(value))}"/>\n' for key, value in entries)


class Records:
    """Samples as Record elements. The device's pointer is another one on every record, as on a phone."""

    def __init__(self, stamps: Stamps) -> None:
        self.stamps = stamps
        self._written = 0

    def origin(self, source: Source) -> str:
        """The attributes that say who wrote something."""
        text = f'sourceName="{attribute(source.name)}" sourceVersion="{source.version}"'
        if not source.device:
            return text
        self._written += 1
        pointer = 0x30112E000 + 0x60 * self._written
        return f'{text} device="&lt;&lt;HKDevice: {pointer:#x}&gt;, {source.device}&gt;"'

    def __call__(self, sample: Sample, indent: str = " ") -> str:
        stamps = self.stamps
        unit = "" if sample.unit is None else f' unit="{sample.unit}"'
        value = "" if sample.value is None else f' value="{sample.value}"'
        head = (
            f'{indent}<Record type="{sample.type}" {self.origin(sample.source)}{unit} '
            f'creationDate="{stamps(sample.created)}" startDate="{stamps(sample.start)}" '
            f'endDate="{stamps(sample.end)}"{value}'
        )
        return f"{head}>\n{sample.children}{indent}</Record>\n" if sample.children else f"{head}/>\n"
