"""Comments below an activity: read into the page after it is shown, written from it, changed by their author."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from attrs import evolve, frozen
from markupsafe import Markup, escape
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from intervals_companion.app.context import AppContext
from intervals_companion.app.remote import activity
from intervals_companion.app.remote.activity_ref import ActivityRef, activity_ref
from intervals_companion.app.scope import ReadScope
from intervals_companion.app.social import comments, post_comment
from intervals_companion.app.social.comments import Thread
from intervals_companion.domain.errors import CompanionError, NothingToShow
from intervals_companion.domain.numbers import whole
from intervals_companion.domain.remote_activity import RemoteActivity
from intervals_companion.domain.social import Comment, visible
from intervals_companion.social.comments import SendResult
from intervals_companion.web.formatting import Formatter
from intervals_companion.web.limits.threads import NETWORK
from intervals_companion.web.pages import action, formatter, page_without_scope, redirect, render, web_context


@frozen
class Said:
    """One comment as it is shown."""

    id: int
    name: str
    own: bool
    when: str
    iso: str
    text: Markup
    plain: str
    """As it was written, to be changed."""
    where: str
    attachment: str | None


@frozen
class Talk:
    """What is below "Comments"."""

    place: str
    """The activity's page."""
    rows: list[Said]
    count: str
    waiting: list[Markup]
    """What was sent and nobody knows of yet."""
    nonce: str
    is_read: bool
    draft: str = ""
    problem: tuple[str, str] | None = None
    """Cause and cure of what did not go."""
    note: str = ""
    shown: bool = False
    """Whether it is all there: once it is on a screen, the page says that it was seen."""


def talk(here: ReadScope, ref: ActivityRef) -> Talk:
    """What is kept. Asks nobody. What was read just now is shown as it is; else the page asks for it."""
    found = _talk(here, comments.thread(here, ref))
    return evolve(found, shown=found.is_read)


def _talk(here: ReadScope, thread: Thread) -> Talk:
    now, words = here.now, formatter(here)
    pointing = any(one.part for one in thread.comments)
    told = activity.known(here, thread.ref) if pointing else None
    remote = thread.ref.remote if told is None else told.remote
    return Talk(
        place=f"/activities/{thread.ref.activity}",
        rows=[_said(one, thread.me, remote, words) for one in thread.comments if not one.deleted],
        count=words.number(thread.count),
        waiting=[shown_text(one.text) for one in thread.unanswered(now)],
        nonce=post_comment.new_nonce(here.context),
        is_read=thread.read is not None and now - thread.read < comments.LOOKED_AT,
    )


def _said(comment: Comment, me: str, remote: RemoteActivity, words: Formatter) -> Said:
    own = comment.author == me
    return Said(
        id=comment.id,
        name="You" if own else visible(comment.name) or "Somebody",
        own=own,
        when="" if comment.made is None else words.moment(comment.made),
        iso="" if comment.made is None else words.iso(comment.made),
        text=shown_text(comment.text),
        plain=comment.text,
        where=_where(comment, remote),
        attachment=comment.attachment if _is_web(comment.attachment) else None,
    )


def _where(comment: Comment, remote: RemoteActivity) -> str:
    """The part of the activity it points at: one of its intervals where it is one."""
    part = comment.part
    if part is None:
        return ""
    efforts = enumerate((one for one in remote.intervals if one.work), 1)
    number = next((place for place, one in efforts if one.samples and _overlap(part, one.samples) > 0.5), None)
    return "on a part of it" if number is None else f"on interval {number}"


def _overlap(part: tuple[int, int], interval: tuple[int, int]) -> float:
    """Which share of the part lies in the interval; both are samples of the streams."""
    return (min(part[1], interval[1]) - max(part[0], interval[0])) / max(part[1] - part[0], 1)


# --- text that somebody else wrote -----------------------------------------------------------------------------------

_ADDRESS = re.compile(r"https?://[^\s<>\"'`]+[^\s<>\"'`.,:;!?)\]]")


def shown_text(text: str) -> Markup:
    """Plain text with its addresses as links; nothing in it is read as markup."""
    return Markup("").join(_pieces(visible(text)))


def _pieces(text: str) -> Iterator[Markup]:
    place = 0
    for found in _ADDRESS.finditer(text):
        yield escape(text[place : found.start()])
        yield Markup('<a href="{0}" rel="noreferrer noopener nofollow ugc">{0}</a>').format(found[0])
        place = found.end()
    yield escape(text[place:])


def _is_web(address: str | None) -> bool:
    return address is not None and urlsplit(address).scheme == "https"


# --- what people do --------------------------------------------------------------------------------------------------


def read(request: Request) -> Response:
    """The comments, asked for where they were not read just now."""
    context, ref = _ref_of(request)
    try:
        thread = comments.read_if_old(context, ref, comments.LOOKED_AT)
    except CompanionError as problem:
        return _render(request, evolve(context.read(talk, ref), note=f"{problem.cause} {problem.cure}"))
    return _render(request, evolve(context.read(_talk, thread), shown=True))


_SENT_WORDS = {
    SendResult.HAD_ARRIVED: "It had arrived already, so it was not sent again.",
    SendResult.BEING_SENT: "It is being sent.",
    SendResult.UNKNOWN: "Intervals.icu did not answer, and does not show it yet. Look again before you send it again.",
}


def write(request: Request, form: FormData) -> Response:
    context, ref = _ref_of(request)
    text, nonce = str(form.get("text", "")), str(form.get("nonce", ""))
    try:
        sent = post_comment.send(context, ref.activity, text, nonce)
    except CompanionError as problem:
        return _answer(request, context, ref, draft=text, problem=(problem.cause, problem.cure), nonce=nonce)
    return _answer(request, context, ref, note=_SENT_WORDS.get(sent.what, ""))


def edit(request: Request, form: FormData) -> Response:
    context, ref = _ref_of(request)
    try:
        comments.edit(context, ref.activity, _number(request), str(form.get("text", "")))
    except CompanionError as problem:
        return _answer(request, context, ref, problem=(problem.cause, problem.cure))
    return _answer(request, context, ref)


def delete(request: Request, _: FormData) -> Response:
    context, ref = _ref_of(request)
    try:
        comments.delete(context, ref.activity, _number(request))
    except CompanionError as problem:
        return _answer(request, context, ref, problem=(problem.cause, problem.cure))
    return _answer(request, context, ref)


def seen(request: Request, _: FormData) -> Response:
    """They were on the screen."""
    context, ref = _ref_of(request)
    comments.mark_seen(context, ref.activity)
    return Response(status_code=204)


def _ref_of(request: Request) -> tuple[AppContext, ActivityRef]:
    context = web_context(request).context
    return context, context.read(activity_ref, request.path_params["id"])


def _number(request: Request) -> int:
    text = str(request.path_params["comment"])
    try:
        return whole(text)
    except ValueError as problem:
        raise NothingToShow("There is no such comment.", "Reload the page: it may have been removed.") from problem


def _answer(request: Request, context: AppContext, ref: ActivityRef, **told: Any) -> Response:
    """The comments as they are now, in the place of those on the page; without a script, the page itself."""
    problem = told.get("problem")
    if not request.headers.get("hx-request") and problem is None:
        return redirect(f"/activities/{ref.activity}#comments")
    try:
        found = context.read(_talk, comments.read_if_old(context, ref, 0))
    except CompanionError:  # what stands in the way of reading has just been shown, or is shown when the page is opened
        found = context.read(talk, ref)
    return _render(request, evolve(found, **told), status=200 if problem is None else 422)


def _render(request: Request, found: Talk, status: int = 200) -> Response:
    if request.headers.get("hx-request"):
        return render(request, "social/comments.html", status=status, talk=found)
    return render(
        request,
        "social/comments_page.html",
        status=status,
        tab="activities",
        back=(found.place, "Activity"),
        talk=found,
    )


routes: list[BaseRoute] = [
    page_without_scope("/activities/{id}/comments", read),
    action("/activities/{id}/comments", write, threads=NETWORK),
    action("/activities/{id}/comments/{comment}/edit", edit, threads=NETWORK),
    action("/activities/{id}/comments/{comment}/delete", delete, threads=NETWORK),
    action("/activities/{id}/seen", seen),
]
