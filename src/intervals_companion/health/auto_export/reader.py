"""The envelope: `{"data": {"metrics": [...], "workouts": [...], ...}}`. Only the chosen kinds appear; none is fine."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from intervals_companion.domain.errors import DamagedInput
from intervals_companion.domain.summaries import AUTO_EXPORT
from intervals_companion.health.auto_export.metrics import midnight_sums, read_metric
from intervals_companion.health.auto_export.periods import Grouping, grouping
from intervals_companion.health.auto_export.workouts import read_workout
from intervals_companion.health.bridge import Items, Read, Reason, Unusable, objects, text
from intervals_companion.health.long_json import read_long
from intervals_companion.health.port import Reading
from intervals_companion.health.spacing import Sum, longer_than_a_day

CHANNEL = AUTO_EXPORT

MOST_WORKOUTS = 10_000
"""Of a delivery: one a day for twenty-seven years."""

_TOO_MANY = Reason("beyond the ten thousandth of one delivery", "Choose a shorter period in the automation.")
_SETTINGS = "In Health Auto Export choose the type REST API and the format JSON, version 2."
_NOT_USED = Reason("that are not used here", "Nothing to do. You can turn this kind off in the automation.")


def read(body: bytes | bytearray, headers: Mapping[str, str], home: ZoneInfo, *, longer: bool = False) -> Read:
    """One delivery; each of a batch stands alone. `headers`: names in lower case. `home`: for days without a clock.
    `longer`: whether others that came with it show that what begins at midnight is of weeks or months.

    Raises DamagedInput for a body that is no delivery. A single item that cannot be used is counted with its reason.
    """
    data = _data(read_long(body))
    into = Read(CHANNEL, Reading(bytes_total=len(body)))
    said = grouping(headers.get("automation-aggregation", ""))
    metrics = objects(data.get("metrics"))
    longer = said is Grouping.NONE and (longer or longer_than_a_day(_midnight_sums(metrics, home)))
    for metric in metrics:
        read_metric(metric, said, home, into, longer=longer)
    for number, workout in enumerate(objects(data.get("workouts"))):
        try:
            if number >= MOST_WORKOUTS:
                raise Unusable(_TOO_MANY)
            read_workout(workout, home, into)
        except Unusable as problem:
            into.leave_out("workouts", problem.reason)
    for name, items in data.items():
        if name not in ("metrics", "workouts") and (count := len(objects(items))):
            into.leave_out(text(name), _NOT_USED, count)
    return into


def sums(body: bytes | bytearray, home: ZoneInfo) -> list[Sum]:
    """The largest sum of each type and day of a delivery, of the types that begin at midnight: their spacing shows how
    they are grouped. Raises DamagedInput.
    """
    return list(_midnight_sums(objects(_data(read_long(body)).get("metrics")), home))


def _midnight_sums(metrics: Items, home: ZoneInfo) -> Iterator[Sum]:
    return (one for metric in metrics for one in midnight_sums(metric, home))


_BEGINS = re.compile(
    rb'\s*\{\s*"data"\s*:\s*\{\s*(?:\}|"(?:metrics|workouts|stateOfMind|medications|symptoms)"\s*:\s*\[)'
)
_KINDS = frozenset({
    "metrics", "workouts", "stateOfMind", "medications", "symptoms", "cycleTracking", "ecg", "heartRateNotifications",
})  # fmt: skip


def is_delivery(body: bytes | bytearray) -> bool:
    """Whether it is one, or was before it was cut off."""
    if _BEGINS.match(body):
        return True
    try:
        data = _data(read_long(body))
    except DamagedInput:
        return False
    return not data or not _KINDS.isdisjoint(data)


def _data(envelope: Any) -> dict[str, Any]:
    data = envelope.get("data") if isinstance(envelope, dict) else None
    if not isinstance(data, dict):
        raise DamagedInput("This is JSON, but not a delivery of Health Auto Export: it has no data.", _SETTINGS)
    return data
