"""What publishing and proving need of a ledger: its log, its documents, the log's key.

Owns the promises; storage keeps them for a ledger in SQLite. Positions count entries from 0; a range is [start, stop).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol


class NamedDocument(NamedTuple):
    """A document that an entry names. ``entry``: its position, None for genesis; ``sha256``: lower-case hex."""

    entry: int | None
    sha256: str


class Withheld(NamedTuple):
    """A document whose bytes are withheld. ``entry``: position of the withholding entry, not of one that names it."""

    sha256: str
    entry: int
    legal_basis: str


class LogSource(Protocol):
    """The committed log. What is answered once stays true: the log only grows, by whole blocks."""

    def size(self) -> int:
        """Number of committed entries; always the end of a whole block."""

    def edge(self, size: int) -> tuple[bytes, ...] | None:
        """Right edge stored with the block that ends at ``size`` (perfect subtrees, largest first); None if none ends there."""

    def entries(self, start: int, stop: int) -> Iterator[tuple[bytes, bytes]]:
        """Leaf hash as stored, and entry, of each position in order. Neither is taken on trust."""


class DocumentSource(Protocol):
    """The documents of a ledger, by the entries that name them."""

    def named(self, start: int, stop: int) -> Iterator[NamedDocument]:
        """What the entries name, tables of contracts activated by them included; one may come several times."""

    def read(self, sha256: str) -> bytes | None:
        """Bytes of a document; None where they are not stored."""

    def withheld(self, size: int) -> Iterable[Withheld]:
        """Documents withheld by the first ``size`` entries, each once, in any order."""


class LogSigner(Protocol):
    """The log's key, wherever it lies (``prasasti.integrations.signers`` has the kinds)."""

    @property
    def public_key(self) -> bytes:
        """The 32 bytes of the Ed25519 public key."""

    def sign(self, message: bytes) -> bytes:
        """Ed25519 signature over the message, 64 bytes."""
