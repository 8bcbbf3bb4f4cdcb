"""Log entries and receipts (formats: Log entries, receipt). Owns their form; positions and hashes are transition's."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from prasasti.core.encoding import decode_base64, encode_canonical
from prasasti.core.envelope import Envelope

MAX_ENTRY_BYTES = 65_535
MAX_EVENTS_BYTES = 2_048
MAX_DEADLINE_EVENT_BYTES = 256
MAX_BLOCK_EVENTS_BYTES = 60_000
BLOCK = "block"
TRANSACTION = "transaction"


class Refusal(Struct, frozen=True):
    """A contract's refusal as the log keeps it: without the arguments."""

    action: str
    actor: str
    number: str


class BlockEntry(Struct, frozen=True):
    """Head of a block that has a logged transaction or a due deadline."""

    deadline_count: int
    events: list[msgspec.Raw]
    height: int
    kind: str
    previous_app_hash: str
    state_root: str
    time: int
    transaction_count: int


class TransactionEntry(Struct, frozen=True):
    """A transaction, accepted (envelope and events) or refused by its contract (refusal)."""

    envelope: msgspec.Raw | None
    events: msgspec.Raw
    id: str
    kind: str
    position: int
    refusal: Refusal | None
    time: int


class Receipt(Struct, frozen=True):
    """Answer to the sender of a recorded transaction."""

    events: msgspec.Raw
    height: int
    id: str
    position: int
    refusal: Refusal | None
    time: int


def encode_entry(entry: BlockEntry | TransactionEntry) -> bytes:
    """Bytes of a log entry."""
    return encode_canonical(entry)


class RecordedTransaction(Struct, frozen=True):
    """An accepted transaction as its entry tells it: ``payload`` as decoded JSON."""

    position: int
    time: int
    id: str
    payload: dict[str, Any]
    events: list[dict[str, Any]]


class _AnyEntry(Struct, frozen=True):
    kind: str
    events: list[dict[str, Any]]
    envelope: Envelope | None = None
    id: str = ""
    position: int = 0
    time: int = 0


_entry_decoder = msgspec.json.Decoder(_AnyEntry)


def read_accepted(entry: bytes) -> RecordedTransaction | None:
    """The accepted transaction in one of the ledger's own entries; None for a block entry or a refusal."""
    decoded = _entry_decoder.decode(entry)
    if decoded.envelope is None:
        return None
    payload = msgspec.json.decode(decode_base64(decoded.envelope.payload))
    return RecordedTransaction(decoded.position, decoded.time, decoded.id, payload, decoded.events)
