"""From a phone's push to Intervals.icu."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from intervals_companion.app.ingest import devices
from intervals_companion.app.ingest.devices import AUTO_EXPORT
from support.app_fixture import TODAY, AppFixture, steps
from support.app_fixture import run as recorded
from support.prepared import prepared, sign_in
from support.pushes import Item, body, item, metric, run

YESTERDAY = TODAY - timedelta(days=1)


def push(found: AppFixture, *metrics: Item, workouts: tuple[Item, ...] = (), grouped: str = "Days") -> None:
    context = found.context
    new = devices.add_device(context, AUTO_EXPORT, "iPhone")
    device = context.read(devices.recognise, new.token)
    assert device is not None
    content = body(*metrics, workouts=workouts)
    devices.receive(context, device, AUTO_EXPORT, content, {"automation-aggregation": grouped})


def walked(count: int) -> Item:
    return metric("step_count", "count", item(f"{YESTERDAY} 00:00:00 +0100", count, "Watch|iPhone"))


def test_a_growing_day_is_sent_as_it_grows_and_at_last_as_the_export_says(tmp_path: Path) -> None:
    with prepared(tmp_path, sign_in) as found:
        for count in (2500, 8431):
            push(found, walked(count))
            found.sync()
            assert found.theirs(YESTERDAY).values["steps"] == count
        found.import_(steps(YESTERDAY, 8200))
        found.sync()
        assert found.theirs(YESTERDAY).values["steps"] == 8200


def test_the_same_push_again_sends_nothing(tmp_path: Path) -> None:
    with prepared(tmp_path, sign_in) as found:
        push(found, walked(8431))
        found.sync()
        found.forget_requests()
        push(found, walked(8431))
        found.sync()
        assert found.writes() == []


def test_a_pushed_run_is_uploaded_and_the_export_of_it_is_not_another(tmp_path: Path) -> None:
    beats = [{"date": f"{YESTERDAY} 07:00:{second:02} +0100", "Avg": 140, "units": "bpm"} for second in range(0, 60, 5)]
    session = run(f"{YESTERDAY} 17:00:00 +0100", f"{YESTERDAY} 17:40:00 +0100", heartRateData=beats)
    with prepared(tmp_path, sign_in) as found:
        push(found, workouts=(session,))
        found.sync()
        (name,) = found.at_the_service()
        assert name.startswith("ic1-")
        found.import_(*recorded(YESTERDAY))
        found.sync()
        assert found.at_the_service() == [name]
