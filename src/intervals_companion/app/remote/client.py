"""The way to other athletes: by the API key, beside the sign-in that reads one's own data."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from attrs import define, field

from intervals_companion.app.account import api_key
from intervals_companion.app.account.sign_in import SignedIn, signed_in
from intervals_companion.app.context import AppContext
from intervals_companion.app.doctor import examine
from intervals_companion.app.scope import ReadScope
from intervals_companion.doctor.key import Key
from intervals_companion.domain.errors import CompanionError, KeyMissing
from intervals_companion.intervals import protocol
from intervals_companion.intervals.client import NO_KEY, IntervalsClient, Keys
from intervals_companion.intervals.credentials import ApiKey


@contextmanager
def open_api_key_client(context: AppContext) -> Iterator[tuple[SignedIn, IntervalsClient]]:
    """As `signed_in`, for what can wait: syncs go first. Other athletes' data goes by the key.

    Raises NotSignedIn, SignInError; the client raises KeyMissing where no key is known.
    """
    with signed_in(context, low_priority=True) as (owner, client):
        keys = _Keys(context, client)
        client.keys = Keys(keys.now, keys.is_new)
        yield owner, client


@define
class _Keys:
    context: AppContext
    client: IntervalsClient
    _refused: set[str] = field(init=False, factory=set)
    _lock: threading.Lock = field(init=False, factory=threading.Lock)

    def now(self) -> ApiKey:
        found = self.context.read(api_key.own_key)
        if found is None:
            raise KeyMissing(*NO_KEY)
        return ApiKey(found)

    def is_new(self, refused: ApiKey) -> bool:
        """Reads the athlete record once for a key that is refused: it shows the one that was generated anew."""
        with self._lock:
            if refused.secret not in self._refused:
                self._refused.add(refused.secret)
                self._read_again(refused)
            known = self.context.read(api_key.own_key)
            return known is not None and known not in self._refused

    def _read_again(self, refused: ApiKey) -> None:
        if not self.context.read(api_key.may_read):
            return
        try:
            shown = self.client.ask(protocol.athlete()).api_key.value
        except CompanionError:  # then the refusal of the key stands
            shown = None
        if shown is not None and shown != refused.secret:
            api_key.save(self.context, shown)
            examine.note_key(self.context, Key.WORKS)
        else:
            examine.note_key(self.context, Key.REFUSED)


def is_open(here: ReadScope) -> bool:
    """Whether a key is known; whether it still works shows when it is used."""
    return api_key.has_key(here)
