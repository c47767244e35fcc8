"""Activity files for the tests, written by Garmin's own encoder or by hand: not by any code of this repository."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from garmin_fit_sdk import Encoder, Profile

START = datetime(2026, 11, 10, 6, 30, tzinfo=UTC)
"""07:30 in Berlin."""

SEMICIRCLES = 2**31 / 180


def messages(*sent: tuple[str, dict[str, Any]]) -> bytes:
    """A FIT file of just these messages: name and fields."""
    encoder = Encoder()
    for name, fields in sent:
        encoder.write_mesg({"mesg_num": Profile["mesg_num"][name], **fields})
    return bytes(encoder.close())


def garmin_fit(
    seconds: int = 600,
    start: datetime = START,
    sport: str = "running",
    sub_sport: str = "generic",
    watts: bool = False,
    beats: bool = False,
    sessions: Sequence[tuple[str, int, int]] = (),
    laps: Sequence[tuple[int, int]] = (),
) -> bytes:
    """A FIT activity of a sample each second: 3 m/s, heart rate from 120 up by one each minute, 10 m up and down.

    `sessions` are sport, offset and length of a multisport file; `laps` offset and length.
    """
    encoder = Encoder()
    end = start + timedelta(seconds=seconds)

    def write(name: str, **fields: Any) -> None:
        encoder.write_mesg({"mesg_num": Profile["mesg_num"][name], **fields})

    write("FILE_ID", type="activity", manufacturer="garmin", product=1, serial_number=1, time_created=start)
    for second in range(seconds):
        power = {"power": 200 + second % 2 * 20} if watts else {}
        write(
            "RECORD",
            timestamp=start + timedelta(seconds=second),
            position_lat=round((52.5 + second * 1e-5) * SEMICIRCLES),
            position_long=round(13.4 * SEMICIRCLES),
            enhanced_altitude=50.0 + (10 if 200 <= second < 400 else 0),
            heart_rate=120 + second // 60,
            cadence=85,
            distance=3.0 * second,
            enhanced_speed=3.0,
            **power,
        )
        if beats and second % 2:
            write("HRV", time=[0.5, 0.512])
    for offset, length in laps:
        write(
            "LAP",
            timestamp=start + timedelta(seconds=offset + length),
            start_time=start + timedelta(seconds=offset),
            total_elapsed_time=float(length),
        )
    for name, offset, length in sessions or [(sport, 0, seconds)]:
        write(
            "SESSION",
            timestamp=start + timedelta(seconds=offset + length),
            start_time=start + timedelta(seconds=offset),
            total_elapsed_time=float(length),
            total_timer_time=float(length - 30 if not sessions else length),
            total_distance=3.0 * length,
            total_calories=111,
            sport=name,
            sub_sport=sub_sport,
        )
    write("ACTIVITY", timestamp=end, total_timer_time=float(seconds), num_sessions=max(1, len(sessions)))
    data: bytes = bytes(encoder.close())
    return data


TCX = b"""<?xml version="1.0" encoding="UTF-8"?>
<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"
    xmlns:x="http://www.garmin.com/xmlschemas/ActivityExtension/v2">
 <Activities><Activity Sport="Biking"><Id>2026-11-10T06:30:00Z</Id>
  <Lap StartTime="2026-11-10T06:30:00Z"><TotalTimeSeconds>20</TotalTimeSeconds><DistanceMeters>160</DistanceMeters>
   <Calories>5</Calories><Track>
    <Trackpoint><Time>2026-11-10T06:30:00Z</Time><Position><LatitudeDegrees>52.5</LatitudeDegrees>
     <LongitudeDegrees>13.4</LongitudeDegrees></Position><AltitudeMeters>40</AltitudeMeters>
     <DistanceMeters>0</DistanceMeters><HeartRateBpm><Value>110</Value></HeartRateBpm><Cadence>80</Cadence>
     <Extensions><x:TPX><x:Watts>150</x:Watts></x:TPX></Extensions></Trackpoint>
    <Trackpoint><Time>2026-11-10T06:30:10Z</Time><DistanceMeters>80</DistanceMeters>
     <HeartRateBpm><Value>120</Value></HeartRateBpm><Cadence>90</Cadence>
     <Extensions><x:TPX><x:Watts>250</x:Watts></x:TPX></Extensions></Trackpoint>
   </Track></Lap>
  <Lap StartTime="2026-11-10T06:30:20Z"><TotalTimeSeconds>10</TotalTimeSeconds><DistanceMeters>80</DistanceMeters>
   <Calories>3</Calories><Track>
    <Trackpoint><Time>2026-11-10T06:30:20Z</Time><DistanceMeters>160</DistanceMeters>
     <HeartRateBpm><Value>130</Value></HeartRateBpm></Trackpoint>
    <Trackpoint><Time>2026-11-10T06:30:30Z</Time><DistanceMeters>240</DistanceMeters>
     <HeartRateBpm><Value>140</Value></HeartRateBpm></Trackpoint>
   </Track></Lap>
  <Creator><Name>Edge 530</Name></Creator>
 </Activity></Activities>
</TrainingCenterDatabase>"""

GPX = b"""<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="A watch" xmlns="http://www.topografix.com/GPX/1/1"
    xmlns:g="http://www.garmin.com/xmlschemas/TrackPointExtension/v1">
 <trk><name>Equator</name><type>running</type><trkseg>
  <trkpt lat="0" lon="0.000"><ele>10</ele><time>2026-11-10T06:30:00Z</time>
   <extensions><g:TrackPointExtension><g:hr>120</g:hr><g:cad>84</g:cad></g:TrackPointExtension></extensions></trkpt>
  <trkpt lat="0" lon="0.001"><ele>15</ele><time>2026-11-10T06:30:30Z</time>
   <extensions><g:TrackPointExtension><g:hr>130</g:hr></g:TrackPointExtension></extensions></trkpt>
  <trkpt lat="0" lon="0.001"><ele>15</ele><time>2026-11-10T06:31:00Z</time></trkpt>
  <trkpt lat="0" lon="0.002"><ele>12</ele><time>2026-11-10T06:31:30Z</time>
   <extensions><g:TrackPointExtension><g:hr>140</g:hr></g:TrackPointExtension></extensions></trkpt>
 </trkseg></trk>
</gpx>"""
