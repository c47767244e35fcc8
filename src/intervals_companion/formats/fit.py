"""A workout as a FIT activity file.

The bytes are a pure function of the recording and `ENCODER_VERSION`: Intervals.icu knows a duplicate by the hash of its
file. So nothing is in it that differs from channel to channel or from day to day: no source or device name, no clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import pairwise

from intervals_companion.domain import days
from intervals_companion.domain.activity import Length, Recording, Streams, Stretch, Workout
from intervals_companion.domain.errors import DamagedInput
from intervals_companion.domain.sports import fit_sport
from intervals_companion.formats import fit_profile as profile
from intervals_companion.formats.fit_bytes import Values, block, file, single

ENCODER_VERSION = 2
"""Stands in the file. Raised with every change, here or in `derive`, that changes the bytes of any workout."""

PRODUCT, SERIAL_NUMBER = 1, 1

_EPOCH = 631_065_600
"""1989-12-31T00:00:00Z, where FIT's seconds begin."""
_FIRST, _LAST = 0x10000000, 0xFFFFFFFE
"""Below, a FIT date_time means seconds since the device was switched on."""

Row = Mapping[str, float | None]


def fit_file(workout: Workout, recording: Recording) -> bytes:
    """The file. Raises DamagedInput for a date that FIT cannot say (before July 1998, after 2126)."""
    start, end = _date_time(workout.start), _date_time(max(workout.start, workout.end))
    sport, sub_sport = fit_sport(workout.activity, workout.metadata)
    kind = {"sport": sport, "sub_sport": sub_sport}
    messages = (
        _who(start),
        _seconds(recording.streams, start, sport),
        _lengths(recording),
        _laps(recording, kind),
        _session(recording, kind),
        _activity(workout, recording.whole, end),
    )
    return file(b"".join(messages))


def _date_time(instant: int) -> int:
    seconds = instant // 1000 - _EPOCH
    if _FIRST <= seconds <= _LAST:
        return seconds
    raise DamagedInput(
        "A workout’s date cannot be written to a FIT file, which knows the years 1998 to 2126.",
        "Correct the workout’s date in Health, or delete the workout there.",
    )


def _who(start: int) -> bytes:
    maker = {"manufacturer": profile.DEVELOPMENT, "product": PRODUCT, "serial_number": SERIAL_NUMBER}
    return (
        single(profile.FILE_ID, {"type": profile.FILE_ACTIVITY, **maker, "time_created": start})
        + single(profile.FILE_CREATOR, {"software_version": ENCODER_VERSION})
        + single(profile.DEVICE_INFO, {"timestamp": start, "device_index": 0, **maker})
    )


def _seconds(streams: Streams, start: int, sport: int) -> bytes:
    """Records, with timer events around every run of them: a hole in the seconds is a pause."""
    if not streams.seconds:
        return b""
    times = [start + second for second in streams.seconds]
    cadence, fraction = _cadence(streams.cadence, sport)
    records = block(
        profile.RECORD,
        {
            "timestamp": times,
            "position_lat": streams.latitude,
            "position_long": streams.longitude,
            "enhanced_altitude": streams.altitude,
            "heart_rate": streams.heart_rate,
            "cadence": cadence,
            "fractional_cadence": fraction,
            "distance": streams.distance,
            "enhanced_speed": streams.speed,
            "power": streams.power,
        },
    )
    holes = [place for place, (one, other) in enumerate(pairwise(times), 1) if other > one + 1]
    runs = list(pairwise((0, *holes, len(times))))
    events = block(
        profile.EVENT,
        {
            "timestamp": [times[place] for first, beyond in runs for place in (first, beyond - 1)],
            "event": [profile.EVENT_TIMER] * 2 * len(runs),
            "event_type": [profile.START, profile.STOP] * (len(runs) - 1) + [profile.START, profile.STOP_ALL],
        },
    )
    pieces = [events.definition, records.definition]
    for (first, beyond), begin, end in zip(runs, events.rows[::2], events.rows[1::2], strict=True):
        pieces += [begin, *records.rows[first:beyond], end]
    return b"".join(pieces)


def _cadence(values: Values | None, sport: float | None) -> tuple[Values | None, Values | None]:
    """Whole cycles and, for sports on foot, the rest: readers double both there, and half a stride is a step."""
    if values is None or sport not in profile.ON_FOOT:
        return values, None
    parts = [None if value is None else (value * 128 + 0.5) // 1 for value in values]
    return (
        [None if part is None else part // 128 for part in parts],
        [None if part is None else part % 128 / 128 for part in parts],
    )


def _lengths(recording: Recording) -> bytes:
    if recording.pool is None or not recording.lengths:
        return b""
    rows = [_length(length, index, recording.pool) for index, length in enumerate(recording.lengths)]
    return block(profile.LENGTH, _columns(rows)).joined


def _length(length: Length, index: int, pool: float) -> Row:
    elapsed = (length.end - length.start) / 1000
    return {
        "message_index": index,
        "timestamp": _date_time(length.end),
        "event": profile.EVENT_LENGTH,
        "event_type": profile.STOP,
        "start_time": _date_time(length.start),
        "total_elapsed_time": elapsed,
        "total_timer_time": elapsed,
        "total_strokes": length.strokes,
        "avg_speed": pool / elapsed if elapsed else None,
        "swim_stroke": None if length.style is None else profile.SWIM_STROKES.get(length.style),
        "avg_swimming_cadence": length.strokes / elapsed * 60 if length.strokes and elapsed else None,
        "length_type": profile.LENGTH_ACTIVE,
    }


def _laps(recording: Recording, kind: Row) -> bytes:
    rows: list[Row] = []
    swum = 0
    for index, lap in enumerate(recording.laps):
        last = index + 1 == len(recording.laps)
        intensity = profile.ACTIVE if lap.lengths else profile.REST
        rows.append(
            {
                "message_index": index,
                "event": profile.EVENT_LAP,
                **_summary(lap, recording, kind),
                "intensity": None if recording.pool is None else intensity,
                "lap_trigger": profile.LAP_SESSION_END if last else profile.LAP_MANUAL,
                "first_length_index": None if recording.pool is None else swum,
            }
        )
        swum += lap.lengths
    return block(profile.LAP, _columns(rows)).joined


def _session(recording: Recording, kind: Row) -> bytes:
    unit = profile.STATUTE if recording.pool_in_yards else profile.METRIC
    return single(
        profile.SESSION,
        {
            "message_index": 0,
            "event": profile.EVENT_SESSION,
            **_summary(recording.whole, recording, kind),
            "first_lap_index": 0,
            "num_laps": len(recording.laps),
            "trigger": profile.TRIGGER_ACTIVITY_END,
            "pool_length": recording.pool,
            "pool_length_unit": None if recording.pool is None else unit,
        },
    )


def _summary(stretch: Stretch, recording: Recording, kind: Row) -> Row:
    """What session and lap messages say alike."""
    cadence, fraction = _cadence((stretch.cadence, stretch.max_cadence), kind["sport"])
    average_cadence, max_cadence = cadence or (None, None)
    average_fraction, max_fraction = fraction or (None, None)
    lengths = None if recording.pool is None else stretch.lengths
    return {
        "timestamp": _date_time(stretch.end),
        "event_type": profile.STOP,
        "start_time": _date_time(stretch.start),
        **kind,
        "total_elapsed_time": (stretch.end - stretch.start) / 1000,
        "total_timer_time": stretch.timer,
        "total_distance": stretch.distance,
        "total_cycles": stretch.cycles,
        "total_calories": stretch.energy,
        "total_ascent": stretch.ascent,
        "avg_heart_rate": stretch.heart_rate,
        "max_heart_rate": stretch.max_heart_rate,
        "enhanced_avg_speed": stretch.speed,
        "enhanced_max_speed": stretch.max_speed,
        "avg_cadence": average_cadence,
        "avg_fractional_cadence": average_fraction,
        "max_cadence": max_cadence,
        "max_fractional_cadence": max_fraction,
        "avg_power": stretch.power,
        "max_power": stretch.max_power,
        "num_lengths": lengths,
        "num_active_lengths": lengths,
    }


def _activity(workout: Workout, whole: Stretch, end: int) -> bytes:
    """A zone nobody knows is left out."""
    local = None
    where = days.zone_of_sample(workout.zone or "")
    if where is not None:
        offset = days.local_time(whole.end, where).utcoffset() or timedelta()
        local = end + offset.total_seconds()
    return single(
        profile.ACTIVITY,
        {
            "timestamp": end,
            "total_timer_time": whole.timer,
            "num_sessions": 1,
            "type": profile.ACTIVITY_MANUAL,
            "event": profile.EVENT_ACTIVITY,
            "event_type": profile.STOP,
            "local_timestamp": local,
        },
    )


def _columns(rows: Sequence[Row]) -> Mapping[str, Values]:
    return {name: [row[name] for row in rows] for name in rows[0]}
