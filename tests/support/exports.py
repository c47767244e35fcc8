"""Tiny hand-made Apple Health exports, element by element, and the damage that real ones carry.

Dates are written as Apple writes them: `2026-03-01 09:00:00 +0100`. Elements are plain strings; put them together with
`export_xml`, and into a zip with `zip_export`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

DEFAULT_SOURCE = "Test Watch"
EXPORTED = "2026-03-01 09:00:00 +0100"
WATCH_DEVICE = (
    "<<HKDevice: 0x30112e9e0>, name:Apple Watch, manufacturer:Apple Inc., model:Watch, hardware:Watch7,2, "
    "software:26.1, creation date:2025-09-20 06:12:44 +0000>"
)
LOCALIZED_NAMES = {"de": "Export.xml", "es": "exportación.xml", "pt": "Exportar.xml", "zh": "导出.xml"}
"""What the phone calls export.xml in other languages."""

_NOTHING: Mapping[str, str] = {}


def export_xml(*elements: str, export_date: str = EXPORTED, dtd: bool = True, locale: str = "en_DE") -> str:
    """A whole export.xml around these elements."""
    body = "\n ".join(elements)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{_DTD if dtd else ""}<HealthData locale="{locale}">\n'
        f' <ExportDate value="{export_date}"/>\n <Me HKCharacteristicTypeIdentifierBloodType="HKBloodTypeNotSet"/>\n'
        f" {body}\n</HealthData>\n"
    )


def record(
    type: str,
    value: object,
    unit: str | None,
    start: str,
    end: str | None = None,
    *,
    source: str = DEFAULT_SOURCE,
    created: str | None = None,
    device: str | None = None,
    metadata: Mapping[str, str] = _NOTHING,
    beats: Sequence[tuple[int, str]] = (),
) -> str:
    """A Record. `unit` None: a category. `value` None: none at all. `beats`: bpm and clock text of an HRV reading."""
    listed = "".join(f'<InstantaneousBeatsPerMinute bpm="{bpm}" time="{time}"/>' for bpm, time in beats)
    beat_list = f"<HeartRateVariabilityMetadataList>{listed}</HeartRateVariabilityMetadataList>" if listed else ""
    origin = _origin(source, device, created or end or start, start, end or start)
    return _element("Record", {"type": type, "unit": unit, **origin, "value": value}, _metadata(metadata) + beat_list)


def correlation(
    type: str,
    *members: str,
    start: str,
    end: str | None = None,
    source: str = DEFAULT_SOURCE,
    metadata: Mapping[str, str] = _NOTHING,
) -> str:
    """A Correlation with Records inside. Real files repeat the members at top level; here the caller decides."""
    attributes = {"type": type, **_origin(source, None, end or start, start, end or start)}
    return _element("Correlation", attributes, _metadata(metadata) + "".join(members))


def workout(
    activity: str,
    start: str,
    end: str,
    *,
    minutes: float | None = None,
    source: str = DEFAULT_SOURCE,
    device: str | None = None,
    inside: Iterable[str] = (),
    routes: Iterable[str] = (),
    metadata: Mapping[str, str] = _NOTHING,
    totals: Mapping[str, str] = _NOTHING,
) -> str:
    """A Workout: `activity` is HealthKit's name without prefix, `inside` its events, parts and statistics in order.

    `routes` are names of route files, `totals` the total attributes of older files. Metadata stands twice, as in real
    files.
    """
    about, origin = _metadata(metadata), _origin(source, device, end, start, end)
    files = (_element("FileReference", {"path": f"/workout-routes/{name}"}) for name in routes)
    ways = "".join(_element("WorkoutRoute", _origin(source, None, end, start, end), file) for file in files)
    attributes = {
        "workoutActivityType": f"HKWorkoutActivityType{activity}",
        "duration": minutes,
        "durationUnit": None if minutes is None else "min",
        **totals,
        **origin,
    }
    return _element("Workout", attributes, f"{about}{''.join(inside)}{ways}{about}")


def workout_part(start: str, end: str, *inside: str, metadata: Mapping[str, str] = _NOTHING) -> str:
    """A WorkoutActivity."""
    attributes = {"uuid": "0C822588-0470-4F37-9676-C324BF454FBE", "startDate": start, "endDate": end}
    return _element("WorkoutActivity", attributes, "".join(inside) + _metadata(metadata))


def statistics(type: str, start: str, end: str, unit: str, **figures: float) -> str:
    """WorkoutStatistics; `figures` are sum, or average, minimum and maximum."""
    return _element("WorkoutStatistics", {"type": type, "startDate": start, "endDate": end, **figures, "unit": unit})


def event(kind: str, at: str, minutes: float | None = None, metadata: Mapping[str, str] = _NOTHING) -> str:
    """A WorkoutEvent: Pause, Resume, Segment, Lap ..."""
    unit = None if minutes is None else "min"
    attributes = {"type": f"HKWorkoutEventType{kind}", "date": at, "duration": minutes, "durationUnit": unit}
    return _element("WorkoutEvent", attributes, _metadata(metadata))


def summary(day: str, **rings: float) -> str:
    """An ActivitySummary: `activeEnergyBurned=512.3, appleExerciseTime=41 ...`."""
    return _element("ActivitySummary", {"dateComponents": day, **rings})


class Point(NamedTuple):
    """UTC time as `2026-03-01T08:00:00Z`; degrees, metres, m/s, degrees."""

    time: str
    latitude: float
    longitude: float
    altitude: float = 40.0
    speed: float = 3.0
    course: float = 90.0


def gpx(points: Iterable[Point]) -> str:
    """A route file."""
    lines = "".join(
        f'<trkpt lon="{p.longitude}" lat="{p.latitude}"><ele>{p.altitude}</ele><time>{p.time}</time><extensions>'
        f"<speed>{p.speed}</speed><course>{p.course}</course><hAcc>1.5</hAcc><vAcc>1.2</vAcc></extensions></trkpt>\n"
        for p in points
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="Apple Health Export" '
        'xmlns="http://www.topografix.com/GPX/1/1"><metadata><time>2026-03-01T08:00:00Z</time></metadata>'
        f"<trk><name>Route</name><trkseg>\n{lines}</trkseg></trk></gpx>\n"
    )


def zip_export(
    path: Path,
    xml: str | bytes,
    routes: Mapping[str, str] = _NOTHING,
    name: str = "export.xml",
    folder: str = "apple_health_export",
) -> Path:
    """Writes a zip as the phone does; `routes` are file names and texts."""
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.writestr(f"{folder}/{name}", xml)
        archive.writestr(
            f"{folder}/export_cda.xml", '<?xml version="1.0"?>\n<ClinicalDocument xmlns="urn:hl7-org:v3"/>'
        )
        for file, text in routes.items():
            archive.writestr(f"{folder}/workout-routes/{file}", text)
    return path


# Damage to a whole document. The first two leave every element in place.


def with_broken_dtd(xml: str) -> str:
    """The declarations of version 12: one list of attributes is never closed, and a stray > stands before the end."""
    return xml.replace(_DTD, _DTD.replace("Version: 14", "Version: 12").replace(_VISION, _VISION_12))


def with_control_character(xml: str) -> str:
    """A vertical tab, which XML forbids, inside the first source name."""
    return xml.replace('sourceName="', 'sourceName="\x0b', 1)


def truncated(xml: str) -> str:
    """Ends in the middle of the last Record."""
    return xml[: xml.rindex("<Record") + 20]


# Legal forms that simple readers trip over: an element before, the same element after.


def reordered(element: str) -> str:
    """The attributes of the first tag the other way round."""
    return _rewrite_tag(element, lambda pairs: [f'{name}="{value}"' for name, value in reversed(pairs)])


def single_quoted(element: str) -> str:
    return _rewrite_tag(element, lambda pairs: [f"{name}='{value}'" for name, value in pairs])


def spaced(element: str) -> str:
    """Blanks around the equals signs, each attribute on its own line."""
    return _rewrite_tag(element, lambda pairs: [f'\n    {name} = "{value}"' for name, value in pairs])


def with_character_references(element: str) -> str:
    """The type's first letters as numbers, decimal and hexadecimal."""
    return element.replace('"HK', '"&#72;&#x4B;', 1)


def with_greater_than(element: str) -> str:
    """A raw > in the source name; legal inside quotes."""
    return element.replace('sourceName="', 'sourceName="a>b ', 1)


def with_markup_in_value(element: str) -> str:
    """A source name that reads like attributes."""
    return element.replace('sourceName="', "sourceName=\"x value='1' type='HKFake' ", 1)


def in_comment(element: str) -> str:
    """Not an element any more."""
    return f"<!-- removed: {element} -->"


def in_cdata(element: str) -> str:
    """Not an element any more."""
    return f"<![CDATA[{element}]]>"


def on_one_line(*elements: str) -> str:
    return "".join(elements)


def repeated(element: str, times: int = 2) -> str:
    """Exact duplicates."""
    return "\n ".join([element] * times)


def _element(name: str, attributes: Mapping[str, object], inner: str = "") -> str:
    text = "".join(f' {key}="{_quoted(value)}"' for key, value in attributes.items() if value is not None)
    return f"<{name}{text}>{inner}</{name}>" if inner else f"<{name}{text}/>"


def _quoted(value: object) -> str:
    return escape(str(value), {'"': "&quot;"})


def _origin(source: str, device: str | None, created: str, start: str, end: str) -> dict[str, str | None]:
    return {
        "sourceName": source,
        "sourceVersion": "26.1",
        "device": device,
        "creationDate": created,
        "startDate": start,
        "endDate": end,
    }


def _metadata(entries: Mapping[str, str]) -> str:
    return "".join(_element("MetadataEntry", {"key": key, "value": value}) for key, value in entries.items())


def _rewrite_tag(element: str, write: Callable[[list[tuple[str, str]]], list[str]]) -> str:
    """The first tag with its attributes written anew. Expects the double quotes that `_element` writes."""
    found = _TAG.match(element)
    assert found, element
    written = " ".join(write(_ATTRIBUTE.findall(found["attributes"])))
    return f"<{found['name']} {written}{found['end']}{element[found.end() :]}"


_TAG = re.compile(r'<(?P<name>\w+)(?P<attributes>(?: \w+="[^"]*")*)(?P<end>/?>)')
_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')

_VISION = """<!ATTLIST VisionPrescription
  type CDATA #REQUIRED
  brand CDATA #IMPLIED
>
<!ELEMENT RightEye EMPTY>
"""
_VISION_12 = """<!ATTLIST VisionPrescription
  type CDATA #REQUIRED
  brand CDATA #IMPLIED
<!ELEMENT RightEye EMPTY>
>
"""
_DTD = f"""<!DOCTYPE HealthData [
<!-- HealthKit Export Version: 14 -->
<!ELEMENT HealthData (ExportDate,Me,(Record|Correlation|Workout|ActivitySummary|VisionPrescription)*)>
<!ATTLIST HealthData
  locale CDATA #REQUIRED
>
<!ELEMENT Record ((MetadataEntry|HeartRateVariabilityMetadataList)*)>
<!ATTLIST Record
  type CDATA #REQUIRED
  unit CDATA #IMPLIED
  value CDATA #IMPLIED
>
{_VISION}]>
"""
