"""check-state: recomputes everything that a ledger's database holds from its rows, and names the first that is wrong.

Owns the comparison of rows with each other: values, buckets, top tree, deadlines, log, blocks, positions. Whether the
rules led to this state is the audit's to judge. Reads one block's state, whatever a writer commits meanwhile.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import msgspec

from prasasti.core.encoding import EncodingProblem, decode_base64
from prasasti.core.entries import BLOCK, TRANSACTION, BlockEntry, Refusal
from prasasti.core.envelope import Envelope
from prasasti.core.genesis import compute_chain
from prasasti.core.state import SCHEDULE_PREFIX, GenesisState, Tip, init_chain, split_schedule_key
from prasasti.core.transition import REFUSED_ID_KEPT_SECONDS, UsedId
from prasasti.core.tree import Records, StateMismatch, TopTree, check_value, decode_bucket, hash_records
from prasasti.services.difference import Difference, Differs, require_equal
from prasasti.storage.connection import StorageProblem
from prasasti.storage.ledger_database import BlockRow, LedgerDatabase
from prasasti_verify.hashing import bucket_of, compute_app_hash, extend_edge, fold_edge, hash_bucket_leaf, hash_leaf


@dataclass(slots=True)
class _Counts:
    """How much was recomputed."""

    buckets: int = 0
    records: int = 0
    deadlines: int = 0
    blocks: int = 0
    entries: int = 0
    transactions: int = 0


@dataclass(frozen=True, slots=True)
class StateReport:
    """What was recomputed, up to the first difference; ``tip`` is the newest block as its row tells it, None where none can be read."""

    tip: Tip | None
    buckets: int
    records: int
    deadlines: int
    blocks: int
    entries: int
    transactions: int
    difference: Difference | None


def check_state(database: LedgerDatabase, progress: Callable[[int, int], None] | None = None) -> StateReport:
    """Recompute everything. ``progress`` is called with the log entries done and to do, after the state itself."""
    counts = _Counts()
    difference = None
    tip = None
    try:
        with database.snapshot():
            row = database.read_tip()
            tip = row.tip
            for check in (_check_file, _check_state_tree, _check_log):
                check(database, row, counts, progress)
    except Differs as found:
        difference = found.difference
    except StateMismatch as mismatch:
        difference = Difference(mismatch.where, "a value that matches its hash", "another")
    except (sqlite3.DatabaseError, StorageProblem, msgspec.DecodeError, ValueError, IndexError) as problem:
        # A byte changed in the file can make any read fail: SQLite's own, or that of what a row holds.
        difference = Difference("the database file", "rows that can be read", f"{type(problem).__name__}: {problem}")
    return StateReport(tip=tip, difference=difference, **asdict(counts))


def _check_file(database: LedgerDatabase, tip: BlockRow, counts: _Counts, progress: Any) -> None:
    """Pages and indexes, as SQLite itself checks them."""
    damage = database.find_damage()
    if damage is not None:
        raise Differs("the database file", "no damage", damage)


def _check_state_tree(database: LedgerDatabase, tip: BlockRow, counts: _Counts, progress: Any) -> None:
    """Each value against its leaf, each bucket against the top tree, its root against the newest block, deadlines."""
    genesis = _read_genesis(database).genesis
    top = database.load_top(genesis.bucket_bits)
    deadlines: list[tuple[int, str]] = []
    after = 0
    for number, body in database.iterate_buckets():
        _check_empty(top, after, number)
        records = _check_bucket(top, number, decode_bucket(body))
        deadlines += [split_schedule_key(key) for key, _, _ in records if key.startswith(SCHEDULE_PREFIX)]
        counts.buckets += 1
        counts.records += len(records)
        after = number + 1
    _check_empty(top, after, 1 << genesis.bucket_bits)
    require_equal(f"state root of block {tip.height}", top.root, tip.state_root)
    for expected, found in _pair(sorted(deadlines), database.list_deadlines()):
        require_equal("deadline table against the schedule's records", expected, found)
        counts.deadlines += 1


def _read_genesis(database: LedgerDatabase) -> GenesisState:
    try:
        return init_chain(database.read_genesis())
    except EncodingProblem as problem:
        raise Differs("the row of genesis.json", "a genesis file", str(problem)) from problem


def _check_bucket(top: TopTree, number: int, records: Records) -> Records:
    for position, (key, leaf, value) in enumerate(records):
        require_equal(f"bucket of key {key}", bucket_of(key, top.bucket_bits), number)
        if position and records[position - 1][0] >= key:
            raise Differs(f"bucket {number}", f"keys in order, each once, so none after {records[position - 1][0]}", key)
        check_value(key, leaf, value)
    require_equal(f"bucket {number} against the top tree", top.leaf(number), hash_bucket_leaf(hash_records(records)))
    return records


def _check_empty(top: TopTree, first: int, stop: int) -> None:
    """Buckets without a row have the empty bucket's leaf."""
    if top.leaves(first, stop - first) != top.empty_leaf * (stop - first):
        number = next(number for number in range(first, stop) if top.leaf(number) != top.empty_leaf)
        raise Differs(f"bucket {number} against the top tree", top.leaf(number), "no row")


class _Entry(msgspec.Struct, frozen=True):
    """What the rows beside a transaction entry repeat of it."""

    kind: str
    position: int
    time: int
    id: str
    envelope: Envelope | None
    refusal: Refusal | None


class _Payload(msgspec.Struct, frozen=True):
    chain: str
    expires: int
    action: str


_block_decoder = msgspec.json.Decoder(BlockEntry)
_entry_decoder = msgspec.json.Decoder(_Entry)
_payload_decoder = msgspec.json.Decoder(_Payload)


def _check_log(database: LedgerDatabase, tip: BlockRow, counts: _Counts, progress: Callable[[int, int], None] | None) -> None:
    """Leaves, blocks, edges, the chain of app hashes, and what ids and positions say of the entries."""
    log = database.iterate_log()
    positions, actions = database.iterate_positions(), database.iterate_actions()
    blocks = database.iterate_blocks()
    previous, used = next(blocks)
    require_equal("row of the genesis block", _read_genesis(database).tip, previous.tip)
    chain = compute_chain(database.read_genesis())
    require_equal("ids of the genesis block", [], used)
    for row, used in blocks:
        leaves, derived = _check_entries(row, previous.app_hash, chain, log, positions, actions)
        _check_block_row(previous, row, leaves)
        require_equal(f"ids of block {row.height}", derived, used)
        counts.blocks += 1
        counts.entries += row.count
        counts.transactions += len(used)
        previous = row
        if progress is not None:
            progress(counts.entries, tip.tip.size)
    for name, rest in (("log", log), ("position", positions), ("action", actions)):
        leftover = next(rest, None)
        if leftover is not None:
            raise Differs(
                f"{name} table", f"no row beyond the {tip.tip.size} entries of the newest block", f"one at position {leftover[0]}"
            )


def _check_entries(
    row: BlockRow,
    previous_app_hash: bytes,
    chain: str,
    log: Iterator[tuple[int, bytes, bytes]],
    positions: Iterator[tuple[int, str]],
    actions: Iterator[tuple[int, str]],
) -> tuple[list[bytes], list[UsedId]]:
    """Leaf hashes of a block's entries, and the ids that they use, after comparing every row that repeats an entry's content."""
    leaves: list[bytes] = []
    used: list[UsedId] = []
    for at in range(row.first, row.first + row.count):
        position, leaf, data = next(log, (None, b"", b""))
        require_equal("log table, position", at, position)
        require_equal(f"entry {at}, leaf", hash_leaf(data), leaf)
        leaves.append(leaf)
        if at == row.first:
            _check_head(row, previous_app_hash, _block_decoder.decode(data))
            continue
        entry = _entry_decoder.decode(data)
        require_equal(f"entry {at}", (TRANSACTION, at, row.time), (entry.kind, entry.position, entry.time))
        require_equal(f"entry {at}, row of its position", (at, entry.id), next(positions, None))
        if entry.refusal is not None:
            used.append(UsedId(entry.id, row.time + REFUSED_ID_KEPT_SECONDS, entry.refusal.actor))
        elif entry.envelope is not None:
            payload = _payload_decoder.decode(decode_base64(entry.envelope.payload))
            require_equal(f"entry {at}, chain", chain, payload.chain)
            require_equal(f"entry {at}, row of its action", (at, payload.action), next(actions, None))
            used.append(UsedId(entry.id, payload.expires, ""))
    return leaves, used


def _check_head(row: BlockRow, previous_app_hash: bytes, head: BlockEntry) -> None:
    expected = (BLOCK, row.height, row.time, previous_app_hash.hex(), row.state_root.hex(), row.count - 1)
    found = (head.kind, head.height, head.time, head.previous_app_hash, head.state_root, head.transaction_count)
    require_equal(f"entry {row.first} against the row of block {row.height}", expected, found)


def _check_block_row(previous: BlockRow, row: BlockRow, leaves: list[bytes]) -> None:
    """A block's row follows from the one before it and from its leaves; one without entries changes nothing."""
    place = f"row of block {row.height}"
    require_equal(f"{place}, height", previous.height + 1, row.height)
    require_equal(f"{place}, first", previous.tip.size, row.first)
    if row.time < previous.time or row.engine_time < previous.engine_time:
        raise Differs(f"{place}, time", f"none before {previous.time} ({previous.engine_time})", f"{row.time} ({row.engine_time})")
    edge = extend_edge(previous.edge, row.first, leaves)
    require_equal(f"{place}, edge", [node.hex() for node in edge], [node.hex() for node in row.edge])
    if not leaves:
        require_equal(f"{place}, state root", previous.state_root, row.state_root)
    app_hash = compute_app_hash(row.state_root, fold_edge(edge)) if leaves else previous.app_hash
    require_equal(f"{place}, app hash", app_hash, row.app_hash)


def _pair(expected: list[Any], found: list[Any]) -> Iterator[tuple[Any, Any]]:
    """Both lists side by side; what is missing in one is None."""
    for at in range(max(len(expected), len(found))):
        yield expected[at] if at < len(expected) else None, found[at] if at < len(found) else None
