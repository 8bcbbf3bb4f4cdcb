"""Publishing a ledger's log, and proofs of single entries, over ``prasasti.log``.

Owns what the publisher asks of a ledger: its log, its documents, what is withheld. The crash-safe order is the log
package's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from prasasti.core.entries import read_accepted
from prasasti.core.types import find_documents
from prasasti.log.checkpoint import read_checkpoint
from prasasti.log.kept import KeptCheckpoint
from prasasti.log.proofs import prove_entry
from prasasti.log.publish import Published, build_settings, publish
from prasasti.log.source import LogSigner, NamedDocument, Withheld
from prasasti.services.ledger import Ledger
from prasasti.storage.connection import StorageProblem

WITHHOLD_ACTION = "governance.withhold_document"


class NothingSigned(Exception):
    """No checkpoint was signed yet, or none that covers the entry asked for."""


def publish_ledger(
    ledger: Ledger,
    folder: Path,
    signer: LogSigner,
    *,
    all_documents: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Published:
    """Bring a folder to the ledger's tip; see ``log.publish.publish`` for what it promises and raises."""
    kept = KeptCheckpoint(ledger.folder / "publisher")
    source = LedgerDocuments(ledger)
    settings = build_settings(ledger.genesis_bytes)
    return publish(ledger.database, source, folder, signer, settings, kept, all_documents=all_documents, progress=progress)


def prove_transaction(ledger: Ledger, transaction_id: str) -> bytes:
    """tlog-proof (C2SP) of a transaction's entry against the last signed checkpoint; NothingSigned, KeyError."""
    position = ledger.database.find_position(transaction_id)
    if position is None:
        raise KeyError(transaction_id)
    note = read_signed_note(ledger)
    checkpoint = read_checkpoint(note, build_settings(ledger.genesis_bytes).key, "the kept checkpoint")
    if position >= checkpoint.size:
        raise NothingSigned(f"the last signed checkpoint covers {checkpoint.size} entries, this is entry {position}: publish first")
    return prove_entry(ledger.database, position, note)


def read_signed_note(ledger: Ledger) -> bytes:
    """The last checkpoint that was signed, whole; NothingSigned."""
    note = KeptCheckpoint(ledger.folder / "publisher").read()
    if note is None:
        raise NothingSigned("no checkpoint was signed yet: publish first")
    return note


class LedgerDocuments:
    """What the publisher asks about documents (``log.source.DocumentSource``)."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def named(self, start: int, stop: int) -> Iterator[NamedDocument]:
        """Documents that accepted entries name."""
        for _, entry in self._ledger.database.entries(start, stop):
            transaction = read_accepted(entry)
            if transaction is None:
                continue
            for document in find_documents([transaction.payload["arguments"], transaction.events]):
                yield NamedDocument(transaction.position, document.sha256)

    def read(self, sha256: str) -> bytes | None:
        """Bytes of a document; a damaged one counts as missing, and is made good by ``--all-documents`` once it is back."""
        try:
            return self._ledger.documents.read(sha256)
        except StorageProblem:
            return None

    def withheld(self, size: int) -> Iterable[Withheld]:
        """Documents withheld by the first entries."""
        for position in self._ledger.database.list_positions(WITHHOLD_ACTION, size):
            _, entry = next(self._ledger.database.entries(position, position + 1))
            transaction = read_accepted(entry)
            if transaction is not None:
                arguments = transaction.payload["arguments"]
                yield Withheld(arguments["sha256"], position, arguments["legal_basis"])
