"""Keeping a published folder current while the node runs. Owns when to publish, and proofs that need what was published.

Witnesses that did not cosign are asked again while the ledger is quiet, too; who is missing is logged where that changes.

A proof of the state is against the checkpoint of the state's own block, and the ledger keeps only the newest state:
publishing and proving see one snapshot of the database, so that proofs are made under any load.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager

from prasasti.log.proofs import ProofProblem
from prasasti.log.publish import Published
from prasasti.services.ledger import Ledger
from prasasti.services.publishing import RETRY_SECONDS, read_signed_note
from prasasti.services.state_proofs import format_list_proof, format_state_proof
from prasasti.web.metrics import Metrics
from prasasti.web.problems import Problem

INTERVAL_SECONDS = 1.0
SHORTEST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 60.0
MAX_ASKED = 100

Publish = Callable[[Ledger], Published]
OpenReader = Callable[[], AbstractContextManager[Ledger]]

logger = logging.getLogger("prasasti.web.publisher")


class Publisher:
    """One thread that publishes. ``publish`` brings the folder to the ledger's tip; ``on_published`` is told its size."""

    def __init__(
        self, open_reader: OpenReader, publish: Publish, metrics: Metrics, on_published: Callable[[int], None],
        retry_seconds: float = RETRY_SECONDS,
    ) -> None:  # fmt: skip
        self._open_reader = open_reader
        self._publish = publish
        self._metrics = metrics
        self._on_published = on_published
        self._retry_seconds = retry_seconds
        self._uncosigned: set[str] = set()
        self._ask_again_at = float("inf")
        self._wake = threading.Condition()
        self._asked: list[tuple[str, bool, Future[bytes]]] = []
        self._is_hurried = False
        self._is_stopping = False
        self._size = -1
        self._thread = threading.Thread(target=self._run, name="publishing", daemon=True)

    def start(self) -> None:
        """Begin; the first run brings an older folder to the tip."""
        self._thread.start()

    def stop(self) -> None:
        """Publish what is there, then end."""
        with self._wake:
            self._is_stopping = True
            self._wake.notify()
        self._thread.join()

    def hurry(self) -> None:
        """Publish soon: somebody waits for a proof."""
        with self._wake:
            self._is_hurried = True
            self._wake.notify()

    def prove(self, key: str, as_list: bool) -> Future[bytes]:
        """A proof of a record (or that there is none), or of a whole list; Problem where too many wait."""
        future: Future[bytes] = Future()
        with self._wake:
            if self._is_stopping or len(self._asked) >= MAX_ASKED:
                raise Problem("queue_full", retry_seconds=5)
            self._asked.append((key, as_list, future))
            self._wake.notify()
        return future

    def _run(self) -> None:
        failures = 0
        is_last = False
        while not is_last:
            with self._wake:
                if not self._is_stopping and not self._asked and not self._is_hurried:
                    self._wake.wait(min(LONGEST_PAUSE_SECONDS, INTERVAL_SECONDS * 2**failures))
                # From here on nobody can take a question back: who went away would otherwise fail the others' proofs with its own.
                asked = [each for each in self._asked if each[2].set_running_or_notify_cancel()]
                self._asked = []
                self._is_hurried = False
                is_last = self._is_stopping
            try:
                self._publish_and_prove(asked)
                failures = 0
            except Exception as problem:
                # Whatever stands in the way, a full disk or a checkpoint that contradicts, the ledger goes on recording.
                failures = min(failures + 1, 6)
                self._metrics.publications.labels("failed").inc()
                logger.error("nothing was published: %s", problem, extra={"facts": {"kind": type(problem).__name__}})
                for _, _, future in asked:
                    if not future.done():
                        future.set_exception(Problem("not_published", retry_seconds=5))
            if not is_last:
                self._pause()

    def _pause(self) -> None:
        """Let blocks gather a little, however many ask."""
        with self._wake:
            self._wake.wait_for(lambda: self._is_stopping, SHORTEST_PAUSE_SECONDS)

    def _publish_and_prove(self, asked: list[tuple[str, bool, Future[bytes]]]) -> None:
        with self._open_reader() as ledger, ledger.database.snapshot():
            if ledger.database.size() != self._size or time.monotonic() >= self._ask_again_at:
                published = self._publish(ledger)
                self._size = published.size
                self._metrics.publications.labels("done").inc()
                self._note_witnesses(published)
                self._on_published(self._size)
            for key, as_list, future in asked:
                try:
                    make = format_list_proof if as_list else format_state_proof
                    future.set_result(make(ledger.database, read_signed_note(ledger), key))
                except ProofProblem as problem:
                    future.set_exception(Problem("not_published", str(problem), retry_seconds=1))

    def _note_witnesses(self, published: Published) -> None:
        missing = set(published.uncosigned)
        self._metrics.witnesses_missing.set(len(missing))
        self._metrics.quorum_met.set(float(published.is_quorum_met))
        self._ask_again_at = time.monotonic() + self._retry_seconds if missing else float("inf")
        if missing != self._uncosigned:
            facts = {"uncosigned": dict(published.uncosigned), "quorum_met": published.is_quorum_met}
            logger.log(logging.WARNING if missing else logging.INFO, "witnesses", extra={"facts": facts})
            self._uncosigned = missing
