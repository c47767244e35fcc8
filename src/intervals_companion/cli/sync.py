"""companion sync: one run, told item by item."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

from cyclopts import Parameter

from intervals_companion.app.shutdown import interruptible
from intervals_companion.app.sync import run
from intervals_companion.app.sync.report import held_by_reason
from intervals_companion.app.sync.run import Synced
from intervals_companion.cli import output
from intervals_companion.cli.context import open_context
from intervals_companion.cli.stopping import at_the_next_step
from intervals_companion.domain.activity import WORKOUT_FIELD
from intervals_companion.domain.catalogue import metric
from intervals_companion.domain.days import parse_day
from intervals_companion.sync.actions import Why


def sync(
    *,
    since: str | None = None,
    until: str | None = None,
    dry_run: bool = False,
    confirm: bool = False,
    take_over: list[str] | None = None,
    keep: list[str] | None = None,
    as_json: Annotated[bool, Parameter(name="--json")] = False,
) -> int:
    """Bring Intervals.icu up to date with Health.

    Parameters
    ----------
    since
        First day, YYYY-MM-DD; the first that Health knows if left out.
    until
        Last day, YYYY-MM-DD; today if left out.
    dry_run
        Say what would be done; do nothing.
    confirm
        Agree to a plan that replaces suspiciously much.
    take_over
        Let Health's value replace what Intervals.icu holds: FIELD, FIELD@DAY, or all. Remembered when the run goes on.
    keep
        Keep what Intervals.icu holds, and take a take-over back: FIELD, FIELD@DAY, or all. Remembered likewise.
    as_json
        Print one JSON value instead of words.
    """
    first, last = (parse_day(text) if text else None for text in (since, until))
    with open_context() as context, at_the_next_step() as shutdown, output.staged_progress() as progress:
        result = run.sync(
            interruptible(context, shutdown), progress, since=first, until=last, dry_run=dry_run, confirmed=confirm,
            take_over=take_over or (), keep=keep or (), should_stop=shutdown.has_begun,
        )  # fmt: skip
    if as_json:
        output.print_json(to_json(result))
    else:
        print_synced(result)
        for problem in (result.outcome.warning, result.outcome.error):
            if problem is not None:
                output.print_error(problem)
    return run.exit_code(result.outcome)


def to_json(result: Synced) -> dict[str, Any]:
    outcome = result.outcome
    return {
        "run": outcome.run,
        "planned": len(outcome.planned),
        "sent": [
            {
                **_item(one.item, one.field),
                "value": one.value,
                "was": one.was,
                "receipt": one.receipt,
                "why": one.why,
            }
            for one in outcome.sent
        ],
        "written": [{**_written(one.item, one.field), "value": one.value, "was": one.was} for one in outcome.written],
        "linked": [{"workout": one.workout, "activity": one.activity, "how": one.how} for one in outcome.linked],
        "held": [
            {**_item(one.item, one.field), "reason": one.reason, "words": output.held_words(one.reason)}
            for one in outcome.held
        ],
        "failed": [{**_item(one.item, one.field), "cause": one.cause, "cure": one.cure} for one in outcome.failed],
        "left": [_item(*one) for one in outcome.left],
        "impossible": [f"{count:,} x {one.what}" for one, count in result.impossible.items()],
        "requests": {"read": result.requests.read, "write": result.requests.write},
        "seconds": round(result.seconds, 3),
        "warning": output.as_error(outcome.warning),
        "error": output.as_error(outcome.error),
    }


def _item(item: str, name: str) -> dict[str, str]:
    return {"workout" if name == WORKOUT_FIELD else "day": item, "field": name}


def _written(item: str, name: str) -> dict[str, str]:
    """What went into Health: the value of a day, or an activity of Intervals.icu."""
    return {"activity" if name == WORKOUT_FIELD else "day": item, "field": name}


def print_synced(result: Synced) -> None:
    """The answer first; then failed, not tried, held and sent."""
    console = output.out()
    outcome, left = result.outcome, result.outcome.left
    verb = "would be sent" if result.dry_run else "sent"
    values, workouts = output.several(outcome.values_sent, "value"), output.several(outcome.workouts_sent, "workout")
    written = f"{len(outcome.written):,} written into Health, " if outcome.written else ""
    console.print(
        f"{values} and {workouts} {verb}, {written}{len(outcome.linked):,} in both already, "
        f"{len(outcome.held):,} left out, "
        f"{len(outcome.failed):,} failed" + (f", {len(left):,} not tried yet." if left else "."),
        style="bold",
    )
    console.print(
        f"{result.first} to {result.last}. {result.requests.read} requests read, {result.requests.write} wrote; "
        f"{result.seconds:.1f} s."
    )
    corrected = sum(1 for one in outcome.sent if one.why is Why.CORRECTED)
    deleted = sum(1 for one in outcome.sent if one.why is Why.DELETED)
    if corrected:
        console.print(f"{output.several(corrected, 'value')} of them: Health corrected itself.")
    if deleted:
        console.print(f"{output.several(deleted, 'value')} emptied: you deleted it in Health.")
    for one, count in result.impossible.items():
        console.print(f"{count:,} x {one.what}. {one.cure}", markup=False)
    failed = Counter((_what(one.field), one.cause, one.cure) for one in outcome.failed)
    if failed:
        heads = ["Failed", ">Items", "Why", "What to do"]
        console.print(output.table(heads, [(what, n, why, cure) for (what, why, cure), n in failed.most_common()]))
    if left:
        missed = Counter(_what(field) for _, field in left)
        console.print(output.table(["Not tried yet", ">Items"], [(what, f"{n:,}") for what, n in missed.most_common()]))
    if outcome.held:
        rows = [
            (output.held_words(line.reason) if line.reason else line.what, f"{line.number:,}", line.words)
            for line in held_by_reason(outcome.held)
        ]
        console.print(output.table(["Held because", ">Items", "Of"], rows))
    sent = Counter(_what(one.field) for one in outcome.sent)
    if sent:
        console.print(output.table(["Sent", ">Items"], [(what, f"{n:,}") for what, n in sent.most_common()]))


def _what(field: str) -> str:
    return "Workout" if field == WORKOUT_FIELD else metric(field).name
