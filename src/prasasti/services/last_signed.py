"""Checkpoints that a ledger's key has signed, and whether a log still holds what they say.

Owns the refusal to go on from a log that is behind one of them, or beside it: what were appended there would be a second
history under the same key. Whether a *new* checkpoint may be signed is publishing's to decide (``log.publish``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from prasasti.contracts.governance.records import LOG_KEY_KEY, LogKeyRecord
from prasasti.core.genesis import compute_origin, decode_genesis
from prasasti.core.state import CommittedView
from prasasti.core.tree import Tree
from prasasti.log.checkpoint import build_log_key
from prasasti.log.kept import KeptCheckpoint
from prasasti.services.publishing import PUBLISHER_NAME, order_log_keys
from prasasti.storage.ledger_database import LedgerDatabase
from prasasti_verify.hashing import fold_edge
from prasasti_verify.notes import Checkpoint, parse_checkpoint, read_signature
from prasasti_verify.strict import Wrong


class LastSignedProblem(Exception):
    """A log does not hold what was signed of it. The message says what, where, and what to do."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint that says it is this log's, and where it was read. Who signed it ``is_signed_by`` tells."""

    place: str
    note: bytes
    checkpoint: Checkpoint

    @property
    def size(self) -> int:
        """Entries that it covers."""
        return self.checkpoint.size


def read_signed(genesis_bytes: bytes, place: str, note: bytes) -> Signed:
    """A checkpoint of this ledger's log, cosigned or not; LastSignedProblem where it is another log's, or none."""
    origin = compute_origin(decode_genesis(genesis_bytes))
    try:
        signed = Signed(place, note, parse_checkpoint(note, place))
    except Wrong as problem:
        raise LastSignedProblem(f"{problem}; a checkpoint that this ledger's key signed is needed there") from problem
    if signed.checkpoint.origin != origin:
        raise LastSignedProblem(f"{place} is of the log {signed.checkpoint.origin}, not of {origin}; give one of this ledger's")
    return signed


def read_kept(folder: Path, genesis_bytes: bytes) -> Signed | None:
    """The checkpoint kept in a ledger's folder, the last that was signed; None before the first; LastSignedProblem.

    Whoever may write there owns the ledger: who signed it need not be asked before the ledger is held against it.
    """
    kept = KeptCheckpoint(folder / PUBLISHER_NAME)
    note = kept.read()
    return read_signed(genesis_bytes, str(kept.path), note) if note is not None else None


def read_log_keys(database: LedgerDatabase) -> list[str]:
    """Hex keys that signed a log's checkpoints, oldest first, by the state in a database."""
    genesis = decode_genesis(database.read_genesis())
    view = CommittedView(Tree(database.load_top(genesis.bucket_bits), database))
    return order_log_keys(genesis.log_key, view.get(LOG_KEY_KEY, LogKeyRecord), database.read_tip().height)


def is_signed_by(signed: Signed, keys: Sequence[str]) -> bool:
    """Whether one of these keys, in hex, has signed a checkpoint."""
    try:
        return any(
            read_signature(signed.checkpoint, build_log_key(signed.checkpoint.origin, bytes.fromhex(key)), signed.place) is not None
            for key in keys
        )
    except Wrong:
        return False


def require_signed_by(signed: Signed, keys: Sequence[str]) -> None:
    """LastSignedProblem where none of the keys that this log ever had has signed a checkpoint."""
    if not is_signed_by(signed, keys):
        raise LastSignedProblem(
            f"{signed.place} bears no signature by the log's key {keys[-1]}, nor by one before it; give one of this log's"
        )


def require_as_long(size: int, signed: Signed, whose: str) -> None:
    """LastSignedProblem where a log is shorter than a signed checkpoint says."""
    if size < signed.size:
        raise LastSignedProblem(
            f"{whose} holds {size} entries, but {signed.place} was signed over {signed.size}: this is an older copy. To go on from it "
            "would write a second history. Take the newest copy, or the published folder ('prasasti restore --from FOLDER --ledger DIR')"
        )


def require_same(edge: Sequence[bytes] | None, signed: Signed, whose: str) -> None:
    """LastSignedProblem where the log's right edge at a signed size (None: no block ends there) leads to another root."""
    if edge is None or fold_edge(edge) != signed.checkpoint.root:
        raise LastSignedProblem(
            f"the first {signed.size} entries of {whose} are not those that {signed.place} was signed over: it was altered, or is another "
            "history under the same key. Keep both as evidence; 'prasasti audit' of a published folder shows where they part"
        )


def require_held(database: LedgerDatabase, signed: Signed, whose: str) -> None:
    """LastSignedProblem where a database does not hold what a checkpoint was signed over."""
    require_as_long(database.size(), signed, whose)
    require_same(database.edge(signed.size), signed, whose)


class SignedSizes:
    """Checkpoints to meet while a log is replayed: each at the block that ends at its size."""

    def __init__(self, signed: Sequence[Signed], whose: str) -> None:
        self._signed = signed
        self._waiting = sorted(signed, key=lambda each: each.size)
        self._edges: dict[int, Sequence[bytes]] = {}
        self._whose = whose

    def meet(self, size: int, edge: Sequence[bytes]) -> None:
        """A block ends at a size."""
        while self._waiting and self._waiting[0].size <= size:
            if self._waiting.pop(0).size == size:
                self._edges[size] = edge

    def require_met(self, size: int, keys: Sequence[str]) -> None:
        """LastSignedProblem where a checkpoint was signed by none of the log's keys, or over what a log of this size does not hold."""
        for signed in self._signed:
            require_signed_by(signed, keys)
            require_as_long(size, signed, self._whose)
            require_same(self._edges.get(signed.size), signed, self._whose)
