"""The pages on which another athlete's life can be lived by hand: activities, their comments, whom one follows."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from starlette.responses import Response
from starlette.routing import Route

from intervals_sandbox.access import Caller, reach_comments, sees
from intervals_sandbox.errors import Refusal
from intervals_sandbox.pages import Page, Visit, endpoint, go, message, to_sign_in
from intervals_sandbox.scopes import WRITE
from intervals_sandbox.state import Activity, Athlete, take_back
from intervals_sandbox.times import stamp

_SHOWN = 50
_REFUSED = {
    403: ("Not shared with you", "This activity is private, or its athlete is not among those you follow."),
    404: ("No such activity", "It was deleted, or it never was."),
}

Signed = Callable[[Visit, Athlete], Response]
"""A page for an athlete who is signed in."""


def _signed_in(page: Signed) -> Page:
    @wraps(page)
    def shown(visit: Visit) -> Response:
        if visit.athlete is None:
            return to_sign_in(visit) if visit.method == "GET" else go("/login")
        try:
            return page(visit, visit.athlete)
        except Refusal as refusal:
            return message(visit, refusal.status, *_REFUSED[refusal.status])

    return shown


def show_activities(visit: Visit, reader: Athlete) -> Response:
    """The newest of one's own and of those whom one follows."""
    state = visit.sandbox.state
    found = [activity for activity in state.activities.values() if sees(state, reader, activity)]
    found.sort(key=lambda activity: str(activity.values["start_date"]), reverse=True)
    chats = {activity.id: state.chat_of(activity) for activity in found[:_SHOWN]}
    return visit.show("activities.html", activities=found[:_SHOWN], athletes=state.athletes, chats=chats)


def _activity(visit: Visit, reader: Athlete) -> Activity:
    """The activity of the path, if the reader may comment on it. Raises Refusal."""
    box = visit.sandbox
    return reach_comments(box.state, Caller(reader), visit.parameters["id"], WRITE, box.switches)


def show_activity(visit: Visit, reader: Athlete) -> Response:
    activity, state = _activity(visit, reader), visit.sandbox.state
    chat = state.chat_of(activity)
    said = list(chat.messages.values()) if chat else []
    seen = chat.seen.get(reader.id, 0) if chat else 0
    owner = state.athletes[activity.athlete_id]
    return visit.show("activity.html", activity=activity, owner=owner, said=said, seen=seen)


def comment(visit: Visit, author: Athlete) -> Response:
    activity, state = _activity(visit, author), visit.sandbox.state
    if visit.field("content").strip():
        chat = state.chat_of(activity) or state.open_chat(activity)
        state.post(chat, author, visit.field("content"), stamp(visit.sandbox.now()))
    return _back(activity)


def delete_comment(visit: Visit, author: Athlete) -> Response:
    """One's own, if it is still there."""
    activity, state = _activity(visit, author), visit.sandbox.state
    chat = state.chat_of(activity)
    for said in chat.messages.values() if chat else ():
        mine = said["athlete_id"] == author.id and "deleted" not in said
        if mine and str(said["id"]) == visit.field("message"):
            take_back(said, author, stamp(visit.sandbox.now()))
    return _back(activity)


def mark_read(visit: Visit, reader: Athlete) -> Response:
    activity = _activity(visit, reader)
    if (chat := visit.sandbox.state.chat_of(activity)) and chat.messages:
        chat.seen[reader.id] = max(chat.messages)
    return _back(activity)


def share(visit: Visit, owner: Athlete) -> Response:
    """Shows one's activity to followers, or keeps it from them."""
    activity = _activity(visit, owner)
    if activity.athlete_id != owner.id:
        return message(visit, 403, *_REFUSED[403])
    activity.private = visit.field("shared") != "yes"
    return _back(activity)


def _back(activity: Activity) -> Response:
    return go(f"/activities/{activity.id}")


def show_following(visit: Visit, reader: Athlete) -> Response:
    others = [athlete for athlete in visit.sandbox.state.athletes.values() if athlete is not reader]
    return visit.show("following.html", others=others, follows=reader.follows)


def follow(visit: Visit, follower: Athlete) -> Response:
    """Begins to follow, or ends it; a coach who stops following coaches no longer."""
    other = visit.field("athlete")
    if visit.field("follow") != "yes":
        follower.follows.discard(other)
        follower.coaches.discard(other)
    elif other in visit.sandbox.state.athletes and other != follower.id:
        follower.follows.add(other)
    return go("/following")


_PAGES: tuple[tuple[str, str, Signed], ...] = (
    ("GET", "/activities", show_activities),
    ("GET", "/activities/{id}", show_activity),
    ("POST", "/activities/{id}", comment),
    ("POST", "/activities/{id}/delete", delete_comment),
    ("POST", "/activities/{id}/read", mark_read),
    ("POST", "/activities/{id}/share", share),
    ("GET", "/following", show_following),
    ("POST", "/following", follow),
)

ROUTES = [Route(path, endpoint(_signed_in(page)), methods=[method]) for method, path, page in _PAGES]
