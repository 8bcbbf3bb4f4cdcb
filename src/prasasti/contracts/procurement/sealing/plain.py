"""Suite 00: plain, hides nothing, for training ledgers only (sealed-proposals, 1). sealed = 00 ‖ plaintext ‖ 80 ‖ 00….

Owns its bytes. A share is empty: that a trustee signed the message which brings it is what counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from prasasti.contracts.procurement.sealing.framing import Round
from prasasti.contracts.procurement.sealing.sealer import (
    MAX_PLAINTEXT_BYTES,
    Malformed,
    Opened,
    Sealed,
    Share,
    compute_block_bytes,
    pad,
    unpad,
)
from prasasti.core.types import ensure


class PlainSealer:
    """Suite 00 as a ``Sealer``."""

    suite = 0

    def seal(self, round_: Round, context: bytes, plaintext: bytes, randomness: bytes) -> Sealed:
        """See ``Sealer``; uses no randomness."""
        if len(plaintext) > MAX_PLAINTEXT_BYTES:
            raise ValueError(f"a plaintext has at most {MAX_PLAINTEXT_BYTES} bytes, not {len(plaintext)}")
        sealed = bytes((self.suite,)) + pad(plaintext, compute_block_bytes(round_.purpose))
        return Sealed(sealed, tuple([Share(index, b"", b"") for index in range(1, round_.threshold + 1)]))

    def check(self, round_: Round, context: bytes, sealed: bytes) -> str | None:
        """``suite`` or ``length``. Padding shows at the opening, as in a suite that hides it: then it is malformed."""
        if sealed[:1] != bytes((self.suite,)):
            return "suite"
        padded_bytes = len(sealed) - 1
        is_fit = 0 < padded_bytes <= MAX_PLAINTEXT_BYTES + 1 and padded_bytes % compute_block_bytes(round_.purpose) == 0
        return None if is_fit else "length"

    def share(self, round_: Round, context: bytes, sealed: bytes, index: int, secret: bytes, randomness: bytes) -> Share:
        """See ``Sealer``; uses neither secret nor randomness."""
        return Share(index, b"", b"")

    def check_share(self, round_: Round, context: bytes, sealed: bytes, share: Share) -> str | None:
        """``index``, ``point`` or ``proof``."""
        if not 1 <= share.index <= len(round_.trustees):
            return "index"
        if share.point:
            return "point"
        return "proof" if share.proof else None

    def open(self, round_: Round, context: bytes, sealed: bytes, shares: Sequence[Share]) -> Opened | Malformed:
        """Plaintext and SHA-256(sealed) as S; Malformed ``padding``."""
        ensure(len(dict.fromkeys([share.index for share in shares])) >= round_.threshold, "an envelope is opened with fewer than t shares")
        plaintext = unpad(sealed[1:], compute_block_bytes(round_.purpose))
        return Malformed("padding") if plaintext is None else Opened(plaintext, sha256(sealed).digest())
