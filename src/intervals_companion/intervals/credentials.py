"""What proves to Intervals.icu who is asking. A client holds one; a refusal of one is never retried with another."""

from __future__ import annotations

from base64 import b64encode
from typing import ClassVar, NamedTuple

from attrs import field, frozen


class Words(NamedTuple):
    """A cause and its cure."""

    cause: str
    cure: str


@frozen
class Bearer:
    """An OAuth token: bound to one athlete and to the boxes that were ticked. It does not expire by itself."""

    secret: str = field(repr=False)

    expired: ClassVar[Words] = Words(
        "This sign-in no longer works: another device signed in, or access was removed at Intervals.icu.",
        "Sign in again here; the other device then stops.",
    )

    @property
    def header(self) -> str:
        return f"Bearer {self.secret}"


@frozen
class ApiKey:
    """The athlete's own key, sent as the password of HTTP Basic for the user name `API_KEY`."""

    secret: str = field(repr=False)

    expired: ClassVar[Words] = Words(
        "Intervals.icu does not know this API key: a new one was generated there, or it was copied in part.",
        "Copy it again at Intervals.icu: Settings, Developer Settings, API Key (view).",
    )

    @property
    def header(self) -> str:
        return f"Basic {b64encode(f'API_KEY:{self.secret}'.encode()).decode()}"


Credential = Bearer | ApiKey
