"""Restoring: a ledger's databases made anew, from its published log or from a backup, and held against what was signed.

Owns the order: nothing bears a ledger's name before it was compared with every checkpoint that is known. The rules and
hashes of a published log are the audit's to judge (``audit``), those of a backup ``check_state``'s; here is kept what they
found right. The folder's lock is the caller's (``bootstrap.open_to_restore``).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from prasasti.contracts.governance.records import CLOCK_KEY, ClockRecord, WithheldRecord, withheld_key
from prasasti.core.contract import Contract, Registry, encode_table
from prasasti.core.entries import read_accepted
from prasasti.core.genesis import decode_genesis
from prasasti.core.state import State, Tip, init_chain
from prasasti.core.transition import BlockResult
from prasasti.core.types import find_documents
from prasasti.log.kept import KeptCheckpoint, PublisherBusy
from prasasti.services.audit import ATTEST_ACTION, AuditReport, Parties, audit
from prasasti.services.audited_log import PublishedLog
from prasasti.services.backing_up import check_copy, copy_file, read_manifest, require_described
from prasasti.services.difference import Difference, Differs
from prasasti.services.last_signed import (
    Signed,
    SignedSizes,
    is_signed_by,
    read_kept,
    read_log_keys,
    read_signed,
    require_as_long,
    require_held,
    require_signed_by,
)
from prasasti.services.publishing import PUBLISHER_NAME, WITHHOLD_ACTION
from prasasti.storage.connection import StorageProblem, list_journals, sync_folder
from prasasti.storage.documents import DOCUMENTS_NAME, DocumentStore
from prasasti.storage.ledger_database import DATABASE_NAME, LedgerDatabase

STAGING_NAME = "restoring"
# Documents that wait in memory for the end of their block.
ADDED_TOGETHER_BYTES = 16 * 2**20

Progress = Callable[[int, int], None]
Notes = Mapping[str, bytes]
"""Checkpoints to hold the ledger against: by the place that each was read from."""


class RestoreRefused(Exception):
    """What was given is not this ledger's log, whole and right. The message says what, where, what to do."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored. ``transactions``: accepted and refused; ``compared``: where the checkpoints lay that the ledger was held against.

    ``missing`` names (position, SHA-256) of documents that were nowhere to be had; ``doubtful`` says of recorded releases
    where an entry tells something else than its document: the log holds them so, and so they stay.
    """

    chain: str
    tip: Tip
    transactions: int
    documents: int
    withheld: int
    missing: tuple[tuple[int, str], ...]
    doubtful: tuple[Difference, ...]
    compared: tuple[str, ...]


def restore_published(
    log: PublishedLog,
    folder: Path,
    registry: Registry,
    contracts: Sequence[Contract],
    recompute_parties: Callable[[dict[str, Any]], Parties],
    notes: Notes,
    progress: Progress | None = None,
) -> Restored:
    """Rebuild a ledger from its published log alone; RestoreRefused, LastSignedProblem, StorageProblem, Differs.

    Documents that stand in the folder's own store already are kept, and taken where the published log lacks them.
    """
    with _preparing(folder) as staging:
        signed = _list_signed(folder, log.genesis, notes)
        first_key = decode_genesis(log.genesis).log_key
        for each in signed:
            if is_signed_by(each, [first_key]):  # What a later key has signed can be told only after the replay.
                require_as_long(log.size, each, "the published log")
        restored = _build(log, folder, staging, registry, contracts, recompute_parties, signed, progress)
        _install(staging, folder, max([*signed, Signed("checkpoint", log.note, log.checkpoint)], key=_size_of))
    return restored


def restore_backup(backup: Path, folder: Path, notes: Notes, progress: Progress | None = None) -> Restored:
    """Make a ledger of a backup again; Differs, LastSignedProblem, StorageProblem. No key is brought back.

    Documents that stand in the folder's own store already are kept, and the backup's added.
    """
    manifest = read_manifest(backup)
    with _preparing(folder) as staging:
        (staging / PUBLISHER_NAME).mkdir()
        kept = [file.path for file in manifest.files if file.path not in (DATABASE_NAME, DOCUMENTS_NAME)]
        for path in (DATABASE_NAME, DOCUMENTS_NAME, *kept):
            copy_file(backup / path, staging / path)
        require_described(staging, manifest)  # The folder may have changed while it was read.
        copy = check_copy(staging, manifest, progress)
        own = read_kept(backup, copy.genesis)
        signed = [*_list_signed(folder, copy.genesis, notes), *([own] if own is not None else [])]
        withheld = _compare(staging / DATABASE_NAME, signed)
        if (folder / DOCUMENTS_NAME).exists():
            _add_documents(staging / DOCUMENTS_NAME, folder / DOCUMENTS_NAME)
        for path in kept:
            if not (folder / path).exists():
                os.rename(staging / path, folder / path)
        _install(staging, folder, max(signed, key=_size_of, default=None))
    return Restored(
        chain=manifest.chain, tip=copy.tip, transactions=copy.transactions, documents=copy.documents, withheld=withheld, missing=(),
        doubtful=(), compared=tuple(each.place for each in signed),
    )  # fmt: skip


def require_no_ledger(folder: Path) -> None:
    """StorageProblem where a folder holds a ledger's database, or what SQLite would play into one of that name."""
    standing = [path for path in (folder / DATABASE_NAME,) if path.exists()]
    for name in (DATABASE_NAME, DOCUMENTS_NAME):
        if not (folder / name).exists():
            standing += [path for path in list_journals(folder / name) if _holds_pages(path)]
    if standing:
        raise StorageProblem(
            f"{standing[0]} exists already and may hold what was acknowledged; move it away, out of {folder}, and keep it until "
            "the ledger is restored. Nothing was changed"
        )


def _holds_pages(journal: Path) -> bool:
    """Whether a journal without its database may hold something; its index (-shm) never does."""
    return not journal.name.endswith("-shm") and journal.exists() and journal.stat().st_size > 0


class _Keeper:
    """A published log that keeps, of all that is read of it, what the audit finds right (``audit.AuditedLog``)."""

    def __init__(
        self, log: PublishedLog, database: LedgerDatabase, documents: DocumentStore, sizes: SignedSizes, *, has_survived: bool
    ) -> None:
        """``has_survived``: the store is the lost ledger's own, and holds documents already."""
        self.genesis = log.genesis
        self.size = log.size
        self._log = log
        self._database = database
        self._documents = documents
        self._sizes = sizes
        self._engine_time = database.read_tip().engine_time
        self._offset_seconds = 0
        self._added: list[tuple[bytes, bytes]] = []
        self._added_bytes = 0
        self._has_survived = has_survived
        self._came_back: set[str] = set()
        self._brought_forth: set[str] = set()
        self._missing: list[tuple[int, str]] = []
        self._withheld: list[str] = []
        self._state: State | None = None

    def entries(self) -> Iterator[bytes]:
        """Every entry."""
        return self._log.entries()

    def read_document(self, digest: str) -> bytes | None:
        """Bytes of a document, which are kept; RestoreRefused where the log's are not those of its hash."""
        if self._has_survived:
            with suppress(StorageProblem):  # Damaged there: the log's replace them.
                if (own := self._documents.read(digest)) is not None:
                    return own
        try:
            body = self._log.read_document(digest)
        except Differs as found:
            raise RestoreRefused(f"{found}; restore from a copy of the published folder that is whole") from found
        if body is None:
            return None
        found_digest = sha256(body).digest()
        if found_digest.hex() != digest:
            raise RestoreRefused(
                f"documents/sha256/{digest[:2]}/{digest}: its bytes have SHA-256 {found_digest.hex()}; restore from a copy of the "
                "published folder that is whole, or remove this file: the document is then named as missing"
            )
        self._added.append((found_digest, body))
        self._added_bytes += len(body)
        if self._added_bytes > ADDED_TOGETHER_BYTES:
            self._add()
        if self._has_survived:
            self._came_back.add(digest)
        return body

    def check_block(self, tip: Tip) -> None:
        """Remember what checkpoints are compared with."""
        self._sizes.meet(tip.size, tip.edge)

    def check_keys(self, keys: Sequence[str]) -> None:
        """Who signed, now that the replay has shown the log's keys: the published log, and each checkpoint to hold it against."""
        self._log.check_keys(keys)
        self._sizes.require_met(self.size, keys)

    def keep(self, state: State, result: BlockResult) -> None:
        """Write a block that the audit found right, and the documents that it names."""
        # Engine time, which never falls, is not in the log: application time is that and the offset before the block.
        self._engine_time = max(self._engine_time, result.tip.time - self._offset_seconds)
        self._database.write(result, state.tree.top, self._engine_time)
        if state.genesis.training:
            record = state.view.get(CLOCK_KEY, ClockRecord)
            self._offset_seconds = record.offset_seconds if record is not None else 0
        first = result.tip.size - len(result.entries)
        for body in result.documents:
            self._bring_forth(body)
        for action, position in result.accepted:
            # The audit has read the document of an attestation; its events name none.
            if action != ATTEST_ACTION:
                self._read_named(action, position, result.entries[position - first][1])
        self._add()
        self._state = state

    def finish(self, report: AuditReport, compared: tuple[str, ...]) -> Restored:
        """Take withheld documents out again, which entries name before others withhold them; what was kept.

        Of a store that survived only those that came from the log: what the ledger itself keeps of them is not ours to remove.
        """
        state = self._state
        missing = [each for each in self._missing if state is None or state.view.get(withheld_key(each[1]), WithheldRecord) is None]
        missing = [each for each in {*report.documents_missing, *missing} if each[1] not in self._brought_forth]
        out = [digest for digest in self._withheld if not self._has_survived or digest in self._came_back]
        self._documents.take_out(map(bytes.fromhex, out))
        return Restored(
            chain=report.chain, tip=report.tip, transactions=report.transactions + report.refusals,
            documents=sum(1 for _ in self._documents.digests()), withheld=len(self._withheld),
            missing=tuple(sorted(missing)), doubtful=report.documents_wrong, compared=compared,
        )  # fmt: skip

    def _add(self) -> None:
        self._documents.add(self._added)
        self._added.clear()
        self._added_bytes = 0

    def _bring_forth(self, body: bytes) -> None:
        """Keep what the rules bring forth, whether or not the published log has it; what is withheld ``finish`` takes out."""
        digest = sha256(body).digest()
        self._brought_forth.add(digest.hex())
        with suppress(StorageProblem):
            if self._has_survived and self._documents.read(digest.hex()) is not None:
                return
        self._added.append((digest, body))
        self._came_back.add(digest.hex())

    def _read_named(self, action: str, position: int, entry: bytes) -> None:
        transaction = read_accepted(entry)
        if transaction is None:
            return
        arguments = transaction.payload["arguments"]
        for document in find_documents([arguments, transaction.events]):
            if self.read_document(document.sha256) is None:
                self._missing.append((position, document.sha256))
        if action == WITHHOLD_ACTION:
            self._withheld.append(arguments["sha256"])


def _build(
    log: PublishedLog,
    folder: Path,
    staging: Path,
    registry: Registry,
    contracts: Sequence[Contract],
    recompute_parties: Callable[[dict[str, Any]], Parties],
    signed: Sequence[Signed],
    progress: Progress | None,
) -> Restored:
    """Replay the log into new databases; on return they are durable, and nothing else was changed."""
    start = init_chain(log.genesis)
    sizes = SignedSizes(signed, "the published log")
    sizes.meet(0, ())
    tables = [encode_table(contract) for contract in contracts]
    with ExitStack() as stack:
        database = LedgerDatabase.create(staging / DATABASE_NAME, log.genesis, start.tip, start.buckets, start.top)
        stack.callback(database.close)
        has_survived = (folder / DOCUMENTS_NAME).exists()
        documents = _open_store(stack, folder if has_survived else staging, has_survived)
        stack.enter_context(database.building())
        documents.add((sha256(table).digest(), table) for table in tables)
        keeper = _Keeper(log, database, documents, sizes, has_survived=has_survived)
        report = audit(keeper, registry, recompute_parties, progress=progress, keep=keeper.keep)
        if report.difference is not None:
            raise RestoreRefused(f"{report.difference}. Nothing was restored; restore from a copy of the published folder that is whole")
        return keeper.finish(report, tuple(each.place for each in signed))


def _open_store(stack: ExitStack, folder: Path, has_survived: bool) -> DocumentStore:
    """The store to add to, a transaction standing open: the one that survived, which keeps what it holds, or a new one."""
    path = folder / DOCUMENTS_NAME
    store = DocumentStore.open(path, write=True) if has_survived else DocumentStore.create(path)
    stack.callback(store.close)
    stack.enter_context(store.adding() if has_survived else store.building())
    return store


def _add_documents(source: Path, target: Path) -> None:
    """Move a backup's documents into the store that survived; what a crash leaves there, the repetition adds again."""
    with ExitStack() as stack:
        backed_up = stack.enter_context(closing(DocumentStore.open(source, write=False)))
        store = stack.enter_context(closing(DocumentStore.open(target, write=True)))
        stack.enter_context(store.adding())
        store.add((digest, backed_up.read(digest.hex()) or b"") for digest in backed_up.digests())
    source.unlink()


@contextmanager
def _preparing(folder: Path) -> Iterator[Path]:
    """An empty staging folder, in a folder without a ledger, while nobody publishes from it; it is gone afterwards."""
    require_no_ledger(folder)
    staging = folder / STAGING_NAME
    try:
        with KeptCheckpoint(folder / PUBLISHER_NAME).locked():
            with suppress(FileNotFoundError):
                shutil.rmtree(staging)  # What an attempt left that was killed.
            staging.mkdir(mode=0o700)
            try:
                yield staging
            finally:
                shutil.rmtree(staging, ignore_errors=True)
    except PublisherBusy as problem:
        raise StorageProblem(f"another process publishes from {folder}; end it first") from problem


def _list_signed(folder: Path, genesis: bytes, notes: Notes) -> list[Signed]:
    """The checkpoints to hold a ledger against: the one that survived in the folder, and those that were given."""
    kept = read_kept(folder, genesis)
    return ([kept] if kept is not None else []) + [read_signed(genesis, place, note) for place, note in notes.items()]


def _compare(path: Path, signed: Sequence[Signed]) -> int:
    """Hold a copied database against checkpoints; how many documents its log withholds."""
    with closing(LedgerDatabase.open(path, write=False)) as database:
        keys = read_log_keys(database)
        for each in signed:
            require_signed_by(each, keys)
            require_held(database, each, "the backup")
        return len(database.list_positions(WITHHOLD_ACTION, database.size()))


def _install(staging: Path, folder: Path, newest: Signed | None) -> None:
    """Give the files their names; the database's comes last, since it makes a ledger of the folder.

    A crash before that leaves a folder without a ledger: with documents that the repetition takes as they are, and a kept
    checkpoint that covers no more than the log that was just restored, so that only older logs are refused.
    """
    kept = KeptCheckpoint(folder / PUBLISHER_NAME)
    note = kept.read()
    if newest is not None and newest.note != note:
        kept.replace(note, newest.note)
    for name in (DOCUMENTS_NAME, DATABASE_NAME):
        path = staging / name
        if path.exists():
            if any(journal.exists() for journal in list_journals(path)):
                raise StorageProblem(f"{path} is still in use; nothing was restored")
            for journal in list_journals(folder / name):
                journal.unlink(missing_ok=True)  # Of a database that was lost: empty, or an index.
            os.rename(path, folder / name)
            sync_folder(folder)


def _size_of(signed: Signed) -> int:
    return signed.size
