"""A ledger as services see it: its parts, wired by bootstrap. Owns no part's making."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from prasasti.core.admission import Inadmissible
from prasasti.core.contract import Record, Registry, View
from prasasti.core.entries import Receipt
from prasasti.core.genesis import Genesis
from prasasti.core.tree import check_value, decode_bucket
from prasasti.storage.documents import DocumentStore
from prasasti.storage.ledger_database import LedgerDatabase
from prasasti_verify.hashing import bucket_of

Answer = Receipt | Inadmissible


class ReadOnly(Exception):
    """A service that writes was given a ledger opened for reading."""


def read_stored(database: LedgerDatabase, bucket_bits: int, key: str) -> bytes | None:
    """The record under a key as it is stored at the newest block: hashed against its leaf, not proved by the state root.

    A fraction of a millisecond, where loading the state's tree takes a second on a large ledger.
    """
    records = decode_bucket(database.load_bucket(bucket_of(key, bucket_bits)))
    return next((check_value(found, leaf, body) for found, leaf, body in records if found == key), None)


class StoredView:
    """Records of the newest block (``core.contract.View``), each as ``read_stored`` has it. It keeps what it read: for one answer."""

    def __init__(self, database: LedgerDatabase, bucket_bits: int) -> None:
        self._database = database
        self._bucket_bits = bucket_bits
        self._found: dict[str, bytes | None] = {}

    def get(self, key: str, kind: type[Record]) -> Record | None:
        """The record under a key."""
        if key not in self._found:
            self._found[key] = read_stored(self._database, self._bucket_bits, key)
        value = self._found[key]
        return msgspec.json.decode(value, type=kind) if value is not None else None


@dataclass(frozen=True, slots=True)
class Ledger:
    """An opened ledger. ``submit`` answers when what it accepted is durable; ``state`` is the newest committed one;
    ``now`` is application time, seconds UTC.

    ``database`` and ``documents`` are connections of the services' own: what the engine has not committed is not seen.
    """

    folder: Path
    genesis_bytes: bytes
    genesis: Genesis
    chain: str
    registry: Registry
    database: LedgerDatabase
    documents: DocumentStore
    state: View
    submit: Callable[[Sequence[bytes]], list[Answer]]
    now: Callable[[], int]
    gap_seconds: int = 0

    def view_stored(self) -> StoredView:
        """The newest block's records, for an answer that the read model gives and no state root proves."""
        return StoredView(self.database, self.genesis.bucket_bits)

    @property
    def keys_folder(self) -> Path:
        """Where a training ledger's keys lie."""
        return self.folder / "keys"
