"""The one place that chooses concrete parts and wires them: databases, documents, engine, door, clock, node.

Owns opening and making a ledger's folder, and serving one. Knows no rule and no use case.
"""

from __future__ import annotations

import gc
import logging
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from prasasti.contracts import CONTRACTS, index_by_table
from prasasti.contracts.governance.records import CLOCK_KEY, ClockRecord
from prasasti.contracts.versions import ContractMismatch, ContractVersions, choose_registry
from prasasti.core.contract import Contract, Record, Registry, View, encode_table
from prasasti.core.genesis import ConsensusParts, Genesis, compute_chain, decode_genesis
from prasasti.core.state import CommittedView, init_chain
from prasasti.engines.application import Application, load_newest
from prasasti.engines.clock import ClockJumped, Clocks, EngineClock
from prasasti.engines.embedded import EmbeddedEngine, EngineHalted, WriterLock
from prasasti.engines.parts import PartsDiffer, check_parts, list_allowed_parts
from prasasti.integrations.signers import Signer
from prasasti.log.publish import Published
from prasasti.services.door import make_door
from prasasti.services.last_signed import read_kept, require_held
from prasasti.services.ledger import Answer, Ledger, ReadOnly, StoredView
from prasasti.services.publishing import publish_ledger
from prasasti.services.restoring import require_no_ledger
from prasasti.storage.connection import StorageProblem
from prasasti.storage.documents import DOCUMENTS_NAME, DocumentStore
from prasasti.storage.ledger_database import DATABASE_NAME, LedgerDatabase
from prasasti.web.limits import Limits

if TYPE_CHECKING:
    from prasasti.web.node import Node

GARBAGE_THRESHOLD = 20_000

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

logger = logging.getLogger("prasasti.bootstrap")


def allowed_parts() -> ConsensusParts:
    """Consensus parts that a genesis made by this program allows."""
    return list_allowed_parts()


def registry_for(genesis_bytes: bytes, contracts: Sequence[Contract] = CONTRACTS) -> ContractVersions:
    """Contract versions that a genesis file names; ContractMismatch where this program lacks one.

    Whether its parts are those of a log, who replays it is told at the end: votes may have allowed others than genesis.
    """
    return choose_registry(decode_genesis(genesis_bytes), index_by_table(tuple(contracts)), check_parts)


def create_ledger(folder: Path, genesis_bytes: bytes, contracts: Sequence[Contract] = CONTRACTS) -> Genesis:
    """Make a ledger's folder from a genesis file; StorageProblem, EncodingProblem, ContractMismatch, PartsDiffer.

    The database comes last, whole: a crash before leaves a folder that no command opens and that a repetition
    completes. Documents that lie there stay: they are named by their hashes, whichever ledger they were stored for.
    """
    start = init_chain(genesis_bytes)
    choose_registry(start.genesis, index_by_table(tuple(contracts)))
    check_parts(start.genesis.consensus_parts)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise StorageProblem(f"{folder} cannot be made: {problem.strerror}") from problem
    with closing(WriterLock(folder)):
        require_free(folder)
        path = folder / DOCUMENTS_NAME
        with closing(DocumentStore.open(path, write=True) if path.exists() else DocumentStore.create(path)) as documents:
            documents.put((encode_table(contract), "application/json") for contract in contracts)
        LedgerDatabase.create(folder / DATABASE_NAME, genesis_bytes, start.tip, start.buckets, start.top).close()
    return start.genesis


def require_free(folder: Path) -> None:
    """StorageProblem where a folder holds a ledger already."""
    if _holds_ledger(folder):
        raise StorageProblem(f"{folder} holds a ledger already")


@contextmanager
def open_to_restore(folder: Path) -> Iterator[None]:
    """A folder without a ledger, to restore one in while nobody else writes; StorageProblem. One made for this goes again if it fails."""
    is_new = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with closing(WriterLock(folder)), _looking_seldom_for_garbage():
            require_no_ledger(folder)
            yield
    except BaseException:
        if is_new:
            shutil.rmtree(folder, ignore_errors=True)
        raise


def make_standing_clocks(time: int) -> Clocks:
    """A machine's clocks that stand still at a time, seconds UTC: of a training ledger only the ledger's own clock moves then."""
    return Clocks(lambda: float(time), lambda: 0.0)


@contextmanager
def open_for_reading(folder: Path, contracts: Sequence[Contract] = CONTRACTS) -> Iterator[Ledger]:
    """A ledger to read, also while another process writes to it."""
    with ExitStack() as stack:
        database = _open_database(stack, folder, write=False)
        documents = _open_documents(stack, folder, write=False)
        genesis_bytes = database.read_genesis()
        genesis = decode_genesis(genesis_bytes)
        state = _NewestState(database, genesis)
        registry = choose_registry(genesis, index_by_table(tuple(contracts)), check_parts)
        stored = StoredView(database, genesis.bucket_bits)
        yield Ledger(
            folder=folder, genesis_bytes=genesis_bytes, genesis=genesis, chain=compute_chain(genesis_bytes),
            registry=registry.at(stored, database.read_tip().height + 1), database=database, documents=documents,
            state=state, submit=_refuse_to_write, now=state.now,
        )  # fmt: skip


@contextmanager
def open_for_writing(
    folder: Path, *, accept_clock: bool = False, clocks: Clocks | None = None, contracts: Sequence[Contract] = CONTRACTS
) -> Iterator[Ledger]:
    """A ledger with its embedded engine running. Refused while another process has it open for writing, and where its
    database is behind the last signed checkpoint (LastSignedProblem).

    The engine's thread has connections of its own: on a shared one, readers would see a block before its commit, and
    the door a document that is not durable yet.
    """
    with ExitStack() as stack:
        _require_ledger(folder)
        stack.enter_context(closing(WriterLock(folder)))
        stack.enter_context(_looking_seldom_for_garbage())
        written = _open_database(stack, folder, write=True)
        genesis_bytes = written.read_genesis()
        genesis = decode_genesis(genesis_bytes)
        _require_last_signed(folder, written, genesis_bytes)
        documents = _open_documents(stack, folder, write=True)
        door = make_door(_open_documents(stack, folder, write=False))
        keep_documents = partial(_keep_brought_forth, _open_documents(stack, folder, write=True))
        application = Application(written, index_by_table(tuple(contracts)), door, check_parts, keep_documents)
        clock = EngineClock(clocks or Clocks(), written.read_tip().engine_time)
        engine = EmbeddedEngine(application, written, clock, accept_clock)
        engine.run_deadlines()
        stack.enter_context(engine)
        yield Ledger(
            folder=folder, genesis_bytes=genesis_bytes, genesis=genesis, chain=compute_chain(genesis_bytes),
            registry=application.registry, database=_open_database(stack, folder, write=False), documents=documents,
            state=engine, submit=engine.submit, now=engine.now, gap_seconds=clock.gap_seconds,
        )  # fmt: skip


@contextmanager
def open_node(
    ledger: Ledger, limits: Limits, published: Path | None = None, *signers: Signer, contracts: Sequence[Contract] = CONTRACTS
) -> Iterator[Node]:
    """A node over a ledger opened for writing; with a signer it keeps the published folder current (``publish_ledger``: several)."""
    from prasasti.web.node import Node

    translated = replace(ledger, submit=_translate(ledger.submit), now=_translate(ledger.now), state=_TranslatedState(ledger.state))

    def publish(reader: Ledger) -> Published:
        if published is None:
            raise RuntimeError("nothing to publish with")
        return publish_ledger(reader, published, *signers)

    def registry_at(height: int) -> Registry:
        versions = ledger.registry
        return versions.at(ledger.state, height) if isinstance(versions, ContractVersions) else versions

    open_reader = partial(open_for_reading, ledger.folder, contracts)
    node = Node(translated, open_reader, _translate(registry_at), limits, published, publish if signers else None)
    try:
        yield node
    finally:
        node.close()


@contextmanager
def _looking_seldom_for_garbage() -> Iterator[None]:
    """A block makes tens of thousands of values, none of them in a cycle: looking for cycles at every 700 costs a tenth."""
    before = gc.get_threshold()
    gc.set_threshold(GARBAGE_THRESHOLD)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _require_last_signed(folder: Path, database: LedgerDatabase, genesis_bytes: bytes) -> None:
    """Refuse a database that does not hold what was signed last: an older copy was restored, and would grow a second history."""
    signed = read_kept(folder, genesis_bytes)
    if signed is not None:
        require_held(database, signed, str(database.path))


def _require_ledger(folder: Path) -> None:
    if not _holds_ledger(folder):
        raise StorageProblem(f"{folder} holds no ledger; 'prasasti init {folder}' makes one")


def _holds_ledger(folder: Path) -> bool:
    try:
        return (folder / DATABASE_NAME).exists()
    except OSError as problem:
        raise StorageProblem(f"{folder} cannot be read: {problem.strerror}") from problem


def _open_database(stack: ExitStack, folder: Path, write: bool) -> LedgerDatabase:
    _require_ledger(folder)
    database = LedgerDatabase.open(folder / DATABASE_NAME, write)
    stack.callback(database.close)
    return database


def _open_documents(stack: ExitStack, folder: Path, write: bool) -> DocumentStore:
    documents = DocumentStore.open(folder / DOCUMENTS_NAME, write)
    stack.callback(documents.close)
    return documents


def _keep_brought_forth(documents: DocumentStore, bodies: Sequence[bytes]) -> None:
    """Documents that rules bring forth are JSON; what is stored already stays."""
    documents.put((body, "application/json") for body in bodies)


def _translate(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """A function whose faults of the engine are the node's."""
    from prasasti.web.node import ClockWrong, Halted

    def call(*arguments: Parameters.args, **options: Parameters.kwargs) -> Result:
        try:
            return function(*arguments, **options)
        except EngineHalted as problem:
            raise Halted(str(problem)) from problem
        except ClockJumped as problem:
            raise ClockWrong(str(problem)) from problem

    return call


class _TranslatedState:
    """The engine's state, whose faults are the node's, too."""

    def __init__(self, state: View) -> None:
        self._state = state

    def get(self, key: str, kind: type[Record]) -> Record | None:
        return _translate(lambda: self._state.get(key, kind))()


def _refuse_to_write(_: Sequence[bytes]) -> list[Answer]:
    raise ReadOnly("this ledger was opened for reading")


class _NewestState:
    """A reader's state (``core.contract.View``), made anew when the writer has gone on."""

    def __init__(self, database: LedgerDatabase, genesis: Genesis) -> None:
        self._database = database
        self._genesis = genesis
        self._height = -1
        self._view: CommittedView | None = None

    def get(self, key: str, kind: type[Record]) -> Record | None:
        """The record under a key at the newest committed block."""
        with self._database.snapshot() as height:
            if self._view is None or height != self._height:
                _, tree = load_newest(self._database, self._genesis.bucket_bits)
                self._view, self._height = CommittedView(tree), height
            return self._view.get(key, kind)

    def now(self) -> int:
        """Application time of a block that were sealed now, if the machine's clock is right."""
        record = StoredView(self._database, self._genesis.bucket_bits).get(CLOCK_KEY, ClockRecord)
        offset_seconds = record.offset_seconds if record is not None else 0
        return max(self._database.read_tip().time, int(Clocks().wall()) + offset_seconds)


__all__ = [
    "ClockJumped", "ContractMismatch", "EngineHalted", "PartsDiffer",
    "allowed_parts", "create_ledger", "make_standing_clocks", "open_for_reading", "open_for_writing", "open_node", "open_to_restore",
    "registry_for", "require_free",
]  # fmt: skip
