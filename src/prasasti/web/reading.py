"""What a node reads out of a ledger for its answers. Owns the forms of answers that are no files of the published folder."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from prasasti.core.entries import TRANSACTION, Receipt, Refusal
from prasasti.services.ledger import Ledger, read_stored

MAX_FEED_ITEMS = 500


class _Entry(Struct):
    kind: str
    events: msgspec.Raw
    time: int
    id: str = ""
    refusal: Refusal | None = None


class FeedItem(Struct, omit_defaults=True):
    """One log entry of the feed. ``kind`` is block or transaction; ``time`` the block's, seconds UTC."""

    position: int
    kind: str
    time: int
    events: msgspec.Raw
    id: str | None = None
    refusal: Refusal | None = None


_entry_decoder = msgspec.json.Decoder(_Entry)


def find_receipt(ledger: Ledger, transaction_id: str) -> Receipt | None:
    """The receipt of a recorded transaction, as its sender had it; None where none is recorded."""
    found = find_transaction(ledger, transaction_id)
    return found[0] if found is not None else None


def find_transaction(ledger: Ledger, transaction_id: str) -> tuple[Receipt, bytes] | None:
    """Receipt and log entry of a recorded transaction."""
    with ledger.database.snapshot():
        position = ledger.database.find_position(transaction_id)
        if position is None:
            return None
        _, entry = next(ledger.database.entries(position, position + 1))
        height = ledger.database.read_block_at(position).height
    decoded = _entry_decoder.decode(entry)
    return Receipt(decoded.events, height, transaction_id, position, decoded.refusal, decoded.time), entry


def read_feed(ledger: Ledger, after: int, limit: int) -> list[FeedItem]:
    """Entries behind a position, in order."""
    items = []
    for position, (_, entry) in enumerate(ledger.database.entries(after + 1, after + 1 + limit), after + 1):
        decoded = _entry_decoder.decode(entry)
        transaction_id = decoded.id if decoded.kind == TRANSACTION else None
        items.append(FeedItem(position, decoded.kind, decoded.time, decoded.events, transaction_id, decoded.refusal))
    return items


def read_value(ledger: Ledger, key: str) -> dict[str, Any]:
    """The record under a key at the newest block, null where there is none; what is stored is hashed, not proved."""
    with ledger.database.snapshot():
        tip = ledger.database.read_tip()
        value = read_stored(ledger.database, ledger.genesis.bucket_bits, key)
    return {
        "height": tip.height,
        "key": key,
        "log_entries": tip.tip.size,
        "time": tip.time,
        "value": msgspec.Raw(value) if value is not None else None,
    }


def describe_ledger(ledger: Ledger, now: int) -> dict[str, Any]:
    """Which ledger this is and where it stands, ``now`` by its time: what a client needs to make a transaction for it."""
    tip = ledger.database.read_tip()
    genesis = ledger.genesis
    return {
        "chain": ledger.chain,
        "contracts": {contract.name: contract.version for contract in genesis.contracts},
        "height": tip.height,
        "ledger": genesis.ledger,
        "log_entries": tip.tip.size,
        "now": now,
        "time": tip.time,
        "training": genesis.training,
    }
