"""Whether this program says what is right of inputs whose right values are known.

    python tools/cases.py ../shared/cases/health

A folder holds `cases.json`, a list of cases, and their files. Each case gets a data folder of its own in the case's
home zone; its files are imported in their order, all through the command line. Of a case
    days                 a field's value, by day
    absent               fields that a day has not, by day
    workouts             what holds of the workouts in order of their start, of all there are: `type`, `duration_s`,
                         `distance_m`, and `fit` of the file that is written of one
    workouts_by_start    the type, by the local time of the start to the minute
are compared. In a file: `heart_rate` and `position_lat` are how many records have one at least, `cadence_mean` is the
mean of those that have one, `distance_last` the last one (m). A list of two numbers is the least and the most that is
right. A line for each case; the exit code is 1 where one is wrong.
"""

from __future__ import annotations

import json
import math
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from intervals_companion.cli.main import main as companion  # noqa: E402
from support.fit_decoders import by_fitdecode  # noqa: E402
from support.terminal import Written  # noqa: E402

Case = Mapping[str, Any]

CASES = "cases.json"
_CLOSE = 1e-6
"""Of a number that both sides wrote as text."""


class NoAnswer(Exception):
    """A command that says what was made ended with an error."""


class Said(NamedTuple):
    """What a command answered."""

    code: int
    out: str


class Home(NamedTuple):
    """A data folder, reached through the command line."""

    folder: Path

    def __call__(self, *arguments: str | Path) -> Said:
        out = Written()
        others = {name: value for name, value in os.environ.items() if not name.startswith("COMPANION_")}
        with (
            patch.dict(os.environ, others | {"COMPANION_HOME": str(self.folder / "home")}, clear=True),
            redirect_stdout(out),
            redirect_stderr(Written()),
        ):
            code = companion([str(one) for one in arguments])
        return Said(code, out.text())

    def json(self, *arguments: str | Path) -> Any:
        said = self(*arguments, "--json")
        if said.code != 0:
            raise NoAnswer(f"{arguments[0]} ended with {said.code}: {said.out.strip()}")
        return json.loads(said.out)

    def records(self, workout: str) -> list[dict[str, Any]]:
        """The records of the FIT file that is written of a workout."""
        file = self.folder / "workout.fit"
        said = self("workouts", "export", workout, "-o", file)
        return [] if said.code else list(by_fitdecode(file.read_bytes()).get("record", []))


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 1 or not Path(arguments[0], CASES).is_file():
        print(__doc__)
        return 2
    folder, any_wrong = Path(arguments[0]), False
    for case in cases(folder):
        wrong = verdict(case, folder)
        any_wrong |= bool(wrong)
        judged = f"WRONG: {'; '.join(wrong)}" if wrong else "right"
        print(f"{case['name']}: {judged} ({case['note']})", flush=True)
    return 1 if any_wrong else 0


def cases(folder: Path) -> list[Case]:
    found: list[Case] = json.loads((folder / CASES).read_text("utf-8"))
    return found


def verdict(case: Case, folder: Path) -> list[str]:
    """What is wrong about a case: what was said, and what is right."""
    with tempfile.TemporaryDirectory(prefix="companion-case-") as made:
        home = Home(Path(made))
        wrong = [
            f"{name} was refused: {_refusal(said.out)}"
            for name in case["files"]
            if (said := home("import", folder / name, "--home-zone", case["zone"], "--json")).code != 0
        ]
        try:
            return [*wrong, *_days(case, home), *_workouts(case, home)]
        except NoAnswer as problem:
            return [*wrong, str(problem)]


def _refusal(out: str) -> str:
    """The cause an import gave, whether it read something or nothing."""
    try:
        error = json.loads(out)["error"]
    except (ValueError, KeyError):
        return out.strip() or "in no words"
    return str(error["cause"] if error else "in no words")


# --- days ------------------------------------------------------------------------------------------------------------


def _days(case: Case, home: Home) -> Iterator[str]:
    if not ("days" in case or "absent" in case):
        return
    made = {one["day"]: one["values"] for one in home.json("metrics")}
    for day, fields in case.get("days", {}).items():
        for field, right in fields.items():
            said = made.get(day, {}).get(field, {}).get("value")
            if not agrees(said, right):
                yield f"{field} on {day} is {_shown(said)}, right is {_shown(right)}"
    for day, absent in case.get("absent", {}).items():
        for field in absent:
            if field in made.get(day, {}):
                yield f"{field} on {day} is {_shown(made[day][field]['value'])}, right is none"


def agrees(said: Any, right: Any) -> bool:
    """Whether a value is the right one, or within the two that are right."""
    if isinstance(said, bool) or not isinstance(said, int | float):
        return bool(said == right)
    if isinstance(right, list):
        return bool(right[0] <= said <= right[1])
    return isinstance(right, int | float) and math.isclose(said, right, rel_tol=_CLOSE)


def _shown(value: Any) -> str:
    return "none" if value is None else f"{value[0]} to {value[1]}" if isinstance(value, list) else f"{value}"


# --- workouts --------------------------------------------------------------------------------------------------------


def _workouts(case: Case, home: Home) -> Iterator[str]:
    if not ("workouts" in case or "workouts_by_start" in case):
        return
    made = sorted(home.json("workouts"), key=lambda one: str(one["start"]))
    if "workouts" in case and len(made) != len(case["workouts"]):
        yield f"there are {len(made)} workouts, right is {len(case['workouts'])}"
    for number, (workout, right) in enumerate(zip(made, case.get("workouts", []), strict=False), 1):
        yield from (f"workout {number}: {one}" for one in _workout(workout, right, home))
    by_start = {_local(one["start"], case["zone"]): one["sport"] for one in made}
    for start, sport in case.get("workouts_by_start", {}).items():
        if by_start.get(start) != sport:
            yield f"the workout at {start} is {_shown(by_start.get(start))}, right is {sport}"


def _workout(workout: Mapping[str, Any], right: Mapping[str, Any], home: Home) -> Iterator[str]:
    for key, said in (("type", "sport"), ("duration_s", "duration_s"), ("distance_m", "distance_m")):
        if key in right and not agrees(workout[said], right[key]):
            yield f"{key} is {_shown(workout[said])}, right is {_shown(right[key])}"
    if "fit" not in right:
        return
    records = home.records(workout["id"])
    for key, wanted in right["fit"].items():
        found = IN_FILES[key](records)
        if key in AT_LEAST and found is not None and found >= wanted:
            continue
        if key in AT_LEAST or not agrees(found, wanted):
            least = "at least " if key in AT_LEAST else ""
            yield f"{key} of the file is {_shown(found)}, right is {least}{_shown(wanted)}"


def _local(start: str, zone: str) -> str:
    return datetime.fromisoformat(start).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")


def _values(records: list[dict[str, Any]], field: str) -> list[float]:
    return [record[field] for record in records if record.get(field) is not None]


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


IN_FILES: Mapping[str, Callable[[list[dict[str, Any]]], float | None]] = {
    "heart_rate": lambda records: len(_values(records, "heart_rate")),
    "position_lat": lambda records: len(_values(records, "position_lat")),
    "cadence_mean": lambda records: _mean(_values(records, "cadence")),
    "distance_last": lambda records: next(iter(_values(records, "distance")[-1:]), None),
}
AT_LEAST = frozenset({"heart_rate", "position_lat"})
"""Numbers of records: a file may have some more at its edges."""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
