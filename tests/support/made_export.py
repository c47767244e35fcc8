"""A made export read back with ElementTree and zipfile only, for the tests that hold it against its plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree
from zipfile import ZipFile
from zoneinfo import ZoneInfo

from intervals_sandbox.world.apple_export import ExportTruth
from intervals_sandbox.world.life import ZONE, Session, life

SEED, TODAY = 1, date(2026, 4, 2)
HOME = ZoneInfo(ZONE)
SUMMER_BEGINS = datetime(2026, 3, 29, 1, tzinfo=UTC)
"""Within the ten days before TODAY."""

QUANTITY = "HKQuantityTypeIdentifier"
SLEEP = "HKCategoryTypeIdentifierSleepAnalysis"
HRV = QUANTITY + "HeartRateVariabilitySDNN"
STEPS = QUANTITY + "StepCount"
WATCH, PHONE = "Mika’s Apple\u00a0Watch", "Mika’s iPhone"


def instant(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S %z")


class Rec(NamedTuple):
    type: str
    source: str
    start: datetime
    end: datetime
    created: datetime
    value: str | None
    unit: str | None
    device: str | None
    element: ElementTree.Element

    @property
    def number(self) -> float:
        return float(self.value or 0)


def rec_of(found: ElementTree.Element) -> Rec:
    start, end, created = (instant(found.attrib[key]) for key in ("startDate", "endDate", "creationDate"))
    a = found.attrib
    return Rec(a["type"], a["sourceName"], start, end, created, a.get("value"), a.get("unit"), a.get("device"), found)


class Made:
    """An export and its truth; records are read type by type, once."""

    def __init__(self, path: Path, truth: ExportTruth) -> None:
        self.path, self.truth = path, truth
        with ZipFile(path) as archive:
            self.root = ElementTree.parse(archive.open("apple_health_export/export.xml")).getroot()
            names = [name for name in archive.namelist() if name.endswith(".gpx")]
            self.routes = {name.rpartition("/")[2]: archive.read(name) for name in names}
        self._elements: defaultdict[str, list[ElementTree.Element]] = defaultdict(list)
        for found in self.root.findall("Record"):
            self._elements[found.attrib["type"]].append(found)
        self._records: dict[str, list[Rec]] = {}

    def records(self, type_: str, source: str | None = None) -> list[Rec]:
        if type_ not in self._records:
            self._records[type_] = [rec_of(found) for found in self._elements[type_]]
        return [rec for rec in self._records[type_] if source in (None, rec.source)]

    def all(self) -> list[Rec]:
        return [rec for type_ in list(self._elements) for rec in self.records(type_)]

    def workouts(self) -> Iterator[tuple[Session, ElementTree.Element]]:
        elements = {instant(found.attrib["startDate"]): found for found in self.root.findall("Workout")}
        for session in life(SEED, TODAY).sessions:
            if session.start in elements:
                yield session, elements[session.start]


def points(text: bytes) -> list[tuple[datetime, float, float]]:
    name = "{http://www.topografix.com/GPX/1/1}"
    return [
        (datetime.fromisoformat(p.findtext(f"{name}time") or ""), float(p.attrib["lat"]), float(p.attrib["lon"]))
        for p in ElementTree.parse(BytesIO(text)).iter(f"{name}trkpt")
    ]
