"""The transition: a state and a block of admitted transactions give receipts, writes, log entries and the app hash.

Pure. One page shows a block's whole life: deadlines, transactions, buckets, block entry, log, app hash. Nothing is
changed in place: the caller commits what ``apply_block`` returns, or drops it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
from msgspec import Struct

from prasasti.core.admission import AdmissionContext, has_lost_standing
from prasasti.core.contract import Call, Outcome, Registry, Rejection, evaluate, find_message
from prasasti.core.encoding import encode_canonical
from prasasti.core.entries import (
    BLOCK,
    MAX_BLOCK_EVENTS_BYTES,
    MAX_DEADLINE_EVENT_BYTES,
    MAX_ENTRY_BYTES,
    MAX_EVENTS_BYTES,
    TRANSACTION,
    BlockEntry,
    Receipt,
    Refusal,
    TransactionEntry,
    encode_entry,
)
from prasasti.core.envelope import Transaction
from prasasti.core.genesis import MAX_EXPIRY_SECONDS
from prasasti.core.state import SCHEDULE_PREFIX, BlockView, State, Tip, split_schedule_key
from prasasti.core.tree import Bucket, TopUpdate, encode_bucket, hash_records, update_records
from prasasti.core.types import ensure, require
from prasasti_verify.hashing import compute_app_hash, extend_edge, fold_edge, hash_bucket_leaf, hash_leaf

REFUSED_ID_KEPT_SECONDS = MAX_EXPIRY_SECONDS
NO_EVENTS = msgspec.Raw(b"[]")


class DeadlinesFirst(ValueError):
    """The block carries transactions although deadlines that are due fill it (ledger-core: Time)."""


@dataclass(frozen=True, slots=True)
class RefusedTransaction:
    """A refusal as the log keeps it. A replay enters it as it stands: its envelope is not in the log to be judged."""

    id: str
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Block:
    """A block to apply. ``time`` is application time, seconds UTC; every transaction is admitted and its id new."""

    height: int
    time: int
    transactions: Sequence[Transaction | RefusedTransaction]


class UsedId(Struct, frozen=True):
    """An id that counts as used until a time; ``refused_actor`` is the actor of a refusal, else empty."""

    id: str
    until: int
    refused_actor: str


@dataclass(frozen=True, slots=True)
class BlockResult:
    """What a block makes: everything that one database transaction commits. ``accepted`` pairs action and position."""

    tip: Tip
    receipts: tuple[Receipt, ...]
    entries: tuple[tuple[bytes, bytes], ...]
    used_ids: tuple[UsedId, ...]
    accepted: tuple[tuple[str, int], ...]
    buckets: dict[int, bytes]
    top: TopUpdate
    schedule_added: tuple[tuple[int, str], ...]
    schedule_removed: tuple[tuple[int, str], ...]
    documents: tuple[bytes, ...] = ()


def apply_block(state: State, block: Block, registry: Registry) -> BlockResult:
    """Run a block on a state (DESIGN: One picture). Raises only on a bug; a refusal is a receipt."""
    view = BlockView(state.view, state.schedule)
    deadline_events, deadline_count = _run_deadlines(view, state, block, registry)

    first = state.tip.size + 1
    transactions: list[TransactionEntry] = []
    used_ids: list[UsedId] = []
    for offset, transaction in enumerate(block.transactions):
        entry, used_id = _enter(view, state, block, registry, transaction, first + offset)
        transactions.append(entry)
        used_ids.append(used_id)

    changes = view.changes()
    buckets, top = _update_state(changes, view, state)
    if not transactions and not deadline_count:
        return BlockResult(
            tip=Tip(block.height, block.time, state.tip.size, state.tip.edge, state.tip.state_root, state.tip.app_hash),
            receipts=(), entries=(), used_ids=(), accepted=(), buckets={}, top=top, schedule_added=(), schedule_removed=(),
        )  # fmt: skip
    head = BlockEntry(
        deadline_count=deadline_count, events=deadline_events, height=block.height, kind=BLOCK,
        previous_app_hash=state.tip.app_hash.hex(), state_root=top.root.hex(), time=block.time,
        transaction_count=len(transactions),
    )  # fmt: skip
    encoded = [encode_entry(head), *(encode_entry(entry) for entry in transactions)]
    ensure(all(len(data) <= MAX_ENTRY_BYTES for data in encoded), "an entry outgrew the log's format")
    entries = tuple((hash_leaf(data), data) for data in encoded)
    edge = extend_edge(state.tip.edge, state.tip.size, (leaf for leaf, _ in entries))
    app_hash = compute_app_hash(top.root, fold_edge(edge))
    tip = Tip(block.height, block.time, state.tip.size + len(entries), edge, top.root, app_hash)
    added, removed = _list_schedule_changes(changes)
    receipts = tuple(Receipt(entry.events, block.height, entry.id, entry.position, entry.refusal, block.time) for entry in transactions)
    accepted = tuple(
        (transaction.payload.action, entry.position)
        for transaction, entry in zip(block.transactions, transactions, strict=True)
        if isinstance(transaction, Transaction) and entry.refusal is None
    )
    documents = tuple(view.documents)
    return BlockResult(tip, receipts, entries, tuple(used_ids), accepted, buckets, top, added, removed, documents)


def has_room_after_deadlines(state: State, height: int, time: int, registry: Registry) -> bool:
    """Whether a block at that time runs all due deadlines and so may carry transactions."""
    view = BlockView(state.view, state.schedule)
    _run_deadlines(view, state, Block(height, time, ()), registry)
    return view.next_due(time) is None


def _run_deadlines(view: BlockView, state: State, block: Block, registry: Registry) -> tuple[list[msgspec.Raw], int]:
    """Run what is due, in order (time, key), as far as one block entry holds its events."""
    events: list[msgspec.Raw] = []
    size_bytes = count = 0
    while (key := view.next_due(block.time)) is not None:
        contract_name, _, rest = split_schedule_key(key)[1].partition(":")
        deadline = require(registry[contract_name].deadline, f"a function of {contract_name} for deadlines")
        outcome = deadline(view, _call(state, block, registry, None), rest)
        encoded = [encode_canonical(event) for event in outcome.events]
        ensure(all(len(event) <= MAX_DEADLINE_EVENT_BYTES for event in encoded), f"an event of {key} is too large")
        added_bytes = sum(len(event) + 1 for event in encoded)
        ensure(added_bytes <= MAX_BLOCK_EVENTS_BYTES, f"the events of {key} fit into no block")
        if size_bytes + added_bytes > MAX_BLOCK_EVENTS_BYTES:
            if block.transactions:
                raise DeadlinesFirst(f"block {block.height} may carry no transactions: deadlines are due")
            break
        view.accept(outcome)
        view.write([(key, None)])
        events += [msgspec.Raw(event) for event in encoded]
        size_bytes += added_bytes
        count += 1
    return events, count


def _enter(
    view: BlockView, state: State, block: Block, registry: Registry, transaction: Transaction | RefusedTransaction, position: int
) -> tuple[TransactionEntry, UsedId]:
    """Log entry of a transaction, and how long its id counts as used; an accepted one's writes are taken over."""
    if isinstance(transaction, RefusedTransaction):
        refusal = transaction.refusal
    else:
        rejection, events = _execute(view, state, block, registry, transaction)
        if rejection is None:
            envelope = msgspec.Raw(transaction.envelope_json)
            entry = TransactionEntry(envelope, events, transaction.id, TRANSACTION, position, None, block.time)
            return entry, UsedId(transaction.id, transaction.payload.expires, "")
        refusal = Refusal(transaction.payload.action, transaction.payload.actor, rejection.number)
    entry = TransactionEntry(None, NO_EVENTS, transaction.id, TRANSACTION, position, refusal, block.time)
    return entry, UsedId(transaction.id, block.time + REFUSED_ID_KEPT_SECONDS, refusal.actor)


def _execute(
    view: BlockView, state: State, block: Block, registry: Registry, transaction: Transaction
) -> tuple[Rejection | None, msgspec.Raw]:
    """Judge one transaction by its contract: a rejection, which changes nothing, or its events, its writes taken over."""
    contract, message = require(find_message(registry, transaction.payload.action), transaction.payload.action)
    call = _call(state, block, registry, transaction)
    if view.may_have_changed_standing(signer.key for signer in call.signers) and has_lost_standing(
        transaction, _standing_context(view, state, block, registry)
    ):
        return contract.lost_in_block, NO_EVENTS
    rejection = evaluate(message, view, call)
    if rejection is not None:
        return rejection, NO_EVENTS
    outcome: Outcome = message.process(view, call)
    events = encode_canonical(outcome.events)
    ensure(len(events) <= MAX_EVENTS_BYTES, f"the events of {transaction.payload.action} are too large")
    view.accept(outcome)
    return None, msgspec.Raw(events)


def _update_state(changes: Mapping[str, bytes | None], view: BlockView, state: State) -> tuple[dict[int, bytes], TopUpdate]:
    """Bodies of the changed buckets and the top tree's new nodes."""
    touched: dict[int, tuple[Bucket, dict[str, bytes | None]]] = {}
    for key, value in changes.items():
        number, bucket = view.committed.locate(key)
        if number in touched:
            touched[number][1][key] = value
        else:
            touched[number] = bucket, {key: value}
    bodies: dict[int, bytes] = {}
    leaves: dict[int, bytes] = {}
    for number, (bucket, values) in touched.items():
        records = update_records(bucket.check_all(), values)
        bodies[number] = encode_bucket(records)
        leaves[number] = hash_bucket_leaf(hash_records(records))
        state.tree.keep(number, leaves[number], records)
    return bodies, state.tree.top.compute_update(leaves)


def _list_schedule_changes(
    changes: Mapping[str, bytes | None],
) -> tuple[tuple[tuple[int, str], ...], tuple[tuple[int, str], ...]]:
    touched = [(split_schedule_key(key), value) for key, value in changes.items() if key.startswith(SCHEDULE_PREFIX)]
    added = tuple(moment for moment, value in touched if value is not None)
    removed = tuple(moment for moment, value in touched if value is None)
    return added, removed


def _call(state: State, block: Block, registry: Registry, transaction: Transaction | None) -> Call:
    return Call(
        time=block.time,
        height=block.height,
        previous_app_hash=state.tip.app_hash,
        chain=state.chain,
        genesis=state.genesis,
        transaction=transaction.id if transaction is not None else "",
        registry=registry,
        actor=transaction.payload.actor if transaction is not None else "",
        signers=tuple(transaction.payload.signers) if transaction is not None else (),
        arguments=transaction.arguments if transaction is not None else None,
    )


class _LeastStanding:
    """A block's view, in which keys and organisations stand as at their least in it (``BlockView.get_least``)."""

    def __init__(self, view: BlockView) -> None:
        self.get = view.get_least


def _standing_context(view: BlockView, state: State, block: Block, registry: Registry) -> AdmissionContext:
    return AdmissionContext(
        chain=state.chain, genesis=state.genesis, time=block.time, view=_LeastStanding(view), registry=registry,
        is_id_used=lambda _: False, count_refusals=lambda _actor, _since: 0,
    )  # fmt: skip
