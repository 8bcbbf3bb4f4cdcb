"""What every signer promises, and the one kind that holds its seed in this process.

Owns the interface and its error. Where a key lies is each backend's business; what is signed, the caller's.
"""

from __future__ import annotations

from typing import Protocol

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

SEED_BYTES = 32
SIGNATURE_BYTES = 64


class Signer(Protocol):
    """An Ed25519 key (RFC 8032) that can be used, wherever it lies."""

    @property
    def public_key(self) -> bytes:
        """The 32 bytes of the public key."""

    def sign(self, message: bytes) -> bytes:
        """Signature over the message as it is, 64 bytes; SignerProblem where the key cannot be used."""


class SignerProblem(Exception):
    """A key that cannot be opened, written or used. The message names the place and the cure, never a secret."""


class SeedSigner:
    """A key in this process's memory. It shows and compares by its public key; the seed has no other way out than signing."""

    __slots__ = ("_key",)

    def __init__(self, seed: bytes) -> None:
        if len(seed) != SEED_BYTES:
            raise SignerProblem(f"an Ed25519 seed has {SEED_BYTES} bytes, not {len(seed)}")
        self._key = SigningKey(seed)

    @property
    def public_key(self) -> bytes:
        return bytes(self._key.verify_key)

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message).signature

    def __repr__(self) -> str:
        return f"SeedSigner({self.public_key.hex()})"

    def __reduce__(self) -> str:
        raise TypeError("a signer is not copied or pickled: its seed would leave it")


def check_signature(where: str, public_key: bytes, message: bytes, signature: bytes) -> bytes:
    """The signature, if it is the key's over the message: a key outside this process is not believed unseen."""
    try:
        VerifyKey(public_key).verify(message, signature)
    except (BadSignatureError, ValueError):
        raise SignerProblem(f"{where} answered with a signature that does not verify under {public_key.hex()}") from None
    return signature
