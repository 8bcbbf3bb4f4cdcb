"""What every suite promises (sealed-proposals, 1): seal, check, share, check a share, open.

Owns the interface, the limits that all suites share, and the padding. No rule of the lifecycle depends on which suite
it is. Randomness and secrets come as arguments: a suite is as pure as the contract that calls it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from msgspec import Struct

from prasasti.contracts.procurement.sealing.framing import PURPOSE_BALLOT, Round

MAX_PLAINTEXT_BYTES = 32_767
BLOCK_BYTES = 4_096
BALLOT_BLOCK_BYTES = 512


class Share(Struct, frozen=True):
    """What the trustee of this index (from 1, in the round's order) gives to open one envelope. Of suite 00 both parts are empty."""

    index: int
    point: bytes
    proof: bytes


class Sealed(NamedTuple):
    """An envelope's bytes, and t shares that its sealer alone could make: to open its own bytes once, then to be forgotten."""

    sealed: bytes
    own_shares: tuple[Share, ...]


class Opened(NamedTuple):
    """An opened envelope: its plaintext, and S (32 bytes) for the tie hash."""

    plaintext: bytes
    secret: bytes


class Malformed(NamedTuple):
    """An envelope that opened to what is no proposal or score sheet: the sealer's fault, the same for all. ``reason`` is a code."""

    reason: str


class Sealer(Protocol):
    """A suite. ``context`` is ``compute_context`` of the round; what was refused once is refused by every node alike."""

    @property
    def suite(self) -> int:
        """The first byte of sealed."""

    def seal(self, round_: Round, context: bytes, plaintext: bytes, randomness: bytes) -> Sealed:
        """Seal a plaintext of at most MAX_PLAINTEXT_BYTES; ValueError beyond. ``randomness``: 32 bytes, fresh for each."""

    def check(self, round_: Round, context: bytes, sealed: bytes) -> str | None:
        """Whether any t shares will open the bytes, in one way only: None, or the reason why not, as a code. Cheap checks first."""

    def share(self, round_: Round, context: bytes, sealed: bytes, index: int, secret: bytes, randomness: bytes) -> Share:
        """A trustee's share of bytes that ``check`` lets pass. ``secret``: the trustee's 32-byte seed; ``randomness``: 64 bytes."""

    def check_share(self, round_: Round, context: bytes, sealed: bytes, share: Share) -> str | None:
        """Whether a share is the one of its index (that this is the signer's own, the contract judges): None, or a reason as a code."""

    def open(self, round_: Round, context: bytes, sealed: bytes, shares: Sequence[Share]) -> Opened | Malformed:
        """Open with at least t checked shares of different indexes: any t give the same. Fewer are a Bug of the caller."""


def compute_block_bytes(purpose: str) -> int:
    """What padded plaintexts are a multiple of, by the round's purpose: sizes tell little."""
    return BALLOT_BLOCK_BYTES if purpose == PURPOSE_BALLOT else BLOCK_BYTES


def pad(plaintext: bytes, block_bytes: int) -> bytes:
    """plaintext ‖ 80 ‖ 00… to a multiple of the block."""
    return plaintext + b"\x80" + bytes(-(len(plaintext) + 1) % block_bytes)


def unpad(padded: bytes, block_bytes: int) -> bytes | None:
    """The plaintext of ``pad``; None unless it is exactly what ``pad`` gives."""
    plaintext, marker, _ = padded.rpartition(b"\x80")
    return plaintext if marker and pad(plaintext, block_bytes) == padded else None
