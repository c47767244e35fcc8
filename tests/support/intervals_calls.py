"""One call of every operation at Intervals.icu, for the tests of the protocol and of the client."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from intervals_companion.domain.catalogue import metric
from intervals_companion.intervals import protocol
from intervals_companion.intervals.credentials import ApiKey, Bearer
from intervals_companion.intervals.models import Upload
from intervals_companion.intervals.wire import Call

TOKEN, KEY = "0123456789abcdef0123456789abcdef", "4kq2nv8x0w3rj7t5yzb1mcs9d"
BEARER, API_KEY = Bearer(TOKEN), ApiKey(KEY)
DAY, NEXT = date(2026, 10, 5), date(2026, 10, 6)
WEIGHT = 71.35
FIT = b"\x0e\x10.FIT\r\n--\x00 bytes"


def upload() -> Call[Upload]:
    return protocol.upload(FIT, "a.fit", name="Evening run", external_id="ic1-1-2", device_name="Apple Watch")


CALLS: dict[str, Callable[[], Call[object]]] = {
    "athlete": protocol.athlete,
    "custom_fields": protocol.custom_fields,
    "create_field": lambda: protocol.create_field(metric("ActiveEnergy")),
    "wellness": lambda: protocol.wellness(DAY, NEXT),
    "put_wellness": lambda: protocol.put_wellness({DAY: {"weight": WEIGHT}}),
    "activities": lambda: protocol.activities(DAY, NEXT),
    "upload": upload,
    "latest_activities": lambda: protocol.latest_activities(DAY, 5),
    "try_streams": lambda: protocol.try_streams("i1"),
    "try_upload": protocol.try_upload,
    "try_calendar": lambda: protocol.try_calendar(DAY),
    "try_comments": lambda: protocol.try_comments("i1"),
    "disconnect": protocol.disconnect,
}
EVERY_CALL = pytest.mark.parametrize("call", [make() for make in CALLS.values()], ids=list(CALLS))
