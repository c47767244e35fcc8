"""Who is asking, and what they may reach."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NotBase64

from attrs import frozen

from intervals_sandbox import scopes
from intervals_sandbox.errors import Refusal, denied, not_found, unauthorized
from intervals_sandbox.operations import Operation
from intervals_sandbox.state import Activity, Athlete, Chat, Grant, State
from intervals_sandbox.switches import Switches

KEY, TOKEN, NONE = "key", "token", "none"

_COMMENTS = ("listActivityMessages", "sendActivityMessage")
_BY_CHAT = ("showChat", "listMessages", "sendMessage", "updateMessage", "deleteMessage", "updateLastSeenMessageId")
"""These reach comments and private messages alike: which area they need is known once the chat is, see `reach_chat`."""


@frozen
class Caller:
    athlete: Athlete
    """The owner of the credential."""
    grant: Grant | None = None
    """What the token stands for; None for an API key, which may do everything."""

    @property
    def app(self) -> int | None:
        return self.grant.client_id if self.grant else None

    @property
    def meter(self) -> str:
        """Whose quota is spent: the app's, or the key's."""
        return f"app {self.grant.client_id}" if self.grant else f"key {self.athlete.id}"

    def granted(self, area: str, level: str) -> bool:
        return self.grant is None or scopes.allow(self.grant.scopes, area, level)


def kind_of(authorization: str | None) -> str:
    """What kind of credential the header presents, whether or not it is a good one."""
    scheme = (authorization or "").partition(" ")[0].lower()
    return {"basic": KEY, "bearer": TOKEN}.get(scheme, NONE)


def identify(state: State, switches: Switches, authorization: str | None) -> Caller:
    """The caller behind an Authorization header. Raises Refusal 401; 403 at most for a key that came as a token."""
    secret = (authorization or "").partition(" ")[2].strip()
    kind = kind_of(authorization)
    if kind == KEY and (owner := state.key_owner(_password(secret))):
        return Caller(owner)
    if kind == TOKEN and (grant := state.tokens.get(secret)):
        return Caller(state.athletes[grant.athlete_id], grant)
    if kind == TOKEN and state.key_owner(secret):
        raise denied() if switches.key_as_bearer_status == 403 else unauthorized()
    raise unauthorized()


def _password(secret: str) -> str:
    """The password of `API_KEY:password`. Raises Refusal 401 for another user name."""
    try:
        user, _, password = b64decode(secret, validate=True).decode().partition(":")
    except (NotBase64, UnicodeDecodeError):
        raise unauthorized() from None
    if user != "API_KEY" or not password:
        raise unauthorized()
    return password


def check_scope(caller: Caller, operation: Operation, switches: Switches) -> None:
    """Raises Refusal 403 where the grant does not cover the operation."""
    if any(caller.granted(area, operation.level) for area in _areas(operation, switches)):
        return
    if operation.tag == "o-auth-server-controller":
        return
    if operation.name == "getAthlete" and switches.athlete_without_settings != "refused":
        return
    if operation.area == "SETTINGS" and operation.tag != "Sports" and not switches.settings_guards_rest:
        return
    raise denied()


def _areas(operation: Operation, switches: Switches) -> tuple[str, ...]:
    """The areas of which one will do, as far as the operation tells."""
    if operation.name in _COMMENTS:
        return (switches.comments_area,)
    return (operation.area, switches.comments_area) if operation.name in _BY_CHAT else (operation.area,)


def permission(caller: Caller, athlete: Athlete) -> str:
    """The caller's right over an athlete: NONE, READ or WRITE. A token reaches its own athlete only."""
    if athlete.id == caller.athlete.id:
        return scopes.WRITE
    if caller.grant:
        return "NONE"
    if athlete.id in caller.athlete.coaches:
        return scopes.WRITE
    return scopes.READ if athlete.id in caller.athlete.follows else "NONE"


def reach_athlete(state: State, caller: Caller, athlete_id: str, level: str, switches: Switches) -> Athlete:
    """The athlete of a path; `0` is the caller. Raises Refusal where the caller may not do that there."""
    if athlete_id == "0":
        return caller.athlete
    athlete = state.athletes.get(athlete_id)
    if athlete is None or not _enough(permission(caller, athlete), level):
        raise _foreign(switches, "Athlete")
    return athlete


def reach_activity(state: State, caller: Caller, activity_id: str, level: str, switches: Switches) -> Activity:
    """The activity of a path, deleted ones included. Raises Refusal."""
    activity = state.activities.get(activity_id)
    if activity is None:
        raise not_found("Activity")
    if not _enough(permission(caller, state.athletes[activity.athlete_id]), level):
        raise _foreign(switches, "Activity")
    return activity


def reach_chat(state: State, caller: Caller, chat_id: int, level: str, switches: Switches) -> Chat:
    """A chat that the caller may read: their own private one, or that of an activity they may see. Raises Refusal."""
    chat = state.chats.get(chat_id)
    if chat is None:
        raise not_found("Chat")
    if chat.activity_id is not None:
        reach_comments(state, caller, chat.activity_id, level, switches)
        return chat
    need(caller, "CHATS", level)
    if caller.athlete.id not in chat.members:
        raise denied()
    return chat


def reach_comments(state: State, caller: Caller, activity_id: str, level: str, switches: Switches) -> Activity:
    """An activity whose comments the caller may read, and write where they may write any. Raises Refusal."""
    need(caller, switches.comments_area, level)
    activity = reach_activity(state, caller, activity_id, scopes.READ, switches)
    if activity.deleted:
        raise not_found("Activity")
    if kept_from(caller, activity):
        raise denied()
    return activity


def sees(state: State, athlete: Athlete, activity: Activity) -> bool:
    """Whether an athlete finds an activity on the pages: their own, or one of somebody they follow or coach."""
    caller = Caller(athlete)
    reached = permission(caller, state.athletes[activity.athlete_id]) != "NONE"
    return reached and not activity.deleted and not kept_from(caller, activity)


def need(caller: Caller, area: str, level: str) -> None:
    """Raises Refusal 403 where the grant does not cover the area."""
    if not caller.granted(area, level):
        raise denied()


def kept_from(caller: Caller, activity: Activity) -> bool:
    """Whether it is a private activity of somebody else."""
    return activity.private and activity.athlete_id != caller.athlete.id


def _enough(held: str, needed: str) -> bool:
    return held in (scopes.WRITE, needed)


def _foreign(switches: Switches, what: str) -> Refusal:
    return denied() if switches.foreign_athlete_status == 403 else not_found(what)
