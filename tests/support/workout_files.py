"""Activities that other devices brought to Intervals.icu."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from starlette.testclient import TestClient

from support.app_fixture import AppFixture


def garmin_run(home: AppFixture, day: date, *, shift: int = 0, minutes: int = 40) -> None:
    """A run at 17:00 in Berlin, recorded by another device `shift` seconds off, uploaded as TCX by the athlete."""
    start = datetime.fromisoformat(f"{day} 17:00:00+01:00").astimezone(UTC) + timedelta(seconds=shift)
    points = "".join(
        f"<Trackpoint><Time>{start + timedelta(seconds=second):%Y-%m-%dT%H:%M:%SZ}</Time>"
        f"<DistanceMeters>{second * 3.3:.1f}</DistanceMeters>"
        f"<HeartRateBpm><Value>145</Value></HeartRateBpm></Trackpoint>"
        for second in range(0, minutes * 60 + 1, 30)
    )
    tcx = (
        '<?xml version="1.0"?><TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/'
        'TrainingCenterDatabase/v2"><Activities><Activity Sport="Running">'
        f'<Id>{start:%Y-%m-%dT%H:%M:%SZ}</Id><Lap StartTime="{start:%Y-%m-%dT%H:%M:%SZ}">'
        f"<TotalTimeSeconds>{minutes * 60}</TotalTimeSeconds><DistanceMeters>{minutes * 198}</DistanceMeters>"
        f"<Track>{points}</Track></Lap></Activity></Activities></TrainingCenterDatabase>"
    )
    key = home.sandbox.you.api_key or ""
    with TestClient(home.app, base_url="http://localhost:8788") as browser:
        answer = browser.post(
            "/api/v1/athlete/0/activities", auth=("API_KEY", key), files={"file": ("run.tcx", tcx.encode())}
        )
    assert answer.status_code == 201, answer.text
