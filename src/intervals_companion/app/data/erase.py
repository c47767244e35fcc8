"""The four ways to leave: what each erases, what stays, and doing it. Page and tests take the same words."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from intervals_companion.app import sessions
from intervals_companion.app.account import logout
from intervals_companion.app.account.logout import SignedOut
from intervals_companion.app.context import AppContext
from intervals_companion.app.locks import job_lock
from intervals_companion.domain.errors import NotSignedIn
from intervals_companion.store import erasing
from intervals_companion.store.erasing import Deleted, Group
from intervals_companion.sync import engine

__all__ = ["DELETE", "FULL_LOGOUT", "LOGOUT", "SIGN_OUT", "WAYS", "Deleted", "ExitOption"]

_WORDS: Mapping[Group, str] = {
    Group.SESSIONS: "every browser’s session",
    Group.SIGN_IN: "the token and the API key",
    Group.ANSWERS: "every answer of Intervals.icu kept here, and what the permission check found",
    Group.OTHERS: "what was kept of other athletes, and comments on their way",
    Group.HEALTH: "every sample, workout and day from Apple Health",
    Group.LEDGER: "what was sent, held, agreed and linked, and every run",
    Group.SETTINGS: "your settings and your home zone",
    Group.DEVICES: "the tokens of your phones",
    Group.BINDING: "whom this companion belongs to",
}


@frozen
class ExitOption:
    id: str
    name: str
    """The words on its button."""
    purpose: str
    """What it is for."""
    gone: tuple[Group, ...]
    also_gone: tuple[str, ...] = ()
    stays_as: Mapping[Group, str] = field(factory=dict)
    """Other words for what stays, where only a part of it does."""
    note: str = ""
    kept: str = ""
    """What stays, in one short sentence."""

    @property
    def goes(self) -> tuple[str, ...]:
        """What is erased, in words."""
        return (*(_WORDS[group] for group in self.gone), *self.also_gone)

    @property
    def stays(self) -> tuple[str, ...]:
        """What is not touched here, in words."""
        return tuple(self.stays_as.get(group, words) for group, words in _WORDS.items() if group not in self.gone)


SIGN_OUT = ExitOption(
    "browser", "Sign out this browser", "Ends the session of this browser. Syncs go on by themselves.",
    gone=(), also_gone=("the session of this browser",), stays_as={Group.SESSIONS: "every other browser’s session"},
    kept="All data, the sign-in and your other browsers stay.",
)  # fmt: skip
LOGOUT = ExitOption(
    "logout", "Logout", "Ends the access at Intervals.icu. Signing in again sends nothing twice.",
    gone=(Group.SESSIONS, Group.SIGN_IN, Group.OTHERS),
    kept="All data from Health, what was sent and your settings stay.",
)  # fmt: skip
FULL_LOGOUT = ExitOption(
    "full-logout", "Full Logout", "Logout, and forgets what Intervals.icu answered. Cures a stuck 403 on streams.",
    gone=(Group.SESSIONS, Group.SIGN_IN, Group.OTHERS, Group.ANSWERS),
    kept="All data from Health, what was sent and your settings stay.",
)  # fmt: skip
DELETE = ExitOption(
    "delete", "Delete everything here", "Removes every file this companion made on this machine.",
    gone=tuple(Group), also_gone=("backups that lie in the data folder",),
    note="Nothing at Intervals.icu or in Health is touched. The access stays listed at Intervals.icu: to end it too, "
    "press Logout first. A companion.toml that you wrote stays.",
    kept="Nothing at Intervals.icu or in Health is touched.",
)  # fmt: skip
WAYS = {way.id: way for way in (SIGN_OUT, LOGOUT, FULL_LOGOUT, DELETE)}


def sign_out(context: AppContext, session: bytes) -> None:
    """Ends one browser's session (the hash of its cookie)."""
    sessions.end_browser(context, session)


def log_out(context: AppContext, way: ExitOption = LOGOUT) -> SignedOut:
    """LOGOUT or FULL_LOGOUT. Without an answer of Intervals.icu, or with nobody signed in, it goes on and says so."""
    try:
        result = logout.log_out(context)
    except NotSignedIn as nobody:
        result = SignedOut(context.account(), told=False, problem=nobody)
    with context.store.write() as connection:
        erasing.erase(connection, result.account.athlete, way.gone)
    context.store.empty_log()
    return result


def delete_everything(context: AppContext) -> Deleted:
    """Removes what this program made in the data folder. Raises Busy while a job, a run or another program uses it."""
    athlete = context.account().athlete
    with job_lock(context, athlete), engine.alone(context.store, athlete):
        return erasing.delete_everything(context.store)


def begin_anew(context: AppContext) -> None:
    """An empty data folder in place of one that was deleted while it is served."""
    context.store.open()
