"""A node: one ledger served to many at once. Owns threads, queues and the order of stopping; knows no HTTP.

``record`` answers when what it took is durable. Requests wait in the engine's own group commit, each in a thread of a
bounded pool; reading has threads and connections of its own.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from shutil import disk_usage
from typing import TypeVar

import msgspec
from msgspec import Struct

from prasasti.contracts.offices import key_key
from prasasti.core.admission import Inadmissible, decode_transaction
from prasasti.core.contract import Registry
from prasasti.core.encoding import EncodingProblem
from prasasti.core.entries import Receipt
from prasasti.core.envelope import Transaction, compute_id, decode_envelope, is_signed
from prasasti.core.genesis import KeyRecord
from prasasti.core.types import Document, find_documents
from prasasti.services.ledger import Answer, Ledger
from prasasti.storage.connection import StorageProblem
from prasasti.storage.documents import DocumentRefused, describe_document
from prasasti.web.limits import Buckets, Budget, Limits
from prasasti.web.metrics import Metrics
from prasasti.web.problems import Problem, explain_answer
from prasasti.web.publisher import OpenReader, Publish, Publisher
from prasasti.web.reading import find_receipt
from prasasti.web.uploads import FOLDER_NAME, Uploads

WATCH_SECONDS = 1.0
# What decoding and signatures found cannot be of an envelope that is recorded.
NEVER_RECORDED = ("admission.1", "admission.2", "admission.3", "admission.4", "admission.7")

Result = TypeVar("Result")

logger = logging.getLogger("prasasti.web.node")


class Halted(Exception):
    """The engine met a fault and records nothing more; what it acknowledged is durable."""


class ClockWrong(Exception):
    """The machine's clock jumped: nothing is recorded until it is right."""


class Bell:
    """Wakes everyone who waits, on the event loop.

    Listen first, then look whether there is anything to wait for: what happens between the two is not missed.
    """

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        """Wake those who wait now."""
        self._event.set()
        self._event = asyncio.Event()

    def listen(self) -> asyncio.Event:
        """What is set when it rings next."""
        return self._event


async def wait_for(event: asyncio.Event, seconds: float) -> bool:
    """Whether an event comes within that time."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True


class _Actor(Struct):
    actor: str = ""


class Readers:
    """Threads that read, each with connections of its own: what one reads does not wait for what another does."""

    def __init__(self, open_reader: OpenReader, count: int) -> None:
        self._open_reader = open_reader
        self._pool = ThreadPoolExecutor(count, "reading")
        self._local = threading.local()
        self._stack = ExitStack()
        self._lock = threading.Lock()

    async def run(self, function: Callable[[Ledger], Result]) -> Result:
        """What a function reads."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._read, function)

    def close(self) -> None:
        """End the threads, then close their connections."""
        self._pool.shutdown()
        self._stack.close()

    def _read(self, function: Callable[[Ledger], Result]) -> Result:
        ledger: Ledger | None = getattr(self._local, "ledger", None)
        if ledger is None:
            with self._lock:
                ledger = self._local.ledger = self._stack.enter_context(self._open_reader())
        return function(ledger)


class Node:
    """Use between ``start``, on the event loop, and ``close``. ``submit``, ``now`` and ``state`` of the
    ledger, and ``registry_at`` (the contracts that act at a height), raise Halted, ClockWrong.
    """

    def __init__(
        self,
        ledger: Ledger,
        open_reader: OpenReader,
        registry_at: Callable[[int], Registry],
        limits: Limits,
        published: Path | None = None,
        publish: Publish | None = None,
    ) -> None:
        self.ledger = ledger
        self.registry = ledger.registry
        self.limits = limits
        self.published = published
        self.metrics = Metrics()
        self.readers = Readers(open_reader, limits.readers)
        self.uploads = Uploads(ledger.folder / FOLDER_NAME, limits.uploads_bytes)
        self.memory = Budget(limits.memory_bytes, limits.memory_bytes // 2, "memory_full", "client_share")
        self.event_readers = Budget(limits.event_readers, limits.event_readers_a_client, "readers_full", "client_share")
        self.publisher = Publisher(open_reader, publish, self.metrics, self._on_published) if publish is not None else None
        self.stop_asked = threading.Event()
        self.fault: Halted | None = None
        self.is_stopping = False
        self.clock_problem = ""
        self.published_size = 0
        self.news = Bell()
        tip = ledger.database.read_tip()
        self.size, self.height, self.block_time = tip.tip.size, tip.height, tip.time
        self._registry_at = registry_at
        self._queue = Budget(limits.queued_envelopes, int(limits.queued_envelopes * limits.client_share), "queue_full", "client_share")
        rate = limits.actor_transactions_per_second
        self._actors = Buckets(rate, rate * limits.burst_seconds)
        self._submitting = ThreadPoolExecutor(limits.threads, "submitting")
        self._documents_lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._watch_task: asyncio.Task[None] | None = None
        self._watch_metrics()

    # -- running -------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to watch and to publish. Called on the event loop's thread."""
        self._loop = asyncio.get_running_loop()
        self._watch_task = self._loop.create_task(self._watch())
        if self.publisher is not None:
            self.publisher.start()

    def stop_taking(self) -> None:
        """Take nothing new, and end the streams of events. Called on the event loop's thread."""
        self.is_stopping = True
        self.news.ring()
        if self._watch_task is not None:
            self._watch_task.cancel()

    def close(self) -> None:
        """After the last answer: end the threads, publish what was recorded."""
        self.is_stopping = True
        self._submitting.shutdown()
        if self.publisher is not None and self._loop is not None:
            self.publisher.stop()
        self.readers.close()

    @property
    def is_ready(self) -> bool:
        """Whether transactions are taken."""
        return not self.is_stopping and self.fault is None and not self.clock_problem

    async def _watch(self) -> None:
        """Notice what no request brings about: blocks of deadlines, a clock that jumped, a fault."""
        while not self.is_stopping:
            await asyncio.sleep(WATCH_SECONDS)
            try:
                await asyncio.get_running_loop().run_in_executor(self._submitting, self.ledger.now)
                self.clock_problem = ""
                # A vote may have let another version of a contract act. Who is quicker than this sends its document again.
                self.registry = await asyncio.get_running_loop().run_in_executor(self._submitting, self._registry_at, self.height + 1)
            except ClockWrong as problem:
                self.clock_problem = str(problem)
            except Halted as fault:
                self._halt(fault)
            try:
                await self._look_for_news()
            except Exception:
                logger.exception("the ledger's tip could not be read")

    async def _look_for_news(self) -> None:
        tip = await self.readers.run(lambda ledger: ledger.database.read_tip())
        if tip.tip.size != self.size:
            self.size, self.height, self.block_time = tip.tip.size, tip.height, tip.time
            self.news.ring()

    def _halt(self, fault: Halted) -> None:
        if self.fault is None:
            logger.error("the node ends, since the engine halted")
        self.fault = self.fault or fault
        self.stop_asked.set()

    def _on_published(self, size: int) -> None:
        # Called by the publisher's thread.
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._note_published, size)

    def _note_published(self, size: int) -> None:
        self.published_size = size
        self.news.ring()

    # -- recording -----------------------------------------------------------------------------------------------------

    async def record(self, client: str, envelopes: Sequence[bytes], documents: Mapping[str, bytes]) -> list[Receipt | Problem]:
        """Receipts of envelopes, in their order, once they are durable, or why there is none. Problem where nothing was done."""
        self._require_taking()
        actors = [read_actor(envelope) for envelope in envelopes]
        over = {actor for actor in actors if self._actors.level(actor) < 1}
        taken = [envelope for envelope, actor in zip(envelopes, actors, strict=True) if actor not in over]
        with self._queue.hold(client, len(taken)):
            answers = iter(await self._submit(taken, documents) if taken else [])
        result: list[Receipt | Problem] = []
        for envelope, actor in zip(envelopes, actors, strict=True):
            if actor in over:
                result.append(Problem("actor_quota", retry_seconds=1))
                continue
            answer = next(answers)
            # Charged once it is recorded, hence signed: nobody uses up another's quota by writing its name.
            if isinstance(answer, Receipt):
                self._actors.charge(actor, 1)
            result.append(await self._find_recorded(envelope, answer))
        self._note_answers(result)
        return result

    async def _submit(self, envelopes: Sequence[bytes], documents: Mapping[str, bytes]) -> list[Answer]:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._submitting, self._submit_in_thread, envelopes, documents)
        except Halted as fault:
            self._halt(fault)
            raise Problem("halted") from fault
        except ClockWrong as problem:
            self.clock_problem = str(problem)
            raise Problem("clock", retry_seconds=60) from problem
        except (StorageProblem, OSError) as problem:
            raise explain_storage(problem) from problem

    def _submit_in_thread(self, envelopes: Sequence[bytes], documents: Mapping[str, bytes]) -> list[Answer]:
        # Documents first: an entry that names one which is not durable would be a promise that a crash breaks.
        self._store_documents(envelopes, documents)
        return self.ledger.submit(envelopes)

    def _store_documents(self, envelopes: Sequence[bytes], documents: Mapping[str, bytes]) -> None:
        """Store what came with the envelopes, or ahead of them, and is named by one that a registered key signed."""
        if not documents and not len(self.uploads):
            return
        named: dict[str, None] = {}
        bodies: list[tuple[bytes, str]] = []
        for envelope in envelopes:
            transaction = decode_transaction(envelope, self.registry)
            if isinstance(transaction, Inadmissible):
                continue
            found = {document: self._find_body(document, documents) for document in list_documents(transaction)}
            named.update(dict.fromkeys(document.sha256 for document in found))
            whole = [(body, document.media_type) for document, body in found.items() if body is not None]
            if whole and self._is_vouched(transaction):
                bodies += whole
        unnamed = [digest for digest in documents if digest not in named]
        if unnamed:
            raise Problem("document_not_named", f"document {unnamed[0]} is named by none of the envelopes")
        if bodies:
            with self._documents_lock:
                stored = self.ledger.documents.put(bodies)
            self.metrics.documents.inc(len(stored))
            for document in stored:
                self.uploads.remove(document.sha256)

    def _find_body(self, document: Document, documents: Mapping[str, bytes]) -> bytes | None:
        body = documents.get(document.sha256) or self.uploads.read(document.sha256)
        try:
            return body if body is not None and describe_document(body, document.media_type) == document else None
        except DocumentRefused:
            return None  # The node's door says why.

    def _is_vouched(self, transaction: Transaction) -> bool:
        """Whether a key that stands signed it: strangers store nothing."""
        key = self.ledger.state.get(key_key(transaction.payload.signers[0].key), KeyRecord)
        return key is not None and key.until is None and is_signed(transaction)

    async def _find_recorded(self, envelope: bytes, answer: Answer) -> Receipt | Problem:
        """The answer; of an envelope that was recorded before, the receipt that it had then."""
        if isinstance(answer, Inadmissible) and answer.code not in NEVER_RECORDED:
            transaction_id = compute_id(decode_envelope(envelope)[1])
            recorded = await self.readers.run(lambda ledger: find_receipt(ledger, transaction_id))
            if recorded is not None:
                return recorded
        if isinstance(answer, Receipt):
            return answer
        problem = explain_answer(answer)
        return problem if problem is not None else Problem("bug")

    def _require_taking(self) -> None:
        if self.fault is not None:
            raise Problem("halted")
        if self.is_stopping:
            raise Problem("stopping", retry_seconds=5)

    def _note_answers(self, answers: Sequence[Receipt | Problem]) -> None:
        for answer in answers:
            if isinstance(answer, Problem):
                self.metrics.transactions.labels(answer.code).inc()
                continue
            self.metrics.transactions.labels("accepted" if answer.refusal is None else "refused").inc()
            if answer.position >= self.size:
                self.size, self.height, self.block_time = answer.position + 1, answer.height, answer.time
                self.news.ring()

    # -- documents, proofs ---------------------------------------------------------------------------------------------

    async def keep_document(self, client: str, digest: str, media_type: str, body: bytes) -> Document:
        """Keep a document until an envelope names it; DocumentRefused, Problem."""
        document = describe_document(body, media_type)
        if document.sha256 != digest:
            raise Problem("document_differs", f"the bytes sent have the SHA-256 {document.sha256}")
        if await self.readers.run(lambda ledger: ledger.documents.has(document)):
            return document
        try:
            await asyncio.get_running_loop().run_in_executor(self._submitting, self.uploads.put, client, digest, body)
        except OSError as problem:
            raise explain_storage(problem) from problem
        return document

    async def now(self) -> int:
        """Application time of a block sealed now; Problem."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._submitting, self.ledger.now)
        except Halted as fault:
            raise Problem("halted") from fault
        except ClockWrong as problem:
            raise Problem("clock", retry_seconds=60) from problem

    async def wait_published(self, position: int) -> bool:
        """Whether an entry was published within the time that a request may wait."""
        deadline = time.monotonic() + self.limits.proof_wait_seconds
        while True:
            published = self.news.listen()
            if self.published_size > position or self.is_stopping:
                return self.published_size > position
            left = deadline - time.monotonic()
            if self.publisher is None or left <= 0:
                return False
            self.publisher.hurry()
            await wait_for(published, min(left, WATCH_SECONDS))

    # -- telling about itself ------------------------------------------------------------------------------------------

    def _watch_metrics(self) -> None:
        watch = self.metrics.watch
        watch("log_entries", "Entries of the log.", lambda: self.size)
        watch("block_height", "Height of the newest block.", lambda: self.height)
        watch("block_time_seconds", "Time of the newest block, seconds UTC, as the ledger counts.", lambda: self.block_time)
        watch("published_entries", "Entries that the published checkpoint covers.", lambda: self.published_size)
        watch("queued_envelopes", "Envelopes that wait for their block.", lambda: self._queue.held)
        watch("memory_held_bytes", "Bytes of requests held in memory.", lambda: self.memory.held)
        watch("upload_held_bytes", "Bytes of documents that no transaction named yet.", lambda: self.uploads.held_bytes)
        watch("event_readers", "Open streams of events.", lambda: self.event_readers.held)
        watch("disk_free_bytes", "Bytes free on the disk of the ledger's folder.", lambda: disk_usage(self.ledger.folder).free)
        watch("clock_wrong", "1 while a jump of the machine's clock keeps blocks from being made.", lambda: float(bool(self.clock_problem)))
        self.metrics.halted.set_function(lambda: float(self.fault is not None))
        self.metrics.ready.set_function(lambda: float(self.is_ready))


def read_actor(envelope: bytes) -> str:
    """The actor that an envelope names, before anything of it is judged; empty where it names none."""
    try:
        return msgspec.json.decode(decode_envelope(envelope)[1], type=_Actor).actor
    except (EncodingProblem, ValueError):
        return ""


def list_documents(transaction: Transaction) -> list[Document]:
    """Documents that a transaction names; none where it names one in a form that none has, which the node's door refuses."""
    try:
        return list(find_documents(transaction.payload.arguments))
    except msgspec.ValidationError:
        return []


def explain_storage(problem: Exception) -> Problem:
    """What a fault of the disk is to a client. The words of the fault go to the log only: they name places."""
    logger.error("a document was not stored: %s", problem)
    is_full = "disk is full" in str(problem) or getattr(problem, "errno", 0) in (errno.ENOSPC, errno.EDQUOT)
    return Problem("disk_full" if is_full else "storage", retry_seconds=60)
