"""Ledgers in folders, opened as commands open them, with clocks and SQLite connections that a test has in its hands.

Everything else is the product's own; the contract with deadlines is ``tests.core.rehearsal``.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest

from prasasti.bootstrap import create_ledger, open_for_reading, open_for_writing
from prasasti.contracts import CONTRACTS
from prasasti.core.admission import Inadmissible
from prasasti.core.contract import Contract
from prasasti.core.entries import Receipt
from prasasti.core.state import Tip
from prasasti.engines.clock import Clocks
from prasasti.engines.embedded import EmbeddedEngine
from prasasti.engines.parts import list_allowed_parts
from prasasti.services.check_state import check_state
from prasasti.services.ledger import Ledger
from prasasti.storage import connection as storage
from prasasti.storage.ledger_database import DATABASE_NAME, LedgerDatabase
from tests.core.ledger import START, Signer, build_genesis, key_of, sign
from tests.core.rehearsal import REHEARSAL

WITH_REHEARSAL = (*CONTRACTS, REHEARSAL)
SENDER: Signer = ("agency-1/officer", "identity.holder")
OTHER: Signer = ("auditor-1/officer", "identity.holder")
HOUR_SECONDS = 3_600
PATIENCE_SECONDS = 30.0

Result = TypeVar("Result")

_nonces = count(1)


class HandClocks:
    """A wall clock and a monotonic one, seconds, that move only by hand."""

    def __init__(self, wall: float = START + 60) -> None:
        self.wall = wall
        self.monotonic = 0.0
        self.clocks = Clocks(lambda: self.wall, lambda: self.monotonic)

    def pass_seconds(self, seconds: float) -> None:
        """Time passes, and both clocks know."""
        self.wall += seconds
        self.monotonic += seconds

    def jump(self, seconds: float) -> None:
        """The wall clock alone moves."""
        self.wall += seconds


def found(folder: Path, contracts: Sequence[Contract] = WITH_REHEARSAL, **changes: Any) -> Path:
    """A new ledger's folder."""
    create_ledger(folder, build_genesis(contracts, **{"consensus_parts": list_allowed_parts(), **changes}), contracts)
    return folder


def open_ledger(
    folder: Path, clocks: HandClocks | None = None, contracts: Sequence[Contract] = WITH_REHEARSAL, **options: Any
) -> AbstractContextManager[Ledger]:
    """A ledger's folder opened for writing, by hand clocks or the machine's."""
    return open_for_writing(folder, clocks=clocks.clocks if clocks is not None else None, contracts=contracts, **options)


class Envelopes:
    """Signed envelopes for a ledger, each with a nonce of its own."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def sign(self, action: str, arguments: Any, *signers: Signer, **changes: Any) -> bytes:
        """An envelope signed by all of the signers, the first one's organisation acting."""
        signers = signers or (SENDER,)
        payload = {
            "action": action,
            "actor": signers[0][0].partition("/")[0],
            "arguments": arguments,
            "chain": self._ledger.chain,
            "expires": self._ledger.now() + HOUR_SECONDS,
            "nonce": f"{os.getpid():08x}{next(_nonces):024x}",
            "signers": [{"key": key_of(name), "role": role} for name, role in signers],
        }
        return sign(payload | changes, [name for name, _ in signers])

    def put(self, key: str = "a", text: str = "one", **changes: Any) -> bytes:
        """A message that sets a record; the text ``refuse`` is refused by the contract, an empty one removes."""
        return self.sign("rehearsal.put", {"texts": {key: text}}, **changes)

    def schedule(self, *deadlines: tuple[int, str], **plan: Any) -> bytes:
        """A message that schedules deadlines (time, key)."""
        return self.sign("rehearsal.schedule", {"deadlines": deadlines, **plan})


def wait_until(holds: Callable[[], bool]) -> None:
    """Until something that another thread brings about; AssertionError where it does not come."""
    pause = threading.Event()
    for _ in range(int(PATIENCE_SECONDS / 0.005)):
        if holds():
            return
        pause.wait(0.005)
    raise AssertionError("what was waited for does not come")


def count_queued(ledger: Ledger) -> int:
    """Envelopes that wait for the next block."""
    return len(_engine(ledger)._waiting)


def wait_until_idle(ledger: Ledger) -> None:
    """Until the sealing thread sleeps: it has read the clock, and set its timer by that."""
    wake: Any = _engine(ledger)._wake
    wait_until(lambda: bool(wake._waiters))


def has_halted(ledger: Ledger) -> bool:
    """Whether the engine met a fault."""
    return _engine(ledger)._fault is not None


def _engine(ledger: Ledger) -> EmbeddedEngine:
    assert isinstance(ledger.state, EmbeddedEngine)
    return ledger.state


def expect_receipt(answer: Receipt | Inadmissible) -> Receipt:
    """The receipt, which must be one."""
    assert isinstance(answer, Receipt), answer
    return answer


def expect_code(answer: Receipt | Inadmissible) -> str:
    """The code of an answer that must not be a receipt."""
    assert isinstance(answer, Inadmissible), answer
    return answer.code


def read_tip(folder: Path) -> Tip:
    """Where the ledger stands, as the file tells it; everything in it is recomputed first."""
    with open_for_reading(folder, WITH_REHEARSAL) as ledger:
        report = check_state(ledger.database)
        assert report.difference is None
        assert report.tip is not None
        return report.tip


def read_tables(folder: Path) -> dict[str, list[Any]]:
    """Every row of the ledger's database."""
    with closing(sqlite3.connect(folder / DATABASE_NAME)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names}  # noqa: S608


@contextmanager
def open_database(folder: Path) -> Iterator[LedgerDatabase]:
    """The ledger's database alone, for writing."""
    with closing(LedgerDatabase.open(folder / DATABASE_NAME, write=True)) as database:
        yield database


Hook = Callable[[str, Callable[[], sqlite3.Cursor]], sqlite3.Cursor]


class HookedConnection(sqlite3.Connection):
    """A connection that asks a hook to run each statement."""

    hook: Hook

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        return self.hook(statement, lambda: sqlite3.Connection.execute(self, statement, *values))

    def executemany(self, statement: str, *values: Any) -> sqlite3.Cursor:
        return self.hook(statement, lambda: sqlite3.Connection.executemany(self, statement, *values))

    def executescript(self, statement: str) -> sqlite3.Cursor:
        return self.hook(statement, lambda: sqlite3.Connection.executescript(self, statement))


def hook_writers(monkeypatch: pytest.MonkeyPatch, hook: Hook, name: str = DATABASE_NAME) -> None:
    """Every connection opened from here on that may write to a file of that name goes through the hook."""
    connect = storage._connect

    def connect_hooked(path: Path, mode: str) -> sqlite3.Connection:
        if mode == "ro" or not path.name.startswith(name):
            return connect(path, mode)
        uri = f"{path.absolute().as_uri()}?mode={mode}"
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, factory=HookedConnection)
        connection.hook = hook
        return connection

    monkeypatch.setattr(storage, "_connect", connect_hooked)


def is_write(statement: str) -> bool:
    """Whether a statement can change the file."""
    return not statement.lstrip().startswith(("SELECT", "PRAGMA user_version"))


class Crash:
    """Fails at the n-th write, as if it had not happened or only its answer were lost, and at all that follow: the process died."""

    def __init__(self, at: int, persisted: bool, is_armed: bool = True) -> None:
        self.at = at
        self.persisted = persisted
        self.is_armed = is_armed
        self.seen: list[str] = []

    def __call__(self, statement: str, run: Callable[[], Result]) -> Result:
        if not self.is_armed or not is_write(statement):
            return run()
        self.seen.append(statement)
        if len(self.seen) < self.at:
            return run()
        if len(self.seen) == self.at and self.persisted:
            run()
        raise sqlite3.OperationalError("a crash that the test asked for")


each_way = pytest.mark.parametrize("persisted", [False, True], ids=["did-not-happen", "happened-unreported"])
