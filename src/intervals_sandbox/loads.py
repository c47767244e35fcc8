"""Training load of a recording: from heart rate by Banister's impulse, from power by normalized power.

Heart rate: TRIMP = minutes * r * 0.64 * e^(1.92 r) with r = (hr - resting) / (max - resting) (Banister 1991, men). The
load is that number in percent of one hour at the lactate threshold heart rate. Power: hours * (NP / FTP)^2 * 100
(Coggan), NP being the fourth root of the mean fourth power of the 30 second average.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import exp, isnan

from intervals_sandbox.files.recording import Column

_LONGEST_STEP = 30.0
"""Seconds between two samples beyond which the recording was paused."""
_WINDOW = 30


def seconds_at(time: Column, values: Column) -> Mapping[int, float]:
    """How long each whole value was held."""
    held: dict[int, float] = defaultdict(float)
    for i in range(1, len(time)):
        step = time[i] - time[i - 1]
        if 0 < step <= _LONGEST_STEP and not isnan(values[i]):
            held[round(values[i])] += step
    return held


def trimp(seconds: Mapping[int, float], resting: float, highest: float) -> float:
    """Banister's training impulse of the seconds spent at each heart rate."""
    total = 0.0
    for rate, held in seconds.items():
        reserve = min(max((rate - resting) / (highest - resting), 0.0), 1.0)
        total += held / 60 * reserve * 0.64 * exp(1.92 * reserve)
    return total


def heart_load(impulse: float, resting: float, highest: float, threshold: float) -> int:
    return round(100 * impulse / trimp({round(threshold): 3600.0}, resting, highest))


def power_load(watts: float, ftp: float, seconds: float) -> int:
    return round(seconds / 3600 * (watts / ftp) ** 2 * 100)


def normalized_power(watts: Column) -> float:
    """Of samples one second apart; a gap is no power."""
    values = [0.0 if isnan(value) else value for value in watts]
    total = sum(values[:_WINDOW])
    means = [total / min(_WINDOW, len(values))]
    for i in range(_WINDOW, len(values)):
        total += values[i] - values[i - _WINDOW]
        means.append(total / _WINDOW)
    return float((sum(mean**4 for mean in means) / len(means)) ** 0.25)


def zone_times(seconds: Mapping[int, float], upper: Sequence[float]) -> list[int]:
    """Seconds in each zone; a zone reaches up to and includes its upper value, the last one is open."""
    times = [0.0] * len(upper)
    for value, held in seconds.items():
        zone = next((number for number, bound in enumerate(upper) if value <= bound), len(upper) - 1)
        times[zone] += held
    return [round(held) for held in times]
