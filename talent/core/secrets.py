"""Personal numbers at rest: AES-GCM bound to their row, a keyed hash to find them by, a mask to show them by."""

import hashlib
import hmac
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Vault:
    """Seals and opens single values. ``place`` names table, row and column, so a swapped ciphertext does not open.

    ``older_key`` also opens, never seals: the key before, while a change of keys is under way.
    """

    field_key: bytes
    index_key: bytes
    older_key: bytes | None = None

    def seal(self, plain: str, place: str) -> bytes:
        """Nonce and ciphertext of ``plain``, bound to ``place``."""
        return self.seal_bytes(plain.encode(), place)

    def open(self, sealed: bytes, place: str) -> str:
        """The plain value.

        Raises :class:`cryptography.exceptions.InvalidTag` when the bytes were changed or moved.
        """
        return self.open_bytes(sealed, place).decode()

    def seal_bytes(self, plain: bytes, place: str) -> bytes:
        """As :meth:`seal`, of any bytes."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self.field_key).encrypt(nonce, plain, place.encode())

    def open_bytes(self, sealed: bytes, place: str) -> bytes:
        """As :meth:`open`, of any bytes."""
        try:
            return _opened(self.field_key, sealed, place)
        except InvalidTag:
            if self.older_key is None:
                raise
            return _opened(self.older_key, sealed, place)

    def index(self, plain: str) -> str:
        """The keyed hash by which an exact value is found (64 hex digits)."""
        return hmac.new(self.index_key, plain.encode(), hashlib.sha256).hexdigest()


def _opened(key: bytes, sealed: bytes, place: str) -> bytes:
    return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())


def masked(plain: str, head: int = 3, tail: int = 2) -> str:
    """``plain`` with only its first and last characters readable: ``120***********1X``."""
    if len(plain) <= head + tail:
        return "*" * len(plain)
    return plain[:head] + "*" * (len(plain) - head - tail) + plain[-tail:]
