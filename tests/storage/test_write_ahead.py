"""The write-ahead log moves into the file beside the writer: it stays short, readers keep their state, nothing is lost."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from prasasti.bootstrap import open_for_reading
from prasasti.services.ledger import Ledger
from prasasti.storage import ledger_database, write_ahead
from prasasti.storage.ledger_database import DATABASE_NAME
from tests.core.rehearsal import ThingRecord, thing_key
from tests.engines.world import (
    WITH_REHEARSAL,
    Envelopes,
    expect_receipt,
    found,
    hook_writers,
    open_ledger,
    read_tip,
    wait_until,
    wait_until_idle,
)

FRAME_BYTES = 4_096 + 24
PAGES_TOGETHER, MAX_LOG_PAGES = 100, 400
BLOCK_PAGES = 40  # More than a block of the tests changes.
BLOCKS = 150  # More than a thousand pages.
# A commit leaves a log that is too long to the thread, where that is at it.
BOUND_PAGES = 2 * MAX_LOG_PAGES


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_ahead, "PAGES_TOGETHER", PAGES_TOGETHER)
    monkeypatch.setattr(ledger_database, "MAX_LOG_PAGES", MAX_LOG_PAGES)


class Moves:
    """Which thread moved, and what came of it; ``meet`` is called at each."""

    def __init__(self) -> None:
        self.threads: list[str] = []
        self.meet: Callable[[], None] = lambda: None

    def __call__(self, statement: str, run: Callable[[], sqlite3.Cursor]) -> sqlite3.Cursor:
        if statement == write_ahead.MOVE:
            self.threads.append(threading.current_thread().name)
            self.meet()
        return run()


@pytest.fixture
def moves(monkeypatch: pytest.MonkeyPatch) -> Moves:
    moves = Moves()
    hook_writers(monkeypatch, moves)
    return moves


def write(ledger: Ledger, blocks: int) -> None:
    """So many blocks of one transaction each."""
    make = Envelopes(ledger)
    for number in range(blocks):
        expect_receipt(ledger.submit([make.put(f"key-{number % 40}", f"text-{number}")])[0])
    wait_until_idle(ledger)


def log_path(folder: Path) -> Path:
    return folder / f"{DATABASE_NAME}-wal"


def log_pages(folder: Path) -> int:
    """The most pages that the log has had: its file does not become shorter while it is open."""
    return log_path(folder).stat().st_size // FRAME_BYTES


def test_the_log_is_moved_in_the_background_and_begun_anew(tmp_path: Path, moves: Moves) -> None:
    folder = found(tmp_path / "ledger")
    before = threading.enumerate()
    with open_ledger(folder) as ledger:
        write(ledger, BLOCKS)
        assert "checkpointing" in moves.threads
        assert log_pages(folder) <= BOUND_PAGES
    assert not log_path(folder).exists(), "closing moves all of it"
    assert not [each for each in threading.enumerate() if each.name == "checkpointing" and each not in before]
    assert read_tip(folder).height == BLOCKS


def test_without_the_thread_a_commit_bounds_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_ahead, "PAGES_TOGETHER", 10**9)
    folder = found(tmp_path / "ledger")
    with open_ledger(folder) as ledger:
        write(ledger, BLOCKS)
        assert MAX_LOG_PAGES <= log_pages(folder) <= MAX_LOG_PAGES + BLOCK_PAGES
    assert read_tip(folder).height == BLOCKS


def test_what_the_thread_cannot_catch_up_with_the_writer_moves(tmp_path: Path, moves: Moves, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_ahead, "MAX_PASSES", 1)
    folder = found(tmp_path / "ledger")
    with open_ledger(folder) as ledger:
        write(ledger, BLOCKS)
        wait_until(lambda: "checkpointing" in moves.threads)
        write(ledger, 1)
        assert "sealing" in moves.threads
        # Each time once: the writer does not go on to do what is the thread's.
        assert moves.threads.count("sealing") <= moves.threads.count("checkpointing")
        assert log_pages(folder) <= BOUND_PAGES
    assert read_tip(folder).height == BLOCKS + 1


def test_a_reader_keeps_its_state_while_the_log_moves(tmp_path: Path, moves: Moves) -> None:
    """It holds the log back as long as it reads, and only so long."""
    folder = found(tmp_path / "ledger")
    with open_ledger(folder) as ledger, open_for_reading(folder, WITH_REHEARSAL) as reader:
        write(ledger, 3)
        with reader.database.snapshot():
            before = reader.database.read_tip()
            write(ledger, BLOCKS)
            assert "checkpointing" in moves.threads
            assert reader.database.read_tip() == before
            assert reader.state.get(thing_key("key-2"), ThingRecord) == ThingRecord("text-2")
            with open_for_reading(folder, WITH_REHEARSAL) as other:
                assert other.database.read_tip().height == BLOCKS + 3
        held = log_pages(folder)
        assert held > BOUND_PAGES
        write(ledger, BLOCKS)
        assert log_pages(folder) <= held + 5 * BLOCK_PAGES, "begun anew, the log has room for nearly all of them"
    assert read_tip(folder).height == 2 * BLOCKS + 3


def test_a_log_that_cannot_be_moved_loses_nothing(tmp_path: Path, moves: Moves, caplog: pytest.LogCaptureFixture) -> None:
    """It is said, and the ledger goes on: what is committed is durable where it is."""

    def fail() -> None:
        raise sqlite3.OperationalError("disk I/O error")

    folder = found(tmp_path / "ledger")
    moves.meet = fail
    with open_ledger(folder) as ledger:
        write(ledger, BLOCKS)
        wait_until(lambda: bool(moves.threads))
        write(ledger, 1)
    assert "was not moved" in caplog.text
    assert read_tip(folder).height == BLOCKS + 1
