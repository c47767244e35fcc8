"""What came of a run, in words and as the line: the same on Today, on Sync and on the run's own page."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from intervals_companion.app.sync.history import RunSummary
from intervals_companion.web.charts import svg
from intervals_companion.web.charts.svg import Part
from intervals_companion.web.formatting import Formatter

_AGREE = "Both sides agree."
_LEFT = "not tried yet"


def outcome(account: RunSummary, w: Formatter, *, waiting: int | None = None, blocked: int = 0) -> str:
    """A run in one line.

    Of the newest run, `waiting` is what waits for a choice by now, and `blocked` how many things block by now.
    """
    kept = list(_kept(account, w, waiting))
    if account.arrived and account.reached == account.meant:
        arrived = f"All {w.number(account.reached)} arrived" if account.reached > 1 else "1 arrived"
        return ", ".join([arrived, *kept])
    if account.arrived or account.failed or account.left:
        arrived = f"{w.number(account.reached)} of {w.number(account.meant)} arrived"
        return ", ".join([arrived, *_not_arrived(account, w)])
    if account.error is not None:
        return "Cut off" if account.was_cut_off else "Nothing arrived"
    if account.written:
        return f"{w.number(account.written)} written into Health"
    if account.blocked:
        return f"{w.number(account.blocked)} blocked"
    return ", ".join(["Nothing new", *kept]) + ("" if kept or blocked or account.unread else f". {_AGREE}")


def told(account: RunSummary, w: Formatter, at: int, *, waiting: int, blocked: int) -> str:
    """The newest run, which ended `at` (ms), in a sentence or two."""
    if account.meant or account.written or account.error or account.unread:
        return " ".join(_sentences(account, w, waiting))
    kept = ", ".join(_kept(account, w, waiting))
    since = f"Nothing new since {w.moment(at)}."
    return f"{since} {kept}." if kept else since if blocked else f"{since} {_AGREE}"


def line(account: RunSummary, w: Formatter, left: str = "", right: str = "", *, blocked: int = 0) -> Markup:
    """What travelled. Held on purpose was not meant to arrive, and leaves the right dot filled."""
    parts = [
        Part("sent", account.arrived),
        Part("held_permission", account.blocked),
        Part("held", account.held_count - account.blocked),
        Part("failed", account.failed),
        Part("todo", account.left),
    ]
    if (account.error or account.unread or blocked) and not any(part.count for part in parts):
        parts = [Part("todo", 1)]  # nobody can say that both sides agree
    counts = [("sent", account.arrived), ("held", account.held_count), ("failed", account.failed)]
    counts += [(_LEFT, account.left)] if account.left else []
    said = ", ".join(f"{w.number(count)} {word}" for word, count in counts)
    return svg.line(parts, left, right, f"From Apple Health to Intervals.icu: {said}.", words=w)


def share(account: RunSummary, w: Formatter) -> str:
    """How much of what was meant to arrive did, for below the right dot."""
    if account.meant > account.written:
        return f"{w.number(account.reached)} of {w.number(account.meant)} arrived"
    return "nothing arrived" if account.error else "nothing new"


def _not_arrived(account: RunSummary, w: Formatter) -> Iterator[str]:
    if account.blocked:
        yield f"{w.number(account.blocked)} blocked"
    if account.failed:
        yield f"{w.number(account.failed)} failed"
    if account.left:
        yield f"{w.number(account.left)} {_LEFT}"


def _kept(account: RunSummary, w: Formatter, waiting: int | None) -> Iterator[str]:
    """What stays where it is, those that wait for a choice among it."""
    held = account.held_count - account.blocked
    waits = account.to_decide if waiting is None else waiting
    if held > waits:
        yield f"{w.number(held)} held"
    if waits:
        yield f"{w.counted(waits, 'waits', 'wait')} for your choice"


def _sentences(account: RunSummary, w: Formatter, waiting: int) -> Iterator[str]:
    nouns = ((account.workouts, "workout", "workouts"), (account.values, "value", "values"))
    arrived = " and ".join(w.counted(number, one, many) for number, one, many in nouns if number)
    if arrived:
        yield f"{arrived} arrived."
    if account.corrected:
        yield f"Health corrected itself in {w.number(account.corrected)} of them."
    if account.emptied:
        yield f"{w.counted(account.emptied, 'value was', 'values were')} emptied: you deleted it in Health."
    if account.written:
        yield f"{w.number(account.written)} written into Health."
    if account.blocked:
        yield f"{w.counted(account.blocked, 'value waits', 'values wait')} for a permission."
    if account.failed:
        yield f"{w.number(account.failed)} did not arrive; the next sync tries again."
    if account.left:
        yield f"{w.number(account.left)} {_LEFT}; the next sync goes on."
    if kept := ", ".join(_kept(account, w, waiting)):
        yield f"{kept}."
    if account.unread:
        yield account.unread["cause"]
    if account.error:
        yield f"It stopped early: {account.error['cause']}"
