"""companion feed, show and comment: what other athletes did, one activity, and a word about it."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any

from attrs import asdict
from cyclopts import Parameter

from intervals_companion.app.activities import show as activities_show
from intervals_companion.app.activities.listing import left_out
from intervals_companion.app.activities.show import Shown
from intervals_companion.app.context import AppContext
from intervals_companion.app.preferences import display
from intervals_companion.app.social import feed as social_feed
from intervals_companion.app.social import post_comment
from intervals_companion.app.social.feed import Choice
from intervals_companion.cli import output
from intervals_companion.cli.context import open_context
from intervals_companion.cli.workouts import clock
from intervals_companion.domain.days import local_time, parse_day, utc_time
from intervals_companion.domain.errors import Busy, CompanionError, DamagedInput, ServiceError, UsageError
from intervals_companion.domain.remote_activity import RemoteInterval
from intervals_companion.domain.social import Comment, FollowedAthlete, Week, visible
from intervals_companion.domain.stages import Stage
from intervals_companion.social.comments import SendResult, Sent
from intervals_companion.social.feed import Line

_MOST = 10_000
"""Lines: as many as there are."""


def feed(
    *,
    days: int = 14,
    until: str | None = None,
    athlete: str | None = None,
    sport: str | None = None,
    coached: bool = False,
    as_json: Annotated[bool, Parameter(name="--json")] = False,
) -> int:
    """Show what the athletes you follow or coach did, newest first.

    Parameters
    ----------
    days
        How many days.
    until
        The last day, YYYY-MM-DD; today if left out.
    athlete
        Only one athlete's, by id or a part of the name.
    sport
        Only one sport's, as Intervals.icu calls it: Ride, Run, Swim.
    coached
        Only athletes you coach.
    as_json
        Print one JSON value instead of words.
    """
    if not 1 <= days <= social_feed.FARTHEST:
        raise UsageError(f"{days} days cannot be shown.", f"Give --days from 1 to {social_feed.FARTHEST}.")
    with open_context() as context, output.staged_progress() as progress:
        today = context.read(lambda here: here.today)
        last = parse_day(until) if until else today
        first = last - timedelta(days=days - 1)
        problems: list[CompanionError] = []
        if context.read(social_feed.is_due):
            problems = social_feed.read(context, lambda done, of: progress(Stage.READ_ATHLETES, done, of)).problems
        problems = [*problems, *social_feed.read_since(context, first)]
        found = context.read(social_feed.page, most=_MOST)
        choice = Choice(_athlete(found.others, athlete), sport, coached)
        lines = [line for line in found.lines if first <= line.day <= last and choice.takes(line)]
        weeks = context.read(social_feed.weeks)
    if as_json:
        output.print_json(_feed_json(lines, found.others, weeks, found.talk, problems) | {"left_out": found.odd})
    else:
        _print_feed(lines, found.others, weeks, problems)
        if found.odd:
            output.out().print(left_out(found.odd), markup=False)
    return 1 if problems else 0


def _athlete(known: Sequence[FollowedAthlete], wanted: str | None) -> str | None:
    """The id of whom the person means. Raises UsageError."""
    if wanted is None:
        return None
    fits = [one for one in known if one.id == wanted] or [
        one for one in known if wanted.casefold() in one.name.casefold()
    ]
    if len(fits) != 1:
        several = ", ".join(f"{one.name} ({one.id})" for one in fits or known)
        cause = f"Nobody you follow is called {wanted!r}." if not fits else f"{wanted!r} fits several athletes."
        raise UsageError(cause, f"Name one of them: {several}." if several else "Follow somebody at Intervals.icu.")
    return fits[0].id


def _print_feed(
    lines: Sequence[Line],
    known: Sequence[FollowedAthlete],
    weeks: Sequence[tuple[FollowedAthlete, list[Week]]],
    problems: Sequence[CompanionError],
) -> None:
    console = output.out()
    if not known:
        console.print("You follow nobody yet. Follow an athlete at Intervals.icu, then look again.")
        return
    rows = [
        (
            f"{line.start:%a %d %b %H:%M}",
            line.athlete_name,
            line.type or "",
            line.title + (" · new" if line.unread else ""),
            "" if line.moving is None else clock(line.moving),
            "" if not line.distance else f"{line.distance / 1000:.1f} km",
            "" if not line.load else f"{line.load:.0f}",
            _talk_word(line),
            line.id,
        )
        for line in lines
    ]
    heads = ["Start", "Athlete", "Sport", "Activity", ">Time", ">Distance", ">Load", "Comments", "Id"]
    console.print(output.table(heads, rows) if rows else "Nothing in these days.")
    summed = [
        (
            other.name,
            f"{week.first:%d %b}",
            "" if week.fitness is None else f"{week.fitness:.0f}",
            "" if week.fatigue is None else f"{week.fatigue:.0f}",
            "" if week.form is None else f"{round(week.form):+d}",
            clock(week.seconds),
            f"{week.metres / 1000:.0f} km",
        )
        for other, found in weeks
        for week in found[:1]
    ]
    console.print()
    console.print(output.table(["Athlete", "Week from", ">Fitness", ">Fatigue", ">Form", ">Time", ">Distance"], summed))
    for other in known:
        if not other.shared:
            console.print(f"{visible(other.name)}: not shared with you.", markup=False)
    for problem in problems:
        output.print_error(problem)


def _talk_word(line: Line) -> str:
    return f"{line.new} new" if line.new else "yes" if line.talked else ""


def _feed_json(
    lines: Sequence[Line],
    known: Sequence[FollowedAthlete],
    weeks: Sequence[tuple[FollowedAthlete, list[Week]]],
    talk: Mapping[str, int],
    problems: Sequence[CompanionError],
) -> dict[str, Any]:
    return {
        "activities": [_line_json(line, talk) for line in lines],
        "weeks": [
            {
                "athlete": {"id": other.id, "name": other.name}, "week": week.first.isoformat(), "count": week.count,
                "time_s": week.seconds, "distance_m": week.metres, "load": week.load, "fitness": week.fitness,
                "fatigue": week.fatigue, "form": week.form,
            }
            for other, found in weeks for week in found
        ],
        "athletes": [
            {"id": one.id, "name": one.name, "coached": one.coached, "shared": one.shared} for one in known
        ],
        "problems": [output.as_error(problem) for problem in problems],
    }  # fmt: skip


def _line_json(line: Line, talk: Mapping[str, int]) -> dict[str, Any]:
    return {
        "id": line.id,
        "athlete": {"id": line.other, "name": line.athlete_name},
        "type": line.type,
        "name": line.title,
        "start_local": line.start.isoformat(timespec="seconds"),
        "moving_s": line.moving,
        "distance_m": line.distance,
        "load": line.load,
        "hidden": line.hidden,
        "comments": talk.get(line.id) if line.talked else 0,
        "comments_new": line.new,
        "unread": line.unread,
    }


# --- one activity ----------------------------------------------------------------------------------------------------


def show(activity: str, /, *, as_json: Annotated[bool, Parameter(name="--json")] = False) -> int:
    """Show one activity, yours or another athlete's, with its comments.

    Parameters
    ----------
    activity
        Its id, as `companion feed` or `companion workouts` lists it.
    as_json
        Print one JSON value instead of words.
    """
    with open_context() as context:
        found = activities_show.show(context, activity)
        if as_json:
            output.print_json(_shown_json(found))
        else:
            _print_shown(context, found)
    for problem in found.problems:
        output.print_error(problem)
    return found.problems[0].exit_code if found.problems else 0


def _print_shown(context: AppContext, found: Shown) -> None:
    console, entry = output.out(), found.detail.entry
    ref = found.detail.ref
    athlete_name = f"{ref.athlete_name}: " if ref is not None and not ref.own else ""
    console.print(visible(f"{athlete_name}{entry.title}"), style="bold", markup=False)
    told = [f"{entry.day:%a %d %b %Y}", entry.type or ""]
    told += [clock(entry.moving)] if entry.moving else []
    told += [f"{entry.distance / 1000:.2f} km"] if entry.distance else []
    told += [f"{entry.heart_rate:.0f} bpm"] if entry.heart_rate else []
    told += [f"load {entry.load:.0f}"] if entry.load else []
    console.print(", ".join(part for part in told if part), markup=False)
    if entry.why:
        console.print(entry.why, markup=False)
    if intervals := [piece for piece in found.detail.view.intervals if piece.work]:
        rows = [(number, *_interval_row(piece)) for number, piece in enumerate(intervals, 1)]
        console.print()
        console.print(output.table(["Interval", ">Time", ">Power", ">Heart rate", ">Cadence"], rows))
    if zones := [zone for zone in found.detail.view.zones if zone.seconds]:
        shares = [(zone.stream.replace("_", " "), zone.name, clock(zone.seconds)) for zone in zones]
        console.print()
        console.print(output.table(["Zones of", "Zone", ">Time"], shares))
    if found.thread is not None:
        _print_comments(context, found.thread.comments, found.thread.me)


def _interval_row(piece: RemoteInterval) -> tuple[str, str, str, str]:
    figures = ((piece.power, " W"), (piece.heart_rate, " bpm"), (piece.cadence, ""))
    power, rate, cadence = ("" if figure is None else f"{figure:.0f}{unit}" for figure, unit in figures)
    return clock(piece.timer), power, rate, cadence


def _interval_json(piece: RemoteInterval) -> dict[str, Any]:
    return asdict(piece, filter=lambda attribute, _: attribute.name != "samples")


def _print_comments(context: AppContext, comments: Sequence[Comment], me: str) -> None:
    console = output.out()
    zone = context.read(display.preferences).zone
    shown = [one for one in comments if not one.deleted]
    console.print()
    console.print("Comments" if shown else "Nobody has said anything yet.", style="bold" if shown else "")
    for one in shown:
        when = "" if one.made is None else f"{local_time(one.made, zone):%a %d %b %H:%M}"
        console.print(f"{'You' if one.author == me else visible(one.name)}, {when} ({one.id})", markup=False)
        console.print(f"  {visible(one.text)}", markup=False)


def _shown_json(found: Shown) -> dict[str, Any]:
    entry, detail, ref = found.detail.entry, found.detail, found.detail.ref
    return {
        "id": entry.id,
        "activity": entry.activity,
        "athlete": None if ref is None else {"id": ref.other, "name": ref.athlete_name, "you": ref.own},
        "type": entry.type,
        "name": entry.title,
        "day": entry.day.isoformat(),
        "start": None if entry.start is None else output.iso(utc_time(entry.start)),
        "moving_s": entry.moving,
        "distance_m": entry.distance,
        "average_hr": entry.heart_rate,
        "load": entry.load,
        "hidden": detail.ref.hidden if detail.ref is not None else None,
        "streams": sorted(detail.view.bins.means),
        "intervals": [_interval_json(piece) for piece in detail.view.intervals],
        "zones": [asdict(zone) for zone in detail.view.zones],
        "comments": [] if found.thread is None else [
            {
                "id": one.id,
                "athlete": {"id": one.author, "name": one.name, "you": one.author == found.thread.me},
                "made": None if one.made is None else output.iso(utc_time(one.made)),
                "text": one.text,
                "attachment": one.attachment,
            }
            for one in found.thread.comments if not one.deleted
        ],
        "problems": [output.as_error(problem) for problem in found.problems],
    }  # fmt: skip


def comment(
    activity: str,
    text: Annotated[str, Parameter(allow_leading_hyphen=True)],
    /,
    *,
    as_json: Annotated[bool, Parameter(name="--json")] = False,
) -> int:
    """Write a comment on an activity, yours or another athlete's. It is sent once, whatever happens on the way.

    Parameters
    ----------
    activity
        Its id, as `companion feed` lists it.
    text
        What to say; - reads it from standard input.
    as_json
        Print one JSON value instead of words.
    """
    said = _said(text)
    with open_context() as context:
        nonce = post_comment.nonce_of(activity, said)
        sent = post_comment.send(context, activity, said, nonce, resend_if_absent=True)
        _tell(activity, sent, as_json=as_json)
        post_comment.release_nonce(context, nonce)
    return 0


def _tell(activity: str, sent: Sent, *, as_json: bool) -> None:
    """Raises ServiceError, Busy where it cannot be said that it was sent."""
    if sent.what is SendResult.UNKNOWN:
        raise ServiceError(
            "Intervals.icu did not answer, and does not show the comment yet.",
            "Run the same command again: it looks whether it has arrived before it sends anything.",
        )
    if sent.what is SendResult.BEING_SENT:
        raise Busy(
            "The same comment is on its way already, or was cut off in the last two minutes.",
            "Look with companion show whether it has arrived, then run the same command again in two minutes.",
        )
    if as_json:
        output.print_json({"activity": activity, "comment": sent.comment, "what": sent.what})
    else:
        output.out().print(_SENT[sent.what], markup=False)


def _said(text: str) -> str:
    """What is to be said, from the command or from standard input. Raises DamagedInput."""
    try:
        said = sys.stdin.read() if text == "-" else text
        said.encode()
    except UnicodeError as problem:
        raise DamagedInput("The comment is no text in UTF-8.", "Write it in UTF-8, then send it.") from problem
    return said


_SENT = {
    SendResult.SENT: "Sent.",
    SendResult.HAD_ARRIVED: "It had arrived already, so it was not sent again.",
}
