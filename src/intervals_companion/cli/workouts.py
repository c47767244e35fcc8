"""companion workouts: what Health recorded, and its files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from intervals_companion.app.activities import workouts as activities_workouts
from intervals_companion.app.activities.workouts import Workout
from intervals_companion.cli import output
from intervals_companion.cli.context import open_context

app = App(name="workouts", help="List the workouts, or write one as a FIT file.", help_format="plaintext")


@app.default
def workouts(*, as_json: Annotated[bool, Parameter(name="--json")] = False) -> int:
    """List the workouts Health recorded.

    Parameters
    ----------
    as_json
        Print one JSON value instead of words.
    """
    with open_context() as context, output.staged_progress() as progress:
        found = context.read(activities_workouts.workouts, progress)
    if as_json:
        output.print_json([_json(workout) for workout in found])
        return 0
    if not found:
        output.out().print("No workouts yet. Read an export first: companion import export.zip")
        return 0
    output.out().print(output.table(_HEADS, [_row(workout) for workout in found]))
    return 0


@app.command
def export(workout_id: str, /, *, output_file: Annotated[Path, Parameter(name=["-o", "--output"])]) -> int:
    """Write a workout as a FIT file.

    Parameters
    ----------
    workout_id
        As `companion workouts` lists it.
    output_file
        The file to write.
    """
    with open_context() as context:
        size = context.read(activities_workouts.export, workout_id, output_file)
    output.out().print(f"{output_file}: {size:,} bytes.", markup=False)
    return 0


_HEADS = ["Start (UTC)", "Sport", ">Time", ">Distance", ">Heart rate", "Streams", "Source", "At Intervals.icu", "Id"]


def _row(workout: Workout) -> tuple[str, ...]:
    return (
        f"{workout.start:%Y-%m-%d %H:%M}",
        workout.words,
        clock(workout.duration),
        "" if workout.distance is None else f"{workout.distance / 1000:.2f} km",
        "" if workout.average_hr is None else f"{workout.average_hr:.0f} bpm",
        ", ".join(workout.streams).replace("_", " "),
        workout.source,
        workout.link or "not linked",
        workout.id,
    )


def clock(seconds: float) -> str:
    hours, rest = divmod(round(seconds), 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}"


def _json(workout: Workout) -> dict[str, Any]:
    return {
        "id": workout.id,
        "type": workout.type,
        "sport": workout.sport,
        "start": output.iso(workout.start),
        "end": output.iso(workout.end),
        "duration_s": workout.duration,
        "elapsed_s": workout.elapsed,
        "distance_m": workout.distance,
        "energy_kcal": workout.energy,
        "average_hr": workout.average_hr,
        "routes": workout.routes,
        "streams": list(workout.streams),
        "coverage": dict(workout.coverage),
        "source": workout.source,
        "link": workout.link,
    }
