"""The desktop's sealing, all of it: ChaCha20-Poly1305 and scrypt of the `cryptography` package."""

from __future__ import annotations

import os

from attrs import frozen
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from intervals_companion.domain.errors import SecretsClosed

_NONCE = 12
GUESS_COST = 2**17
"""N of scrypt. The tests' own process sets less, where no password is guessed."""


@frozen
class DesktopBox:
    key: bytes

    def seal(self, secret: str, place: str) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + ChaCha20Poly1305(self.key).encrypt(nonce, secret.encode(), place.encode())

    def open(self, sealed: bytes, place: str) -> str:
        try:
            return ChaCha20Poly1305(self.key).decrypt(sealed[:_NONCE], sealed[_NONCE:], place.encode()).decode()
        except (InvalidTag, ValueError) as problem:
            raise SecretsClosed(
                "The stored sign-in cannot be opened: it was sealed with another key.",
                "Sign in again.",
                terminal_cure="Sign in again: companion login.",
            ) from problem


@frozen
class DesktopSeal:
    """Seals the parts of one file, in order. A key serves one file only: the number of a part is its nonce."""

    key: bytes

    @classmethod
    def of_password(cls, password: str, salt: bytes) -> DesktopSeal:
        """128 MB and a good part of a second for each guess (RFC 7914: N = `GUESS_COST`, r = 8, p = 1)."""
        return cls(Scrypt(salt=salt, length=32, n=GUESS_COST, r=8, p=1).derive(password.encode()))

    def seal(self, part: bytes, number: int, context: bytes) -> bytes:
        return ChaCha20Poly1305(self.key).encrypt(number.to_bytes(_NONCE, "big"), part, context)

    def open(self, sealed: bytes, number: int, context: bytes) -> bytes | None:
        try:
            return ChaCha20Poly1305(self.key).decrypt(number.to_bytes(_NONCE, "big"), sealed, context)
        except InvalidTag:
            return None
