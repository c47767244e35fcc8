"""Planned workouts as text: `- 10m 55%`, repeats, warm-up and cool-down, parsed into a `workout_doc`.

Section 8 names the grammar; the finer points are read off texts that the service itself has parsed. A step is a line
that begins with a dash. Its tokens may stand anywhere in it, a later one of a kind goes before an earlier one, and the
words before the first are the step's text.
"""

from __future__ import annotations

import re
from html import escape
from typing import Any

Doc = dict[str, Any]

_TOKEN = re.compile(
    r"""
      \b (?=[0-9]+[hms])
        (?:(?P<hours>[0-9]{1,2})h)? (?:(?P<minutes>[0-9]{1,3})m(?:in)?)? (?:(?P<seconds>[0-9]{1,4})s)? \b
    | (?P<ramp>\bramp\s+)? \b(?P<low>[0-9]{1,4})w? (?:-(?P<high>[0-9]{1,4})|–[0-9]+)? \s? (?P<unit>w\b|%|rpm\b)
    | \bZ(?P<zone>[1-7])\b
    | \bpower=(?P<target>[0-9]+s)\b
    | (?P<lap>\bpress\ lap\b)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_UNITS = {"w": ("power", "w"), "%": ("power", "%ftp"), "rpm": ("cadence", "rpm")}
"""Unit in the text -> the target it belongs to, and its name there."""
_BEYOND = re.compile(r"(?:%|\bZ[1-7])\s*(?:L?T?HR|pace)\b|(?<![\w.])[0-9.]+\s?(?:km|mtr|mi)\b", re.IGNORECASE)
"""Targets of heart rate and pace, and distances: how the service writes these is not known here."""
_REPEAT = re.compile(r"(?:^|.*\s)([1-9][0-9]?)x", re.IGNORECASE)
_PARTS = ("warmup", "cooldown")


def workout_doc(description: str) -> Doc | None:
    """The steps of a text, with their length in seconds. None where it has none, or one that cannot be read here."""
    steps: list[Doc] = []
    into, marks = steps, Doc()
    for line in map(str.strip, description.splitlines()):
        if line.startswith("-"):
            if _BEYOND.search(line):
                return None
            if step := _step(line[1:].strip()):
                into.append({**step, **marks})
            continue
        into, marks = steps, {line.lower(): True} if line.lower() in _PARTS else {}
        if repeat := _REPEAT.fullmatch(line):
            into = []
            steps.append({"reps": int(repeat[1]), "text": _shown(line), "steps": into})
    steps = [_summed(step) for step in steps if step.get("steps") != []]
    return {"steps": steps, "duration": _length(steps), "distance": 0} if steps else None


def _step(line: str) -> Doc | None:
    """A step; None for a line that says no time, or takes none."""
    tokens = list(_TOKEN.finditer(line))
    step: Doc = {}
    for token in tokens:
        step |= _meaning(token)
    if not step.get("duration"):
        return None
    if (target := step.pop("target", None)) and "power" in step:
        step["power"] |= {"target": target}
    text = _shown(line[: tokens[0].start()])
    if text and not tokens[0]["zone"]:  # words right before a zone are lost: so the service parsed them
        step["text"] = text
    return step


def _meaning(token: re.Match[str]) -> Doc:
    """What one token says of its step."""
    found = token.groupdict()
    if found["unit"]:
        target, units = _UNITS[found["unit"].lower()]
        low, high = int(found["low"]), found["high"]
        aim: Doc = {"start": low, "end": int(high)} if high else {"value": low}
        return {target: {**aim, "units": units}, **({"ramp": True} if found["ramp"] else {})}
    if found["zone"]:
        return {"power": {"value": int(found["zone"]), "units": "power_zone"}}
    if found["target"]:
        return {"target": found["target"]}
    if found["lap"]:
        return {"until_lap_press": True}
    hours, minutes, seconds = (int(found[name] or 0) for name in ("hours", "minutes", "seconds"))
    return {"duration": hours * 3600 + minutes * 60 + seconds}


def _summed(step: Doc) -> Doc:
    """A repeat with its length: what it holds, as often as it is done."""
    if "reps" not in step:
        return step
    return {**step, "distance": 0, "duration": step["reps"] * _length(step["steps"])}


def _length(steps: list[Doc]) -> int:
    return sum(step["duration"] for step in steps)


def _shown(text: str) -> str:
    return escape(text.strip(), quote=False)
