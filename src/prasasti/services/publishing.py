"""Publishing a ledger's log, and proofs of single entries, over ``prasasti.log``.

Owns what the publisher asks of a ledger: its log, its documents, what is withheld, who its witnesses are. The crash-safe
order is the log package's.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from threading import Event

from prasasti.contracts.governance.records import LOG_KEY_KEY, LogKeyRecord
from prasasti.core.entries import read_accepted
from prasasti.core.types import find_documents
from prasasti.log.kept import KeptCheckpoint
from prasasti.log.proofs import prove_entry
from prasasti.log.publish import PublishBusy, Published, build_settings, publish, read_signed
from prasasti.log.source import LogSigner, NamedDocument, Withheld
from prasasti.log.witness_client import WAIT_SECONDS, Cosigners, Send
from prasasti.log.witness_policy import NOBODY, WitnessList, WitnessListProblem, choose_quorum, make_witness, parse_witness_list
from prasasti.services.ledger import Ledger
from prasasti.storage.connection import StorageProblem

POLL_SECONDS = 1.0
RETRY_SECONDS = 30.0
# Within a ledger's folder: what its publisher knows, and whom it asks.
PUBLISHER_NAME = "publisher"
WITNESSES_NAME = "witnesses.toml"
WITHHOLD_ACTION = "governance.withhold_document"
ACTIVATE_ACTION = "governance.activate_contract"


class NothingSigned(Exception):
    """No checkpoint was signed yet, or none that covers the entry asked for."""


def publish_ledger(
    ledger: Ledger,
    folder: Path,
    signer: LogSigner,
    *more_signers: LogSigner,
    all_documents: bool = False,
    progress: Callable[[int, int], None] | None = None,
    witnesses: WitnessList | None = None,
    wait_seconds: float = WAIT_SECONDS,
    send: Send | None = None,
) -> Published:
    """Bring a folder to the ledger's tip; see ``log.publish.publish`` for what it promises and raises.

    Of several signers the one signs whose key is in force, so that a vote on the log's key interrupts nothing.

    ``witnesses``: those of ``LEDGER/witnesses.toml`` unless given; ``send``: how they are asked, over HTTP unless given.
    WitnessListProblem where the list cannot be used.
    """
    kept = KeptCheckpoint(ledger.folder / PUBLISHER_NAME)
    listed = read_witness_list(ledger) if witnesses is None else witnesses
    with ledger.database.snapshot():  # One block is published, by the key that is in force at it.
        settings = build_settings(ledger.genesis_bytes, listed, list_log_keys(ledger))
        cosigners = Cosigners(listed.witnesses, (settings.key, *settings.former_keys), wait_seconds, send) if listed.witnesses else None
        by_key = {each.public_key: each for each in (signer, *more_signers)}
        former = by_key.get(settings.former_keys[-1].public) if settings.former_keys else None
        return publish(
            ledger.database, LedgerDocuments(ledger), folder, by_key.get(settings.key.public, signer), settings, kept,
            all_documents=all_documents, progress=progress, cosigners=cosigners, former_signer=former,
        )  # fmt: skip


def list_log_keys(ledger: Ledger) -> list[str]:
    """Hex keys that signed this log's checkpoints, oldest first, up to the one in force at the newest block."""
    with ledger.database.snapshot() as height:
        return order_log_keys(ledger.genesis.log_key, ledger.state.get(LOG_KEY_KEY, LogKeyRecord), height)


def order_log_keys(first: str, record: LogKeyRecord | None, height: int) -> list[str]:
    """Genesis's key and what votes put in its place; a change that is still ahead counts from its height on."""
    if record is None:
        return [first]
    return record.former if height < record.height else [*record.former, record.key]


def follow_ledger(
    publish_once: Callable[[], Published],
    read_size: Callable[[], int],
    stop: Event,
    *,
    report: Callable[[Published], None],
    report_problem: Callable[[Exception], None],
    poll_seconds: float = POLL_SECONDS,
    retry_seconds: float = RETRY_SECONDS,
) -> None:
    """Publish whenever the ledger has grown, until ``stop`` is set; a publication under way is finished first.

    What time may heal (a full disk, another publisher, witnesses that are away) is tried again every ``retry_seconds``.
    What it cannot heal, such as PublishRefused, ends it.
    """
    has_published, shown_size, retry_at = False, 0, 0.0
    while not stop.is_set():
        now = time.monotonic()
        try:
            if now >= retry_at or (has_published and read_size() != shown_size):
                published = publish_once()
                report(published)
                has_published, shown_size = True, published.size
                retry_at = now + retry_seconds if published.uncosigned else float("inf")
        except (PublishBusy, StorageProblem, OSError) as problem:
            report_problem(problem)
            has_published, retry_at = False, now + retry_seconds
        stop.wait(poll_seconds)


def read_witness_list(ledger: Ledger) -> WitnessList:
    """The ledger's list of witnesses; nobody where there is no such file. WitnessListProblem."""
    path = ledger.folder / WITNESSES_NAME
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return NOBODY
    except UnicodeDecodeError as problem:
        raise WitnessListProblem(f"{path} is no text in UTF-8") from problem
    return parse_witness_list(text, str(path))


def prove_transaction(ledger: Ledger, transaction_id: str) -> bytes:
    """tlog-proof (C2SP) of a transaction's entry against the last signed checkpoint; NothingSigned, KeyError."""
    position = ledger.database.find_position(transaction_id)
    if position is None:
        raise KeyError(transaction_id)
    note = read_signed_note(ledger)
    settings = build_settings(ledger.genesis_bytes, log_keys=list_log_keys(ledger))
    checkpoint = read_signed(note, settings, "the kept checkpoint")
    if position >= checkpoint.size:
        raise NothingSigned(f"the last signed checkpoint covers {checkpoint.size} entries, this is entry {position}: publish first")
    return prove_entry(ledger.database, position, note)


def read_signed_note(ledger: Ledger) -> bytes:
    """The last checkpoint that was signed, whole; NothingSigned."""
    note = KeptCheckpoint(ledger.folder / PUBLISHER_NAME).read()
    if note is None:
        raise NothingSigned("no checkpoint was signed yet: publish first")
    return note


def check_witness_list(ledger: Ledger) -> None:
    """WitnessListProblem where nothing could be published with the ledger's list of witnesses."""
    build_settings(ledger.genesis_bytes, read_witness_list(ledger), list_log_keys(ledger))


def list_witnesses(words: Iterable[tuple[str, str, str]]) -> WitnessList:
    """A list from name, address and vkey of each, with the quorum that ``choose_quorum`` gives; WitnessListProblem."""
    witnesses = tuple(make_witness(name, url, vkey, "--witness") for name, url, vkey in words)
    return WitnessList(witnesses, tuple(choose_quorum([witness.name for witness in witnesses], ())))


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
            if transaction.payload["action"] == ACTIVATE_ACTION:
                yield NamedDocument(transaction.position, transaction.payload["arguments"]["table"])
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
