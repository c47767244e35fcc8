"""The athlete's own API key, kept beside the token for what a token cannot do: other athletes’ activities and comments.

It never stands in for the token: own data travels with the credential one signed in with, or not at all.
"""

from __future__ import annotations

from intervals_companion.app.account.sign_in import BESIDE, KEY, TOKEN
from intervals_companion.app.context import AppContext
from intervals_companion.app.preferences import choices
from intervals_companion.domain.errors import OtherAthlete, SecretsClosed, UsageError
from intervals_companion.intervals.credentials import ApiKey
from intervals_companion.intervals.wire import service_origin
from intervals_companion.store import accounts
from intervals_companion.store.accounts import Stored

_SHOWN = 4


def own_key(companion: AppContext) -> str | None:
    """The athlete's key, whether they signed in with it or it is kept beside a token.

    None too where it cannot be opened any more: the doctor says so of the sign-in, and pages stay open to log out.
    """
    athlete = companion.account().athlete
    try:
        with companion.store.read() as connection:
            stored = accounts.stored(connection, companion.box(), athlete, KEY)
    except SecretsClosed:
        return None
    return None if stored is None else stored.secret


def masked(companion: AppContext) -> str | None:
    """`•••• 9f3k`: enough to tell two keys apart; None without one."""
    key = own_key(companion)
    return None if key is None else f"•••• {key[-_SHOWN:]}"


def save(companion: AppContext, key: str) -> None:
    """Seals a key beside the token. Where a key signed in, it is the one already."""
    athlete = companion.account().athlete
    box = companion.box()
    with companion.store.write() as connection:
        if TOKEN in accounts.kept(connection, athlete):
            accounts.save(connection, box, athlete, KEY, Stored(key, BESIDE, companion.now()))


def save_key(companion: AppContext, text: str) -> None:
    """Keeps a key that was pasted, after trying it once; reading it is allowed from then on.

    Raises UsageError, SignInExpired for a key nobody knows, OtherAthlete for somebody else's, ServiceError.
    """
    key = text.strip()
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise UsageError(
            "That is not an API key.", "Copy it whole: intervals.icu/settings, Developer Settings, (view)."
        )
    account = companion.account()
    origin = service_origin(account.origin or companion.settings.intervals_url)
    with companion.client(origin, ApiKey(key)) as client:
        athlete = client.athlete()
    if athlete.id != account.intervals_id:
        raise OtherAthlete(
            f"This key belongs to another athlete than {account.name}.", "Copy your own, at intervals.icu/settings."
        )
    choices.switch(companion, "read_key", True)
    save(companion, key)


def delete_key(companion: AppContext) -> None:
    """Forgets a key kept beside the token, and stops reading it."""
    choices.switch(companion, "read_key", False)
    athlete = companion.account().athlete
    with companion.store.write() as connection:
        if TOKEN in accounts.kept(connection, athlete):
            accounts.delete_credential(connection, athlete, KEY)


def may_read(companion: AppContext) -> bool:
    return choices.settings(companion).read_key
