"""Answers that are not what was asked for, as errors with a cause and a cure.

Statuses: the service's API notes. No message holds a token, a key or a number or text that the request carried.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

from intervals_companion.domain.errors import (
    CompanionError,
    NotFound,
    PermissionMissing,
    RateLimited,
    ServiceError,
    ServiceRefused,
    SignInExpired,
)
from intervals_companion.intervals import scopes
from intervals_companion.intervals.answers import WrongShape
from intervals_companion.intervals.credentials import ApiKey, Credential
from intervals_companion.intervals.limits import Quota, retry_after
from intervals_companion.intervals.wire import Call, Response

LATER = "Nothing is lost. Try again in a few minutes."
_LONGEST_SENTENCE = 200


def refusal(call: Call[object], response: Response, credential: Credential) -> CompanionError:
    """The error of an answer whose status is not 2xx."""
    make = _BY_STATUS.get(response.status, _other)
    return make(call, response, credential)


def unreadable(call: Call[object], problem: WrongShape) -> ServiceError:
    """A 2xx answer that nobody can use; for a write, whether it took effect is unknown."""
    return ServiceError(f"Intervals.icu answered {call.name} with something unreadable: {problem}.", LATER)


def limited(response: Response) -> RateLimited:
    wait = retry_after(response)
    return RateLimited(
        "Intervals.icu takes no more requests for now: the limit it sets for this app or key is used up.",
        "Try again in a few minutes." if wait is None else f"Try again in {_duration(wait)}.",
    )


def used_up(left: Quota) -> RateLimited:
    """Before a request that would only be refused."""
    today = left.remaining_day <= left.remaining_15min
    asked = "a day" if today else "in 15 minutes"
    limit, remaining = (left.limit_day, left.remaining_day) if today else (left.limit_15min, left.remaining_15min)
    return RateLimited(
        f"Of the {limit:,} requests {asked} that Intervals.icu allows this app or key, {remaining:,} are left.",
        "What was sent stays. Try again " + ("after 00:00 UTC." if today else "in 15 minutes."),
    )


def moved(response: Response) -> ServiceError:
    return ServiceError(
        f"The service sends requests on to another address ({response.status}), and no sign-in is sent after them.",
        "Use https in the service’s address, such as https://intervals.icu.",
    )


def broken(name: str, response: Response) -> ServiceError:
    return ServiceError(f"Intervals.icu answered {name} with {response.status}.", LATER)


def sentence(response: Response, credential: Credential) -> str:
    """The service's own words, in one line: its JSON `error`, alone or in a list, or a short plain text.

    Numbers and quoted parts may repeat what was sent, so they are left out; so is the credential.
    """
    text = _words(response.body)
    for secret in (credential.header.partition(" ")[2], credential.secret):
        text = text.replace(secret, "…") if secret else text
    shown = "".join(letter if letter.isprintable() else " " for letter in _REPEATED.sub("…", text))
    return " ".join(shown.split())[:_LONGEST_SENTENCE]


_REPEATED = re.compile(
    r"""
    (?<![\w.-]) -? (?!\d{4}-\d\d-\d\d(?!\w)) \d[\w.,-]*   # what begins with a digit: not i123, not 2026-10-05
    | "[^"]*" | (?<!\w)'[^']*'(?!\w)                      # what stands in quotes
    """,
    re.VERBOSE,
)


def _words(body: bytes) -> str:
    text = body.decode("utf-8", errors="replace").strip()
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return "" if text.startswith("<") else text
    first = found[0] if isinstance(found, list) and found else found
    said = first.get("error") if isinstance(first, dict) else first
    return said if isinstance(said, str) else ""


_Make = Callable[[Call[object], Response, Credential], CompanionError]


def _expired(_call: Call[object], _response: Response, credential: Credential) -> CompanionError:
    return SignInExpired(*credential.expired)


def _forbidden(call: Call[object], _response: Response, credential: Credential) -> CompanionError:
    if isinstance(credential, ApiKey):
        return PermissionMissing(
            f"Intervals.icu does not allow {call.name} with this API key.",
            "A key opens its owner’s data. Check that it is your own key.",
        )
    if call.needs is None:
        return PermissionMissing(
            f"Intervals.icu does not allow {call.name} with this sign-in.",
            "Log out, log back in and leave every box checked.",
        )
    blocked = scopes.BLOCKS.get(call.needs)
    so = f" So {blocked}." if blocked else ""
    return PermissionMissing(scopes.off(call.needs) + so, scopes.cure(call.needs))


_THINGS = (("/messages/", "This comment"), ("/api/v1/activity/", "This activity"))
"""Pieces of paths, and what is there."""


def _not_found(call: Call[object], _response: Response, _credential: Credential) -> CompanionError:
    thing = next((thing for piece, thing in _THINGS if piece in call.path), None)
    if thing is not None:
        return NotFound(f"{thing} is not at Intervals.icu any more.", "It was deleted there. Choose another one.")
    return NotFound(
        f"Intervals.icu has nothing at {call.name}.",
        "It may have been deleted there. If everything is missing, check the service’s address.",
    )


def _too_large(_call: Call[object], response: Response, credential: Credential) -> CompanionError:
    return ServiceRefused(
        "The file is larger than Intervals.icu accepts.",
        "Upload it by hand at Intervals.icu, or leave it out.",
        sentence=sentence(response, credential),
    )


def _refused(call: Call[object], response: Response, credential: Credential) -> CompanionError:
    said = sentence(response, credential)
    return ServiceRefused(
        f"Intervals.icu refused {call.name} ({response.status})" + (f": {said}" if said else "."),
        "Sending it again changes nothing.",
        sentence=said,
    )


def _limited(_call: Call[object], response: Response, _credential: Credential) -> CompanionError:
    return limited(response)


def _other(call: Call[object], response: Response, _credential: Credential) -> CompanionError:
    return moved(response) if 300 <= response.status < 400 else broken(call.name, response)


_BY_STATUS: Mapping[int, _Make] = {
    400: _refused,
    401: _expired,
    403: _forbidden,
    404: _not_found,
    413: _too_large,
    422: _refused,
    429: _limited,
}


def _duration(seconds: float) -> str:
    return (
        f"{seconds:.0f} s"
        if seconds < 120
        else f"{seconds / 60:.0f} min"
        if seconds < 7200
        else f"{seconds / 3600:.0f} h"
    )
