"""Logs that an audit can replay: a published one, in a folder or behind a URL, and a ledger's own database.

Owns reading them. A published log is what its checkpoint signs: every tile is compared with the entries on the way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prasasti.core.encoding import EncodingProblem
from prasasti.core.genesis import compute_chain, compute_origin, decode_genesis
from prasasti.core.state import Tip
from prasasti.log.checkpoint import build_log_key, read_checkpoint
from prasasti.services.difference import Differs
from prasasti.storage.connection import StorageProblem
from prasasti.storage.documents import DocumentStore
from prasasti.storage.ledger_database import LedgerDatabase
from prasasti_verify.notes import parse_checkpoint, parse_key
from prasasti_verify.strict import Wrong, require
from prasasti_verify.tiles import Source, find, read, walk_entries


def open_source(place: str) -> Source:
    """A published log's files, by a folder's path or a URL; ``prasasti_verify.strict.CannotDo``."""
    return Source(place)


class PublishedLog:
    """A published log (``audit.AuditedLog``). Its genesis is taken from the folder; whoever knows better compares ``chain``."""

    def __init__(self, source: Source) -> None:
        """Differs where genesis or checkpoint is missing, malformed, or not of one ledger. Who signed, ``check_keys`` judges."""
        self._source = source
        try:
            self.genesis = read(source, "genesis.json")
            genesis = decode_genesis(self.genesis)
            self._origin = compute_origin(genesis)
            self.note = read(source, "checkpoint")
            self.checkpoint = parse_checkpoint(self.note, "checkpoint")
            require(self.checkpoint.origin == self._origin, "checkpoint", f"is of the log {self.checkpoint.origin}, not of {self._origin}")
            # Until votes put another key in its place the log's key is the one that genesis names: told before the replay.
            if _read_key(source) in (None, genesis.log_key):
                self.check_keys([genesis.log_key])
        except EncodingProblem as problem:
            raise Differs("genesis.json", "a genesis file", str(problem)) from problem
        except Wrong as problem:
            raise _differ(problem) from problem
        self.size = self.checkpoint.size

    @property
    def chain(self) -> str:
        """The chain that this genesis names."""
        return compute_chain(self.genesis)

    def entries(self) -> Iterator[bytes]:
        """Every entry; Differs where a tile or the checkpoint's root is not what the entries hash to."""
        try:
            for _, entries, _ in walk_entries(self._source, self.size, self.checkpoint.root, {}):
                yield from entries
        except Wrong as problem:
            raise _differ(problem) from problem

    def read_document(self, digest: str) -> bytes | None:
        """Bytes published under documents/."""
        try:
            return find(self._source, f"documents/sha256/{digest[:2]}/{digest}")
        except Wrong as problem:
            raise _differ(problem) from problem

    def check_block(self, tip: Tip) -> None:
        """Nothing stands beside the entries: the checkpoint's root covers them all."""

    def check_keys(self, keys: Sequence[str]) -> None:
        """The checkpoint bears the signature of the last of these keys, the one in force; Differs."""
        try:
            read_checkpoint(self.note, build_log_key(self._origin, bytes.fromhex(keys[-1])), "checkpoint")
        except Wrong as problem:
            raise _differ(problem) from problem


class LedgerLog:
    """A ledger's own log, with what its database says of each block (``audit.AuditedLog``)."""

    def __init__(self, database: LedgerDatabase, documents: DocumentStore) -> None:
        self._database = database
        self._documents = documents
        self.genesis = database.read_genesis()
        self.size = database.size()

    def entries(self) -> Iterator[bytes]:
        """Every entry."""
        return (entry for _, entry in self._database.entries(0, self.size))

    def read_document(self, digest: str) -> bytes | None:
        """Bytes in the ledger's store."""
        try:
            return self._documents.read(digest)
        except StorageProblem as problem:
            raise Differs(f"document {digest} in the store", "bytes of that hash", str(problem)) from problem

    def check_block(self, tip: Tip) -> None:
        """The block's row holds the same app hash, state root and right edge."""
        row = self._database.read_block_at(tip.size - 1)
        if row.tip != tip:
            raise Differs(f"row of block {tip.height}", _show_tip(tip), _show_tip(row.tip))

    def check_keys(self, keys: Sequence[str]) -> None:
        """A ledger's own log needs no signature."""


def _read_key(source: Source) -> str | None:
    """The key in hex that the folder says it is signed by, on trust; None where it does not say."""
    data = find(source, "log.vkey")
    try:
        return parse_key(data, "log.vkey").public.hex() if data is not None else None
    except Wrong:
        return None


def _show_tip(tip: Tip) -> str:
    return f"height {tip.height}, time {tip.time}, size {tip.size}, state root {tip.state_root.hex()}, app hash {tip.app_hash.hex()}"


def _differ(problem: Wrong) -> Differs:
    return Differs(problem.place, "what the checkpoint signs", problem.what)
