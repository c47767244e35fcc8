"""The desktop's secret box: ChaCha20-Poly1305 of the `cryptography` package."""

from __future__ import annotations

import os

from attrs import frozen
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from intervals_companion.domain.errors import StorageError

_NONCE = 12


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
            raise StorageError(
                "The stored sign-in cannot be opened: it was sealed with another key.",
                "Sign in again: companion login.",
            ) from problem
