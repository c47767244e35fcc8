"""Every refusal, as a class with a cause and a cure a person can act on.

The terminal and the web app print the same cause, and the cure in their own words. `exit_code` is what the command line
ends with: 0 ok, 1 blocked or partly failed, 2 usage, 3 damaged input, 4 sign-in, 5 permission, 6 service, 7 busy,
8 storage, 130 stopped by the person.
"""

from __future__ import annotations

from typing import Any, ClassVar


class CompanionError(Exception):
    """Something that stops a piece of work. `cause` says what happened and why, `cure` what to do now.

    `terminal_cure`: the cure where it is a command; a `cure` names none, for a page has buttons.
    """

    exit_code: ClassVar[int] = 1
    effect_unknown: ClassVar[bool] = False
    """Whether a write that met this may have taken effect all the same: look before sending again."""

    def __init__(self, cause: str, cure: str, *, terminal_cure: str = "") -> None:
        super().__init__(cause)
        self.cause = cause
        self.cure = cure
        self.terminal_cure = terminal_cure or cure

    def __str__(self) -> str:
        return f"{self.cause} {self.cure}"

    def as_json(self) -> dict[str, Any]:
        """As jobs and runs store it. `kind`: the name of its class, by which others decide what to offer."""
        return {"kind": type(self).__name__, "cause": self.cause, "cure": self.cure, "exit_code": self.exit_code}


# --- 1: the person has to decide ------------------------------------------------------------------------------------


class SuspiciousPlan(CompanionError):
    """A plan that would replace so much at Intervals.icu that a mistake is likelier than the wish."""


class NothingToShow(CompanionError):
    """What was asked for does not exist here."""


# --- 2: usage --------------------------------------------------------------------------------------------------------


class UsageError(CompanionError):
    """An option, a setting or a file name that cannot be meant."""

    exit_code = 2


class MissingPart(UsageError):
    """A command needs an optional part of the installation that is absent."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(
            f"{what} needs a part that is not installed.",
            f"Install it with: pip install 'intervals-companion[{extra}]'.",
        )


# --- 3: damaged input ------------------------------------------------------------------------------------------------


class DamagedInput(CompanionError):
    """A file that cannot be read, or not to its end."""

    exit_code = 3


class NotAnExport(DamagedInput):
    """The file is whole, but it is not an Apple Health export."""


# --- 4: sign-in ------------------------------------------------------------------------------------------------------


class SignInError(CompanionError):
    """Nobody is signed in, the sign-in did not succeed, or it no longer works."""

    exit_code = 4


class NotSignedIn(SignInError):
    def __init__(self) -> None:
        super().__init__(
            "Nobody is signed in to Intervals.icu here.",
            "Sign in to Intervals.icu.",
            terminal_cure="Sign in with: companion login.",
        )


class SignInExpired(SignInError):
    """401 for a stored credential."""


class SignInUnreadable(SignInError):
    """The stored sign-in cannot be opened."""


class SignInDeclined(SignInError):
    """The person pressed Cancel on the consent screen."""


class OtherAthlete(SignInError):
    """Somebody signed in whom this data folder does not belong to."""


class NotLetIn(SignInError):
    """A browser without a session, or a link that lets nobody in any more."""


# --- 5: permission ---------------------------------------------------------------------------------------------------


class PermissionMissing(CompanionError):
    """403: the sign-in is alive but lacks a right. It is never retried with another credential."""

    exit_code = 5


class KeyMissing(PermissionMissing):
    """Other athletes' data is asked for, and no API key is known here."""


# --- 6: the service --------------------------------------------------------------------------------------------------


class ServiceError(CompanionError):
    """Intervals.icu did not answer, or answered what nobody can use."""

    exit_code = 6
    effect_unknown = True


class ServiceUnreachable(ServiceError):
    """No answer arrived."""


class ServiceTooSlow(ServiceUnreachable):
    """No whole answer in all the time a request has. Not asked again at once: it would take as long again."""


class RateLimited(ServiceError):
    """429, and the wait the service asks for is longer than a command should sleep."""

    effect_unknown = False


class ServiceRefused(ServiceError):
    """400 or 422: the service read the request and refused it. Sending it again changes nothing."""

    effect_unknown = False

    def __init__(self, cause: str, cure: str, *, sentence: str = "") -> None:
        super().__init__(cause, cure)
        self.sentence = sentence
        """The service's own words, for the rules that depend on them (an unknown custom field names itself there)."""


class NotFound(ServiceError):
    """404: no such object at the service."""

    effect_unknown = False


# --- 7: busy ---------------------------------------------------------------------------------------------------------


class Busy(CompanionError):
    """Something is in use by another: to be tried again later."""

    exit_code = 7


# --- 8: storage ------------------------------------------------------------------------------------------------------


class StorageError(CompanionError):
    """The data folder cannot be read or written."""

    exit_code = 8


class DamagedRow(StorageError):
    """A stored row is not what was written: a bit of the file has changed by itself, or by another hand."""


class DiskFull(StorageError):
    """No space is left where something has to be written."""

    def __init__(self) -> None:
        super().__init__("The disk is full.", "Free some space and run this again; what was stored before is whole.")


class SecretsClosed(StorageError):
    """What is sealed here cannot be opened: the data folder's key is gone, damaged or open to others."""
