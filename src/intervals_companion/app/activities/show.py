"""One activity, yours or another athlete's, with what is said about it: read where it is not known. For the command
line; pages show at once what is kept and fetch the rest into it.
"""

from __future__ import annotations

from attrs import frozen

from intervals_companion.app.activities import detail as activities_detail
from intervals_companion.app.activities.detail import Detail
from intervals_companion.app.context import AppContext
from intervals_companion.app.remote import activity as remote_activity
from intervals_companion.app.social import comments
from intervals_companion.app.social.comments import Thread
from intervals_companion.domain.errors import CompanionError


@frozen
class Shown:
    detail: Detail
    thread: Thread | None
    """None where it is not at Intervals.icu, or is hidden."""
    problems: tuple[CompanionError, ...] = ()
    """Why a part of it is not told."""


def show(context: AppContext, name: str) -> Shown:
    """Raises NothingToShow, NotShared, NotSignedIn."""
    found = context.read(activities_detail.detail, name)
    ref, problems = found.ref, []
    if ref is None or ref.hidden is not None:
        return Shown(found, None)
    thread = context.read(comments.thread, ref)
    try:
        remote_activity.fetch(context, ref)
        found = context.read(activities_detail.detail, name)
        thread = comments.read_if_old(context, ref, comments.LOOKED_AT)
    except CompanionError as problem:
        if not ref.own:
            raise
        problems.append(problem)
    return Shown(found, thread, tuple(problems))
