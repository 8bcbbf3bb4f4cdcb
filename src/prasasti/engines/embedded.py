"""The embedded engine: one process, one thread that seals blocks, one database transaction a block.

Owns the order of transactions and group commit: a block at once when idle, everything that waits in one block under
load, a timer for deadlines. A caller is answered only after the commit. Whatever raises halts the engine: everyone
who waits is told, and nothing more is sealed.
"""

from __future__ import annotations

import fcntl
import logging
import os
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from prasasti.contracts.governance.records import CLOCK_KEY, ClockRecord
from prasasti.core.admission import Inadmissible
from prasasti.core.contract import Record
from prasasti.core.entries import Receipt
from prasasti.core.envelope import Transaction
from prasasti.core.tree import StateMismatch
from prasasti.engines.application import Application
from prasasti.engines.clock import MAX_BEHIND_SECONDS, ClockJumped, EngineClock
from prasasti.engines.interrupts import InterruptShield
from prasasti.storage.connection import StorageProblem
from prasasti.storage.ledger_database import LedgerDatabase

MAX_BLOCK_TRANSACTIONS = 2_000
MAX_TIMER_SECONDS = 60.0
CLOCK_NOTE = "clock_jumped"

Answer = Receipt | Inadmissible
Waiting = tuple[Transaction | Inadmissible, Future[Answer]]

logger = logging.getLogger("prasasti.engine")


class Times(NamedTuple):
    """When a block is sealed, seconds UTC: by the machine's clock, and as the ledger counts."""

    engine: int
    application: int


class EngineHalted(Exception):
    """The engine stopped on a fault. What it acknowledged is durable; ask for the ids of the rest once it runs again."""

    def __init__(self, fault: BaseException | None) -> None:
        super().__init__(f"the engine halted: {fault or 'it was stopped'}")
        self.fault = fault


class WriterLock:
    """One writing process a ledger: an advisory lock on LEDGER/lock, given back when the process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        path = folder / "lock"
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as problem:
            raise StorageProblem(f"{path} cannot be written: {problem.strerror}; writing needs a folder that is") from problem
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            os.close(self._descriptor)
            if isinstance(problem, BlockingIOError):
                raise StorageProblem(
                    f"another process is writing to {folder}; wait until it ends, or, where it is the node, name it with --node URL"
                ) from problem
            raise StorageProblem(f"{path} cannot be locked: {problem.strerror}; use a local disk") from problem

    def close(self) -> None:
        """Give the lock back."""
        os.close(self._descriptor)


class EmbeddedEngine:
    """Takes envelopes, seals blocks, answers with receipts. Use as a context manager."""

    def __init__(self, application: Application, database: LedgerDatabase, clock: EngineClock, accept_clock: bool = False) -> None:
        self._application = application
        self._database = database
        self._clock = clock
        self._check_clock_note(accept_clock)
        self._waiting: deque[Waiting] = deque()
        self._wake = threading.Condition()
        # Held while a block is judged and committed: between the two, tree and database are a block apart.
        self._state_lock = threading.Lock()
        self._shield = InterruptShield()
        self._stopping = False
        self._is_jump_noted = False
        self._is_behind = False
        self._fault: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="sealing", daemon=True)

    def __enter__(self) -> EmbeddedEngine:
        self._shield.install()
        with self._shield:
            self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        try:
            with self._shield:
                self.stop()
        finally:
            self._shield.restore()

    def submit(self, envelopes: Sequence[bytes]) -> list[Answer]:
        """Answers to envelopes, in their order: receipts of what is durable now, or why one was not admitted; EngineHalted."""
        # In the caller's thread: while one block is written to the disk, the signatures of the next are verified.
        decoded = self._application.decode(envelopes)
        futures: list[Future[Answer]] = [Future() for _ in envelopes]
        with self._shield:
            with self._wake:
                if self._fault is not None or self._stopping:
                    raise EngineHalted(self._fault)
                self._waiting.extend(zip(decoded, futures, strict=True))
                self._wake.notify()
            return [future.result() for future in futures]

    def get(self, key: str, kind: type[Record]) -> Record | None:
        """A committed record (``core.contract.View``), for other threads than the sealing one."""
        with self._shield, self._state_lock:
            self._require_running()
            try:
                return self._application.state.view.get(key, kind)
            except (StateMismatch, StorageProblem) as fault:
                self._halt(fault)
                raise

    def now(self) -> int:
        """Application time of a block sealed now; ClockJumped."""
        with self._shield, self._state_lock:
            self._require_running()
            return self._read_times().application

    def run_deadlines(self) -> None:
        """Seal the blocks that due deadlines call for, before the thread starts."""
        while self._seal([], *self._read_times()) is not None:
            pass

    def stop(self) -> None:
        """Seal what waits, then end the thread."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        try:
            while (batch := self._take()) is not None:
                self._answer(batch)
        except BaseException as fault:
            self._halt(fault)

    def _take(self) -> list[Waiting] | None:
        """What waits, as far as one block holds it; an empty list when a deadline may be due; None to end."""
        with self._wake:
            if not self._waiting and not self._stopping and self._fault is None:
                self._wake.wait(self._seconds_to_deadline())
            if self._fault is not None or (not self._waiting and self._stopping):
                return None
            return [self._waiting.popleft() for _ in range(min(len(self._waiting), MAX_BLOCK_TRANSACTIONS))]

    def _answer(self, batch: list[Waiting]) -> None:
        """Check, seal and answer one batch. A clock that jumped refuses the batch; any other fault halts."""
        try:
            with self._state_lock:
                self._require_running()
                answers = self._record([decoded for decoded, _ in batch])
        except ClockJumped as jump:
            # Everyone is answered first: a note that cannot be written halts, and must leave nobody waiting.
            _fail(batch, jump)
            logger.error("nothing is sealed: %s", jump)
            self._database.set_note(CLOCK_NOTE, f"{jump.wall} {jump.expected}")
            self._is_jump_noted = True
            return
        except BaseException as fault:
            _fail(batch, fault if isinstance(fault, EngineHalted) else EngineHalted(fault))
            raise
        # From the last to the first, which a caller of many waits for: it wakes once, and not after each.
        for (_, future), answer in zip(reversed(batch), reversed(answers), strict=True):
            future.set_result(answer)
        if self._is_jump_noted:
            self._database.set_note(CLOCK_NOTE, None)
            self._is_jump_noted = False

    def _record(self, decoded: list[Transaction | Inadmissible]) -> list[Answer]:
        # One reading for all that follows: between two, a deadline may fall due or the clock step back.
        times = self._read_times()
        while not self._application.has_room(times.application):
            self._seal([], *times)
        checked = [self._application.check_decoded(each, times.application) for each in decoded]
        receipts = self._seal([each for each in checked if isinstance(each, Transaction)], *times) or {}
        answers: list[Answer] = []
        for each in checked:
            answers.append(each if isinstance(each, Inadmissible) else receipts[each.id])
        return answers

    def _seal(self, admitted: list[Transaction], engine_time: int, time: int) -> dict[str, Answer] | None:
        """One block of what is admitted; its receipts by id, or None where there was nothing to seal."""
        next_deadline = self._database.next_deadline()
        if not admitted and (next_deadline is None or next_deadline > time):
            return None
        self._warn_if_behind()
        judged = self._application.prepare_proposal(admitted, time)
        answers: dict[str, Answer] = {
            transaction.id: answer for transaction, answer in zip(admitted, judged, strict=True) if isinstance(answer, Inadmissible)
        }
        proposed = [each for each in judged if isinstance(each, Transaction)]
        result = self._application.finalize_block(self._application.info().height + 1, time, proposed)
        if result.entries:
            self._application.commit(engine_time)
            self._clock.advance(engine_time)
        answers.update({receipt.id: receipt for receipt in result.receipts})
        return answers

    def _read_times(self) -> Times:
        """Times of a block sealed now; ClockJumped."""
        engine_time = self._clock.read()
        record = self._application.state.view.get(CLOCK_KEY, ClockRecord)
        offset_seconds = record.offset_seconds if record is not None else 0
        return Times(engine_time, max(self._application.info().time, engine_time + offset_seconds))

    def _seconds_to_deadline(self) -> float | None:
        next_deadline = self._database.next_deadline()
        if next_deadline is None:
            return None
        try:
            return min(MAX_TIMER_SECONDS, max(0.0, next_deadline - self._read_times().application))
        except ClockJumped:
            return MAX_TIMER_SECONDS

    def _warn_if_behind(self) -> None:
        """Say once that the clock is behind the ledger, until it has caught up."""
        is_behind = self._clock.behind_seconds > MAX_BEHIND_SECONDS
        if is_behind and not self._is_behind:
            logger.warning("the clock is %s s behind the previous block; block time stands still meanwhile", self._clock.behind_seconds)
        self._is_behind = is_behind

    def _check_clock_note(self, accept_clock: bool) -> None:
        """A clock fault noted by an earlier process holds until the clock is back or somebody accepts it."""
        note = self._database.read_note(CLOCK_NOTE)
        if note is None:
            return
        try:
            noted_wall, expected = (int(part) for part in note.split())
        except ValueError as problem:
            raise StateMismatch("the note about the clock") from problem
        if accept_clock or self._clock.read() < noted_wall - MAX_BEHIND_SECONDS:
            self._database.set_note(CLOCK_NOTE, None)
            return
        raise ClockJumped(noted_wall, expected)

    def _halt(self, fault: BaseException) -> None:
        logger.error("the engine halts: %s", fault)
        with self._wake:
            self._fault = self._fault or fault
            waiting, self._waiting = list(self._waiting), deque()
            self._wake.notify()
        _fail(waiting, EngineHalted(self._fault))

    def _require_running(self) -> None:
        if self._fault is not None:
            raise EngineHalted(self._fault)


def _fail(batch: list[Waiting], problem: Exception) -> None:
    for _, future in batch:
        future.set_exception(problem)
