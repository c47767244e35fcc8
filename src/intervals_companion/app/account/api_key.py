"""The athlete's own API key, kept beside the token for what a token cannot do: other athletes’ activities and comments.

It never stands in for the token: own data travels with the credential one signed in with, or not at all.
"""

from __future__ import annotations

from intervals_companion.app.account.sign_in import BESIDE, KEY, TOKEN
from intervals_companion.app.context import AppContext
from intervals_companion.app.preferences import choices
from intervals_companion.app.scope import ReadScope
from intervals_companion.domain.errors import OtherAthlete, SecretsClosed, UsageError
from intervals_companion.intervals import protocol
from intervals_companion.intervals.credentials import ApiKey
from intervals_companion.intervals.wire import service_origin
from intervals_companion.store import accounts
from intervals_companion.store.accounts import Stored

_SHOWN = 4


def own_key(here: ReadScope) -> str | None:
    """The athlete's key, whether they signed in with it or it is kept beside a token.

    None too where it cannot be opened any more: the doctor says so of the sign-in, and pages stay open to log out.
    """
    try:
        stored = accounts.stored(here.connection, here.context.box(), here.athlete, KEY)
    except SecretsClosed:
        return None
    return None if stored is None else stored.secret


def has_key(here: ReadScope) -> bool:
    """Whether a key is kept, whether or not it can be opened or works still."""
    return KEY in accounts.saved(here.connection, here.athlete)


def masked(here: ReadScope) -> str | None:
    """`•••• 9f3k`: enough to tell two keys apart; None without one."""
    key = own_key(here)
    return None if key is None else f"•••• {key[-_SHOWN:]}"


def save(context: AppContext, key: str) -> None:
    """Seals a key beside the token. Where a key signed in, it is the one already."""
    athlete = context.account().athlete
    box = context.box()
    with context.store.write() as connection:
        if TOKEN in accounts.saved(connection, athlete):
            accounts.save(connection, box, athlete, KEY, Stored(key, BESIDE, context.now()))


def save_key(context: AppContext, text: str) -> None:
    """Keeps a key that was pasted, after trying it once; reading it is allowed from then on.

    Raises UsageError, SignInExpired for a key nobody knows, OtherAthlete for somebody else's, ServiceError.
    """
    key = text.strip()
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise UsageError(
            "That is not an API key.", "Copy it whole: intervals.icu/settings, Developer Settings, (view)."
        )
    account = context.account()
    origin = service_origin(account.origin or context.settings.intervals_url)
    with context.client(origin, ApiKey(key)) as client:
        athlete = client.ask(protocol.athlete())
    if athlete.id != account.intervals_id:
        raise OtherAthlete(
            f"This key belongs to another athlete than {account.name}.", "Copy your own, at intervals.icu/settings."
        )
    choices.switch(context, "read_key", True)
    save(context, key)


def delete_key(context: AppContext) -> None:
    """Forgets a key kept beside the token, and stops reading it."""
    choices.switch(context, "read_key", False)
    athlete = context.account().athlete
    with context.store.write() as connection:
        if TOKEN in accounts.saved(connection, athlete):
            accounts.delete_credential(connection, athlete, KEY)


def may_read(here: ReadScope) -> bool:
    return choices.settings(here).read_key
