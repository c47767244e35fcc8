"""What the FIT profile says about the messages written here: their numbers, fields, scales and values.

Source: the FIT SDK's global profile 21.x (file type Activity).
"""

from __future__ import annotations

from collections.abc import Mapping
from struct import calcsize
from typing import NamedTuple


class Base(NamedTuple):
    """A FIT base type: its number in a definition message, its `struct` letter, and the whole numbers it can say."""

    number: int
    letter: str
    low: int
    high: int
    invalid: int

    @property
    def size(self) -> int:
        return calcsize("<" + self.letter)


ENUM = Base(0x00, "B", 0, 0xFE, 0xFF)
UINT8 = Base(0x02, "B", 0, 0xFE, 0xFF)
UINT16 = Base(0x84, "H", 0, 0xFFFE, 0xFFFF)
UINT32 = Base(0x86, "I", 0, 0xFFFFFFFE, 0xFFFFFFFF)
UINT32Z = Base(0x8C, "I", 1, 0xFFFFFFFF, 0)
SINT32 = Base(0x85, "i", -0x80000000, 0x7FFFFFFE, 0x7FFFFFFF)


class Field(NamedTuple):
    """number = (value + offset) * scale, in the file."""

    number: int
    base: Base
    scale: float = 1
    offset: float = 0


class Message(NamedTuple):
    local: int
    """The number its records carry in a file; each message here has its own."""
    number: int
    fields: Mapping[str, Field]


_SEMICIRCLES = 2**31 / 180
"""Degrees to the profile's unit of position."""

_TIMESTAMP = Field(253, UINT32)
_INDEX = Field(254, UINT16)
_EVENT = {"event": Field(0, ENUM), "event_type": Field(1, ENUM)}

FILE_ID = Message(
    0,
    0,
    {
        "type": Field(0, ENUM),
        "manufacturer": Field(1, UINT16),
        "product": Field(2, UINT16),
        "serial_number": Field(3, UINT32Z),
        "time_created": Field(4, UINT32),
    },
)
FILE_CREATOR = Message(1, 49, {"software_version": Field(0, UINT16)})
DEVICE_INFO = Message(
    2,
    23,
    {
        "timestamp": _TIMESTAMP,
        "device_index": Field(0, UINT8),
        "manufacturer": Field(2, UINT16),
        "serial_number": Field(3, UINT32Z),
        "product": Field(4, UINT16),
    },
)
EVENT = Message(3, 21, {"timestamp": _TIMESTAMP, **_EVENT})
RECORD = Message(
    4,
    20,
    {
        "timestamp": _TIMESTAMP,
        "position_lat": Field(0, SINT32, _SEMICIRCLES),
        "position_long": Field(1, SINT32, _SEMICIRCLES),
        "heart_rate": Field(3, UINT8),
        "cadence": Field(4, UINT8),
        "distance": Field(5, UINT32, 100),
        "power": Field(7, UINT16),
        "fractional_cadence": Field(53, UINT8, 128),
        "enhanced_speed": Field(73, UINT32, 1000),
        "enhanced_altitude": Field(78, UINT32, 5, 500),
    },
)
LENGTH = Message(
    5,
    101,
    {
        "message_index": _INDEX,
        "timestamp": _TIMESTAMP,
        **_EVENT,
        "start_time": Field(2, UINT32),
        "total_elapsed_time": Field(3, UINT32, 1000),
        "total_timer_time": Field(4, UINT32, 1000),
        "total_strokes": Field(5, UINT16),
        "avg_speed": Field(6, UINT16, 1000),
        "swim_stroke": Field(7, ENUM),
        "avg_swimming_cadence": Field(9, UINT8),
        "length_type": Field(12, ENUM),
    },
)
LAP = Message(
    6,
    19,
    {
        "message_index": _INDEX,
        "timestamp": _TIMESTAMP,
        **_EVENT,
        "start_time": Field(2, UINT32),
        "total_elapsed_time": Field(7, UINT32, 1000),
        "total_timer_time": Field(8, UINT32, 1000),
        "total_distance": Field(9, UINT32, 100),
        "total_cycles": Field(10, UINT32),
        "total_calories": Field(11, UINT16),
        "avg_heart_rate": Field(15, UINT8),
        "max_heart_rate": Field(16, UINT8),
        "avg_cadence": Field(17, UINT8),
        "max_cadence": Field(18, UINT8),
        "avg_power": Field(19, UINT16),
        "max_power": Field(20, UINT16),
        "total_ascent": Field(21, UINT16),
        "intensity": Field(23, ENUM),
        "lap_trigger": Field(24, ENUM),
        "sport": Field(25, ENUM),
        "num_lengths": Field(32, UINT16),
        "first_length_index": Field(35, UINT16),
        "sub_sport": Field(39, ENUM),
        "num_active_lengths": Field(40, UINT16),
        "avg_fractional_cadence": Field(80, UINT8, 128),
        "max_fractional_cadence": Field(81, UINT8, 128),
        "enhanced_avg_speed": Field(110, UINT32, 1000),
        "enhanced_max_speed": Field(111, UINT32, 1000),
    },
)
SESSION = Message(
    7,
    18,
    {
        "message_index": _INDEX,
        "timestamp": _TIMESTAMP,
        **_EVENT,
        "start_time": Field(2, UINT32),
        "sport": Field(5, ENUM),
        "sub_sport": Field(6, ENUM),
        "total_elapsed_time": Field(7, UINT32, 1000),
        "total_timer_time": Field(8, UINT32, 1000),
        "total_distance": Field(9, UINT32, 100),
        "total_cycles": Field(10, UINT32),
        "total_calories": Field(11, UINT16),
        "avg_heart_rate": Field(16, UINT8),
        "max_heart_rate": Field(17, UINT8),
        "avg_cadence": Field(18, UINT8),
        "max_cadence": Field(19, UINT8),
        "avg_power": Field(20, UINT16),
        "max_power": Field(21, UINT16),
        "total_ascent": Field(22, UINT16),
        "first_lap_index": Field(25, UINT16),
        "num_laps": Field(26, UINT16),
        "trigger": Field(28, ENUM),
        "num_lengths": Field(33, UINT16),
        "pool_length": Field(44, UINT16, 100),
        "pool_length_unit": Field(46, ENUM),
        "num_active_lengths": Field(47, UINT16),
        "avg_fractional_cadence": Field(92, UINT8, 128),
        "max_fractional_cadence": Field(93, UINT8, 128),
        "enhanced_avg_speed": Field(124, UINT32, 1000),
        "enhanced_max_speed": Field(125, UINT32, 1000),
    },
)
ACTIVITY = Message(
    8,
    34,
    {
        "timestamp": _TIMESTAMP,
        "total_timer_time": Field(0, UINT32, 1000),
        "num_sessions": Field(1, UINT16),
        "type": Field(2, ENUM),
        "event": Field(3, ENUM),
        "event_type": Field(4, ENUM),
        "local_timestamp": Field(5, UINT32),
    },
)

# Values of the profile's enumerations.
FILE_ACTIVITY, ACTIVITY_MANUAL, TRIGGER_ACTIVITY_END, LENGTH_ACTIVE = 4, 0, 0, 1
EVENT_TIMER, EVENT_SESSION, EVENT_LAP, EVENT_ACTIVITY, EVENT_LENGTH = 0, 8, 9, 26, 28
START, STOP, STOP_ALL = 0, 1, 4
LAP_MANUAL, LAP_SESSION_END = 0, 7
ACTIVE, REST = 0, 1
METRIC, STATUTE = 0, 1
ON_FOOT = frozenset({1, 11, 17})
"""Sports whose cadence counts one leg: running, walking, hiking."""
DEVELOPMENT = 255
"""The manufacturer for whoever has no number of their own."""

SWIM_STROKES: Mapping[int, int] = {1: 5, 2: 0, 3: 1, 4: 2, 5: 3, 6: 4}
"""HKSwimmingStrokeStyle -> swim_stroke: mixed, freestyle, backstroke, breaststroke, butterfly, kickboard (a drill)."""
