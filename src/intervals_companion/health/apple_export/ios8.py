"""What exports of iOS 8 write otherwise: `source` for `sourceName`, and metadata as attributes of the element itself.

    <Record type="HKQuantityTypeIdentifierBodyMass" source="Scale" Health Mate App Version="2.6.0" value="70" .../>

Names of attributes with blanks are not XML: `mended` puts them together. Public report: openradar 21431305.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_OF_RECORDS = frozenset(
    {"type", "source", "unit", "value", "creationDate", "startDate", "endDate", "device", "sourceVersion"}
)
_NAME = rb"[^\s=<>\"'/]++(?:\s++[^\s=<>\"'/]++)*+"
_VALUE = rb"(?:\"[^\"<]*+\"|'[^'<]*+')"
_TAG = re.compile(rb"(<\w++)((?:\s++%b\s*+=\s*+%b)*+)(\s*+/?>)" % (_NAME, _VALUE))
_ATTRIBUTE = re.compile(rb"\s++(%b)\s*+=\s*+(%b)" % (_NAME, _VALUE))
_NO_NAME = re.compile(rb"[^A-Za-z0-9_.-]")
_SOURCE, _SOURCE_SINCE = b" source=", b" sourceName="


def source_of(attributes: Mapping[str, str]) -> str:
    """The name of an element's source; "" where none is written."""
    return attributes.get("sourceName") or attributes.get("source", "")


def metadata_of(attributes: Mapping[str, str]) -> list[tuple[str, str]]:
    """The metadata among a record's attributes, for one that has `source`."""
    return [pair for pair in attributes.items() if pair[0] not in _OF_RECORDS] if "source" in attributes else []


def mended(data: bytes, at: int) -> tuple[bytes, int] | None:
    """The tag that begins at `at` with names that XML allows, and where it ends; None where it is none of iOS 8."""
    tag = _TAG.match(data, at)
    if tag is None or _SOURCE not in tag[2] or _SOURCE_SINCE in tag[2]:
        return None
    return tag[1] + b"".join(_attributes(tag[2])) + tag[3], tag.end()


def _attributes(written: bytes) -> Iterator[bytes]:
    place = 0
    while found := _ATTRIBUTE.match(written, place):
        name, place = _NO_NAME.sub(b"", found[1]), found.end()
        yield b" " + (name if name[:1].isalpha() else b"_" + name) + b"=" + found[2]
