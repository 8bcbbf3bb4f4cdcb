"""The application that every engine drives, with the names and promises of ABCI 2.0.

Owns the committed state in memory and its one commit a block. ``check_tx`` answers a sender; ``prepare_proposal`` and
``process_proposal`` judge a block; ``finalize_block`` computes it, ``commit`` makes it durable. Between the two, and
after a crash before ``commit``, everything still answers from the block before.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence

import msgspec

from prasasti.contracts.versions import CheckParts, choose_registry
from prasasti.core.admission import QUOTA_WINDOW_SECONDS, AdmissionContext, Inadmissible, decode_transaction, judge
from prasasti.core.contract import Contract, View, find_message
from prasasti.core.entries import BlockEntry
from prasasti.core.envelope import Transaction, is_signed
from prasasti.core.genesis import Genesis, compute_chain, decode_genesis
from prasasti.core.state import CommittedView, State, Tip
from prasasti.core.transition import REFUSED_ID_KEPT_SECONDS, Block, BlockResult, apply_block, has_room_after_deadlines
from prasasti.core.tree import StateMismatch, Tree
from prasasti.core.types import Bug, require
from prasasti.core.used_ids import UsedIds
from prasasti.storage.ledger_database import BlockRow, LedgerDatabase
from prasasti_verify.hashing import compute_app_hash, extend_edge, fold_edge, hash_leaf

VERIFIED_KEPT = 20_000

Signatures = tuple[tuple[bytes, bytes], ...]
Door = Callable[[Transaction, View], str | None]
KeepDocuments = Callable[[Sequence[bytes]], None]


def load_newest(database: LedgerDatabase, bucket_bits: int) -> tuple[BlockRow, Tree]:
    """The newest block, and the state tree that its app hash is shown to cover; Bug where it does not."""
    row = database.read_tip()
    tree = Tree(database.load_top(bucket_bits), database)
    if tree.top.root != row.state_root:
        raise Bug(f"the top tree's root is not the state root of block {row.height}: the database was altered or is damaged")
    if compute_app_hash(row.state_root, fold_edge(row.edge)) != row.app_hash:
        raise Bug(f"the log's edge does not lead to the app hash of block {row.height}: the database was altered or is damaged")
    return row, tree


def check_newest(database: LedgerDatabase, row: BlockRow, genesis: Genesis) -> None:
    """That the newest block's row tells what its entries tell, since the next block stands on it; StateMismatch."""
    entries = list(database.entries(row.first, row.tip.size))
    leaves = [hash_leaf(entry) for _, entry in entries]
    before = database.edge(row.first)
    if before is None or leaves != [leaf for leaf, _ in entries] or len(leaves) != row.count:
        raise StateMismatch(f"the entries of block {row.height}")
    if list(database.entries(row.tip.size, row.tip.size + 1)):
        raise StateMismatch(f"the log, which goes on after block {row.height}")
    try:
        head = msgspec.json.decode(entries[0][1], type=BlockEntry) if entries else None
    except ValueError as problem:
        raise StateMismatch(f"the entries of block {row.height}") from problem
    time = genesis.time if row.height == 0 else row.time
    expected = (row.height, time, row.state_root.hex()) if head is None else (head.height, head.time, head.state_root)
    if (row.height, row.time, row.state_root.hex()) != expected or extend_edge(before, row.first, leaves) != row.edge:
        raise StateMismatch(f"the row of block {row.height}")
    # Application time is engine time, and what a training ledger adds to it.
    if row.engine_time > row.time:
        raise StateMismatch(f"the engine time of block {row.height}")


class Application:
    """A ledger's state machine over its database."""

    def __init__(
        self,
        database: LedgerDatabase,
        contracts_by_table: Mapping[str, Contract],
        door: Door,
        check_parts: CheckParts = lambda _: None,
        keep_documents: KeepDocuments | None = None,
    ) -> None:
        """``keep_documents`` makes documents durable that the rules bring forth; without it their bytes are not kept."""
        genesis_bytes = database.read_genesis()
        self.genesis = decode_genesis(genesis_bytes)
        versions = choose_registry(self.genesis, contracts_by_table, check_parts)
        self._database = database
        self._door = door
        self._keep_documents = keep_documents
        row, tree = load_newest(database, self.genesis.bucket_bits)
        check_newest(database, row, self.genesis)
        self._state = State(self.genesis, compute_chain(genesis_bytes), tree, database, row.tip, CommittedView(tree))
        self.registry = versions.at(self._state.view, row.height + 1)
        self.registry.require_parts(self._state.view, row.height + 1)
        self._ids = UsedIds()
        for time, used in database.iterate_used_ids(row.time - max(REFUSED_ID_KEPT_SECONDS, QUOTA_WINDOW_SECONDS)):
            self._ids.note(time, used)
        self._verified: OrderedDict[str, Signatures] = OrderedDict()
        self._admitted: dict[str, Transaction] = {}
        self._admitted_time = 0
        self._pending: BlockResult | None = None
        self._forgotten_at = row.time

    @property
    def state(self) -> State:
        """The committed state."""
        return self._state

    def info(self) -> Tip:
        """The last committed block."""
        return self._state.tip

    def query(self, key: str) -> bytes | None:
        """Committed value under a key."""
        return self._state.view.read(key)

    def decode(self, envelopes: Sequence[bytes]) -> list[Transaction | Inadmissible]:
        """What needs no state, so that any thread may do it ahead of the block: checks 1 to 3, and verifying signatures.

        Check 7 finds the verdict when its turn comes. One loop for each keeps the verifier's tables in the processor's cache.
        """
        decoded = [decode_transaction(envelope, self.registry) for envelope in envelopes]
        for each in decoded:
            if isinstance(each, Transaction):
                self._is_signed(each)
        return decoded

    def check_tx(self, envelope: bytes, time: int) -> Transaction | Inadmissible:
        """Admission and the node's door, for a block at that time at the earliest."""
        return self.check_decoded(decode_transaction(envelope, self.registry), time)

    def check_decoded(self, transaction: Transaction | Inadmissible, time: int) -> Transaction | Inadmissible:
        """``check_tx`` of what ``decode`` gave."""
        if isinstance(transaction, Transaction):
            transaction = self._as_of_now(transaction)
        if isinstance(transaction, Inadmissible):
            return transaction
        problem = judge(transaction, self._context(time))
        if problem is not None:
            return problem
        if time != self._admitted_time:
            self._admitted, self._admitted_time = {}, time
        self._admitted[transaction.id] = transaction
        refused = self._door(transaction, self._state.view)
        return Inadmissible("admission.11", f"door: {refused}") if refused is not None else transaction

    def prepare_proposal(self, transactions: Sequence[Transaction], time: int) -> list[Transaction | Inadmissible]:
        """What may enter the next block, in the order given: each is judged at the block's own time, an id once."""
        context = self._context(time)
        admitted = self._admitted if time == self._admitted_time else {}
        seen: set[str] = set()
        judged: list[Transaction | Inadmissible] = []
        for transaction in transactions:
            current = self._as_of_now(transaction)
            if isinstance(current, Inadmissible):
                judged.append(current)
                continue
            transaction = current
            if transaction.id in seen:
                judged.append(Inadmissible("admission.6", f"id: {transaction.id} stands in this block already"))
                continue
            # One that ``check_tx`` judged on this state, for this time, need not be judged again.
            problem = judge(transaction, context) if admitted.get(transaction.id) is not transaction else None
            judged.append(problem or transaction)
            if problem is None:
                seen.add(transaction.id)
        return judged

    def has_room(self, time: int) -> bool:
        """Whether a block at that time may carry transactions, all due deadlines being run first."""
        if self._database.next_deadline() is None:
            return True
        return has_room_after_deadlines(self._state, self._state.tip.height + 1, time, self.registry)

    def process_proposal(self, height: int, time: int, envelopes: Sequence[bytes]) -> bool:
        """Whether another's block is one that honest nodes accept: the next height, time not back, all admissible, no id twice."""
        tip = self._state.tip
        if height != tip.height + 1 or time < tip.time or (envelopes and not self.has_room(time)):
            return False
        decoded = [decode_transaction(envelope, self.registry) for envelope in envelopes]
        transactions = [transaction for transaction in decoded if isinstance(transaction, Transaction)]
        if len(transactions) < len(decoded):
            return False
        return not any(isinstance(each, Inadmissible) for each in self.prepare_proposal(transactions, time))

    def finalize_block(self, height: int, time: int, transactions: Sequence[Transaction]) -> BlockResult:
        """Compute a block of admitted transactions; nothing is kept until ``commit``."""
        if height != self._state.tip.height + 1 or time < self._state.tip.time:
            raise Bug(f"block {height} at {time} does not follow block {self._state.tip.height} at {self._state.tip.time}")
        self._pending = apply_block(self._state, Block(height, time, transactions), self.registry)
        return self._pending

    def commit(self, engine_time: int) -> Tip:
        """Make the finalised block durable, then the state that everything answers from."""
        result = require(self._pending, "a finalised block")
        top = self._state.tree.top
        # Documents go before the block that names them: a crash in between leaves some that no entry names, which harm
        # nothing and which the same block, computed anew, stores again.
        if result.documents and self._keep_documents is not None:
            self._keep_documents(result.documents)
        # The tree in memory goes first, since the commit writes chunks of it; if the commit fails the process halts
        # (the engine sees to it), so that no answer is ever given from a tree that the database does not have.
        top.apply(result.top)
        self._database.commit(result, top, engine_time)
        tree = self._state.tree
        self._state = State(self.genesis, self._state.chain, tree, self._database, result.tip, CommittedView(tree))
        # A version or part that is not at hand halts the node before its first block, with the one before it committed.
        self.registry = self.registry.at(self._state.view, result.tip.height + 1)
        self.registry.require_parts(self._state.view, result.tip.height + 1)
        for used in result.used_ids:
            self._ids.note(result.tip.time, used)
            self._verified.pop(used.id, None)
        if result.tip.time - self._forgotten_at > QUOTA_WINDOW_SECONDS:
            self._ids.forget(result.tip.time)
            self._forgotten_at = result.tip.time
        self._pending = None
        self._admitted = {}
        return result.tip

    def _as_of_now(self, transaction: Transaction) -> Transaction | Inadmissible:
        """A transaction as the acting version of its contract reads it: one decoded before an activation is decoded anew."""
        found = find_message(self.registry, transaction.payload.action)
        if found is not None and isinstance(transaction.arguments, found[1].arguments):
            return transaction
        return decode_transaction(transaction.envelope_json, self.registry)

    def _context(self, time: int) -> AdmissionContext:
        return AdmissionContext(
            chain=self._state.chain, genesis=self.genesis, time=time, view=self._state.view, registry=self.registry,
            is_id_used=self._ids.is_used, count_refusals=self._ids.count_refusals, is_signed=self._is_signed,
        )  # fmt: skip

    def _is_signed(self, transaction: Transaction) -> bool:
        """Verify once: a payload with the same signatures was judged already. The keyid names the key, the state is not asked."""
        if self._verified.get(transaction.id) == transaction.signatures:
            return True
        if not is_signed(transaction):
            return False
        self._verified[transaction.id] = transaction.signatures
        if len(self._verified) > VERIFIED_KEPT:
            self._verified.popitem(last=False)
        return True
