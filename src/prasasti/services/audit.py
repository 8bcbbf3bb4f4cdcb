"""The audit: runs every rule again from genesis over a log, and compares each entry, state root and app hash.

Owns the replay and its first difference. It believes the genesis that it is given and nothing else: each accepted
envelope is admitted anew by all checks, on the state before its block, and executed. A refusal left no envelope: the
audit judges its form, actor, number, id and quota, and executes the envelope itself where somebody hands it in.
Owns no rule (``core``, ``contracts``), and cannot tell whether others were shown another log (``prasasti_verify``).
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from prasasti.contracts.governance.records import LOG_KEY_KEY, LogKeyRecord, WithheldRecord, withheld_key
from prasasti.contracts.versions import ContractVersions
from prasasti.core.admission import (
    QUOTA_REFUSALS,
    QUOTA_WINDOW_SECONDS,
    AdmissionContext,
    Inadmissible,
    decode_transaction,
    is_organisation_active,
    judge,
)
from prasasti.core.contract import Registry, find_message
from prasasti.core.encoding import EncodingProblem
from prasasti.core.entries import BLOCK, TRANSACTION, BlockEntry, Refusal
from prasasti.core.envelope import Transaction
from prasasti.core.genesis import compute_chain
from prasasti.core.state import CommittedView, State, Tip, init_chain
from prasasti.core.transition import Block, BlockResult, DeadlinesFirst, RefusedTransaction, apply_block
from prasasti.core.tree import Tree, encode_bucket
from prasasti.core.types import MAX_SAFE_INTEGER, Document, find_documents
from prasasti.core.used_ids import UsedIds
from prasasti.integrations.ocds.attestation import compute_date
from prasasti.integrations.ocds.canonical import parse_json
from prasasti.services.difference import Difference, Differs, require_equal
from prasasti.services.publishing import order_log_keys

ATTEST_ACTION = "procurement.attest_release"

Parties = tuple[str, Sequence[str]]


class AuditedLog(Protocol):
    """A log to replay: ``audited_log`` has the kinds. What is found wrong while reading raises ``Differs``."""

    genesis: bytes
    size: int

    def entries(self) -> Iterator[bytes]:
        """Every entry, in order."""

    def read_document(self, digest: str) -> bytes | None:
        """Bytes of a document by its SHA-256 in hex; None where they are not there. Differs judges this document alone."""

    def check_block(self, tip: Tip) -> None:
        """Compare what the log's keeper says of a block beside its entries."""

    def check_keys(self, keys: Sequence[str]) -> None:
        """Compare who signed the log with the keys, in hex, that its state put in force one after the other; the last is."""


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What an audit did and found. ``difference`` ends the replay; the counts say how far it came.

    ``documents`` counts those that were recomputed: of a release buyer and suppliers, whole what the rules brought forth;
    ``documents_wrong`` says where they are not those of the entry, ``documents_missing`` names (position, SHA-256).
    ``disputed`` maps the id of each envelope handed in to the position at which the contract refuses it with the very number
    recorded; None: not recorded as refused.
    """

    chain: str
    entries: int
    blocks: int
    transactions: int
    refusals: int
    signatures: int
    tip: Tip
    difference: Difference | None
    documents: int
    documents_withheld: int
    documents_wrong: tuple[Difference, ...]
    documents_missing: tuple[tuple[int, str], ...]
    disputed: Mapping[str, int | None]

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found wrong."""
        return self.difference is None and not self.documents_wrong and not self.documents_missing


def audit(
    log: AuditedLog,
    registry: Registry,
    recompute_parties: Callable[[dict[str, Any]], Parties],
    *,
    disputed: Iterable[bytes] = (),
    progress: Callable[[int, int], None] | None = None,
    keep: Callable[[State, BlockResult], None] | None = None,
) -> AuditReport:
    """Replay a log to its end or its first difference. ``progress`` is called with the entries done and to do.

    ``keep`` is given each block that was found right: the state after it, and what it made.

    ``registry`` holds the contract versions that genesis names, and finds those that activations name
    (``contracts.versions``); it raises where this program's parts are not those in force at the log's end.
    ``recompute_parties`` gives buyer and suppliers of a parsed release; ``disputed`` are envelopes whose refusal somebody
    doubts (EncodingProblem where one cannot be read).
    Memory: the state, and the ids that have not expired.
    """
    replay = _Replay(log, registry, recompute_parties, disputed)
    difference = None
    try:
        for position, head, bodies in _group_blocks(log.entries(), log.size):
            result = replay.run_block(position, head, bodies)
            log.check_block(replay.state.tip)
            if keep is not None:
                keep(replay.state, result)
            if progress is not None:
                progress(replay.state.tip.size, log.size)
        state = replay.state
        if isinstance(replay.registry, ContractVersions):
            replay.registry.require_parts(state.view, state.tip.height)
        log.check_keys(order_log_keys(state.genesis.log_key, state.view.get(LOG_KEY_KEY, LogKeyRecord), state.tip.height))
    except Differs as found:
        difference = found.difference
    return replay.report(difference)


class _Logged(Struct, frozen=True):
    """What a transaction entry says; what it must say besides is compared byte by byte."""

    kind: str
    position: int = -1
    id: str = ""
    envelope: msgspec.Raw = msgspec.Raw(b"null")
    refusal: Refusal | None = None


_id = re.compile("[0-9a-f]{64}")
_head_decoder = msgspec.json.Decoder(BlockEntry)
_logged_decoder = msgspec.json.Decoder(_Logged)


def _group_blocks(entries: Iterable[bytes], size: int) -> Iterator[tuple[int, BlockEntry, list[tuple[bytes, _Logged | None]]]]:
    """Position, head, and entries of each block; the head's own bytes come first among these."""
    position = 0
    walk = iter(entries)
    for data in walk:
        head = _decode(_head_decoder, data, position)
        require_equal(f"entry {position}, kind", BLOCK, head.kind)
        bodies: list[tuple[bytes, _Logged | None]] = [(data, None)]
        while len(bodies) <= head.transaction_count:
            at = position + len(bodies)
            body = next(walk, None)
            if body is None:
                raise Differs(f"entry {at}", f"{head.transaction_count} transactions in block {head.height}", f"the log's end after {at}")
            logged = _decode(_logged_decoder, body, at)
            require_equal(f"entry {at}, kind", TRANSACTION, logged.kind)
            require_equal(f"entry {at}, position", at, logged.position)
            bodies.append((body, logged))
        yield position, head, bodies
        position += len(bodies)
    if position != size:
        raise Differs("the log's end", f"{size} entries", str(position))


class _MemoryState:
    """Buckets and deadlines of the replay (``core.tree.BucketSource``, ``core.state.ScheduleSource``)."""

    def __init__(self, buckets: dict[int, bytes]) -> None:
        self.buckets = buckets
        self.deadlines: list[tuple[int, str]] = []

    def load_bucket(self, number: int) -> bytes | None:
        return self.buckets.get(number)

    def list_due(self, until: int, limit: int) -> list[tuple[int, str]]:
        return self.deadlines[: min(limit, bisect_left(self.deadlines, (until + 1, "")))]

    def take(self, result: BlockResult) -> None:
        self.buckets.update(result.buckets)
        for moment in result.schedule_removed + result.schedule_added:
            at = bisect_left(self.deadlines, moment)
            if self.deadlines[at : at + 1] == [moment]:
                del self.deadlines[at]
        for moment in result.schedule_added:
            insort(self.deadlines, moment)


@dataclass(slots=True)
class _Documents:
    """Recomputing who buys and supplies from each release's own document."""

    read: Callable[[str], bytes | None]
    recompute: Callable[[dict[str, Any]], Parties]
    done: int = 0
    wrong: list[Difference] = field(default_factory=list)
    missing: list[tuple[int, str]] = field(default_factory=list)

    def judge(self, position: int, arguments: Any) -> None:
        """Compare an accepted attestation with its document."""
        document: Document = arguments.document
        place = f"entry {position}, document {document.sha256}"
        try:
            body = self.read(document.sha256)
        except Differs as found:
            self.wrong.append(found.difference)
            return
        if body is None:
            self.missing.append((position, document.sha256))
            return
        if sha256(body).hexdigest() != document.sha256 or len(body) != document.size:
            self.wrong.append(Difference(place, f"{document.size} bytes of that hash", f"{len(body)} bytes, {sha256(body).hexdigest()}"))
            return
        self.done += 1
        release = parse_json(body.decode("utf-8", "replace"))
        if not isinstance(release, dict):
            self.wrong.append(Difference(place, "a release", "JSON that cannot be read, or no object"))
            return
        for name, told in _read_facts(release, document.sha256).items():
            if getattr(arguments, name) not in told:
                self.wrong.append(Difference(f"{place}, {name}", " or ".join(map(str, told)) or "none", str(getattr(arguments, name))))
        buyer, suppliers = self.recompute(release)
        if buyer != arguments.buyer:
            self.wrong.append(Difference(f"{place}, buyer", buyer or "none", arguments.buyer or "none"))
        if list(suppliers) != arguments.suppliers:
            self.wrong.append(Difference(f"{place}, suppliers", ", ".join(suppliers) or "none", ", ".join(arguments.suppliers) or "none"))

    def judge_brought_forth(self, position: int, digest: str, expected: bytes) -> None:
        """Compare a document that an entry's rules brought forth with the one that is kept."""
        try:
            body = self.read(digest)
        except Differs as found:
            self.wrong.append(found.difference)
            return
        if body is None:
            self.missing.append((position, digest))
            return
        self.done += 1
        if body != expected:
            told = f"the {len(expected)} bytes that the rules bring forth"
            found_bytes = f"{len(body)} bytes, {sha256(body).hexdigest()}"
            self.wrong.append(Difference(f"entry {position}, document {digest}", told, found_bytes))


def _read_facts(release: dict[str, Any], digest: str) -> dict[str, tuple[object, ...]]:
    """What a document says of itself, by the argument that must repeat it: the values that fit. It may leave out date and tag."""
    # A source with one id for all its releases has them told apart by their hashes (procurement: Attested releases).
    facts: dict[str, tuple[object, ...]] = {"ocid": (release.get("ocid"),), "release_id": (release.get("id"), digest[:32])}
    if isinstance(tag := release.get("tag"), list):
        facts["tag"] = (sorted({str(each) for each in tag}),)
    if (date := release.get("date")) is not None:
        try:
            facts["date"] = (compute_date(str(date)),)
        except ValueError:
            facts["date"] = ()
    return facts


class _Replay:
    """The state so far, and what was counted."""

    def __init__(
        self, log: AuditedLog, registry: Registry, recompute: Callable[[dict[str, Any]], Parties], disputed: Iterable[bytes]
    ) -> None:
        start = init_chain(log.genesis)
        self.registry = registry
        self._memory = _MemoryState({number: encode_bucket(records) for number, records in start.buckets.items()})
        tree = Tree(start.top, self._memory)
        self.state = State(start.genesis, compute_chain(log.genesis), tree, self._memory, start.tip, CommittedView(tree))
        self._ids = UsedIds()
        self._forgotten_at = start.tip.time
        self._documents = _Documents(log.read_document, recompute)
        self._disputed = {transaction.id: transaction for transaction in _decode_disputed(disputed, registry)}
        self._disputed_at: dict[str, int | None] = dict.fromkeys(self._disputed)
        self._blocks = self._transactions = self._refusals = self._signatures = 0

    def run_block(self, position: int, head: BlockEntry, bodies: Sequence[tuple[bytes, _Logged | None]]) -> BlockResult:
        """One block: its place, its transactions admitted and executed anew, its entries compared; then it is the state."""
        self._check_place(position, head)
        if isinstance(self.registry, ContractVersions):
            self.registry = self.registry.at(self.state.view, head.height)
        transactions = self._admit(position, head, [logged for _, logged in bodies if logged is not None])
        try:
            result = apply_block(self.state, Block(head.height, head.time, transactions), self.registry)
        except DeadlinesFirst as problem:
            raise Differs(f"entry {position}, block {head.height}", "deadlines before transactions", str(problem)) from problem
        self._compare(position, head, bodies, result)
        self._take(position, transactions, result)
        return result

    def report(self, difference: Difference | None) -> AuditReport:
        """The counts, and what was found."""
        view = self.state.view
        missing = [each for each in self._documents.missing if view.get(withheld_key(each[1]), WithheldRecord) is None]
        return AuditReport(
            chain=self.state.chain, entries=self.state.tip.size, blocks=self._blocks, transactions=self._transactions,
            refusals=self._refusals, signatures=self._signatures, tip=self.state.tip, difference=difference,
            documents=self._documents.done, documents_withheld=len(self._documents.missing) - len(missing),
            documents_wrong=tuple(self._documents.wrong), documents_missing=tuple(missing), disputed=self._disputed_at,
        )  # fmt: skip

    def _check_place(self, position: int, head: BlockEntry) -> None:
        """A block follows the one before it."""
        tip = self.state.tip
        place = f"entry {position}, block {head.height}"
        require_equal(f"{place}, previous_app_hash", tip.app_hash.hex(), head.previous_app_hash)
        require_equal(f"{place}, height", tip.height + 1, head.height)
        if not tip.time <= head.time <= MAX_SAFE_INTEGER:
            raise Differs(f"{place}, time", f"{tip.time} or later", head.time)

    def _admit(self, position: int, head: BlockEntry, logged: Sequence[_Logged]) -> list[Transaction | RefusedTransaction]:
        """Judge each transaction on the state before the block, at its time; an id stands in it once."""
        context = AdmissionContext(
            chain=self.state.chain, genesis=self.state.genesis, time=head.time, view=self.state.view, registry=self.registry,
            is_id_used=self._ids.is_used, count_refusals=self._ids.count_refusals,
        )  # fmt: skip
        admitted: list[Transaction | RefusedTransaction] = []
        seen: set[str] = set()
        for offset, entry in enumerate(logged, 1):
            place = f"entry {position + offset}"
            if entry.refusal is None:
                admitted.append(self._admit_envelope(place, decode_transaction(bytes(entry.envelope), self.registry), context))
            elif entry.id in self._disputed:
                admitted.append(self._admit_envelope(place, self._disputed[entry.id], context))
            else:
                admitted.append(_check_refusal(place, entry.id, entry.refusal, context))
            transaction_id = admitted[-1].id
            if transaction_id in seen:
                raise Differs(f"{place}, id", "each id once", f"{transaction_id} a second time in block {head.height}")
            seen.add(transaction_id)
        return admitted

    def _admit_envelope(self, place: str, decoded: Transaction | Inadmissible, context: AdmissionContext) -> Transaction:
        problem = decoded if isinstance(decoded, Inadmissible) else judge(decoded, context)
        if isinstance(decoded, Inadmissible) or problem is not None:
            raise Differs(place, "an envelope that may be admitted", f"{problem.code}, {problem.found}" if problem is not None else "")
        self._signatures += len(decoded.signatures)
        return decoded

    def _compare(self, position: int, head: BlockEntry, bodies: Sequence[tuple[bytes, _Logged | None]], result: BlockResult) -> None:
        """Transactions first: what one of them did wrong shows in the block's state root as well."""
        for offset, ((_, expected), (found, _)) in enumerate(zip(result.entries[1:], bodies[1:], strict=True), 1):
            if expected != found:
                raise _describe(f"entry {position + offset}", expected, found)
        if not result.entries:
            raise Differs(f"entry {position}, block {head.height}", "no entry: neither transaction nor deadline", "a block entry")
        if result.entries[0][1] != bodies[0][0]:
            raise _describe(f"entry {position}, block {head.height}", result.entries[0][1], bodies[0][0])

    def _take(self, position: int, transactions: Sequence[Transaction | RefusedTransaction], result: BlockResult) -> None:
        """Make the block's outcome the state; judge the documents that it names."""
        state = self.state
        state.tree.top.apply(result.top)
        self._memory.take(result)
        self.state = State(state.genesis, state.chain, state.tree, self._memory, result.tip, CommittedView(state.tree))
        self._blocks += 1
        self._judge_brought_forth(position, result)
        for offset, (transaction, used) in enumerate(zip(transactions, result.used_ids, strict=True), 1):
            self._ids.note(result.tip.time, used)
            if used.refused_actor:
                self._refusals += 1
                if transaction.id in self._disputed_at:
                    self._disputed_at[transaction.id] = position + offset
                continue
            self._transactions += 1
            if isinstance(transaction, Transaction) and transaction.payload.action == ATTEST_ACTION:
                self._documents.judge(position + offset, transaction.arguments)
        if result.tip.time - self._forgotten_at > QUOTA_WINDOW_SECONDS:
            self._ids.forget(result.tip.time)
            self._forgotten_at = result.tip.time

    def _judge_brought_forth(self, position: int, result: BlockResult) -> None:
        """Each document that the rules brought forth, where an entry's events name it."""
        bodies = {sha256(body).hexdigest(): body for body in result.documents}
        for offset, (_, data) in enumerate(result.entries if bodies else ()):
            for document in find_documents(msgspec.json.decode(data)["events"]):
                if document.sha256 in bodies:
                    self._documents.judge_brought_forth(position + offset, document.sha256, bodies[document.sha256])


def _check_refusal(place: str, transaction_id: str, refusal: Refusal, context: AdmissionContext) -> RefusedTransaction:
    """What can be judged of a refusal without its envelope; the first that fails decides."""
    if _id.fullmatch(transaction_id) is None:
        raise Differs(f"{place}, id", "64 hex digits", transaction_id)
    found = find_message(context.registry, refusal.action)
    if found is None:
        raise Differs(f"{place}, refusal", "an action of this ledger", refusal.action)
    contract, message = found
    numbers = [contract.lost_in_block.number, *(rejection.number for rejection, _ in message.conditions)]
    if refusal.number not in numbers:
        raise Differs(f"{place}, refusal", f"a refusal of {refusal.action}: {', '.join(numbers)}", refusal.number)
    if not is_organisation_active(context.view, refusal.actor):
        raise Differs(f"{place}, refusal", "an actor that is active", refusal.actor)
    if context.is_id_used(transaction_id):
        raise Differs(f"{place}, id", "an unused id", f"{transaction_id}, which an earlier entry has")
    if context.count_refusals(refusal.actor, context.time - QUOTA_WINDOW_SECONDS) >= QUOTA_REFUSALS:
        raise Differs(f"{place}, refusal", f"nothing of {refusal.actor}, whose quota of refusals was used up", "a refusal")
    return RefusedTransaction(transaction_id, refusal)


def _decode_disputed(envelopes: Iterable[bytes], registry: Registry) -> Iterator[Transaction]:
    for number, envelope in enumerate(envelopes, 1):
        transaction = decode_transaction(envelope, registry)
        if isinstance(transaction, Inadmissible):
            raise EncodingProblem(f"envelope {number} cannot have been admitted anywhere: {transaction.code}, {transaction.found}")
        yield transaction


def _decode(decoder: msgspec.json.Decoder[Any], data: bytes, position: int) -> Any:
    try:
        return decoder.decode(data)
    except (msgspec.DecodeError, RecursionError) as problem:
        raise Differs(f"entry {position}", "a log entry", str(problem)) from problem


def _describe(place: str, expected: bytes, found: bytes) -> Differs:
    """The first field in which two entries differ; what was decided before what follows from it."""
    told, shown = msgspec.json.decode(expected), msgspec.json.decode(found)
    for name in sorted(told, key=lambda name: (name != "refusal", name)):
        if name not in shown or told[name] != shown[name]:
            return Differs(f"{place}, {name}", told[name], shown.get(name, "nothing"))
    return Differs(place, told, shown if told != shown else "the same in another encoding, or a field too many")
