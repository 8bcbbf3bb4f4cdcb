"""Checkpoints that a ledger's key has signed, and whether a log still holds what they say.

Owns the refusal to go on from a log that is behind one of them, or beside it: what were appended there would be a second
history under the same key. Whether a *new* checkpoint may be signed is publishing's to decide (``log.publish``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from prasasti.core.genesis import compute_origin, decode_genesis
from prasasti.log.checkpoint import build_log_key, read_checkpoint
from prasasti.log.kept import KeptCheckpoint
from prasasti_verify.hashing import fold_edge
from prasasti_verify.notes import Checkpoint
from prasasti_verify.strict import Wrong

PUBLISHER_NAME = "publisher"


class LastSignedProblem(Exception):
    """A log does not hold what was signed of it. The message says what, where, and what to do."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint that this log's key has signed, and where it was read."""

    place: str
    note: bytes
    checkpoint: Checkpoint

    @property
    def size(self) -> int:
        """Entries that it covers."""
        return self.checkpoint.size


def read_signed(genesis_bytes: bytes, place: str, note: bytes) -> Signed:
    """A checkpoint of this ledger's log, cosigned or not; LastSignedProblem where it is another log's, or none."""
    genesis = decode_genesis(genesis_bytes)
    key = build_log_key(compute_origin(genesis), bytes.fromhex(genesis.log_key))
    try:
        return Signed(place, note, read_checkpoint(note, key, place))
    except Wrong as problem:
        raise LastSignedProblem(f"{problem}; a checkpoint that this ledger's key signed is needed there") from problem


def read_kept(folder: Path, genesis_bytes: bytes) -> Signed | None:
    """The checkpoint kept in a ledger's folder, the last that was signed; None before the first; LastSignedProblem."""
    kept = KeptCheckpoint(folder / PUBLISHER_NAME)
    note = kept.read()
    return read_signed(genesis_bytes, str(kept.path), note) if note is not None else None


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


class SignedSizes:
    """Checkpoints to meet while a log is replayed: each at the block that ends at its size."""

    def __init__(self, signed: Sequence[Signed], whose: str) -> None:
        self._waiting = sorted(signed, key=lambda each: each.size)
        self._whose = whose

    def meet(self, size: int, edge: Sequence[bytes]) -> None:
        """A block ends at a size; LastSignedProblem where a checkpoint of that size has another root, or none ended at its."""
        while self._waiting and self._waiting[0].size <= size:
            signed = self._waiting.pop(0)
            require_same(edge if signed.size == size else None, signed, self._whose)
