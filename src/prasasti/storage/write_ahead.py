"""Moving a database's write-ahead log into its file beside the writer: SQLite's checkpoints, not the log's signed ones.

Owns a thread, and connections of its own. A writer that did this itself, within a commit, would keep everyone who waits
for that commit waiting for the whole of it. Decides nothing about what is durable: a commit is, before it is moved.

A crash at any moment leaves a log from which SQLite reads what is not in the file yet: it forgets a part of the log only
once the file that holds it is synced.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import sys
import threading
from contextlib import closing, suppress
from pathlib import Path

from prasasti.storage.connection import explain, open_beside

# Blocks under load change many of the same pages, and each is moved once: 64 MB.
PAGES_TOGETHER = 16_000
# Each has to do only with what the writer added during the one before.
MAX_PASSES = 4
MOVE = "PRAGMA wal_checkpoint(PASSIVE)"
NICENESS = 10

logger = logging.getLogger("prasasti.storage")


class Checkpointer:
    """Moves what a writer has noted, once it is enough."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._wake = threading.Condition()
        self._pages = 0
        self._is_rest_left = False
        self._is_closing = False
        self._thread = threading.Thread(target=self._run, name="checkpointing", daemon=True)
        self._thread.start()

    def note(self, connection: sqlite3.Connection, pages: int) -> None:
        """The writer, whose connection this is, committed about so many pages."""
        with self._wake:
            self._pages += pages
            if self._pages >= PAGES_TOGETHER:
                self._wake.notify()
            is_rest_left, self._is_rest_left = self._is_rest_left, False
        if is_rest_left:
            try:
                connection.execute(MOVE)
            except sqlite3.Error as problem:
                self._warn(problem)

    def close(self) -> None:
        """End the thread, after what it is moving."""
        with self._wake:
            self._is_closing = True
            self._wake.notify()
        self._thread.join()

    def _run(self) -> None:
        _give_way()
        while self._wait():
            try:
                with closing(open_beside(self._path)) as connection:
                    self._move(connection)
            except sqlite3.Error as problem:
                self._warn(problem)

    def _wait(self) -> bool:
        """Whether there is enough to move; False to end."""
        with self._wake:
            self._wake.wait_for(lambda: self._is_closing or self._pages >= PAGES_TOGETHER)
            self._pages = 0
            return not self._is_closing

    def _move(self, connection: sqlite3.Connection) -> None:
        """Until all of it is moved, when the next commit begins the log anew; what a busy writer adds each time, it moves itself."""
        before = -1
        for _ in range(MAX_PASSES):
            _, pages, _ = connection.execute(MOVE).fetchone()
            if pages == before:
                return
            before = pages
        with self._wake:
            self._is_rest_left = True

    def _warn(self, problem: sqlite3.Error) -> None:
        # Nothing is lost: the log only grows, until a commit finds it so long that SQLite moves it then and there.
        logger.error("the write-ahead log was not moved: %s", explain(self._path, problem))


def _give_way() -> None:
    """Have the system prefer the threads that somebody waits for. Linux alone knows the priority of a thread."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), max(NICENESS, os.getpriority(os.PRIO_PROCESS, 0)))
