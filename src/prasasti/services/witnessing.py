"""A member's witness: cosigns what extends what it has seen, and keeps documents against a receipt.

Owns the order: judge, cosign, persist, answer. Forms and checks are ``prasasti.log.witness``'s, files those of the stores
beside it, HTTP the edge's.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from prasasti.core.encoding import encode_canonical
from prasasti.log.checkpoint import read_vkey
from prasasti.log.files import Files
from prasasti.log.source import LogSigner
from prasasti.log.witness import (
    Answer,
    LogKeys,
    build_witness_key,
    cosign,
    format_note,
    judge_growth,
    judge_log,
    parse_request,
    refuse,
)
from prasasti.log.witness_documents import DocumentDamaged, StoreFull, WitnessDocuments, make_receipt
from prasasti.log.witness_store import WitnessStateProblem, WitnessStore
from prasasti_verify.notes import ED25519, Checkpoint, Key, parse_checkpoint, read_signature
from prasasti_verify.strict import Wrong

TRAINING_ORIGIN = "/prasasti-training/"
MOST_KEEP_SECONDS = 15 * 366 * 86_400
_hash = re.compile("[0-9a-f]{64}")
_name = re.compile(r"[^\s+]{1,200}")

logger = logging.getLogger("prasasti.witness")


class Witness:
    """One witness with its state; ``documents`` where it keeps some. Its methods may be called at once from several threads."""

    def __init__(
        self, key: Key, signer: LogSigner, logs: LogKeys, store: WitnessStore, now: Callable[[], int], documents: DocumentKeeper | None
    ) -> None:
        self.key = key
        self.logs = logs
        self.documents = documents
        self._signer = signer
        self._store = store
        self._now = now

    def add_checkpoint(self, body: bytes) -> Answer:
        """Answer to ``add-checkpoint`` (C2SP tlog-witness): 200 with the cosignature, or the refusal that the protocol names.

        The steps from reading the latest checkpoint to replacing it are one for every request on this log. The file is
        replaced also where it stays as it is: the request that put it there may have died before it was durable.
        """
        request = parse_request(body)
        if isinstance(request, Answer):
            return request
        log_key = judge_log(request.checkpoint, self.logs)
        if isinstance(log_key, Answer):
            return log_key
        with self._store.exclusive(request.checkpoint.origin) as kept:
            latest_note = kept.read()
            latest = self._read_latest(latest_note, str(kept.path))
            refusal = judge_growth(request, latest)
            if refusal is not None:
                self._report(request.checkpoint, log_key, refusal)
                return refusal
            seconds = self._now()
            if latest is not None and seconds < (read_signature(latest, self.key, str(kept.path)) or 0):
                # A cosignature says that as of its time this is the largest tree seen; an earlier time would make it a lie.
                return refuse(503, "this witness's clock is behind its latest cosignature; set it right")
            line = cosign(request.checkpoint, self.key, self._signer, seconds)
            self._check_own(request.checkpoint, seconds, line)
            kept.replace(latest_note, format_note(request.checkpoint, [log_key], line))
        return Answer(200, line)

    def read_latest(self, origin_hash: str) -> Answer:
        """The latest cosigned checkpoint of a log, by the SHA-256 of its origin."""
        note = self._store.read(origin_hash) if _hash.fullmatch(origin_hash) else None
        return refuse(404, "this witness has cosigned no checkpoint of that log") if note is None else Answer(200, note)

    def _read_latest(self, note: bytes | None, place: str) -> Checkpoint | None:
        """What was cosigned last. A file that this witness did not write halts it rather than let it forget."""
        if note is None:
            return None
        try:
            latest = parse_checkpoint(note, place)
            seconds = read_signature(latest, self.key, place)
        except Wrong as problem:
            raise WitnessStateProblem(f"{problem}; restore the witness's folder") from problem
        if seconds is None:
            raise WitnessStateProblem(f"{place} does not bear this witness's own cosignature; restore the witness's folder")
        return latest

    def _check_own(self, checkpoint: Checkpoint, seconds: int, line: bytes) -> None:
        """What an outside signer answers is not believed unseen."""
        signed = parse_checkpoint(format_note(checkpoint, (), line), "the cosignature just made")
        if read_signature(signed, self.key, "the cosignature just made") != seconds:
            raise WitnessStateProblem("the signer answered no signature of the witness's key")

    def _report(self, checkpoint: Checkpoint, log_key: Key, refusal: Answer) -> None:
        if refusal.status == 422:
            # It may prove that the log's key signed two histories: text and signature, which that needs, go into the record.
            note = format_note(checkpoint, [log_key]).decode()
            logger.error("a checkpoint was refused: %s", refusal.body.decode().strip(), extra={"facts": {"checkpoint": note}})


class DocumentKeeper:
    """Documents under their hashes, for ledgers whose chains the operator named."""

    def __init__(
        self, documents: WitnessDocuments, signer: LogSigner, chains: Sequence[str], largest_bytes: int, now: Callable[[], int]
    ) -> None:
        self.largest_bytes = largest_bytes
        self.most_bytes = documents.most_bytes
        self._documents = documents
        self._signer = signer
        self._chains = tuple(chains)
        self._now = now

    def put(self, digest: str, data: bytes, chain: str | None, keep_until: str | None) -> Answer:
        """Keep the bytes and answer the receipt, ``{key, keep_until, sig}``; they are on the disk before it is signed."""
        if _hash.fullmatch(digest) is None or sha256(data).hexdigest() != digest:
            return refuse(400, "the address does not name the SHA-256 of the body, 64 lower-case hex digits")
        if len(data) > self.largest_bytes:
            return refuse(413, f"a document has {self.largest_bytes} bytes at most here")
        if chain not in self._chains and not (chain is None and len(self._chains) == 1):
            return refuse(403, "?chain= names no ledger for which this store keeps documents")
        if keep_until is None or not (keep_until.isdecimal() and keep_until.isascii() and len(keep_until) < 16):
            return refuse(400, "?keep_until= is missing: the instant, in seconds, until which the document is to be kept")
        until = int(keep_until)
        if not self._now() < until <= self._now() + MOST_KEEP_SECONDS:
            return refuse(400, f"?keep_until= lies in the past, or more than {MOST_KEEP_SECONDS} seconds ahead")
        try:
            self._documents.put(data, until)
        except StoreFull as problem:
            return refuse(507, f"this store is full: {problem}")
        receipt = make_receipt(self._signer, chain or self._chains[0], digest, len(data), until)
        return Answer(200, encode_canonical(receipt), "application/json")

    def read_size(self, digest: str) -> int:
        """Bytes that ``get`` answers at most; 0 where there is no such document."""
        return self._documents.read_size(digest) if _hash.fullmatch(digest) else 0

    def get(self, digest: str) -> Answer:
        """The bytes of a document."""
        try:
            data = self._documents.read(digest) if _hash.fullmatch(digest) else None
        except DocumentDamaged as problem:
            return refuse(500, str(problem))
        if data is None:
            return refuse(404, "this store does not keep that document")
        return Answer(200, data, "application/octet-stream")


@contextmanager
def open_witness(
    folder: Path,
    name: str,
    signer: LogSigner,
    logs: Iterable[Key],
    now: Callable[[], int],
    *,
    chains: Sequence[str] = (),
    store_signer: LogSigner | None = None,
    largest_bytes: int = 0,
    most_bytes: int = 0,
    files: Files | None = None,
) -> Iterator[Witness]:
    """A witness on its folder; WitnessStateProblem. With ``chains`` it keeps documents, receipts signed by ``store_signer``."""
    if _name.fullmatch(name) is None:
        raise WitnessStateProblem(f"{name!r} cannot be a witness's name: no spaces, no plus sign; best is an address without its scheme")
    key = build_witness_key(name, signer.public_key)
    keys = list(logs)
    check_keys(key, keys)
    with WitnessStore.opened(folder, key, files) as store:
        keeper = None
        if chains:
            documents = WitnessDocuments(folder / "documents", most_bytes, files)
            keeper = DocumentKeeper(documents, store_signer or signer, chains, largest_bytes, now)
        yield Witness(key, signer, group_keys(keys), store, now, keeper)


def group_keys(keys: Iterable[Key]) -> dict[str, tuple[Key, ...]]:
    """Keys by the log's origin, which is their name."""
    grouped: dict[str, tuple[Key, ...]] = {}
    for key in keys:
        grouped[key.name] = (*grouped.get(key.name, ()), key)
    return grouped


def check_keys(key: Key, logs: Sequence[Key]) -> None:
    """WitnessStateProblem where a log's key is no log's, or a name or a key stands for log and witness alike."""
    if not logs:
        raise WitnessStateProblem("name the logs that are witnessed, each by its vkey")
    for log in logs:
        if log.kind != ED25519:
            raise WitnessStateProblem(f"the vkey of {log.name} is a cosigner's, not a log's")
        if log.name == key.name or log.public == key.public:
            raise WitnessStateProblem(f"the witness has the name or the key of the log {log.name}; a cosigner has its own")


def read_log_key(words: str) -> Key:
    """A log's key from its vkey, or from a file that holds it."""
    try:
        if "+" in words:
            return read_vkey(f"{words}\n".encode(), words)
        return read_vkey(Path(words).read_bytes(), words)
    except Wrong as problem:
        raise WitnessStateProblem(str(problem)) from problem
